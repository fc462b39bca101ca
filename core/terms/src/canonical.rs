//! Canonical JSON (RFC 8785), by the library that serves it; and whether bytes are that already, mostly without writing it.

use serde_json::{Number, Value};

/// The canonical bytes of a JSON value (RFC 8785): equal values give equal bytes on every node.
pub fn canonical_json(value: &Value) -> Vec<u8> {
    // A `Value` has string keys and finite numbers only, the two things the library can refuse; the fallback keeps this total.
    serde_json_canonicalizer::to_vec(value).unwrap_or_else(|_| value.to_string().into_bytes())
}

/// Whether `bytes`, of which `value` was read, are its canonical form.
pub fn is_canonical(value: &Value, bytes: &[u8]) -> bool {
    let mut rest = Rest(bytes);
    (rest.reads(value).is_some() && rest.0.is_empty()) || canonical_json(value) == bytes
}

/// Bytes that are compared with what the canonical form would be. `None` means that they differ, or that it is not told here: members
/// are compared where their names are ASCII, and numbers where they are whole.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn reads(&mut self, value: &Value) -> Option<()> {
        match value {
            Value::Null => self.eat(b"null"),
            Value::Bool(true) => self.eat(b"true"),
            Value::Bool(false) => self.eat(b"false"),
            Value::Number(number) => self.eat(whole(number)?.to_string().as_bytes()),
            Value::String(text) => self.reads_text(text),
            Value::Array(items) => {
                self.eat(b"[")?;
                for (place, item) in items.iter().enumerate() {
                    self.eat(if place > 0 { b"," } else { b"" })?;
                    self.reads(item)?;
                }
                self.eat(b"]")
            }
            Value::Object(members) => {
                self.eat(b"{")?;
                let mut before: Option<&String> = None;
                for (name, member) in members {
                    // Of ASCII, the order of bytes is the order that the standard demands.
                    if !name.is_ascii() || before.is_some_and(|before| before >= name) {
                        return None;
                    }
                    self.eat(if before.is_some() { b"," } else { b"" })?;
                    self.reads_text(name)?;
                    self.eat(b":")?;
                    self.reads(member)?;
                    before = Some(name);
                }
                self.eat(b"}")
            }
        }
    }

    fn reads_text(&mut self, text: &str) -> Option<()> {
        self.eat(b"\"")?;
        let mut text = text.as_bytes();
        while let Some(plain) = text.iter().position(|byte| escape(*byte).is_some()) {
            let (before, from) = text.split_at(plain);
            let (byte, behind) = from.split_first()?;
            self.eat(before)?;
            match escape(*byte)? {
                0 => self.eat(format!("\\u{byte:04x}").as_bytes())?,
                letter => self.eat(&[b'\\', letter])?,
            }
            text = behind;
        }
        self.eat(text)?;
        self.eat(b"\"")
    }

    fn eat(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }
}

/// What stands behind the stroke in place of a byte that a string may not hold, 0 for its number; `None` for what stands as it is.
const fn escape(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' => Some(byte),
        0x08 => Some(b'b'),
        b'\t' => Some(b't'),
        b'\n' => Some(b'n'),
        0x0c => Some(b'f'),
        b'\r' => Some(b'r'),
        0..=0x1f => Some(0),
        _ => None,
    }
}

/// A number whose canonical form is its digits: beyond 2^53 it is not.
fn whole(number: &Number) -> Option<i64> {
    const EXACT: u64 = 1 << 53;
    number.as_i64().filter(|whole| whole.unsigned_abs() < EXACT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
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
            assert!(is_canonical(&value, &canonical_json(&value)), "{input:?}");
            seen += 1;
        }
        assert_eq!(seen, 6);
    }

    #[test]
    fn what_is_told_without_writing_it() {
        let told = |text: &str| {
            let mut rest = Rest(text.as_bytes());
            rest.reads(&serde_json::from_str(text).unwrap()).is_some() && rest.0.is_empty()
        };
        for canonical in [
            "null",
            r#"{"a":[true,false,-1,0,9007199254740991],"b":{"ru":"я \"с\" \\"}}"#,
            r#"["\b\t\n\f\r\u0000\u001f",[],{}]"#,
        ] {
            assert!(told(canonical), "{canonical}");
        }
        for other in [
            "1.0",
            "-0",
            "1e2",
            "9007199254740993",
            " 1",
            "[1 ]",
            r#"{"b":1,"a":1}"#,
            r#"{"a":1,"a":1}"#,
            r#""\u0041""#,
            r#""\u001F""#,
            r#""\u000a""#,
            r#""\/""#,
        ] {
            assert!(!told(other), "{other}");
            assert!(
                !is_canonical(&serde_json::from_str(other).unwrap(), other.as_bytes()),
                "{other}"
            );
        }
        // Members by names that are no ASCII are left to the library.
        assert!(!told(r#"{"я":1}"#));
        assert!(is_canonical(&serde_json::json!({"я": 1}), r#"{"я":1}"#.as_bytes()));
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            (-9i64..9).prop_map(Value::from),
            "\\PC{0,6}|[\u{0}-\u{22}\\\\]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("[a-c\"]{0,2}|[я\u{fffd}\u{10000}]", inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever is told without writing it is what the library writes.
        #[test]
        fn what_is_compared_is_what_would_be_written(value in values(), place in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let canonical = canonical_json(&value);
            prop_assert!(is_canonical(&value, &canonical));
            for text in [serde_json::to_vec(&value).unwrap(), serde_json::to_vec_pretty(&value).unwrap()] {
                prop_assert_eq!(is_canonical(&value, &text), canonical == text);
            }
            let mut other = canonical.clone();
            let place = place.index(other.len());
            other[place] = byte;
            if let Ok(read) = serde_json::from_slice::<Value>(&other) {
                prop_assert_eq!(is_canonical(&read, &other), canonical_json(&read) == other);
            }
        }
    }
}
