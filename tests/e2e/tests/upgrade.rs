//! The folder outlives the process: restart, backup and restore by the commands, and a store that is older than its folder remembers.
//!
//! Crashes are `crash`'s. Refuses to read the database: what is in it is asked for over the node's doors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::wire;
use chapar_conformance::words::{self, FORMAT};
use chapar_e2e::ask::{list, send};
use chapar_e2e::board::Board;
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
/// The word that lets a rolled-back store start; a refusal must name it.
const ACCEPT: &str = "--accept-rollback";

fn put(who: &Participant, id: &str, content: &[u8]) {
    let answer =
        send(who, "PUT", &format!("/documents/{id}"), "text/plain", content).expect("the private door answers");
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn has(who: &Participant, id: &str) -> bool {
    match who.call("GET", &format!("/documents/{id}/content"), None).status {
        200 => true,
        404 => false,
        status => panic!("document {id}: {status}"),
    }
}

/// A node with one participant, running.
fn alone(name: &str) -> (House, Participant) {
    let mut house = House::new(name, Profile::Production);
    house.start();
    let who = house.add(&json!({ "slug": "a" }));
    put(&who, "D1", b"first");
    (house, who)
}

fn run(house: &House, words: &[&str]) -> Output {
    house.command(words).output().expect("the binary can be started")
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A backup by the command.
fn back_up(house: &House) -> PathBuf {
    let to = house.folder().join("backup");
    let output = run(house, &["backup", "--config", "chapar.toml", "--to", "backup"]);
    assert!(output.status.success(), "{}", said(&output));
    let sums = Command::new("sha256sum")
        .args(["--quiet", "-c", "SHA256SUMS"])
        .current_dir(&to)
        .output();
    let sums = sums.expect("`sha256sum` can be started");
    assert!(sums.status.success(), "{}", said(&sums));
    to
}

/// Moves the data folder away and leaves a new one with the node key in it.
fn lose_data(house: &House) {
    let (data, old) = (house.data(), house.folder().join("old"));
    std::fs::rename(&data, &old).unwrap();
    std::fs::create_dir(&data).unwrap();
    std::fs::copy(old.join("node.key"), data.join("node.key")).unwrap();
}

/// All that a participant sees of itself, and what the world sees of it.
fn snapshot(house: &House, who: &Participant) -> Value {
    let lists = [
        "/documents",
        "/policies",
        "/offers",
        "/peers",
        "/keys",
        "/negotiations",
        "/transfers",
        "/agreements",
    ];
    let mut seen: serde_json::Map<String, Value> = lists
        .iter()
        .map(|path| ((*path).to_owned(), list(who, path).into()))
        .collect();
    for kind in ["/negotiations", "/transfers"] {
        for case in list(who, kind) {
            let path = format!("{kind}/{}/timeline", case["id"].as_str().unwrap());
            let timeline = who.ask("GET", &path, None);
            seen.insert(path, timeline);
        }
    }
    seen.insert("/self".to_owned(), who.ask("GET", "/self", None));
    let did = wire::send("GET", &format!("{}/{}/did.json", house.public, who.slug), &[], b"")
        .expect("the public door answers");
    assert_eq!(did.status, 200, "{}", did.text());
    seen.insert("did.json".to_owned(), did.value());
    Value::Object(seen)
}

/// Negotiates and starts a transfer; the data address.
fn exchange(provider: &Participant, consumer: &Participant) -> Value {
    put(provider, "D1", b"first");
    let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
    provider.ask("PUT", "/policies/use", Some(&policy));
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
    provider.ask("PUT", "/offers/open", Some(&offer));
    consumer.ask(
        "PUT",
        &format!("/peers/{}", provider.id.replace('%', "%25")),
        Some(&json!({ "dsp": provider.dsp })),
    );
    let board = Board::follow(consumer);
    let request = json!({ "peer": provider.id, "offer": words::offer("open:D1:any", "D1") });
    let id = consumer.ask("POST", "/negotiations", Some(&request))["id"].clone();
    let case = board.wait(id.as_str().unwrap(), PATIENCE, |case| {
        case["state"] == "FINALIZED" && case["pending"].is_null()
    });
    let case = case.unwrap_or_else(|| panic!("not finalized: {:?}", board.case(id.as_str().unwrap())));
    let request = json!({ "agreement": case["agreementId"], "format": FORMAT });
    let id = consumer.ask("POST", "/transfers", Some(&request))["id"].clone();
    let id = id.as_str().unwrap();
    board
        .wait(id, PATIENCE, |case| case["accessOpen"] == true)
        .unwrap_or_else(|| panic!("not started: {:?}", board.case(id)));
    consumer.ask("GET", &format!("/transfers/{id}/data-address"), None)
}

fn fetch(address: &Value) -> wire::Response {
    let properties = address["endpointProperties"].as_array().expect("there are properties");
    let token = properties
        .iter()
        .find(|property| property["name"] == "authorization")
        .expect("there is a token");
    let headers = [("authorization", token["value"].as_str().unwrap())];
    wire::send("GET", address["endpoint"].as_str().unwrap(), &headers, b"").expect("the data door answers")
}

#[test]
fn a_restart_changes_nothing() {
    let mut houses = [
        House::new("provider", Profile::Production),
        House::new("consumer", Profile::Production),
    ];
    houses.iter_mut().for_each(House::start);
    let people = [
        houses[0].add(&json!({ "slug": "a" })),
        houses[1].add(&json!({ "slug": "b" })),
    ];
    let address = exchange(&people[0], &people[1]);
    for (house, who) in houses.iter_mut().zip(&people) {
        // The provider knows of the start's delivery a moment after the consumer has it.
        let board = Board::follow(who);
        for (kind, state) in [("/negotiations", "FINALIZED"), ("/transfers", "STARTED")] {
            let id = list(who, kind)[0]["id"].as_str().unwrap().to_owned();
            let settled = board.wait(&id, PATIENCE, |case| {
                case["state"] == state && case["pending"].is_null()
            });
            assert!(settled.is_some(), "{kind}/{id}: {:?}", board.case(&id));
        }
        let before = snapshot(house, who);
        let end = house.stop();
        assert!(end.success(), "an orderly end is a success, not {end}");
        house.start();
        assert_eq!(before, snapshot(house, who));
    }
    let answer = fetch(&address);
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, b"first".as_slice()),
        "access outlives a restart"
    );
}

#[test]
fn a_backup_comes_back_and_is_known_to_be_older() {
    let (mut house, who) = alone("restored");
    back_up(&house);
    put(&who, "D2", b"second");
    house.stop();
    lose_data(&house);
    let output = run(&house, &["restore", "--config", "chapar.toml", "--from", "backup"]);
    assert!(output.status.success(), "{}", said(&output));
    let refusal = house
        .refused_start()
        .expect("a restored store must not start as if nothing had happened");
    assert!(refusal.contains(ACCEPT), "{refusal}");
    house.start_with(&[ACCEPT]);
    assert!(
        has(&who, "D1") && !has(&who, "D2"),
        "what the backup held is there, and no more"
    );
    house.stop();
    house.start();
    assert!(has(&who, "D1"), "once accepted, it starts as usual");
}

#[test]
fn a_backup_of_a_stopped_node_is_as_good() {
    let (mut house, who) = alone("stopped");
    house.stop();
    back_up(&house);
    lose_data(&house);
    let output = run(&house, &["restore", "--config", "chapar.toml", "--from", "backup"]);
    assert!(output.status.success(), "{}", said(&output));
    house.start_with(&[ACCEPT]);
    assert!(has(&who, "D1"));
}

#[test]
fn an_altered_backup_is_not_put_back() {
    let (mut house, _) = alone("altered");
    let backup = back_up(&house);
    house.stop();
    lose_data(&house);
    alter(&backup.join("chapar.db"));
    let output = run(&house, &["restore", "--config", "chapar.toml", "--from", "backup"]);
    assert!(!output.status.success(), "{}", said(&output));
    assert!(!house.data().join("chapar.db").exists(), "nothing of it may lie there");
}

fn alter(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn an_older_database_in_the_folder_is_noticed() {
    let (mut house, who) = alone("rolled-back");
    house.stop();
    let (database, aside) = (house.data().join("chapar.db"), house.folder().join("aside.db"));
    std::fs::copy(&database, &aside).unwrap();
    house.start();
    put(&who, "D2", b"second");
    house.stop();
    std::fs::copy(&aside, &database).unwrap();
    let refusal = house.refused_start().expect("an older database must be noticed");
    assert!(refusal.contains(ACCEPT), "{refusal}");
    house.start_with(&[ACCEPT]);
    assert!(has(&who, "D1") && !has(&who, "D2"));
}

#[test]
fn another_node_key_opens_nothing() {
    let (mut house, _) = alone("locked");
    house.stop();
    std::fs::write(house.data().join("node.key"), "5a".repeat(32)).unwrap();
    let refusal = house.refused_start().expect("a wrong node key must be noticed");
    assert!(refusal.contains("node key"), "{refusal}");
}

#[test]
fn a_folder_is_open_once() {
    let (mut house, who) = alone("twice");
    // The second process would find the addresses taken, too: it must not get that far, or say so just as clearly.
    let mut second = house.command(&["serve", "--config", "chapar.toml"]);
    second
        .env("CHAPAR_PUBLIC_LISTEN", "127.0.0.1:0")
        .env("CHAPAR_PRIVATE_LISTEN", "127.0.0.1:0");
    let output = second.output().expect("the binary can be started");
    assert!(!output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("stop the other process"), "{}", said(&output));
    assert!(has(&who, "D1"), "the first one goes on");
    house.stop();
}
