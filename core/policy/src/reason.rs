//! Why a policy denies, or is not fit to be used: a stable code, a place and a sentence.

use std::fmt;

/// The stable codes of a [`Reason`]; programs compare these, people read the detail.
pub mod code {
    /// The policy breaks the grammar; none of it is used.
    pub const MALFORMED: &str = "malformed";
    /// The policy has too many rules and constraints, or nests them too deep.
    pub const TOO_LARGE: &str = "too-large";
    /// No permission of the policy is for `use`.
    pub const NO_PERMISSION: &str = "no-permission";
    /// A constraint was judged and does not hold.
    pub const CONSTRAINT_UNSATISFIED: &str = "constraint-unsatisfied";
    /// A prohibition of `use` applies.
    pub const PROHIBITED: &str = "prohibited";
    /// The left operand is not known to this node.
    pub const UNKNOWN_OPERAND: &str = "unknown-operand";
    /// The operator is none of ODRL's.
    pub const UNKNOWN_OPERATOR: &str = "unknown-operator";
    /// The operator is one of ODRL's but says nothing about this operand.
    pub const OPERATOR_NOT_MEANINGFUL: &str = "operator-not-meaningful";
    /// The right operand has not the form that the left operand asks for.
    pub const BAD_RIGHT_OPERAND: &str = "bad-right-operand";
    /// This node does not follow the federation that is named, so it cannot tell who its members are.
    pub const FEDERATION_UNKNOWN: &str = "federation-unknown";
    /// The member narrows a rule in a way that this node does not judge.
    pub const MEMBER_NOT_EVALUATED: &str = "member-not-evaluated";
}

/// One reason of a denial, or one finding about a policy under authoring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// One of [`code`]; never changes its meaning.
    pub code: &'static str,
    /// Where in the policy, as a JSON pointer (RFC 6901) from the policy's own members.
    pub path: String,
    /// One sentence for a person.
    pub detail: String,
}

impl Reason {
    pub(crate) fn new(code: &'static str, path: &str, detail: impl Into<String>) -> Self {
        Self {
            code,
            path: path.to_owned(),
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() { "/" } else { &self.path };
        write!(f, "{} at `{place}`: {}", self.code, self.detail)
    }
}
