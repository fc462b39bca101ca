//! A federation and its members.

use super::text;
use crate::words::Texts;
use serde_json::Value;

/// A federation that this node follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Federation {
    /// What it is called.
    pub name: Texts,
    /// Its members, in the order of the Organisation.
    pub members: Vec<Member>,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its participant id.
    pub participant: String,
    /// What it is called.
    pub name: Texts,
    /// The state that it is a body of, two letters.
    pub state: Option<String>,
    /// Its log's name in checkpoints.
    pub origin: String,
    /// `own`, `mirrored`, `missing`, `caught` or `other-key`.
    pub log: String,
    /// Whether enough witnesses of the federation cosigned the log, where it names some.
    pub is_witnessed: Option<bool>,
}

impl Federation {
    /// Reads one; none of what names no members.
    pub fn read(view: &Value) -> Option<Self> {
        let members = view.get("members")?.as_array()?.iter();
        Some(Self {
            name: Texts::read(view.get("name")),
            members: members.filter_map(Member::read).collect(),
        })
    }
}

impl Member {
    fn read(view: &Value) -> Option<Self> {
        Some(Self {
            participant: text(view, "participant")?,
            name: Texts::read(view.get("name")),
            state: text(view, "state"),
            origin: text(view, "origin")?,
            log: text(view, "log")?,
            is_witnessed: view.get("witnessed").and_then(Value::as_bool),
        })
    }
}
