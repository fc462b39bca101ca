//! The door of the witness, on the public listener: logs ask to be cosigned, and everybody reads what was (C2SP tlog-witness).
//!
//! It reads bytes and maps what the runtime says to statuses. Refuses to know when a checkpoint is cosigned (`chapar_tlog`, `runtime`).

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use chapar_runtime::{Cosigning, Fault, REASON, Runtime, WITNESS_PATH, cosigning_reason};
use chapar_terms::Digest;
use chapar_tlog::witness::{AddCheckpoint, Answer, SIZE_MEDIA_TYPE};

/// Longest request read: 63 hashes and a note with a handful of signatures. Other witnesses have the same bound.
const REQUEST_BYTES: usize = 10 * 1024;
/// Seconds after which what was unavailable may be asked for again.
const RETRY_AFTER_S: u64 = 1;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Another log may have been cosigned the next moment.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");

/// The routes of the witness.
pub fn router(runtime: Runtime) -> Router {
    Router::new()
        .route(WITNESS_PATH, get(show))
        .route(&format!("{WITNESS_PATH}/add-checkpoint"), post(add_checkpoint))
        .route(&format!("{WITNESS_PATH}/{{origin_hash}}/checkpoint"), get(checkpoint))
        .with_state(runtime)
}

async fn show(State(runtime): State<Runtime>) -> Response<Body> {
    ([(CONTENT_TYPE, JSON)], runtime.describe_witness().to_string()).into_response()
}

async fn add_checkpoint(State(runtime): State<Runtime>, headers: HeaderMap, body: Body) -> Response<Body> {
    let Ok(body) = to_bytes(body, REQUEST_BYTES).await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "a request has at most 10240 bytes");
    };
    let request = match AddCheckpoint::parse(&body) {
        Ok(request) => request,
        Err(why) => return refuse(StatusCode::BAD_REQUEST, &why.to_string()),
    };
    let Ok(reason) = reason(&headers) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "a reason has at most 200 printable ASCII characters",
        );
    };
    match runtime.cosign(&request, reason).await {
        Ok(Cosigning::Lines(lines)) => ([(CONTENT_TYPE, TEXT)], lines).into_response(),
        Ok(Cosigning::Refused(answer)) => refused(&answer),
        Ok(Cosigning::TooSoon { retry_after_s }) => later(
            StatusCode::TOO_MANY_REQUESTS,
            "this log was cosigned a moment ago",
            retry_after_s,
        ),
        Err(fault) => failed(&fault),
    }
}

async fn checkpoint(State(runtime): State<Runtime>, Path(origin_hash): Path<String>) -> Response<Body> {
    let Ok(origin_hash) = Digest::from_hex(&origin_hash) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match runtime.cosigned_checkpoint(&origin_hash).await {
        Ok(Some(note)) => ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, ASK_AGAIN)], note).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(fault) => failed(&fault),
    }
}

fn reason(headers: &HeaderMap) -> Result<Option<&str>, ()> {
    let said = headers
        .get(REASON)
        .map(|value| value.to_str().ok().and_then(cosigning_reason));
    said.map(|reason| reason.ok_or(())).transpose()
}

fn refused(answer: &Answer) -> Response<Body> {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let why = match answer {
        Answer::OtherSize(size) => {
            return (status, [(CONTENT_TYPE, SIZE_MEDIA_TYPE)], format!("{size}\n")).into_response();
        }
        Answer::UnknownLog => "this witness does not know the log",
        Answer::Untrusted => "no known key of the log signed, or a signature of one does not verify",
        Answer::Shrinks => "the old size is larger than the checkpoint",
        Answer::Inconsistent | Answer::Cosign(_) => "the checkpoint is not shown to begin with what was cosigned last",
    };
    refuse(status, why)
}

fn failed(fault: &Fault) -> Response<Body> {
    tracing::error!(%fault, "a checkpoint could not be cosigned, or one not be read");
    later(StatusCode::SERVICE_UNAVAILABLE, "try again", RETRY_AFTER_S)
}

fn later(status: StatusCode, why: &str, after_s: u64) -> Response<Body> {
    let mut response = refuse(status, why);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after_s));
    response
}

fn refuse(status: StatusCode, why: &str) -> Response<Body> {
    (status, [(CONTENT_TYPE, TEXT)], format!("{why}\n")).into_response()
}
