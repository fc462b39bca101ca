//! The headers of an HTTP message signature (RFC 9421, RFC 9530). The input is written as on the wire: lines of fields, an empty
//! line, the body.

#![no_main]

use chapar_terms::{Algorithm, BadSignature, Instant, ParticipantId, PkixAlgorithm, PublicKey, Suite};
use chapar_trust::did::{DidDocument, PublishedKey, Standing, render};
use chapar_trust::signature::{
    MessageParts, check_content_digest, verify_request, verify_response, wants_signed_response,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// Within the life of the signatures among the seeds.
const NOW: Instant = Instant::from_unix_s(1_800_000_000);

/// Takes every signature, so that what lies behind that gate is reached too.
struct Credulous;

impl Suite for Credulous {
    fn serves(&self, _: Algorithm) -> bool {
        true
    }
    fn verify(&self, _: &PublicKey, _: &[u8], _: &[u8]) -> Result<(), BadSignature> {
        Ok(())
    }
    fn serves_pkix(&self, _: PkixAlgorithm) -> bool {
        true
    }
    fn verify_pkix(&self, _: PkixAlgorithm, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), BadSignature> {
        Ok(())
    }
}

static PEER: LazyLock<(ParticipantId, DidDocument)> = LazyLock::new(|| {
    let peer = ParticipantId::parse("did:web:peer.example").unwrap();
    let key = PublicKey {
        algorithm: Algorithm::Ed25519,
        bytes: vec![7; 32],
    };
    let published = [PublishedKey {
        fragment: "key-1",
        key: &key,
        standing: Standing::Current,
    }];
    let document = DidDocument::parse(render(&peer, &published, &[]).to_string().as_bytes()).unwrap();
    (peer, document)
});

fuzz_target!(|bytes: &[u8]| {
    let (head, body) = match bytes.windows(2).position(|two| two == b"\n\n") {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, &[][..]),
    };
    let Ok(head) = std::str::from_utf8(head) else { return };
    let fields: Vec<(&str, &str)> = head.lines().filter_map(|line| line.split_once(':')).collect();
    let (peer, document) = &*PEER;
    let request = MessageParts::request(
        "POST",
        "https://us.example/a/dsp/2025-1/negotiations/request?x=1&y=%20",
        &fields,
    );
    let _ = wants_signed_response(&request);
    let _ = check_content_digest(&request, body);
    let _ = verify_request(&request, body, peer, document, NOW, &Credulous);
    let response = MessageParts::response(200, &fields);
    let _ = verify_response(&response, body, &request, peer, document, NOW, &Credulous);
});
