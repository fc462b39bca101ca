//! The one error of a value that does not fit its type, and how errors show foreign text.

use std::fmt;

/// A value from outside does not fit its type. The caller answers "bad request" and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Which type or member was expected, in the field's words.
    pub what: &'static str,
    /// Why the value does not fit; safe to show to the sender.
    pub why: String,
}

impl Invalid {
    /// Names what was expected and why the value is not it.
    pub fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self { what, why: why.into() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl std::error::Error for Invalid {}

/// Foreign text in back-ticks, cut so that an answer stays short.
pub fn quote(text: &str) -> String {
    const SHOWN_CHARS: usize = 80;
    let mut shown: String = text.chars().take(SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}
