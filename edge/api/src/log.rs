//! The door of public logs: checkpoints, tiles, bundles and bodies below `/{participant}/log/`, for everybody to read and to keep
//! (C2SP tlog-tiles, "APIs").
//!
//! What is in the tree never changes and may be kept for ever; the newest checkpoint, and bodies, which the law may have purged, are
//! asked for again. Refuses to know what an entry says.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use chapar_runtime::{Fault, Runtime};
use chapar_terms::{Digest, entity_tag, lists_tag, same_weakly};
use chapar_tlog::{Level, Resource};

/// Immutable: a year is the longest that caches take.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Every reader asks again; who has it already is told so in a few bytes.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");
/// As long as a purge may take to be seen everywhere.
const BRIEFLY: HeaderValue = HeaderValue::from_static("public, max-age=60");

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The routes of a participant's log.
pub fn router(runtime: Runtime) -> Router {
    Router::new()
        .route("/{participant}/log/{*path}", get(resource))
        .with_state(runtime)
}

/// What is shown, and for how long it may be kept.
pub(crate) struct Shown {
    pub bytes: Vec<u8>,
    pub media_type: HeaderValue,
    pub keep: HeaderValue,
}

async fn resource(
    State(runtime): State<Runtime>,
    Path((participant, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    let Ok(resource) = Resource::parse(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match find(&runtime, &participant, resource).await {
        Ok(Some(shown)) => answer(shown, &headers),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(fault) => {
            tracing::error!(participant, path, %fault, "a log could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn find(runtime: &Runtime, participant: &str, resource: Resource) -> Result<Option<Shown>, Fault> {
    let (bytes, media_type, keep) = match resource {
        Resource::Checkpoint => {
            let published = runtime.log_checkpoint(participant);
            let checkpoint = published.map(|published| published.checkpoint.to_vec());
            (checkpoint, TEXT, ASK_AGAIN)
        }
        Resource::Tile(id) => {
            let keep = if id.level() == Level::Bodies { BRIEFLY } else { FOR_EVER };
            (runtime.log_tile(participant, id).await?, BYTES, keep)
        }
        Resource::Body(hash) => (runtime.log_body(participant, &hash).await?, JSON, BRIEFLY),
    };
    Ok(bytes.map(|bytes| Shown {
        bytes,
        media_type,
        keep,
    }))
}

/// The answer, or that the asker has it already.
pub(crate) fn answer(shown: Shown, headers: &HeaderMap) -> Response<Body> {
    let tag = entity_tag(Digest::of(&shown.bytes));
    let known = headers.get_all(IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    let is_known = lists_tag(known, |one| same_weakly(one, &tag));
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(CONTENT_TYPE, shown.media_type)], shown.bytes).into_response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, shown.keep);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
