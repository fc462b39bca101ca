//! The door of this node's authority of time, on the public listener, where the operator wants one (RFC 3161 section 3.4).
//!
//! Refuses to know what a query says and what a reply proves.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use chapar_runtime::{QUERY_BYTES, QUERY_TYPE, REPLY_TYPE, Runtime, TIME_PATH};

/// What comes in a certificate in text form (RFC 8555 section 9.1).
const PEM: HeaderValue = HeaderValue::from_static("application/pem-certificate-chain");
/// No two replies are the same.
const NEVER: HeaderValue = HeaderValue::from_static("no-store");

/// The routes of the authority.
pub fn router(runtime: Runtime) -> Router {
    Router::new()
        .route(TIME_PATH, post(answer))
        .route(&format!("{TIME_PATH}/authority.pem"), get(certificate))
        .with_state(runtime)
}

async fn answer(State(runtime): State<Runtime>, headers: HeaderMap, body: Body) -> Response<Body> {
    if headers.get(CONTENT_TYPE).is_none_or(|found| found != QUERY_TYPE) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let Ok(query) = to_bytes(body, QUERY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    match runtime.answer_time(&query) {
        Ok(Some(reply)) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static(REPLY_TYPE)),
                (CACHE_CONTROL, NEVER),
            ];
            (headers, reply).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(fault) => {
            tracing::error!(%fault, "the authority of time could not sign");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn certificate(State(runtime): State<Runtime>) -> Response<Body> {
    match runtime.time_certificate() {
        Some(pem) => ([(CONTENT_TYPE, PEM)], pem).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
