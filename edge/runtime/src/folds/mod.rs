//! Folding: what is published in a log, own or mirrored, is verified entry by entry and becomes part of the catalogue.
//!
//! One task folds, log after log, woken whenever something is published. Refuses to say what an entry comes to
//! (`chapar_register::folds`) and to hold rows (the store).

mod recall;
mod rows;
mod run;
mod seen;

pub(crate) use recall::chains;

use chapar_register::Seen;
use seen::Memory;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// Which logs have entries that are not folded yet.
#[derive(Default)]
pub(crate) struct Folds {
    waiting: Mutex<BTreeSet<String>>,
    seen: Mutex<Memory>,
    bell: Notify,
}

impl Folds {
    /// Something was published in the log `origin`.
    pub(crate) fn wake(&self, origin: &str) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(origin.to_owned());
        drop(waiting);
        self.bell.notify_one();
    }

    /// A mirror has just verified entries of the log `origin`: they need not be verified again when they are folded.
    pub(crate) fn saw(&self, origin: &str, seen: Seen) {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keep(origin, seen);
    }

    /// What was found of the entries of a log that begin at an index; it is forgotten here.
    fn seen(&self, origin: &str, from: u64) -> Option<Seen> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(origin, from)
    }

    /// Forgets what was found of a log.
    pub(crate) fn forget(&self, origin: &str) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).forget(origin);
    }

    /// Whoever waits looks up and sees that it is over.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    fn take(&self) -> Option<String> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_first()
    }

    async fn next(&self) {
        self.bell.notified().await;
    }
}
