//! The vectors of the frozen format, and the page that shows one of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_register::{Body, Fault, Record, body_hash};
use chapar_suite_international::International;
use chapar_terms::{Digest, PublicKey, Salt};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Name and content of the vectors of a kind; the count guards against a folder that has moved.
fn vectors(part: &str, prefix: &str, expected: usize) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder().join(part)).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with(prefix) {
            found.push((name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()));
        }
    }
    assert_eq!(found.len(), expected, "{part}/{prefix}");
    found
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

fn key(vector: &Value) -> PublicKey {
    PublicKey::from_jwk(vector["publicKeyJwk"].as_object().unwrap()).unwrap()
}

fn salt(vector: &Value) -> Option<Salt> {
    let salt = vector.get("salt")?.as_str().unwrap();
    Some(Salt::from_bytes(*Digest::from_hex(salt).unwrap().as_bytes()))
}

#[test]
fn valid_records() {
    for (name, vector) in vectors("valid", "record-", 7) {
        let record = Record::parse(text(&vector, "leaf").as_bytes()).expect(&name);
        assert_eq!(record.leaf_hash().hex(), text(&vector, "leafHash"), "{name}");
        assert_eq!(record.verify(&International, &key(&vector)), Ok(()), "{name}");
        let again = Record::of(record.header(), record.proof()).unwrap();
        assert_eq!(again, record, "{name}");
        let body = Body::parse(text(&vector, "body").as_bytes()).unwrap();
        let hash = body_hash(salt(&vector).as_ref(), body.bytes());
        assert_eq!(
            (hash, body.length()),
            (record.header().body_hash, record.header().body_bytes),
            "{name}"
        );
    }
}

#[test]
fn invalid_records() {
    for (name, vector) in vectors("invalid", "record-", 44) {
        let read = Record::parse(text(&vector, "leaf").as_bytes());
        let refused = match read.map(|record| record.verify(&International, &key(&vector))) {
            Err(invalid) => invalid.to_string(),
            Ok(Err(_)) => "the signature does not verify".to_owned(),
            Ok(Ok(())) => panic!("{name} passes"),
        };
        assert!(refused.contains(text(&vector, "error")), "{name}: {refused}");
    }
}

#[test]
fn valid_bodies() {
    for (name, vector) in vectors("valid", "body-", 6) {
        let body = Body::of(&vector["value"]).expect(&name);
        assert_eq!(str::from_utf8(body.bytes()).unwrap(), text(&vector, "body"), "{name}");
        assert_eq!(Body::parse(body.bytes()).as_ref(), Ok(&body), "{name}");
        let hash = body_hash(salt(&vector).as_ref(), body.bytes());
        assert_eq!(hash.hex(), text(&vector, "bodyHash"), "{name}");
    }
}

#[test]
fn invalid_bodies() {
    for (name, vector) in vectors("invalid", "body-", 11) {
        let refused = Body::parse(text(&vector, "body").as_bytes())
            .expect_err(&name)
            .to_string();
        assert!(refused.contains(text(&vector, "error")), "{name}: {refused}");
    }
}

fn page() -> String {
    fs::read_to_string(folder().join("../../../docs/formats/record.md")).unwrap()
}

#[test]
fn the_page_shows_the_worked_example_as_it_is() {
    let page = page();
    let example = fs::read(folder().join("valid/record-worked-example.json")).unwrap();
    let example: Value = serde_json::from_slice(&example).unwrap();
    let record = Record::parse(text(&example, "leaf").as_bytes()).unwrap();
    for shown in [
        text(&example, "leaf"),
        text(&example, "body"),
        text(&example, "leafHash"),
        &record.header().body_hash.hex(),
        example["publicKeyJwk"]["x"].as_str().unwrap(),
    ] {
        assert!(page.contains(shown), "the page lacks `{shown}`");
    }
}

#[test]
fn the_page_names_every_fault_and_no_other() {
    let page = page();
    let (_, faults) = page.split_once("## Verdicts").unwrap();
    let (faults, _) = faults.split_once("\n## ").unwrap();
    let rows = faults
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut named: Vec<&str> = rows.collect();
    let mut known: Vec<&str> = Fault::ALL.iter().map(|fault| fault.as_str()).collect();
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known);
}
