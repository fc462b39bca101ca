//! The `Range` field of a fetch. The first eight bytes are the document's size.

#![no_main]

#[allow(dead_code, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/dataplane/src/range.rs"]
mod range;

use libfuzzer_sys::fuzz_target;
use range::{Selection, select};

fuzz_target!(|bytes: &[u8]| {
    let Some((size, field)) = bytes.split_first_chunk::<8>() else {
        return;
    };
    let Ok(field) = std::str::from_utf8(field) else { return };
    let size = u64::from_le_bytes(*size);
    if let Selection::Part { first, last } = select(field, size) {
        assert!(first <= last && last < size, "{first}-{last} of {size}");
    }
});
