//! Open data flows: a document's bytes on their way to a consumer, and the way to take the access back.
//!
//! A flow is registered first and its case is read afterwards, so that whatever closes access either is seen in the case
//! or finds the flow registered. Refuses to know HTTP beyond the status that the access record holds (`dataplane`), who
//! decides (`exchange`) and how a token is made (`access`).

use crate::access::{self, Claims};
use crate::hosted::Hosted;
use crate::keys::fresh_uuid;
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_exchange::Step;
use chapar_exchange::transfer::{Opening, Transfer};
use chapar_store::{AccessRow, DocumentRow, StoreFault};
use chapar_terms::{Digest, Instant};
use std::collections::BTreeMap;
use std::io::{self, SeekFrom};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::watch;

/// Bytes read from a document at a time: what a flow holds in memory.
const CHUNK: u64 = 128 * 1024;
/// Flows open at once under one opening: parallel ranges of one consumer, not a flood of connections.
const FLOWS_PER_OPENING: usize = 16;
/// Longest `Range` written into an access record; a longer one is cut.
const RANGE_BYTES: usize = 256;
/// How often the writing of an access record is tried.
const RECORD_TRIES: u32 = 8;
/// Pause after the first failed try, in milliseconds; it doubles.
const RECORD_PAUSE_MS: u64 = 50;

/// Participant, transfer and number of the opening.
type Place = (String, String, u64);

/// Which flows are open. A flow waits for the end of its place's channel: dropping the sender closes access.
#[derive(Default)]
pub(crate) struct Flows {
    open: Mutex<BTreeMap<Place, watch::Sender<()>>>,
    /// Access records that are not durable yet.
    unwritten: watch::Sender<usize>,
}

impl Flows {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Place, watch::Sender<()>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn keep_only(&self, participant: &str, transfer: &str, opening: Option<u64>) {
        let place = |number| (participant.to_owned(), transfer.to_owned(), number);
        let mut open = self.lock();
        let closed = open.range(place(0)..=place(u64::MAX)).map(|(place, _)| place);
        let closed: Vec<Place> = closed.filter(|(.., number)| Some(*number) != opening).cloned().collect();
        for place in &closed {
            open.remove(place);
        }
    }
}

/// Why no flow was opened.
#[derive(Debug)]
pub enum FlowRefusal {
    /// No token was sent.
    TokenMissing,
    /// What was sent is no token.
    TokenMalformed,
    /// Not made by this node for this transfer.
    TokenWrong,
    /// Its time is over.
    TokenExpired,
    /// The transfer was suspended, ended, or started anew with another token.
    AccessClosed,
    /// The document is gone.
    NotFound,
    /// As many flows are open under this token as may be.
    TooMany,
    /// Ours, or nobody's for now: see there.
    Fault(Fault),
}

impl FlowRefusal {
    /// Stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TokenMissing => "token-missing",
            Self::TokenMalformed => "token-malformed",
            Self::TokenWrong => "token-wrong",
            Self::TokenExpired => "token-expired",
            Self::AccessClosed => "access-closed",
            Self::NotFound => "not-found",
            Self::TooMany => "too-many-flows",
            Self::Fault(Fault::Unavailable(_)) => "unavailable",
            Self::Fault(_) => "fault",
        }
    }

    /// The HTTP status it is answered with and recorded under.
    pub const fn status(&self) -> u16 {
        match self {
            Self::TokenMissing | Self::TokenMalformed | Self::TokenWrong | Self::TokenExpired => 401,
            Self::AccessClosed => 403,
            Self::NotFound => 404,
            Self::TooMany => 429,
            Self::Fault(Fault::Unavailable(_)) => 503,
            Self::Fault(_) => 500,
        }
    }
}

impl From<Fault> for FlowRefusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreFault> for FlowRefusal {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

/// A flow's presence in the registry.
struct Seat {
    runtime: Runtime,
    place: Place,
    /// Taken only when the seat is given up.
    ended: Option<watch::Receiver<()>>,
}

impl Seat {
    fn take(runtime: &Runtime, participant: &str, claims: &Claims) -> Option<Self> {
        let place = (participant.to_owned(), claims.transfer.clone(), claims.opening);
        let ended = Some(runtime.inner.flows.join(&place)?);
        Some(Self { runtime: runtime.clone(), place, ended })
    }

    fn is_closed(&self) -> bool {
        self.ended.as_ref().is_none_or(|ended| ended.has_changed().is_err())
    }

    async fn closed(&mut self) {
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

/// The access record of one request; written when it is dropped, however the request ended.
struct Account {
    runtime: Runtime,
    executor: tokio::runtime::Handle,
    row: AccessRow,
}

impl Drop for Account {
    fn drop(&mut self) {
        let (runtime, row) = (self.runtime.clone(), self.row.clone());
        runtime.inner.flows.unwritten.send_modify(|count| *count = count.saturating_add(1));
        self.executor.spawn(async move {
            runtime.write_access(row).await;
            runtime.inner.flows.unwritten.send_modify(|count| *count = count.saturating_sub(1));
        });
    }
}

/// An open document on its way to the consumer of one transfer. Dropping it ends the flow and writes the access record.
pub struct Flow {
    media_type: String,
    size: u64,
    digest: Digest,
    file: File,
    left: u64,
    seat: Seat,
    /// When access ends by itself: the token's expiry or the agreement's own end.
    ends_at: Instant,
    timer: tokio::time::Instant,
    account: Account,
}

impl Flow {
    /// The document's media type, as it was stored.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// The whole document's size in bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of the whole document.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Says which status was answered; without it the access record says 200.
    pub fn answered(&mut self, status: u16) {
        self.account.row.status = i64::from(status);
    }

    /// Takes `length` bytes from `first` on instead of the whole document. The caller keeps within [`Flow::size`].
    ///
    /// # Errors
    /// The document could not be read: answer "try again later".
    pub async fn select(&mut self, first: u64, length: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(first)).await?;
        self.left = length;
        Ok(())
    }

    /// The next bytes, as soon as there are any; empty at the end.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] at once when access closes, also while this waits; any other: the document could not be
    /// read. Cut the connection either way, so that the consumer does not take a part for the whole.
    pub async fn read(&mut self) -> io::Result<Vec<u8>> {
        self.check_open()?;
        let most = self.left.min(CHUNK);
        if most == 0 {
            return Ok(Vec::new());
        }
        let mut chunk = Vec::with_capacity(usize::try_from(most).unwrap_or_default());
        let mut part = (&mut self.file).take(most);
        let read = tokio::select! {
            biased;
            () = self.seat.closed() => return Err(closed()),
            () = tokio::time::sleep_until(self.timer) => return Err(closed()),
            read = part.read_buf(&mut chunk) => read?,
        };
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // Access may have closed while the disk was busy.
        self.check_open()?;
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(read);
        self.account.row.bytes = self.account.row.bytes.saturating_add(i64::try_from(read).unwrap_or(i64::MAX));
        Ok(chunk)
    }

    fn check_open(&self) -> io::Result<()> {
        if self.seat.is_closed() || self.account.runtime.now() >= self.ends_at {
            return Err(closed());
        }
        Ok(())
    }
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "access was closed")
}

/// A document that may flow now.
struct Opened {
    document: DocumentRow,
    file: File,
    seat: Seat,
    ends_at: Instant,
}

impl Runtime {
    /// Opens the document behind `transfer` of the participant `slug` for the holder of the token in `authorization`. `range` is
    /// only written down.
    ///
    /// # Errors
    /// Answer [`FlowRefusal::status`]. A token that does not fit says nothing about what exists.
    pub async fn open_flow(
        &self,
        slug: &str,
        transfer: &str,
        authorization: Option<&str>,
        range: Option<&str>,
    ) -> Result<Flow, FlowRefusal> {
        let now = self.now();
        let claims = access::open(self.inner.keys.as_ref(), slug, authorization, now)?;
        if claims.transfer != transfer {
            return Err(FlowRefusal::TokenWrong);
        }
        match self.open_admitted(slug, &claims).await {
            Ok(opened) => self.flow(opened, self.account(slug, &claims, now, range, 200)),
            Err(refusal) => {
                // Who holds a token of ours is known, so what was refused is written down too.
                drop(self.account(slug, &claims, now, range, refusal.status()));
                Err(refusal)
            }
        }
    }

    async fn open_admitted(&self, slug: &str, claims: &Claims) -> Result<Opened, FlowRefusal> {
        let seat = Seat::take(self, slug, claims).ok_or(FlowRefusal::TooMany)?;
        let loaded = self.load::<Transfer>(slug, &claims.transfer).await?.ok_or(FlowRefusal::NotFound)?;
        let case = loaded.case;
        if case.agreement.as_str() != claims.agreement || case.head.peer.as_str() != claims.consumer {
            return Err(FlowRefusal::TokenWrong);
        }
        let until = match case.opening {
            Opening::Open { until, .. } if case.admits(claims.opening, self.now()) => until,
            _ => return Err(FlowRefusal::AccessClosed),
        };
        let (document, file) = self.open_document(slug, case.asset.as_str()).await?;
        let expiry = claims.expires_at();
        let ends_at = until.map_or(expiry, |until| until.min(expiry));
        Ok(Opened { document, file, seat, ends_at })
    }

    /// The document and its content. One that is replaced between row and file is read again.
    async fn open_document(&self, slug: &str, asset: &str) -> Result<(DocumentRow, File), FlowRefusal> {
        let store = &self.inner.store;
        let document = store.document(slug, asset).await?.ok_or(FlowRefusal::NotFound)?;
        let fault = match store.content(slug, &document.digest).await {
            Ok(file) => return Ok((document, file)),
            Err(fault) => fault,
        };
        let again = store.document(slug, asset).await?.ok_or(FlowRefusal::NotFound)?;
        if again.digest == document.digest {
            return Err(fault.into());
        }
        let file = store.content(slug, &again.digest).await?;
        Ok((again, file))
    }

    fn flow(&self, opened: Opened, account: Account) -> Result<Flow, FlowRefusal> {
        let Opened { document, file, seat, ends_at } = opened;
        let size = u64::try_from(document.size).unwrap_or_default();
        let left_ms = u64::try_from(ends_at.since_ms(self.now())).unwrap_or_default();
        Ok(Flow {
            digest: Digest::from_hex(&document.digest).map_err(Fault::from)?,
            media_type: document.media_type,
            size,
            file,
            left: size,
            seat,
            ends_at,
            timer: tokio::time::Instant::now() + Duration::from_millis(left_ms),
            account,
        })
    }

    fn account(&self, slug: &str, claims: &Claims, at: Instant, range: Option<&str>, status: u16) -> Account {
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
        Account { runtime: self.clone(), executor: tokio::runtime::Handle::current(), row }
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
        let _ = self.inner.flows.unwritten.subscribe().wait_for(|count| *count == 0).await;
    }

    /// How many flows are open.
    pub fn open_flows(&self) -> usize {
        self.inner.flows.lock().values().map(watch::Sender::receiver_count).sum()
    }

    /// A step is durable: flows that its case does not admit any more are cut, now.
    pub(crate) fn after_commit<K: Kind>(&self, hosted: &Hosted, step: &Step<K>) {
        if let Some(case) = &step.case {
            self.inner.flows.keep_only(hosted.slug.as_str(), case.head().id.as_str(), case.opening());
        }
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
        let flows = Flows::default();
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
        let flows = Flows::default();
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
        let flows = Flows::default();
        let open: Vec<_> = (0..FLOWS_PER_OPENING).map(|_| flows.join(&place("a", 1)).unwrap()).collect();
        assert!(flows.join(&place("a", 1)).is_none());
        drop(open);
        assert!(flows.join(&place("a", 1)).is_some());
    }
}
