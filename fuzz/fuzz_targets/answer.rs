//! The bodies of a peer's answers: acknowledgements, and errors of whatever shape, which are never refused and always bounded.

#![no_main]

use chapar_dsp::{parse_error, parse_negotiation_ack, parse_transfer_ack};
use chapar_terms::limits::{REASON_BYTES, REASONS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_negotiation_ack(bytes);
    let _ = parse_transfer_ack(bytes);
    let error = parse_error(bytes);
    assert!(error.reason.len() <= REASONS);
    assert!(
        error
            .reason
            .iter()
            .chain(&error.code)
            .all(|text| text.len() <= REASON_BYTES)
    );
});
