//! Canonical JSON (RFC 8785), by the library that serves it.

use serde_json::Value;

/// The canonical bytes of a JSON value (RFC 8785): equal values give equal bytes on every node.
pub fn canonical_json(value: &Value) -> Vec<u8> {
    // A `Value` has string keys and finite numbers only, the two things the library can refuse; the fallback keeps this total.
    serde_json_canonicalizer::to_vec(value).unwrap_or_else(|_| value.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    /// The vectors of the RFC's author; source and licence beside them.
    #[test]
    fn agrees_with_the_rfc_vectors() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/rfc8785");
        let mut seen = 0;
        for input in fs::read_dir(folder.join("input")).unwrap() {
            let input = input.unwrap().path();
            let value: Value = serde_json::from_slice(&fs::read(&input).unwrap()).unwrap();
            let expected = fs::read(folder.join("output").join(input.file_name().unwrap())).unwrap();
            assert_eq!(
                String::from_utf8(canonical_json(&value)),
                String::from_utf8(expected),
                "{input:?}"
            );
            seen += 1;
        }
        assert_eq!(seen, 6);
    }
}
