//! What somebody knows of a log beforehand: its key, who may have witnessed it, whose it is.

use chapar_terms::{Invalid, ParticipantId, Suite};
use chapar_timestamp::Anchors;
use chapar_tlog::policy::Policy;
use chapar_tlog::{SignedCheckpoint, VerifierKey};

/// What to make of a log whose key nobody pinned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstUse {
    /// It is not verified.
    #[default]
    Refused,
    /// The key that it shows is taken for its key.
    Trusted,
}

/// What is demanded of a log.
#[derive(Clone, Debug, Default)]
pub struct Demands {
    /// Keys of logs, as they came by another way; each is for the log that it names.
    pub vkeys: Vec<VerifierKey>,
    /// Logs and witnesses that are believed, and how many witnesses it takes.
    pub policy: Option<Policy>,
    /// Whose log it must be.
    pub participant: Option<ParticipantId>,
    /// Whether the log may vouch for itself.
    pub first_use: FirstUse,
    /// The authorities of time that are believed; then a stamp of one of them is demanded.
    pub time: Option<Anchors>,
}

impl Demands {
    /// Reads what a person typed: verifier keys, the bytes of a policy (C2SP tlog-policy), a participant's id.
    ///
    /// # Errors
    /// One of them is none.
    pub fn read<'a>(
        vkeys: impl IntoIterator<Item = &'a str>,
        policy: Option<&[u8]>,
        participant: Option<&str>,
    ) -> Result<Self, Invalid> {
        Ok(Self {
            vkeys: vkeys.into_iter().map(VerifierKey::parse).collect::<Result<_, _>>()?,
            policy: policy.map(Policy::parse).transpose()?,
            participant: participant.map(ParticipantId::parse).transpose()?,
            ..Self::default()
        })
    }

    /// The key that is pinned for the log of this checkpoint. Of several, the one that signed it. Keys that are all for other logs say
    /// that this is none of those that somebody meant.
    pub(crate) fn pinned(&self, suite: &dyn Suite, checkpoint: &SignedCheckpoint) -> Option<VerifierKey> {
        let keys = self.keys_of(checkpoint.checkpoint().origin.as_str());
        signer(suite, checkpoint, &keys)
            .or_else(|| keys.into_iter().next())
            .or_else(|| self.vkeys.first().cloned())
    }

    /// The keys that are pinned for the log with this origin; those of the policy where none was typed.
    pub(crate) fn keys_of(&self, origin: &str) -> Vec<VerifierKey> {
        let is_its = |key: &&VerifierKey| key.name().as_str() == origin;
        let typed: Vec<VerifierKey> = self.vkeys.iter().filter(is_its).cloned().collect();
        if !typed.is_empty() {
            return typed;
        }
        let logs = self.policy.iter().flat_map(Policy::logs).map(|log| &log.key);
        logs.filter(is_its).cloned().collect()
    }

    /// The policy by which the proof of a record is judged: the one that was given, or the keys of logs alone.
    pub(crate) fn policy(&self) -> Result<Option<Policy>, Invalid> {
        if let Some(policy) = &self.policy {
            return Ok(Some(policy.clone()));
        }
        if self.vkeys.is_empty() {
            return Ok(None);
        }
        let logs: String = self
            .vkeys
            .iter()
            .map(|vkey| format!("log {}\n", vkey.render()))
            .collect();
        Policy::parse(format!("{logs}quorum none\n").as_bytes()).map(Some)
    }
}

/// Which of these keys signed a checkpoint.
pub(crate) fn signer(suite: &dyn Suite, checkpoint: &SignedCheckpoint, keys: &[VerifierKey]) -> Option<VerifierKey> {
    let signed = checkpoint.verify(suite, keys).ok()?;
    signed.first().map(|one| one.key.clone())
}
