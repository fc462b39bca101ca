//! The door of public logs: checkpoints, tiles, bundles, bodies and time stamps below `/{participant}/log/`, and of others' logs that are mirrored
//! here below `/chapar/v1/mirrors/{hash of the origin}/`, for everybody to read and to keep (C2SP tlog-tiles, "APIs").
//!
//! What is in the tree never changes and may be kept for ever; the newest checkpoint, and bodies, which the law may have purged, are
//! asked for again. A mirror says how old its checkpoint is. Refuses to know what an entry says.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use chapar_runtime::{Fault, HINTS, LogName, MIRRORED_AT, MIRRORS, REPLY_TYPE, Runtime};
use chapar_terms::{Digest, entity_tag, lists_tag, same_weakly};
use chapar_tlog::{Level, Resource};
use serde_json::Value;

/// Immutable: a year is the longest that caches take.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Every reader asks again; who has it already is told so in a few bytes.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");
/// As long as a purge may take to be seen everywhere.
const BRIEFLY: HeaderValue = HeaderValue::from_static("public, max-age=60");

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const REPLY: HeaderValue = HeaderValue::from_static(REPLY_TYPE);

/// When the log last said that this is its newest checkpoint: a mirror's answer is no younger than that.
const CHECKED_AT: HeaderName = HeaderName::from_static("chapar-checked-at");
/// Where a log goes on that has ended. Nobody believes that alone: what both its keys signed is the resource `successor`.
const SUCCESSOR: HeaderName = HeaderName::from_static("chapar-successor");
/// Longest hint read: an origin and its name.
const HINT_BYTES: usize = 4 * 1024;

/// The routes of the participants' logs and of the mirrors, and of hints that a mirrored log grew.
pub fn router(runtime: Runtime) -> Router {
    Router::new()
        .route("/{participant}/log/{*path}", get(own))
        .route(&format!("{MIRRORS}/{{id}}/{{*path}}"), get(mirrored))
        .route(HINTS, post(hint).layer(DefaultBodyLimit::max(HINT_BYTES)))
        .with_state(runtime)
}

/// What is shown, and for how long it may be kept.
pub(crate) struct Shown {
    pub bytes: Vec<u8>,
    pub media_type: HeaderValue,
    pub keep: HeaderValue,
    pub checked_at: Option<HeaderValue>,
    /// What its tag stands for, where that is less than every byte.
    pub meant: Option<Digest>,
}

async fn own(
    State(runtime): State<Runtime>,
    Path((participant, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    let (number, path) = numbered(&path);
    if let Some(at) = headers.get(MIRRORED_AT).and_then(|at| at.to_str().ok()) {
        runtime.hear_mirror(&participant, number, at);
    }
    resource(&runtime, &LogName::Own { participant, number }, path, &headers).await
}

/// The logs of one participant follow each other below one path: the first as `log/`, those that took its place as `log/2/`, `log/3/` ... No
/// resource of a log begins with a number.
fn numbered(path: &str) -> (u32, &str) {
    let numbered = path.split_once('/').and_then(|(number, rest)| {
        let parsed: u32 = number.parse().ok()?;
        (parsed > 1 && parsed.to_string() == number).then_some((parsed, rest))
    });
    numbered.unwrap_or((1, path))
}

async fn mirrored(
    State(runtime): State<Runtime>,
    Path((id, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    match Digest::from_hex(&id) {
        Ok(id) => resource(&runtime, &LogName::Mirror(id), &path, &headers).await,
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `{"origin": "..."}`: this log grew. Whether it is mirrored here is nobody's business, so the answer is the same either way.
async fn hint(State(runtime): State<Runtime>, body: Bytes) -> StatusCode {
    let hint: Option<Value> = serde_json::from_slice(&body).ok();
    let origin = hint.as_ref().and_then(|hint| hint.get("origin")?.as_str());
    match origin {
        Some(origin) => {
            runtime.hear_hint(origin);
            StatusCode::ACCEPTED
        }
        None => StatusCode::BAD_REQUEST,
    }
}

async fn resource(runtime: &Runtime, log: &LogName, path: &str, headers: &HeaderMap) -> Response<Body> {
    let Ok(resource) = Resource::parse(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let successor = runtime.log_successor(log).filter(|_| resource == Resource::Checkpoint);
    let mut response = match find(runtime, log, resource).await {
        Ok(Some(shown)) => answer(shown, headers),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(fault) => {
            tracing::error!(?log, path, %fault, "a log could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    };
    if let Some(address) = successor.and_then(|address| HeaderValue::from_str(&address).ok()) {
        response.headers_mut().insert(SUCCESSOR, address);
    }
    response
}

async fn find(runtime: &Runtime, log: &LogName, resource: Resource) -> Result<Option<Shown>, Fault> {
    let mut checked_at = None;
    let (bytes, media_type, keep) = match resource {
        Resource::Checkpoint => {
            let shown = runtime.log_checkpoint(log);
            let checkpoint = shown.map(|(published, at)| {
                checked_at = at.and_then(|at| HeaderValue::from_str(&at.rfc3339()).ok());
                published.checkpoint.to_vec()
            });
            (checkpoint, TEXT, ASK_AGAIN)
        }
        Resource::Tile(id) => {
            let keep = if id.level() == Level::Bodies { BRIEFLY } else { FOR_EVER };
            (runtime.log_tile(log, id).await?, BYTES, keep)
        }
        Resource::Body(hash) => (runtime.log_body(log, &hash).await?, JSON, BRIEFLY),
        Resource::Timestamp(size) => (runtime.log_timestamp(log, size).await?, REPLY, FOR_EVER),
        Resource::TimestampSizes(before) => (runtime.log_timestamp_sizes(log, before).await?, TEXT, ASK_AGAIN),
        Resource::Successor => (runtime.log_successor_document(log).await?, JSON, ASK_AGAIN),
    };
    Ok(bytes.map(|bytes| Shown {
        bytes,
        media_type,
        keep,
        checked_at,
        meant: None,
    }))
}

/// The answer, or that the asker has it already.
pub(crate) fn answer(shown: Shown, headers: &HeaderMap) -> Response<Body> {
    let tag = entity_tag(shown.meant.unwrap_or_else(|| Digest::of(&shown.bytes)));
    let known = headers.get_all(IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    let is_known = lists_tag(known, |one| same_weakly(one, &tag));
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(CONTENT_TYPE, shown.media_type)], shown.bytes).into_response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, shown.keep);
    if let Some(at) = shown.checked_at {
        response.headers_mut().insert(CHECKED_AT, at);
    }
    let weak = if shown.meant.is_some() { "W/" } else { "" };
    if let Ok(tag) = HeaderValue::from_str(&format!("{weak}{tag}")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
