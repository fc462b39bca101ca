//! The bound on requests under way to one peer, so that a slow peer costs its own cases only.

use crate::SendFault;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Origins remembered before those with nothing under way are forgotten.
const REMEMBERED_ORIGINS: usize = 1024;

/// One counter per origin (scheme, host, port).
pub(crate) struct Slots {
    per_origin: usize,
    origins: Mutex<BTreeMap<String, Arc<Semaphore>>>,
}

/// The right to have one request under way; given back when dropped.
pub(crate) type Slot = OwnedSemaphorePermit;

impl Slots {
    pub(crate) fn new(per_origin: usize) -> Self {
        Self {
            per_origin: per_origin.clamp(1, Semaphore::MAX_PERMITS),
            origins: Mutex::new(BTreeMap::new()),
        }
    }

    /// Waits, in the order of asking, until one more request to `origin` may start.
    pub(crate) async fn take(&self, origin: &str) -> Result<Slot, SendFault> {
        let semaphore = self.counter(origin);
        let closed = |_| SendFault::Timeout {
            waiting_for: "a free slot of this peer",
        };
        semaphore.acquire_owned().await.map_err(closed)
    }

    fn counter(&self, origin: &str) -> Arc<Semaphore> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = origins.get(origin) {
            return Arc::clone(known);
        }
        if origins.len() >= REMEMBERED_ORIGINS {
            // A slot taken or waited for holds a second reference.
            origins.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
        }
        let fresh = Arc::new(Semaphore::new(self.per_origin));
        origins.insert(origin.to_owned(), Arc::clone(&fresh));
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn forgets_idle_origins_and_keeps_busy_ones() {
        let slots = Slots::new(1);
        let busy = slots.take("https://busy").await.unwrap();
        for n in 0..REMEMBERED_ORIGINS * 2 {
            drop(slots.take(&format!("https://peer{n}")).await.unwrap());
        }
        assert!(slots.origins.lock().unwrap().len() <= REMEMBERED_ORIGINS);
        let wait = tokio::time::timeout(std::time::Duration::from_millis(20), slots.take("https://busy"));
        assert!(wait.await.is_err(), "the busy origin's slot was forgotten");
        drop(busy);
        assert!(slots.take("https://busy").await.is_ok());
    }
}
