//! Refusals for readers: what a listener refuses without words (no such address, too many requests, a fault) is a page in the reader's
//! language, where a browser asks. Programs get what they always got.

use crate::Portal;
use crate::mishap::Mishap;
use crate::visit::Visit;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, Response};
use axum::middleware::Next;
use std::sync::Arc;

/// The middleware, around everything that the public listener answers.
pub async fn dress(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response<Body> {
    if !is_for_reader(&request) {
        return next.run(request).await;
    }
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_bare = kind.is_none_or(|kind| kind.starts_with("text/plain"));
    let Some(mishap) = Mishap::of(response.status()).filter(|_| is_bare) else {
        return response;
    };
    let mut page = Visit::read(&portal, &uri, &headers).show(Err(mishap));
    *page.status_mut() = response.status();
    if let Some(after) = response.headers().get(RETRY_AFTER) {
        page.headers_mut().insert(RETRY_AFTER, after.clone());
    }
    page
}

/// Whether somebody reads the answer: browsers ask for HTML by name.
fn is_for_reader(request: &Request) -> bool {
    let accepts = request.headers().get_all(ACCEPT).iter();
    let mut accepts = accepts.filter_map(|value| value.to_str().ok());
    [Method::GET, Method::HEAD].contains(request.method()) && accepts.any(|accept| accept.contains("text/html"))
}
