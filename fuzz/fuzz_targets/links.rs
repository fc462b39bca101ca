//! The `Link` fields of a peer's catalogue page, one a line.

#![no_main]

#[allow(dead_code, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/runtime/src/links.rs"]
mod links;

use http::header::{HeaderMap, HeaderValue, LINK};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n').take(16) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(LINK, value);
        }
    }
    let _ = links::links(&headers, "https://peer.example/a/dsp/2025-1/catalog/request");
});
