//! An alarm: what was seen of a log that no honest log shows.

use super::{text, texts, time};
use chapar_terms::Instant;
use serde_json::Value;

/// An alarm about a log, or a place of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The log.
    pub origin: String,
    /// `fork`, `inconsistent`, `shrunken` or `wrong-tile`.
    pub what: String,
    /// `proven`, `asserted`, `unfounded` or `unknown`.
    pub verdict: String,
    /// When first.
    pub seen_at: Option<Instant>,
    /// Since when all is well again.
    pub cleared_at: Option<Instant>,
    /// What the log signed.
    pub notes: Vec<String>,
}

impl Alarm {
    /// Reads one; none of what names no log.
    pub fn read(view: &Value) -> Option<Self> {
        Some(Self {
            origin: text(view, "origin")?,
            what: text(view, "alarm")?,
            verdict: text(view, "verdict")?,
            seen_at: time(view, "seenAt"),
            cleared_at: time(view, "clearedAt"),
            notes: texts(view, "notes"),
        })
    }
}
