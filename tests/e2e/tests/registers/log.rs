//! What these judges share: records that were acknowledged, the register as its participant is told of it, and `chapar verify` on it.

use chapar_conformance::node::Participant;
use chapar_e2e::house::House;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Longest that the log may take to catch up with what was acknowledged.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Names of records that were acknowledged, with the hash of the leaf that the answer told.
pub type Book = Mutex<BTreeMap<String, String>>;

pub fn draft(name: &str) -> Value {
    let mut body: Value =
        serde_json::from_str(include_str!("../../../../kinds/dataset/examples/smallest.json")).unwrap();
    body["title"] = json!({ "en": format!("{name} (sample)") });
    json!({ "kind": "dataset", "name": name, "noPersonalData": true, "body": body })
}

/// The register as `chapar log show` tells it, once nothing waits.
pub fn register(who: &Participant) -> Value {
    caught_up(who, 0)
}

/// One of both logs, once nothing waits.
pub fn caught_up(who: &Participant, place: usize) -> Value {
    let until = Instant::now() + PATIENCE;
    loop {
        let log = who.ask("GET", "/logs", None)["items"][place].clone();
        if log["waiting"] == 0 && log["size"].as_u64() > Some(0) {
            return log;
        }
        assert!(Instant::now() < until, "the log does not catch up: {log}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// What `chapar verify` says of the register, which must be good.
pub fn verified(house: &House, log: &Value) -> Value {
    let text = |name: &str| log[name].as_str().unwrap();
    let words = ["verify", text("address"), "--vkey", text("vkey"), "--json"];
    let output = house.command(&words).output().expect("the binary can be started");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_str(&said).expect("JSON was asked for")
}

/// Every record that was acknowledged is published with the leaf that was told, each at a place of its own.
pub fn check_book(who: &Participant, book: &Book, size: u64) {
    let book = book.lock().unwrap();
    let mut places = BTreeMap::new();
    for (name, leaf) in book.iter() {
        let record = who.ask("GET", &format!("/records/{name}"), None);
        assert_eq!(
            (&record["state"], record["leafHash"].as_str()),
            (&json!("published"), Some(leaf.as_str())),
            "{record}"
        );
        let place = record["index"].as_u64().unwrap();
        assert!(place < size, "{record}");
        assert_eq!(places.insert(place, name), None, "{name} shares its place");
    }
}

/// The register as it is now, whatever waits.
pub fn register_now(who: &Participant) -> Value {
    let until = Instant::now() + PATIENCE;
    loop {
        let log = who.ask("GET", "/logs", None)["items"][0].clone();
        if log["address"].is_string() {
            return log;
        }
        assert!(Instant::now() < until, "nothing is published: {log}");
        thread::sleep(Duration::from_millis(20));
    }
}
