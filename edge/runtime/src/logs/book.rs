//! The logs that are open here, and how their sequencers are woken.

use super::REGISTER;
use super::keys::LogKey;
use super::serve::Published;
use super::witnessing::Witnessing;
use crate::Fault;
use crate::recovery::Held;
use crate::succession::Successor;
use crate::timestamps::TimeStanding;
use chapar_store::LogSource;
use chapar_terms::{Instant, Invalid, Signer};
use chapar_tlog::{
    Checkpoint, KeyName, NoteSigner, Origin, Signature, SignatureType, SignedCheckpoint, SignedNote, VerifierKey,
};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, Notify, watch};

/// A log of a participant of the house.
pub(crate) struct OwnLog {
    pub origin: Origin,
    /// Slug of the participant.
    pub participant: String,
    /// What it is called below the participant: `log` or `evidence`.
    pub name: &'static str,
    /// Where its leaves come from.
    pub source: LogSource,
    /// Its first key as verifiers write it.
    pub vkey: String,
    /// All that it ever had, oldest first; those that sign sign together.
    pub keys: RwLock<Vec<LogKey>>,
    /// Rung when something was committed.
    pub bell: Notify,
    /// What is out.
    pub published: watch::Sender<Option<Published>>,
    /// Whom it asks for cosignatures; nobody, with none.
    pub witnessing: watch::Sender<Option<Arc<Witnessing>>>,
    /// What waits for the quorum.
    pub candidate: watch::Sender<Option<SignedCheckpoint>>,
    /// Held by whoever puts a cosignature below what is out.
    pub cosigning: Mutex<()>,
    /// Whether it goes on.
    pub standing: watch::Sender<Standing>,
    /// Held by whoever looks after it while it is held.
    pub recovering: Mutex<()>,
    /// What authorities of time said of it.
    pub time: TimeStanding,
}

/// Whether an own log goes on.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    /// It does.
    Open,
    /// Others are asked whether they have more of it.
    Asking,
    /// It does not before it is known what was published last.
    Held(Held),
    /// It has ended, and another goes on in its place.
    Closed(Successor),
}

impl Standing {
    /// Its word.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Asking => "asking",
            Self::Held(_) => "held",
            Self::Closed(_) => "discontinued",
        }
    }
}

impl OwnLog {
    /// Entries under what is out.
    pub(crate) fn size(&self) -> u64 {
        self.published.borrow().as_ref().map_or(0, |published| published.size)
    }

    /// That something may be added to it. Waits while others are asked about it.
    ///
    /// # Errors
    /// [`Fault::Conflict`] when it is held or has ended.
    pub(crate) async fn must_be_open(&self) -> Result<(), Fault> {
        let mut standing = self.standing.subscribe();
        let settled = standing
            .wait_for(|standing| !matches!(standing, Standing::Asking))
            .await;
        let settled = settled.map_err(|_| Fault::Unavailable("the log is opened anew".to_owned()))?;
        match &*settled {
            Standing::Open | Standing::Asking => Ok(()),
            Standing::Held(_) => Err(Fault::Conflict(format!(
                "the log `{}` is held until it is known what was published of it last: `chapar log show` says why",
                self.origin
            ))),
            Standing::Closed(successor) => Err(Fault::Conflict(format!(
                "the log `{}` has ended: `{}` goes on in its place",
                self.origin, successor.address
            ))),
        }
    }

    /// 1 for a participant's first log of its name, and one more for each that took the place of the one before: the end of its origin.
    pub(crate) fn number(&self) -> u32 {
        let last = self.origin.as_str().rsplit('/').next().unwrap_or_default();
        last.parse().unwrap_or(1)
    }

    /// The log that goes on in its place, once it has ended.
    pub(crate) fn successor(&self) -> Option<Successor> {
        match &*self.standing.borrow() {
            Standing::Closed(successor) => Some(successor.clone()),
            _ => None,
        }
    }

    /// Whether nothing stands in its way now.
    pub(crate) fn is_open(&self) -> bool {
        matches!(*self.standing.borrow(), Standing::Open)
    }

    /// Signs a checkpoint of this log with every key that is in use.
    ///
    /// # Errors
    /// A key cannot be used: ours, try again later.
    pub(crate) fn sign(&self, checkpoint: Checkpoint, now: Instant) -> Result<String, Fault> {
        let mut signed = SignedCheckpoint::new(checkpoint)?;
        for signature in self.signatures(signed.note().text(), now)? {
            signed.add(signature);
        }
        Ok(signed.render())
    }

    /// Another text than a checkpoint, signed by this log.
    ///
    /// # Errors
    /// As for [`OwnLog::sign`].
    pub(crate) fn signed_note(&self, text: String, now: Instant) -> Result<SignedNote, Fault> {
        let mut note = SignedNote::new(text)?;
        for signature in self.signatures(note.text(), now)? {
            note.add(signature);
        }
        Ok(note)
    }

    fn signatures(&self, text: &str, now: Instant) -> Result<Vec<Signature>, Fault> {
        let sign = |signer: &Arc<dyn Signer>| {
            let signer = NoteSigner::new(key_name(&self.origin)?, SignatureType::ED25519, signer.as_ref())?;
            let unusable = |_| Fault::Internal(format!("a key of the log `{}` cannot be used", self.origin));
            signer.sign(text, now).map_err(unusable)
        };
        self.keys()
            .iter()
            .filter_map(|key| key.signer.as_ref())
            .map(sign)
            .collect()
    }
}

/// The name of a log's keys is its origin.
pub(super) fn key_name(origin: &Origin) -> Result<KeyName, Invalid> {
    KeyName::parse(origin.as_str())
}

/// A log's key as others write it.
pub(super) fn verifier_key(origin: &Origin, signer: &dyn Signer) -> Result<VerifierKey, Invalid> {
    VerifierKey::new(key_name(origin)?, SignatureType::ED25519, signer.public_key())
}

/// All of them.
#[derive(Default)]
pub(crate) struct Logs {
    /// Those that go on, or are to, by participant and name.
    all: RwLock<BTreeMap<(String, &'static str), Arc<OwnLog>>>,
    /// Those that have ended, by origin.
    ended: RwLock<BTreeMap<String, Arc<OwnLog>>>,
}

impl Logs {
    pub(crate) fn find(&self, participant: &str, name: &'static str) -> Option<Arc<OwnLog>> {
        let logs = self.all.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(&(participant.to_owned(), name)).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<OwnLog>> {
        let logs = self.all.read().unwrap_or_else(PoisonError::into_inner);
        logs.values().cloned().collect()
    }

    pub(super) fn put(&self, log: Arc<OwnLog>) {
        let mut logs = self.all.write().unwrap_or_else(PoisonError::into_inner);
        logs.insert((log.participant.clone(), log.name), log);
    }

    pub(super) fn end(&self, log: Arc<OwnLog>) {
        let mut ended = self.ended.write().unwrap_or_else(PoisonError::into_inner);
        ended.insert(log.origin.as_str().to_owned(), log);
    }

    /// The log of this origin, which has ended.
    pub(crate) fn ended(&self, origin: &str) -> Option<Arc<OwnLog>> {
        let ended = self.ended.read().unwrap_or_else(PoisonError::into_inner);
        ended.get(origin).cloned()
    }

    /// The logs of a participant that have ended, oldest first.
    pub(crate) fn ended_of(&self, participant: &str) -> Vec<Arc<OwnLog>> {
        let ended = self.ended.read().unwrap_or_else(PoisonError::into_inner);
        let mut ended: Vec<_> = ended
            .values()
            .filter(|log| log.participant == participant)
            .cloned()
            .collect();
        ended.sort_by_key(|log| log.number());
        ended
    }

    /// The public log of a participant with this number, whether it has ended or not.
    pub(crate) fn numbered(&self, participant: &str, number: u32) -> Option<Arc<OwnLog>> {
        let register = self.find(participant, REGISTER).filter(|log| log.number() == number);
        register.or_else(|| {
            let ended = self.ended_of(participant);
            ended.into_iter().find(|log| log.number() == number)
        })
    }

    /// Something was committed to a log: its sequencer has work.
    pub(crate) fn ring(&self, participant: &str, name: &'static str) {
        if let Some(log) = self.find(participant, name) {
            log.bell.notify_one();
        }
    }

    /// Everybody looks up, and sees that it is over.
    pub(crate) fn ring_all(&self) {
        for log in self.all() {
            log.bell.notify_one();
            log.candidate.send_modify(|_| ());
        }
    }
}
