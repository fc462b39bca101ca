//! What pages bring with them: one style sheet, one script and the mark, each under the hash of its bytes, for ever.

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use chapar_terms::{Digest, sabotaged};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Where they are; no participant is called so.
pub const BASE: &str = "/portal";

/// The style sheet, one file an idea.
pub const SHEET: &str = concat!(
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/layout.css"),
    include_str!("../assets/css/controls.css"),
    include_str!("../assets/css/lists.css"),
    include_str!("../assets/css/facts.css"),
    include_str!("../assets/css/charts.css"),
    include_str!("../assets/css/media.css"),
);
const SCRIPT: &str = include_str!("../assets/portal.js");
const MARK: &str = include_str!("../assets/mark.svg");

/// The names under which they are served.
pub struct Names {
    /// The style sheet.
    pub sheet: String,
    /// The script.
    pub script: String,
    /// The mark.
    pub mark: String,
}

/// The names, by the bytes.
pub static NAMES: LazyLock<Names> = LazyLock::new(|| Names {
    sheet: named("portal", SHEET, "css"),
    script: named("portal", SCRIPT, "js"),
    mark: named("mark", MARK, "svg"),
});

fn named(name: &str, text: &str, ending: &str) -> String {
    let hash = Digest::of(text.as_bytes()).hex();
    format!("{name}-{}.{ending}", hash.get(..16).unwrap_or(&hash))
}

/// The address of one of them.
pub fn address(name: &str) -> String {
    format!("{BASE}/{name}")
}

/// `GET /portal/{name}`
pub async fn serve(Path(name): Path<String>) -> Response<Body> {
    let names = &NAMES;
    let (text, media_type) = match name {
        name if name == names.sheet => (SHEET, "text/css; charset=utf-8"),
        name if name == names.script => (SCRIPT, "text/javascript; charset=utf-8"),
        name if name == names.mark => (MARK, "image/svg+xml"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let text = match sabotaged("portal-physical-direction") {
        true => Cow::Owned(text.replace("-inline-start:", "-left:")),
        false => Cow::Borrowed(text),
    };
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}
