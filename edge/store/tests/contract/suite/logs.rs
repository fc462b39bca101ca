//! Logs: entries, checkpoints, bodies, staged entries of foreign logs, tiles.

use super::place::Place;
use super::rows::{KZ, UZ, event};
use chapar_store::{
    AlarmRow, BodyRow, CaseWrite, HolderRow, KeyState, LogKeyRow, LogPolicyRow, LogRow, LogSource, LogState,
    MirrorReject, MirrorRow, MirroredEntry, MirroredRecord, NewEntry, Publication, Put, RETRIEVED, Retrieval, Staging,
    StepOutcome, StepWrite, Store, StoreFault, Succession, TimestampRow,
};

const ORIGIN: &str = "uz.example/uz-plant/log";
const FOREIGN: &str = "kz.example/border/log";

/// Takes the place of the other.
const NEXT: &str = "uz.example/plant/log/2";

fn log(origin: &str, participant: Option<&str>) -> LogRow {
    LogRow {
        origin: origin.to_owned(),
        participant: participant.map(str::to_owned),
        kind: "register".to_owned(),
        owner: "did:web:example:owner".to_owned(),
        vkey: format!("{origin}+00000000+AQ"),
        state: LogState::Open,
        config: "{}".to_owned(),
        size: 0,
        folded: 0,
        checkpoint: None,
        published_at: None,
        created_at: 1,
    }
}

fn key() -> LogKeyRow {
    LogKeyRow {
        vkey: format!("{ORIGIN}+00000000+AQ"),
        algorithm: "EdDSA".to_owned(),
        public: vec![1],
        private: b"secret key".to_vec(),
        state: KeyState::Active,
        created_at: 2,
        compromised_at: None,
    }
}

fn entry(id: &str) -> NewEntry {
    NewEntry {
        origin: ORIGIN.to_owned(),
        id: id.to_owned(),
        leaf: format!("leaf of {id}").into_bytes(),
        body_hash: format!("hash of {id}"),
        body: format!("body of {id}").into_bytes(),
        salt: None,
        at: 7,
    }
}

fn act(entries: Vec<NewEntry>) -> StepWrite {
    let mut step = StepWrite::new(CaseWrite::Untouched {
        participant: UZ.to_owned(),
    });
    step.entries = entries;
    step
}

async fn with_log(place: &Place) -> Store {
    let store = place.with_participants().await;
    let added = store.add_log(log(ORIGIN, Some(UZ)), vec![key()]).await.unwrap();
    assert!(matches!(added, Put::Committed(_)));
    store
}

async fn append(store: &Store, ids: &[&str]) {
    let entries = ids.iter().map(|id| entry(id)).collect();
    let outcome = store.commit_step(act(entries)).await.unwrap();
    assert!(matches!(outcome, StepOutcome::Committed(..)));
}

async fn leaves(store: &Store, after: i64) -> Vec<String> {
    let source = LogSource::Register(ORIGIN.to_owned());
    let leaves = store.leaves_after(&source, after, 100).await.unwrap();
    leaves
        .into_iter()
        .map(|leaf| String::from_utf8(leaf).unwrap())
        .collect()
}

fn publication(expected_size: i64, size: i64, text: &str) -> Publication {
    Publication {
        origin: ORIGIN.to_owned(),
        expected_size,
        size,
        checkpoint: text.as_bytes().to_vec(),
        at: 9,
    }
}

pub async fn an_entry_has_its_position_and_is_written_once(place: &Place) {
    let store = with_log(place).await;
    append(&store, &["a", "b"]).await;
    let twice = store.commit_step(act(vec![entry("c"), entry("a")])).await;
    assert!(matches!(twice, Err(StoreFault::Constraint(_))), "{twice:?}");
    append(&store, &["c"]).await;
    assert_eq!(leaves(&store, 0).await, ["leaf of a", "leaf of b", "leaf of c"]);
    assert_eq!(leaves(&store, 2).await, ["leaf of c"]);
    let found = store.entry(ORIGIN, "c").await.unwrap().unwrap();
    assert_eq!((found.position, found.at), (3, 7));
    assert_eq!(found.body.unwrap(), b"body of c");
    assert_eq!(store.entry(ORIGIN, "d").await.unwrap(), None);
    assert_eq!(found.id.as_deref(), Some("c"));
    let last = store.last_entry(ORIGIN, "a", "c").await.unwrap().unwrap();
    assert_eq!(last.id.as_deref(), Some("b"));
    assert_eq!(store.last_entry(ORIGIN, "d", "e").await.unwrap(), None);
    let between = store.entries_between(ORIGIN, "b", "z", 9).await.unwrap();
    assert_eq!(between.iter().map(|entry| entry.position).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(store.entries_between(ORIGIN, "a", "z", 1).await.unwrap().len(), 1);
    assert_eq!(store.last_position(ORIGIN).await.unwrap(), 3);
    assert_eq!(store.entries_after(ORIGIN, 1, 1).await.unwrap()[0].leaf, b"leaf of b");
    store.close().await;
}

pub async fn entries_share_the_fate_of_their_step(place: &Place) {
    let store = with_log(place).await;
    let mut two_logs = act(vec![entry("a"), entry("b")]);
    two_logs.entries[1].origin = FOREIGN.to_owned();
    assert!(matches!(store.commit_step(two_logs).await, Err(StoreFault::Broken(_))));
    let mut unknown = act(vec![entry("a")]);
    unknown.entries[0].origin = FOREIGN.to_owned();
    unknown.events = vec![event("none", "record.published")];
    assert!(matches!(
        store.commit_step(unknown).await,
        Err(StoreFault::Constraint(_))
    ));
    assert!(store.events_after(UZ, 0, 10).await.unwrap().is_empty());
    append(&store, &["a"]).await;
    assert_eq!(leaves(&store, 0).await, ["leaf of a"]);
    store.close().await;
}

pub async fn one_checkpoint_follows_another_once(place: &Place) {
    let store = with_log(place).await;
    append(&store, &["a", "b"]).await;
    assert!(store.publish(publication(0, 2, "two")).await.unwrap());
    assert!(
        !store.publish(publication(0, 1, "one")).await.unwrap(),
        "the tree never shrinks"
    );
    let row = store.own_log(UZ, "register").await.unwrap().unwrap();
    assert_eq!((row.size, row.published_at), (2, Some(9)));
    assert_eq!(row.checkpoint.as_deref(), Some(b"two".as_slice()));
    assert_eq!(store.own_log(KZ, "register").await.unwrap(), None);
    let second = store
        .add_log(log("uz.example/other", Some(UZ)), Vec::new())
        .await
        .unwrap();
    assert!(matches!(second, Put::Conflict(_)), "one log of a kind");
    assert!(
        store
            .set_log(ORIGIN, LogState::Closed, "{\"why\":1}".to_owned())
            .await
            .unwrap()
    );
    assert!(
        !store.publish(publication(2, 3, "three")).await.unwrap(),
        "a closed log does not grow"
    );
    let taken = store.add_log(log(ORIGIN, None), Vec::new()).await.unwrap();
    assert!(matches!(taken, Put::Conflict(_)));
    assert_eq!(store.list_logs().await.unwrap().len(), 1);
    assert!(!store.set_log("none", LogState::Open, String::new()).await.unwrap());
    store.close().await;
}

pub async fn log_keys_are_sealed(place: &Place) {
    let store = with_log(place).await;
    assert_eq!(store.log_keys(ORIGIN).await.unwrap(), [key()]);
    assert!(store.log_keys("none").await.unwrap().is_empty());
    store.close().await;
    let bytes = std::fs::read(place.folder().join("chapar.db")).unwrap();
    let secret = b"secret key";
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
}

fn fresh(origin: &str, number: i64) -> (String, LogKeyRow) {
    let key = LogKeyRow {
        vkey: format!("{origin}+0000000{number}+AQ"),
        private: format!("secret {number}").into_bytes(),
        created_at: number,
        ..key()
    };
    (origin.to_owned(), key)
}

pub async fn logs_get_fresh_keys_together_and_lost_ones_sign_no_more(place: &Place) {
    let store = with_log(place).await;
    let other = "uz.example/uz-plant/evidence";
    let evidence = LogRow {
        kind: "evidence".to_owned(),
        ..log(other, Some(UZ))
    };
    let (_, first) = fresh(other, 1);
    let added = store.add_log(evidence, vec![first.clone()]).await.unwrap();
    assert!(matches!(added, Put::Committed(_)));
    let rotate = async |fresh, compromised_at| store.rotate_log_keys(UZ, fresh, compromised_at).await;
    let keys = async |origin| store.log_keys(origin).await.unwrap();
    rotate(vec![fresh(ORIGIN, 3), fresh(other, 3)], None).await.unwrap();
    let both = [key(), fresh(ORIGIN, 3).1];
    assert_eq!(keys(ORIGIN).await, both, "a replaced key signs on");
    assert_eq!(keys(other).await, [first, fresh(other, 3).1]);
    // The second log has its key already, or there is none: the first is left as it was, its lost keys too.
    for wrong in [fresh(other, 3), fresh(FOREIGN, 4)] {
        let refused = rotate(vec![fresh(ORIGIN, 4), wrong], Some(9)).await;
        assert!(matches!(refused, Err(StoreFault::Constraint(_))), "{refused:?}");
    }
    assert_eq!(keys(ORIGIN).await, both);
    rotate(vec![fresh(ORIGIN, 5)], Some(9)).await.unwrap();
    rotate(vec![fresh(ORIGIN, 6)], Some(12)).await.unwrap();
    let lost = |key, at| LogKeyRow {
        state: KeyState::Retired,
        compromised_at: Some(at),
        ..key
    };
    let [before, replaced] = both;
    let expected = [
        lost(before, 9),
        lost(replaced, 9),
        lost(fresh(ORIGIN, 5).1, 12),
        fresh(ORIGIN, 6).1,
    ];
    assert_eq!(keys(ORIGIN).await, expected, "each since it was first known");
    assert!(keys(other).await.iter().all(|key| key.state == KeyState::Active));
    store.close().await;
}

pub async fn a_body_that_is_not_open_is_not_shown(place: &Place) {
    let store = with_log(place).await;
    let mut sealed = entry("b");
    sealed.salt = Some(b"secret salt".to_vec());
    store.commit_step(act(vec![entry("a"), sealed])).await.unwrap();
    let shown = store.bodies(ORIGIN, 0, 2).await.unwrap();
    let body = |position, body: Option<&str>| BodyRow {
        position,
        body: body.map(|body| body.as_bytes().to_vec()),
    };
    assert_eq!(shown, [body(1, Some("body of a")), body(2, None)]);
    assert_eq!(store.bodies(ORIGIN, 1, 2).await.unwrap().len(), 1);
    assert_eq!(store.body(ORIGIN, "hash of a").await.unwrap().unwrap(), b"body of a");
    assert_eq!(store.body(ORIGIN, "hash of b").await.unwrap(), None);
    let own = store.entry(ORIGIN, "b").await.unwrap().unwrap();
    assert_eq!(own.body.unwrap(), b"body of b");
    assert_eq!(own.salt.unwrap(), b"secret salt");
    store.close().await;
    let bytes = std::fs::read(place.folder().join("chapar.db")).unwrap();
    assert!(!bytes.windows(9).any(|window| window == b"body of b"));
}

pub async fn keys_of_a_witnessed_log_are_replaced_unless_somebody_was_quicker(place: &Place) {
    let store = with_log(place).await;
    let replace = async |before: &str, next: &str| {
        let replaced = store.replace_witnessed_keys(FOREIGN, before, next.to_owned()).await;
        replaced.unwrap()
    };
    let keys = async || store.witnessed(FOREIGN).await.unwrap().map(|row| row.vkeys);
    assert!(!replace("a", "b").await, "it is not on the list");
    store.put_witnessed(FOREIGN, "hash", "a", 1).await.unwrap();
    assert!(replace("a", "b").await);
    assert!(!replace("a", "c").await, "the operator was quicker");
    assert_eq!(keys().await.as_deref(), Some("b"));
    assert!(store.remove_witnessed(FOREIGN, 2).await.unwrap());
    assert!(!replace("b", "c").await, "what is off the list stays off it");
    assert!(store.witnessed(FOREIGN).await.unwrap().unwrap().removed_at.is_some());
    store.close().await;
}

fn mirror(origin: &str) -> MirrorRow {
    MirrorRow {
        origin: origin.to_owned(),
        address: format!("https://{origin}"),
        places: "[]".to_owned(),
        state: b"nothing".to_vec(),
        staged: None,
        seen: None,
        checked_at: None,
        caught: None,
    }
}

/// Entries of a foreign log behind `position`: the first is a record, the others are none.
fn staging(position: i64, texts: &[&str]) -> Staging {
    let entry = |text: &&str| MirroredEntry {
        leaf: text.as_bytes().to_vec(),
        body_hash: "same".to_owned(),
        body: None,
    };
    let record = MirroredRecord {
        position: position + 1,
        record_id: "r".to_owned(),
        kind: "dataset".to_owned(),
        version: position + 1,
        leaf_hash: "leaf".to_owned(),
        body_hash: "same".to_owned(),
    };
    let rejects = (position + 2..)
        .zip(texts.iter().skip(1))
        .map(|(position, text)| MirrorReject {
            position,
            code: "leaf-malformed".to_owned(),
            why: (*text).to_owned(),
        });
    Staging {
        origin: FOREIGN.to_owned(),
        position,
        entries: texts.iter().map(entry).collect(),
        records: texts.first().map(|_| record).into_iter().collect(),
        rejects: rejects.collect(),
        state: format!("up to {}", position + texts.len() as i64).into_bytes(),
        at: 3,
    }
}

pub async fn staged_entries_count_once_a_checkpoint_covers_them(place: &Place) {
    let store = with_log(place).await;
    store.add_mirror(log(FOREIGN, None), mirror(FOREIGN)).await.unwrap();
    let third = "by.example/third";
    store.add_mirror(log(third, None), mirror(third)).await.unwrap();
    store.stage_entries(staging(0, &["one", "two"])).await.unwrap();
    store.stage_entries(staging(2, &[])).await.unwrap();
    let again = store.stage_entries(staging(1, &["two"])).await;
    assert!(matches!(again, Err(StoreFault::Constraint(_))));
    let staged = store.mirror(FOREIGN).await.unwrap().unwrap().staged;
    assert_eq!(staged.unwrap(), b"up to 2", "what is refused says nothing");
    let covered = Publication {
        origin: FOREIGN.to_owned(),
        ..publication(0, 1, "one")
    };
    assert!(store.publish(covered).await.unwrap());
    assert_eq!(store.last_position(FOREIGN).await.unwrap(), 2);
    assert_eq!(store.count_mirror_rejects(FOREIGN).await.unwrap(), 1);
    store.drop_staged(FOREIGN).await.unwrap();
    assert_eq!(store.last_position(FOREIGN).await.unwrap(), 1);
    assert_eq!(store.count_mirror_rejects(FOREIGN).await.unwrap(), 0);
    let records = ["q".to_owned(), "r".to_owned()];
    assert_eq!(store.mirrored_versions(FOREIGN, &records, 9).await.unwrap().len(), 1);
    assert_eq!(store.mirrored_versions(FOREIGN, &records, 0).await.unwrap(), []);
    assert_eq!(store.mirror(FOREIGN).await.unwrap().unwrap().staged, None);
    append(&store, &["a"]).await;
    store.drop_staged(ORIGIN).await.unwrap();
    assert_eq!(
        leaves(&store, 0).await,
        ["leaf of a"],
        "what an act committed is never dropped"
    );
    store.close().await;
}

pub async fn what_is_staged_is_dropped_some_rows_at_a_time(place: &Place) {
    let store = with_log(place).await;
    store.add_mirror(log(FOREIGN, None), mirror(FOREIGN)).await.unwrap();
    let texts = ["one"; 300];
    for batch in 0..3 {
        store.stage_entries(staging(batch * 300, &texts)).await.unwrap();
    }
    let covered = Publication {
        origin: FOREIGN.to_owned(),
        ..publication(0, 100, "one")
    };
    assert!(store.publish(covered).await.unwrap());
    let commits = async || store.set_checked(FOREIGN, 1).await.unwrap().sequence();
    let before = commits().await;
    store.drop_staged(FOREIGN).await.unwrap();
    assert!(commits().await - before > 5, "others come between the commits");
    assert_eq!(store.last_position(FOREIGN).await.unwrap(), 100);
    assert_eq!(store.count_mirror_rejects(FOREIGN).await.unwrap(), 99);
    assert_eq!(store.mirror(FOREIGN).await.unwrap().unwrap().staged, None);
    store.close().await;
}

pub async fn places_of_a_log_are_kept_over_a_restart_and_go_with_it(place: &Place) {
    let store = with_log(place).await;
    store.add_mirror(log(FOREIGN, None), mirror(FOREIGN)).await.unwrap();
    let holder = |address: &str, claimed_at, shown| HolderRow {
        address: address.to_owned(),
        claimed_at,
        shown,
    };
    let first = vec![holder("a", Some(1), None), holder("b", None, Some((3, 2)))];
    store.keep_holders(ORIGIN, first).await.unwrap();
    let now = vec![holder("b", Some(4), Some((5, 6))), holder("c", Some(7), None)];
    for origin in [ORIGIN, FOREIGN] {
        store.keep_holders(origin, now.clone()).await.unwrap();
    }
    let nowhere = store.keep_holders("nowhere", now.clone()).await;
    assert!(matches!(nowhere, Err(StoreFault::Constraint(_))), "{nowhere:?}");
    store.close().await;
    let store = place.open().await;
    let named = |origin: &str| {
        now.iter()
            .map(|row| (origin.to_owned(), row.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        store.list_holders().await.unwrap(),
        [named(FOREIGN), named(ORIGIN)].concat()
    );
    assert!(store.remove_mirror(FOREIGN).await.unwrap());
    store.keep_holders(ORIGIN, Vec::new()).await.unwrap();
    assert_eq!(store.list_holders().await.unwrap(), []);
    store.close().await;
}

pub async fn long_leaves_are_read_fewer_at_a_time(place: &Place) {
    let store = with_log(place).await;
    store.add_mirror(log(FOREIGN, None), mirror(FOREIGN)).await.unwrap();
    let long = "l".repeat(7 * 1024 * 1024);
    for position in 0..4 {
        store.stage_entries(staging(position, &[&long])).await.unwrap();
    }
    let source = LogSource::Register(FOREIGN.to_owned());
    let read = async |position| store.leaves_after(&source, position, 100).await.unwrap().len();
    assert_eq!((read(0).await, read(3).await), (3, 1));
    store.close().await;
}

pub async fn a_mirror_publishes_with_what_is_verified_until_it_is_caught_and_leaves_nothing_when_removed(
    place: &Place,
) {
    let store = with_log(place).await;
    store.add_mirror(log(FOREIGN, None), mirror(FOREIGN)).await.unwrap();
    let again = store.add_mirror(log(FOREIGN, None), mirror(FOREIGN)).await.unwrap();
    assert!(matches!(again, Put::Conflict(_)));
    store.stage_entries(staging(0, &["one", "two"])).await.unwrap();
    store.set_seen(FOREIGN, b"newest".to_vec()).await.unwrap();
    store.set_checked(FOREIGN, 8).await.unwrap();
    let next = |expected, size, note| Publication {
        origin: FOREIGN.to_owned(),
        ..publication(expected, size, note)
    };
    let publish = async |row, state: &str| store.publish_mirrored(row, state.as_bytes().to_vec()).await.unwrap();
    assert!(!publish(next(1, 2, "wrong"), "wrong").await);
    let row = store.mirror(FOREIGN).await.unwrap().unwrap();
    assert_eq!(
        (row.state, row.staged, row.seen, row.checked_at),
        (
            b"nothing".to_vec(),
            Some(b"up to 2".to_vec()),
            Some(b"newest".to_vec()),
            Some(8)
        )
    );
    assert!(publish(next(0, 2, "two"), "verified").await);
    let row = store.mirror(FOREIGN).await.unwrap().unwrap();
    assert_eq!((row.state, row.staged, row.seen), (b"verified".to_vec(), None, None));
    let catch = async |origin, caught: &str, alarm| {
        store
            .catch_mirror(origin, caught.to_owned(), Some(alarm))
            .await
            .unwrap()
    };
    assert!(catch(FOREIGN, "{}", alarm("one", 1)).await);
    assert!(!catch(FOREIGN, "other", alarm("two", 2)).await);
    assert!(
        !catch(ORIGIN, "{}", alarm("three", 3)).await,
        "an own log is not caught"
    );
    let kept = store.list_alarms().await.unwrap();
    assert_eq!(
        kept,
        [alarm("one", 1)],
        "the alarm is kept with what it tells of, or not at all"
    );
    assert_eq!(store.mirror(FOREIGN).await.unwrap().unwrap().caught.unwrap(), "{}");
    assert!(!publish(next(2, 3, "three"), "more").await);
    let tiles = store.tiles(FOREIGN);
    tiles
        .write(vec![("tile/0/000".to_owned(), b"x".to_vec())])
        .await
        .unwrap();
    assert!(store.remove_mirror(FOREIGN).await.unwrap());
    assert!(!store.remove_mirror(FOREIGN).await.unwrap());
    assert_eq!(store.last_position(FOREIGN).await.unwrap(), 0);
    assert_eq!(store.log(FOREIGN).await.unwrap(), None);
    assert_eq!(tiles.read("tile/0/000").await.unwrap(), None);
    assert!(store.log(ORIGIN).await.unwrap().is_some());
    store.close().await;
}

fn alarm(id: &str, at: i64) -> AlarmRow {
    AlarmRow {
        id: id.to_owned(),
        origin: FOREIGN.to_owned(),
        alarm: "fork".to_owned(),
        place: String::new(),
        body: "{}".to_owned(),
        told_by: None,
        verdict: "proven".to_owned(),
        why: String::new(),
        seen_at: at,
        last_at: at,
        times: 1,
        cleared_at: None,
        is_due: true,
        record_id: None,
    }
}

pub async fn an_alarm_is_kept_once_and_counted_until_it_is_cleared(place: &Place) {
    let store = with_log(place).await;
    let quiet = |id: &str, at| AlarmRow {
        is_due: false,
        verdict: "asserted".to_owned(),
        ..alarm(id, at)
    };
    store.keep_alarm(quiet("one", 1)).await.unwrap();
    assert!(store.clear_alarm("one", 2).await.unwrap());
    assert!(!store.clear_alarm("one", 3).await.unwrap());
    store
        .keep_alarm(AlarmRow {
            is_due: true,
            ..quiet("one", 4)
        })
        .await
        .unwrap();
    let again = AlarmRow {
        last_at: 4,
        times: 2,
        is_due: true,
        ..quiet("one", 1)
    };
    assert_eq!(store.alarms_of(FOREIGN).await.unwrap(), std::slice::from_ref(&again));
    assert_eq!(store.due_alarms().await.unwrap(), [again]);
    store.set_alarm_told("one", "did:web:x/records/0/alarm").await.unwrap();
    store
        .keep_alarm(AlarmRow {
            is_due: true,
            ..quiet("one", 5)
        })
        .await
        .unwrap();
    assert_eq!(store.due_alarms().await.unwrap(), [], "others are told once");
    for number in 0..70 {
        store.keep_alarm(quiet(&format!("other {number}"), 6)).await.unwrap();
    }
    store.keep_alarm(alarm("proof", 7)).await.unwrap();
    let count = async || {
        store
            .count_alarms()
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.verdict, row.count))
    };
    let counted: Vec<_> = count().await.collect();
    assert_eq!(
        counted,
        [("asserted".to_owned(), 64), ("proven".to_owned(), 1)],
        "words fill no disk and keep no proof out"
    );
    store.set_alarm_verdict("one", "unfounded", "no proof").await.unwrap();
    assert!(store.clear_alarm("proof", 8).await.unwrap());
    let counted: Vec<_> = count().await.collect();
    assert_eq!(counted, [("asserted".to_owned(), 63), ("unfounded".to_owned(), 1)]);
    store.close().await;
}

pub async fn tiles_are_written_once_and_stay_below_their_log(place: &Place) {
    let store = with_log(place).await;
    let tiles = store.tiles(ORIGIN);
    let file = |path: &str, bytes: &[u8]| (path.to_owned(), bytes.to_vec());
    tiles
        .write(vec![file("tile/0/000.p/1", b"one"), file("tile/0/000.p/2", b"two")])
        .await
        .unwrap();
    tiles.write(vec![file("tile/0/000.p/1", b"one")]).await.unwrap();
    let other = tiles.write(vec![file("tile/0/000.p/1", b"other")]).await;
    assert!(matches!(other, Err(StoreFault::Broken(_))), "{other:?}");
    assert_eq!(tiles.read("tile/0/000.p/1").await.unwrap().unwrap(), b"one");
    assert_eq!(tiles.read("tile/0/000").await.unwrap(), None);
    assert_eq!(tiles.read("tile/0/000.p/1/none").await.unwrap(), None);
    assert_eq!(store.tiles(FOREIGN).read("tile/0/000.p/1").await.unwrap(), None);
    tiles.remove_below("tile/0/000.p").await.unwrap();
    tiles.remove_below("tile/0/000.p").await.unwrap();
    assert_eq!(tiles.read("tile/0/000.p/2").await.unwrap(), None);
    for path in ["../../chapar.db", "/etc/hostname", "", "tile/../../x"] {
        assert!(matches!(tiles.read(path).await, Err(StoreFault::Broken(_))), "{path}");
        assert!(matches!(
            tiles.write(vec![file(path, b"x")]).await,
            Err(StoreFault::Broken(_))
        ));
    }
    store.close().await;
}

pub async fn tiles_in_object_storage_are_as_those_in_the_folder(_: &Place) {
    let place = Place::with_objects();
    let objects = place.objects.clone().unwrap();
    tiles_are_written_once_and_stay_below_their_log(&place).await;
    assert_eq!(
        objects.all(),
        Vec::<String>::new(),
        "what is below a path is removed, page by page"
    );
    let store = place.open().await;
    let tiles = store.tiles(ORIGIN);
    let files: Vec<_> = (1..=5)
        .map(|width| (format!("tile/0/000.p/{width}"), vec![1]))
        .collect();
    tiles.write(files.clone()).await.unwrap();
    store.tiles(FOREIGN).write(files).await.unwrap();
    assert!(!place.folder().join("logs").exists());
    tiles.remove_below("tile/0/000.p").await.unwrap();
    assert_eq!(objects.all().len(), 5, "the tiles of the other log");
    store.tiles(FOREIGN).remove().await.unwrap();
    assert_eq!(objects.all(), Vec::<String>::new());
    objects.is_away.store(true, std::sync::atomic::Ordering::Relaxed);
    let away = tiles.write(vec![("tile/0/000".to_owned(), vec![1])]).await;
    assert!(matches!(away, Err(StoreFault::Objects(_))), "{away:?}");
    assert!(matches!(tiles.read("tile/0/000").await, Err(StoreFault::Objects(_))));
    store.close().await;
}

/// As a foreign log of which these entries were taken.
async fn retrieved(store: &Store, name: &str, texts: &[&str]) -> Retrieval {
    let row = LogRow {
        kind: RETRIEVED.to_owned(),
        ..log(name, None)
    };
    store.add_mirror(row, mirror(name)).await.unwrap();
    let staged = Staging {
        origin: name.to_owned(),
        ..staging(0, texts)
    };
    store.stage_entries(staged).await.unwrap();
    Retrieval {
        origin: ORIGIN.to_owned(),
        participant: UZ.to_owned(),
        stored_as: name.to_owned(),
        size: i64::try_from(texts.len()).unwrap(),
        checkpoint: b"newest".to_vec(),
        config: "{}".to_owned(),
        at: 11,
    }
}

pub async fn what_was_taken_back_is_the_logs_own_again(place: &Place) {
    let store = with_log(place).await;
    append(&store, &["a"]).await;
    assert!(store.publish(publication(0, 1, "one")).await.unwrap());
    let back = retrieved(&store, "back", &["leaf of a", "leaf of b", "leaf of c"]).await;
    let put = store.take_retrieved(back.clone()).await.unwrap();
    assert!(
        matches!(put, Put::Conflict(_)),
        "a log that is not held goes on by itself"
    );
    assert!(!store.resume_log(ORIGIN, "{}".to_owned()).await.unwrap());
    store.set_log(ORIGIN, LogState::Held, "why".to_owned()).await.unwrap();
    assert!(
        !store.publish(publication(1, 2, "two")).await.unwrap(),
        "a held log is silent"
    );

    let other = retrieved(&store, "other", &["another leaf", "leaf of b"]).await;
    assert!(matches!(store.take_retrieved(other).await.unwrap(), Put::Conflict(_)));
    assert_eq!(leaves(&store, 0).await, ["leaf of a"]);
    assert_eq!(store.log(ORIGIN).await.unwrap().unwrap().state, LogState::Held);

    let listed = store.list_logs().await.unwrap();
    assert_eq!(listed.len(), 1, "what is on its way back is no log of its own");
    let names = vec![(2, "b".to_owned()), (3, "c".to_owned())];
    store.name_retrieved("back", names).await.unwrap();
    assert!(matches!(store.take_retrieved(back).await.unwrap(), Put::Committed(_)));
    assert!(store.remove_mirror("back").await.unwrap());
    append(&store, &["d"]).await;
    assert_eq!(
        leaves(&store, 0).await,
        ["leaf of a", "leaf of b", "leaf of c", "leaf of d"]
    );
    assert_eq!(store.entry(ORIGIN, "c").await.unwrap().unwrap().position, 3);
    let row = store.log(ORIGIN).await.unwrap().unwrap();
    assert_eq!((row.state, row.size, row.published_at), (LogState::Open, 3, Some(11)));
    assert_eq!(
        (row.config.as_str(), row.checkpoint.as_deref()),
        ("{}", Some(b"newest".as_slice()))
    );
    store.close().await;
}

fn succession(retrieval: Option<Retrieval>) -> Succession {
    Succession {
        origin: ORIGIN.to_owned(),
        participant: UZ.to_owned(),
        config: "ended".to_owned(),
        retrieval,
        successor: log(NEXT, Some(UZ)),
        policy: Some(LogPolicyRow {
            origin: NEXT.to_owned(),
            policy: "quorum none".to_owned(),
            waits: false,
            updated_at: 3,
        }),
    }
}

pub async fn a_log_ends_and_another_begins_with_one_write(place: &Place) {
    let store = with_log(place).await;
    append(&store, &["a"]).await;
    assert!(store.publish(publication(0, 1, "one")).await.unwrap());
    let open = store.succeed_log(succession(None), vec![key()]).await.unwrap();
    assert!(matches!(open, Put::Conflict(_)), "a log that goes on has no successor");
    store.set_log(ORIGIN, LogState::Held, "why".to_owned()).await.unwrap();
    let other = retrieved(&store, "other", &["another leaf", "leaf of b"]).await;
    let put = store.succeed_log(succession(Some(other)), vec![key()]).await.unwrap();
    assert!(matches!(put, Put::Conflict(_)), "two histories");
    assert_eq!(store.log(ORIGIN).await.unwrap().unwrap().state, LogState::Held);
    assert_eq!(store.log(NEXT).await.unwrap(), None);

    let back = retrieved(&store, "back", &["leaf of a", "leaf of b", "leaf of c"]).await;
    let put = store.succeed_log(succession(Some(back)), vec![key()]).await.unwrap();
    assert!(matches!(put, Put::Committed(_)));
    let ended = store.log(ORIGIN).await.unwrap().unwrap();
    assert_eq!(
        (ended.state, ended.size, ended.config.as_str()),
        (LogState::Closed, 3, "ended")
    );
    assert_eq!(leaves(&store, 0).await, ["leaf of a", "leaf of b", "leaf of c"]);
    assert!(!store.publish(publication(3, 4, "four")).await.unwrap());
    let on = store.own_log(UZ, "register").await.unwrap().unwrap();
    assert_eq!((on.origin.as_str(), on.state), (NEXT, LogState::Open));
    assert_eq!(store.log_keys(NEXT).await.unwrap(), [key()]);
    assert!(store.log_policy(NEXT).await.unwrap().is_some());
    let again = store.succeed_log(succession(None), vec![key()]).await.unwrap();
    assert!(matches!(again, Put::Conflict(_)), "once");
    store.close().await;
}

pub async fn a_held_log_may_go_on_as_it_is(place: &Place) {
    let store = with_log(place).await;
    store.set_log(ORIGIN, LogState::Held, "why".to_owned()).await.unwrap();
    assert!(store.resume_log(ORIGIN, "{}".to_owned()).await.unwrap());
    let row = store.log(ORIGIN).await.unwrap().unwrap();
    assert_eq!((row.state, row.config.as_str()), (LogState::Open, "{}"));
    store.close().await;
}

fn stamp(size: i64, reply: &[u8]) -> TimestampRow {
    TimestampRow {
        origin: ORIGIN.to_owned(),
        size,
        at: size * 1000,
        got_at: size * 1000 + 7,
        signer: "CN=time".to_owned(),
        is_verified: size != 5,
        reply: reply.to_vec(),
    }
}

pub async fn stamps_are_kept_by_size_and_the_first_of_one_stands(place: &Place) {
    let store = with_log(place).await;
    assert_eq!(store.newest_timestamp(ORIGIN).await.unwrap(), None);
    for size in [2, 9, 5] {
        store.add_timestamp(stamp(size, b"first")).await.unwrap();
    }
    store.add_timestamp(stamp(9, b"second")).await.unwrap();
    assert_eq!(store.timestamp(ORIGIN, 5).await.unwrap(), Some(stamp(5, b"first")));
    assert_eq!(store.timestamp(ORIGIN, 3).await.unwrap(), None);
    assert_eq!(store.newest_timestamp(ORIGIN).await.unwrap(), Some(stamp(9, b"first")));
    assert_eq!(store.newest_timestamp(FOREIGN).await.unwrap(), None);
    let sizes = |before, limit| store.timestamp_sizes(ORIGIN, before, limit);
    assert_eq!(sizes(i64::MAX, 2).await.unwrap(), [9, 5]);
    assert_eq!(sizes(5, 2).await.unwrap(), [2]);
    assert!(sizes(2, 2).await.unwrap().is_empty());
}

pub async fn numbers_rise_by_name(place: &Place) {
    let store = place.with_participants().await;
    for (name, expected) in [("a", 1), ("a", 2), ("b", 1), ("a", 3)] {
        assert_eq!(store.next_number(name).await.unwrap(), expected, "{name}");
    }
}
