//! What is held for certain of a log: its tree up to some size, and its keys there. Verification goes on from it.

use crate::id::LogId;
use crate::keys::Keys;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_terms::{Fields, Invalid, ParticipantId, canonical_json};
use chapar_tlog::{Frontier, VerifierKey};
use serde_json::json;

/// Longest state read: its keys, each of a kilobyte at most.
const STATE_BYTES: usize = 1024 * 1024;
/// The only version of the stored form so far.
const VERSION: u64 = 1;
const WHAT: &str = "log state";

/// A log as far as it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    pub(crate) participant: ParticipantId,
    /// The key that somebody trusted to begin with; its name is the origin.
    pub(crate) pinned: VerifierKey,
    pub(crate) frontier: Frontier,
    pub(crate) keys: Keys,
}

impl LogState {
    /// Nothing yet but the participant and a key of its log that came by another way.
    pub const fn pinned(participant: ParticipantId, key: VerifierKey) -> Self {
        Self {
            participant,
            pinned: key,
            frontier: Frontier::empty(),
            keys: Keys::none(),
        }
    }

    /// Whose log it is.
    pub const fn participant(&self) -> &ParticipantId {
        &self.participant
    }

    /// The log's name for itself, as its checkpoints begin.
    pub fn origin(&self) -> &str {
        self.pinned.name().as_str()
    }

    /// The log's id within its records; none before the first key-set.
    pub fn log(&self) -> Option<LogId> {
        self.keys.first_log_key().map(|key| LogId::of_vkey(&key.render()))
    }

    /// The tree so far.
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The keys so far.
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The state as canonical JSON, to be stored.
    pub fn encode(&self) -> Vec<u8> {
        canonical_json(&json!({
            "frontier": STANDARD.encode(self.frontier.encode()),
            "keys": self.keys.encode(),
            "participant": self.participant.as_str(),
            "pinned": self.pinned.render(),
            "v": VERSION,
        }))
    }

    /// Reads what [`LogState::encode`] wrote.
    ///
    /// # Errors
    /// It is something else; what was stored is damaged: begin anew from the pinned key.
    pub fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let mut fields = Fields::read(WHAT, bytes, STATE_BYTES)?;
        fields.version(VERSION)?;
        let frontier = STANDARD.decode(fields.text("frontier")?);
        let state = Self {
            participant: ParticipantId::parse(&fields.text("participant")?)?,
            pinned: VerifierKey::parse(&fields.text("pinned")?)?,
            frontier: Frontier::decode(&frontier.map_err(|_| fields.invalid("`frontier` is not base64"))?)?,
            keys: Keys::decode(&fields.value("keys")?)?,
        };
        fields.end()?;
        Ok(state)
    }
}
