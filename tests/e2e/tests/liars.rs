//! Liars over real nodes: whoever rewrites, truncates, forks, replays, gives wrong tiles, floods, or answers with what is too large or hostile
//! is told or caught each time, by name, with what proves it, and the others go on. And what one node saw the others learn.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{Response, Server};
use chapar_e2e::backup::Backup;
use chapar_e2e::house::House;
use chapar_e2e::logs::{
    Log, Place, code, flipped, flipped_bodies, get, house, look, mirror, operator, publish, published, publisher,
    resources, unmirror,
};
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant as Time};
use chapar_tlog::{Checkpoint, KeyName, NoteSigner, Origin, SignatureType, SignedCheckpoint};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
/// Looks in a row after which a node tells others what a place does.
const PERSISTS: usize = 3;

/// One place that shows a log, another log that is honest, and what each lie is told as.
struct Trial {
    /// Held for its process.
    _a: House,
    b: House,
    who: Participant,
    log: Log,
    place: Place,
    other: Participant,
    other_log: Log,
    number: usize,
}

impl Trial {
    fn new(name: &str) -> Self {
        let (a, b) = (house(&format!("{name}-a")), house(&format!("{name}-b")));
        let (who, other) = (publisher(&a, "plant"), publisher(&a, "vet"));
        publish(&who, &["one", "two"]);
        let (log, other_log) = (Log::of(&who), Log::of(&other));
        let place = Place::before(&log.address);
        mirror(&b, &log, &place.address(), &[]);
        mirror(&b, &other_log, &other_log.address, &[]);
        Self {
            _a: a,
            b,
            who,
            log,
            place,
            other,
            other_log,
            number: 0,
        }
    }

    /// The log grows, the place lies, and the mirror says `expected` and shows nothing of it; then the place says the truth again.
    fn told(&mut self, name: &str, expected: &str, lie: impl Fn(&str, Response) -> Response + Send + Sync + 'static) {
        self.number += 1;
        println!("{name}: {expected}");
        let before = operator(&self.b).ask("GET", &format!("/mirrors/{}", self.log.id()), None);
        let size = publish(&self.who, &[&format!("r{}", self.number)]);
        self.place.lie(lie);
        let mirrored = look(&self.b, &self.log);
        assert_eq!(code(&mirrored), expected, "{name}: {mirrored}");
        assert_eq!(mirrored["obstacle"]["place"], self.place.address());
        assert_eq!(
            (&mirrored["size"], &mirrored["root"]),
            (&before["size"], &before["root"]),
            "{expected}"
        );
        assert_eq!(
            mirrored["state"], "open",
            "what a place lies about is not the log's fault: {expected}"
        );
        self.goes_on();
        self.place.be_honest();
        let mirrored = look(&self.b, &self.log);
        assert_eq!(
            (&mirrored["size"], code(&mirrored)),
            (&json!(size), ""),
            "{expected}: {mirrored}"
        );
    }

    /// What no honest place does is kept, with who did it, and that he does so no more.
    fn assert_kept(&self) {
        let mirrored = operator(&self.b).ask("GET", &format!("/mirrors/{}", self.log.id()), None);
        let kept: BTreeMap<&str, &Value> = mirrored["alarms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|alarm| (alarm["alarm"].as_str().unwrap(), alarm))
            .collect();
        assert_eq!(kept.keys().copied().collect::<Vec<_>>(), ["shrunken", "wrong-tile"]);
        for (name, alarm) in kept {
            assert_eq!(alarm["place"], self.place.address(), "{name}");
            assert_eq!(alarm["verdict"], "asserted", "nobody signed it: {name}");
            assert!(alarm["clearedAt"].is_string(), "it does what it should again: {alarm}");
        }
    }

    /// The other mirror takes what is new.
    fn goes_on(&mut self) {
        self.number += 1;
        let size = publish(&self.other, &[&format!("o{}", self.number)]);
        assert_eq!(look(&self.b, &self.other_log)["size"], size);
    }
}

/// Cuts the last byte off what is given below `path`.
fn cut(path: &'static str) -> impl Fn(&str, Response) -> Response + Send + Sync + 'static {
    move |asked, mut answer| {
        if asked.starts_with(path) {
            answer.body.pop();
        }
        answer
    }
}

/// Gives `body` for what is asked below `path`.
fn instead(path: &'static str, body: Vec<u8>) -> impl Fn(&str, Response) -> Response + Send + Sync + 'static {
    move |asked, mut answer| {
        if asked.starts_with(path) {
            answer.body.clone_from(&body);
            answer.headers.clear();
        }
        answer
    }
}

/// Gives this status for what is asked below `path`.
fn status(path: &'static str, status: u16) -> impl Fn(&str, Response) -> Response + Send + Sync + 'static {
    move |asked, answer| match asked.starts_with(path) {
        true => Response::empty(status),
        false => answer,
    }
}

fn flipped_at(path: &'static str, from_end: usize) -> impl Fn(&str, Response) -> Response + Send + Sync + 'static {
    move |asked, answer| match asked.starts_with(path) {
        true => {
            let at = answer.body.len() - from_end;
            flipped(answer, at)
        }
        false => answer,
    }
}

#[test]
fn a_place_that_lies_is_told_by_its_lie_and_believed_again_when_it_does_not() {
    let mut trial = Trial::new("liars-table");
    let old = get(&format!("{}/checkpoint", trial.log.address)).body;
    let deep = [vec![b'['; 200_000], vec![b']'; 200_000]].concat();
    trial.told("a wrong tile", "wrong-tile", flipped_at("tile/0/", 5));
    trial.told("a truncated tile", "wrong-tile", cut("tile/0/"));
    trial.told("a tile that is kept back", "tile-missing", status("tile/0/", 404));
    trial.told("a wrong entry", "wrong-bundle", flipped_at("tile/entries/", 1));
    trial.told("truncated entries", "wrong-bundle", cut("tile/entries/"));
    trial.told(
        "hostile entries",
        "wrong-bundle",
        instead("tile/entries/", deep.clone()),
    );
    trial.told(
        "entries that are kept back",
        "bundle-missing",
        status("tile/entries/", 404),
    );
    trial.told("a wrong body", "wrong-bodies", flipped_bodies);
    trial.told("truncated bodies", "wrong-bodies", cut("bodies/"));
    trial.told(
        "an oversized tile",
        "send.too-large",
        instead("tile/0/", vec![b'x'; 1024 * 1024]),
    );
    let oversized = vec![b'x'; 20 * 1024 * 1024];
    trial.told(
        "oversized entries",
        "send.too-large",
        instead("tile/entries/", oversized),
    );
    trial.told("oversized bodies", "send.too-large", |path, mut answer| {
        if path.starts_with("bodies/") {
            answer.body.extend(b"one byte more");
        }
        answer
    });
    trial.told("hostile bodies", "send.too-large", instead("bodies/", deep.clone()));
    trial.told(
        "an oversized checkpoint",
        "send.too-large",
        instead("checkpoint", vec![b'x'; 2 * 1024 * 1024]),
    );
    trial.told(
        "a hostile checkpoint",
        "checkpoint-malformed",
        instead("checkpoint", b"hello".to_vec()),
    );
    trial.told("a wrong signature", "checkpoint-signature-wrong", |path, mut answer| {
        if path == "checkpoint" {
            // Within the signature, behind the key's short name.
            let at = answer.body.len() - 20;
            answer.body[at] = if answer.body[at] == b'A' { b'B' } else { b'A' };
        }
        answer
    });
    trial.told("a replayed checkpoint", "checkpoint-older", instead("checkpoint", old));
    trial.told("too busy", "place-busy", |_, _| Response::empty(429));
    trial.told("a way elsewhere", "place-status", |_, _| Response::empty(302));

    trial.assert_kept();
}

#[test]
fn a_checkpoint_of_another_key_is_not_believed() {
    let mut trial = Trial::new("mirror-key");
    let other = get(&format!("{}/checkpoint", trial.other_log.address)).text();
    let line = other.lines().last().unwrap().to_owned();
    trial.told(
        "signed by another log's key",
        "checkpoint-unsigned",
        move |path, mut answer| {
            if path == "checkpoint" {
                let text = answer.text();
                let (said, _) = text.split_once("\n\n").unwrap();
                answer.body = format!("{said}\n\n{line}\n").into_bytes();
                answer.headers.clear();
            }
            answer
        },
    );
    let other = trial.other_log.address.clone();
    trial.told("another log in its place", "other-origin", move |path, answer| {
        match path == "checkpoint" {
            true => Response {
                headers: Vec::new(),
                ..get(&format!("{other}/checkpoint"))
            },
            false => answer,
        }
    });
}

/// A server whose body has no end.
fn endless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let mut stream = stream;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            while stream.write_all(b"400\r\n").is_ok() && stream.write_all(&[b'x'; 0x400]).is_ok() {
                if stream.write_all(b"\r\n").is_err() {
                    break;
                }
            }
        }
    });
    format!("http://{address}")
}

#[test]
fn an_endless_answer_ends_and_another_place_is_asked() {
    let (a, b) = (house("mirror-endless-a"), house("mirror-endless-b"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let size = publish(&who, &["one"]);
    let nowhere = endless();
    let mirrored = mirror(&b, &log, &nowhere, std::slice::from_ref(&log.address));
    assert_eq!(
        (&mirrored["size"], code(&mirrored)),
        (&json!(size), "send.too-large"),
        "{mirrored}"
    );
    assert_eq!(mirrored["obstacle"]["place"], nowhere);
    unmirror(&b, &log);
    assert_eq!(get(&format!("{}/checkpoint", log.at(&b))).status, 404);
    assert_eq!(operator(&b).ask("GET", "/mirrors", None)["items"], json!([]));
    assert!(!b.data().join("logs").join(log.id()).exists(), "its files are gone");
    let again = mirror(&b, &log, &log.address, &[]);
    assert_eq!(again["size"], size);
}

/// A log of whoever has its key: nothing stands behind its checkpoints.
struct Forger {
    origin: String,
    signer: MemorySigner,
    note: Arc<std::sync::Mutex<String>>,
    server: Server,
}

impl Forger {
    fn new(origin: &str) -> Self {
        let note = Arc::new(std::sync::Mutex::new(String::new()));
        let shown = Arc::clone(&note);
        let server = Server::start(Arc::new(move |request| {
            Some(match request.path.as_str() {
                "/checkpoint" => Response {
                    body: shown.lock().unwrap().clone().into_bytes(),
                    ..Response::empty(200)
                },
                _ => Response::empty(404),
            })
        }));
        Self {
            origin: origin.to_owned(),
            signer: generate(Algorithm::Ed25519).unwrap().0,
            note,
            server: server.unwrap(),
        }
    }

    fn signer(&self) -> NoteSigner<'_> {
        NoteSigner::new(
            KeyName::parse(&self.origin).unwrap(),
            SignatureType::ED25519,
            &self.signer,
        )
        .unwrap()
    }

    fn shows(&self, size: u64) -> String {
        let root = Digest::of(b"no such tree");
        let checkpoint = Checkpoint::new(Origin::parse(&self.origin).unwrap(), size, root);
        let mut signed = SignedCheckpoint::new(checkpoint).unwrap();
        signed.add(self.signer().sign(signed.note().text(), Time::from_unix_s(0)).unwrap());
        *self.note.lock().unwrap() = signed.render();
        signed.render()
    }

    fn log(&self) -> Log {
        Log {
            origin: self.origin.clone(),
            address: self.server.url(),
            vkey: self.signer().verifier_key().render(),
            owner: "did:web:forger.example:log".to_owned(),
        }
    }
}

#[test]
fn a_flood_ends_at_its_first_checkpoint_and_a_tree_that_cannot_be_convicts() {
    let (a, b) = (house("liars-flood-a"), house("liars-flood-b"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let (flood, nothing) = (
        Forger::new("forger.example/flood"),
        Forger::new("forger.example/nothing"),
    );
    flood.shows((1 << 24) + 1);
    let mirrored = mirror(&b, &flood.log(), &flood.log().address, &[]);
    assert_eq!(
        (code(&mirrored), &mirrored["size"]),
        ("growth-too-large", &json!(0)),
        "{mirrored}"
    );
    let note = nothing.shows(0);
    let mirrored = mirror(&b, &nothing.log(), &nothing.log().address, &[]);
    assert_eq!(
        (
            &mirrored["state"],
            &mirrored["caught"]["code"],
            &mirrored["caught"]["notes"]
        ),
        (&json!("caught"), &json!("empty-root"), &json!([note])),
        "{mirrored}"
    );
    let size = publish(&who, &["one"]);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size, "the others go on");
}

/// A server that never ends what it begins to say: a byte now and then.
fn slow() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                let mut stream = stream;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
                while stream.write_all(b"x").is_ok() {
                    std::thread::sleep(Duration::from_millis(200));
                }
            });
        }
    });
    format!("http://{address}")
}

#[test]
fn who_answers_without_end_and_slowly_holds_nobody_up() {
    let (a, b) = (house("liars-slow-a"), house("liars-slow-b"));
    let (who, other) = (publisher(&a, "plant"), publisher(&a, "vet"));
    let (log, other_log) = (Log::of(&who), Log::of(&other));
    let body = json!({ "address": slow(), "vkey": log.vkey, "owner": log.owner, "places": [log.address] });
    operator(&b).ask("POST", "/mirrors", Some(&body));
    let begun = Instant::now();
    let size = publish(&other, &["one"]);
    assert_eq!(mirror(&b, &other_log, &other_log.address, &[])["size"], size);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    let held = operator(&b).ask("GET", &format!("/mirrors/{}", log.id()), None);
    assert_eq!(held["size"], 0, "it is still being told");
}

/// A node that is put back to an old copy of its folder, and goes on from there, signs another history with the same key.
#[test]
fn a_log_that_signs_two_histories_is_caught_by_name_and_nothing_of_the_other_is_taken() {
    let mut a = house("mirror-fork-a");
    let (mut b, c) = (house("mirror-fork-b"), house("mirror-fork-c"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    publish(&who, &["one"]);
    let old = Backup::of(&mut a);
    let size = publish(&who, &["two"]);
    let held = mirror(&b, &log, &log.address, &[]);
    assert_eq!(
        (&mirror(&c, &log, &log.address, &[])["size"], &held["size"]),
        (&json!(size), &json!(size))
    );
    let note = get(&format!("{}/checkpoint", log.address)).text();
    old.put_back(&mut a);
    assert_eq!(publish(&who, &["other"]), size, "the same size, another history");
    let fork = get(&format!("{}/checkpoint", log.address)).text();

    let caught = look(&b, &log);
    assert_eq!(
        (&caught["state"], &caught["caught"]["code"]),
        (&json!("caught"), &json!("other-root")),
        "{caught}"
    );
    let mut notes: Vec<&str> = caught["caught"]["notes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    notes.sort_unstable();
    let mut both = [note.as_str(), fork.as_str()];
    both.sort_unstable();
    assert_eq!(notes, both, "both notes are kept");
    assert!(
        b.log()
            .lines()
            .any(|line| line.contains("was caught") && line.contains(&log.origin))
    );
    let page = get(&format!("{}/metrics", b.private)).text();
    assert!(
        page.contains(&format!("chapar_mirror_caught{{origin=\"{}\"}} 1", log.origin)),
        "{page}"
    );

    publish(&who, &["third"]);
    let caught = look(&c, &log);
    assert_eq!(caught["caught"]["code"], "history-rewritten", "{caught}");
    assert!(
        caught["caught"]["prefix"]["root"].is_string(),
        "and what the newer tree begins with instead"
    );
    for (house, mirrored) in [(&b, look(&b, &log)), (&c, look(&c, &log))] {
        assert_eq!((&mirrored["size"], &mirrored["root"]), (&held["size"], &held["root"]));
        assert_eq!(
            get(&format!("{}/checkpoint", log.at(house))).text(),
            note,
            "what was held is served on"
        );
    }
    b.kill();
    b.start();
    assert_eq!(look(&b, &log)["state"], "caught", "after a restart as well");
}

/// The alarms that a node keeps.
fn alarms(house: &House) -> Vec<Value> {
    let alarms = operator(house).ask("GET", "/alarms", None);
    alarms["items"].as_array().unwrap().clone()
}

/// Waits for an alarm of which this holds.
fn alarm(house: &House, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let alarms = alarms(house);
        if let Some(found) = alarms.iter().find(|alarm| is_it(alarm)) {
            return found.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "no alarm {what}: {alarms:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn note_of(log: &Log) -> String {
    get(&format!("{}/checkpoint", log.address)).text()
}

/// A log that was caught is so to everybody who looks: in the list of logs, in the metrics, in the log of the node.
fn assert_flagged(c: &House, log: &Log) {
    let logs = get(&format!("{}/chapar/v1/register/logs", c.public)).value();
    let shown = logs["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|shown| shown["origin"] == log.origin.as_str());
    assert_eq!(shown.unwrap()["state"], "caught", "{logs}");
    let page = get(&format!("{}/metrics", c.private)).text();
    for line in [
        format!("chapar_mirror_caught{{origin=\"{}\"}} 1", log.origin),
        "chapar_log_alarms{alarm=\"fork\",verdict=\"proven\"} 1".to_owned(),
    ] {
        assert!(page.contains(&line), "{line} is missing in {page}");
    }
    assert!(
        c.log()
            .lines()
            .any(|line| line.contains("was caught") && line.contains(&log.origin))
    );
}

/// One that is shown nothing of the fork learns it from the record of another, whose node was killed before it could write it.
#[test]
fn what_one_node_saw_the_others_learn_by_a_record_and_verify_it_themselves() {
    let mut a = house("liars-tell-a");
    let (mut b, mut c) = (house("liars-tell-b"), house("liars-tell-c"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    publish(&who, &["one"]);
    let old = Backup::of(&mut a);
    let size = publish(&who, &["two"]);
    let place = Place::before(&log.address);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size);
    let held = mirror(&c, &log, &place.address(), &[]);
    let note = note_of(&log);
    old.put_back(&mut a);
    place.lie(|_, _| Response::empty(503));
    publish(&who, &["other"]);
    let fork = note_of(&log);
    assert_eq!(look(&b, &log)["state"], "caught");
    b.kill();
    b.start();
    let proven = alarm(&b, "after the crash", |alarm| alarm["verdict"] == "proven");
    assert_eq!(proven.get("record"), None, "nobody was there to say it");
    let teller = publisher(&b, "customs");
    let proven = alarm(&b, "that is told", |alarm| alarm["record"].is_string());
    published(&teller);

    let register = Log::of(&teller);
    mirror(&c, &register, &register.address, &[]);
    let heard = alarm(&c, "that was heard", |alarm| alarm["verdict"] == "proven");
    assert_eq!(heard["toldBy"], proven["record"]);
    let caught = look(&c, &log);
    assert_eq!(
        (&caught["state"], &caught["caught"]["toldBy"]),
        (&json!("caught"), &proven["record"]),
        "{caught}"
    );
    let notes: Vec<&str> = caught["caught"]["notes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        notes.contains(&note.as_str()) && notes.contains(&fork.as_str()),
        "{notes:?}"
    );
    place.be_honest();
    assert_eq!(
        (&look(&c, &log)["size"], &look(&c, &log)["root"]),
        (&held["size"], &held["root"]),
        "nothing of the fork is taken"
    );
    assert_flagged(&c, &log);
    for house in [&mut b, &mut c] {
        house.kill();
        house.start();
    }
    assert_eq!(look(&c, &log)["state"], "caught", "after a restart as well");
    let name = proven["record"].as_str().unwrap().rsplit('/').next().unwrap();
    let history = teller.ask("GET", &format!("/records/{name}/history"), None);
    assert_eq!(
        history["items"].as_array().unwrap().len(),
        1,
        "one lie, one record, whatever was cut off"
    );
}

/// Writes an alarm into a stopped node's database, to be told as one that it saw itself.
fn slip_in(data: &Path, log: &Log, notes: &[String]) {
    let body = json!({
        "origin": log.origin,
        "vkey": log.vkey,
        "alarm": "fork",
        "notes": notes,
        "seenAt": "2026-11-20T08:15:00.000Z",
        "description": { "en": "Two trees of one size (forged)" },
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("chapar.db"));
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        let done = sqlx::query(
            "INSERT INTO alarms (id, origin, alarm, place, body, verdict, why, seen_at, last_at, times, due)
             VALUES ($1, $2, 'fork', '', $3, 'proven', '', 0, 0, 1, 1)",
        )
        .bind("f".repeat(64))
        .bind(&log.origin)
        .bind(body.to_string())
        .execute(&mut connection)
        .await
        .unwrap();
        assert_eq!(done.rows_affected(), 1);
        connection.close().await.unwrap();
    });
}

#[test]
fn a_forged_alarm_proves_nothing_and_is_told_as_that() {
    let (a, mut b, c) = (house("liars-forge-a"), house("liars-forge-b"), house("liars-forge-c"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let size = publish(&who, &["one"]);
    let teller = publisher(&b, "customs");
    assert_eq!(mirror(&c, &log, &log.address, &[])["size"], size);
    let note = note_of(&log);
    let mut lines: Vec<&str> = note.lines().collect();
    let other = Digest::of(b"another tree").base64();
    lines[2] = &other;
    b.stop();
    slip_in(&b.data(), &log, &[note.clone(), format!("{}\n", lines.join("\n"))]);
    b.start();
    let forged = alarm(&b, "that is told", |alarm| alarm["record"].is_string());
    published(&teller);
    let register = Log::of(&teller);
    mirror(&c, &register, &register.address, &[]);
    let heard = alarm(&c, "that was heard", |alarm| alarm["toldBy"] == forged["record"]);
    assert_eq!(heard["verdict"], "unfounded", "{heard}");
    assert!(heard["why"].is_string());
    let grown = publish(&who, &["two"]);
    let mirrored = look(&c, &log);
    assert_eq!(
        (&mirrored["state"], &mirrored["size"]),
        (&json!("open"), &json!(grown)),
        "nobody is caught by another's word"
    );
}

/// What a place does is told once it persists, by its address, and others hear it for what it is: one node's word.
#[test]
fn a_place_that_goes_on_lying_is_told_to_others_as_ones_word() {
    let (a, b, c) = (house("liars-place-a"), house("liars-place-b"), house("liars-place-c"));
    let (who, teller) = (publisher(&a, "plant"), publisher(&b, "customs"));
    publish(&who, &["one"]);
    let (log, register) = (Log::of(&who), Log::of(&teller));
    let place = Place::before(&log.address);
    mirror(&b, &log, &place.address(), &[]);
    mirror(&c, &log, &log.address, &[]);
    let old = get(&format!("{}/checkpoint", log.address)).body;
    publish(&who, &["two"]);
    look(&b, &log);
    for (name, number) in [("shrunken", 2), ("wrong-tile", 1)] {
        let size = publish(&who, &[name]);
        match name {
            "shrunken" => place.lie(instead("checkpoint", old.clone())),
            _ => place.lie(flipped_at("tile/0/", 5)),
        }
        for _ in 1..PERSISTS {
            look(&b, &log);
        }
        let kept = alarm(&b, name, |alarm| alarm["alarm"] == name);
        assert_eq!(
            (&kept["place"], kept.get("record")),
            (&json!(place.address()), None),
            "a moment proves nothing"
        );
        look(&b, &log);
        let kept = alarm(&b, name, |alarm| alarm["alarm"] == name && alarm["record"].is_string());
        assert_eq!(
            (&kept["times"], kept.get("clearedAt")),
            (&json!(PERSISTS), None),
            "{kept}"
        );
        assert_eq!(
            kept["notes"].as_array().unwrap().len(),
            number,
            "the notes are kept: {kept}"
        );
        assert_eq!(
            kept["resource"].is_string() && kept["resourceHash"].is_string(),
            name == "wrong-tile"
        );
        place.be_honest();
        assert_eq!(look(&b, &log)["size"], size);
        let kept = alarm(&b, name, |alarm| alarm["alarm"] == name);
        assert!(
            kept["clearedAt"].is_string(),
            "what it did is kept, and that it does so no more: {kept}"
        );
    }
    published(&teller);
    mirror(&c, &register, &register.address, &[]);
    for name in ["shrunken", "wrong-tile"] {
        let heard = alarm(&c, name, |alarm| alarm["alarm"] == name);
        assert_eq!(
            (&heard["verdict"], &heard["place"]),
            (&json!("asserted"), &json!(place.address()))
        );
    }
    assert_eq!(look(&c, &log)["state"], "open");
}

/// What a log shows at this moment, to be shown for ever.
fn frozen(log: &Log, size: u64) -> impl Fn(&str, Response) -> Response + Send + Sync + 'static {
    let paths = [vec!["checkpoint".to_owned()], resources(size)].concat();
    let shown: BTreeMap<String, Vec<u8>> = paths
        .into_iter()
        .map(|path| {
            let body = get(&format!("{}/{path}", log.address)).body;
            (path, body)
        })
        .collect();
    move |path, _| match shown.get(path) {
        Some(body) => Response {
            body: body.clone(),
            ..Response::empty(200)
        },
        None => Response::empty(404),
    }
}

/// Nobody named a place: the other node is known because a log of it is mirrored, as those of a federation's members are.
#[test]
fn a_split_view_is_caught_by_a_node_that_nobody_named() {
    let mut a = house("liars-learnt-a");
    let (b, c) = (house("liars-learnt-b"), house("liars-learnt-c"));
    let who = publisher(&a, "plant");
    let other = Log::of(&publisher(&c, "office"));
    let log = Log::of(&who);
    publish(&who, &["one"]);
    let old = Backup::of(&mut a);
    let size = publish(&who, &["two"]);
    let to_b = Place::before(&log.address);
    to_b.lie(frozen(&log, size));
    mirror(&b, &log, &to_b.address(), &[]);
    old.put_back(&mut a);
    publish(&who, &["other", "further"]);
    mirror(&c, &log, &log.address, &[]);
    assert_eq!(
        look(&b, &log)["state"],
        "open",
        "of the other node nothing is known yet"
    );
    mirror(&b, &other, &other.address, &[]);
    assert_eq!(look(&b, &log)["caught"]["code"], "history-rewritten");
}

/// A home that shows one history to one node and another to the next: no mirror alone can see it.
#[test]
fn a_split_view_is_caught_where_two_mirrors_compare_what_they_were_shown() {
    let mut a = house("liars-split-a");
    let (b, c) = (house("liars-split-b"), house("liars-split-c"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    publish(&who, &["one"]);
    let old = Backup::of(&mut a);
    let size = publish(&who, &["two"]);
    let to_b = Place::before(&log.address);
    to_b.lie(frozen(&log, size));
    let note = note_of(&log);
    old.put_back(&mut a);
    let grown = publish(&who, &["other", "further"]);
    let fork = note_of(&log);
    let seen_by_b = mirror(&b, &log, &to_b.address(), &[log.at(&c)]);
    assert_eq!(
        (&seen_by_b["state"], &seen_by_b["size"]),
        (&json!("open"), &json!(size)),
        "{seen_by_b}"
    );
    let seen_by_c = mirror(&c, &log, &log.address, &[]);
    assert_eq!(
        (&seen_by_c["state"], &seen_by_c["size"]),
        (&json!("open"), &json!(grown)),
        "{seen_by_c}"
    );

    let caught = look(&b, &log);
    assert_eq!(
        caught["caught"]["code"], "history-rewritten",
        "by what the other was shown: {caught}"
    );
    unmirror(&c, &log);
    assert_eq!(
        mirror(&c, &log, &log.address, &[log.at(&b)])["caught"]["code"],
        "history-rewritten"
    );
    for house in [&b, &c] {
        let caught = look(house, &log);
        assert_eq!(caught["caught"]["notes"], json!([note, fork]), "each has both notes");
        assert!(
            house
                .log()
                .lines()
                .any(|line| line.contains("was caught") && line.contains(&log.origin))
        );
    }
}
