//! The bounded reader under every message: what it takes has one canonical form, which it takes again.

#![no_main]

use chapar_dsp::json::read;
use chapar_terms::canonical_json;
use chapar_terms::limits::MESSAGE_BYTES;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = read(bytes, MESSAGE_BYTES) else { return };
    let canonical = canonical_json(&value);
    // Escapes and numbers can be longer in the canonical form than they were.
    let again = read(&canonical, MESSAGE_BYTES * 8).expect("the canonical form is taken");
    assert_eq!(canonical_json(&again), canonical);
});
