//! Reading of foreign JSON objects: measured before they are decoded.
//!
//! Refuses to know what the object means; that is `did`, `token` and `peer`.

use chapar_terms::{Invalid, limits};
use serde_json::{Map, Value};

/// Reads a JSON object of at most `most` bytes and at most [`limits::JSON_DEPTH`] levels.
pub(crate) fn object(what: &'static str, bytes: &[u8], most: usize) -> Result<Map<String, Value>, Invalid> {
    if bytes.len() > most {
        return Err(Invalid::new(what, format!("is longer than {most} bytes")));
    }
    if depth(bytes) > limits::JSON_DEPTH {
        return Err(Invalid::new(
            what,
            format!("nests deeper than {} levels", limits::JSON_DEPTH),
        ));
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Invalid::new(what, "is not a JSON object")),
        Err(error) => Err(Invalid::new(what, format!("is not JSON: {error}"))),
    }
}

/// The deepest nesting of brackets outside strings. Right for JSON; for other bytes any number, and the parser refuses them.
fn depth(bytes: &[u8]) -> usize {
    let (mut level, mut deepest, mut quoted, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in bytes {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => {
                level = level.saturating_add(1);
                deepest = deepest.max(level);
            }
            b'}' | b']' => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_before_it_decodes() {
        assert!(object("x", br#"{"a":"[[[\"{"}"#, 100).is_ok());
        assert!(object("x", br#"{"a":1}"#, 6).is_err());
        assert!(object("x", b"[1]", 100).is_err());
        let deep = format!(
            "{{\"a\":{}1{}}}",
            "[".repeat(limits::JSON_DEPTH),
            "]".repeat(limits::JSON_DEPTH)
        );
        assert!(object("x", deep.as_bytes(), 1000).unwrap_err().why.contains("deeper"));
        let fits = format!(
            "{{\"a\":{}1{}}}",
            "[".repeat(limits::JSON_DEPTH - 1),
            "]".repeat(limits::JSON_DEPTH - 1)
        );
        assert!(object("x", fits.as_bytes(), 1000).is_ok());
    }
}
