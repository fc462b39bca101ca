//! Data that lie elsewhere, on their way through this node: asked for at their source, handed on as they come.

use super::passage::Passage;
use super::{FlowRefusal, Pieces};
use crate::http_data::{Asked, HttpData, Request, Unfit};
use crate::{Fault, Runtime};
use bytes::Bytes;
use chapar_client::{Download, Outgoing, SendFault, Upload};
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, VARY,
};
use std::io;
use std::time::Duration;

/// Longest silence of a source before the head of its answer.
const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// Longest answer of a source, in bytes: one without an end is a fault of the source. Nothing of it is held, so it may be long.
const ANSWER_BYTES: u64 = 1 << 40;
/// Longest body of a consumer that is handed on to a source, in bytes: a question, or a form with scanned pages.
const BODY_BYTES: u64 = 64 * 1024 * 1024;
/// Methods by which a source can be asked, where the consumer says it.
const SOURCE_METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// What is handed on of the head of a source's answer: what is true of the bytes. Everything else is the source's affair with us.
const HANDED_ON: [HeaderName; 12] = [
    ACCEPT_RANGES,
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_TYPE,
    ETAG,
    LAST_MODIFIED,
    VARY,
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
];
/// Where the operator says which inner addresses may be called.
const REMEDY: &str = "an inner source must lie in a block that `[egress] sources` lists";

/// Data of a source on their way to the consumer of one transfer. Dropping it ends the flow and completes the access record.
pub struct SourceFlow {
    status: StatusCode,
    headers: HeaderMap,
    download: Download,
    passage: Passage,
}

impl SourceFlow {
    pub(super) fn new(download: Download, passage: Passage) -> Self {
        let mut headers = HeaderMap::new();
        for name in &HANDED_ON {
            for value in download.headers.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        Self {
            status: download.status,
            headers,
            download,
            passage,
        }
    }

    /// The status that the source answered: success, or an answer to a condition or a range.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// What the source says of its answer, as far as it is handed on.
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The bytes that are announced, if the source announced them.
    pub(crate) fn length(&self) -> Option<u64> {
        self.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// Says which status was answered, for the access record.
    pub fn answered(&mut self, status: u16) {
        self.passage.answered(status);
    }

    /// The next bytes, as soon as there are any; none at the end.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] at once when access closes, also while this waits; any other: the source broke off.
    /// Cut the connection either way, so that the consumer does not take a part for the whole.
    pub async fn read(&mut self) -> io::Result<Option<Bytes>> {
        let download = &mut self.download;
        let piece = self
            .passage
            .guard(async { download.chunk().await.map_err(io::Error::other) });
        let piece = piece.await?;
        if let Some(piece) = &piece {
            self.passage.sent(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        }
        Ok(piece)
    }
}

impl Runtime {
    /// Asks a source of the participant `slug`. `body` is what the consumer sends, with its length if that is known.
    pub(crate) async fn ask_source(
        &self,
        slug: &str,
        source: &HttpData,
        asked: Option<Asked<'_>>,
        body: Option<(Pieces, Option<u64>)>,
    ) -> Result<Download, FlowRefusal> {
        let secret = self.secret_of(slug, source).await?;
        let request = match source.fetching(asked, secret.as_deref()) {
            Ok(request) => request,
            Err(Unfit::Path) => return Err(FlowRefusal::PathRefused),
            Err(Unfit::Method) => {
                return Err(FlowRefusal::MethodRefused {
                    allowed: SOURCE_METHODS,
                });
            }
            Err(Unfit::Secret) => {
                let name = source.secret().unwrap_or_default();
                tracing::error!(
                    participant = slug,
                    secret = name,
                    "a source's secret is not there, or no field of HTTP"
                );
                return Err(FlowRefusal::source("the source cannot be opened", false));
            }
        };
        let is_below = request.is_below;
        let answer = self.send_to_source(request, body).await;
        answer
            .and_then(|download| judge(download, is_below))
            .inspect_err(|refusal| {
                let (code, source) = (refusal.code(), source.shown());
                tracing::warn!(participant = slug, %source, code, "a source gave nothing");
            })
    }

    async fn secret_of(&self, slug: &str, source: &HttpData) -> Result<Option<String>, Fault> {
        let Some(name) = source.secret() else { return Ok(None) };
        let value = self.inner.store.secret(slug, name).await?;
        Ok(value.and_then(|value| String::from_utf8(value).ok()))
    }

    async fn send_to_source(
        &self,
        request: Request,
        body: Option<(Pieces, Option<u64>)>,
    ) -> Result<Download, FlowRefusal> {
        let outgoing = Outgoing {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body.map(Bytes::from).unwrap_or_default(),
            deadline: HEAD_LIMIT,
            max_response_bytes: ANSWER_BYTES,
        };
        let client = &self.inner.source_client;
        let sent = match body.filter(|_| request.takes_body) {
            Some((_, Some(length))) if length > BODY_BYTES => return Err(FlowRefusal::BodyRefused),
            Some((pieces, length)) => {
                client
                    .stream_content(outgoing, Upload::pieces(bounded(pieces), length))
                    .await
            }
            None => client.stream(outgoing).await,
        };
        sent.map_err(|fault| {
            let remedy = matches!(fault, SendFault::EgressRefused { .. }).then_some(REMEDY);
            tracing::warn!(%fault, remedy, "a source was not reached");
            match fault {
                SendFault::Content { .. } => FlowRefusal::BodyRefused,
                SendFault::TooLarge { .. } => FlowRefusal::source("the source's answer is too long", false),
                fault => FlowRefusal::source("the source was not reached", fault.is_retryable()),
            }
        })
    }
}

/// The consumer's body, broken off where it gets too long.
fn bounded(pieces: Pieces) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let mut left = BODY_BYTES;
    pieces.map(move |piece| {
        let piece = piece?;
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        left = left
            .checked_sub(length)
            .ok_or_else(|| io::Error::other("the body is too long"))?;
        Ok(piece)
    })
}

/// An answer that can be handed on, or why it cannot. What the consumer looked for below the place may not be there.
fn judge(download: Download, is_below: bool) -> Result<Download, FlowRefusal> {
    let status = download.status;
    let of_a_condition = [
        StatusCode::NOT_MODIFIED,
        StatusCode::PRECONDITION_FAILED,
        StatusCode::RANGE_NOT_SATISFIABLE,
    ];
    if status.is_success() || of_a_condition.contains(&status) {
        return Ok(download);
    }
    if is_below && [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&status) {
        return Err(FlowRefusal::NotFound);
    }
    let passes = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    let is_passing = status.is_server_error() || passes.contains(&status);
    let why = format!("the source answered {}", status.as_u16());
    Err(FlowRefusal::Source { why, is_passing })
}
