//! An evidence leaf and a kept message: exactly the bytes that we write are read, no others.

#![no_main]

use chapar_evidence::{EntryHeader, RawMessage, Salt, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = EntryHeader::parse_leaf(bytes) {
        assert_eq!(header.leaf(), bytes);
        let _ = verify(bytes, &Salt::from_bytes([0; 32]), b"");
    }
    if let Ok(message) = RawMessage::parse(bytes) {
        assert_eq!(message.encode(), bytes);
    }
});
