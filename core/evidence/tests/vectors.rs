//! The vectors of the frozen format, and the page that shows one of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_evidence::{CaseMark, Deed, Entry, EntryKind, RawMessage, Salt, body_hash, verify};
use chapar_terms::{CaseId, Digest, EntryId, Instant, ParticipantId};
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

fn salt(vector: &Value) -> Salt {
    Salt::from_bytes(*Digest::from_hex(text(vector, "salt")).unwrap().as_bytes())
}

fn body(vector: &Value) -> Vec<u8> {
    STANDARD.decode(text(vector, "body")).unwrap()
}

#[test]
fn valid_entries() {
    for (name, vector) in vectors("valid", "entry-", 8) {
        let deed = Deed {
            participant: ParticipantId::parse(text(&vector, "participant")).unwrap(),
            case: vector.get("case").map(|_| CaseMark {
                id: CaseId::parse(text(&vector, "case")).unwrap(),
                digest: Digest::from_hex(text(&vector, "caseDigest")).unwrap(),
            }),
            kind: EntryKind::parse(text(&vector, "kind")).unwrap(),
            at: Instant::parse_rfc3339(text(&vector, "at")).unwrap(),
        };
        let entry = Entry::seal(
            EntryId::parse(text(&vector, "id")).unwrap(),
            salt(&vector),
            deed,
            body(&vector),
        );
        assert_eq!(
            String::from_utf8(entry.leaf()).unwrap(),
            text(&vector, "leaf"),
            "{name}"
        );
        assert_eq!(
            body_hash(&salt(&vector), &body(&vector)).hex(),
            text(&vector, "bodyHash"),
            "{name}"
        );
        assert_eq!(entry.leaf_hash().hex(), text(&vector, "leafHash"), "{name}");
        assert_eq!(
            verify(text(&vector, "leaf").as_bytes(), &salt(&vector), &body(&vector)).as_ref(),
            Ok(entry.header())
        );
    }
}

#[test]
fn invalid_entries() {
    for (name, vector) in vectors("invalid", "entry-", 24) {
        let leaf = match vector.get("leafBase64") {
            Some(_) => STANDARD.decode(text(&vector, "leafBase64")).unwrap(),
            None => text(&vector, "leaf").as_bytes().to_vec(),
        };
        let refused = verify(&leaf, &salt(&vector), &body(&vector))
            .expect_err(&name)
            .to_string();
        assert!(refused.contains(text(&vector, "error")), "{name}: {refused}");
    }
}

#[test]
fn valid_raw_messages() {
    for (name, vector) in vectors("valid", "raw-", 5) {
        let raw = RawMessage::parse(text(&vector, "raw").as_bytes()).expect(&name);
        assert_eq!(String::from_utf8(raw.encode()).unwrap(), text(&vector, "raw"), "{name}");
        assert_eq!(raw.digest().hex(), text(&vector, "digest"), "{name}");
    }
}

#[test]
fn invalid_raw_messages() {
    for (name, vector) in vectors("invalid", "raw-", 11) {
        let refused = RawMessage::parse(text(&vector, "raw").as_bytes())
            .expect_err(&name)
            .to_string();
        assert!(refused.contains(text(&vector, "error")), "{name}: {refused}");
    }
}

#[test]
fn the_page_shows_the_worked_example_as_it_is() {
    let page = fs::read_to_string(folder().join("../../../docs/formats/evidence-entry.md")).unwrap();
    let example = fs::read(folder().join("valid/entry-worked-example.json")).unwrap();
    let example: Value = serde_json::from_slice(&example).unwrap();
    let sentence = String::from_utf8(body(&example)).unwrap();
    for shown in [
        text(&example, "leaf"),
        text(&example, "leafHash"),
        text(&example, "bodyHash"),
        text(&example, "salt"),
        &sentence,
    ] {
        assert!(page.contains(shown), "the page lacks `{shown}`");
    }
}

#[test]
fn the_page_names_every_kind_and_no_other() {
    let page = fs::read_to_string(folder().join("../../../docs/formats/evidence-entry.md")).unwrap();
    let (_, kinds) = page.split_once("## Kinds").unwrap();
    let (kinds, _) = kinds.split_once("\n## ").unwrap();
    let mut named: Vec<&str> = kinds.split('`').skip(1).step_by(2).collect();
    let mut known: Vec<&str> = EntryKind::ALL.iter().map(|kind| kind.as_str()).collect();
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known);
}
