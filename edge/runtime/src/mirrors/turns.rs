//! Turns: how many logs are taken from at a time, so that a few bundles are in memory, and who must wait.
//!
//! A turn ends when its time is over, whatever has come by then. A place that needed longer is slow: for a while it shares the turns of the
//! slow ones, which have no limit and end with each bundle, so that it keeps nobody waiting but its like.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Logs that are taken from at the same time: each may have a bundle of bodies in memory.
const AT_ONCE: usize = 4;
/// Slow ones among them, beside those.
const SLOW_AT_ONCE: usize = 2;
/// Longest that a turn lasts: a place that is not slow gives a batch in a second or two.
const TURN: Duration = Duration::from_secs(10);
/// How long a place counts as slow after it was: by looks of now and then it is not to come back into the turns of the others.
const SLOW_FOR: Duration = Duration::from_secs(10 * 60);

/// Somebody's turn.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    place: &'a str,
    begun: Instant,
    /// None for one of the slow ones.
    end: Option<Instant>,
    _permit: SemaphorePermit<'a>,
}

/// All turns.
pub(crate) struct Turns {
    quick: Semaphore,
    slow: Semaphore,
    /// Until when a place counts as slow.
    slow_until: Mutex<BTreeMap<String, Instant>>,
    length: Duration,
    slow_for: Duration,
}

impl Default for Turns {
    fn default() -> Self {
        Self::lasting(TURN, SLOW_FOR)
    }
}

impl Turns {
    fn lasting(length: Duration, slow_for: Duration) -> Self {
        Self {
            quick: Semaphore::new(AT_ONCE),
            slow: Semaphore::new(SLOW_AT_ONCE),
            slow_until: Mutex::default(),
            length,
            slow_for,
        }
    }

    /// Waits for the turn of a place.
    ///
    /// # Errors
    /// The node ends.
    pub(super) async fn next<'a>(&'a self, place: &'a str) -> Result<Turn<'a>, AcquireError> {
        let is_slow = self.is_slow(place);
        let permit = match is_slow {
            true => self.slow.acquire().await?,
            false => self.quick.acquire().await?,
        };
        let begun = Instant::now();
        Ok(Turn {
            turns: self,
            place,
            begun,
            end: (!is_slow).then(|| begun + self.length),
            _permit: permit,
        })
    }

    fn slow_until(&self) -> MutexGuard<'_, BTreeMap<String, Instant>> {
        self.slow_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_slow(&self, place: &str) -> bool {
        let now = Instant::now();
        let mut slow = self.slow_until();
        slow.retain(|_, until| *until > now);
        slow.contains_key(place)
    }

    fn was_slow(&self, place: &str) {
        self.slow_until()
            .insert(place.to_owned(), Instant::now() + self.slow_for);
    }
}

impl Turn<'_> {
    /// What comes within this turn; none when its time is over first: then the place is slow, and what had come is lost.
    pub(super) async fn within<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let done = match self.end {
            Some(end) => tokio::time::timeout_at(end, work).await.ok(),
            None => Some(work.await),
        };
        if done.is_none() || self.begun.elapsed() >= self.turns.length {
            self.turns.was_slow(self.place);
        }
        done
    }

    /// Whether the next one in the row comes after each bundle.
    pub(super) const fn is_of_one_bundle(&self) -> bool {
        self.end.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use std::sync::Arc;

    const SLOW: [&str; 5] = ["one", "two", "three", "four", "five"];

    /// Takes a bundle that never comes, turn after turn.
    async fn drag(turns: Arc<Turns>, place: &'static str) {
        loop {
            let turn = turns.next(place).await.unwrap();
            let came: Option<()> = turn.within(pending()).await;
            assert!(came.is_none());
        }
    }

    #[tokio::test]
    async fn slow_places_keep_nobody_waiting_for_longer_than_a_turn() {
        let turns = Arc::new(Turns::lasting(Duration::from_millis(100), SLOW_FOR));
        for place in SLOW {
            tokio::spawn(drag(Arc::clone(&turns), place));
        }
        let patience = Duration::from_secs(30);
        while turns.quick.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let turn = tokio::time::timeout(patience, turns.next("quick")).await;
        let turn = turn.expect("the turns of the slow ones end").unwrap();
        assert!(!turn.is_of_one_bundle());
        assert_eq!(turn.within(async { 7 }).await, Some(7));
        drop(turn);
        let begun = Instant::now();
        while turns.quick.available_permits() < AT_ONCE {
            assert!(begun.elapsed() < patience, "slow ones are still among the others");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(SLOW.iter().all(|place| turns.is_slow(place)) && !turns.is_slow("quick"));
    }

    #[tokio::test]
    async fn who_was_slow_is_not_cut_off_again_and_is_forgiven_in_time() {
        let turns = Turns::lasting(Duration::from_millis(50), Duration::from_secs(2));
        let late = || tokio::time::sleep(Duration::from_millis(150));
        let until = || turns.slow_until().get("late").copied();
        let turn = turns.next("late").await.unwrap();
        assert_eq!(turn.within(late()).await, None);
        drop(turn);
        let before = until().unwrap();
        let turn = turns.next("late").await.unwrap();
        assert!(turn.is_of_one_bundle());
        assert_eq!(turn.within(late()).await, Some(()));
        assert!(until().unwrap() > before, "it was slow again");
        drop(turn);
        tokio::time::sleep_until(until().unwrap()).await;
        assert!(!turns.next("late").await.unwrap().is_of_one_bundle());
    }
}
