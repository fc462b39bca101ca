//! What the doors of both listeners say of themselves, without a key: `openapi.json` for programs and `docs` for people,
//! below each door's own path. The program is published and so is what it says; neither tells anything of a participant.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use chapar_terms::Digest;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// A description, made when somebody asks for it first and kept.
struct Description {
    describe: fn() -> Value,
    document: OnceLock<Bytes>,
    page: OnceLock<Bytes>,
}

/// The routes of the public listener.
pub fn public_router() -> Router {
    beside(chapar_api::register::BASE, chapar_api::register::description)
}

/// The routes of the private one.
pub fn router() -> Router {
    beside(chapar_api::own::BASE, chapar_api::own::description)
        .merge(beside(chapar_management::BASE, chapar_management::description))
}

/// The two routes of the door below `base`.
fn beside(base: &str, describe: fn() -> Value) -> Router {
    let description = Description {
        describe,
        document: OnceLock::new(),
        page: OnceLock::new(),
    };
    Router::new()
        .route(&format!("{base}/openapi.json"), get(document))
        .route(&format!("{base}/docs"), get(page))
        .with_state(Arc::new(description))
}

async fn document(State(description): State<Arc<Description>>) -> Response {
    let document = description
        .document
        .get_or_init(|| (description.describe)().to_string().into());
    let headers = [(CONTENT_TYPE, "application/json"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, document.clone()).into_response()
}

/// The page asks for nothing and runs nothing; its own style is allowed by its digest.
async fn page(State(description): State<Arc<Description>>) -> Response {
    let page = description
        .page
        .get_or_init(|| chapar_openapi::page(&(description.describe)(), "openapi.json").into());
    let style = Digest::of(chapar_openapi::STYLE.as_bytes()).base64();
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (headers, page.clone()).into_response()
}
