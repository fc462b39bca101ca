//! Why a look at a log did not bring it further, by fault: a place's, the log's own, or ours.
//!
//! What a place says is its own word; only what the log signed is the log's. The codes are stable.

use crate::Fault;
use chapar_client::SendFault;
use chapar_register::{Alarm, AlarmKind};
use chapar_store::StoreFault;
use chapar_terms::{Digest, Instant};
use chapar_tlog::{Fork, Prefix, SignedCheckpoint, TileId, VerifierKey};
use serde_json::{Value, json};

/// A place does not answer, or with something that is not the log: another may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Obstacle {
    /// Stable.
    pub code: &'static str,
    /// For people.
    pub why: String,
    /// What the place asked for, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// What is kept of it, where it is more than an accident.
    pub evidence: Option<Box<Evidence>>,
}

impl Obstacle {
    pub(super) fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self {
            code,
            why: why.into(),
            retry_after_ms: None,
            evidence: None,
        }
    }

    pub(super) fn with(self, evidence: Evidence) -> Self {
        Self {
            evidence: Some(Box::new(evidence)),
            ..self
        }
    }
}

impl From<SendFault> for Obstacle {
    fn from(fault: SendFault) -> Self {
        Self::new(fault.code(), fault.to_string())
    }
}

/// Proof that a log lied: what it signed cannot be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caught {
    /// Two notes that contradict each other.
    Forked(Box<Fork>),
    /// One that contradicts itself: entries where there are none.
    EmptyRoot(Box<SignedCheckpoint>),
}

impl Caught {
    /// The newest of the notes.
    pub(super) fn newest(&self) -> &SignedCheckpoint {
        match self {
            Self::Forked(fork) => fork.newer(),
            Self::EmptyRoot(note) => note,
        }
    }

    /// Stable.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Forked(fork) if fork.prefix().is_none() => "other-root",
            Self::Forked(_) => "history-rewritten",
            Self::EmptyRoot(_) => "empty-root",
        }
    }

    /// For people.
    pub(crate) fn why(&self) -> String {
        let fork = match self {
            Self::Forked(fork) => fork,
            Self::EmptyRoot(note) => {
                return format!("the log signed `{}` as the root of no entries", note.checkpoint().root);
            }
        };
        let (older, newer) = (fork.older().checkpoint(), fork.newer().checkpoint());
        match fork.prefix() {
            None => format!(
                "the log signed two trees of {} entries, with roots `{}` and `{}`",
                older.size, older.root, newer.root
            ),
            Some(_) => format!(
                "the log signed a tree of {} entries that does not begin with the {} entries that it signed before",
                newer.size, older.size
            ),
        }
    }

    /// As it is kept and shown: the notes, the older tree's first, and what the newer tree begins with in the place of the older one,
    /// where their sizes differ.
    pub(crate) fn view(&self) -> Value {
        let notes = match self {
            Self::Forked(fork) => vec![fork.older().render(), fork.newer().render()],
            Self::EmptyRoot(note) => vec![note.render()],
        };
        let mut view = json!({ "code": self.code(), "why": self.why(), "notes": notes });
        let prefix = match self {
            Self::Forked(fork) => fork.prefix(),
            Self::EmptyRoot(_) => None,
        };
        if let (Some(members), Some(prefix)) = (view.as_object_mut(), prefix) {
            members.insert("prefix".to_owned(), prefix_view(prefix));
        }
        view
    }

    /// What others are told of it.
    pub(crate) fn alarm(&self, vkey: VerifierKey, at: Instant) -> Alarm {
        match self {
            Self::Forked(fork) => Alarm::of_fork(vkey, fork, at),
            Self::EmptyRoot(note) => Alarm {
                kind: AlarmKind::Inconsistent,
                vkey,
                notes: vec![(**note).clone()],
                prefix: None,
                place: None,
                resource: None,
                seen_at: at,
            },
        }
    }
}

/// What a newer tree begins with, for people and programs.
pub(crate) fn prefix_view(prefix: &Prefix) -> Value {
    let proof: Vec<String> = prefix.proof.iter().map(Digest::base64).collect();
    json!({ "root": prefix.root.base64(), "proof": proof })
}

/// What a place showed that no honest place shows, as it is kept: the notes of the log that it does not fit, and what does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub kind: AlarmKind,
    pub notes: Vec<SignedCheckpoint>,
    /// Its path below the log, and the hash of the bytes that were given.
    pub resource: Option<(String, Digest)>,
}

impl Evidence {
    /// The log's own place shows an older tree than it showed before.
    pub(super) fn shrunken(older: &SignedCheckpoint, newer: &SignedCheckpoint) -> Self {
        Self {
            kind: AlarmKind::Shrunken,
            notes: vec![older.clone(), newer.clone()],
            resource: None,
        }
    }

    /// Bytes that are not of the signed tree.
    pub(super) fn wrong(id: TileId, bytes: &[u8], signed: &SignedCheckpoint) -> Self {
        Self {
            kind: AlarmKind::WrongTile,
            notes: vec![signed.clone()],
            resource: Some((id.path(), Digest::of(bytes))),
        }
    }
}

/// Why a look ends early.
#[derive(Debug)]
pub(super) enum Halt {
    /// The place's fault.
    Place(Obstacle),
    /// The log's.
    Log(Box<Caught>),
    /// Ours.
    Ours(Fault),
}

impl From<Obstacle> for Halt {
    fn from(obstacle: Obstacle) -> Self {
        Self::Place(obstacle)
    }
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Ours(fault)
    }
}

impl From<StoreFault> for Halt {
    fn from(fault: StoreFault) -> Self {
        Self::Ours(fault.into())
    }
}
