//! Whole logs, verified as streams: good ones, ones with broken records, and ones that lie.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod log;

use chapar_register::{
    Ahead, BodyState, Caught, Chain, Distrust, Draft, Entry, Fault, Intake, KeyUse, Keys, KindName, Kinds, ListedKey,
    LogState, Record, RecordId, RevocationReason, Seen, Taken, Version, Visibility, body_hash,
};
use chapar_suite_international::International;
use chapar_terms::{Algorithm, ParticipantId, Salt, Signer, canonical_json};
use chapar_tlog::{KeyName, NoteRefused, SignatureType, SignedCheckpoint, VerifierKey};
use log::{Key, Log, at, dataset, draft, participant, pinned, sign, sign_header};
use serde_json::json;

/// A log with one key of each sort, both listed.
fn simple() -> (Log, Key, Key) {
    let (log_key, key) = (Key::log(), Key::record("k1", Algorithm::Ed25519));
    let log = Log::begin(&[log_key.listed(), key.listed()], &log_key, &key);
    (log, log_key, key)
}

fn revoked(key: &Key, reason: RevocationReason) -> ListedKey {
    ListedKey {
        revoked: Some((at(9), reason)),
        ..key.listed()
    }
}

fn begin(state: LogState, checkpoint: SignedCheckpoint) -> Result<Intake<'static>, Distrust> {
    Intake::begin(Kinds::built_in(), &International, state, checkpoint)
}

/// The whole log.
fn take(log: &Log, state: LogState, checkpoint: SignedCheckpoint) -> (Vec<Taken>, Result<LogState, Distrust>) {
    go_on(log, state, checkpoint, &[])
}

/// Tells an intake of the records of an earlier run.
fn recall(intake: &mut Intake<'_>, earlier: &[Taken]) {
    for one in earlier {
        let header = one.verdict.as_ref().unwrap().record.header().clone();
        let version = Version {
            number: header.version,
            leaf_hash: one.leaf_hash,
            body_hash: header.body_hash,
        };
        let chain = Chain {
            kind: header.kind,
            versions: vec![version],
        };
        intake.recall(header.id, chain);
    }
}

/// Everything that is in the log after what the state holds. What is found ahead, and what another intake found, changes nothing of it.
fn go_on(
    log: &Log,
    state: LogState,
    checkpoint: SignedCheckpoint,
    earlier: &[Taken],
) -> (Vec<Taken>, Result<LogState, Distrust>) {
    let from = usize::try_from(state.frontier().size()).unwrap();
    let go_on = |entries: Vec<Entry>| {
        let mut intake = begin(state.clone(), checkpoint.clone()).unwrap();
        recall(&mut intake, earlier);
        let taken: Vec<Taken> = entries.into_iter().map(|entry| intake.take(entry)).collect();
        (taken, intake.finish())
    };
    let entries = read(&log.entries[from..]);
    let taken = go_on(entries.clone());
    let last = taken.1.as_ref().map_or(state.keys(), LogState::keys);
    for keys in [state.keys(), last] {
        assert_eq!(go_on(look(keys, from, entries.clone())), taken);
    }
    if let Some(seen) = Seen::of(state.keys(), &taken.0) {
        let mut again = entries;
        seen.vouch(&mut again);
        assert_eq!(go_on(look(state.keys(), from, again)), taken);
    }
    taken
}

fn read(entries: &[(Vec<u8>, Option<Vec<u8>>)]) -> Vec<Entry> {
    let read = entries.iter();
    read.map(|(leaf, body)| Entry::of_leaf(leaf).with_body(body.as_deref()))
        .collect()
}

fn look(keys: &Keys, from: usize, entries: Vec<Entry>) -> Vec<Entry> {
    let ahead = Ahead {
        kinds: Kinds::built_in(),
        suite: &International,
        keys,
    };
    let looked = entries.into_iter().zip(from as u64..);
    looked.map(|(entry, index)| ahead.look(index, entry)).collect()
}

/// Without it each leaf would be verified, so a leaf that is another must be.
#[test]
fn what_was_seen_vouches_for_these_leaves_alone() {
    let (mut log, log_key, key) = simple();
    let (state, held) = (pinned(&log_key), log.checkpoint(&log_key));
    let (earlier, begun) = take(&log, state, held);
    let begun = begun.unwrap();
    log.add(draft("dataset", "a", dataset("A")), &key);
    log.add(draft("dataset", "b", dataset("B")), &key);
    let (taken, ended) = go_on(&log, begun.clone(), log.checkpoint(&log_key), &earlier);
    assert!(ended.is_ok() && faults(&taken) == [None, None]);
    let seen = Seen::of(begun.keys(), &taken).unwrap();
    assert_eq!(seen.from(), 1);
    // Somebody else signs what stands there in the stored copy.
    let stranger = Key::record("k1", Algorithm::Ed25519);
    let header = taken[1].verdict.as_ref().unwrap().record.header().clone();
    log.entries[2].0 = sign_header(&header, &stranger).leaf().to_vec();
    let verdicts = |entries: Vec<Entry>| {
        let mut intake = begin(begun.clone(), log.checkpoint(&log_key)).unwrap();
        recall(&mut intake, &earlier);
        let taken: Vec<Taken> = entries.into_iter().map(|entry| intake.take(entry)).collect();
        faults(&taken)
    };
    let mut entries = read(&log.entries[1..]);
    seen.vouch(&mut entries);
    assert_eq!(verdicts(entries), [None, Some(Fault::SignatureWrong)]);
    // Nor for fewer of them, nor for the keys of somebody else.
    let mut entries = read(&log.entries[2..]);
    seen.vouch(&mut entries);
    assert_eq!(verdicts(entries), [Some(Fault::SignatureWrong)]);
    let other = Key::record("k1", Algorithm::Ed25519);
    let others = Log::begin(&[log_key.listed(), other.listed()], &log_key, &other);
    let (_, others) = take(&others, pinned(&log_key), others.checkpoint(&log_key));
    let looked = look(others.unwrap().keys(), 1, read(&log.entries[1..]));
    assert_eq!(verdicts(looked), [None, Some(Fault::SignatureWrong)]);
}

fn faults(taken: &[Taken]) -> Vec<Option<Fault>> {
    taken
        .iter()
        .map(|one| one.verdict.as_ref().err().map(|reject| reject.fault))
        .collect()
}

fn id(log: &Log, local: &str) -> RecordId {
    RecordId::new(participant(), log.id.clone(), local).unwrap()
}

#[test]
fn a_good_log_is_taken_whole_and_its_state_goes_on() {
    let (mut log, log_key, key) = simple();
    let first = log.add(draft("dataset", "a", dataset("one")), &key);
    let second = Draft {
        version: 2,
        previous: Some(first.leaf_hash()),
        ..draft("dataset", "a", dataset("two"))
    };
    log.add(second, &key);
    let (taken, state) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken), [None, None, None]);
    let accepted = taken[2].verdict.as_ref().unwrap();
    assert_eq!(accepted.body.here().unwrap().value()["title"]["en"], "two");
    assert!(accepted.is_known_kind);
    let state = state.unwrap();
    assert_eq!(state.frontier().size(), 3);
    assert_eq!(state.log(), Some(log.id.clone()));
    assert_eq!(LogState::decode(&state.encode()).unwrap(), state);
    let more = String::from_utf8(state.encode())
        .unwrap()
        .replace("\"v\":1", "\"v\":1,\"w\":1");
    assert!(LogState::decode(more.as_bytes()).is_err());

    log.add(draft("dataset", "b", dataset("three")), &key);
    let (taken, state) = take(&log, state, log.checkpoint(&log_key));
    assert_eq!((taken[0].index, faults(&taken)), (3, vec![None]));
    assert_eq!(state.unwrap().frontier().size(), 4);
}

#[test]
fn broken_records_are_listed_and_the_good_are_kept() {
    let (mut log, log_key, key) = simple();
    let stranger = Key::record("k1", Algorithm::Ed25519);
    let unlisted = Key::record("k2", Algorithm::Es256);
    let good = log.add(draft("dataset", "a", dataset("one")), &key);
    log.entries.push((b"{}".to_vec(), None));
    log.add(draft("dataset", "b", dataset("x")), &stranger);
    log.add(draft("dataset", "b", dataset("x")), &unlisted);
    log.add(draft("dataset", "a", dataset("x")), &key);
    let follows = |version, kind, body| Draft {
        version,
        previous: Some(good.leaf_hash()),
        ..draft(kind, "a", body)
    };
    log.add(follows(3, "dataset", dataset("x")), &key);
    let remark = json!({"target": id(&log, "a").to_string(), "targetHash": good.leaf_hash().hex(), "about": {"en": "x"}, "type": "other"});
    log.add(follows(2, "annotation", remark), &key);
    let other = Draft {
        previous: Some(chapar_terms::Digest::of(b"x")),
        ..follows(2, "dataset", dataset("x"))
    };
    log.add(other, &key);
    log.add(follows(2, "dataset", dataset("two")), &key);
    let (taken, state) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    let expected = [
        None,
        None,
        Some(Fault::LeafMalformed),
        Some(Fault::SignatureWrong),
        Some(Fault::KeyUnknown),
        Some(Fault::VersionChain),
        Some(Fault::VersionChain),
        Some(Fault::KindChanged),
        Some(Fault::VersionChain),
        None,
    ];
    assert_eq!(faults(&taken), expected);
    assert!(state.is_ok());
}

#[test]
fn a_record_of_another_log_or_participant_is_refused() {
    let (mut log, log_key, key) = simple();
    let own = log.id.clone();
    log.id = chapar_register::LogId::parse("0123456789abcdef").unwrap();
    log.add(draft("dataset", "a", dataset("x")), &key);
    log.id = own;
    let (taken, _) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken), [None, Some(Fault::IdForeign)]);
    let foreign = LogState::pinned(
        ParticipantId::parse("did:web:kz.example:plant").unwrap(),
        log_key.vkey(),
    );
    let (taken, state) = take(&log, foreign, log.checkpoint(&log_key));
    assert_eq!(faults(&taken), [Some(Fault::IdForeign), Some(Fault::KeySetMissing)]);
    assert_eq!(state, Err(Distrust::Keyless));
}

#[test]
fn bodies_are_judged_where_they_are() {
    let (mut log, log_key, key) = simple();
    log.add(draft("dataset", "a", dataset("served wrongly")), &key);
    log.add(draft("dataset", "b", dataset("not here")), &key);
    let members = Draft {
        visibility: Visibility::Members,
        ..draft("dataset", "c", dataset("not open"))
    };
    log.add(members, &key);
    let newer = log.check(draft("dataset", "d", dataset("of a kind to come")));
    let leaf = newer.sign(&key.signer, &key.id).unwrap();
    log.entries
        .push((leaf.leaf().to_vec(), Some(newer.body().bytes().to_vec())));
    log.entries[1].1 = Some(b"{\"served\":1}".to_vec());
    log.entries[2].1 = None;
    let kinds = chapar_register::Kinds::load(
        include_str!("../../../kinds/common.schema.json"),
        &[folder("key-set"), folder("annotation")],
    );
    let mut intake = Intake::begin(&kinds, &International, pinned(&log_key), log.checkpoint(&log_key)).unwrap();
    let taken: Vec<Taken> = log
        .entries
        .iter()
        .map(|(leaf, body)| intake.push(leaf, body.as_deref()))
        .collect();
    let bodies: Vec<&BodyState> = taken.iter().map(|one| &one.verdict.as_ref().unwrap().body).collect();
    assert_eq!(
        bodies[1..4],
        [&BodyState::Wrong, &BodyState::NotHere, &BodyState::NotHere]
    );
    assert!(bodies[4].here().is_some());
    let known: Vec<bool> = taken
        .iter()
        .map(|one| one.verdict.as_ref().unwrap().is_known_kind)
        .collect();
    assert_eq!(known, [true, false, false, false, false]);
    assert!(intake.finish().is_ok());
}

fn folder(name: &'static str) -> chapar_register::Folder<'static> {
    macro_rules! folder {
        ($name:literal) => {
            chapar_register::Folder {
                name,
                kind: include_str!(concat!("../../../kinds/", $name, "/kind.toml")),
                schema: include_str!(concat!("../../../kinds/", $name, "/schema.json")),
                labels: include_str!(concat!("../../../kinds/", $name, "/labels.toml")),
                vocabulary: include_str!(concat!("../../../kinds/", $name, "/vocabulary.json")),
                fields: include_str!(concat!("../../../kinds/", $name, "/fields.toml")),
                example: "{}",
            }
        };
    }
    match name {
        "key-set" => folder!("key-set"),
        "annotation" => folder!("annotation"),
        other => panic!("{other}"),
    }
}

/// Signs a body that no draft would let pass, by another kind's schema: the reader's kinds say what is right.
#[test]
fn an_issuer_s_broken_body_is_its_fault() {
    let (mut log, log_key, key) = simple();
    let lax = include_str!("../../../kinds/annotation/schema.json").replace("\"additionalProperties\": false,", "");
    let lax = chapar_register::Folder {
        schema: &lax,
        ..folder("annotation")
    };
    let kinds = Kinds::load(include_str!("../../../kinds/common.schema.json"), &[lax]);
    let target = id(&log, "keys").to_string();
    let hash = chapar_tlog::leaf_hash(&log.entries[0].0).hex();
    let body = json!({"target": target, "targetHash": hash, "about": {"en": "x"}, "type": "other", "more": 1});
    let issue = chapar_register::Issue {
        issuer: participant(),
        log: log.id.clone(),
        at: at(1),
        salt: chapar_terms::Salt::from_bytes([0; 32]),
    };
    let unsigned = draft("annotation", "a", body).check(&kinds, issue).unwrap();
    let record = unsigned.sign(&key.signer, &key.id).unwrap();
    log.entries
        .push((record.leaf().to_vec(), Some(unsigned.body().bytes().to_vec())));
    let mut header = log.check(draft("dataset", "b", dataset("x"))).header().clone();
    header.body_bytes += 1;
    let body = log.check(draft("dataset", "b", dataset("x"))).body().bytes().to_vec();
    log.entries
        .push((sign_header(&header, &key).leaf().to_vec(), Some(body)));
    let spaced = b"{ }";
    header.body_hash = chapar_register::body_hash(None, spaced);
    header.body_bytes = 3;
    log.entries
        .push((sign_header(&header, &key).leaf().to_vec(), Some(spaced.to_vec())));
    let (taken, _) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken)[0], None);
    assert_eq!(faults(&taken)[1..], [Some(Fault::BodyInvalid); 3]);
}

/// A key for another log.
fn other_origin() -> ListedKey {
    let key = Key::log();
    let name = KeyName::parse("node.example/other/log").unwrap();
    let other = VerifierKey::new(name, SignatureType::ED25519, key.signer.public_key()).unwrap();
    ListedKey {
        key: KeyUse::Log(other),
        ..key.listed()
    }
}

#[test]
fn keys_sign_from_the_set_that_brings_them_to_the_one_that_revokes_them() {
    let (mut log, log_key, old) = simple();
    let (new, stranger) = (
        Key::record("k2", Algorithm::Es256),
        Key::record("k3", Algorithm::Ed25519),
    );
    log.add(draft("dataset", "too-early", dataset("x")), &new);
    let first = take(&log, pinned(&log_key), log.checkpoint(&log_key)).0[0].leaf_hash;
    let listed = [
        log_key.listed(),
        revoked(&old, RevocationReason::Compromised),
        new.listed(),
    ];
    log.add_key_set(2, Some(first), &listed, &stranger);
    let second = log.add_key_set(2, Some(first), &listed, &old);
    log.add(draft("dataset", "after", dataset("x")), &old);
    log.add(draft("dataset", "new", dataset("x")), &new);
    let forgets = [log_key.listed(), new.listed()];
    log.add_key_set(3, Some(second.leaf_hash()), &forgets, &new);
    let revives = [log_key.listed(), old.listed(), new.listed()];
    log.add_key_set(3, Some(second.leaf_hash()), &revives, &new);
    log.add_key_set(3, Some(second.leaf_hash()), &listed, &old);
    let brings = |key: ListedKey| [listed.as_slice(), &[key]].concat();
    let revoked_already = revoked(&stranger, RevocationReason::Superseded);
    log.add_key_set(3, Some(second.leaf_hash()), &brings(revoked_already), &new);
    log.add_key_set(3, Some(second.leaf_hash()), &brings(other_origin()), &new);
    log.add_key_set(3, Some(second.leaf_hash()), &brings(Key::log().listed()), &new);
    let (taken, state) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    let expected = [
        None,
        Some(Fault::KeyUnknown),
        Some(Fault::KeyUnknown),
        None,
        Some(Fault::KeyRevoked),
        None,
        Some(Fault::KeySetInvalid),
        Some(Fault::KeySetInvalid),
        Some(Fault::KeyRevoked),
        Some(Fault::KeySetInvalid),
        Some(Fault::KeySetInvalid),
        None,
    ];
    assert_eq!(faults(&taken), expected);
    let state = state.unwrap();
    assert_eq!(LogState::decode(&state.encode()).unwrap(), state);
}

#[test]
fn the_log_s_own_key_can_rotate() {
    let (mut log, old, key) = simple();
    let (new, stranger) = (Key::log(), Key::log());
    let (first, state) = take(&log, pinned(&old), log.checkpoint(&old));
    let state = state.unwrap();
    let listed = [revoked(&old, RevocationReason::Superseded), key.listed(), new.listed()];
    log.add_key_set(2, Some(first[0].leaf_hash), &listed, &key);
    log.add(draft("dataset", "a", dataset("x")), &key);
    let unsigned = Distrust::Refused(NoteRefused::Unsigned);
    // The new key stands in the entries, so its checkpoint is believed at their end; the old one and a stranger's are not.
    assert!(go_on(&log, state.clone(), log.checkpoint(&new), &first).1.is_ok());
    assert_eq!(
        go_on(&log, state.clone(), log.checkpoint(&old), &first).1,
        Err(unsigned.clone())
    );
    assert_eq!(
        go_on(&log, state, log.checkpoint(&stranger), &first).1,
        Err(unsigned.clone())
    );
    // Whoever pins the new key can begin with it; whoever pins the old one must go by a checkpoint of its time.
    assert!(take(&log, pinned(&new), log.checkpoint(&new)).1.is_ok());
    assert_eq!(take(&log, pinned(&old), log.checkpoint(&old)).1, Err(unsigned.clone()));
    assert_eq!(begin(pinned(&old), log.checkpoint(&new)).err(), Some(unsigned.clone()));
    // Signed by both, it is believed by either pin, until the old key is known to be in other hands.
    let both = |log: &Log| {
        let mut both = log.checkpoint(&old);
        log.checkpoint(&new)
            .note()
            .signatures()
            .iter()
            .for_each(|one| both.add(one.clone()));
        both
    };
    assert!(take(&log, pinned(&old), both(&log)).1.is_ok());
    assert!(take(&log, pinned(&new), both(&log)).1.is_ok());
    let mut lost = Log {
        id: log.id.clone(),
        entries: log.entries.clone(),
    };
    let previous = Record::parse(&lost.entries[1].0).unwrap().leaf_hash();
    let later = [revoked(&old, RevocationReason::Compromised), key.listed(), new.listed()];
    lost.add_key_set(3, Some(previous), &later, &key);
    let (taken, end) = take(&lost, pinned(&new), both(&lost));
    assert_eq!(
        faults(&taken),
        [None, None, None, None],
        "what was replaced may turn out to be compromised"
    );
    assert!(end.is_ok());
    assert_eq!(take(&lost, pinned(&old), both(&lost)).1, Err(unsigned.clone()));
    let back = [revoked(&old, RevocationReason::Superseded), key.listed(), new.listed()];
    let previous = Record::parse(&lost.entries[3].0).unwrap().leaf_hash();
    lost.add_key_set(4, Some(previous), &back, &key);
    let (taken, _) = take(&lost, pinned(&new), both(&lost));
    assert_eq!(
        taken[4].verdict.as_ref().unwrap_err().fault,
        Fault::KeySetInvalid,
        "and never the other way"
    );
    // A key that the log does not list vouches for nothing, pinned or not.
    assert_eq!(
        take(&log, pinned(&stranger), log.checkpoint(&stranger)).1,
        Err(unsigned)
    );
}

#[test]
fn a_log_that_lies_is_caught() {
    let (mut log, log_key, key) = simple();
    log.add(draft("dataset", "a", dataset("one")), &key);
    let honest = log.checkpoint(&log_key);
    let mut forged = honest.checkpoint().clone();
    forged.root = chapar_terms::Digest::of(b"x");
    let (_, state) = take(&log, pinned(&log_key), sign(forged.clone(), &log_key));
    let Err(Distrust::Caught(Caught::WrongRoot { size, made, signed })) = state else {
        panic!("{state:?}");
    };
    assert_eq!((size, made, signed), (2, honest.checkpoint().root, forged.root));
    let state = take(&log, pinned(&log_key), honest.clone()).1.unwrap();
    let other = begin(state.clone(), sign(forged.clone(), &log_key)).err().unwrap();
    assert!(
        matches!(other, Distrust::Caught(Caught::OtherRoot { size: 2, .. })),
        "{other:?}"
    );
    forged.size = 0;
    assert_eq!(
        begin(state.clone(), sign(forged.clone(), &log_key))
            .err()
            .unwrap()
            .code(),
        "empty-root"
    );
    forged.size = 1;
    assert_eq!(
        begin(state.clone(), sign(forged.clone(), &log_key)).err(),
        Some(Distrust::Older(1))
    );
    forged.origin = chapar_tlog::Origin::parse("node.example/other/log").unwrap();
    assert_eq!(
        begin(state.clone(), sign(forged, &log_key)).err().unwrap().code(),
        "other-origin"
    );
    assert!(begin(state.clone(), honest.clone()).unwrap().finish().is_ok());
    let stranger = begin(state, sign(honest.checkpoint().clone(), &Key::log()))
        .err()
        .unwrap();
    assert_eq!(stranger.code(), "checkpoint-unsigned");
    let short = begin(pinned(&log_key), honest).unwrap();
    assert_eq!(short.finish(), Err(Distrust::Incomplete(0)));
}

#[test]
fn an_empty_log_and_one_without_keys() {
    let (mut log, log_key, key) = simple();
    log.entries.clear();
    assert_eq!(
        take(&log, pinned(&log_key), log.checkpoint(&log_key)).1.unwrap(),
        pinned(&log_key)
    );
    log.add(draft("dataset", "a", dataset("x")), &key);
    log.add_key_set(1, None, &[log_key.listed(), key.listed()], &key);
    let (taken, state) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken), [Some(Fault::KeySetMissing), Some(Fault::KeySetMissing)]);
    assert_eq!(state, Err(Distrust::Keyless));
    let (mut log, log_key, _) = simple();
    log.entries[0].1 = None;
    let (taken, _) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken), [Some(Fault::BodyMissing)]);
    let (log_key, other) = (Key::log(), Key::record("k1", Algorithm::Ed25519));
    let namesake = Key::record("k1", Algorithm::Ed25519);
    let log = Log::begin(&[log_key.listed(), namesake.listed()], &log_key, &other);
    let (taken, _) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken), [Some(Fault::SignatureWrong)]);
    let log = Log::begin(&[log_key.listed()], &log_key, &other);
    let (taken, _) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken), [Some(Fault::KeyUnknown)]);
}

#[test]
fn what_a_record_is_about_must_be_there() {
    let (mut log, log_key, key) = simple();
    let good = log.add(draft("dataset", "a", dataset("one")), &key);
    let here = id(&log, "a").to_string();
    let away = "did:web:kz.example:plant/records/0123456789abcdef/a";
    let withdrawal = |target: &str, hash: &str| json!({"target": target, "targetHash": hash, "reason": {"en": "x"}, "code": "error", "purge": true});
    let annotation =
        |target: &str, hash: &str| json!({"target": target, "targetHash": hash, "about": {"en": "x"}, "type": "other"});
    let (hash, other) = (good.leaf_hash().hex(), chapar_terms::Digest::of(b"x").hex());
    let cases = [
        ("annotation", annotation(away, &other), None),
        ("annotation", annotation(&here, &hash), None),
        ("annotation", annotation(&here, &other), Some(Fault::TargetWrong)),
        ("withdrawal", withdrawal(away, &other), Some(Fault::TargetWrong)),
        ("withdrawal", withdrawal(&here, &other), Some(Fault::TargetWrong)),
        ("withdrawal", withdrawal(&here, &hash), None),
    ];
    for (number, (kind, body, _)) in cases.iter().enumerate() {
        log.add(draft(kind, &format!("about-{number}"), body.clone()), &key);
    }
    let (taken, _) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken)[2..], cases.map(|(_, _, fault)| fault));
}

#[test]
fn an_opening_must_open_what_was_sealed() {
    use base64::Engine;
    let (mut log, log_key, key) = simple();
    let sealed = Draft {
        visibility: Visibility::Sealed,
        ..draft("dataset", "a", dataset("sealed"))
    };
    log.add(sealed, &key);
    // Its author may have sealed what the kind does not allow; opened, it is none.
    let odd = Draft {
        visibility: Visibility::Sealed,
        ..draft("dataset", "b", dataset("odd"))
    };
    let mut header = log.check(odd).header().clone();
    let odd_body = json!({"title": 7});
    header.body_hash = body_hash(Some(&Salt::from_bytes([7; 32])), &canonical_json(&odd_body));
    let record = sign_header(&header, &key);
    log.entries.push((record.leaf().to_vec(), None));
    let odd = json!({"target": id(&log, "b").to_string(), "version": 1, "body": odd_body,
        "salt": base64::engine::general_purpose::STANDARD.encode([7; 32])});
    let opening = |salt: u8, title: &str, version: u32| {
        let salt = base64::engine::general_purpose::STANDARD.encode([salt; 32]);
        json!({"target": id(&log, "a").to_string(), "version": version, "salt": salt, "body": dataset(title)})
    };
    let cases = [
        (opening(7, "sealed", 1), None),
        (opening(8, "sealed", 1), Some(Fault::OpeningWrong)),
        (opening(7, "other", 1), Some(Fault::OpeningWrong)),
        (opening(7, "sealed", 2), Some(Fault::TargetWrong)),
        (odd, Some(Fault::BodyInvalid)),
    ];
    for (number, (body, _)) in cases.iter().enumerate() {
        log.add(draft("opening", &format!("opening-{number}"), body.clone()), &key);
    }
    let (taken, _) = take(&log, pinned(&log_key), log.checkpoint(&log_key));
    assert_eq!(faults(&taken)[3..], cases.map(|(_, fault)| fault));
    let opens = |at: usize| taken[at].verdict.as_ref().unwrap().opens.as_ref();
    assert_eq!(opens(3).map(KindName::as_str), Some("dataset"));
    assert_eq!(opens(1), None);
}

/// The second bundle with one entry more than the log has.
#[test]
fn earlier_versions_are_recalled() {
    let (mut log, log_key, key) = simple();
    for number in 0..299 {
        log.add(draft("dataset", &format!("d{number}"), dataset("x")), &key);
    }
    let (taken, state) = go_on(&log, pinned(&log_key), log.checkpoint(&log_key), &[]);
    assert_eq!(faults(&taken), vec![None; 300]);
    let state = state.unwrap();

    let next = Draft {
        version: 2,
        previous: Some(taken[1].leaf_hash),
        ..draft("dataset", "d0", dataset("y"))
    };
    log.add(next, &key);
    let (leaf, body) = &log.entries[300];
    let entry = Entry::of_leaf(leaf).with_body(body.as_deref());
    let mut unaware = begin(state.clone(), log.checkpoint(&log_key)).unwrap();
    let unknown = unaware.unknown_in([&entry]);
    assert_eq!(unknown.into_iter().collect::<Vec<_>>(), [id(&log, "d0")]);
    assert_eq!(faults(&[unaware.take(entry.clone())]), [Some(Fault::VersionChain)]);
    let mut aware = begin(state, log.checkpoint(&log_key)).unwrap();
    recall(&mut aware, &taken[1..2]);
    let taken_now = aware.take(entry);
    assert_eq!((taken_now.index, faults(&[taken_now])), (300, vec![None]));
    assert!(aware.finish().is_ok());
}
