//! What logs, witnesses and cosigners write as text: the first byte says which form. What is taken is rendered back byte for byte.

#![no_main]

use chapar_tlog::witness::AddCheckpoint;
use chapar_tlog::{PROOF_HASHES, Resource, SignedCheckpoint, SignedNote, TlogProof, VerifierKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((form, bytes)) = bytes.split_first() else {
        return;
    };
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let rendered = match form % 6 {
        0 => SignedNote::parse(bytes).map(|note| note.render()),
        1 => SignedCheckpoint::parse(bytes).map(|signed| signed.render()),
        2 => TlogProof::parse(bytes).map(|proof| {
            assert!(proof.proof.len() <= PROOF_HASHES);
            proof.render()
        }),
        3 => AddCheckpoint::parse(bytes).map(|request| {
            assert!(request.proof.len() <= PROOF_HASHES);
            request.render()
        }),
        4 => VerifierKey::parse(text).map(|key| key.render()),
        _ => Resource::parse(text).map(|resource| resource.path()),
    };
    if let Ok(rendered) = rendered {
        assert_eq!(rendered.as_bytes(), bytes);
    }
});
