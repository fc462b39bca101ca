//! An alarm: what was seen of a log that no honest log shows.

use super::{number, text, texts, time};
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
    /// Where it was seen.
    pub place: Option<String>,
    /// When first.
    pub seen_at: Option<Instant>,
    /// When last.
    pub last_at: Option<Instant>,
    /// How often.
    pub times: u64,
    /// Since when all is well again.
    pub cleared_at: Option<Instant>,
    /// The record by which others told it.
    pub told_by: Option<String>,
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
            place: text(view, "place"),
            seen_at: time(view, "seenAt"),
            last_at: time(view, "lastAt"),
            times: number(view, "times").unwrap_or(1),
            cleared_at: time(view, "clearedAt"),
            told_by: text(view, "toldBy"),
            notes: texts(view, "notes"),
        })
    }
}
