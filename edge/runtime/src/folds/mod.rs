//! Folding: what is published in a log, own or mirrored, is verified entry by entry and becomes part of the catalogue.
//!
//! One task folds, log after log, woken whenever something is published. Refuses to say what an entry comes to
//! (`chapar_register::folds`) and to hold rows (the store).

mod rows;
mod run;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// Which logs have entries that are not folded yet.
#[derive(Default)]
pub(crate) struct Folds {
    waiting: Mutex<BTreeSet<String>>,
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
