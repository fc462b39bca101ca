//! What is wrong with a query, for the asker.

use std::fmt;

/// Stable codes of [`Malformed`]; texts may change, these do not.
pub mod code {
    /// It is not of the form of a query, a list of criteria or a criterion.
    pub const WRONG_QUERY: &str = "wrong-query";
    /// The left operand is missing, empty or too long.
    pub const WRONG_OPERAND_LEFT: &str = "wrong-operand-left";
    /// There is no such operator.
    pub const WRONG_OPERATOR: &str = "wrong-operator";
    /// The right operand is missing, too long or not of the kind that the operator takes.
    pub const WRONG_OPERAND_RIGHT: &str = "wrong-operand-right";
    /// More criteria than are taken.
    pub const TOO_MANY_CRITERIA: &str = "too-many-criteria";
    /// The offset is no whole number from 0 on.
    pub const WRONG_OFFSET: &str = "wrong-offset";
    /// The limit is no whole number from 1 on.
    pub const WRONG_LIMIT: &str = "wrong-limit";
    /// The order is neither of the two.
    pub const WRONG_SORT_ORDER: &str = "wrong-sort-order";
    /// The field to sort by is empty, too long or unknown.
    pub const WRONG_SORT_FIELD: &str = "wrong-sort-field";
}

/// The query cannot be understood. The asker may correct it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Which rule is broken; one of [`code`].
    pub code: &'static str,
    /// What is wrong; safe to show to the asker.
    pub why: String,
}

impl Malformed {
    /// Names the broken rule and how it is broken.
    pub fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.why)
    }
}

impl std::error::Error for Malformed {}

/// Foreign text in back-ticks, cut so that an answer stays short.
pub(crate) fn quote(text: &str) -> String {
    const SHOWN_CHARS: usize = 80;
    let mut shown: String = text.chars().take(SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}
