//! Couriers: a case with undelivered effects has one task that delivers them in order; a case without has none.

use crate::commit::{Carried, Outcome};
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_exchange::Answer;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::Transfer;
use chapar_evidence::RawMessage;
use chapar_store::{CaseWrite, OutboxRow, StepWrite};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Longest delay between two tries, in milliseconds.
const RETRY_MOST_MS: u64 = 60_000;
/// How often a lost race for a case is run again before the courier starts over from the store.
const RACES: usize = 16;

type CaseKey = (String, String);

/// Which cases have a courier, and whether something was added while it was under way.
#[derive(Default)]
pub(crate) struct Couriers(Mutex<BTreeMap<CaseKey, bool>>);

impl Couriers {
    /// True when a courier must be started.
    fn call(&self, key: &CaseKey) -> bool {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(key) {
            Some(again) => {
                *again = true;
                false
            }
            None => {
                running.insert(key.clone(), false);
                true
            }
        }
    }

    /// True when the courier may go home; false when it was called again meanwhile.
    fn dismiss(&self, key: &CaseKey) -> bool {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(key) {
            Some(again) if *again => {
                *again = false;
                false
            }
            _ => {
                running.remove(key);
                true
            }
        }
    }
}

/// What a try came to.
pub(crate) enum Try {
    /// Settled, one way or the other.
    Answered(Answer),
    /// Worth another try, not before this many milliseconds if the peer said so; the text is the latest obstacle.
    Again {
        /// `Retry-After`, in milliseconds.
        after_ms: Option<u64>,
        /// For people.
        why: String,
    },
}

impl Runtime {
    pub(crate) fn wake_courier(&self, participant: &str, case: &str) {
        let key = (participant.to_owned(), case.to_owned());
        if self.inner.couriers.call(&key) {
            let runtime = self.clone();
            tokio::spawn(async move { runtime.run_courier(key).await });
        }
    }

    async fn run_courier(&self, key: CaseKey) {
        loop {
            if let Err(fault) = self.deliver_all(&key).await {
                tracing::error!(case = %key.1, %fault, "delivery stopped; it goes on in a while");
                tokio::time::sleep(Duration::from_millis(RETRY_MOST_MS / 60)).await;
                continue;
            }
            if self.inner.couriers.dismiss(&key) {
                return;
            }
        }
    }

    async fn deliver_all(&self, key: &CaseKey) -> Result<(), Fault> {
        while let Some(row) = self.inner.store.outbox(&key.0, &key.1).await?.into_iter().next() {
            let now = self.now().unix_ms();
            if row.not_before > now {
                let wait = u64::try_from(row.not_before - now).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(wait)).await;
                // The case may have moved on meanwhile: look again.
                continue;
            }
            self.deliver_one(&row).await?;
        }
        Ok(())
    }

    async fn deliver_one(&self, row: &OutboxRow) -> Result<(), Fault> {
        let (attempt, raw) = self.send_row(row).await?;
        let answer = match attempt {
            Try::Answered(answer) => answer,
            Try::Again { after_ms, why } => {
                let now = self.now().unix_ms();
                let delay = after_ms.unwrap_or_else(|| self.delay_ms(row.attempts));
                let next = now.saturating_add(i64::try_from(delay).unwrap_or(i64::MAX));
                if next < row.deadline_at {
                    tracing::debug!(effect = %row.effect_id, %why, delay, "not delivered yet");
                    self.inner.store.reschedule(&row.participant, &row.effect_id, row.attempts.saturating_add(1), next).await?;
                    return Ok(());
                }
                Answer::Lapsed(why)
            }
        };
        if row.kind.starts_with(<Transfer as Kind>::NAME) {
            self.settle::<Transfer>(row, answer, raw).await
        } else {
            self.settle::<Negotiation>(row, answer, raw).await
        }
    }

    fn delay_ms(&self, attempts: i64) -> u64 {
        let doublings = u32::try_from(attempts.clamp(0, 16)).unwrap_or(16);
        self.inner.config.retry_base_ms.saturating_mul(1_u64 << doublings).min(RETRY_MOST_MS)
    }

    /// Feeds the result back as an input.
    async fn settle<K: Kind>(&self, row: &OutboxRow, answer: Answer, raw: Vec<RawMessage>) -> Result<(), Fault> {
        let hosted = self.inner.house.find(&row.participant).ok_or(Fault::NotFound)?;
        for _ in 0..RACES {
            let turn = self.inner.locks.hold(&row.participant, &row.case_id).await;
            let loaded = self.load::<K>(&row.participant, &row.case_id).await?.ok_or(Fault::NotFound)?;
            let access = self.access(&hosted);
            let facts = self.facts(&hosted, &access)?;
            let step = loaded.case.deliver(&row.effect_id, answer.clone(), &facts);
            if step.case.is_none() {
                // The move was settled by a message of the peer meanwhile.
                return self.drop_effect(row).await;
            }
            let outcome = self.commit(&hosted, Some(loaded.version), &step, Carried { raw: raw.clone(), replay: None }).await?;
            if matches!(outcome, Outcome::Committed) {
                self.after_commit(&hosted, &step);
                drop(turn);
                self.announce(&row.participant, &row.case_id);
                return Ok(());
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }

    async fn drop_effect(&self, row: &OutboxRow) -> Result<(), Fault> {
        let untouched = CaseWrite::Untouched { participant: row.participant.clone() };
        let write = StepWrite { outbox_done: vec![row.effect_id.clone()], ..StepWrite::new(untouched) };
        self.inner.store.commit_step(write).await?;
        Ok(())
    }
}
