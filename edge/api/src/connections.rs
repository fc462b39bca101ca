//! How many connections a listener holds: its book, which the accept loop keeps and others may read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The book of one listener. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Connections(Arc<AtomicUsize>);

impl Connections {
    /// How many are open now.
    pub fn open(&self) -> usize {
        self.0.load(Relaxed)
    }

    /// Takes one in; it is open until what is returned is dropped.
    pub(crate) fn admit(&self) -> Admitted {
        self.0.fetch_add(1, Relaxed);
        Admitted(self.clone())
    }
}

/// A connection that stands in the book.
pub(crate) struct Admitted(Connections);

impl Drop for Admitted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Relaxed);
    }
}
