//! The data plane: the bytes under a transfer, streamed to whoever holds its token, with ranges (RFC 9110 section 14) and
//! digests (RFC 9530).
//!
//! Holds one address, `/{participant}/data/{transfer}`, and what lies below it: a document of this node is had by `GET` and `HEAD`
//! at the address itself; data that lie elsewhere are asked for at their source, which may let the consumer say more. Refuses to
//! hold tokens, cases, files and access records (`chapar_runtime`, behind `open_flow`) and negotiation of any kind. A client reads
//! as fast as it likes: the next piece is read when there is room for it. When access closes, the body fails and the connection is cut.

mod condition;
mod problem;
mod range;

use crate::condition::Verdict;
use crate::range::Selection;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::any;
use chapar_runtime::{Flow, FlowRefusal, Opened, Pieces, Runtime, SourceFlow, Wish};
use chapar_terms::entity_tag;
use futures_util::TryStreamExt;
use http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use std::io;

/// What a document without a usable media type is.
const UNKNOWN_MEDIA: HeaderValue = HeaderValue::from_static("application/octet-stream");
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The routes of the data plane, for the public listener.
pub fn router(runtime: Runtime) -> Router {
    Router::new()
        .route("/{participant}/data/{transfer}", any(fetch))
        // Clients of EDC build their addresses so.
        .route("/{participant}/data/{transfer}/", any(fetch))
        .route("/{participant}/data/{transfer}/{*path}", any(fetch_below))
        .with_state(runtime)
}

async fn fetch(
    State(runtime): State<Runtime>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Response {
    // A path that cannot be read is answered as one that leads nowhere.
    let (participant, transfer) = path.map(|Path(path)| path).unwrap_or_default();
    answer(&runtime, (&participant, &transfer), None, request).await
}

async fn fetch_below(
    State(runtime): State<Runtime>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    request: Request,
) -> Response {
    let (participant, transfer, _) = path.map(|Path(path)| path).unwrap_or_default();
    let uri = request.uri().clone();
    answer(&runtime, (&participant, &transfer), Some(below(&uri)), request).await
}

/// What stands behind the address of the transfer, still encoded.
fn below(uri: &Uri) -> &str {
    uri.path().splitn(5, '/').nth(4).unwrap_or_default()
}

async fn answer(
    runtime: &Runtime,
    (participant, transfer): (&str, &str),
    path: Option<&str>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let authorization = match single(&head.headers, &AUTHORIZATION) {
        Ok(value) => value,
        Err(Repeated) => return problem::refused(&FlowRefusal::TokenMalformed),
    };
    // Ranges are defined for GET alone (RFC 9110 section 14.2); a repeated field means nothing.
    let range = if head.method == Method::GET {
        single(&head.headers, &RANGE).unwrap_or_default()
    } else {
        None
    };
    let wish = Wish {
        method: &head.method,
        path,
        query: head.uri.query(),
        headers: &head.headers,
        range,
        body: Some(incoming(body)),
    };
    match runtime.open_flow(participant, transfer, authorization, wish).await {
        Ok(Opened::Document(flow)) => document(flow, &head.method, &head.headers, range).await,
        Ok(Opened::Source(flow)) => source(flow),
        Err(refusal) => problem::refused(&refusal),
    }
}

/// The consumer's body, with its length if that is known.
fn incoming(body: Body) -> (Pieces, Option<u64>) {
    let length = body.size_hint().exact();
    let pieces = body.into_data_stream().map_err(io::Error::other);
    (Box::pin(pieces), length)
}

/// What a source answers, handed on as it comes.
fn source(mut flow: SourceFlow) -> Response {
    let status = flow.status();
    flow.answered(status.as_u16());
    let mut fields = flow.headers().clone();
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let pieces = futures_util::stream::try_unfold(flow, |mut flow| async move {
        let piece = flow.read().await.inspect_err(log)?;
        Ok::<_, io::Error>(piece.map(|piece| (piece, flow)))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    *response.status_mut() = status;
    *response.headers_mut() = fields;
    response
}

/// A field that may come once came twice.
struct Repeated;

/// The one value of a field; unreadable text counts as a value that fits nothing.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Repeated> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(Some(value.to_str().unwrap_or("?"))),
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(Repeated),
    }
}

async fn document(mut flow: Flow, method: &Method, headers: &HeaderMap, range: Option<&str>) -> Response {
    let tag = entity_tag(flow.digest());
    match condition::judge(headers, &tag) {
        Verdict::Go => {}
        Verdict::NotModified => return without_body(flow, StatusCode::NOT_MODIFIED),
        Verdict::Failed => {
            flow.answered(StatusCode::PRECONDITION_FAILED.as_u16());
            return problem::changed();
        }
    }
    if *method == Method::HEAD {
        let size = flow.size();
        let mut response = without_body(flow, StatusCode::OK);
        response.headers_mut().insert(CONTENT_LENGTH, size.into());
        return response;
    }
    let selection = match range {
        Some(range) if condition::range_holds(headers, &tag) => range::select(range, flow.size()),
        _ => Selection::Whole,
    };
    match selection {
        Selection::Unsatisfiable => {
            flow.answered(StatusCode::RANGE_NOT_SATISFIABLE.as_u16());
            problem::beyond(flow.size())
        }
        Selection::Whole => whole(flow),
        Selection::Part { first, last } => part(flow, first, last).await,
    }
}

fn without_body(mut flow: Flow, status: StatusCode) -> Response {
    flow.answered(status.as_u16());
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    describe(&flow, response.headers_mut());
    response
}

fn whole(mut flow: Flow) -> Response {
    flow.answered(StatusCode::OK.as_u16());
    let digest = digest_field(&flow);
    let length = flow.size();
    let mut response = streamed(flow, length);
    if let Some(digest) = digest {
        response.headers_mut().insert(CONTENT_DIGEST, digest);
    }
    response
}

async fn part(mut flow: Flow, first: u64, last: u64) -> Response {
    let length = (last - first).saturating_add(1);
    let place = format!("bytes {first}-{last}/{}", flow.size());
    if let Err(error) = flow.select(first, length).await {
        log(&error);
        flow.answered(StatusCode::INTERNAL_SERVER_ERROR.as_u16());
        return problem::fault();
    }
    flow.answered(StatusCode::PARTIAL_CONTENT.as_u16());
    let mut response = streamed(flow, length);
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(CONTENT_RANGE, place);
    }
    response
}

/// A body that reads on when it is asked for more and fails when access closes.
fn streamed(flow: Flow, length: u64) -> Response {
    let mut fields = HeaderMap::new();
    describe(&flow, &mut fields);
    fields.insert(CONTENT_LENGTH, length.into());
    let chunks = futures_util::stream::try_unfold(flow, |mut flow| async move {
        let chunk = flow.read().await.inspect_err(log)?;
        Ok::<_, io::Error>((!chunk.is_empty()).then(|| (Bytes::from(chunk), flow)))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    *response.headers_mut() = fields;
    response
}

/// Access that closes is no fault of ours.
fn log(error: &io::Error) {
    match error.kind() {
        io::ErrorKind::PermissionDenied => tracing::info!(%error, "a stream was cut"),
        _ => tracing::error!(%error, "data could not be read"),
    }
}

/// What is true of the document whichever part of it is sent. Not to be kept by caches: access can be taken back.
fn describe(flow: &Flow, fields: &mut HeaderMap) {
    fields.insert(
        CONTENT_TYPE,
        HeaderValue::from_str(flow.media_type()).unwrap_or(UNKNOWN_MEDIA),
    );
    fields.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(tag) = HeaderValue::from_str(&entity_tag(flow.digest())) {
        fields.insert(ETAG, tag);
    }
    if let Some(digest) = digest_field(flow) {
        fields.insert(REPR_DIGEST, digest);
    }
}

fn digest_field(flow: &Flow) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("sha-256=:{}:", flow.digest().base64())).ok()
}
