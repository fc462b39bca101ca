//! Whom an own log asks for cosignatures, what came of it, and where a cosignature is put.
//!
//! Asking is in `asking`; waiting for a quorum is the sequencer's.

use super::book::OwnLog;
use super::serve::Published;
use crate::desk::invalid;
use crate::{Fault, Runtime};
use chapar_store::LogPolicyRow;
use chapar_terms::{Instant, Invalid, Suite};
use chapar_tlog::policy::{Policy, PolicyWitness};
use chapar_tlog::{Origin, Signature, SignedCheckpoint, Statement, VerifierKey};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Most witnesses of a log: each is asked by a task of its own, and a note has room for so many signatures.
const WITNESSES: usize = 32;

/// A policy in force.
#[derive(Debug)]
pub(crate) struct Witnessing {
    pub policy: Policy,
    pub text: String,
    /// Whether a checkpoint is published only when the quorum has cosigned it.
    pub waits: bool,
}

impl Witnessing {
    /// Reads a policy for a log.
    ///
    /// # Errors
    /// [`Fault::Invalid`]: it is none, is for other logs, or has a witness without an address.
    pub(crate) fn read(text: String, waits: bool, origin: &Origin) -> Result<Self, Fault> {
        let wrong = |why: String| invalid("wrong-policy", why);
        let policy = Policy::parse(text.as_bytes()).map_err(|why| wrong(why.to_string()))?;
        let mut logs = policy.logs().iter().map(|log| log.key.name().as_str());
        if !policy.logs().is_empty() && !logs.any(|name| name == origin.as_str()) {
            return Err(wrong(format!("none of its logs is `{origin}`")));
        }
        if policy.witnesses().len() > WITNESSES {
            return Err(wrong(format!("it has more than {WITNESSES} witnesses")));
        }
        for witness in policy.witnesses() {
            if address_of(witness).is_none() {
                let name = witness.key.name();
                return Err(wrong(format!(
                    "the witness `{name}` has no address: write its submission prefix, an http or https URL, behind its key"
                )));
            }
        }
        Ok(Self { policy, text, waits })
    }

    /// Whether enough witnesses cosigned.
    pub(crate) fn is_met(&self, suite: &dyn Suite, signed: &SignedCheckpoint) -> bool {
        let witnesses = self.policy.witnesses().iter().enumerate();
        let places: BTreeSet<usize> = witnesses
            .filter(|(_, witness)| cosigned_at(suite, &witness.key, signed).is_some())
            .map(|(place, _)| place)
            .collect();
        self.policy.is_quorum(&places)
    }
}

/// The submission prefix of a witness, without a slash at its end.
pub(crate) fn address_of(witness: &PolicyWitness) -> Option<&str> {
    let url = str::from_utf8(witness.url.as_deref()?).ok()?;
    let is_http = url.starts_with("https://") || url.starts_with("http://");
    is_http.then(|| url.trim_end_matches('/'))
}

/// When a witness cosigned, if it did.
pub(super) fn cosigned_at(suite: &dyn Suite, key: &VerifierKey, signed: &SignedCheckpoint) -> Option<Instant> {
    let signed = signed.verify(suite, std::slice::from_ref(key)).ok()?;
    let times = signed.into_iter().filter_map(|one| match one.statement {
        Statement::SeenAt(at) => Some(at),
        Statement::Text => None,
    });
    times.max()
}

/// The note with a signature, in the place of an older one by the same key.
pub(crate) fn with_cosignature(signed: &SignedCheckpoint, cosignature: Signature) -> Result<SignedCheckpoint, Invalid> {
    let mut fresh = SignedCheckpoint::new(signed.checkpoint().clone())?;
    let others = signed.note().signatures().iter();
    let is_by_another = |other: &&Signature| other.key_id != cosignature.key_id || other.name != cosignature.name;
    for other in others.filter(is_by_another) {
        fresh.add(other.clone());
    }
    fresh.add(cosignature);
    Ok(fresh)
}

impl OwnLog {
    /// Puts a good cosignature where its checkpoint is: before the quorum, or out already. False when the log has gone on meanwhile.
    pub(super) async fn take_cosignature(
        &self,
        runtime: &Runtime,
        text: &str,
        cosignature: Signature,
    ) -> Result<bool, Fault> {
        let mut taken = Ok(());
        let is_waiting = self.candidate.send_if_modified(|candidate| match candidate {
            Some(waiting) if waiting.note().text() == text => {
                taken = with_cosignature(waiting, cosignature.clone()).map(|fresh| *waiting = fresh);
                true
            }
            _ => false,
        });
        taken?;
        if is_waiting {
            return Ok(true);
        }
        let _turn = self.cosigning.lock().await;
        let Some(published) = self.published.borrow().clone() else {
            return Ok(false);
        };
        let signed = SignedCheckpoint::parse(&published.checkpoint)?;
        if signed.note().text() != text {
            return Ok(false);
        }
        let next = with_cosignature(&signed, cosignature)?.render().into_bytes();
        let (origin, before) = (self.origin.as_str(), &published.checkpoint);
        let store = &runtime.inner.store;
        if !store.add_cosignatures(origin, before, next.clone()).await? {
            return Ok(false);
        }
        self.published.send_if_modified(|out| match out {
            Some(out) if out.checkpoint == *before => {
                *out = Published {
                    checkpoint: next.into(),
                    ..published.clone()
                };
                true
            }
            _ => false,
        });
        Ok(true)
    }

    /// What its people are told: who cosigned what is out, and what waits for the quorum.
    pub(super) fn describe_witnessing(
        &self,
        suite: &dyn Suite,
        out: Option<&SignedCheckpoint>,
    ) -> Vec<(String, Value)> {
        let Some(witnessing) = self.witnessing.borrow().clone() else {
            return Vec::new();
        };
        let witnesses = witnessing.policy.witnesses().iter();
        let cosigned = witnesses.filter_map(|witness| {
            let at = cosigned_at(suite, &witness.key, out?)?;
            Some(json!({ "witness": witness.key.name().as_str(), "at": at.rfc3339() }))
        });
        let mut shown = vec![("cosigned".to_owned(), Value::from_iter(cosigned))];
        if let Some(waiting) = self.candidate.borrow().as_ref() {
            shown.push(("waitingForQuorum".to_owned(), waiting.checkpoint().size.into()));
        }
        shown
    }
}

impl Runtime {
    /// Says whom an own log asks, now and after each start.
    pub(crate) async fn put_witnessing(&self, log: &OwnLog, text: String, waits: bool) -> Result<(), Fault> {
        let witnessing = Witnessing::read(text, waits, &log.origin)?;
        let row = LogPolicyRow {
            origin: log.origin.as_str().to_owned(),
            policy: witnessing.text.clone(),
            waits,
            updated_at: self.now().unix_ms(),
        };
        self.inner.store.put_log_policy(row).await?;
        log.witnessing.send_replace(Some(witnessing.into()));
        Ok(())
    }

    pub(super) async fn stored_witnessing(&self, origin: &Origin) -> Result<Option<Witnessing>, Fault> {
        let row = self.inner.store.log_policy(origin.as_str()).await?;
        row.map(|row| Witnessing::read(row.policy, row.waits, origin))
            .transpose()
    }
}
