//! The way that bytes take under one opening: cut when access closes, and what went through it written down.

use super::record::Account;
use super::registry::Seat;
use crate::Runtime;
use chapar_terms::Instant;
use std::future::Future;
use std::io;
use std::time::Duration;

/// A way for bytes. Dropping it ends the flow and completes the access record.
pub(crate) struct Passage {
    seat: Seat,
    /// When access ends by itself: the agreement's own end. The token's hour is for beginning a request, not for finishing it, or
    /// no document could be longer than an hour of its reader's line.
    until: Option<Instant>,
    timer: Option<tokio::time::Instant>,
    account: Account,
}

/// A seat that was taken for one who is admitted.
pub(crate) struct Admitted {
    pub(super) seat: Seat,
    pub(super) until: Option<Instant>,
}

impl Passage {
    pub(super) fn new(runtime: &Runtime, admitted: Admitted, account: Account) -> Self {
        let Admitted { seat, until } = admitted;
        let left_ms = until.map(|until| u64::try_from(until.since_ms(runtime.now())).unwrap_or_default());
        Self {
            seat,
            until,
            timer: left_ms.map(|left_ms| tokio::time::Instant::now() + Duration::from_millis(left_ms)),
            account,
        }
    }

    /// Says which status was answered, for the access record.
    pub(crate) fn answered(&mut self, status: u16) {
        self.account.answered(status);
    }

    /// Counts bytes that are on their way.
    pub(super) fn sent(&mut self, bytes: u64) {
        self.account.sent(bytes);
    }

    /// Waits for `reading`, unless access closes first.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] at once when access closes; otherwise what `reading` says.
    pub(super) async fn guard<T>(&mut self, reading: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        self.check_open()?;
        let read = tokio::select! {
            biased;
            () = self.seat.closed() => return Err(closed()),
            () = elapsed(self.timer) => return Err(closed()),
            read = reading => read?,
        };
        // Access may have closed while that took its time.
        self.check_open()?;
        Ok(read)
    }

    pub(super) fn check_open(&self) -> io::Result<()> {
        if self.seat.is_closed() || self.until.is_some_and(|until| self.account.now() >= until) {
            return Err(closed());
        }
        Ok(())
    }
}

/// Never, without a time.
async fn elapsed(timer: Option<tokio::time::Instant>) {
    match timer {
        Some(timer) => tokio::time::sleep_until(timer).await,
        None => std::future::pending().await,
    }
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "access was closed")
}
