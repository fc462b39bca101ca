//! A peer's version document.

#![no_main]

use chapar_dsp::version::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse(bytes);
});
