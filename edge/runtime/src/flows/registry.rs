//! Which flows are open, and how they are told that access has closed.
//!
//! Refuses to know why it closed (`exchange`) and what a flow carries.

use crate::Runtime;
use crate::access::Claims;
use chapar_terms::Instant;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Flows open at once under one opening: parallel ranges of one consumer, not a flood of connections.
const FLOWS_PER_OPENING: usize = 16;

/// Participant, transfer and number of the opening.
type Place = (String, String, u64);

/// Which flows are open. A flow waits for the end of its place's channel: dropping the sender closes access.
pub(crate) struct Flows {
    /// When this run of the node began: no flow is older.
    pub(crate) since: Instant,
    open: Mutex<BTreeMap<Place, watch::Sender<()>>>,
    /// Access records of flows that have ended and are not completed yet.
    pub(super) unwritten: watch::Sender<usize>,
}

impl Flows {
    pub(crate) fn since(since: Instant) -> Self {
        Self {
            since,
            open: Mutex::default(),
            unwritten: watch::Sender::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Place, watch::Sender<()>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self) -> usize {
        self.lock().values().map(watch::Sender::receiver_count).sum()
    }

    /// None when the opening has as many flows as it may have.
    fn join(&self, place: &Place) -> Option<watch::Receiver<()>> {
        let mut open = self.lock();
        let sender = open.entry(place.clone()).or_insert_with(|| watch::channel(()).0);
        (sender.receiver_count() < FLOWS_PER_OPENING).then(|| sender.subscribe())
    }

    /// Forgets the place once nobody is there any more.
    fn leave(&self, place: &Place) {
        let mut open = self.lock();
        if open.get(place).is_some_and(|sender| sender.receiver_count() == 0) {
            open.remove(place);
        }
    }

    /// Closes every flow of the transfer that belongs to another opening than `opening`.
    pub(super) fn keep_only(&self, participant: &str, transfer: &str, opening: Option<u64>) {
        let place = |number| (participant.to_owned(), transfer.to_owned(), number);
        let mut open = self.lock();
        let closed = open.range(place(0)..=place(u64::MAX)).map(|(place, _)| place);
        let closed: Vec<Place> = closed
            .filter(|(.., number)| Some(*number) != opening)
            .cloned()
            .collect();
        for place in &closed {
            open.remove(place);
        }
    }
}

/// A flow's presence in the registry.
pub(crate) struct Seat {
    runtime: Runtime,
    place: Place,
    /// Taken only when the seat is given up.
    ended: Option<watch::Receiver<()>>,
}

impl Seat {
    pub(super) fn take(runtime: &Runtime, participant: &str, claims: &Claims) -> Option<Self> {
        let place = (participant.to_owned(), claims.transfer.clone(), claims.opening);
        let ended = Some(runtime.inner.flows.join(&place)?);
        Some(Self {
            runtime: runtime.clone(),
            place,
            ended,
        })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.ended.as_ref().is_none_or(|ended| ended.has_changed().is_err())
    }

    pub(crate) async fn closed(&mut self) {
        if let Some(ended) = &mut self.ended {
            // Nothing is ever sent: a change is the end.
            while ended.changed().await.is_ok() {}
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // The place counts its receivers, so ours goes first.
        drop(self.ended.take());
        self.runtime.inner.flows.leave(&self.place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(transfer: &str, number: u64) -> Place {
        ("uz-plant".to_owned(), transfer.to_owned(), number)
    }

    #[test]
    fn only_the_flows_of_the_open_opening_stay() {
        let flows = Flows::since(Instant::from_unix_ms(0));
        let [old, now, other] = [place("a", 1), place("a", 2), place("b", 1)].map(|place| flows.join(&place).unwrap());
        flows.keep_only("uz-plant", "a", Some(2));
        assert!(old.has_changed().is_err());
        assert!(now.has_changed().is_ok() && other.has_changed().is_ok());
        flows.keep_only("kz-border", "a", None);
        assert!(now.has_changed().is_ok());
        flows.keep_only("uz-plant", "a", None);
        assert!(now.has_changed().is_err() && other.has_changed().is_ok());
    }

    #[test]
    fn a_flow_that_leaves_late_does_not_close_its_successor() {
        let flows = Flows::since(Instant::from_unix_ms(0));
        let first = flows.join(&place("a", 1)).unwrap();
        flows.keep_only("uz-plant", "a", None);
        let second = flows.join(&place("a", 1)).unwrap();
        drop(first);
        flows.leave(&place("a", 1));
        assert!(second.has_changed().is_ok());
        drop(second);
        flows.leave(&place("a", 1));
        assert!(flows.lock().is_empty());
    }

    #[test]
    fn an_opening_has_so_many_flows_and_no_more() {
        let flows = Flows::since(Instant::from_unix_ms(0));
        let open: Vec<_> = (0..FLOWS_PER_OPENING)
            .map(|_| flows.join(&place("a", 1)).unwrap())
            .collect();
        assert!(flows.join(&place("a", 1)).is_none());
        drop(open);
        assert!(flows.join(&place("a", 1)).is_some());
    }
}
