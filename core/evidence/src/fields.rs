//! Reading a canonical JSON object strictly: every member known, each taken once, the bytes exactly those we would write.

use chapar_terms::{Digest, Instant, Invalid, canonical_json};
use serde_json::{Map, Value};

/// An object whose members are taken one by one.
pub(crate) struct Fields {
    what: &'static str,
    members: Map<String, Value>,
}

impl Fields {
    /// Reads an object whose bytes are canonical (RFC 8785), which also rules out members written twice.
    pub(crate) fn read(what: &'static str, bytes: &[u8], most: usize) -> Result<Self, Invalid> {
        if bytes.len() > most {
            return Err(Invalid::new(what, format!("is longer than {most} bytes")));
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|_| Invalid::new(what, "is not JSON"))?;
        if canonical_json(&value) != bytes {
            return Err(Invalid::new(what, "is not in canonical form (RFC 8785)"));
        }
        Self::of(what, value)
    }

    /// Takes an object that is part of one already read.
    pub(crate) fn of(what: &'static str, value: Value) -> Result<Self, Invalid> {
        match value {
            Value::Object(members) => Ok(Self { what, members }),
            _ => Err(Invalid::new(what, "is not an object")),
        }
    }

    pub(crate) fn invalid(&self, why: impl Into<String>) -> Invalid {
        Invalid::new(self.what, why)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A member that may be absent.
    pub(crate) fn optional(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    pub(crate) fn value(&mut self, name: &str) -> Result<Value, Invalid> {
        self.optional(name)
            .ok_or_else(|| self.invalid(format!("lacks `{name}`")))
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<String, Invalid> {
        match self.value(name)? {
            Value::String(text) => Ok(text),
            _ => Err(self.invalid(format!("`{name}` is not a string"))),
        }
    }

    /// A digest as 64 lower-case hexadecimal characters; upper case would be a second spelling.
    pub(crate) fn digest(&mut self, name: &str) -> Result<Digest, Invalid> {
        let text = self.text(name)?;
        let wrong = || {
            Invalid::new(
                self.what,
                format!("`{name}` is not 64 lower-case hexadecimal characters"),
            )
        };
        let digest = Digest::from_hex(&text).map_err(|_| wrong())?;
        if digest.hex() == text { Ok(digest) } else { Err(wrong()) }
    }

    /// An instant in the one spelling that we write.
    pub(crate) fn instant(&mut self, name: &str) -> Result<Instant, Invalid> {
        let text = self.text(name)?;
        let instant = Instant::parse_rfc3339(&text)?;
        if instant.rfc3339() == text {
            Ok(instant)
        } else {
            Err(self.invalid(format!("`{name}` is not UTC with milliseconds and `Z`")))
        }
    }

    pub(crate) fn version(&mut self, known: u64) -> Result<(), Invalid> {
        match self.value("v")?.as_u64() {
            Some(version) if version == known => Ok(()),
            _ => Err(self.invalid(format!("version is not {known}"))),
        }
    }

    /// All members have been taken.
    pub(crate) fn end(self) -> Result<(), Invalid> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.invalid(format!("has an unknown member `{name}`"))),
        }
    }
}
