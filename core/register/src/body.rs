//! The body of a record: canonical JSON beside the log, to which the leaf commits by a hash.
//!
//! Refuses to know what a body means (`kinds`).

use chapar_terms::{Digest, Invalid, Salt, canonical_json, is_canonical, limits};
use chapar_tlog::BODY_BYTES;
use serde_json::Value;

/// Sets the salted hash of a record's body apart from every other hash we make.
const BODY_DOMAIN: &[u8] = b"chapar/record-body/v1\n";
const WHAT: &str = "record body";

/// A body that is well formed: a canonical object within the bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    value: Value,
    bytes: Vec<u8>,
}

impl Body {
    /// Writes a body from its value. Numbers become what canonical JSON makes of them.
    ///
    /// # Errors
    /// The value is no object, too long or too deep; shorten it.
    pub fn of(value: &Value) -> Result<Self, Invalid> {
        check_shape(value)?;
        // Read back, so that there is one rule of what a body is.
        Self::parse(&canonical_json(value))
    }

    /// Reads exactly the bytes that [`Body::of`] writes, no others.
    ///
    /// # Errors
    /// The bytes are no body; refuse them.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        check_length(bytes)?;
        let value: Value = serde_json::from_slice(bytes).map_err(|_| Invalid::new(WHAT, "is not JSON"))?;
        check_shape(&value)?;
        if !is_canonical(&value, bytes) {
            return Err(Invalid::new(WHAT, "is not in canonical form (RFC 8785)"));
        }
        Ok(Self {
            value,
            bytes: bytes.to_vec(),
        })
    }

    /// What the body says.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The canonical bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The length of the bytes, as the leaf tells it.
    pub fn length(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }
}

/// The hash by which a leaf commits to these bytes: salted unless the body is open to everybody.
pub fn body_hash(salt: Option<&Salt>, bytes: &[u8]) -> Digest {
    match salt {
        None => Digest::of(bytes),
        Some(salt) => Digest::of_parts(&[BODY_DOMAIN, salt.as_bytes(), bytes]),
    }
}

fn check_length(bytes: &[u8]) -> Result<(), Invalid> {
    match bytes.len() > BODY_BYTES {
        true => Err(Invalid::new(WHAT, format!("is longer than {BODY_BYTES} bytes"))),
        false => Ok(()),
    }
}

fn check_shape(value: &Value) -> Result<(), Invalid> {
    if !value.is_object() {
        return Err(Invalid::new(WHAT, "is not an object"));
    }
    match is_deeper(value, limits::JSON_DEPTH) {
        true => Err(Invalid::new(
            WHAT,
            format!("nests deeper than {} levels", limits::JSON_DEPTH),
        )),
        false => Ok(()),
    }
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    let below = |inner: &Value| levels == 0 || is_deeper(inner, levels - 1);
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(below),
        Value::Object(members) => levels == 0 || members.values().any(below),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nested(levels: usize) -> Value {
        (1..levels).fold(json!({}), |inner, _| json!({"a": inner}))
    }

    #[test]
    fn a_body_is_a_canonical_object_within_its_bounds() {
        let body = Body::of(&json!({"b": 1, "a": {"ru": "я"}})).unwrap();
        assert_eq!(body.bytes(), "{\"a\":{\"ru\":\"я\"},\"b\":1}".as_bytes());
        assert_eq!(Body::parse(body.bytes()).unwrap(), body);
        for (bytes, why) in [
            ("{\"b\":1,\"a\":2}", "canonical"),
            ("{\"a\":1,\"a\":1}", "canonical"),
            ("{\"a\":1}\n", "canonical"),
            ("[]", "object"),
            ("{", "JSON"),
        ] {
            let error = Body::parse(bytes.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(why), "{bytes}: {error}");
        }
        assert!(Body::of(&nested(limits::JSON_DEPTH)).is_ok());
        assert!(Body::of(&nested(limits::JSON_DEPTH + 1)).is_err());
        assert!(Body::of(&json!({"a": "x".repeat(BODY_BYTES - 8)})).is_ok());
        assert!(Body::of(&json!({"a": "x".repeat(BODY_BYTES - 7)})).is_err());
    }

    /// `printf '{}' | sha256sum`, and the same behind the domain and 32 zero bytes.
    #[test]
    fn hashes_open_and_salted() {
        assert_eq!(
            body_hash(None, b"{}").hex(),
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
        assert_eq!(
            body_hash(Some(&Salt::from_bytes([0; 32])), b"{}").hex(),
            "d88424590750c8bc2253a5b2206b6c72052a764864b4cfa0792d5becba724b5a"
        );
    }
}
