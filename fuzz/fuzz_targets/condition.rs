//! The conditions of a fetch (`If-Match`, `If-None-Match`, `If-Range`), one line each.

#![no_main]

#[allow(dead_code, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/dataplane/src/condition.rs"]
mod condition;

use chapar_terms::Digest;
use condition::{entity_tag, judge, range_holds};
use http::header::{HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH, IF_RANGE};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut headers = HeaderMap::new();
    for (name, line) in [IF_MATCH, IF_NONE_MATCH, IF_RANGE]
        .into_iter()
        .zip(bytes.split(|byte| *byte == b'\n'))
    {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    let tag = entity_tag(Digest::of(b"content"));
    let _ = judge(&headers, &tag);
    let _ = range_holds(&headers, &tag);
});
