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
    /// The log's key, as it came by another way.
    pub vkey: Option<VerifierKey>,
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
    /// Reads what a person typed: a verifier key, the bytes of a policy (C2SP tlog-policy), a participant's id.
    ///
    /// # Errors
    /// One of them is none.
    pub fn read(vkey: Option<&str>, policy: Option<&[u8]>, participant: Option<&str>) -> Result<Self, Invalid> {
        Ok(Self {
            vkey: vkey.map(VerifierKey::parse).transpose()?,
            policy: policy.map(Policy::parse).transpose()?,
            participant: participant.map(ParticipantId::parse).transpose()?,
            ..Self::default()
        })
    }

    /// The key that is pinned for the log of this checkpoint. Of several in a policy, the one that signed it.
    pub(crate) fn pinned(&self, suite: &dyn Suite, checkpoint: &SignedCheckpoint) -> Option<VerifierKey> {
        if let Some(vkey) = &self.vkey {
            return Some(vkey.clone());
        }
        let origin = checkpoint.checkpoint().origin.as_str();
        let logs = self.policy.iter().flat_map(Policy::logs).map(|log| &log.key);
        let keys: Vec<VerifierKey> = logs.filter(|key| key.name().as_str() == origin).cloned().collect();
        let signed = checkpoint.verify(suite, &keys).ok();
        let signer = signed.and_then(|signed| signed.first().map(|one| one.key.clone()));
        signer.or_else(|| keys.into_iter().next())
    }

    /// The policy by which the proof of a record is judged: the one that was given, or the log's key alone.
    pub(crate) fn policy(&self) -> Result<Option<Policy>, Invalid> {
        if let Some(policy) = &self.policy {
            return Ok(Some(policy.clone()));
        }
        let alone = |vkey: &VerifierKey| Policy::parse(format!("log {}\nquorum none\n", vkey.render()).as_bytes());
        self.vkey.as_ref().map(alone).transpose()
    }
}
