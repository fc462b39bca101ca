//! The front door: the bare address leads to the home page in the reader's language.

use crate::visit::{Visit, wanted};
use crate::{Portal, address};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION, VARY};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;
use std::sync::Arc;

/// `GET /`
pub async fn front(State(portal): State<Arc<Portal>>, headers: HeaderMap) -> Response<Body> {
    to_page(&address::home(wanted(&portal, &headers)))
}

/// Leads an address without a language to the page in the reader's.
pub fn to_page(place: &str) -> Response<Body> {
    let fields = [
        (LOCATION, place),
        (VARY, "accept-language"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (StatusCode::SEE_OTHER, fields).into_response()
}

/// `GET /{language}`: the home page has a slash behind it.
pub async fn with_slash(visit: Visit) -> Response<Body> {
    let place = address::home(visit.language());
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, place)]).into_response()
}
