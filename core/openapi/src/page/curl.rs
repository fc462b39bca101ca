//! A line for a terminal that makes the request.

use super::scheme;
use crate::schema::text;
use serde_json::Value;

/// Stands in the line for the address of the node.
const NODE: &str = "$NODE";
/// Stands in the line for the key.
const KEY: &str = "$KEY";

/// What is to be sent.
pub enum Sent {
    /// Nothing.
    Nothing,
    /// JSON, under this media type.
    Json(String, Value),
    /// Bytes of any kind.
    Bytes,
}

/// The line; its arguments are quoted for a POSIX shell.
pub fn line(document: &Value, method: &str, address: &str, operation: &Value, sent: &Sent, streams: bool) -> String {
    let way = if method == "get" {
        String::new()
    } else {
        format!(" -X {}", method.to_uppercase())
    };
    let mut arguments = vec![format!("curl{}{way}", if streams { " -N" } else { "" })];
    arguments.extend(key_header(document, operation).map(|header| format!("-H \"{header}\"")));
    match sent {
        Sent::Nothing => {}
        Sent::Json(media_type, body) => {
            arguments.push(format!("-H {}", quoted(&format!("Content-Type: {media_type}"))));
            arguments.push(format!("--data {}", quoted(&format!("{body:#}"))));
        }
        Sent::Bytes => {
            arguments.push("-H 'Content-Type: application/octet-stream'".to_owned());
            arguments.push("--data-binary @FILE".to_owned());
        }
    }
    arguments.push(format!("\"{NODE}{}\"", plain(address)));
    arguments.join(" \\\n  ")
}

/// How the first way of showing a key shows it; none where no key is asked for.
fn key_header(document: &Value, operation: &Value) -> Option<String> {
    let wanted = operation.get("security").or_else(|| document.get("security"))?;
    let (name, _) = wanted.get(0)?.as_object()?.iter().next()?;
    let scheme = scheme(document, name)?;
    match (text(scheme, "type")?, text(scheme, "in"), text(scheme, "name")) {
        ("http", _, _) if text(scheme, "scheme").is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")) => {
            Some(format!("Authorization: Bearer {KEY}"))
        }
        ("apiKey", Some("header"), Some(header)) => Some(format!("{}: {KEY}", plain(header))),
        _ => None,
    }
}

/// A path with words for its parameters, and nothing in it that a shell would take for its own.
fn plain(path: &str) -> String {
    let mut inside = false;
    let mut said = String::new();
    for letter in path.chars() {
        match letter {
            '{' | '}' => inside = letter == '{',
            _ if inside => said.extend(letter.to_uppercase()),
            _ => said.push(letter),
        }
    }
    said.retain(|letter| letter.is_ascii_alphanumeric() || "/-._~:@".contains(letter));
    said
}

/// In single quotes, in which a shell reads nothing.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_that_a_shell_reads_as_it_is_meant() {
        let document = json!({
            "components": { "securitySchemes": {
                "a": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
                "b": { "type": "http", "scheme": "bearer" },
            } },
        });
        let sent = Sent::Json("application/json".to_owned(), json!({ "a": "it's $HOME" }));
        let asked = json!({ "security": [{ "b": [] }] });
        let shown = line(&document, "put", "/base/a/{id}/`x`$(y)", &asked, &sent, false);
        assert_eq!(
            shown.replace(" \\\n  ", " "),
            "curl -X PUT -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' \
             --data '{\n  \"a\": \"it'\\''s $HOME\"\n}' \"$NODE/base/a/ID/xy\""
        );
        let open = json!({ "security": [] });
        let shown = line(&document, "get", "/base/a", &open, &Sent::Nothing, true);
        assert_eq!(shown.replace(" \\\n  ", " "), "curl -N \"$NODE/base/a\"");
        let keyed = json!({ "security": [{ "a": [] }] });
        assert!(line(&document, "get", "/a", &keyed, &Sent::Bytes, false).contains("\"X-Api-Key: $KEY\""));
    }
}
