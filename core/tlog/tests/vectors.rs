//! The vectors of every format: what must be read, rendered back and believed, and what must be refused, with the reason.
//!
//! Where they come from is said in each: examples of the specifications, files that other people's programs wrote, or ours.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_suite_international::International;
use chapar_terms::Invalid;
use chapar_tlog::policy::{POLICY_BYTES, Policy};
use chapar_tlog::witness::{ADD_CHECKPOINT_BYTES, AddCheckpoint};
use chapar_tlog::{
    Level, NOTE_BYTES, Resource, SignedCheckpoint, SignedNote, TLOG_PROOF_BYTES, TileId, TlogProof, VerifierKey,
    decode_bodies, decode_entries, leaf_hash,
};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Name and content of the vectors of a format; the count guards against a folder that has moved.
fn vectors(part: &str, format: &str, expected: usize) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(part);
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name.starts_with(format) {
            found.push((name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()));
        }
    }
    assert_eq!(found.len(), expected, "{part}/{format}");
    found
}

fn text<'a>(vector: &'a Value, member: &str) -> Option<&'a str> {
    vector.get(member).map(|value| value.as_str().unwrap())
}

fn input(vector: &Value) -> Vec<u8> {
    match text(vector, "inputBase64") {
        Some(encoded) => STANDARD.decode(encoded).unwrap(),
        None => text(vector, "input").unwrap().as_bytes().to_vec(),
    }
}

/// Every valid vector is rendered back byte for byte; every invalid one is refused for the reason that it states.
fn hold(format: &str, counts: (usize, usize), read: impl Fn(&Value, &[u8]) -> Result<Vec<u8>, Invalid>) {
    for (name, vector) in vectors("valid", format, counts.0) {
        assert!(text(&vector, "source").is_some(), "{name} says not where it comes from");
        let bytes = input(&vector);
        let rendered = read(&vector, &bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(
            String::from_utf8_lossy(&rendered),
            String::from_utf8_lossy(&bytes),
            "{name}"
        );
    }
    for (name, vector) in vectors("invalid", format, counts.1) {
        let refused = read(&vector, &input(&vector)).expect_err(&name).to_string();
        assert!(refused.contains(text(&vector, "error").unwrap()), "{name}: {refused}");
    }
}

fn utf8(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn notes() {
    hold("note-", (4, 16), |vector, bytes| {
        let note = SignedNote::parse(bytes)?;
        if let Some(key) = text(vector, "key") {
            assert_eq!(
                note.verify(&International, &[VerifierKey::parse(key)?]).unwrap().len(),
                1
            );
        }
        Ok(note.render().into_bytes())
    });
}

#[test]
fn verifier_keys() {
    hold("vkey-", (3, 12), |_, bytes| {
        VerifierKey::parse(utf8(bytes)).map(|key| key.render().into_bytes())
    });
}

#[test]
fn checkpoints() {
    hold("checkpoint-", (5, 12), |vector, bytes| {
        let signed = SignedCheckpoint::parse(bytes)?;
        if let Some(key) = text(vector, "key") {
            assert!(signed.verify(&International, &[VerifierKey::parse(key)?]).is_ok());
        }
        Ok(signed.render().into_bytes())
    });
}

/// Those that others wrote are also believed under their policy, for their leaf and for no other.
#[test]
fn proofs() {
    hold("proof-", (5, 13), |vector, bytes| {
        let proof = TlogProof::parse(bytes)?;
        if let (Some(policy), Some(leaf)) = (text(vector, "policy"), text(vector, "leaf")) {
            let policy = Policy::parse(policy.as_bytes())?;
            let verify = |leaf: &str| proof.verify(&International, &policy, &leaf_hash(leaf.as_bytes()));
            assert!(verify(leaf).is_ok());
            assert!(verify(&format!("{leaf} ")).is_err());
        }
        Ok(proof.render().into_bytes())
    });
}

#[test]
fn requests_to_a_witness() {
    hold("request-", (3, 10), |_, bytes| {
        AddCheckpoint::parse(bytes).map(|request| request.render().into_bytes())
    });
}

/// A policy is not rendered: its comments are not kept.
#[test]
fn policies() {
    hold("policy-", (4, 22), |_, bytes| {
        Policy::parse(bytes).map(|_| bytes.to_vec())
    });
}

#[test]
fn paths() {
    hold("path-", (7, 27), |_, bytes| {
        Resource::parse(utf8(bytes)).map(|resource| resource.path().into_bytes())
    });
}

#[test]
fn bundles() {
    hold("bundle-", (2, 7), |vector, bytes| {
        let id = TileId::parse(text(vector, "path").unwrap())?;
        match id.level() {
            Level::Bodies => chapar_tlog::encode_bodies(&decode_bodies(id, bytes)?),
            Level::Entries | Level::Hashes(_) => chapar_tlog::encode_entries(&decode_entries(id, bytes)?),
        }
    });
}

/// What is too long is refused for its length, before anything of it is read.
#[test]
fn bounds() {
    let refused = |most: usize, read: &dyn Fn(&[u8]) -> Result<(), Invalid>| {
        let why = read(&vec![0xff; most + 1]).unwrap_err().to_string();
        assert!(why.contains("long"), "{why}");
        let why = read(&vec![0xff; most]).unwrap_err().to_string();
        assert!(!why.contains("long"), "{why}");
    };
    refused(NOTE_BYTES, &|bytes| SignedNote::parse(bytes).map(drop));
    refused(TLOG_PROOF_BYTES, &|bytes| TlogProof::parse(bytes).map(drop));
    refused(ADD_CHECKPOINT_BYTES, &|bytes| AddCheckpoint::parse(bytes).map(drop));
    refused(POLICY_BYTES, &|bytes| Policy::parse(bytes).map(drop));
}
