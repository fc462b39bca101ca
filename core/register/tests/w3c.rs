//! The proof against the test vectors of the W3C recommendations: Data Integrity EdDSA Cryptosuites 1.0 (appendix B, `eddsa-jcs-2022`)
//! and Data Integrity ECDSA Cryptosuites 1.0 (`ecdsa-jcs-2019`, P-256). Source and licence beside the vectors.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_register::hash_data;
use chapar_suite_international::International;
use chapar_terms::{Algorithm, PublicKey, Suite, base58};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Document, proof configuration, hash data as the recommendation prints it, and signature.
fn vector(name: &str) -> (Value, Value, String, Vec<u8>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/w3c");
    let mut document: Value = serde_json::from_slice(&fs::read(folder.join(format!("{name}.json"))).unwrap()).unwrap();
    let combined = fs::read_to_string(folder.join(format!("{name}.combined-hash.txt"))).unwrap();
    let mut proof = document.as_object_mut().unwrap().remove("proof").unwrap();
    let value = proof.as_object_mut().unwrap().remove("proofValue").unwrap();
    let signature = base58::decode(value.as_str().unwrap().strip_prefix('z').unwrap()).unwrap();
    (document, proof, combined.trim().to_owned(), signature)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key that stands in the proof's `did:key`, behind its two bytes of multicodec.
fn multikey(proof: &Value) -> Vec<u8> {
    let (_, fragment) = proof["verificationMethod"].as_str().unwrap().split_once('#').unwrap();
    base58::decode(fragment.strip_prefix('z').unwrap()).unwrap()[2..].to_vec()
}

#[test]
fn eddsa_jcs_2022() {
    let (document, proof, combined, signature) = vector("eddsa-jcs-2022");
    let data = hash_data(&document, &proof);
    assert_eq!(hex(&data), combined);
    let key = PublicKey {
        algorithm: Algorithm::Ed25519,
        bytes: multikey(&proof),
    };
    assert_eq!(International.verify(&key, &data, &signature), Ok(()));
    assert!(International.verify(&key, &data[1..], &signature).is_err());
}

/// The vector's `did:key` holds the compressed point, which no member of ours does; its uncompressed form was taken from the
/// recommendation's key by a foreign tool, as the source beside the vectors says.
#[test]
fn ecdsa_jcs_2019() {
    let (document, proof, combined, signature) = vector("ecdsa-jcs-2019-p256");
    let data = hash_data(&document, &proof);
    assert_eq!(hex(&data), combined);
    let point = include_str!("../vectors/w3c/ecdsa-jcs-2019-p256.public-key.txt").trim();
    let bytes: Vec<u8> = (0..point.len() / 2)
        .map(|at| u8::from_str_radix(&point[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    assert_eq!(bytes[1..33], multikey(&proof)[1..]);
    let key = PublicKey {
        algorithm: Algorithm::Es256,
        bytes,
    };
    assert_eq!(International.verify(&key, &data, &signature), Ok(()));
    assert!(International.verify(&key, &data[1..], &signature).is_err());
}
