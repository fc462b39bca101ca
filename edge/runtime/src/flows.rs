//! Open data flows: a document's bytes on their way to a consumer, and the way to take the access back.
//!
//! A flow is registered first and its case is read afterwards, so that whatever closes access either is seen in the case
//! or finds the flow registered (`registry`); what was sent is written down (`record`). Refuses to know HTTP beyond the
//! status that the access record holds (`dataplane`), who decides (`exchange`) and how a token is made (`access`).

mod record;
mod registry;

pub(crate) use registry::Flows;

use crate::access::{self, Claims};
use crate::hosted::Hosted;
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_exchange::Step;
use chapar_exchange::transfer::{Opening, Transfer};
use chapar_store::{ContentRow, StoreFault};
use chapar_terms::{Digest, Instant};
use record::Account;
use registry::Seat;
use std::io::{self, SeekFrom};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// Bytes read from a document at a time: what a flow holds in memory.
const CHUNK: u64 = 128 * 1024;

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
    /// The asset's data lies at an address from which this node does not fetch.
    SourceUnsupported,
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
            Self::SourceUnsupported => "source-unsupported",
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
            Self::SourceUnsupported => 501,
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

/// An open document on its way to the consumer of one transfer. Dropping it ends the flow and completes the access record.
pub struct Flow {
    media_type: String,
    size: u64,
    digest: Digest,
    file: File,
    left: u64,
    seat: Seat,
    /// When access ends by itself: the agreement's own end. The token's hour is for beginning a request, not for finishing it, or
    /// no document could be longer than an hour of its reader's line.
    until: Option<Instant>,
    timer: Option<tokio::time::Instant>,
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

    /// Says which status was answered, for the access record.
    pub fn answered(&mut self, status: u16) {
        self.account.answered(status);
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
            () = elapsed(self.timer) => return Err(closed()),
            read = part.read_buf(&mut chunk) => read?,
        };
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // Access may have closed while the disk was busy.
        self.check_open()?;
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(read);
        self.account.sent(read);
        Ok(chunk)
    }

    fn check_open(&self) -> io::Result<()> {
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

/// A document that may flow now.
struct Opened {
    document: ContentRow,
    digest: Digest,
    file: File,
    seat: Seat,
    until: Option<Instant>,
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
        if claims.transfer != transfer && !chapar_terms::sabotaged("unbound-data-token") {
            return Err(FlowRefusal::TokenWrong);
        }
        match self.open_admitted(slug, &claims).await {
            Ok(opened) => {
                let account = self.account(slug, &claims, now, range).await?;
                Ok(self.flow(opened, account))
            }
            Err(refusal) => {
                // Who holds a token of ours is known, so what it is refused is written down too, until it is too much.
                let asker = (slug.to_owned(), claims.consumer.clone());
                if self.inner.refusals.take(asker, now).is_ok() {
                    let mut account = self.account(slug, &claims, now, range).await?;
                    account.answered(refusal.status());
                }
                Err(refusal)
            }
        }
    }

    async fn open_admitted(&self, slug: &str, claims: &Claims) -> Result<Opened, FlowRefusal> {
        let seat = Seat::take(self, slug, claims).ok_or(FlowRefusal::TooMany)?;
        let loaded = self
            .load::<Transfer>(slug, &claims.transfer)
            .await?
            .ok_or(FlowRefusal::NotFound)?;
        let case = loaded.case;
        if case.agreement.as_str() != claims.agreement || case.head.peer.as_str() != claims.consumer {
            return Err(FlowRefusal::TokenWrong);
        }
        let until = match case.opening {
            Opening::Open { until, .. } if case.admits(claims.opening, self.now()) => until,
            _ => return Err(FlowRefusal::AccessClosed),
        };
        let (document, file) = self.open_document(slug, case.asset.as_str()).await?;
        let digest = Digest::from_hex(&document.digest).map_err(Fault::from)?;
        Ok(Opened {
            document,
            digest,
            file,
            seat,
            until,
        })
    }

    /// The document and its content. One that is replaced between row and file is read again.
    async fn open_document(&self, slug: &str, asset: &str) -> Result<(ContentRow, File), FlowRefusal> {
        let store = &self.inner.store;
        let content = async || {
            let asset = store.asset(slug, asset).await?.ok_or(FlowRefusal::NotFound)?;
            asset.content.ok_or(FlowRefusal::SourceUnsupported)
        };
        let document = content().await?;
        let fault = match store.content(slug, &document.digest).await {
            Ok(file) => return Ok((document, file)),
            Err(fault) => fault,
        };
        let again = content().await?;
        if again.digest == document.digest {
            return Err(fault.into());
        }
        let file = store.content(slug, &again.digest).await?;
        Ok((again, file))
    }

    fn flow(&self, opened: Opened, account: Account) -> Flow {
        let Opened {
            document,
            digest,
            file,
            seat,
            until,
        } = opened;
        let size = u64::try_from(document.size).unwrap_or_default();
        let left_ms = until.map(|until| u64::try_from(until.since_ms(self.now())).unwrap_or_default());
        Flow {
            digest,
            media_type: document.media_type,
            size,
            file,
            left: size,
            seat,
            until,
            timer: left_ms.map(|left_ms| tokio::time::Instant::now() + Duration::from_millis(left_ms)),
            account,
        }
    }

    /// How many flows are open.
    pub fn open_flows(&self) -> usize {
        self.inner.flows.count()
    }

    /// A step is durable: flows that its case does not admit any more are cut, now.
    pub(crate) fn after_commit<K: Kind>(&self, hosted: &Hosted, step: &Step<K>) {
        if let Some(case) = step
            .case
            .as_ref()
            .filter(|_| !chapar_terms::sabotaged("keep-stream-after-suspend"))
        {
            self.inner
                .flows
                .keep_only(hosted.slug.as_str(), case.head().id.as_str(), case.opening());
        }
    }
}
