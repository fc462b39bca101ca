//! `Link` fields of a peer's answer (RFC 8288): where its next and previous pages are.
//!
//! Reads what others write; our own links are made in `paging`. Whether an address found here may be called is the egress guard's
//! to say, and whether it is the peer's own `peer_question`'s.

use http::HeaderMap;
use url::Url;

/// The `next` and `previous` (or `prev`) addresses of a peer's answer, resolved against `url`, which was asked.
pub(crate) fn links(headers: &HeaderMap, url: &str) -> (Option<String>, Option<String>) {
    let mut next = None;
    let mut previous = None;
    let Ok(asked) = Url::parse(url) else {
        return (next, previous);
    };
    for value in headers
        .get_all(http::header::LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
    {
        for (target, rels) in parse_links(value) {
            let Some(target) = absolute(&target, &asked) else {
                continue;
            };
            for rel in rels.split_ascii_whitespace() {
                match rel.to_ascii_lowercase().as_str() {
                    "next" => next = next.or_else(|| Some(target.clone())),
                    "previous" | "prev" => previous = previous.or_else(|| Some(target.clone())),
                    _ => {}
                }
            }
        }
    }
    (next, previous)
}

/// (target, rel) of each link in one field value; of several `rel` of one link the first counts (RFC 8288, 3.3).
fn parse_links(value: &str) -> Vec<(String, String)> {
    pieces(value, ',').into_iter().filter_map(parse_link).collect()
}

fn parse_link(link: &str) -> Option<(String, String)> {
    let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    let rel = pieces(parameters, ';').into_iter().find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("rel").then(|| unquoted(value.trim()))
    })?;
    Some((target.to_owned(), rel))
}

/// The text between separators that stand neither in a quoted string nor in a target.
fn pieces(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped, mut targeted) = (false, false, false);
    let mut found = Vec::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !targeted => quoted = !quoted,
            '<' | '>' if !quoted => targeted = character == '<',
            _ if character == separator && !quoted && !targeted => {
                found.extend(text.get(start..at));
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    found.extend(text.get(start..));
    found
}

fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(inner) => inner.replace('\\', ""),
        None => value.to_owned(),
    }
}

/// The reference resolved (RFC 8288, 3.2; RFC 3986, 5), without a fragment, which no server is sent.
fn absolute(target: &str, asked: &Url) -> Option<String> {
    let mut found = asked.join(target).ok()?;
    found.set_fragment(None);
    Some(found.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_links_of_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            "link",
            "<https://p/c?x=1,2>; rel=\"next\", </c?y>; rel=prev".parse().unwrap(),
        );
        let (next, previous) = links(&headers, "https://p/base/catalog/request");
        assert_eq!(next.as_deref(), Some("https://p/c?x=1,2"));
        assert_eq!(previous.as_deref(), Some("https://p/c?y"));
    }

    #[test]
    fn what_stands_in_quotes_or_in_a_target_ends_nothing() {
        let table: [(&str, &[(&str, &str)]); 6] = [
            (
                "</a>; title=\"a, <b>; rel=c\"; rel=\"previous\", </d;e,f>; rel=next",
                &[("/a", "previous"), ("/d;e,f", "next")],
            ),
            (
                "</a>; title=\"say \\\"x\\\", </z>; rel=prev\"; rel=next",
                &[("/a", "next")],
            ),
            ("</a>;rel=next;rel=prev", &[("/a", "next")]),
            ("</a>; REL = \"next\"", &[("/a", "next")]),
            ("/a; rel=next, </b>; title=x, </c>; rel=prev", &[("/c", "prev")]),
            ("</a; rel=next", &[]),
        ];
        for (value, expected) in table {
            let found = parse_links(value);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(target, rel)| (target.as_str(), rel.as_str()))
                .collect();
            assert_eq!(found, expected, "{value}");
        }
    }

    #[test]
    fn targets_are_resolved_against_the_address_that_was_asked() {
        let asked = Url::parse("https://p:8443/base/catalog/request?b=2").unwrap();
        let table = [
            ("?t=1", "https://p:8443/base/catalog/request?t=1"),
            ("page/2", "https://p:8443/base/catalog/page/2"),
            ("../2", "https://p:8443/base/2"),
            ("/c?y", "https://p:8443/c?y"),
            ("//q/c", "https://q/c"),
            ("https://q/c#part", "https://q/c"),
        ];
        for (target, absolute_target) in table {
            assert_eq!(absolute(target, &asked).as_deref(), Some(absolute_target), "{target}");
        }
        assert_eq!(absolute("https://[", &asked), None);
    }
}
