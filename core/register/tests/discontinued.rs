//! The end of a log: believed with both hands, and with no other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

#[allow(dead_code, reason = "no header is forged here")]
mod log;

use chapar_register::{Draft, Ending, Intake, Kinds, Link, LogId, LogState, Record, folds::catalog};
use chapar_register::{read_successor_document, successor_document};
use chapar_suite_international::International;
use chapar_terms::{Algorithm, Signer};
use chapar_tlog::{KeyName, NoteSigner, SignatureType, SignedNote, VerifierKey};
use log::{Key, Log, at, dataset, draft, pinned};
use serde_json::{Value, json};

const NEXT: &str = "node.example/plant/log/2";

/// A log of one record that ends, what a mirror holds of it, and the keys.
struct Story {
    log: Log,
    log_key: Key,
    key: Key,
    held: LogState,
}

fn story() -> Story {
    let (log_key, key) = (Key::log(), Key::record("k1", Algorithm::Ed25519));
    let mut log = Log::begin(&[log_key.listed(), key.listed()], &log_key, &key);
    log.add(draft("dataset", "a", dataset("one")), &key);
    let held = held(&log, &log_key);
    Story {
        log,
        log_key,
        key,
        held,
    }
}

fn held(log: &Log, log_key: &Key) -> LogState {
    let begun = Intake::begin(
        Kinds::built_in(),
        &International,
        pinned(log_key),
        log.checkpoint(log_key),
    );
    let mut intake = begun.unwrap();
    for (leaf, body) in &log.entries {
        assert!(intake.push(leaf, body.as_deref()).verdict.is_ok());
    }
    intake.finish().unwrap()
}

/// The key of the log that follows.
fn next_key() -> VerifierKey {
    let key = Key::log();
    VerifierKey::new(
        KeyName::parse(NEXT).unwrap(),
        SignatureType::ED25519,
        key.signer.public_key(),
    )
    .unwrap()
}

fn ending(story: &Story) -> Ending {
    Ending {
        ended: story.log_key.vkey(),
        last: Some(story.log.checkpoint(&story.log_key)),
        successor: next_key(),
        address: format!("https://{NEXT}"),
    }
}

fn note(text: String, by: &Key) -> SignedNote {
    let name = KeyName::parse(log::ORIGIN).unwrap();
    let signer = NoteSigner::new(name, SignatureType::ED25519, &by.signer).unwrap();
    let mut note = SignedNote::new(text).unwrap();
    let signature = signer.sign(note.text(), at(0)).unwrap();
    note.add(signature);
    note
}

/// The record with this body in the log that follows on `ending`, by a key.
fn record(ending: &Ending, body: Value, by: &Key) -> (Record, Vec<u8>) {
    let mut next = Log {
        id: LogId::of_vkey(&ending.successor.render()),
        entries: Vec::new(),
    };
    let record = next.add(draft("log-discontinued", "log-discontinued", body), by);
    (record, next.entries.remove(0).1.unwrap())
}

fn said(ending: &Ending, log_key: &Key, key: &Key) -> (Record, Vec<u8>) {
    let body = ending.body(&note(ending.note_text(), log_key), json!({ "en": "Lost (sample)" }));
    record(ending, body, key)
}

fn believed(story: &Story, (record, body): &(Record, Vec<u8>)) -> Result<Ending, String> {
    let checked = Ending::check(&International, &story.held, record.leaf(), body);
    checked.map_err(|why| why.to_string())
}

#[test]
fn an_end_is_believed_with_both_hands_and_travels_whole() {
    let story = story();
    let ending = ending(&story);
    let (record, body) = said(&ending, &story.log_key, &story.key);
    let document = successor_document(record.leaf(), &body).unwrap();
    let (leaf, body) = read_successor_document(&document).unwrap();
    assert_eq!(
        Ending::check(&International, &story.held, &leaf, &body).unwrap(),
        ending
    );
    // Whoever has nothing of the log yet has only the key that was pinned.
    let fresh = pinned(&story.log_key);
    assert_eq!(Ending::check(&International, &fresh, &leaf, &body).unwrap(), ending);
    let lost = Ending { last: None, ..ending };
    assert_eq!(
        believed(&story, &said(&lost, &story.log_key, &story.key)).unwrap(),
        lost
    );
}

#[test]
fn a_stranger_closes_nothing_whichever_hand_is_his() {
    let story = story();
    let ending = ending(&story);
    let (other_log, other) = (Key::log(), Key::record("k1", Algorithm::Ed25519));
    let refused = |said: (Record, Vec<u8>), why: &str| {
        let told = believed(&story, &said).unwrap_err();
        assert!(told.contains(why), "{told}");
    };
    refused(said(&ending, &other_log, &story.key), "its note");
    refused(said(&ending, &story.log_key, &other), "did not sign it");
    let unlisted = Key::record("k2", Algorithm::Ed25519);
    refused(
        said(&ending, &story.log_key, &unlisted),
        "no key-set before it lists the key",
    );
    // A note that names another successor than the record around it.
    let elsewhere = Ending {
        address: "https://evil.example/log".to_owned(),
        ..ending.clone()
    };
    let body = elsewhere.body(&note(ending.note_text(), &story.log_key), json!({ "en": "Lost" }));
    refused(record(&elsewhere, body, &story.key), "its note says something else");
    // A checkpoint of the log is no such note.
    let checkpoint = SignedNote::parse(story.log.checkpoint(&story.log_key).render().as_bytes()).unwrap();
    let body = ending.body(&checkpoint, json!({ "en": "Lost" }));
    refused(record(&ending, body, &story.key), "its note says something else");
}

#[test]
fn an_end_of_another_log_or_with_another_body_ends_nothing() {
    let story = story();
    let ending = ending(&story);
    let (record, body) = said(&ending, &story.log_key, &story.key);
    let changed = String::from_utf8(body.clone()).unwrap().replace("Lost", "Gone");
    let refused = Ending::check(&International, &story.held, record.leaf(), changed.as_bytes());
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("no such record with its body")
    );
    // As if the record stood in the log that ends.
    let here = Ending {
        successor: story.log_key.vkey(),
        ..ending.clone()
    };
    let told = believed(&story, &said(&here, &story.log_key, &story.key)).unwrap_err();
    assert!(told.contains("the log itself"), "{told}");
    let mut next = Log {
        id: LogId::of_vkey("elsewhere+00000000+AQ=="),
        entries: Vec::new(),
    };
    let body = ending.body(&note(ending.note_text(), &story.log_key), json!({ "en": "Lost" }));
    let record = next.add(draft("log-discontinued", "log-discontinued", body), &story.key);
    let told = believed(&story, &(record, next.entries.remove(0).1.unwrap())).unwrap_err();
    assert!(told.contains("not of the successor"), "{told}");
    let dataset = next.add(draft("dataset", "b", dataset("two")), &story.key);
    let told = believed(&story, &(dataset, next.entries.remove(0).1.unwrap())).unwrap_err();
    assert!(told.contains("no such record"), "{told}");
}

#[test]
fn only_the_issuer_s_own_records_of_another_log_are_replaced() {
    let mut story = story();
    let (mine, same) = (
        id_of(&log::participant().to_string(), "fedcba9876543210"),
        story.log.id.clone(),
    );
    let foreign = id_of("did:web:kz.example:plant", "fedcba9876543210");
    let within = id_of(&log::participant().to_string(), same.as_str());
    let links = [&mine, &foreign, &within].map(|target| Link {
        rel: "replaces".to_owned(),
        target: target.clone(),
    });
    let other = Link {
        rel: "relation".to_owned(),
        target: id_of(&log::participant().to_string(), "0011223344556677"),
    };
    let anew = Draft {
        links: links.into_iter().chain([other]).collect(),
        ..draft("dataset", "b", dataset("two"))
    };
    story.log.add(anew, &story.key);
    let begun = Intake::begin(
        Kinds::built_in(),
        &International,
        pinned(&story.log_key),
        story.log.checkpoint(&story.log_key),
    );
    let mut intake = begun.unwrap();
    let mut replaced = Vec::new();
    for (leaf, body) in &story.log.entries {
        let taken = intake.push(leaf, body.as_deref());
        let changes = catalog::apply(Kinds::built_in(), log::ORIGIN, &taken);
        replaced.extend(changes.into_iter().filter_map(|change| match change {
            catalog::RowChange::Replace {
                record_id,
                by,
                position,
            } => Some((record_id.to_string(), by.local().to_owned(), position)),
            _ => None,
        }));
    }
    assert_eq!(replaced, [(mine, "b".to_owned(), 3)]);
}

fn id_of(participant: &str, log: &str) -> String {
    format!("{participant}/records/{log}/a")
}
