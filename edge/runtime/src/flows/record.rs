//! The access record of a request: durable however the request ended.
//!
//! Refuses to hold the row's place on disk (`store`).

use crate::Runtime;
use crate::access::Claims;
use crate::keys::fresh_uuid;
use chapar_store::{AccessRow, StoreFault};
use chapar_terms::Instant;
use std::time::Duration;
use tracing::Instrument;

/// Longest `Range` written into an access record; a longer one is cut.
const RANGE_BYTES: usize = 256;
/// How often the writing of an access record is tried.
const RECORD_TRIES: u32 = 8;
/// Pause after the first failed try, in milliseconds; it doubles.
const RECORD_PAUSE_MS: u64 = 50;

/// The access record of one request; written when it is dropped, however the request ended.
pub(super) struct Account {
    pub(super) runtime: Runtime,
    executor: tokio::runtime::Handle,
    pub(super) row: AccessRow,
}

impl Drop for Account {
    fn drop(&mut self) {
        let (runtime, row) = (self.runtime.clone(), self.row.clone());
        runtime
            .inner
            .flows
            .unwritten
            .send_modify(|count| *count = count.saturating_add(1));
        let writing = async move {
            runtime.write_access(row).await;
            runtime
                .inner
                .flows
                .unwritten
                .send_modify(|count| *count = count.saturating_sub(1));
        };
        self.executor.spawn(writing.in_current_span());
    }
}

impl Runtime {
    pub(super) fn account(
        &self,
        slug: &str,
        claims: &Claims,
        at: Instant,
        range: Option<&str>,
        status: u16,
    ) -> Account {
        let row = AccessRow {
            id: fresh_uuid(),
            participant: slug.to_owned(),
            transfer_id: claims.transfer.clone(),
            agreement_id: claims.agreement.clone(),
            consumer: claims.consumer.clone(),
            at: at.unix_ms(),
            range: range.map(|range| range.chars().take(RANGE_BYTES).collect()),
            status: i64::from(status),
            bytes: 0,
        };
        Account {
            runtime: self.clone(),
            executor: tokio::runtime::Handle::current(),
            row,
        }
    }

    /// Tries until the record is durable or the store is given up.
    async fn write_access(&self, row: AccessRow) {
        let mut pause_ms = RECORD_PAUSE_MS;
        for _ in 0..RECORD_TRIES {
            match self.inner.store.add_access(row.clone()).await {
                // A constraint means that an earlier try, whose outcome was unknown, did write it.
                Ok(_) | Err(StoreFault::Constraint(_)) => return,
                Err(fault) => tracing::warn!(access = %row.id, %fault, "access record not written yet"),
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            pause_ms = pause_ms.saturating_mul(2);
        }
        tracing::error!(access = %row.id, transfer = %row.transfer_id, bytes = row.bytes, "access record lost");
    }

    /// Waits until the access records of all flows that have ended are durable. Ask it before the store is closed.
    pub async fn accesses_written(&self) {
        // The sender lives in this runtime, so waiting cannot fail.
        let _ = self
            .inner
            .flows
            .unwritten
            .subscribe()
            .wait_for(|count| *count == 0)
            .await;
    }
}
