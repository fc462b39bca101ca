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

/// Who waits for news, by participant.
#[derive(Default)]
pub(crate) struct News(Mutex<BTreeMap<String, watch::Sender<u64>>>);

impl News {
    pub(crate) fn subscribe(&self, participant: &str) -> watch::Receiver<u64> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting
            .entry(participant.to_owned())
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }

    fn tell(&self, participant: &str) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = waiting.get(participant) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
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
            self.news.borrow_and_update();
            let rows = self
                .runtime
                .inner
                .store
                .events_after(&self.participant, self.after, BATCH)
                .await?;
            if rows.is_empty() {
                // The sender lives as long as the runtime, which this feed holds.
                let _ = self.news.changed().await;
                continue;
            }
            self.after = rows.last().map_or(self.after, |row| row.number);
            let wanted = rows
                .into_iter()
                .filter(|row| self.case.is_none() || row.case_id == self.case);
            self.ready.extend(wanted.map(CaseEvent::Happened));
        }
    }
}

impl Runtime {
    /// The events of `participant` after the number `after` (none: from now on), of one case or of all.
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
        })
    }

    /// A step of this case is durable and its answer is out: its effects may run, and whoever waits may hear of it.
    pub(crate) fn announce(&self, participant: &str, case: &str) {
        self.inner.news.tell(participant);
        self.wake_courier(participant, case);
    }
}
