//! The one error of authentication: what a stranger showed us does not prove who they are.

use std::fmt;

/// The peer did not prove who they are, or what they sent was altered. The caller answers 401, writes nothing and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, e.g. `token-expired`; each is named in the documentation of the function that gives it.
    pub code: &'static str,
    /// Why, in plain words; safe to show to the sender.
    pub why: String,
}

impl Refusal {
    /// Names the code and the reason.
    pub(crate) fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.why)
    }
}

impl std::error::Error for Refusal {}
