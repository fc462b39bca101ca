//! Pages as answers: their tag, and what a browser may do with them.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use chapar_terms::{Digest, entity_tag, lists_tag, same_weakly};

/// Everything comes from here, nothing stands within the page, and nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A page, or that the reader has it already.
pub fn page(status: StatusCode, html: String, headers: &HeaderMap) -> Response<Body> {
    let tag = entity_tag(Digest::of(html.as_bytes()));
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let is_known = status == StatusCode::OK && lists_tag(known, |one| same_weakly(one, &tag));
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => (status, html).into_response(),
    };
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    fields.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    fields.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let keep = if status == StatusCode::OK {
        "public, no-cache"
    } else {
        "no-store"
    };
    fields.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    if status == StatusCode::OK
        && let Ok(tag) = HeaderValue::from_str(&tag)
    {
        fields.insert(ETAG, tag);
    }
    response
}
