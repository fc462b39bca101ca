//! A mirror of a foreign log.

use super::{number, text, texts};
use serde_json::Value;

/// How a foreign log stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// The log's name in checkpoints.
    pub origin: String,
    /// Entries of the newest checkpoint seen that are not here yet.
    pub lag: u64,
    /// Seconds since the log last said that it has nothing newer.
    pub age: Option<u64>,
    /// Entries that are no records.
    pub rejects: u64,
    /// What was in the way at the last look, as a stable word.
    pub obstacle: Option<String>,
    /// The notes that it signed and that cannot all be true.
    pub caught: Option<Vec<String>>,
    /// The log that goes on in its place.
    pub successor: Option<String>,
}

impl Mirror {
    /// Reads one; none of what has no name.
    pub fn read(view: &Value) -> Option<Self> {
        let inner = |name: &str, member: &str| text(view.get(name)?, member);
        Some(Self {
            origin: text(view, "origin")?,
            lag: number(view, "lag").unwrap_or_default(),
            age: number(view, chapar_runtime::AGE),
            rejects: number(view, "rejects").unwrap_or_default(),
            obstacle: inner("obstacle", "code"),
            caught: view.get("caught").map(|caught| texts(caught, "notes")),
            successor: inner("successor", "address"),
        })
    }
}
