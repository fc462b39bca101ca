//! A reply of an authority of time, and a query to ours: what is read states what it is read as, and a query is always answered.

#![no_main]

use chapar_terms::{Algorithm, BadSignature, Digest, Instant, PkixAlgorithm, PublicKey, Signer, SigningFault, Suite};
use chapar_timestamp::{Anchors, Authority, Founding, Reply};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

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

/// Signs nothing in the form of a signature.
struct Scribbler(PublicKey);

impl Signer for Scribbler {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SigningFault> {
        Ok(vec![1; 64])
    }
}

static HOUSE: LazyLock<(Scribbler, Founding)> = LazyLock::new(|| {
    let key = PublicKey {
        algorithm: Algorithm::Es256,
        bytes: vec![4; 65],
    };
    let signer = Scribbler(key);
    let founding = Founding::new(&signer, &signer, NOW).unwrap();
    (signer, founding)
});

fuzz_target!(|bytes: &[u8]| {
    let (signer, founding) = &*HOUSE;
    let anchors = Anchors::read([founding.root.as_slice()]).unwrap();
    if let Ok(reply) = Reply::parse(bytes) {
        let _ = reply.verify(&Credulous, &anchors);
        assert!(reply.covers(reply.stamp().imprint).is_ok());
        assert!(reply.covers(Digest::of(bytes)).is_err());
    }
    let authority = Authority::open(&founding.certificate).unwrap();
    let answer = authority.answer(bytes, signer, 1, NOW).unwrap();
    if let Ok(reply) = Reply::parse(&answer) {
        assert_eq!(reply.stamp().at, NOW);
    }
});
