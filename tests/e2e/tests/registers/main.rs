//! The public log of the real node under faults: killed with signal 9 while it publishes, and with a disk that takes no new file. After
//! each, `chapar verify` finds nothing wrong, and what was acknowledged is in the log.
//!
//! Chance comes from one seed, which is printed; `CHAPAR_REGISTERS_SEED` plays it again. Refuses to judge a log itself: that is
//! `chapar verify`'s, whose own judges are in `edge/verify`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

mod keys;
mod log;
mod views;
mod writes;

use chapar_conformance::node::Participant;
use chapar_e2e::ask::ask;
use chapar_e2e::dice::Dice;
use chapar_e2e::house::{House, Profile};
use log::{Book, PATIENCE, caught_up, check_book, draft, register, register_now, verified};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Deaths of the node.
const ROUNDS: usize = 20;
/// After so many deaths the log is verified: what a crash breaks in it stays broken.
const LOOK: usize = 5;
/// Longest life between two of them, in milliseconds: a few publications.
const LIFE_MS: u64 = 600;
/// Callers that publish at the same time.
const CALLERS: usize = 3;
/// Publishes until it is told to stop; a call that breaks off is no promise.
fn publish(who: &Participant, caller: usize, book: &Book, over: &AtomicBool) {
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("r{caller}-{number}");
        match ask(who, "POST", "/records", Some(&draft(&name))) {
            Ok(answer) if answer.is_good() => {
                let leaf = answer.value()["leafHash"].as_str().unwrap().to_owned();
                book.lock().unwrap().insert(name, leaf);
            }
            Ok(answer) => assert!(answer.status >= 500, "{}: {}", answer.status, answer.text()),
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn count(said: &Value, code: &str, parameter: &str) -> u64 {
    let statements = said["statements"].as_array().unwrap();
    let one = statements.iter().find(|one| one["code"] == code);
    one.map_or(0, |one| one["parameters"][parameter].as_str().unwrap().parse().unwrap())
}

#[test]
fn what_was_acknowledged_is_in_the_log_after_each_crash() {
    let seed = Dice::seed("CHAPAR_REGISTERS_SEED");
    println!("CHAPAR_REGISTERS_SEED={seed}");
    let mut dice = Dice::new(seed);
    let mut house = House::with("registers", Profile::Production, "[register]\npublish_ms = 20\n");
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    let (book, over) = (Book::default(), AtomicBool::new(false));
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (who, book, over) = (&who, &book, &over);
            scope.spawn(move || publish(who, caller, book, over));
        }
        for round in 1..=ROUNDS {
            thread::sleep(dice.pause(LIFE_MS));
            house.kill();
            house.start();
            if round % LOOK == 0 {
                // The log grows on while it is verified: the checkpoint says how far.
                verified(&house, &register_now(&who));
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    let log = register(&who);
    let said = verified(&house, &log);
    let size = log["size"].as_u64().unwrap();
    assert_eq!(
        (
            count(&said, "log-verified", "size"),
            count(&said, "records-signed", "count")
        ),
        (size, size)
    );
    check_book(&who, &book, size);
    let published = book.lock().unwrap().len();
    println!("{published} acknowledged, {size} in the log");
    assert!(published > ROUNDS, "a node that hardly published was not tried");
}

#[test]
fn a_disk_that_takes_no_file_delays_the_log_and_does_not_harm_it() {
    let mut house = House::with("full", Profile::Production, "[register]\npublish_ms = 20\n");
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    register(&who);
    house.stop();
    // Tiles appear under their names by this call: the second to the fifth find the disk full.
    let options = [
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "trace=rename,renameat,renameat2",
        "-e",
        "inject=rename,renameat,renameat2:error=ENOSPC:when=2..5",
    ];
    let options: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
    house.start_traced(&options);
    let book = Book::default();
    for number in 0..12 {
        let name = format!("d-{number}");
        let answer = ask(&who, "POST", "/records", Some(&draft(&name))).unwrap();
        assert_eq!(
            answer.status,
            201,
            "an act does not wait for the log: {}",
            answer.text()
        );
        let leaf = answer.value()["leafHash"].as_str().unwrap().to_owned();
        book.lock().unwrap().insert(name, leaf);
        thread::sleep(Duration::from_millis(60));
    }
    let log = register(&who);
    verified(&house, &log);
    assert!(
        house.log().contains("a log is not published; it is tried again"),
        "no write failed"
    );
    check_book(&who, &book, log["size"].as_u64().unwrap());
}

/// What a command of the participant ends with, and says.
fn tool(house: &House, who: &Participant, words: &[&str]) -> (Option<i32>, String) {
    let mut command = house.command(words);
    command
        .env("CHAPAR_API", &house.private)
        .env("CHAPAR_API_KEY", &who.key);
    let output = command.output().expect("the binary can be started");
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// Makes evidence: an offer that the participant takes itself.
fn agree_with_itself(house: &House, who: &Participant) {
    for words in [
        vec!["offer", "put", "o", "--document", "d1", "--permit-participant", &who.id],
        vec!["peer", "put", &who.id, &who.dsp],
        vec!["negotiate", "start", &who.id, "--dataset", "d1"],
    ] {
        let (code, said) = tool(house, who, &words);
        assert_eq!(code, Some(0), "{words:?}: {said}");
    }
}

#[test]
fn evidence_is_carried_away_and_found_whole_elsewhere() {
    let mut house = House::new("evidence", Profile::Production);
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    who.put_document("d1", "sample");
    let tool = |words: &[&str]| tool(&house, &who, words);
    assert_eq!(
        tool(&["log", "export", "--to", "kept", "--evidence"]).0,
        Some(2),
        "nothing happened yet"
    );
    agree_with_itself(&house, &who);
    let vkey = caught_up(&who, 1)["vkey"].as_str().unwrap().to_owned();
    assert_eq!(tool(&["log", "export", "--to", "kept", "--evidence"]).0, Some(0));
    let (code, said) = tool(&["verify", "kept", "--vkey", &vkey]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("entries of evidence: "), "{said}");
    // One who has no right to it does not get it, and one who changed it is found out.
    let viewer = who.ask("POST", "/keys", Some(&json!({ "role": "viewer", "label": "v" })));
    let mut command = house.command(&["log", "export", "--to", "other", "--evidence"]);
    command
        .env("CHAPAR_API", &house.private)
        .env("CHAPAR_API_KEY", viewer["key"].as_str().unwrap());
    assert_eq!(command.output().unwrap().status.code(), Some(2));
    let entries = std::fs::read_dir(house.folder().join("kept/tile/entries/000.p")).unwrap();
    let file = entries.map(|entry| entry.unwrap().path()).next().unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[40] ^= 1;
    std::fs::write(file, bytes).unwrap();
    assert_eq!(tool(&["verify", "kept", "--vkey", &vkey]).0, Some(1));
}

/// A checkpoint of the evidence in the register, once it is there.
fn written_down(who: &Participant, number: u32, patience: Duration) -> Value {
    let until = Instant::now() + patience;
    loop {
        let answer = ask(who, "GET", &format!("/records/evidence-checkpoint.{number:010}"), None).unwrap();
        if answer.is_good() && answer.value()["state"] == "published" {
            return answer.value();
        }
        assert!(Instant::now() < until, "{}", answer.text());
        thread::sleep(Duration::from_millis(50));
    }
}

fn size_of(checkpoint: &Value) -> u64 {
    let note = checkpoint["body"]["checkpoint"].as_str().unwrap();
    note.lines().nth(1).unwrap().parse().unwrap()
}

#[test]
fn evidence_is_written_into_the_register_by_the_clock_and_cannot_be_dropped_unseen() {
    // The shortest interval that there is.
    let tables = "[register]\npublish_ms = 20\nevidence_ms = 20\nevidence_checkpoint_s = 60\n";
    let mut house = House::with("evidence-checkpoints", Profile::Production, tables);
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    who.put_document("d1", "sample");
    let register = register(&who);
    assert_eq!(
        register["size"], 1,
        "of an empty log of evidence nothing is written down: {register}"
    );
    agree_with_itself(&house, &who);
    let first = written_down(&who, 1, PATIENCE);
    assert_eq!(first["body"]["intervalSeconds"], 60, "{first}");
    caught_up(&who, 1);
    assert_eq!(
        tool(&house, &who, &["log", "export", "--to", "early", "--evidence"]).0,
        Some(0)
    );
    // A death in between makes no second one, and puts none off.
    house.kill();
    house.start();
    let text = |name: &str| register[name].as_str().unwrap();
    let beside = ["--register", text("address"), "--vkey", text("vkey")];
    let verify = |folder: &str| tool(&house, &who, &[&["verify", folder], &beside[..]].concat());
    let (code, said) = verify("early");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("begins with each of the 1 checkpoints"), "{said}");
    agree_with_itself(&house, &who);
    let second = written_down(&who, 2, Duration::from_secs(90));
    let issued = |record: &Value| chapar_terms::Instant::parse_rfc3339(record["issued"].as_str().unwrap()).unwrap();
    let between = issued(&second).since_ms(issued(&first));
    assert!((60_000..75_000).contains(&between), "{between} ms");
    assert!(size_of(&second) > size_of(&first), "{first} {second}");
    assert_eq!(
        ask(&who, "GET", "/records/evidence-checkpoint.0000000003", None)
            .unwrap()
            .status,
        404
    );
    // What was enough before the second one is too little now: somebody who hands that over leaves entries out.
    let (code, said) = verify("early");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the rest was dropped"), "{said}");
    let (code, said) = tool(&house, &who, &["log", "verify", "--evidence"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("begins with each of the 2 checkpoints"), "{said}");
    // With fresh keys the state is written down at once, under a key for which the register vouches like for the one before.
    assert_eq!(tool(&house, &who, &["log", "rotate-key", "--compromised"]).0, Some(0));
    let third = written_down(&who, 3, PATIENCE);
    assert_ne!(third["body"]["vkey"], second["body"]["vkey"]);
    let (code, said) = tool(&house, &who, &["log", "verify", "--evidence"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("begins with each of the 3 checkpoints"), "{said}");
    let (_, said) = verify("early");
    assert!(
        said.contains("the register is not verified"),
        "who pinned the lost key believes nothing: {said}"
    );
    // Names like these are the node's.
    let mut mine = draft("evidence-checkpoint.0000000009");
    mine["body"]["title"] = json!({ "en": "sample" });
    assert_eq!(ask(&who, "POST", "/records", Some(&mine)).unwrap().status, 400);
}
