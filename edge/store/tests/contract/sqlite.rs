//! What the SQLite store keeps through crashes, wrong keys, rollbacks, failures of the database, backup and upgrade.

use crate::suite::place::{Place, key, open};
use crate::suite::rows::{
    KZ, UZ, case, committed, definition, delete_asset, digest, document, effect, insert, participant, policy,
    put_document, signing_key, update,
};
use chapar_store::{CaseWrite, LogRow, LogState, Look, Options, Rollback, StepOutcome, Store, StoreFault, restore};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::AsyncReadExt;

const KIND: &str = "negotiation";

async fn execute(folder: &Path, sql: &str) {
    let address = format!("sqlite://{}", folder.join("chapar.db").display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

const CHILD: &str = "CHAPAR_STORE_TEST_CHILD";

/// What the child of a test does: it writes until it is killed and prints each id after its commit. Each commit steps the
/// generation up, so that the kill falls between its two halves as well.
async fn write_until_killed(folder: &Path) {
    let options = Options {
        raise_every: Duration::ZERO,
        ..Options::new(key())
    };
    let store = Store::open(folder, options).await.unwrap();
    store
        .add_participant(participant(UZ), Vec::new(), Vec::new())
        .await
        .unwrap();
    for number in 0.. {
        committed(store.commit_step(insert(UZ, &format!("n{number}"))).await.unwrap());
        println!("\nacknowledged n{number}");
    }
}

/// Runs the test `name` as a child that writes into `folder`; the ids it acknowledges.
fn start_writing(name: &str, folder: &Path) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let ids = lines.filter_map(|line| line.strip_prefix("acknowledged ").map(str::to_owned));
    (child, ids)
}

#[tokio::test]
async fn a_killed_process_keeps_what_was_acknowledged() {
    if let Some(folder) = std::env::var_os(CHILD) {
        write_until_killed(Path::new(&folder)).await;
    }
    let place = Place::sqlite();
    let (mut child, mut acknowledged) =
        start_writing("sqlite::a_killed_process_keeps_what_was_acknowledged", &place.folder());
    let mut ids: Vec<String> = acknowledged.by_ref().take(50).collect();
    child.kill().unwrap();
    ids.extend(acknowledged);
    child.wait().unwrap();
    assert!(ids.len() >= 50, "the child ended early");
    let store = place.open().await;
    for id in &ids {
        assert!(
            store.load_case(UZ, KIND, id).await.unwrap().is_some(),
            "{id} of {}",
            ids.len()
        );
    }
    let events = store.events_after(UZ, 0, 99_999).await.unwrap();
    assert!(events.iter().zip(1..).all(|(event, number)| event.number == number));
    committed(store.commit_step(insert(UZ, "after")).await.unwrap());
}

#[tokio::test]
async fn a_copy_of_a_killed_run_put_back_is_noticed() {
    if let Some(folder) = std::env::var_os(CHILD) {
        write_until_killed(Path::new(&folder)).await;
    }
    let (place, copy) = (Place::sqlite(), Place::sqlite());
    let (mut child, mut acknowledged) =
        start_writing("sqlite::a_copy_of_a_killed_run_put_back_is_noticed", &place.folder());
    assert_eq!(acknowledged.by_ref().take(10).count(), 10, "the child ended early");
    copy_database(&place.folder(), &copy.folder());
    let remembered = || -> i64 {
        let text = std::fs::read_to_string(place.folder().join("generation")).unwrap();
        text.trim().parse().unwrap()
    };
    // The file is one step behind the database at most: two steps on it is certainly ahead of the copy.
    let then = remembered();
    let went_on = acknowledged.by_ref().take(5_000).any(|_| remembered() >= then + 2);
    assert!(went_on, "the folder remembers no later step");
    child.kill().unwrap();
    child.wait().unwrap();
    copy_database(&copy.folder(), &place.folder());
    let fault = open(&place.folder()).await.err().unwrap();
    assert!(matches!(fault, StoreFault::RolledBack { .. }), "{fault}");
}

#[tokio::test]
async fn a_copy_of_the_same_run_put_back_is_noticed_after_an_orderly_end() {
    let (place, copy) = (Place::sqlite(), Place::sqlite());
    let store = place.with_participants().await;
    copy_database(&place.folder(), &copy.folder());
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    store.close().await;
    copy_database(&copy.folder(), &place.folder());
    let fault = open(&place.folder()).await.err().unwrap();
    assert!(matches!(fault, StoreFault::RolledBack { .. }), "{fault}");
}

#[tokio::test]
async fn a_run_that_wrote_nothing_steps_no_further() {
    let place = Place::sqlite();
    place.with_participants().await.close().await;
    place.open().await.close().await;
    let remembered = std::fs::read_to_string(place.folder().join("generation")).unwrap();
    assert_eq!(
        remembered.trim(),
        "3",
        "two openings, and one end with something written"
    );
}

#[tokio::test]
async fn handles_dropped_without_close_lose_nothing() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    assert!(matches!(open(&place.folder()).await, Err(StoreFault::InUse(_))));
    drop(store);
    let again = loop {
        match open(&place.folder()).await {
            Ok(store) => break store,
            Err(StoreFault::InUse(_)) => tokio::task::yield_now().await,
            Err(fault) => panic!("{fault}"),
        }
    };
    assert!(again.load_case(UZ, KIND, "n1").await.unwrap().is_some());
    let other = again.clone();
    again.close().await;
    assert!(matches!(
        other.commit_step(insert(UZ, "n2")).await,
        Err(StoreFault::Unavailable(_))
    ));
}

#[tokio::test]
async fn a_wrong_key_is_told_at_once_and_says_what_to_do() {
    let place = Place::sqlite();
    place.with_participants().await.close().await;
    let other = chapar_store::NodeKey::from_bytes([8; 32]);
    let fault = Store::open(&place.folder(), Options::new(other)).await.err().unwrap();
    assert!(matches!(fault, StoreFault::WrongKey { .. }), "{fault}");
    assert!(
        fault.to_string().contains("key file or environment variable"),
        "{fault}"
    );
    place.open().await;
}

#[tokio::test]
async fn no_secret_lies_open_on_disk_and_altered_rows_do_not_open() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    let mut step = insert(UZ, "n1");
    step.outbox_add = vec![effect(UZ, "n1", 1)];
    committed(store.commit_step(step).await.unwrap());
    committed(store.commit_step(insert(KZ, "n1")).await.unwrap());
    store
        .rotate_signing_keys(UZ, vec![signing_key(UZ, "k1", 1)])
        .await
        .unwrap();
    store.secret_or_insert("", "paging", b"secret value").await.unwrap();
    for entry in std::fs::read_dir(place.folder()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let bytes = String::from_utf8_lossy(&bytes);
        for secret in [
            "secret evidence",
            "secret raw",
            "secret message",
            "secret private",
            "secret value",
            "body of n1",
        ] {
            assert!(!bytes.contains(secret), "`{secret}` in plain");
        }
    }
    let stolen = "UPDATE cases SET sealed_body = (SELECT sealed_body FROM cases WHERE participant = 'kz-border')
                  WHERE participant = 'uz-plant'";
    execute(&place.folder(), stolen).await;
    let loaded = store.load_case(UZ, KIND, "n1").await;
    assert!(
        matches!(loaded, Err(StoreFault::Sealed { table: "cases", .. })),
        "{loaded:?}"
    );
}

#[tokio::test]
async fn a_failed_group_writes_nothing_and_the_next_one_is_fine() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    execute(&place.folder(), "ALTER TABLE events RENAME TO gone").await;
    let failed = store.commit_step(insert(UZ, "n1")).await;
    assert!(matches!(failed, Err(StoreFault::Database(_))), "{failed:?}");
    assert_eq!(store.load_case(UZ, KIND, "n1").await.unwrap(), None);
    execute(&place.folder(), "ALTER TABLE gone RENAME TO events").await;
    assert_eq!(committed(store.commit_step(insert(UZ, "n1")).await.unwrap()), [1]);
}

/// A constraint that is checked at COMMIT only makes COMMIT itself fail.
#[tokio::test]
async fn an_error_from_commit_is_unknown() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    let trap = "CREATE TABLE trap (slug TEXT REFERENCES participants (slug) DEFERRABLE INITIALLY DEFERRED);
                CREATE TRIGGER trapped AFTER INSERT ON cases BEGIN INSERT INTO trap VALUES ('nobody'); END;";
    execute(&place.folder(), trap).await;
    let outcome = store.commit_step(insert(UZ, "n1")).await;
    assert!(matches!(outcome, Err(StoreFault::Unknown(_))), "{outcome:?}");
    execute(&place.folder(), "DROP TRIGGER trapped").await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
}

#[tokio::test]
async fn an_older_database_is_noticed_and_can_be_accepted() {
    let place = Place::sqlite();
    place.with_participants().await.close().await;
    let (database, older) = (place.folder().join("chapar.db"), place.beside("older.db"));
    std::fs::copy(&database, &older).unwrap();
    place.open().await.close().await;
    std::fs::copy(&older, &database).unwrap();
    let fault = open(&place.folder()).await.err().unwrap();
    assert!(
        matches!(
            fault,
            StoreFault::RolledBack {
                database: 2,
                file: Some(3)
            }
        ),
        "{fault:?}"
    );
    assert!(fault.to_string().contains("put the newest database back"), "{fault}");
    let accept = Options {
        rollback: Rollback::Accept,
        ..Options::new(key())
    };
    Store::open(&place.folder(), accept).await.unwrap().close().await;
    place.open().await.close().await;
    std::fs::remove_file(place.folder().join("generation")).unwrap();
    let fault = open(&place.folder()).await.err().unwrap();
    assert!(matches!(fault, StoreFault::RolledBack { file: None, .. }), "{fault:?}");
}

/// What was published of it since then nobody here knows.
#[tokio::test]
async fn an_older_database_holds_the_registers_of_the_house() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    for (origin, participant, kind) in [
        ("uz/log", Some(UZ), "log"),
        ("uz/evidence", Some(UZ), "evidence"),
        ("foreign", None, "log"),
    ] {
        let row = LogRow {
            origin: origin.to_owned(),
            participant: participant.map(str::to_owned),
            kind: kind.to_owned(),
            owner: "did:web:example:owner".to_owned(),
            vkey: "key".to_owned(),
            state: LogState::Open,
            config: "{}".to_owned(),
            size: 0,
            folded: 0,
            checkpoint: None,
            published_at: None,
            created_at: 1,
        };
        store.add_log(row, Vec::new()).await.unwrap();
    }
    store.close().await;
    let (database, older) = (place.folder().join("chapar.db"), place.beside("older.db"));
    std::fs::copy(&database, &older).unwrap();
    place.open().await.close().await;
    std::fs::copy(&older, &database).unwrap();
    let accept = Options {
        rollback: Rollback::Accept,
        ..Options::new(key())
    };
    let store = Store::open(&place.folder(), accept).await.unwrap();
    let states: Vec<(String, LogState)> = store
        .list_logs()
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.origin, row.state))
        .collect();
    let expected = [
        ("foreign", LogState::Open),
        ("uz/evidence", LogState::Open),
        ("uz/log", LogState::Held),
    ];
    assert_eq!(states, expected.map(|(origin, state)| (origin.to_owned(), state)));
    store.close().await;
}

#[tokio::test]
async fn a_backup_is_restored_whole_and_its_rollback_noticed() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    let document = put_document(&store, UZ, "d1", b"content", &[]).await;
    let backup = place.beside("backup");
    let made = store.backup(&backup).await.unwrap();
    assert_eq!((made.generation, made.files), (1, 3));
    assert!(matches!(store.backup(&backup).await, Err(StoreFault::Backup(_))));
    committed(store.commit_step(update(&case(UZ, "n1"), "OFFERED")).await.unwrap());
    delete_asset(&store, UZ, "d1").await;
    assert!(matches!(
        restore(&backup, &place.folder()).await,
        Err(StoreFault::InUse(_))
    ));
    store.close().await;
    assert!(matches!(
        restore(&backup, &place.folder()).await,
        Err(StoreFault::Backup(_))
    ));

    // The copy put over the running database by hand is noticed as well.
    let again = place.beside("again");
    assert_eq!(restore(&backup, &again).await.unwrap().files, 3);
    assert!(matches!(open(&again).await, Err(StoreFault::RolledBack { .. })));
    let accept = Options {
        rollback: Rollback::Accept,
        ..Options::new(key())
    };
    let restored = Store::open(&again, accept).await.unwrap();
    assert_eq!(
        restored.load_case(UZ, KIND, "n1").await.unwrap().unwrap().row,
        case(UZ, "n1")
    );
    let mut text = String::new();
    restored
        .content(UZ, digest(&document))
        .await
        .unwrap()
        .read_to_string(&mut text)
        .await
        .unwrap();
    assert_eq!(text, "content");
    let numbers = committed(restored.commit_step(update(&case(UZ, "n1"), "OFFERED")).await.unwrap());
    assert_eq!(numbers, [2]);

    std::fs::write(backup.join("documents").join(UZ).join(digest(&document)), b"altered").unwrap();
    let altered = restore(&backup, &place.beside("third")).await;
    assert!(matches!(altered, Err(StoreFault::Backup(_))), "{altered:?}");
}

/// Every file of a store with its bytes; not SQLite's index of the log, which holds no data.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let named = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let bytes = if path.is_dir() {
            Vec::new()
        } else {
            std::fs::read(&path).unwrap()
        };
        (path.file_name().unwrap().to_string_lossy().into_owned(), bytes)
    });
    named.filter(|(name, _)| name != "chapar.db-shm").collect()
}

/// Copies the database with its log into another folder, as a person would who does not know better.
fn copy_database(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["chapar.db", "chapar.db-wal"] {
        let _ = std::fs::remove_file(to.join(name));
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
    let _ = std::fs::remove_file(to.join("chapar.db-shm"));
}

#[tokio::test]
async fn a_look_says_what_a_start_would_meet_and_changes_nothing() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    assert!(matches!(
        Store::look(&place.folder(), &key()).await,
        Err(StoreFault::InUse(_))
    ));
    // What a crash leaves: the database beside a log that was not written back, and no lock.
    let crashed = place.beside("crashed");
    copy_database(&place.folder(), &crashed);
    std::fs::write(crashed.join("generation"), "1\n").unwrap();
    store.close().await;
    for folder in [place.folder(), crashed] {
        let before = files(&folder);
        let look = Store::look(&folder, &key()).await.unwrap();
        assert_eq!(look, Look::Current { participants: 2 });
        let other = chapar_store::NodeKey::from_bytes([8; 32]);
        let fault = Store::look(&folder, &other).await.unwrap_err();
        assert!(matches!(fault, StoreFault::WrongKey { .. }), "{fault}");
        assert_eq!(files(&folder), before, "{}", folder.display());
    }
    let before = files(&place.folder());
    std::fs::write(place.folder().join("generation"), "99\n").unwrap();
    let fault = Store::look(&place.folder(), &key()).await.unwrap_err();
    assert!(
        matches!(fault, StoreFault::RolledBack { file: Some(99), .. }),
        "{fault}"
    );
    std::fs::write(place.folder().join("generation"), &before["generation"]).unwrap();

    execute(
        &place.folder(),
        "INSERT INTO schema_migrations VALUES (999, 'later', 'x')",
    )
    .await;
    let fault = Store::look(&place.folder(), &key()).await.unwrap_err();
    assert!(matches!(fault, StoreFault::Schema(_)), "{fault}");
}

#[tokio::test]
async fn a_look_at_an_older_schema_says_so_and_leaves_it() {
    let place = Place::sqlite();
    std::fs::create_dir_all(place.folder()).unwrap();
    std::fs::write(place.folder().join("chapar.db"), b"").unwrap();
    let bare = Store::look(&place.folder(), &key()).await.unwrap();
    execute(
        &place.folder(),
        "CREATE TABLE schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)",
    )
    .await;
    let before = files(&place.folder());
    let look = Store::look(&place.folder(), &key()).await.unwrap();
    assert!(matches!(look, Look::Older { migrations } if migrations > 0), "{look:?}");
    assert_eq!(look, bare);
    assert_eq!(files(&place.folder()), before);
    place.open().await;
}

/// The fixture is a dump of a store at schema 0001, sealed with the key of all tests. It is never made anew.
#[tokio::test]
async fn a_store_of_the_first_schema_opens_and_goes_on() {
    let place = Place::sqlite();
    std::fs::create_dir_all(place.folder()).unwrap();
    std::fs::write(place.folder().join("chapar.db"), b"").unwrap();
    execute(&place.folder(), include_str!("fixtures/schema_0001.sql")).await;
    execute(
        &place.folder(),
        "INSERT INTO access_records VALUES ('uz-plant', 'x1', 't1', 'a1', 'did:web:example:peer', 5, NULL, 200, 3)",
    )
    .await;
    let store = place.open().await;
    let accesses = store.accesses(UZ, "t1", (0, ""), 9).await.unwrap();
    let access = accesses.first().unwrap();
    assert_eq!(
        (access.status, access.bytes, access.ended_at),
        (200, 3, Some(5)),
        "it was over"
    );
    let loaded = store.load_case(UZ, KIND, "n1").await.unwrap().unwrap();
    let mut expected = case(UZ, "n1");
    (expected.state, expected.phase) = ("OFFERED".to_owned(), "OFFERED".to_owned());
    (expected.version, expected.evidence_id) = (2, "e-n1-2".to_owned());
    expected.since = expected.updated_at;
    assert_eq!(
        (loaded.row.clone(), loaded.case_digest.as_deref()),
        (expected, Some("digest of n1 2"))
    );
    assert_eq!(
        store.timeline(UZ, "n1", 0, 9).await.unwrap()[0].row.body,
        b"secret evidence"
    );
    assert_eq!(store.outbox(UZ, "n1").await.unwrap(), [effect(UZ, "n1", 1)]);
    assert_eq!(store.signing_keys(UZ).await.unwrap(), [signing_key(UZ, "k1", 1)]);
    assert_eq!(
        store.secret_or_insert("", "paging", b"other").await.unwrap(),
        b"secret value"
    );
    assert_eq!(store.definitions_of_asset(UZ, "d1").await.unwrap(), ["open"]);
    let before = document(
        UZ,
        "d1",
        "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",
    );
    assert_eq!(store.list_documents(UZ, None, 9).await.unwrap(), [before]);
    assert_eq!(
        store.definition(UZ, "open").await.unwrap(),
        Some(definition(UZ, "open", "p1"))
    );
    assert_eq!(store.policy(UZ, "p1").await.unwrap(), Some(policy(UZ, "p1")));
    // What it is found by is made anew, whenever that is.
    assert_eq!(store.asset_keys_version().await.unwrap(), 0);
    assert_eq!(
        committed(store.commit_step(update(&loaded.row, "AGREED")).await.unwrap()),
        [3]
    );
}

#[tokio::test]
async fn a_newer_or_altered_schema_is_refused() {
    for sql in [
        "INSERT INTO schema_migrations VALUES (999, 'later', 'x')",
        "UPDATE schema_migrations SET checksum = 'x'",
    ] {
        let place = Place::sqlite();
        place.open().await.close().await;
        execute(&place.folder(), sql).await;
        let fault = open(&place.folder()).await.err().unwrap();
        assert!(matches!(fault, StoreFault::Schema(_)), "{fault}");
    }
}

#[tokio::test]
async fn half_received_contents_are_tidied_at_start() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    let mut incoming = store.receive(UZ).await.unwrap();
    incoming.write(b"half").await.unwrap();
    // What a crash leaves: the temporary file without its owner.
    std::mem::forget(incoming);
    store.close().await;
    let folder = place.folder().join("documents").join(UZ);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    place.open().await;
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[tokio::test]
async fn a_stopped_caller_does_not_stop_the_writer() {
    let place = Place::sqlite();
    let store = place.with_participants().await;
    for number in 0..50 {
        let own = store.clone();
        let task = tokio::spawn(async move { own.commit_step(insert(UZ, &format!("gone{number}"))).await });
        tokio::task::yield_now().await;
        task.abort();
    }
    let outcome = store.commit_step(insert(UZ, "n1")).await.unwrap();
    assert!(matches!(outcome, StepOutcome::Committed(..)), "{outcome:?}");
    let mut keyed = insert(UZ, "n2");
    if let CaseWrite::Insert(row) = &mut keyed.case {
        row.first_key = case(UZ, "n1").first_key;
    }
    assert!(matches!(store.commit_step(keyed).await.unwrap(), StepOutcome::Conflict));
}
