//! A record as a list has it.

use super::{number, text, texts, time};
use crate::words::Texts;
use chapar_terms::Instant;
use serde_json::Value;

/// A record of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// The name of its kind.
    pub kind: String,
    /// 1 for the first version.
    pub version: u64,
    /// Participant id of the issuer.
    pub issuer: String,
    /// When it was issued, by the clock of the issuer.
    pub issued: Option<Instant>,
    /// `open`, `members`, `parties` or `sealed`.
    pub visibility: String,
    /// The languages in which it speaks.
    pub languages: Vec<String>,
    /// Origin of its log.
    pub log: String,
    /// Of a log of others: `open`, `caught` or `discontinued`.
    pub log_state: Option<String>,
    /// Seconds since a log of others last said that it has nothing newer.
    pub age: Option<u64>,
    /// Its index in the log.
    pub index: u64,
    /// Its hash as a leaf, hexadecimal.
    pub leaf_hash: String,
    /// From when it is in force.
    pub valid_from: Option<Instant>,
    /// Until when.
    pub valid_until: Option<Instant>,
    /// Its title, where there is one for everybody.
    pub title: Texts,
    /// Its description likewise, cut to what a list shows.
    pub description: Texts,
    /// How it was withdrawn.
    pub withdrawn: Option<Withdrawn>,
    /// When a closed body was opened to everybody.
    pub opened_at: Option<Instant>,
    /// How a closed body is had: by `opening` or in the `exchange`.
    pub body_by: Option<String>,
    /// Whether the body was purged.
    pub is_purged: bool,
}

/// How a record was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// Why, in a word.
    pub code: String,
    /// The record that takes its place.
    pub replaced_by: Option<String>,
}

impl Found {
    /// Reads one; none of what has no id.
    pub fn read(view: &Value) -> Option<Self> {
        let valid = view.get("valid").unwrap_or(&Value::Null);
        let withdrawn = view.get("withdrawn").map(|how| Withdrawn {
            code: text(how, "code").unwrap_or_default(),
            replaced_by: text(how, "replacedBy"),
        });
        Some(Self {
            id: text(view, "id")?,
            kind: text(view, "kind")?,
            version: number(view, "version").unwrap_or(1),
            issuer: text(view, "issuer")?,
            issued: time(view, "issued"),
            visibility: text(view, "visibility").unwrap_or_default(),
            languages: texts(view, "languages"),
            log: text(view, "log").unwrap_or_default(),
            log_state: text(view, "logState"),
            age: number(view, chapar_runtime::AGE),
            index: number(view, "index").unwrap_or_default(),
            leaf_hash: text(view, "leafHash").unwrap_or_default(),
            valid_from: time(valid, "from"),
            valid_until: time(valid, "until"),
            title: Texts::read(view.get("title")),
            description: Texts::read(view.get("description")),
            withdrawn,
            opened_at: time(view, "openedAt"),
            body_by: text(view, "bodyBy"),
            is_purged: view.get("bodyPurged").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// Whether it is in force no more.
    pub fn is_expired(&self, now: Instant) -> bool {
        self.valid_until.is_some_and(|until| until <= now)
    }

    /// Whether it is not in force yet.
    pub fn is_early(&self, now: Instant) -> bool {
        self.valid_from.is_some_and(|from| from > now)
    }

    /// Whether its log was caught lying.
    pub fn is_of_liar(&self) -> bool {
        self.log_state.as_deref() == Some("caught")
    }
}
