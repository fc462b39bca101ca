//! Logs whose tree is right and whose entries are not: each broken record is listed with its place and a stable word.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod scene;

use chapar_register::{Draft, KindName, ListedKey, LogId, RevocationReason};
use chapar_terms::{Algorithm, Digest, ParticipantId};
use chapar_tlog::leaf_hash;
use chapar_verify::{Demands, Verdict};
use scene::log::{Key, Log, at, dataset, draft};
use scene::{begin, pinned, rejected, verify, write};
use serde_json::json;

fn rejects(log: &Log, key: &Key) -> Vec<(String, String)> {
    let folder = write(log, &log.checkpoint(key));
    let said = verify(&folder.0, &pinned(key)).unwrap();
    assert_eq!(said.verdict(), Verdict::Broken, "{:#?}", said.lines());
    assert!(said.state.is_some(), "the tree is right");
    rejected(&said)
}

#[test]
fn a_broken_record_is_listed_and_the_rest_is_good() {
    type Add = fn(&mut Log, &Key);
    let table: [(&str, Add); 6] = [
        ("leaf-malformed", |log, _| log.entries.push((b"{}".to_vec(), None))),
        ("signature-wrong", |log, _| {
            let stranger = Key::record("k1", Algorithm::Ed25519);
            log.add(draft("dataset", "b", dataset("x")), &stranger);
        }),
        ("key-unknown", |log, _| {
            let unlisted = Key::record("k2", Algorithm::Es256);
            log.add(draft("dataset", "b", dataset("x")), &unlisted);
        }),
        ("id-foreign", |log, key| {
            let own = std::mem::replace(&mut log.id, LogId::parse("0123456789abcdef").unwrap());
            log.add(draft("dataset", "b", dataset("x")), key);
            log.id = own;
        }),
        ("version-chain", |log, key| {
            let follows = Draft {
                version: 2,
                previous: Some(Digest::of(b"x")),
                ..draft("dataset", "a", dataset("x"))
            };
            log.add(follows, key);
        }),
        ("kind-changed", |log, key| {
            let first = leaf_hash(&log.entries[1].0);
            let body: serde_json::Value =
                serde_json::from_str(include_str!("../../../kinds/rule/examples/smallest.json")).unwrap();
            let other = Draft {
                kind: KindName::parse("rule").unwrap(),
                version: 2,
                previous: Some(first),
                ..draft("rule", "a", body)
            };
            log.add(other, key);
        }),
    ];
    for (fault, add) in table {
        let (mut log, log_key, key) = begin();
        log.add(draft("dataset", "a", dataset("one")), &key);
        add(&mut log, &key);
        log.add(draft("dataset", "z", dataset("last")), &key);
        assert_eq!(rejects(&log, &log_key), [("2".to_owned(), fault.to_owned())], "{fault}");
    }
}

#[test]
fn a_revoked_key_signs_nothing_more_and_keys_are_told() {
    let (mut log, log_key, old) = begin();
    let new = Key::record("k2", Algorithm::Es256);
    log.add(draft("dataset", "before", dataset("x")), &old);
    let first = leaf_hash(&log.entries[0].0);
    let revoked = ListedKey {
        revoked: Some((at(9), RevocationReason::Compromised)),
        ..old.listed()
    };
    log.add_key_set(2, Some(first), &[log_key.listed(), revoked, new.listed()], &old);
    log.add(draft("dataset", "after", dataset("x")), &new);
    let folder = write(&log, &log.checkpoint(&log_key));
    let said = verify(&folder.0, &pinned(&log_key)).unwrap();
    assert_eq!(said.verdict(), Verdict::Verified, "{:#?}", said.lines());
    let lines = said.lines().join("\n");
    assert!(
        lines.contains("changes of keys: 1") && lines.contains("#k1` signs records"),
        "{lines}"
    );
    assert!(
        lines.contains("records of kind `dataset`: 2")
            && lines.contains(", revoked 2026-09-21T14:13:29.000Z (compromised)"),
        "{lines}"
    );
    log.add(draft("dataset", "stolen", dataset("x")), &old);
    assert_eq!(rejects(&log, &log_key), [("4".to_owned(), "key-revoked".to_owned())]);
}

#[test]
fn a_key_set_that_was_made_by_hand_is_none() {
    let (mut log, log_key, key) = begin();
    let first = leaf_hash(&log.entries[0].0);
    let (stranger, new) = (
        Key::record("k9", Algorithm::Ed25519),
        Key::record("k2", Algorithm::Ed25519),
    );
    log.add_key_set(
        2,
        Some(first),
        &[log_key.listed(), key.listed(), stranger.listed()],
        &stranger,
    );
    log.add_key_set(2, Some(first), &[log_key.listed(), new.listed()], &key);
    let expected = [
        ("1".to_owned(), "key-unknown".to_owned()),
        ("2".to_owned(), "key-set-invalid".to_owned()),
    ];
    assert_eq!(rejects(&log, &log_key), expected);
}

#[test]
fn a_purged_body_is_withdrawn_and_not_missing() {
    let (mut log, log_key, key) = begin();
    let record = log.add(draft("dataset", "a", dataset("one")), &key);
    let body = json!({
        "target": record.header().id.to_string(), "targetHash": record.leaf_hash().hex(), "reason": {"en": "x"},
        "code": "law", "purge": true,
    });
    log.add(draft("withdrawal", "w", body), &key);
    log.entries[1].1 = None;
    let folder = write(&log, &log.checkpoint(&log_key));
    let said = verify(&folder.0, &pinned(&log_key)).unwrap();
    assert_eq!(said.verdict(), Verdict::Verified, "{:#?}", said.lines());
    assert!(said.lines().iter().any(|line| line.ends_with("(entry 1) is withdrawn")));
}

#[test]
fn a_log_is_its_participant_s() {
    let (log, log_key, _) = begin();
    let folder = write(&log, &log.checkpoint(&log_key));
    let of = |participant: &str| Demands {
        participant: Some(ParticipantId::parse(participant).unwrap()),
        ..pinned(&log_key)
    };
    let own = verify(&folder.0, &of("did:web:uz.example:plant")).unwrap();
    assert_eq!(own.verdict(), Verdict::Verified);
    assert!(
        own.lines()
            .iter()
            .any(|line| line == "proven    the log is of `did:web:uz.example:plant`")
    );
    let other = verify(&folder.0, &of("did:web:kz.example:plant")).unwrap();
    assert_eq!(rejected(&other)[0], ("0".to_owned(), "id-foreign".to_owned()));
}
