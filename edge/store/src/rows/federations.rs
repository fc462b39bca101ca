//! The rows of federations: what is followed here, and what records say to proposals.

/// A federation that this node follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederationRow {
    /// Its id.
    pub id: String,
    /// The genesis as it was pinned.
    pub genesis: Vec<u8>,
    /// How far it is folded; opaque. None before it was folded once.
    pub held: Option<Vec<u8>>,
    /// Milliseconds of the Unix epoch.
    pub joined_at: i64,
}

/// What a verified record says to a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRow {
    /// The log that has the record.
    pub origin: String,
    /// Its place there: 1, 2, 3 ...
    pub position: i64,
    /// The federation.
    pub federation: String,
    /// Hexadecimal hash of the state that is to change.
    pub previous: String,
    /// The record.
    pub record_id: String,
    /// Yes or no, as a word.
    pub answer: String,
    /// The proposal as JSON text.
    pub proposal: String,
}
