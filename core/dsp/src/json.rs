//! Bounded reading of foreign JSON: measured before it is decoded, and refused when two readers could understand it differently.
//!
//! Holds no knowledge of any message (`message`, `catalog`). Strictness follows I-JSON (RFC 7493): UTF-8, no member twice, no integer that
//! a double cannot hold; only then does the canonical form (RFC 8785), whose digest goes into evidence, stand for one body alone.

use crate::error::{Malformed, code, quote};
use chapar_terms::limits;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::fmt;

/// The largest integer whose neighbours are all doubles too (2^53 - 1); beyond it two integers share one canonical form.
const SAFE_INTEGER: u64 = (1 << 53) - 1;
/// The least double beyond it.
const UNSAFE_FROM: f64 = 9_007_199_254_740_992.0;
/// From here on the canonical form has an exponent, so that no reader takes it for an integer.
const EXPONENT_FROM: f64 = 1e21;

/// Reads one JSON value of at most `max_bytes` bytes and [`limits::JSON_DEPTH`] levels.
///
/// # Errors
/// The bytes are too many, too deep, no UTF-8, no JSON, name a member twice or hold an integer beyond 2^53; answer 400 (413 for
/// [`code::BODY_TOO_LARGE`]).
pub fn read(bytes: &[u8], max_bytes: usize) -> Result<Value, Malformed> {
    if bytes.len() > max_bytes {
        return Err(Malformed::new(
            code::BODY_TOO_LARGE,
            format!("body is {} bytes, {max_bytes} are taken", bytes.len()),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed::new(code::BODY_NOT_UTF8, "body is not UTF-8"))?;
    let depth = depth(bytes);
    if depth > limits::JSON_DEPTH {
        return Err(Malformed::new(
            code::BODY_TOO_DEEP,
            format!("body nests {depth} levels, {} are taken", limits::JSON_DEPTH),
        ));
    }
    let fault = Cell::new(code::BODY_NOT_JSON);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Strict { fault: &fault }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| Malformed::new(fault.get(), error.to_string()))
}

/// How deep brackets nest, without decoding: one pass, no stack. Right for JSON, and an upper guess for everything else.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth = depth.saturating_add(1);
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Builds a `Value` and leaves the code of its own refusals in `fault`.
#[derive(Clone, Copy)]
struct Strict<'a> {
    fault: &'a Cell<&'static str>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.safe(value, Value::from(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.safe(value.unsigned_abs(), Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // Written with an exponent or with more digits than 64 bits hold, such a number is an integer in the canonical form all the same.
        if (UNSAFE_FROM..EXPONENT_FROM).contains(&value.abs()) {
            return self.unsafe_number();
        }
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number is not finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                self.fault.set(code::DUPLICATE_MEMBER);
                return Err(A::Error::custom(format!("member {} stands twice", quote(&name))));
            }
            let value = members.next_value_seed(self)?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

impl Strict<'_> {
    fn safe<E: Error>(self, magnitude: u64, value: Value) -> Result<Value, E> {
        if magnitude > SAFE_INTEGER {
            return self.unsafe_number();
        }
        Ok(value)
    }

    fn unsafe_number<E: Error>(self) -> Result<Value, E> {
        self.fault.set(code::UNSAFE_NUMBER);
        Err(E::custom(
            "integer is beyond 2^53 - 1 and would lose digits at other readers",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> &'static str {
        read(bytes, 10_000).unwrap_err().code
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a":[1,-2,0.5,true,null,"\"}]é"],"b":{"c":{}}}"#;
        assert_eq!(
            read(text.as_bytes(), 100).unwrap(),
            serde_json::from_str::<Value>(text).unwrap()
        );
    }

    #[test]
    fn refuses_with_the_code_of_the_fault() {
        assert_eq!(read(b"{  }", 3).unwrap_err().code, code::BODY_TOO_LARGE);
        assert_eq!(refused(b"\"\xff\""), code::BODY_NOT_UTF8);
        assert_eq!(refused(br#"{"a":1,"b":2,"\u0061":3}"#), code::DUPLICATE_MEMBER);
        assert_eq!(refused(b"[9007199254740992]"), code::UNSAFE_NUMBER);
        assert_eq!(refused(b"[-9007199254740992]"), code::UNSAFE_NUMBER);
        for text in ["9007199254740992.0", "-1e17", "3333e0017", "100000000000000000000"] {
            assert_eq!(refused(text.as_bytes()), code::UNSAFE_NUMBER, "{text}");
        }
        for text in ["", "{", "{}{}", "[1,]", "1e999", r#""\ud800""#, "\u{feff}{}", "NaN"] {
            assert_eq!(refused(text.as_bytes()), code::BODY_NOT_JSON, "{text:?}");
        }
    }

    #[test]
    fn what_is_taken_is_taken_in_its_canonical_form_too() {
        for text in [
            "9007199254740991.0",
            "-1e15",
            "1e21",
            "-1E30",
            "4.50",
            "2e-3",
            "-0.0",
            "1e-27",
        ] {
            let value = read(text.as_bytes(), 100).unwrap();
            let canonical = chapar_terms::canonical_json(&value);
            let again = read(&canonical, 100).unwrap();
            assert_eq!(chapar_terms::canonical_json(&again), canonical, "{text}");
        }
    }

    #[test]
    fn measures_depth_before_decoding() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(nested(limits::JSON_DEPTH).as_bytes(), 10_000).is_ok());
        assert_eq!(refused(nested(limits::JSON_DEPTH + 1).as_bytes()), code::BODY_TOO_DEEP);
        assert_eq!(refused("[".repeat(9_000).as_bytes()), code::BODY_TOO_DEEP);
        let in_a_string = format!("[\"\\\"{}\"]", "[".repeat(100));
        assert!(read(in_a_string.as_bytes(), 10_000).is_ok());
    }
}
