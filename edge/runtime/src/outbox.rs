//! Couriers: a case with undelivered effects has one task that delivers them in order; a case without has none.

use crate::commit::{Carried, Outcome, RACES};
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_evidence::RawMessage;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::track::PeerFault;
use chapar_exchange::transfer::Transfer;
use chapar_exchange::{Answer, Sent};
use chapar_store::OutboxRow;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tracing::Instrument;

/// Longest delay between two tries, in milliseconds.
const RETRY_MOST_MS: u64 = 60_000;
/// First pause after a fault of ours, in milliseconds; it doubles.
const FAULT_PAUSE_MS: u64 = 1_000;

type CaseKey = (String, String);

/// Which cases have a courier.
#[derive(Default)]
pub(crate) struct Couriers(Mutex<BTreeMap<CaseKey, Running>>);

struct Running {
    /// Whether it was called while it was under way.
    again: bool,
    /// Whether the peer is being called, from before the call until its answer is committed.
    calling: bool,
    /// Wakes it from a pause between two tries: what it waits to send may be void, and something else due.
    bell: Arc<Notify>,
}

impl Couriers {
    /// The bell of a courier that must be started; none when there is one, which is rung instead.
    fn call(&self, key: &CaseKey) -> Option<Arc<Notify>> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(courier) = running.get_mut(key) {
            courier.again = true;
            courier.bell.notify_one();
            return None;
        }
        let bell = Arc::new(Notify::new());
        running.insert(
            key.clone(),
            Running {
                again: false,
                calling: false,
                bell: Arc::clone(&bell),
            },
        );
        Some(bell)
    }

    /// Whether the peer of this case is being called.
    pub(crate) fn is_calling(&self, participant: &str, case: &str) -> bool {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (participant.to_owned(), case.to_owned());
        running.get(&key).is_some_and(|courier| courier.calling)
    }

    fn set_calling(&self, key: &CaseKey, calling: bool) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(courier) = running.get_mut(key) {
            courier.calling = calling;
        }
    }

    /// True when the courier may go home; false when it was called again meanwhile.
    fn dismiss(&self, key: &CaseKey) -> bool {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(key) {
            Some(courier) if courier.again => {
                courier.again = false;
                false
            }
            _ => {
                running.remove(key);
                true
            }
        }
    }
}

/// A courier's place, given up even when it ends in a way that was not foreseen: its case must not stay without one for ever.
struct Place<'a>(&'a Couriers, &'a CaseKey, &'a Arc<Notify>);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Self(couriers, key, bell) = self;
        let mut running = couriers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running
            .get(*key)
            .is_some_and(|courier| Arc::ptr_eq(&courier.bell, bell))
        {
            running.remove(*key);
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

/// What became of a delivery.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delivered {
    /// The effect is done with.
    Settled,
    /// It waits for its next try.
    Later,
}

impl Runtime {
    pub(crate) fn wake_courier(&self, participant: &str, case: &str) {
        let key = (participant.to_owned(), case.to_owned());
        if let Some(bell) = self.inner.couriers.call(&key) {
            let runtime = self.clone();
            let courier = async move {
                let _place = Place(&runtime.inner.couriers, &key, &bell);
                runtime.run_courier(&key, &bell).await;
            };
            tokio::spawn(courier.in_current_span());
        }
    }

    async fn run_courier(&self, key: &CaseKey, bell: &Notify) {
        let mut pause_ms = FAULT_PAUSE_MS;
        loop {
            if let Err(fault) = self.deliver_all(key, bell).await {
                if self.inner.stopping.load(Ordering::Relaxed) {
                    return;
                }
                tracing::error!(case = %key.1, %fault, pause_ms, "delivery stopped; it goes on in a while");
                let pause = Duration::from_millis(pause_ms);
                // Rung, it looks at once: what has changed may mend it.
                let _ = tokio::time::timeout(pause, bell.notified()).await;
                pause_ms = pause_ms.saturating_mul(2).min(RETRY_MOST_MS);
                continue;
            }
            pause_ms = FAULT_PAUSE_MS;
            if self.inner.couriers.dismiss(key) {
                return;
            }
        }
    }

    async fn deliver_all(&self, key: &CaseKey, bell: &Notify) -> Result<(), Fault> {
        loop {
            let rows = self.inner.store.outbox(&key.0, &key.1).await?;
            let Some(row) = rows.first() else { return Ok(()) };
            let now = self.now().unix_ms();
            if row.not_before > now {
                let wait = Duration::from_millis(u64::try_from(row.not_before - now).unwrap_or(0));
                // Rung or not, the case may have moved on meanwhile: look again.
                let _ = tokio::time::timeout(wait, bell.notified()).await;
                continue;
            }
            self.inner.couriers.set_calling(key, true);
            let delivered = if row.kind.starts_with(<Transfer as Kind>::NAME) {
                self.deliver_one::<Transfer>(row).await
            } else {
                self.deliver_one::<Negotiation>(row).await
            };
            self.inner.couriers.set_calling(key, false);
            // Who waited for the end of the call need not wait for its answer.
            self.inner.news.tell_of_case(&key.0, &key.1);
            // What came meanwhile has called the courier again.
            if delivered? == Delivered::Settled && rows.len() == 1 {
                return Ok(());
            }
        }
    }

    async fn deliver_one<K: Kind>(&self, row: &OutboxRow) -> Result<Delivered, Fault> {
        let (attempt, raw) = self.send_row::<K>(row).await?;
        let answer = match attempt {
            Try::Answered(answer) => answer,
            Try::Again { after_ms, why } => {
                let now = self.now().unix_ms();
                let delay = pause_ms(after_ms, row.attempts, self.inner.config.retry_base_ms);
                let next = now.saturating_add(i64::try_from(delay).unwrap_or(i64::MAX));
                if next < row.deadline_at {
                    tracing::debug!(effect = %row.effect_id, %why, delay, "not delivered yet");
                    self.inner
                        .store
                        .reschedule(&row.participant, &row.effect_id, row.attempts.saturating_add(1), next)
                        .await?;
                    return Ok(Delivered::Later);
                }
                Answer::Lapsed(why)
            }
        };
        self.settle::<K>(row, answer, raw).await?;
        Ok(Delivered::Settled)
    }

    /// Feeds the result back as an input.
    async fn settle<K: Kind>(&self, row: &OutboxRow, answer: Answer, raw: Vec<RawMessage>) -> Result<(), Fault> {
        let hosted = self.inner.house.find(&row.participant).ok_or(Fault::NotFound)?;
        let sent = Sent {
            effect: &row.effect_id,
            message: row.kind.split_once(':').map_or("", |(_, message)| message),
            body: &row.body,
        };
        for _ in 0..RACES {
            let turn = self.inner.locks.hold(&row.participant, &row.case_id).await;
            let loaded = self
                .recall::<K>(&row.participant, &row.case_id)
                .await?
                .ok_or(Fault::NotFound)?;
            let access = self.access(&hosted);
            let facts = self.facts(&hosted, &access)?;
            let before = standing(&loaded.case);
            let step = loaded.case.deliver(&sent, answer.clone(), &facts);
            let is_no_news = step.case.as_ref().is_some_and(|case| standing(case) == before);
            let outcome = self
                .commit(
                    &hosted,
                    Some(loaded.version),
                    &step,
                    Carried {
                        raw: raw.clone(),
                        is_no_news,
                        ..Carried::default()
                    },
                )
                .await?;
            if matches!(outcome, Outcome::Committed) {
                self.after_commit(&hosted, &step);
                drop(turn);
                self.announce(&row.participant, &row.case_id);
                return Ok(());
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }
}

/// What people follow a case for. The answer to a move that was settled before it came changes none of it.
fn standing<K: Kind>(case: &K) -> (&'static str, Option<PeerFault>) {
    (case.phase(), case.fault().cloned())
}

/// How long to wait before the next try, after `attempts` others: what the peer asked for, but never less than the first pause,
/// or a peer that asks for none would have us try as fast as we can.
fn pause_ms(asked: Option<u64>, attempts: i64, base_ms: u64) -> u64 {
    if let Some(asked) = asked {
        return asked.max(base_ms);
    }
    let doublings = u32::try_from(attempts.clamp(0, 16)).unwrap_or(16);
    base_ms.saturating_mul(1_u64 << doublings).min(RETRY_MOST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_asks_for_no_pause_gets_one() {
        assert_eq!(pause_ms(Some(0), 9, 500), 500);
        assert_eq!(pause_ms(Some(7_000), 0, 500), 7_000);
        assert_eq!(pause_ms(None, 0, 500), 500);
        assert_eq!(pause_ms(None, 3, 500), 4_000);
        assert_eq!(pause_ms(None, i64::MAX, 500), RETRY_MOST_MS);
    }

    #[tokio::test]
    async fn a_courier_that_is_called_again_is_rung_and_does_not_go_home() {
        let couriers = Couriers::default();
        let key = ("uz-plant".to_owned(), "urn:uuid:1".to_owned());
        let bell = couriers.call(&key).unwrap();
        assert!(couriers.call(&key).is_none(), "one courier for one case");
        let rung = tokio::time::timeout(Duration::from_secs(5), bell.notified()).await;
        assert!(rung.is_ok(), "it would have slept on");
        assert!(!couriers.dismiss(&key), "it was called while it was under way");
        assert!(couriers.dismiss(&key));
        assert!(couriers.call(&key).is_some());
    }

    #[test]
    fn a_courier_that_breaks_down_leaves_its_case_to_the_next() {
        let couriers = Couriers::default();
        let key = ("uz-plant".to_owned(), "urn:uuid:1".to_owned());
        let bell = couriers.call(&key).unwrap();
        drop(Place(&couriers, &key, &bell));
        let next = couriers.call(&key).expect("a new one is wanted");
        drop(Place(&couriers, &key, &bell));
        assert!(
            couriers.call(&key).is_none(),
            "the place of the next is not its own to give up"
        );
        drop(Place(&couriers, &key, &next));
    }
}
