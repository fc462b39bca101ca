//! What a verification says: of a whole log, and of one record by its proof.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod log;

use chapar_register::{
    Body, ClosedBody, Draft, Intake, Kinds, LogReport, LogState, Record, RecordId, RecordProof, Report, Shown,
    Standing, Statement, Visibility, Weight, body_hash,
};
use chapar_suite_international::International;
use chapar_terms::{Algorithm, Digest, Salt};
use chapar_tlog::policy::Policy;
use chapar_tlog::{SignedCheckpoint, TlogProof, leaf_hash, node_hash};
use log::{Key, Log, dataset, draft, pinned, sign, sign_header};
use serde_json::json;

fn simple() -> (Log, Key, Key) {
    let (log_key, key) = (Key::log(), Key::record("k1", Algorithm::Ed25519));
    let log = Log::begin(&[log_key.listed(), key.listed()], &log_key, &key);
    (log, log_key, key)
}

fn verify(log: &Log, state: LogState, checkpoint: SignedCheckpoint) -> Report {
    let mut intake = Intake::begin(Kinds::built_in(), &International, state, checkpoint).unwrap();
    let mut report = LogReport::new();
    for (leaf, body) in &log.entries {
        report.take(&intake.push(leaf, body.as_deref()));
    }
    report.finish(&intake.finish())
}

fn said(report: &Report) -> Vec<(&'static str, Standing)> {
    report.statements().iter().map(|one| (one.code, one.standing)).collect()
}

#[test]
fn a_log_is_good_when_all_of_it_is() {
    let (mut log, log_key, key) = simple();
    log.add(draft("dataset", "a", dataset("one")), &key);
    let members = Draft {
        visibility: Visibility::Members,
        ..draft("dataset", "b", dataset("two"))
    };
    log.add(members, &key);
    let report = verify(&log, pinned(&log_key), log.checkpoint(&log_key));
    let expected = [
        ("log-verified", Standing::Proven),
        ("records-signed", Standing::Proven),
        ("bodies-verified", Standing::Proven),
        ("bodies-not-open", Standing::Unknown),
    ];
    assert_eq!(said(&report), expected);
    assert!(report.is_ok());
    let json = report.json();
    assert_eq!(
        (&json["ok"], &json["statements"][1]["parameters"]["count"]),
        (&json!(true), &json!("3"))
    );
}

#[test]
fn an_opened_body_is_proven_and_one_that_is_not_open_unknown() {
    let (mut log, log_key, key) = simple();
    for (name, visibility) in [("a", Visibility::Sealed), ("b", Visibility::Members)] {
        let closed = Draft {
            visibility,
            ..draft("dataset", name, dataset(name))
        };
        log.add(closed, &key);
    }
    let target = format!("{}/records/{}/a", log::participant(), log.id);
    let salt = Salt::from_bytes([7; 32]);
    let closed = ClosedBody::new(
        RecordId::parse(&target).unwrap(),
        1,
        salt,
        Body::of(&dataset("a")).unwrap(),
    );
    for name in ["o1", "o2"] {
        log.add(draft("opening", name, closed.opening()), &key);
    }
    let report = verify(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert!(report.is_ok());
    let counts: Vec<_> = report.statements()[3..]
        .iter()
        .map(|one| (one.code, one.standing, one.parameters["count"].as_str()))
        .collect();
    let expected = [
        ("bodies-opened", Standing::Proven, "1"),
        ("bodies-not-open", Standing::Unknown, "1"),
    ];
    assert_eq!(counts, expected, "however often it is opened");
    let header = Record::parse(&log.entries[1].0).unwrap().header().clone();
    closed.check(&header).unwrap();
    let other = Record::parse(&log.entries[2].0).unwrap().header().clone();
    assert!(closed.check(&other).is_err(), "it is of one record");
    let changed = ClosedBody::new(header.id.clone(), 1, salt, Body::of(&dataset("b")).unwrap());
    assert!(changed.check(&header).is_err(), "and of one body");
}

#[test]
fn a_reject_a_wrong_body_or_a_wrong_root_breaks_it() {
    let (mut log, log_key, key) = simple();
    log.add(draft("dataset", "a", dataset("one")), &key);
    let good = log.entries[1].clone();
    log.entries[1].1 = Some(b"{}".to_vec());
    let report = verify(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(said(&report)[0], ("body-wrong", Standing::Broken));
    assert!(!report.is_ok());

    log.entries[1] = good;
    log.entries.push((b"x".to_vec(), None));
    let report = verify(&log, pinned(&log_key), log.checkpoint(&log_key));
    let reject = &report.statements()[0];
    assert_eq!(
        (reject.code, reject.parameters["fault"].as_str()),
        ("record-rejected", "leaf-malformed")
    );
    assert!(!report.is_ok());

    log.entries.pop();
    let mut forged = log.checkpoint(&log_key).checkpoint().clone();
    forged.root = Digest::of(b"x");
    let report = verify(&log, pinned(&log_key), sign(forged, &log_key));
    assert_eq!(
        said(&report)[..2],
        [("wrong-root", Standing::Broken), ("records-signed", Standing::Asserted)]
    );
    assert!(!report.is_ok());
}

#[test]
fn a_missing_body_is_missed_unless_a_withdrawal_purged_it() {
    let (mut log, log_key, key) = simple();
    let record = log.add(draft("dataset", "a", dataset("one")), &key);
    log.entries[1].1 = None;
    let report = verify(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert!(said(&report).contains(&("body-missing", Standing::Unknown)));
    assert!(!report.is_ok());
    for (purge, code, is_ok) in [(false, "body-missing", false), (true, "body-withdrawn", true)] {
        let body = json!({
            "target": record.header().id.to_string(), "targetHash": record.leaf_hash().hex(), "reason": {"en": "x"},
            "code": "personal-data", "purge": purge,
        });
        log.add(draft("withdrawal", &format!("w-{purge}"), body), &key);
        let report = verify(&log, pinned(&log_key), log.checkpoint(&log_key));
        assert!(said(&report).iter().any(|(said, _)| *said == code), "{purge}");
        assert_eq!(report.is_ok(), is_ok);
    }
    // What is issued anew after the purge is missed again.
    let again = Draft {
        version: 2,
        previous: Some(record.leaf_hash()),
        ..draft("dataset", "a", dataset("two"))
    };
    log.add(again, &key);
    log.entries.last_mut().unwrap().1 = None;
    let report = verify(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert!(said(&report).contains(&("body-missing", Standing::Unknown)));
}

#[test]
fn only_what_is_needed_must_be_known() {
    let mut report = Report::new();
    assert!(!report.is_ok(), "nothing is proven");
    report.say(Statement::new("a", Standing::Proven, Weight::Needed));
    report.say(Statement::new("b", Standing::Asserted, Weight::Needed));
    report.say(Statement::new("c", Standing::Unknown, Weight::Additional));
    assert!(report.is_ok());
    let mut unknown = report.clone();
    unknown.say(Statement::new("d", Standing::Unknown, Weight::Needed));
    assert!(!unknown.is_ok());
    report.say(Statement::new("e", Standing::Broken, Weight::Additional));
    assert!(!report.is_ok());
}

/// The second of two entries, with the way to the root.
fn proof(log: &Log, log_key: &Key, record: Record) -> RecordProof {
    let path = vec![leaf_hash(&log.entries[0].0)];
    assert_eq!(node_hash(&path[0], &record.leaf_hash()), log.root(2));
    RecordProof::new(record, 1, path, log.checkpoint(log_key))
}

fn policy(key: &Key) -> Policy {
    Policy::parse(format!("log {}\nquorum none\n", key.vkey().render()).as_bytes()).unwrap()
}

#[test]
fn one_record_is_proven_offline() {
    let (mut log, log_key, key) = simple();
    let record = log.add(draft("dataset", "a", dataset("one")), &key);
    let body = log.entries[1].1.clone().unwrap();
    let proof = proof(&log, &log_key, record);
    let read = RecordProof::parse(proof.render().as_bytes()).unwrap();
    assert_eq!(read, proof);
    assert_eq!((read.index(), read.record().header().id.local()), (1, "a"));
    let mut intake = Intake::begin(
        Kinds::built_in(),
        &International,
        pinned(&log_key),
        log.checkpoint(&log_key),
    )
    .unwrap();
    log.entries
        .iter()
        .for_each(|(leaf, body)| drop(intake.push(leaf, body.as_deref())));
    let state = intake.finish().unwrap();
    let check = |policy: &Policy, shown: Shown<'_>| read.verify(Kinds::built_in(), &International, policy, shown);

    let bare = check(&policy(&log_key), Shown::default());
    let expected = [
        ("record-logged", Standing::Proven),
        ("id-of-log", Standing::Proven),
        ("record-signed", Standing::Unknown),
        ("body-not-shown", Standing::Unknown),
    ];
    assert_eq!((said(&bare), bare.is_ok()), (expected.to_vec(), true));
    let whole = Shown {
        keys: Some(state.keys()),
        body: Some(&body),
        salt: None,
    };
    let full = check(&policy(&log_key), whole);
    assert!(full.is_ok() && full.statements().iter().all(|one| one.standing == Standing::Proven));
    let wrong = Shown {
        body: Some(b"{}"),
        ..whole
    };
    assert_eq!(
        said(&check(&policy(&log_key), wrong))[3],
        ("body-wrong", Standing::Broken)
    );
    let stranger = check(&policy(&Key::log()), whole);
    assert_eq!(said(&stranger)[0], ("checkpoint-refused", Standing::Broken));
    let first = Record::parse(&log.entries[0].0).unwrap();
    let of_first = RecordProof::new(first, 0, vec![leaf_hash(&log.entries[1].0)], log.checkpoint(&log_key));
    let shown = Shown {
        body: log.entries[0].1.as_deref(),
        ..whole
    };
    let report = of_first.verify(Kinds::built_in(), &International, &policy(&log_key), shown);
    assert_eq!(said(&report)[2], ("record-signed", Standing::Proven));
    let other_keys = Shown {
        keys: Some(&chapar_register::Keys::none()),
        ..whole
    };
    assert_eq!(
        said(&check(&policy(&log_key), other_keys))[2],
        ("record-signed", Standing::Broken)
    );
}

#[test]
fn a_key_of_later_vouches_for_nothing_before_it() {
    let (mut log, log_key, key) = simple();
    let later = Key::record("k2", Algorithm::Ed25519);
    let early = log.add(draft("dataset", "a", dataset("one")), &later);
    let first = leaf_hash(&log.entries[0].0);
    let listed = [log_key.listed(), key.listed(), later.listed()];
    let last = log.add_key_set(2, Some(first), &listed, &key);
    let checkpoint = log.checkpoint(&log_key);
    let mut intake = Intake::begin(Kinds::built_in(), &International, pinned(&log_key), checkpoint.clone()).unwrap();
    log.entries
        .iter()
        .for_each(|(leaf, body)| drop(intake.push(leaf, body.as_deref())));
    let state = intake.finish().unwrap();
    let proof = RecordProof::new(early, 1, vec![first, last.leaf_hash()], checkpoint);
    let shown = Shown {
        keys: Some(state.keys()),
        ..Shown::default()
    };
    let report = proof.verify(Kinds::built_in(), &International, &policy(&log_key), shown);
    assert_eq!(said(&report)[0], ("record-logged", Standing::Proven));
    assert_eq!(said(&report)[2], ("record-signed", Standing::Broken));
}

#[test]
fn a_proof_of_another_leaf_proves_nothing() {
    let (mut log, log_key, key) = simple();
    log.add(draft("dataset", "a", dataset("one")), &key);
    let (mut other, _, _) = simple();
    let other = other.add(draft("dataset", "a", dataset("two")), &key);
    let path = vec![leaf_hash(&log.entries[0].0)];
    let proof = RecordProof::new(other, 1, path, log.checkpoint(&log_key));
    let report = proof.verify(Kinds::built_in(), &International, &policy(&log_key), Shown::default());
    assert_eq!(said(&report)[0], ("record-not-logged", Standing::Broken));
    assert_eq!(said(&report)[1], ("id-of-log", Standing::Unknown));
    assert!(!report.is_ok());
    let mut bare = TlogProof::parse(proof.render().as_bytes()).unwrap();
    for (extra, why) in [(None, "has no leaf"), (Some(b"{}".to_vec()), "lacks `v`")] {
        bare.extra = extra;
        let refused = RecordProof::parse(bare.render().as_bytes()).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn a_body_that_its_kind_does_not_allow_is_told() {
    let (mut log, log_key, key) = simple();
    let mut header = log.check(draft("dataset", "a", dataset("one"))).header().clone();
    (header.body_hash, header.body_bytes) = (body_hash(None, b"{}"), 2);
    let record = sign_header(&header, &key);
    log.entries.push((record.leaf().to_vec(), Some(b"{}".to_vec())));
    let shown = Shown {
        body: Some(b"{}"),
        ..Shown::default()
    };
    let proof = proof(&log, &log_key, record);
    let report = proof.verify(Kinds::built_in(), &International, &policy(&log_key), shown);
    let last = report.statements().last().unwrap();
    assert_eq!((last.code, last.standing), ("body-invalid", Standing::Broken));
}

#[test]
fn a_closed_body_needs_its_salt() {
    let (mut log, log_key, key) = simple();
    let sealed = Draft {
        visibility: Visibility::Sealed,
        ..draft("dataset", "a", dataset("sealed"))
    };
    let unsigned = log.check(sealed.clone());
    let record = log.add(sealed, &key);
    let proof = proof(&log, &log_key, record);
    let check = |salt: Option<&Salt>| {
        let shown = Shown {
            keys: None,
            body: Some(unsigned.body().bytes()),
            salt,
        };
        proof.verify(Kinds::built_in(), &International, &policy(&log_key), shown)
    };
    assert_eq!(
        (said(&check(None))[3].0, check(None).is_ok()),
        ("salt-not-shown", false)
    );
    assert_eq!(said(&check(unsigned.salt()))[3], ("body-verified", Standing::Proven));
    let other = Salt::from_bytes([8; 32]);
    assert_eq!(said(&check(Some(&other)))[3], ("body-wrong", Standing::Broken));
}
