//! Asking witnesses to cosign the checkpoints of an own log (C2SP tlog-witness): one task a witness, so that none waits for another.
//!
//! What waits for the quorum is asked for first, then what is out. A witness that cosigned is asked again for a new tree, and for an
//! unchanged one after a day. What it answers counts only when it verifies.

use super::book::OwnLog;
use super::witnessing::{address_of, cosigned_at};
use crate::witness::cosign::is_by;
use crate::{Fault, Runtime};
use bytes::Bytes;
use chapar_client::{Incoming, Outgoing};
use chapar_terms::{Digest, Instant, Invalid, Suite, limits};
use chapar_tlog::policy::PolicyWitness;
use chapar_tlog::witness::{AddCheckpoint, SIZE_MEDIA_TYPE};
use chapar_tlog::{Signature, SignedCheckpoint, Statement, VerifierKey, prove_consistency, tiles_for_consistency};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinSet;

/// Says why an unchanged checkpoint is to be cosigned afresh, e.g. a deadline (`docs/formats/witness.md`).
pub const REASON: HeaderName = HeaderName::from_static("chapar-reason");
/// Longest wait for one answer: a witness writes one row to its disk.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// Longest answer read: some signature lines.
const ANSWER_BYTES: u64 = 64 * 1024;
/// How long a witness is left alone after a fault, doubled each time up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// After this time an unchanged checkpoint is to be cosigned afresh.
const FRESH_AFTER_MS: i64 = 24 * 60 * 60 * 1000;
/// Requests for one cosignature: the first, and one from the size that a refusal taught.
const TRIES: usize = 2;

/// Why there is no cosignature for now.
pub(super) struct Declined {
    pub why: String,
    /// When the witness wants to be asked again, where it says so.
    pub after: Option<Duration>,
}

impl Declined {
    fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            after: None,
        }
    }
}

impl From<Fault> for Declined {
    fn from(fault: Fault) -> Self {
        Self::new(fault.to_string())
    }
}

/// Has the witnesses of a log asked, whoever they are at the time.
pub(super) async fn ask_witnesses(runtime: Runtime, log: Arc<OwnLog>) {
    let mut witnessing = log.witnessing.subscribe();
    loop {
        // Dropped with the policy: who is on it no more is asked no more.
        let mut askers = JoinSet::new();
        if let Some(witnessing) = witnessing.borrow_and_update().clone() {
            for witness in witnessing.policy.witnesses() {
                askers.spawn(Asker::new(&runtime, &log, witness.clone()).run());
            }
        }
        if witnessing.changed().await.is_err() {
            return;
        }
    }
}

/// One who asks one witness.
pub(super) struct Asker {
    runtime: Runtime,
    log: Arc<OwnLog>,
    witness: PolicyWitness,
    /// The size that the witness cosigned last, as far as we know.
    known: u64,
    /// Why an unchanged checkpoint is to be cosigned afresh.
    reason: Option<HeaderValue>,
}

impl Asker {
    pub(super) fn new(runtime: &Runtime, log: &Arc<OwnLog>, witness: PolicyWitness) -> Self {
        Self {
            runtime: runtime.clone(),
            log: Arc::clone(log),
            witness,
            known: 0,
            reason: None,
        }
    }

    /// Says why it asks about what was cosigned already.
    pub(super) fn because(self, reason: &str) -> Self {
        Self {
            reason: HeaderValue::from_str(reason).ok(),
            ..self
        }
    }

    pub(super) const fn witness(&self) -> &PolicyWitness {
        &self.witness
    }

    async fn run(mut self) {
        let (mut published, mut candidate) = (self.log.published.subscribe(), self.log.candidate.subscribe());
        let mut pause = FIRST_PAUSE;
        while !self.runtime.inner.stopping.load(Ordering::Relaxed) {
            let waiting = candidate.borrow_and_update().clone();
            let out = published.borrow_and_update().clone();
            let out = out.and_then(|out| SignedCheckpoint::parse(&out.checkpoint).ok());
            let target = waiting.or(out);
            let rest = target.as_ref().map_or(LONGEST_PAUSE, |target| self.rest(target));
            if let Some(target) = target.filter(|_| rest.is_zero()) {
                match self.ask(&target).await {
                    Ok(()) => pause = FIRST_PAUSE,
                    Err(declined) => {
                        self.tell(&declined);
                        tokio::time::sleep(declined.after.unwrap_or(pause)).await;
                        pause = (pause * 2).min(LONGEST_PAUSE);
                    }
                }
                continue;
            }
            tokio::select! {
                _ = published.changed() => {}
                _ = candidate.changed() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    fn tell(&self, declined: &Declined) {
        let (log, witness, why) = (&self.log.origin, self.witness.key.name(), &declined.why);
        match declined.after {
            Some(_) => tracing::debug!(%log, %witness, why, "a witness wants to be asked later"),
            None => tracing::warn!(%log, %witness, why, "a witness did not cosign; it is asked again"),
        }
    }

    /// How long this checkpoint needs no cosignature of this witness.
    fn rest(&self, target: &SignedCheckpoint) -> Duration {
        let Some(at) = cosigned_at(self.runtime.inner.suite.as_ref(), &self.witness.key, target) else {
            return Duration::ZERO;
        };
        let age = self.runtime.now().since_ms(at).max(0);
        Duration::from_millis(FRESH_AFTER_MS.saturating_sub(age).max(0).unsigned_abs())
    }

    /// Asks for a cosignature and puts it where the checkpoint is.
    pub(super) async fn ask(&mut self, target: &SignedCheckpoint) -> Result<(), Declined> {
        let size = target.checkpoint().size;
        for _ in 0..TRIES {
            let request = AddCheckpoint {
                old_size: self.known,
                proof: self.proof(size).await?,
                checkpoint: bare(target).map_err(Fault::from)?,
            };
            let answer = self.send(&request).await?;
            match answer.status.as_u16() {
                200 => return self.take(target, &answer.body).await,
                409 => self.known = taught(&answer, size)?,
                status => {
                    let said = String::from_utf8_lossy(answer.body.get(..200).unwrap_or(&answer.body)).into_owned();
                    return Err(Declined {
                        why: format!("it answered {status}: `{}`", said.trim()),
                        after: retry_after(&answer.headers),
                    });
                }
            }
        }
        Err(Declined::new("it names another size each time"))
    }

    async fn send(&self, request: &AddCheckpoint) -> Result<Incoming, Declined> {
        let address = address_of(&self.witness).unwrap_or_default();
        let outgoing = Outgoing {
            method: Method::POST,
            url: format!("{address}/add-checkpoint"),
            headers: self.reason.iter().map(|reason| (REASON, reason.clone())).collect(),
            body: Bytes::from(request.render()),
            deadline: ANSWER_LIMIT,
            max_response_bytes: ANSWER_BYTES,
        };
        let answer = self.runtime.inner.client.send(outgoing).await;
        answer.map_err(|fault| Declined::new(fault.to_string()))
    }

    /// That the tree of this size begins with the one that the witness knows.
    async fn proof(&self, size: u64) -> Result<Vec<Digest>, Fault> {
        let tiles = self.runtime.inner.store.tiles(self.log.origin.as_str());
        let mut files = BTreeMap::new();
        for id in tiles_for_consistency(self.known, size) {
            let bytes = match tiles.read(&id.path()).await? {
                Some(bytes) => Some(bytes),
                None => tiles.read(&id.full().path()).await?,
            };
            files.extend(bytes.map(|bytes| (id, bytes)));
        }
        prove_consistency(self.known, size, &|id| files.get(&id).cloned())
            .map_err(|why| Fault::Internal(format!("log `{}`: {why}", self.log.origin)))
    }

    async fn take(&mut self, target: &SignedCheckpoint, body: &[u8]) -> Result<(), Declined> {
        let text = target.note().text();
        let lines = str::from_utf8(body).map_err(|_| Declined::new("its answer is not UTF-8"))?;
        let found = Signature::parse_lines(lines).map_err(Fault::from)?;
        let (suite, key, now) = (&self.runtime.inner.suite, &self.witness.key, self.runtime.now());
        let good = found
            .into_iter()
            .find(|signature| is_by(signature, key) && is_good(key, suite.as_ref(), text, signature, now));
        let Some(good) = good else {
            return Err(Declined::new(
                "its cosignature does not verify under the key of the policy",
            ));
        };
        self.known = target.checkpoint().size;
        match self.log.take_cosignature(&self.runtime, text, good).await? {
            true => Ok(()),
            false => Err(Declined::new("the log has gone on meanwhile")),
        }
    }
}

/// The checkpoint with the log's own signatures alone: a witness needs no others, and takes ten kilobytes.
fn bare(target: &SignedCheckpoint) -> Result<SignedCheckpoint, Invalid> {
    let mut bare = SignedCheckpoint::new(target.checkpoint().clone())?;
    let own = target.note().signatures().iter();
    for signature in own.filter(|one| one.name.as_str() == target.checkpoint().origin.as_str()) {
        bare.add(signature.clone());
    }
    Ok(bare)
}

/// Whether a cosignature is one, and of a time that is neither to come nor past its day.
fn is_good(key: &VerifierKey, suite: &dyn Suite, text: &str, signature: &Signature, now: Instant) -> bool {
    if chapar_terms::sabotaged("take-any-cosignature") {
        return true;
    }
    match key.verify(suite, text, &signature.bytes) {
        Ok(Statement::SeenAt(at)) => (-limits::CLOCK_SKEW_MS..FRESH_AFTER_MS).contains(&now.since_ms(at)),
        _ => false,
    }
}

/// The size that a witness cosigned last, as its refusal says.
fn taught(answer: &Incoming, size: u64) -> Result<u64, Declined> {
    let media_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let number = str::from_utf8(&answer.body)
        .ok()
        .and_then(|text| text.trim_end().parse().ok());
    match (media_type, number) {
        (Some(SIZE_MEDIA_TYPE), Some(known)) if known <= size => Ok(known),
        (Some(SIZE_MEDIA_TYPE), Some(known)) => Err(Declined::new(format!(
            "it has cosigned {known} entries, and here are {size}: either more is about to be published, or this is an old copy of the log"
        ))),
        _ => Err(Declined::new("it refused without a size")),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}
