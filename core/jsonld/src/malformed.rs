//! Why a document was not understood.
//!
//! Holds the error codes: those of the JSON-LD text with hyphens for its spaces, and ours for what is too much. Refuses to hold
//! statuses of HTTP: the doors map codes.

use std::fmt;

/// Codes of [`Malformed`] that are not in the JSON-LD text.
pub mod code {
    /// Deeper nesting than is taken.
    pub const TOO_DEEP: &str = "document-too-deep";
    /// More work than one document may cost.
    pub const TOO_COSTLY: &str = "document-too-costly";
    /// More contexts or terms than are taken.
    pub const TOO_MANY_TERMS: &str = "too-many-terms";
    /// The result would be too large.
    pub const TOO_LARGE: &str = "result-too-large";
    /// What was to be compacted is not in expanded form.
    pub const NOT_EXPANDED: &str = "not-expanded";
    /// The context sends two values of one property into one member, where they cannot stand together: two lists.
    pub const NO_COMPACT_FORM: &str = "no-compact-form";
    /// The bounds among these.
    pub(crate) const BOUNDS: [&str; 4] = [TOO_DEEP, TOO_COSTLY, TOO_MANY_TERMS, TOO_LARGE];
}

/// The document, or the context beside it, is not understood. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Which rule is broken: an error code of the JSON-LD text with hyphens (`invalid-term-definition`), or one of [`code`].
    pub code: &'static str,
    /// What is wrong where; safe to show to the sender.
    pub why: String,
}

impl Malformed {
    /// Names the broken rule and what breaks it.
    pub(crate) fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.why)
    }
}

impl std::error::Error for Malformed {}
