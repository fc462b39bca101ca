//! A compressed body: whatever it claims, no more than the bound comes out.

#![no_main]

#[allow(dead_code, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/client/src/gzip.rs"]
mod gzip;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(decoded) = gzip::decode_gzip(bytes, 4096) {
        assert!(decoded.len() <= 4096);
    }
});
