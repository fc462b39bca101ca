//! What is wrong with a body, where, and what to do.

use std::fmt;

/// A JSON Pointer (RFC 6901) into a body.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The whole body.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Takes a pointer that is written already.
    pub fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The member `name` of what this points to.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        Self(format!("{}/{}", self.0, name.replace('~', "~0").replace('/', "~1")))
    }

    /// The item at `place` of what this points to.
    #[must_use]
    pub fn item(&self, place: usize) -> Self {
        Self(format!("{}/{place}", self.0))
    }

    /// The pointer's text; empty for the whole body.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One thing that is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where.
    pub pointer: Pointer,
    /// What kind of fault, a stable word.
    pub code: &'static str,
    /// What is wrong and what to do; safe to show to the author.
    pub advice: String,
}

impl Finding {
    /// Says what is wrong where.
    pub fn new(code: &'static str, pointer: Pointer, advice: impl Into<String>) -> Self {
        Self {
            pointer,
            code,
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.pointer.as_str() {
            "" => "the body",
            pointer => pointer,
        };
        write!(f, "`{place}`: {}", self.advice)
    }
}

impl std::error::Error for Finding {}
