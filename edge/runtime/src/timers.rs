//! Cases that hang, watched: when each is due to be ended is known, the earliest of them is waited for, and nothing is looked for in
//! between.
//!
//! The times stand in the cases and are read from the store once, at start; after that every commit says its own. Refuses to say
//! when a case is due and what is decided then (`chapar_exchange`, `overdue`).

use crate::decide::Decided;
use crate::hosted::Hosted;
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_exchange::Actor;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::track::DELIVERY_MS;
use chapar_exchange::transfer::Transfer;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// After a fault of ours a case is looked at again, in milliseconds.
const FAULT_PAUSE_MS: i64 = 60_000;

/// Participant, kind and id.
type Key = (String, &'static str, String);

/// When which case is due.
#[derive(Default)]
pub(crate) struct Timers {
    dates: Mutex<Dates>,
    /// Rung when something is due earlier than anything before.
    bell: Notify,
}

#[derive(Default)]
struct Dates {
    by_time: BTreeSet<(i64, Key)>,
    by_case: BTreeMap<Key, i64>,
}

impl Dates {
    fn set(&mut self, key: Key, due: Option<i64>) {
        if let Some(before) = self.by_case.remove(&key) {
            self.by_time.remove(&(before, key.clone()));
        }
        if let Some(due) = due {
            self.by_time.insert((due, key.clone()));
            self.by_case.insert(key, due);
        }
    }

    fn earliest(&self) -> Option<i64> {
        self.by_time.first().map(|(due, _)| *due)
    }

    /// Takes a case that is due at `now`.
    fn take(&mut self, now: i64) -> Option<Key> {
        let (_, key) = self.by_time.first().filter(|(due, _)| *due <= now)?.clone();
        self.set(key.clone(), None);
        Some(key)
    }
}

impl Timers {
    fn set(&self, key: Key, due: Option<i64>) {
        let mut dates = self.dates.lock().unwrap_or_else(PoisonError::into_inner);
        let before = dates.earliest();
        dates.set(key, due);
        let is_earlier = match (before, dates.earliest()) {
            (Some(before), Some(now)) => now < before,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if is_earlier {
            self.bell.notify_one();
        }
    }

    fn take(&self, now: i64) -> Result<Key, Option<i64>> {
        let mut dates = self.dates.lock().unwrap_or_else(PoisonError::into_inner);
        dates.take(now).ok_or_else(|| dates.earliest())
    }
}

impl Runtime {
    /// Takes up the waiting that an earlier run began, and watches from now on. Where nothing is due ever, nobody watches.
    pub(crate) async fn watch_the_clock(&self) -> Result<(), Fault> {
        if self.inner.config.timeouts.end_nothing() {
            return Ok(());
        }
        let mut overdue = 0;
        for hosted in self.everyone() {
            overdue += self.take_up_waiting::<Negotiation>(&hosted).await?;
            overdue += self.take_up_waiting::<Transfer>(&hosted).await?;
        }
        if overdue > 0 {
            tracing::warn!(
                overdue,
                "cases in which nothing has moved for longer than `[timeouts]` allows are ended now, and their peers are told"
            );
        }
        let runtime = self.clone();
        tokio::spawn(async move {
            while !runtime.inner.stopping.load(Ordering::Relaxed) {
                runtime.end_what_is_due().await;
            }
        });
        Ok(())
    }

    /// Nobody watches any more: who waits is rung to see that it is over.
    pub(crate) fn stop_watching(&self) {
        self.inner.timers.bell.notify_one();
    }

    /// Sets the timers of the cases of a participant that wait; how many are due already.
    async fn take_up_waiting<K: Kind>(&self, hosted: &Hosted) -> Result<usize, Fault> {
        let (mut overdue, now) = (0, self.now().unix_ms());
        let slug = hosted.slug.as_str();
        for state in K::OPEN_STATES {
            let limit = K::limit_ms(state, &self.inner.config.timeouts);
            let Some(limit) = limit.filter(|_| !chapar_terms::sabotaged("forget-timers-at-start")) else {
                continue;
            };
            // One that is not due by its state after all is looked at once and then let be.
            for case in self.inner.store.waiting_cases(slug, K::NAME, &[state]).await? {
                let due = case.since.saturating_add(limit);
                overdue += usize::from(due <= now);
                self.inner.timers.set((slug.to_owned(), K::NAME, case.id), Some(due));
            }
        }
        Ok(overdue)
    }

    /// A step of this case is durable: what it is due at may be another time.
    pub(crate) fn wait_anew<K: Kind>(&self, participant: &str, case: &K) {
        if self.inner.config.timeouts.end_nothing() {
            return;
        }
        let key = (participant.to_owned(), K::NAME, case.head().id.as_str().to_owned());
        self.inner.timers.set(key, self.due_at(case));
    }

    fn due_at<K: Kind>(&self, case: &K) -> Option<i64> {
        let limit = K::limit_ms(case.state(), &self.inner.config.timeouts)?;
        case.due_at(limit).map(chapar_terms::Instant::unix_ms)
    }

    async fn end_what_is_due(&self) {
        match self.inner.timers.take(self.now().unix_ms()) {
            Ok((participant, kind, case)) => {
                if kind == <Transfer as Kind>::NAME {
                    self.end_if_overdue::<Transfer>(&participant, &case).await;
                } else {
                    self.end_if_overdue::<Negotiation>(&participant, &case).await;
                }
            }
            Err(None) => self.inner.timers.bell.notified().await,
            Err(Some(due)) => {
                let left = due.saturating_sub(self.now().unix_ms());
                let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
                // Rung, something else is due before.
                let _ = tokio::time::timeout(left, self.inner.timers.bell.notified()).await;
            }
        }
    }

    async fn end_if_overdue<K: Decided>(&self, participant: &str, id: &str) {
        let again = match self.end_overdue::<K>(participant, id).await {
            Ok(due) => due,
            // The move that stands in the way is answered by then, or has lapsed.
            Err(Fault::Refused(refusal)) => {
                tracing::info!(
                    participant,
                    case = id,
                    code = refusal.code,
                    "an overdue case cannot be ended yet"
                );
                Some(self.now().unix_ms().saturating_add(DELIVERY_MS))
            }
            Err(fault) => {
                tracing::error!(participant, case = id, %fault, "an overdue case was not ended; it is tried again");
                Some(self.now().unix_ms().saturating_add(FAULT_PAUSE_MS))
            }
        };
        if let Some(due) = again {
            let key = (participant.to_owned(), K::NAME, id.to_owned());
            self.inner.timers.set(key, Some(due));
        }
    }

    /// Ends the case if it is overdue as it is stored; otherwise when it is.
    async fn end_overdue<K: Decided>(&self, participant: &str, id: &str) -> Result<Option<i64>, Fault> {
        let overdue = |case: &K| {
            let limit = K::limit_ms(case.state(), &self.inner.config.timeouts)?;
            case.overdue(limit, self.now())
        };
        // What is remembered may be behind; and it is judged in the turn in which it is ended, for its peer may move it at this very moment.
        self.inner.live.forget::<K>(participant, id);
        match self.decide_if::<K>(participant, id, &Actor::Node, overdue).await {
            Ok(Some(_)) => {
                tracing::info!(participant, case = id, "ended: nothing had moved in it for too long");
                Ok(None)
            }
            Ok(None) => {
                let loaded = self.load::<K>(participant, id).await?;
                Ok(loaded.and_then(|loaded| self.due_at(&loaded.case)))
            }
            Err(Fault::NotFound) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> Key {
        ("uz-plant".to_owned(), "negotiation", id.to_owned())
    }

    #[test]
    fn the_earliest_is_taken_when_it_is_due_and_a_later_word_counts() {
        let timers = Timers::default();
        assert_eq!(timers.take(100), Err(None));
        timers.set(key("a"), Some(50));
        timers.set(key("b"), Some(40));
        timers.set(key("b"), Some(60));
        timers.set(key("c"), Some(45));
        timers.set(key("c"), None);
        assert_eq!(timers.take(49), Err(Some(50)));
        assert_eq!(timers.take(50), Ok(key("a")));
        assert_eq!(timers.take(50), Err(Some(60)));
        assert_eq!(timers.take(99), Ok(key("b")));
        assert_eq!(timers.take(99), Err(None));
    }

    #[tokio::test]
    async fn who_waits_is_rung_for_what_is_earlier_only() {
        let timers = Timers::default();
        let rung = async |timers: &Timers| {
            let bell = tokio::time::timeout(Duration::from_millis(20), timers.bell.notified());
            bell.await.is_ok()
        };
        timers.set(key("a"), Some(50));
        assert!(rung(&timers).await, "there was nothing before");
        timers.set(key("b"), Some(60));
        assert!(!rung(&timers).await);
        timers.set(key("c"), Some(40));
        assert!(rung(&timers).await);
        timers.set(key("c"), None);
        assert!(!rung(&timers).await, "who comes too early looks again");
    }
}
