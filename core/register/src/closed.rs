//! The body of a record that not everybody may have, handed over with the salt by which its leaf commits to it: as a document for those
//! who are given it, and as the body of the opening that shows it to all.
//!
//! Refuses to decide who may have it, and when.

use crate::about::{OPENING, opened, read_salt};
use crate::body::{Body, body_hash};
use crate::header::{Header, KindName, Visibility};
use crate::id::RecordId;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_terms::{Fields, Invalid, Salt, canonical_json};
use chapar_tlog::BODY_BYTES;
use serde_json::{Value, json};

const WHAT: &str = "closed body";
/// Longest document: the body in its longest form, with its salt and the longest id.
pub const CLOSED_BYTES: usize = BODY_BYTES + 8 * 1024;

/// A body with its salt, and of which version of which record it says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedBody {
    record: RecordId,
    version: u32,
    salt: Salt,
    body: Body,
}

impl ClosedBody {
    /// The body of this version.
    pub const fn new(record: RecordId, version: u32, salt: Salt, body: Body) -> Self {
        Self {
            record,
            version,
            salt,
            body,
        }
    }

    /// Reads a document, in any spelling of JSON.
    ///
    /// # Errors
    /// The bytes are no such document; refuse them.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        if bytes.len() > CLOSED_BYTES {
            return Err(Invalid::new(WHAT, format!("is longer than {CLOSED_BYTES} bytes")));
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|_| Invalid::new(WHAT, "is not JSON"))?;
        let mut fields = Fields::read(WHAT, &canonical_json(&value), CLOSED_BYTES)?;
        let version = fields.value("version")?.as_u64();
        let version = version.and_then(|version| u32::try_from(version).ok());
        let salt = read_salt(&fields.text("salt")?);
        let closed = Self {
            record: RecordId::parse(&fields.text("record")?)?,
            version: version.ok_or_else(|| fields.invalid("`version` is no number of a version"))?,
            salt: salt.ok_or_else(|| fields.invalid("`salt` is not 32 bytes in base64"))?,
            body: Body::of(&fields.value("body")?)?,
        };
        fields.end()?;
        Ok(closed)
    }

    /// The document: canonical JSON.
    pub fn render(&self) -> Vec<u8> {
        canonical_json(&json!({
            "record": self.record.to_string(),
            "version": self.version,
            "salt": STANDARD.encode(self.salt.as_bytes()),
            "body": self.body.value(),
        }))
    }

    /// The body of the record that opens it to everybody.
    pub fn opening(&self) -> Value {
        json!({
            "target": self.record.to_string(),
            "version": self.version,
            "salt": STANDARD.encode(self.salt.as_bytes()),
            "body": self.body.value(),
        })
    }

    /// What the body of a record shows that opens another; none where it is no opening.
    pub fn of_opening(opening: &Value) -> Option<Self> {
        let (record, version, body) = opened(&KindName::parse(OPENING).ok()?, opening)?;
        Some(Self {
            record,
            version,
            salt: read_salt(opening.get("salt")?.as_str()?)?,
            body: Body::of(body).ok()?,
        })
    }

    /// The record that it says it is of.
    pub const fn record(&self) -> &RecordId {
        &self.record
    }

    /// The version that it says it is of.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The salt.
    pub const fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The body.
    pub const fn body(&self) -> &Body {
        &self.body
    }

    /// Checks that it is what a record commits to.
    ///
    /// # Errors
    /// It is another record's, or neither its body nor its salt; whoever gave it is at fault.
    pub fn check(&self, header: &Header) -> Result<(), Invalid> {
        let wrong = |why: &str| Err(Invalid::new(WHAT, why));
        if header.id != self.record || header.version != self.version {
            return wrong("is of another record, or of another version of it");
        }
        if header.visibility == Visibility::Open {
            return wrong("has a salt, and the record is open");
        }
        let hash = body_hash(Some(&self.salt), self.body.bytes());
        match (hash == header.body_hash || chapar_terms::sabotaged("keep-any-closed-body"))
            && self.body.length() == header.body_bytes
        {
            true => Ok(()),
            false => wrong("is not the one to which the record commits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed() -> ClosedBody {
        let id = RecordId::parse("did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/secret").unwrap();
        ClosedBody::new(
            id,
            2,
            Salt::from_bytes([7; 32]),
            Body::of(&json!({ "a": { "ru": "я" } })).unwrap(),
        )
    }

    #[test]
    fn a_document_comes_back_and_nothing_else_is_one() {
        let bytes = closed().render();
        assert_eq!(ClosedBody::parse(&bytes).unwrap(), closed());
        let spaced = format!("{:#}", serde_json::from_slice::<Value>(&bytes).unwrap());
        assert_eq!(
            ClosedBody::parse(spaced.as_bytes()).unwrap(),
            closed(),
            "any spelling of JSON"
        );
        let with = |name: &str, value: Value| {
            let mut document: Value = serde_json::from_slice(&bytes).unwrap();
            document[name] = value;
            ClosedBody::parse(document.to_string().as_bytes())
        };
        for (name, value) in [
            ("salt", json!("AAAA")),
            ("salt", json!(7)),
            ("version", json!(0.5)),
            ("version", json!(u64::MAX)),
            ("record", json!("secret")),
            ("body", json!([])),
            ("more", json!(1)),
        ] {
            assert!(with(name, value.clone()).is_err(), "{name} {value}");
        }
        for bytes in [&b"{}"[..], b"[]", b"{"] {
            assert!(ClosedBody::parse(bytes).is_err());
        }
    }

    #[test]
    fn an_opening_says_the_same() {
        let opening = closed().opening();
        let kind = crate::header::KindName::parse("opening").unwrap();
        let (record, version, body) = crate::about::opened(&kind, &opening).unwrap();
        assert_eq!((&record, version), (closed().record(), 2));
        assert_eq!(body, closed().body().value());
        assert_eq!(ClosedBody::of_opening(&opening), Some(closed()));
        for name in ["target", "version", "salt", "body"] {
            let mut less = opening.clone();
            less.as_object_mut().unwrap().remove(name);
            assert_eq!(ClosedBody::of_opening(&less), None, "{name}");
        }
    }
}
