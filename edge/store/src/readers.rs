//! The connections for reading: opened when first wanted, kept, and lent to one read at a time.
//!
//! A connection has a thread of its own, and a way there and back to it costs more than most reads; so nothing is asked of a
//! connection when it is lent or given back, unlike in a pool for servers that may be gone.

use crate::StoreFault;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::ops::{Deref, DerefMut};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard, Semaphore, SemaphorePermit};

const CLOSED: StoreFault = StoreFault::Unavailable("the store is closed");

pub(crate) struct Readers {
    options: SqliteConnectOptions,
    /// As many as there are slots: who holds one finds a slot free.
    places: Semaphore,
    slots: Vec<Mutex<Option<SqliteConnection>>>,
}

/// A connection that is lent; it goes back when this is dropped.
pub(crate) struct Reader<'a> {
    // Dropped in this order: the slot is free before its place is.
    connection: MappedMutexGuard<'a, SqliteConnection>,
    _place: SemaphorePermit<'a>,
}

impl Readers {
    /// At most `count` reads at a time, at least one.
    pub(crate) fn new(options: SqliteConnectOptions, count: u32) -> Self {
        let count = usize::try_from(count.max(1)).unwrap_or(1);
        Self {
            options,
            places: Semaphore::new(count),
            slots: std::iter::repeat_with(Mutex::default).take(count).collect(),
        }
    }

    /// Lends a connection, waiting for one if need be.
    ///
    /// # Errors
    /// The store is closed, or the database does not open.
    pub(crate) async fn lend(&self) -> Result<Reader<'_>, StoreFault> {
        let place = self.places.acquire().await.map_err(|_| CLOSED)?;
        let mut slot = self.slots.iter().find_map(|slot| slot.try_lock().ok()).ok_or(CLOSED)?;
        if slot.is_none() {
            *slot = Some(self.options.connect().await?);
        }
        let connection = MutexGuard::try_map(slot, Option::as_mut).map_err(|_| CLOSED)?;
        Ok(Reader {
            connection,
            _place: place,
        })
    }

    /// Waits for the reads under way, then closes every connection; later reads are refused.
    pub(crate) async fn close(&self) {
        self.places.close();
        for slot in &self.slots {
            if let Some(connection) = slot.lock().await.take()
                && let Err(error) = connection.close().await
            {
                tracing::warn!(%error, "closing a connection for reading failed");
            }
        }
    }
}

impl Deref for Reader<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}
