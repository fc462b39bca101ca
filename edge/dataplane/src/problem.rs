//! The one error mapping of this door: small `application/problem+json` bodies (RFC 9457) with a stable code.

use axum::body::Body;
use axum::response::Response;
use chapar_runtime::FlowRefusal;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

/// The answer to a request that opened no flow. Faults of ours are logged here and answered blankly.
pub(crate) fn refused(refusal: &FlowRefusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let detail = match refusal {
        FlowRefusal::TokenMissing => "send the token of the data address in `Authorization`, bare or behind `Bearer`",
        FlowRefusal::TokenMalformed => "what `Authorization` holds is not a token of a data address",
        FlowRefusal::TokenWrong => "the token is not one for this address",
        FlowRefusal::TokenExpired => "the token has expired; a new start of the transfer brings a fresh one",
        FlowRefusal::AccessClosed => "the transfer is suspended or over, or was started anew with another token",
        FlowRefusal::NotFound => "there are no such data here, or not any more",
        FlowRefusal::MethodRefused { .. } => "these data are not had by this method; `Allow` says by which",
        FlowRefusal::PathRefused => "the path leads out of what is handed out",
        FlowRefusal::BodyRefused => "what is sent along is too long, or it broke off",
        FlowRefusal::Source { why, .. } => why,
        FlowRefusal::TooMany => "too many requests are under way with this token",
        FlowRefusal::Fault(fault) => {
            tracing::error!(%fault, "a flow could not be opened");
            "try again later"
        }
    };
    let mut response = problem(status, refusal.code(), detail);
    if let FlowRefusal::MethodRefused { allowed } = refusal {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    }
    match status {
        StatusCode::UNAUTHORIZED => {
            response
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    response
}

/// 416, with the size that a range must lie in.
pub(crate) fn beyond(size: u64) -> Response {
    let detail = format!("the document has {size} bytes");
    let mut response = problem(StatusCode::RANGE_NOT_SATISFIABLE, "range-beyond-end", &detail);
    if let Ok(place) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(CONTENT_RANGE, place);
    }
    response
}

/// 412.
pub(crate) fn changed() -> Response {
    problem(
        StatusCode::PRECONDITION_FAILED,
        "document-changed",
        "the document is not the one that `If-Match` names",
    )
}

/// 500.
pub(crate) fn fault() -> Response {
    problem(StatusCode::INTERNAL_SERVER_ERROR, "fault", "try again later")
}

fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "code": code,
        "detail": detail,
    });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
