//! A log that this node holds.

use super::{number, text, time};
use chapar_terms::Instant;
use serde_json::Value;

/// A log, own or mirrored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its name in checkpoints.
    pub origin: String,
    /// SHA-256 of that, hexadecimal.
    pub hash: String,
    /// Where this node serves it.
    pub address: String,
    /// Participant id of its owner.
    pub owner: String,
    /// The key that this node trusts for it.
    pub vkey: String,
    /// Entries that are published.
    pub size: u64,
    /// How many of them are in the catalogue.
    pub in_catalogue: u64,
    /// Whether it is of a participant of this node.
    pub is_own: bool,
    /// `open`, `held`, `discontinued` or `caught`.
    pub state: String,
    /// When its newest checkpoint came to be known here.
    pub published_at: Option<Instant>,
    /// When a log of others last said that it has nothing newer.
    pub checked_at: Option<Instant>,
}

impl Log {
    /// Reads one; none of what has no name.
    pub fn read(view: &Value) -> Option<Self> {
        Some(Self {
            origin: text(view, "origin")?,
            hash: text(view, "originHash")?,
            address: text(view, "address")?,
            owner: text(view, "owner")?,
            vkey: text(view, "vkey").unwrap_or_default(),
            size: number(view, "size").unwrap_or_default(),
            in_catalogue: number(view, "inCatalogue").unwrap_or_default(),
            is_own: view.get("isOwn").and_then(Value::as_bool).unwrap_or(false),
            state: text(view, "state").unwrap_or_default(),
            published_at: time(view, "publishedAt"),
            checked_at: time(view, "checkedAt"),
        })
    }
}
