//! The checkpoints of a participant's private log of evidence, written into its register at a fixed interval whatever the activity: so
//! evidence can neither be rewritten nor dropped without the public log saying so.
//!
//! Each is a record of its own, numbered: `evidence-checkpoint.0000000001`. The last one stands in the store, so a restart neither
//! shortens the interval nor doubles it. Refuses to compare (`chapar_register::EvidenceTrail`).

use super::compose::Wish;
use crate::hosted::Hosted;
use crate::logs::{EVIDENCE, OwnLog, REGISTER, Standing};
use crate::{Fault, Runtime};
use chapar_register::{EVIDENCE_CHECKPOINT, evidence_checkpoint_body};
use chapar_store::EntryRow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Pause after a fault, before the same checkpoint is tried again.
const PAUSE: Duration = Duration::from_secs(60);
/// Digits of a number in a name: names in order of the alphabet are in order of time.
const DIGITS: usize = 10;

impl Runtime {
    /// Has the evidence of a participant written down in its register from now on, by a task that sleeps until the next one is due.
    pub(crate) fn watch_evidence(&self, slug: &str) {
        if let Some(evidence) = self.inner.logs.find(slug, EVIDENCE) {
            let runtime = self.clone();
            tokio::spawn(Watch { runtime, evidence }.run());
        }
    }

    /// The number of the last checkpoint of evidence in a register, and when it was written.
    async fn last_evidence_checkpoint(&self, register: &OwnLog) -> Result<Option<(u64, i64)>, Fault> {
        let (first, beyond) = (format!("{EVIDENCE_CHECKPOINT}."), format!("{EVIDENCE_CHECKPOINT}/"));
        let store = &self.inner.store;
        let last = store.last_entry(register.origin.as_str(), &first, &beyond).await?;
        last.map(|entry| match number(&entry) {
            Some(number) => Ok((number, entry.at)),
            None => Err(Fault::Internal(
                "an entry is called like a checkpoint of evidence and is none".to_owned(),
            )),
        })
        .transpose()
    }

    /// Writes the newest checkpoint of the evidence into the register, under the keys of today; nothing while there is none. Held in the
    /// turn of whoever writes into the register.
    pub(crate) async fn write_evidence_down(&self, hosted: &Hosted) -> Result<(), Fault> {
        let evidence = self.inner.logs.find(hosted.slug.as_str(), EVIDENCE);
        let evidence = evidence.ok_or(Fault::NotFound)?;
        let Some(published) = evidence.signed_anew(self).await? else {
            return Ok(());
        };
        let register = self.register_of(hosted)?;
        let last = self.last_evidence_checkpoint(&register).await?;
        let number = last.map_or(1, |(number, _)| number.saturating_add(1));
        let note = str::from_utf8(&published.checkpoint)
            .map_err(|_| Fault::Internal("a checkpoint was stored otherwise".to_owned()))?;
        let every = self.inner.config.logs.evidence_checkpoint_s;
        let wish = Wish::open(
            EVIDENCE_CHECKPOINT,
            format!("{EVIDENCE_CHECKPOINT}.{number:0DIGITS$}"),
            evidence_checkpoint_body(note, &evidence.newest_key()?, every),
        )?;
        self.tell_keys(hosted).await?;
        let composed = self.compose(hosted, wish).await?;
        self.commit_records(hosted, composed.into_iter().collect()).await?;
        Ok(())
    }
}

/// Whether a name is one that only the node gives.
pub(crate) fn is_evidence_checkpoint(local: &str) -> bool {
    local
        .strip_prefix(EVIDENCE_CHECKPOINT)
        .is_some_and(|rest| rest.starts_with('.'))
}

fn number(entry: &EntryRow) -> Option<u64> {
    let (local, _) = entry.id.as_deref()?.split_once('@')?;
    local.strip_prefix(EVIDENCE_CHECKPOINT)?.strip_prefix('.')?.parse().ok()
}

/// How long the next one has time. A clock that was set back makes it later by one interval at most.
fn rest(last_at: Option<i64>, now: i64, every_ms: i64) -> Duration {
    let due = last_at.map_or(now, |at| at.saturating_add(every_ms));
    let left = due.saturating_sub(now).clamp(0, every_ms);
    Duration::from_millis(left.unsigned_abs())
}

struct Watch {
    runtime: Runtime,
    evidence: Arc<OwnLog>,
}

impl Watch {
    async fn run(self) {
        let mut published = self.evidence.published.subscribe();
        // In an empty log is nothing that could be rewritten.
        if published.wait_for(Option::is_some).await.is_err() || chapar_terms::sabotaged("write-no-evidence-down") {
            return;
        }
        loop {
            match self.write_when_due().await {
                Ok(true) => {}
                Ok(false) => return,
                Err(fault) => {
                    let log = &self.evidence.origin;
                    tracing::error!(%log, %fault, "a checkpoint of the evidence is not in the register; it is tried again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Writes the next one when it is due; false when there is nobody any more for whom to write.
    async fn write_when_due(&self) -> Result<bool, Fault> {
        let runtime = &self.runtime;
        let Some(register) = self.register().await else {
            return Ok(false);
        };
        let last = runtime.last_evidence_checkpoint(&register).await?;
        let every_ms = i64::try_from(runtime.inner.config.logs.evidence_checkpoint_s)
            .unwrap_or(i64::MAX)
            .saturating_mul(1000);
        tokio::time::sleep(rest(last.map(|(_, at)| at), runtime.now().unix_ms(), every_ms)).await;
        let hosted = runtime.hosted(&self.evidence.participant);
        let Some(hosted) = hosted.filter(|_| !runtime.inner.stopping.load(Ordering::Relaxed)) else {
            return Ok(false);
        };
        let _turn = runtime.records_turn(&self.evidence.participant).await;
        // Somebody may have written one meanwhile; then the next is due later.
        if runtime.last_evidence_checkpoint(&register).await? == last {
            runtime.write_evidence_down(&hosted).await?;
        }
        Ok(true)
    }

    /// The register, once it goes on: one that may be an old copy is waited for. None when it has ended.
    async fn register(&self) -> Option<Arc<OwnLog>> {
        loop {
            let register = self.runtime.inner.logs.find(&self.evidence.participant, REGISTER)?;
            if register.is_open() {
                return Some(register);
            }
            let mut standing = register.standing.subscribe();
            let settled = |standing: &Standing| matches!(standing, Standing::Open | Standing::Closed(_));
            let has_ended = matches!(*standing.wait_for(settled).await.ok()?, Standing::Closed(_));
            let now = self.runtime.inner.logs.find(&self.evidence.participant, REGISTER)?;
            // Otherwise its successor goes on.
            if has_ended && Arc::ptr_eq(&now, &register) {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_is_due_one_interval_after_the_last() {
        let rest = |last, now| u64::try_from(rest(last, now, 1000).as_millis()).unwrap();
        assert_eq!(rest(None, 5_000), 0, "the first at once");
        assert_eq!(rest(Some(5_000), 5_000), 1000);
        assert_eq!(rest(Some(5_000), 5_400), 600, "a restart does not begin anew");
        assert_eq!(rest(Some(5_000), 9_000), 0, "after a long stop at once");
        assert_eq!(rest(Some(50_000), 5_000), 1000, "a clock that was set back");
    }

    #[test]
    fn names_in_order_are_in_order_of_time() {
        let names = [1, 2, 10, 9_999_999_999_u64].map(|number| format!("{EVIDENCE_CHECKPOINT}.{number:0DIGITS$}"));
        assert!(names.is_sorted() && names.iter().all(|name| is_evidence_checkpoint(name)));
        assert!(!is_evidence_checkpoint("evidence-checkpoint") && !is_evidence_checkpoint("evidence-checkpoints.1"));
    }
}
