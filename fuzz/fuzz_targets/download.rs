//! The fields of a provider's answer to a download: length, range and digest, a line each.

#![no_main]

#[allow(dead_code, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/node/src/download/headers.rs"]
mod headers;

use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let names = [CONTENT_LENGTH, CONTENT_RANGE, HeaderName::from_static("repr-digest")];
    let lines = bytes.split(|byte| *byte == b'\n');
    let fields = names.into_iter().zip(lines);
    let fields: HeaderMap = fields
        .filter_map(|(name, line)| Some((name, HeaderValue::from_bytes(line).ok()?)))
        .collect();
    let _ = headers::content_length(&fields);
    let begins = (0..4).filter(|from| headers::starts_at(&fields, *from)).count();
    assert!(begins <= 1, "bytes begin at one place");
    if let Some(digest) = headers::told_digest(&fields, StatusCode::OK) {
        let own = HeaderValue::from_str(&format!("sha-256=:{}:", digest.base64())).unwrap();
        let own = HeaderMap::from_iter([(HeaderName::from_static("repr-digest"), own)]);
        assert_eq!(headers::told_digest(&own, StatusCode::OK), Some(digest));
    }
});
