//! The event table as a feed: read from the store by number, woken by news, never polled.

use crate::{Fault, Runtime};
use chapar_store::EventRow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// How many events of a participant are kept; an older `Last-Event-ID` gets a `reset`.
pub const EVENTS_KEPT: i64 = 100_000;
/// Events read at a time.
const BATCH: i64 = 100;

/// Cases that somebody waits for, at which those that nobody waits for any more are let go.
const WAITED_FOR: usize = 256;

/// Who waits for news: of a participant, or of one of its cases.
#[derive(Default)]
pub(crate) struct News {
    participants: Mutex<Waiting<String>>,
    cases: Mutex<Waiting<(String, String)>>,
}

/// Those who wait, by what they wait for; each piece of news counts one up.
type Waiting<K> = BTreeMap<K, watch::Sender<u64>>;

impl News {
    /// News of every case of a participant.
    pub(crate) fn subscribe(&self, participant: &str) -> watch::Receiver<u64> {
        wait_for(&self.participants, participant.to_owned())
    }

    /// News of one case.
    pub(crate) fn of_case(&self, participant: &str, case: &str) -> watch::Receiver<u64> {
        wait_for(&self.cases, (participant.to_owned(), case.to_owned()))
    }

    pub(crate) fn tell(&self, participant: &str, case: &str) {
        tell(&self.participants, &participant.to_owned());
        self.tell_of_case(participant, case);
    }

    /// Only those who wait for this case: something about it is worth another look, though no event tells of it.
    pub(crate) fn tell_of_case(&self, participant: &str, case: &str) {
        tell(&self.cases, &(participant.to_owned(), case.to_owned()));
    }
}

fn wait_for<K: Ord>(waiting: &Mutex<Waiting<K>>, key: K) -> watch::Receiver<u64> {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.len() >= WAITED_FOR {
        waiting.retain(|_, sender| sender.receiver_count() > 0);
    }
    waiting.entry(key).or_insert_with(|| watch::channel(0).0).subscribe()
}

fn tell<K: Ord>(waiting: &Mutex<Waiting<K>>, key: &K) {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sender) = waiting.get(key) {
        sender.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// One item of a feed.
#[derive(Clone, Debug)]
pub enum CaseEvent {
    /// Something happened.
    Happened(EventRow),
    /// The position asked for is no longer (or not yet) in the table: read the cases afresh, go on from here.
    Reset {
        /// The number to go on after.
        after: i64,
    },
}

/// A participant's events from a position on.
pub struct EventFeed {
    runtime: Runtime,
    participant: String,
    case: Option<String>,
    after: i64,
    ready: VecDeque<CaseEvent>,
    news: watch::Receiver<u64>,
    /// Nothing was left behind `after` when it was read last: there is something only after news.
    drained: bool,
}

impl EventFeed {
    /// The next event, waiting for it if need be.
    ///
    /// # Errors
    /// The store could not be read; end the stream, the reader comes back with the last id it saw.
    pub async fn next(&mut self) -> Result<CaseEvent, Fault> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            if self.drained {
                // The sender lives as long as the runtime, which this feed holds.
                let _ = self.news.changed().await;
            }
            self.news.borrow_and_update();
            let rows = self
                .runtime
                .inner
                .store
                .events_after(&self.participant, self.after, BATCH)
                .await?;
            self.drained = i64::try_from(rows.len()).unwrap_or(BATCH) < BATCH;
            self.after = rows.last().map_or(self.after, |row| row.number);
            let wanted = rows
                .into_iter()
                .filter(|row| self.case.is_none() || row.case_id == self.case);
            self.ready.extend(wanted.map(CaseEvent::Happened));
        }
    }
}

impl Runtime {
    /// The events of `participant` after the number `after` (0: from the oldest that is kept; none: from now on), of one case or
    /// of all.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn events(
        &self,
        participant: &str,
        after: Option<i64>,
        case: Option<String>,
    ) -> Result<EventFeed, Fault> {
        let news = self.inner.news.subscribe(participant);
        let newest = self.inner.store.newest_event(participant).await?;
        let oldest = self
            .inner
            .store
            .oldest_event(participant)
            .await?
            .unwrap_or(newest.saturating_add(1));
        let mut ready = VecDeque::new();
        let after = match after {
            None => newest,
            // From the beginning, as far as it is kept: nothing was seen that could have been missed.
            Some(0) => oldest.saturating_sub(1),
            Some(after) if after >= oldest.saturating_sub(1) && after <= newest => after,
            Some(_) => {
                ready.push_back(CaseEvent::Reset { after: newest });
                newest
            }
        };
        Ok(EventFeed {
            runtime: self.clone(),
            participant: participant.to_owned(),
            case,
            after,
            ready,
            news,
            drained: false,
        })
    }

    /// A step of this case is durable and its answer is out: its effects may run, and whoever waits may hear of it.
    pub(crate) fn announce(&self, participant: &str, case: &str) {
        self.make_known(participant, case);
        self.wake_courier(participant, case);
    }

    /// Whoever waits for news of this case may hear it; its messages wait still.
    pub(crate) fn make_known(&self, participant: &str, case: &str) {
        self.inner.news.tell(participant, case);
        self.wake_callbacks(participant, case);
    }
}
