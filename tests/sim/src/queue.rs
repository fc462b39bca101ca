//! What is going to happen, in the order of the clock.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

struct Scheduled<E> {
    at: i64,
    order: u64,
    event: E,
}

impl<E> PartialEq for Scheduled<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl<E> Eq for Scheduled<E> {}
impl<E> PartialOrd for Scheduled<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Scheduled<E> {
    /// The earliest first, and of two at the same time the one scheduled first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

/// Events with their times, in milliseconds.
pub(crate) struct Queue<E> {
    queue: BinaryHeap<Scheduled<E>>,
    scheduled: u64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self {
            queue: BinaryHeap::new(),
            scheduled: 0,
        }
    }
}

impl<E> Queue<E> {
    /// The next thing that happens.
    pub fn next(&mut self) -> Option<(i64, E)> {
        self.queue.pop().map(|scheduled| (scheduled.at, scheduled.event))
    }

    /// Makes `event` happen at `at`.
    pub fn schedule(&mut self, at: i64, event: E) {
        self.scheduled += 1;
        self.queue.push(Scheduled {
            at,
            order: self.scheduled,
            event,
        });
    }
}
