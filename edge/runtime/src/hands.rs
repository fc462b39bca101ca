//! Hands: work that keeps a processor busy, on threads of its own, and no more at a time than there are processors.
//!
//! Refuses to know what is worked on, and in which order: whoever begins several things waits for them in the order that he wants.

use crate::Fault;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// As many as there are processors.
pub(crate) struct Hands(Arc<Semaphore>);

/// Work that was begun; it goes on when nobody waits for it any more.
pub(crate) struct Begun<T>(JoinHandle<Option<T>>);

impl Default for Hands {
    fn default() -> Self {
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new(count)))
    }
}

impl Hands {
    /// Begins to work as soon as a hand is free.
    pub(crate) fn begin<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Begun<T> {
        let hands = Arc::clone(&self.0);
        Begun(tokio::spawn(async move {
            let hand = hands.acquire_owned().await.ok()?;
            let worked = tokio::task::spawn_blocking(move || (work(), hand));
            worked.await.ok().map(|(done, _)| done)
        }))
    }
}

impl<T> Begun<T> {
    /// Waits until it is done.
    pub(crate) async fn done(self) -> Result<T, Fault> {
        let broken = || Fault::Internal("a piece of work ended early".to_owned());
        self.0.await.ok().flatten().ok_or_else(broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn no_more_work_at_a_time_than_there_are_hands() {
        let hands = Hands(Arc::new(Semaphore::new(2)));
        let (at_work, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let begun: Vec<_> = (0..20)
            .map(|number| {
                let (at_work, most) = (Arc::clone(&at_work), Arc::clone(&most));
                hands.begin(move || {
                    most.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    at_work.fetch_sub(1, Ordering::SeqCst);
                    number
                })
            })
            .collect();
        for (number, one) in begun.into_iter().enumerate() {
            assert_eq!(one.done().await.unwrap(), number);
        }
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn work_that_breaks_down_is_a_fault_and_frees_its_hand() {
        let hands = Hands(Arc::new(Semaphore::new(1)));
        assert!(hands.begin(|| panic!("on purpose")).done().await.is_err());
        assert_eq!(hands.begin(|| 7).done().await.unwrap(), 7);
    }
}
