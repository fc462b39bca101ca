//! The harvest triangle: A publishes, B mirrors A, C mirrors A and B. One record, the same bytes everywhere; a withdrawal comes to C while A is
//! down; what C wrote of A's record stays.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::house::House;
use chapar_e2e::logs::{Log, assert_same, code, escaped, get, house, look, mirror, publish, published, publisher};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until a node's register says of a record what `is_it` wants.
fn record(house: &House, id: &str, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let url = format!("{}/chapar/v1/register/records/{}", house.public, escaped(id));
    let begun = Instant::now();
    loop {
        let answer = get(&url);
        if answer.status == 200 && is_it(&answer.value()) {
            return answer.value();
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{what}: {} {}",
            answer.status,
            answer.text()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn annotations(record: &Value) -> Vec<&Value> {
    let named = record["namedBy"].as_array().unwrap().iter();
    named.filter(|named| named["kind"] == "annotation").collect()
}

/// What an office of C says of a record of A; as C's register shows it.
fn remark_on(c: &House, reader: &Participant, id: &str, leaf: &Value) -> Value {
    let annotation = json!({
        "kind": "annotation",
        "name": "remark",
        "noPersonalData": true,
        "body": {
            "target": id,
            "targetHash": leaf,
            "about": { "en": "Does it hold for transit? (sample)" },
            "type": "question",
        },
    });
    reader.ask("POST", "/records", Some(&annotation));
    let annotated = record(c, id, "is annotated", |record| !annotations(record).is_empty());
    annotations(&annotated)[0].clone()
}

/// The record is the same on every node.
fn assert_one(houses: [&House; 3], id: &str, leaf: &Value) {
    let records = houses.map(|house| record(house, id, "is in the catalogue", |record| record["leafHash"] == *leaf));
    for record in &records {
        assert_eq!(
            (&record["leaf"], &record["body"]),
            (&records[0]["leaf"], &records[0]["body"]),
            "one record"
        );
    }
}

/// Waits until none of these addresses gives anything.
fn gone(addresses: &[String]) {
    let begun = Instant::now();
    while addresses.iter().any(|address| get(address).status != 404) {
        assert!(
            begun.elapsed() < PATIENCE,
            "what is withdrawn with its body is purged everywhere"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a command says of a node's public door.
fn said(house: &House, words: &[&str]) -> String {
    let output = house.command(words).args(["--at", &house.public]).output().unwrap();
    assert!(
        output.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The versions of another's record are listed and compared where it is mirrored.
fn assert_compared(c: &House, id: &str, leaf: &Value) {
    for words in [vec!["register", "diff"], vec!["record", "diff", "--key", "unused"]] {
        let told = said(c, &[words, vec![id, "1", "2"]].concat());
        assert!(
            told.contains("corrected"),
            "the versions of another's record are compared here: {told}"
        );
    }
    let listed = said(c, &["record", "history", "--key", "unused", id]);
    assert!(listed.contains(leaf.as_str().unwrap()), "{listed}");
}

#[test]
fn harvest_triangle() {
    let mut a = house("triangle-a");
    let (b, c) = (house("triangle-b"), house("triangle-c"));
    let (who, reader) = (publisher(&a, "plant"), publisher(&c, "office"));
    let log = Log::of(&who);
    let size = publish(&who, &["one", "two"]);
    let at_b = log.at(&b);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size);
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
    let (id, leaf) = (shown["id"].as_str().unwrap(), &shown["leafHash"]);
    let body = format!("body/{}", shown["bodyHash"].as_str().unwrap());
    assert_eq!(
        get(&format!("{}/{body}", log.at(&c))).body,
        get(&format!("{}/{body}", log.address)).body
    );
    assert_one([&a, &b, &c], id, leaf);
    let remark = remark_on(&c, &reader, id, leaf);
    let mut draft = chapar_e2e::logs::notice("one");
    draft["body"]["title"] = json!({ "en": "Planned works (sample), corrected" });
    who.ask("POST", "/records", Some(&draft));
    let size = published(&who);
    assert_eq!(look(&c, &log)["size"], size);
    let corrected = record(&c, id, "has a new version", |record| record["version"] == 2);
    assert_eq!(annotations(&corrected), [&remark], "what others said of it stays");

    assert_compared(&c, id, leaf);
    let newest = who.ask("GET", "/records/one", None)["bodyHash"]
        .as_str()
        .unwrap()
        .to_owned();
    let newest = format!("body/{newest}");
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
    let withdrawn = record(&c, id, "is withdrawn", |record| record["withdrawn"]["code"] == "error");
    assert_eq!(annotations(&withdrawn), [&remark], "and stays when it is withdrawn");
    assert_eq!(
        (&withdrawn["logState"], &withdrawn["checkedAt"]),
        (&json!("open"), &mirrored["checkedAt"]),
        "with its age"
    );
    gone(&[&at_b, &log.at(&c)].map(|at| format!("{at}/{newest}")));
    assert_same(&at_b, &log.at(&c), size);
}
