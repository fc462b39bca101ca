//! The logs that are open here, and how their sequencers are woken.

use super::serve::Published;
use super::witnessing::Witnessing;
use crate::Fault;
use chapar_store::LogSource;
use chapar_terms::{Instant, Invalid, Signer};
use chapar_tlog::{Checkpoint, KeyName, NoteSigner, Origin, SignatureType, SignedCheckpoint, VerifierKey};
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
    /// Whether it goes on.
    pub is_open: bool,
    /// Its first key as verifiers write it.
    pub vkey: String,
    /// When it was made.
    pub created_at: Instant,
    /// Sign its checkpoints, all of them.
    pub signers: Vec<Arc<dyn Signer>>,
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
}

impl OwnLog {
    /// Signs a checkpoint of this log with every key that is in use.
    ///
    /// # Errors
    /// A key cannot be used: ours, try again later.
    pub(crate) fn sign(&self, checkpoint: Checkpoint, now: Instant) -> Result<String, Fault> {
        let mut signed = SignedCheckpoint::new(checkpoint)?;
        for signer in &self.signers {
            let signer = NoteSigner::new(key_name(&self.origin)?, SignatureType::ED25519, signer.as_ref())?;
            let signature = signer
                .sign(signed.note().text(), now)
                .map_err(|_| Fault::Internal(format!("a key of the log `{}` cannot be used", self.origin)))?;
            signed.add(signature);
        }
        Ok(signed.render())
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

/// All of them, by participant and name.
#[derive(Default)]
pub(crate) struct Logs(RwLock<BTreeMap<(String, &'static str), Arc<OwnLog>>>);

impl Logs {
    pub(crate) fn find(&self, participant: &str, name: &'static str) -> Option<Arc<OwnLog>> {
        let logs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(&(participant.to_owned(), name)).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<OwnLog>> {
        let logs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        logs.values().cloned().collect()
    }

    pub(super) fn put(&self, log: Arc<OwnLog>) {
        let mut logs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        logs.insert((log.participant.clone(), log.name), log);
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
