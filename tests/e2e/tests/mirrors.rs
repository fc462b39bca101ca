//! Mirrors over real nodes: the same bytes on each, without the log's own node too, after a crash as well, and whoever lies is told or
//! caught, by name, while the other mirrors go on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Response};
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, Place, get, look, mirror, operator, publish, published, unmirror};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

fn house(name: &str) -> House {
    let mut house = House::with(name, Profile::Production, "[register]\npublish_ms = 20\n");
    house.start();
    house
}

fn publisher(house: &House, slug: &str) -> Participant {
    let who = house.add(&json!({ "slug": slug }));
    published(&who);
    who
}

/// Everything below a log's address that a reader of `size` entries asks for, but the checkpoint.
fn resources(size: u64) -> Vec<String> {
    assert!(size < 256, "one bundle");
    ["tile/0/000", "tile/entries/000", "bodies/000"]
        .map(|path| format!("{path}.p/{size}"))
        .to_vec()
}

/// The log and its mirror, byte for byte.
fn assert_same(one: &str, other: &str, size: u64) {
    for path in [vec!["checkpoint".to_owned()], resources(size)].concat() {
        let (one, other) = (get(&format!("{one}/{path}")), get(&format!("{other}/{path}")));
        assert_eq!((one.status, other.status), (200, 200), "{path}");
        assert_eq!(one.body, other.body, "{path}");
    }
}

fn code(mirror: &Value) -> &str {
    mirror["obstacle"]["code"].as_str().unwrap_or_default()
}

#[test]
fn one_record_is_the_same_bytes_on_three_nodes_and_a_withdrawal_arrives_without_the_first() {
    let mut a = house("mirror-a");
    let (b, c) = (house("mirror-b"), house("mirror-c"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let size = publish(&who, &["one", "two"]);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size);
    let at_b = log.at(&b);
    assert_eq!(
        mirror(&c, &log, &log.address, std::slice::from_ref(&at_b))["size"],
        size
    );
    for at in [&at_b, &log.at(&c)] {
        assert_same(&log.address, at, size);
        let checked = get(&format!("{at}/checkpoint"));
        assert!(
            checked.header("chapar-checked-at").is_some_and(|at| at.ends_with('Z')),
            "its age is told"
        );
    }
    let shown = who.ask("GET", "/records/one", None);
    let body = format!("body/{}", shown["bodyHash"].as_str().unwrap());
    assert_eq!(
        get(&format!("{}/{body}", log.at(&c))).body,
        get(&format!("{}/{body}", log.address)).body
    );

    let reason = json!({ "reason": { "en": "wrong (sample)" }, "code": "error", "purge": true });
    who.ask("POST", "/records/one/withdrawal", Some(&reason));
    let size = published(&who);
    assert_eq!(look(&b, &log)["size"], size);
    a.kill();
    let mirrored = look(&c, &log);
    assert_eq!(
        (&mirrored["size"], code(&mirrored)),
        (&json!(size), "send.connect"),
        "{mirrored}"
    );
    assert_eq!(
        mirrored["obstacle"]["place"], log.address,
        "who is away is told by name"
    );
    let begun = Instant::now();
    while [&at_b, &log.at(&c)]
        .iter()
        .any(|at| get(&format!("{at}/{body}")).status != 404)
    {
        assert!(
            begun.elapsed() < PATIENCE,
            "what is withdrawn with its body is purged here too"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_same(&at_b, &log.at(&c), size);
}

#[test]
fn a_hint_wakes_the_mirror_and_nothing_else() {
    let b = house("mirror-hint-b");
    let tables = format!("[register]\npublish_ms = 20\nhint = [\"{}\"]\n", b.public);
    let mut a = House::with("mirror-hint-a", Profile::Production, &tables);
    a.start();
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);
    // Looks by itself come once a minute only.
    let size = publish(&who, &["one"]);
    let begun = Instant::now();
    while operator(&b).ask("GET", &format!("/mirrors/{}", log.id()), None)["size"] != size {
        assert!(begun.elapsed() < PATIENCE, "nobody told");
        std::thread::sleep(Duration::from_millis(20));
    }
    let hint = |body: &str| wire::send("POST", &format!("{}/chapar/v1/hints", b.public), &[], body.as_bytes()).unwrap();
    let known = hint(&json!({ "origin": log.origin }).to_string());
    let unknown = hint(r#"{"origin":"nobody.example/log"}"#);
    assert_eq!(
        (known.status, unknown.status),
        (202, 202),
        "who is mirrored is not told"
    );
    assert_eq!(known.body, unknown.body);
    assert_eq!(hint("{}").status, 400);
    assert_eq!(hint(&format!(r#"{{"origin":"{}"}}"#, "x".repeat(8192))).status, 413);
}

/// More entries than are staged with one write, the last of them behind an obstacle.
#[test]
fn a_mirror_that_is_killed_goes_on_where_it_was() {
    let a = house("mirror-kill-a");
    let mut b = house("mirror-kill-b");
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let first = publish(&who, &["first"]);
    let place = Place::before(&log.address);
    assert_eq!(mirror(&b, &log, &place.address(), &[])["size"], first);
    let mut size = first;
    for batch in 0..22 {
        let names: Vec<String> = (0..64).map(|number| format!("n{batch}-{number}")).collect();
        size = publish(&who, &names.iter().map(String::as_str).collect::<Vec<_>>());
    }
    assert!(size > 1280 + 64, "{size}");
    place.lie(|path, answer| match path.starts_with("tile/entries/005") {
        true => Response::empty(503),
        false => answer,
    });
    let stopped = look(&b, &log);
    assert_eq!(
        (&stopped["size"], &stopped["lag"], code(&stopped)),
        (&json!(first), &json!(size - first), "place-busy"),
        "nothing is shown before all of it is here"
    );
    for path in resources(first) {
        let ours = get(&format!("{}/{path}", log.at(&b)));
        assert_eq!(
            ours.status, 200,
            "what is published is whole while more is staged: {path}"
        );
    }
    b.kill();
    place.be_honest();
    place.asked();
    b.start();
    assert_eq!(look(&b, &log)["size"], size);
    let asked = place.asked();
    let bundles: Vec<&String> = asked.iter().filter(|path| path.starts_with("tile/entries/")).collect();
    assert_eq!(bundles.len(), 1, "only what was not staged is asked for: {asked:?}");
    for path in [
        "checkpoint",
        "tile/0/003",
        "tile/1/000.p/5",
        "tile/entries/000",
        "bodies/003",
    ] {
        let (one, other) = (
            get(&format!("{}/{path}", log.address)),
            get(&format!("{}/{path}", log.at(&b))),
        );
        assert_eq!((one.status, other.status), (200, 200), "{path}");
        assert!(one.body == other.body, "{path}");
    }
    let old = format!("{}/tile/0/000.p/{first}", log.at(&b));
    assert_eq!(get(&old).status, 404, "the full one stands in for it now");
    b.kill();
    b.start();
    let mirrored = operator(&b).ask("GET", &format!("/mirrors/{}", log.id()), None);
    assert_eq!(mirrored["size"], size, "what is published stays");
    assert!(mirrored["checkedAt"].is_string(), "and so does its age");
}

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
    fn told(&mut self, expected: &str, lie: impl Fn(&str, Response) -> Response + Send + Sync + 'static) {
        self.number += 1;
        let before = operator(&self.b).ask("GET", &format!("/mirrors/{}", self.log.id()), None);
        let name = format!("r{}", self.number);
        let size = publish(&self.who, &[&name]);
        self.place.lie(lie);
        let mirrored = look(&self.b, &self.log);
        assert_eq!(code(&mirrored), expected, "{mirrored}");
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

    /// The other mirror takes what is new.
    fn goes_on(&mut self) {
        self.number += 1;
        let size = publish(&self.other, &[&format!("o{}", self.number)]);
        assert_eq!(look(&self.b, &self.other_log)["size"], size);
    }
}

fn flipped(mut answer: Response, at: usize) -> Response {
    answer.body[at] ^= 1;
    answer
}

#[test]
fn a_place_that_lies_is_told_by_its_lie_and_believed_again_when_it_does_not() {
    let mut trial = Trial::new("mirror-lies");
    let old = get(&format!("{}/checkpoint", trial.log.address));
    trial.told("wrong-tile", |path, answer| match path.starts_with("tile/0/") {
        true => flipped(answer, 5),
        false => answer,
    });
    trial.told("wrong-bundle", |path, answer| match path.starts_with("tile/entries/") {
        true => {
            let last = answer.body.len() - 1;
            flipped(answer, last)
        }
        false => answer,
    });
    trial.told("send.too-large", |path, mut answer| {
        if path.starts_with("tile/entries/") {
            answer.body = vec![b'x'; 20 * 1024 * 1024];
        }
        answer
    });
    trial.told("send.too-large", |path, mut answer| {
        if path.starts_with("bodies/") {
            answer.body.extend(b"one byte more");
        }
        answer
    });
    trial.told("wrong-bodies", |path, mut answer| {
        if path.starts_with("bodies/") {
            answer.body.pop();
        }
        answer
    });
    trial.told("wrong-bodies", flipped_bodies);
    trial.told("checkpoint-malformed", |path, mut answer| {
        if path == "checkpoint" {
            answer.body.clear();
            answer.body.extend(b"hello");
        }
        answer
    });
    trial.told("checkpoint-signature-wrong", |path, mut answer| {
        if path == "checkpoint" {
            // Within the signature, behind the key's short name.
            let at = answer.body.len() - 20;
            answer.body[at] = if answer.body[at] == b'A' { b'B' } else { b'A' };
        }
        answer
    });
    trial.told("checkpoint-older", move |path, answer| match path == "checkpoint" {
        true => Response {
            headers: Vec::new(),
            ..old.clone()
        },
        false => answer,
    });
    trial.told("place-busy", |_, _| Response::empty(429));
}

#[test]
fn a_checkpoint_of_another_key_is_not_believed() {
    let mut trial = Trial::new("mirror-key");
    let other = get(&format!("{}/checkpoint", trial.other_log.address)).text();
    let line = other.lines().last().unwrap().to_owned();
    trial.told("checkpoint-unsigned", move |path, mut answer| {
        if path == "checkpoint" {
            let text = answer.text();
            let (said, _) = text.split_once("\n\n").unwrap();
            answer.body = format!("{said}\n\n{line}\n").into_bytes();
            answer.headers.clear();
        }
        answer
    });
    let other = trial.other_log.address.clone();
    trial.told("other-origin", move |path, answer| match path == "checkpoint" {
        true => Response {
            headers: Vec::new(),
            ..get(&format!("{other}/checkpoint"))
        },
        false => answer,
    });
}

fn flipped_bodies(path: &str, answer: Response) -> Response {
    match path.starts_with("bodies/") {
        true => {
            let last = answer.body.len() - 2;
            flipped(answer, last)
        }
        false => answer,
    }
}

fn no_bodies(path: &str, answer: Response) -> Response {
    match path.starts_with("bodies/") {
        true => Response::empty(404),
        false => answer,
    }
}

/// Whether the newest record's body is the same at the log and at its mirror.
fn assert_body(who: &Participant, log: &Log, house: &House, name: &str) {
    let shown = who.ask("GET", &format!("/records/{name}"), None);
    let body = format!("body/{}", shown["bodyHash"].as_str().unwrap());
    let ours = get(&format!("{}/{body}", log.at(house)));
    assert_eq!(ours.status, 200, "{name}");
    assert_eq!(ours.body, get(&format!("{}/{body}", log.address)).body);
}

#[test]
fn a_body_that_is_wrong_or_kept_back_is_had_from_another_place() {
    let (a, b) = (house("mirror-body-a"), house("mirror-body-b"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let size = publish(&who, &["one"]);
    let (own, other) = (Place::before(&log.address), Place::before(&log.address));
    let places = [other.address()];
    own.lie(flipped_bodies);
    let mirrored = mirror(&b, &log, &own.address(), &places);
    assert_eq!(
        (&mirrored["size"], &mirrored["rejects"]),
        (&json!(size), &json!(0)),
        "{mirrored}"
    );
    assert_body(&who, &log, &b, "one");
    let grown = publish(&who, &["two"]);
    own.lie(|_, _| Response::empty(503));
    other.lie(no_bodies);
    assert_eq!(look(&b, &log)["size"], size, "only the log itself may have no bodies");
    other.be_honest();
    assert_eq!(look(&b, &log)["size"], grown);
    assert_body(&who, &log, &b, "two");
    let reason = json!({ "reason": { "en": "wrong (sample)" }, "code": "error", "purge": true });
    who.ask("POST", "/records/one/withdrawal", Some(&reason));
    let withdrawn = published(&who);
    own.lie(no_bodies);
    other.lie(|_, _| Response::empty(503));
    let mirrored = look(&b, &log);
    assert_eq!(
        (&mirrored["size"], code(&mirrored)),
        (&json!(grown), "bodies-missing"),
        "nobody purges a withdrawal: {mirrored}"
    );
    own.be_honest();
    assert_eq!(look(&b, &log)["size"], withdrawn);
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

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(std::fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// A node that is put back to an old copy of its folder, and goes on from there, signs another history with the same key.
#[test]
fn a_log_that_signs_two_histories_is_caught_by_name_and_nothing_of_the_other_is_taken() {
    let mut a = house("mirror-fork-a");
    let (mut b, c) = (house("mirror-fork-b"), house("mirror-fork-c"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    publish(&who, &["one"]);
    a.stop();
    let old = a.folder().join("old");
    copy(&a.data(), &old);
    a.start();
    let size = publish(&who, &["two"]);
    let held = mirror(&b, &log, &log.address, &[]);
    assert_eq!(
        (&mirror(&c, &log, &log.address, &[])["size"], &held["size"]),
        (&json!(size), &json!(size))
    );
    let note = get(&format!("{}/checkpoint", log.address)).text();
    a.stop();
    std::fs::remove_dir_all(a.data()).unwrap();
    std::fs::rename(&old, a.data()).unwrap();
    a.start();
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
