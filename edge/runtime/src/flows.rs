//! Open data flows: bytes on their way to a consumer, and the way to take the access back.
//!
//! A flow is registered first and its case is read afterwards, so that whatever closes access either is seen in the case
//! or finds the flow registered (`registry`); what was sent is written down (`record`). The bytes are a document's, which lies
//! here (`document`), or come from where the asset's data lie (`source`). Refuses to know HTTP beyond the
//! status that the access record holds (`dataplane`), who decides (`exchange`) and how a token is made (`access`).

mod document;
mod passage;
mod record;
mod registry;
mod source;

pub(crate) use document::Bytewise;
pub use document::Flow;
pub(crate) use registry::{Flows, Seat};
pub use source::SourceFlow;

use crate::access::{self, Claims};
use crate::desk::stored_object;
use crate::hosted::Hosted;
use crate::http_data::{Asked, HttpData};
use crate::kind::Kind;
use crate::{Fault, Runtime, closed};
use bytes::Bytes;
use chapar_exchange::Step;
use chapar_exchange::transfer::{Opening, Transfer};
use chapar_store::{AssetRow, ContentRow, StoreFault};
use chapar_terms::{Digest, ParticipantId};
use futures_util::Stream;
use http::{HeaderMap, Method};
use passage::{Admitted, Passage};
use std::io::{self, Cursor};
use std::pin::Pin;
use tokio::fs::File;

/// A body that comes piece by piece.
pub type Pieces = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

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
    /// The data are gone, or there is nothing at this path.
    NotFound,
    /// The data cannot be asked for by this method.
    MethodRefused {
        /// By which they can.
        allowed: &'static str,
    },
    /// The path leads out of what is handed out.
    PathRefused,
    /// What the consumer sends along is too long, or broke off.
    BodyRefused,
    /// The place where the data lie gave nothing.
    Source {
        /// For whoever asked.
        why: String,
        /// Whether asking again may help.
        is_passing: bool,
    },
    /// As many flows are open under this token as may be.
    TooMany,
    /// Ours, or nobody's for now: see there.
    Fault(Fault),
}

impl FlowRefusal {
    pub(crate) fn source(why: &str, is_passing: bool) -> Self {
        let why = why.to_owned();
        Self::Source { why, is_passing }
    }

    /// Stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TokenMissing => "token-missing",
            Self::TokenMalformed => "token-malformed",
            Self::TokenWrong => "token-wrong",
            Self::TokenExpired => "token-expired",
            Self::AccessClosed => "access-closed",
            Self::NotFound => "not-found",
            Self::MethodRefused { .. } => "method-not-allowed",
            Self::PathRefused => "path-refused",
            Self::BodyRefused => "body-refused",
            Self::Source { .. } => "source-failed",
            Self::TooMany => "too-many-flows",
            Self::Fault(Fault::Unavailable(_)) => "unavailable",
            Self::Fault(_) => "fault",
        }
    }

    /// The HTTP status it is answered with and recorded under.
    pub const fn status(&self) -> u16 {
        match self {
            Self::PathRefused => 400,
            Self::TokenMissing | Self::TokenMalformed | Self::TokenWrong | Self::TokenExpired => 401,
            Self::AccessClosed => 403,
            Self::NotFound => 404,
            Self::MethodRefused { .. } => 405,
            Self::BodyRefused => 413,
            Self::TooMany => 429,
            Self::Source { .. } => 502,
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

/// What a consumer asks of the data under a transfer.
pub struct Wish<'a> {
    /// The method.
    pub method: &'a Method,
    /// What stands behind the address of the transfer, as it came; none at the address itself.
    pub path: Option<&'a str>,
    /// The query, as it came.
    pub query: Option<&'a str>,
    /// The fields.
    pub headers: &'a HeaderMap,
    /// The `Range`, for the access record.
    pub range: Option<&'a str>,
    /// The body, with its length if that is known.
    pub body: Option<(Pieces, Option<u64>)>,
}

impl<'a> Wish<'a> {
    fn asked(&self) -> Asked<'a> {
        Asked {
            method: self.method,
            path: self.path,
            query: self.query,
            headers: self.headers,
        }
    }
}

/// Data that flow now.
pub enum Opened {
    /// A document of this node.
    Document(Flow),
    /// What its source answers.
    Source(SourceFlow),
}

/// Where the data of an asset come from.
pub(crate) enum Origin {
    Document(ContentRow, Digest, Box<dyn Bytewise>),
    Source(Box<HttpData>),
}

impl Runtime {
    /// Opens the data behind `transfer` of the participant `slug` for the holder of the token in `authorization`.
    ///
    /// # Errors
    /// Answer [`FlowRefusal::status`]. A token that does not fit says nothing about what exists.
    pub async fn open_flow(
        &self,
        slug: &str,
        transfer: &str,
        authorization: Option<&str>,
        wish: Wish<'_>,
    ) -> Result<Opened, FlowRefusal> {
        let now = self.now();
        let claims = access::open(self.inner.keys.as_ref(), slug, authorization, now)?;
        if claims.transfer != transfer && !chapar_terms::sabotaged("unbound-data-token") {
            return Err(FlowRefusal::TokenWrong);
        }
        match self.admit_to_data(slug, &claims, (wish.method, wish.path)).await {
            Ok((admitted, origin)) => {
                let account = self.account(slug, &claims, now, wish.range).await?;
                let passage = Passage::new(self, admitted, account);
                self.open_origin(slug, origin, passage, Some(wish)).await
            }
            Err(refusal) => {
                // Who holds a token of ours is known, so what it is refused is written down too, until it is too much.
                let asker = (slug.to_owned(), claims.consumer.clone());
                if self.inner.refusals.take(asker, now).is_ok() {
                    let mut account = self.account(slug, &claims, now, wish.range).await?;
                    account.answered(refusal.status());
                }
                Err(refusal)
            }
        }
    }

    async fn admit_to_data(
        &self,
        slug: &str,
        claims: &Claims,
        (method, path): (&Method, Option<&str>),
    ) -> Result<(Admitted, Origin), FlowRefusal> {
        let (admitted, case) = self.let_in(slug, claims).await?;
        let origin = self.origin(slug, case.asset.as_str(), &case.head.peer).await?;
        if let Origin::Document(..) = origin {
            if path.is_some() {
                return Err(FlowRefusal::NotFound);
            }
            if !matches!(*method, Method::GET | Method::HEAD) {
                return Err(FlowRefusal::MethodRefused { allowed: "GET, HEAD" });
            }
        }
        Ok((admitted, origin))
    }

    /// Lets in who holds these claims, as long as their opening is open.
    pub(crate) async fn let_in(&self, slug: &str, claims: &Claims) -> Result<(Admitted, Transfer), FlowRefusal> {
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
        // Its transfers are ended one after the other, and data stops at once.
        let agreement = self.inner.store.agreement(slug, &claims.agreement).await?;
        if agreement.is_none_or(|agreement| agreement.retired.is_some()) {
            return Err(FlowRefusal::AccessClosed);
        }
        Ok((Admitted { seat, until }, case))
    }

    /// A way for what this node sends of its own accord, written down as any other.
    pub(crate) async fn passage(
        &self,
        slug: &str,
        claims: &Claims,
        admitted: Admitted,
    ) -> Result<Passage, FlowRefusal> {
        let account = self.account(slug, claims, self.now(), None).await?;
        Ok(Passage::new(self, admitted, account))
    }

    /// A place from which the end of an opening is seen.
    pub(crate) fn watch(&self, slug: &str, claims: &Claims) -> Option<Seat> {
        Seat::take(self, slug, claims)
    }

    /// Begins the flow. Access may close while a source takes its time to answer.
    pub(crate) async fn open_origin(
        &self,
        slug: &str,
        origin: Origin,
        mut passage: Passage,
        wish: Option<Wish<'_>>,
    ) -> Result<Opened, FlowRefusal> {
        let source = match origin {
            Origin::Document(content, digest, file) => {
                let size = u64::try_from(content.size).unwrap_or_default();
                return Ok(Opened::Document(Flow {
                    media_type: content.media_type,
                    size,
                    digest,
                    file,
                    left: size,
                    passage,
                }));
            }
            Origin::Source(source) => source,
        };
        let (asked, body) = match wish {
            Some(wish) => (Some(wish.asked()), wish.body),
            None => (None, None),
        };
        let asking = self.ask_source(slug, &source, asked, body);
        let refusal = match passage.guard(async { Ok(asking.await) }).await {
            Ok(Ok(download)) => return Ok(Opened::Source(SourceFlow::new(download, passage))),
            Ok(Err(refusal)) => refusal,
            Err(_) => FlowRefusal::AccessClosed,
        };
        passage.answered(refusal.status());
        Err(refusal)
    }

    /// Where the data of an asset are now, for this consumer. Content that lies here goes before an address. One that is replaced between
    /// row and file is read again.
    pub(crate) async fn origin(
        &self,
        slug: &str,
        asset: &str,
        consumer: &ParticipantId,
    ) -> Result<Origin, FlowRefusal> {
        let store = &self.inner.store;
        let read = async || store.asset(slug, asset).await?.ok_or(FlowRefusal::NotFound);
        let row = read().await?;
        if let Some(local) = closed::record_at(&row)? {
            let document = self.closed_document(slug, &local, consumer).await?;
            return made(document.ok_or(FlowRefusal::AccessClosed)?);
        }
        let Some(content) = row.content.clone() else {
            return source_of(&row);
        };
        let fault = match store.content(slug, &content.digest).await {
            Ok(file) => return document_of(content, file),
            Err(fault) => fault,
        };
        let again = read().await?.content.ok_or(FlowRefusal::NotFound)?;
        if again.digest == content.digest {
            return Err(fault.into());
        }
        let file = store.content(slug, &again.digest).await?;
        document_of(again, file)
    }

    /// How many flows are open.
    pub fn open_flows(&self) -> usize {
        self.inner.flows.count()
    }

    /// Cuts every flow of a transfer, now.
    pub(crate) fn close_flows(&self, slug: &str, transfer: &str) {
        self.inner.flows.keep_only(slug, transfer, None);
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

fn document_of(content: ContentRow, file: File) -> Result<Origin, FlowRefusal> {
    let digest = Digest::from_hex(&content.digest).map_err(Fault::from)?;
    Ok(Origin::Document(content, digest, Box::new(file)))
}

/// A document that is made when it is asked for and lies nowhere.
fn made(bytes: Vec<u8>) -> Result<Origin, FlowRefusal> {
    let digest = Digest::of(&bytes);
    let content = ContentRow {
        digest: digest.hex(),
        media_type: "application/json".to_owned(),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
    };
    Ok(Origin::Document(content, digest, Box::new(Cursor::new(bytes))))
}

fn source_of(row: &AssetRow) -> Result<Origin, FlowRefusal> {
    let address = row.data_address.as_deref().ok_or(FlowRefusal::NotFound)?;
    let address = stored_object(address)?;
    let source = HttpData::of_asset(&address).map_err(|why| {
        tracing::error!(asset = row.id, why, "the data address of an asset cannot be used");
        FlowRefusal::NotFound
    })?;
    Ok(Origin::Source(Box::new(source)))
}
