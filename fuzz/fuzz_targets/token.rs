//! A bearer token: first nothing of it is believed, then everything but its signature is judged.

#![no_main]

use chapar_terms::{Algorithm, BadSignature, Instant, ParticipantId, PkixAlgorithm, PublicKey, Suite};
use chapar_trust::development::DevelopmentIdentity;
use chapar_trust::did::{DidDocument, PublishedKey, Standing, render};
use chapar_trust::token::{JTI_BYTES, parse_unverified, verify};
use libfuzzer_sys::fuzz_target;

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

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let us = ParticipantId::parse("did:web:us.example").unwrap();
    let _ = DevelopmentIdentity { peer: us.clone() }.verify(Some(text));
    let Ok(token) = parse_unverified(Some(text)) else {
        return;
    };
    let fragment = token
        .key_id
        .as_deref()
        .and_then(|id| id.split_once('#'))
        .map_or("key-1", |(_, fragment)| fragment);
    let key = PublicKey {
        algorithm: Algorithm::Ed25519,
        bytes: vec![7; 32],
    };
    let published = [PublishedKey {
        fragment,
        key: &key,
        standing: Standing::Current,
    }];
    let document = render(&token.issuer, &published, &[]).to_string();
    let Ok(document) = DidDocument::parse(document.as_bytes()) else {
        return;
    };
    if let Ok(claims) = verify(&token, &document, &us, NOW, &Credulous) {
        assert!((1..=JTI_BYTES).contains(&claims.value().jti.len()));
        assert!(claims.value().forget_at() > NOW);
    }
});
