//! Couriers: whoever has something to deliver has one task that delivers it in order; whoever has not has none.
//!
//! Refuses to know what is delivered: messages to peers (`outbox`), events to callback addresses (`callbacks`).

use crate::{Fault, Runtime};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Longest delay between two tries, in milliseconds.
const RETRY_MOST_MS: u64 = 60_000;
/// First pause after a fault of ours, in milliseconds; it doubles.
const FAULT_PAUSE_MS: u64 = 1_000;

/// Who has a courier, by key.
pub(crate) struct Couriers<K>(Mutex<BTreeMap<K, Running>>);

struct Running {
    /// Whether it was called while it was under way.
    again: bool,
    /// Whether the receiver is being called, from before the call until its answer is committed.
    calling: bool,
    /// Wakes it from a pause between two tries: what it waits to send may be void, and something else due.
    bell: Arc<Notify>,
}

impl<K> Default for Couriers<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord + Clone> Couriers<K> {
    /// The bell of a courier that must be started; none when there is one, which is rung instead.
    pub(crate) fn call(&self, key: &K) -> Option<Arc<Notify>> {
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

    /// Whether the receiver behind `key` is being called.
    pub(crate) fn is_calling(&self, key: &K) -> bool {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(key).is_some_and(|courier| courier.calling)
    }

    /// Says whether it is.
    pub(crate) fn set_calling(&self, key: &K, calling: bool) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(courier) = running.get_mut(key) {
            courier.calling = calling;
        }
    }

    /// True when the courier may go home; false when it was called again meanwhile.
    fn dismiss(&self, key: &K) -> bool {
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

/// A courier's place, given up even when it ends in a way that was not foreseen: nobody must stay without one for ever.
struct Place<'a, K: Ord>(&'a Couriers<K>, &'a K, &'a Arc<Notify>);

impl<K: Ord> Drop for Place<'_, K> {
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

impl Runtime {
    /// One courier's work: `deliver` until all is delivered and nobody has called again.
    pub(crate) async fn run_courier<K, F>(
        &self,
        couriers: &Couriers<K>,
        key: &K,
        bell: &Arc<Notify>,
        deliver: impl Fn() -> F,
    ) where
        K: Ord + Clone + Debug,
        F: Future<Output = Result<(), Fault>>,
    {
        let _place = Place(couriers, key, bell);
        let mut fault_pause_ms = FAULT_PAUSE_MS;
        loop {
            if let Err(fault) = deliver().await {
                if self.inner.stopping.load(Ordering::Relaxed) {
                    return;
                }
                tracing::error!(?key, %fault, pause_ms = fault_pause_ms, "delivery stopped; it goes on in a while");
                let pause = Duration::from_millis(fault_pause_ms);
                // Rung, it looks at once: what has changed may mend it.
                let _ = tokio::time::timeout(pause, bell.notified()).await;
                fault_pause_ms = fault_pause_ms.saturating_mul(2).min(RETRY_MOST_MS);
                continue;
            }
            fault_pause_ms = FAULT_PAUSE_MS;
            if couriers.dismiss(key) {
                return;
            }
        }
    }
}

/// How long to wait before the next try, after `attempts` others: what the receiver asked for, but never less than the first
/// pause, or one that asks for none would have us try as fast as we can.
pub(crate) fn pause_ms(asked: Option<u64>, attempts: i64, base_ms: u64) -> u64 {
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
    fn a_receiver_that_asks_for_no_pause_gets_one() {
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
