//! The access record of a request: written down before a byte of the answer leaves, completed when the answer has ended.
//!
//! A record that was never completed tells of a node that died in the middle of an answer; nothing of it is forgotten.
//! Refuses to hold the row's place on disk (`store`) and how people see it (`desk`).

use super::FlowRefusal;
use crate::Runtime;
use crate::access::Claims;
use crate::keys::fresh_uuid;
use chapar_store::{AccessEnd, AccessRow};
use chapar_terms::Instant;
use std::time::Duration;
use tracing::Instrument;

/// Longest `Range` written into an access record; a longer one is cut.
const RANGE_BYTES: usize = 256;
/// How often the completion of an access record is tried.
const RECORD_TRIES: u32 = 8;
/// Pause after the first failed try, in milliseconds; it doubles.
const RECORD_PAUSE_MS: u64 = 50;
/// The status of a record whose answer is not known yet.
const NOT_ANSWERED: i64 = 0;

/// The access record of one request; completed when it is dropped, however the request ended.
pub(super) struct Account {
    runtime: Runtime,
    executor: tokio::runtime::Handle,
    participant: String,
    id: String,
    status: i64,
    bytes: i64,
}

impl Account {
    /// Says which status was answered.
    pub fn answered(&mut self, status: u16) {
        self.status = i64::from(status);
    }

    /// Counts bytes that are on their way.
    pub fn sent(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub fn now(&self) -> Instant {
        self.runtime.now()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let (runtime, participant, id) = (
            self.runtime.clone(),
            std::mem::take(&mut self.participant),
            std::mem::take(&mut self.id),
        );
        let end = AccessEnd {
            status: self.status,
            bytes: self.bytes,
            ended_at: self.now().unix_ms(),
        };
        runtime
            .inner
            .flows
            .unwritten
            .send_modify(|count| *count = count.saturating_add(1));
        let writing = async move {
            runtime.end_access(&participant, &id, end).await;
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
    /// Opens the record of a request; it is durable when this returns.
    ///
    /// # Errors
    /// It could not be written, so nothing may be answered but "try again later".
    pub(super) async fn account(
        &self,
        slug: &str,
        claims: &Claims,
        at: Instant,
        range: Option<&str>,
    ) -> Result<Account, FlowRefusal> {
        let row = AccessRow {
            id: fresh_uuid(),
            participant: slug.to_owned(),
            transfer_id: claims.transfer.clone(),
            agreement_id: claims.agreement.clone(),
            consumer: claims.consumer.clone(),
            at: at.unix_ms(),
            range: range.map(|range| range.chars().take(RANGE_BYTES).collect()),
            status: NOT_ANSWERED,
            bytes: 0,
            ended_at: None,
        };
        // Made first: a request that is given up during the write leaves a record that ends.
        let account = Account {
            runtime: self.clone(),
            executor: tokio::runtime::Handle::current(),
            participant: row.participant.clone(),
            id: row.id.clone(),
            status: row.status,
            bytes: row.bytes,
        };
        if !chapar_terms::sabotaged("skip-access-record") {
            self.inner.store.add_access(row).await?;
        }
        Ok(account)
    }

    /// Tries until the end of the record is durable or the store is given up.
    async fn end_access(&self, participant: &str, id: &str, end: AccessEnd) {
        let mut pause_ms = RECORD_PAUSE_MS;
        for _ in 0..RECORD_TRIES {
            match self.inner.store.end_access(participant, id, end).await {
                Ok(_) => return,
                Err(fault) => tracing::warn!(access = %id, %fault, "access record not completed yet"),
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            pause_ms = pause_ms.saturating_mul(2);
        }
        tracing::error!(access = %id, bytes = end.bytes, "access record not completed");
    }

    /// Waits until the access records of all flows that have ended are complete. Ask it before the store is closed.
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
