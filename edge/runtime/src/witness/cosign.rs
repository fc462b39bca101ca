//! One request to cosign: decided by what was cosigned last, kept before it is answered, and decided anew when another was quicker.

use super::list::keys_of;
use super::pace::{self, Pace};
use crate::alarms;
use crate::mirrors::{Caught, prefix_view};
use crate::{Fault, Runtime};
use chapar_store::{CosignedRow, ForkRow, WitnessedRow};
use chapar_terms::{Digest, Instant};
use chapar_tlog::witness::{AddCheckpoint, Answer, KnownLog, decide};
use chapar_tlog::{Fork, Prefix, Signature, SignedCheckpoint, VerifierKey};

/// How often a request is decided anew when others were quicker; then it is asked to come again.
const ROUNDS: usize = 8;

/// What becomes of a request to cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cosigning {
    /// The lines of our cosignature. What it covers is durable.
    Lines(String),
    /// No.
    Refused(Answer),
    /// The log was cosigned a moment ago.
    TooSoon {
        /// When asking again makes sense.
        retry_after_s: u64,
    },
}

/// What is known of the log that a request is about.
struct Known {
    row: WitnessedRow,
    keys: Vec<VerifierKey>,
    note: Option<SignedCheckpoint>,
}

impl Runtime {
    /// Cosigns a checkpoint, if that is right. `reason` is why an unchanged one is to be cosigned afresh.
    ///
    /// # Errors
    /// The store does not answer, or others were quicker too often: try again later.
    pub async fn cosign(&self, request: &AddCheckpoint, reason: Option<&str>) -> Result<Cosigning, Fault> {
        for _ in 0..ROUNDS {
            if let Some(done) = self.cosign_once(request, reason).await? {
                return Ok(done);
            }
        }
        Err(Fault::Unavailable("too many ask to cosign this log".to_owned()))
    }

    /// The newest checkpoint that was cosigned of the log with this hash of its origin, with both signatures.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn cosigned_checkpoint(&self, origin_hash: &Digest) -> Result<Option<Vec<u8>>, Fault> {
        let row = self.inner.store.witnessed_by_hash(&origin_hash.hex()).await?;
        Ok(row.and_then(|row| row.cosigned).map(|cosigned| cosigned.checkpoint))
    }

    /// None when another request was quicker.
    async fn cosign_once(&self, request: &AddCheckpoint, reason: Option<&str>) -> Result<Option<Cosigning>, Fault> {
        let Some(known) = self.known_log(request.checkpoint.checkpoint().origin.as_str()).await? else {
            return Ok(Some(Cosigning::Refused(Answer::UnknownLog)));
        };
        let log = KnownLog {
            keys: &known.keys,
            cosigned: known.note.as_ref().map(size_and_root),
        };
        match decide(self.inner.suite.as_ref(), Some(&log), request) {
            Answer::Cosign(_) => {}
            refused => {
                self.keep_if_fork(&known, request).await?;
                return Ok(Some(Cosigning::Refused(refused)));
            }
        }
        let text = request.checkpoint.note().text();
        let before = known.note.as_ref().filter(|note| note.note().text() == text);
        let now = self.now();
        let last = known.row.cosigned.as_ref().map(|cosigned| cosigned.at);
        match pace::judge(now.unix_ms(), last, before.is_some(), reason.is_some()) {
            Pace::TooSoon(retry_after_s) => return Ok(Some(Cosigning::TooSoon { retry_after_s })),
            Pace::Kept => return Ok(before.map(|note| Cosigning::Lines(self.own_lines(note)))),
            Pace::Fresh => {}
        }
        // It may go on from what was cosigned and still not be what others were shown.
        self.keep_if_fork(&known, request).await?;
        // A later tree never bears an earlier time: each cosignature says that it was the largest tree seen by then.
        let at = now.max(Instant::from_unix_ms(last.unwrap_or(i64::MIN)));
        self.cosign_afresh(&known, &request.checkpoint, at, reason).await
    }

    async fn cosign_afresh(
        &self,
        known: &Known,
        shown: &SignedCheckpoint,
        at: Instant,
        reason: Option<&str>,
    ) -> Result<Option<Cosigning>, Fault> {
        let cosignature = self.inner.witness.note_signer()?.sign(shown.note().text(), at)?;
        let lines = cosignature.render();
        let mut note = SignedCheckpoint::new(shown.checkpoint().clone())?;
        let of_log = |signature: &&Signature| known.keys.iter().any(|key| is_by(signature, key));
        for signature in shown.note().signatures().iter().filter(of_log) {
            note.add(signature.clone());
        }
        note.add(cosignature);
        let origin = shown.checkpoint().origin.as_str();
        let next = CosignedRow {
            size: crate::logs::signed(shown.checkpoint().size)?,
            root: shown.checkpoint().root.hex(),
            checkpoint: note.render().into_bytes(),
            at: at.unix_ms(),
            reason: reason.map(str::to_owned),
        };
        let size = next.size;
        if chapar_terms::sabotaged("cosign-without-keeping") {
            return Ok(Some(Cosigning::Lines(lines)));
        }
        if !self
            .inner
            .store
            .cosign(origin, known.row.cosigned.as_ref(), next)
            .await?
        {
            return Ok(None);
        }
        match reason {
            Some(reason) => tracing::info!(log = origin, size, reason, "a checkpoint was cosigned for a reason"),
            None => tracing::debug!(log = origin, size, "a checkpoint was cosigned"),
        }
        Ok(Some(Cosigning::Lines(lines)))
    }

    async fn known_log(&self, origin: &str) -> Result<Option<Known>, Fault> {
        let row = self.inner.store.witnessed(origin).await?;
        let Some(row) = row.filter(|row| row.removed_at.is_none()) else {
            return Ok(None);
        };
        let note = row.cosigned.as_ref();
        let note = note.map(|cosigned| SignedCheckpoint::parse(&cosigned.checkpoint));
        Ok(Some(Known {
            keys: keys_of(&row)?,
            note: note.transpose()?,
            row,
        }))
    }

    /// Our cosignature in a note that is kept.
    fn own_lines(&self, note: &SignedCheckpoint) -> String {
        let ours = note.note().signatures().iter();
        ours.filter(|signature| is_by(signature, &self.inner.witness.vkey))
            .map(Signature::render)
            .collect()
    }

    /// What a log signed beside what it had signed before is kept, whatever is answered.
    async fn keep_if_fork(&self, known: &Known, request: &AddCheckpoint) -> Result<(), Fault> {
        let Some(fork) = self.fork_of(known, request).await? else {
            return Ok(());
        };
        let (shown, origin) = (&request.checkpoint, known.row.origin.as_str());
        // Where our mirror's tree convicts, the note that is known is the mirror's.
        let other = match fork.newer().note().text() == shown.note().text() {
            true => fork.older(),
            false => fork.newer(),
        };
        let size = shown.checkpoint().size;
        tracing::error!(
            log = origin,
            size,
            "this log signed two trees of which neither begins with the other: both notes are kept as proof, see `chapar witness forks`"
        );
        let row = ForkRow {
            origin: origin.to_owned(),
            size: crate::logs::signed(size)?,
            root: shown.checkpoint().root.hex(),
            known: other.render().into_bytes(),
            shown: shown.render().into_bytes(),
            prefix: fork.prefix().map(|prefix| prefix_view(prefix).to_string()),
            seen_at: self.now().unix_ms(),
        };
        let caught = Caught::Forked(Box::new(fork));
        let alarm = caught.alarm(self.signer_of(known, shown), self.now());
        let alarm = alarms::seen_here(&alarm, alarms::PROVEN, true)?;
        self.inner.store.keep_fork(row, alarm).await?;
        self.flag(origin, &caught.view()).await?;
        self.inner.alarms.ring();
        Ok(())
    }

    /// What convicts the log: the note that was cosigned and the one that is shown, the proof in the request, which may lead from another tree
    /// than the one that was cosigned, or what our mirror of the log holds.
    async fn fork_of(&self, known: &Known, request: &AddCheckpoint) -> Result<Option<Fork>, Fault> {
        let shown = &request.checkpoint;
        if shown.verify(self.inner.suite.as_ref(), &known.keys).is_err() {
            return Ok(None);
        }
        if let Some(note) = &known.note {
            let prefix = Prefix::of_proof(note.checkpoint().size, shown, &request.proof);
            let pair = [note.clone(), shown.clone()];
            if let Ok(fork) = Fork::prove(self.inner.suite.as_ref(), &known.keys, pair, prefix) {
                return Ok(Some(fork));
            }
        }
        self.fork_beside_mirror(&known.keys, shown).await
    }

    fn signer_of(&self, known: &Known, note: &SignedCheckpoint) -> VerifierKey {
        let signed = note.verify(self.inner.suite.as_ref(), &known.keys);
        let key = signed
            .ok()
            .and_then(|signed| signed.first().map(|signed| signed.key.clone()));
        key.or_else(|| known.keys.first().cloned())
            .unwrap_or_else(|| self.inner.witness.vkey.clone())
    }
}

fn size_and_root(note: &SignedCheckpoint) -> (u64, Digest) {
    (note.checkpoint().size, note.checkpoint().root)
}

/// Whether a signature says that it is of this key.
pub(crate) fn is_by(signature: &Signature, key: &VerifierKey) -> bool {
    signature.key_id == key.id() && signature.name == *key.name()
}
