//! Reading a canonical JSON object strictly: every member known, each taken once, the bytes exactly those we would write.

use crate::{Digest, Instant, Invalid, is_canonical};
use serde_json::{Map, Value};

/// An object whose members are taken one by one.
pub struct Fields {
    what: &'static str,
    members: Map<String, Value>,
}

impl Fields {
    /// Reads an object of at most `most` bytes that are canonical (RFC 8785), which also rules out members written twice.
    ///
    /// # Errors
    /// The bytes are too many, not canonical or no object; refuse them.
    pub fn read(what: &'static str, bytes: &[u8], most: usize) -> Result<Self, Invalid> {
        if bytes.len() > most {
            return Err(Invalid::new(what, format!("is longer than {most} bytes")));
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|_| Invalid::new(what, "is not JSON"))?;
        if !is_canonical(&value, bytes) {
            return Err(Invalid::new(what, "is not in canonical form (RFC 8785)"));
        }
        Self::of(what, value)
    }

    /// Takes an object that is part of one already read.
    ///
    /// # Errors
    /// The value is no object; refuse the whole.
    pub fn of(what: &'static str, value: Value) -> Result<Self, Invalid> {
        match value {
            Value::Object(members) => Ok(Self { what, members }),
            _ => Err(Invalid::new(what, "is not an object")),
        }
    }

    /// What is wrong, under the name of the whole.
    pub fn invalid(&self, why: impl Into<String>) -> Invalid {
        Invalid::new(self.what, why)
    }

    /// Whether a member is still there to be taken.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A member that may be absent.
    pub fn optional(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    /// A member that must be there.
    ///
    /// # Errors
    /// It is not there; refuse the whole.
    pub fn value(&mut self, name: &str) -> Result<Value, Invalid> {
        self.optional(name)
            .ok_or_else(|| self.invalid(format!("lacks `{name}`")))
    }

    /// A string.
    ///
    /// # Errors
    /// There is none of that name; refuse the whole.
    pub fn text(&mut self, name: &str) -> Result<String, Invalid> {
        match self.value(name)? {
            Value::String(text) => Ok(text),
            _ => Err(self.invalid(format!("`{name}` is not a string"))),
        }
    }

    /// A digest as 64 lower-case hexadecimal characters; upper case would be a second spelling.
    ///
    /// # Errors
    /// There is none of that name; refuse the whole.
    pub fn digest(&mut self, name: &str) -> Result<Digest, Invalid> {
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
    ///
    /// # Errors
    /// There is none of that name; refuse the whole.
    pub fn instant(&mut self, name: &str) -> Result<Instant, Invalid> {
        let text = self.text(name)?;
        let instant = Instant::parse_rfc3339(&text)?;
        if instant.rfc3339() == text {
            Ok(instant)
        } else {
            Err(self.invalid(format!("`{name}` is not UTC with milliseconds and `Z`")))
        }
    }

    /// The member `v`, which must be the one version that the caller reads.
    ///
    /// # Errors
    /// It is another or none; refuse the whole.
    pub fn version(&mut self, known: u64) -> Result<(), Invalid> {
        match self.value("v")?.as_u64() {
            Some(version) if version == known => Ok(()),
            _ => Err(self.invalid(format!("version is not {known}"))),
        }
    }

    /// All members have been taken.
    ///
    /// # Errors
    /// One is left that the caller does not know; refuse the whole.
    pub fn end(self) -> Result<(), Invalid> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.invalid(format!("has an unknown member `{name}`"))),
        }
    }
}
