//! Logs on a stick, between two nodes that have no link: the same bytes arrive, only what is new is taken, and what is wrong is refused with
//! its code, though nobody can be asked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, get, operator, publish, published};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;

fn house(name: &str) -> House {
    let mut house = House::with(name, Profile::Production, "[register]\npublish_ms = 20\n");
    house.start();
    house
}

fn carry(house: &House, words: &[&str]) -> Output {
    let key = house.operator_key();
    let more = ["--api", &house.private, "--key", &key, "--json"];
    let words = [&["carry"], words, &more].concat();
    house.command(&words).output().expect("the binary can be started")
}

fn shown(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn export(house: &House, stick: &Path) -> Value {
    let output = carry(house, &["export", "--to", stick.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    shown(&output)
}

/// What came of it, and whether all was taken.
fn import(house: &House, stick: &Path, pins: &[&str]) -> (Value, bool) {
    let pins: Vec<&str> = pins.iter().flat_map(|pin| ["--pin", *pin]).collect();
    let output = carry(house, &[&["import", stick.to_str().unwrap()], &pins[..]].concat());
    (shown(&output), output.status.success())
}

#[test]
fn logs_are_carried_to_a_node_that_has_no_link() {
    let (mut a, b) = (house("carry-a"), house("carry-b"));
    let who = a.add(&json!({ "slug": "plant" }));
    published(&who);
    let log = Log::of(&who);
    let size = publish(&who, &["one", "two"]);
    let stick = a.folder().join("stick");
    assert_eq!(export(&a, &stick)[0]["size"], size);
    let body = get(&format!("{}/bodies/000.p/{size}", log.address)).body;
    // From here on nobody can be asked.
    a.kill();

    let (unknown, is_whole) = import(&b, &stick, &[]);
    assert_eq!(
        (&unknown[0]["refused"]["code"], is_whole),
        (&json!("not-mirrored"), false)
    );
    assert_eq!(unknown[0]["vkey"], log.vkey);
    assert_eq!(
        operator(&b).ask("GET", "/mirrors", None)["items"],
        json!([]),
        "a stick pins nothing"
    );
    let (taken, is_whole) = import(&b, &stick, &[&log.vkey]);
    assert!(is_whole, "{taken}");
    assert_eq!((&taken[0]["new"], &taken[0]["size"]), (&json!(size), &json!(size)));
    assert!(taken[0]["ageSeconds"].is_u64(), "{taken}");
    let at_b = log.at(&b);
    assert_eq!(get(&format!("{at_b}/bodies/000.p/{size}")).body, body);
    let verified = b.command(&["verify", &at_b, "--vkey", &log.vkey]).output().unwrap();
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );

    a.start();
    let grown = publish(&who, &["three"]);
    let again = export(&a, &stick);
    assert_eq!(again[0]["size"], grown);
    a.kill();
    let (taken, is_whole) = import(&b, &stick, &[]);
    assert_eq!((&taken[0]["new"], is_whole), (&json!(grown - size), true), "{taken}");
    assert_eq!(import(&b, &stick, &[]).0[0]["new"], 0);
}

#[test]
fn what_a_stick_shows_wrongly_is_refused_and_the_rest_stays() {
    let (mut a, b) = (house("carry-lie-a"), house("carry-lie-b"));
    let who = a.add(&json!({ "slug": "plant" }));
    published(&who);
    let log = Log::of(&who);
    let size = publish(&who, &["one"]);
    let stick = a.folder().join("stick");
    export(&a, &stick);
    assert!(import(&b, &stick, &[&log.vkey]).1);
    publish(&who, &["two"]);
    export(&a, &stick);
    a.kill();
    let folder = stick.join("logs").join(log.id());
    let file = folder.join(format!("tile/entries/000.p/{}", size + 1));
    let bytes = std::fs::read(&file).unwrap();
    let mut wrong = bytes.clone();
    let last = wrong.len() - 1;
    wrong[last] ^= 1;
    std::fs::write(&file, &wrong).unwrap();
    let (refused, is_whole) = import(&b, &stick, &[]);
    assert_eq!(
        (&refused[0]["refused"]["code"], is_whole),
        (&json!("wrong-bundle"), false),
        "{refused}"
    );
    assert_eq!((&refused[0]["new"], &refused[0]["state"]), (&json!(0), &json!("open")));
    std::fs::write(&file, &bytes).unwrap();
    let (taken, is_whole) = import(&b, &stick, &[]);
    assert_eq!((&taken[0]["new"], is_whole), (&json!(1), true), "{taken}");
}
