//! Why a look at a log did not bring it further, by fault: a place's, the log's own, or ours.
//!
//! What a place says is its own word; only what the log signed is the log's. The codes are stable.

use crate::Fault;
use chapar_client::SendFault;
use chapar_store::StoreFault;
use chapar_tlog::{Fork, SignedCheckpoint};
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
}

impl Obstacle {
    pub(super) fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self {
            code,
            why: why.into(),
            retry_after_ms: None,
        }
    }
}

impl From<SendFault> for Obstacle {
    fn from(fault: SendFault) -> Self {
        Self::new(fault.code(), fault.to_string())
    }
}

/// Proof that a log lied: notes that it signed and that cannot both be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caught {
    /// Stable.
    pub code: &'static str,
    /// For people.
    pub why: String,
    /// The notes, the older tree's first; one alone where it contradicts itself.
    pub notes: Vec<String>,
    /// What the newer tree begins with in the place of the older one, where their sizes differ.
    pub prefix: Option<Value>,
}

impl Caught {
    pub(super) fn forked(fork: &Fork) -> Self {
        let (older, newer) = (fork.older().checkpoint(), fork.newer().checkpoint());
        let prefix = fork.prefix().map(|prefix| {
            let proof: Vec<String> = prefix.proof.iter().map(chapar_terms::Digest::base64).collect();
            json!({ "root": prefix.root.base64(), "proof": proof })
        });
        let (code, why) = match prefix {
            None => (
                "other-root",
                format!(
                    "the log signed two trees of {} entries, with roots `{}` and `{}`",
                    older.size, older.root, newer.root
                ),
            ),
            Some(_) => (
                "history-rewritten",
                format!(
                    "the log signed a tree of {} entries that does not begin with the {} entries that it signed before",
                    newer.size, older.size
                ),
            ),
        };
        Self {
            code,
            why,
            notes: vec![fork.older().render(), fork.newer().render()],
            prefix,
        }
    }

    pub(super) fn empty_root(signed: &SignedCheckpoint) -> Self {
        let root = signed.checkpoint().root;
        Self {
            code: "empty-root",
            why: format!("the log signed `{root}` as the root of no entries"),
            notes: vec![signed.render()],
            prefix: None,
        }
    }

    /// As it is kept and shown.
    pub(super) fn view(&self) -> Value {
        let mut view = json!({ "code": self.code, "why": self.why, "notes": self.notes });
        if let (Some(members), Some(prefix)) = (view.as_object_mut(), &self.prefix) {
            members.insert("prefix".to_owned(), prefix.clone());
        }
        view
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
