//! The declaration, clause by clause: every kind of record that a clause has is published by a real node and found good by
//! `chapar verify`. `docs/CLAUSES.md` shows each of these tests as the command of its clause.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Kinds that speak of another record: their tests are `core/register`'s.
const ABOUT_OTHERS: [&str; 3] = ["annotation", "translation", "withdrawal"];
/// Longest that publishing may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Publishes the example of each kind of a clause, and has the log verified.
fn publish_and_verify(clause: &str) {
    let mut house = House::new("clause", Profile::Production);
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    let kinds = kinds_of(&who, clause);
    assert!(!kinds.is_empty(), "clause {clause} has no kind");
    for kind in &kinds {
        let example = who.ask("GET", &format!("/kinds/{kind}"), None)["example"].clone();
        let draft = json!({ "kind": kind, "name": kind, "noPersonalData": true, "body": example });
        who.ask("POST", "/records", Some(&draft));
    }
    let log = published(&who);
    let text = |name: &str| log[name].as_str().unwrap();
    let words = ["verify", text("address"), "--vkey", text("vkey"), "--json"];
    let output = house.command(&words).output().expect("the binary can be started");
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON was asked for");
    assert_eq!(
        (output.status.code(), &said["verdict"]),
        (Some(0), &json!("verified")),
        "{said:#}"
    );
    let statements = said["statements"].as_array().unwrap().iter();
    let counted = statements.filter(|one| one["code"] == "records-of-kind" && one["parameters"]["count"] == "1");
    let mut counted: BTreeSet<&str> = counted.map(|one| one["parameters"]["kind"].as_str().unwrap()).collect();
    assert!(counted.remove("key-set"), "a log begins with its keys");
    assert_eq!(counted, kinds.iter().map(String::as_str).collect());
}

fn kinds_of(who: &Participant, clause: &str) -> BTreeSet<String> {
    let kinds = who.ask("GET", "/kinds", None);
    let kinds = kinds["items"].as_array().unwrap().iter();
    let of_clause = kinds.filter(|kind| kind["clauses"].as_array().unwrap().contains(&json!(clause)));
    let names = of_clause.map(|kind| kind["name"].as_str().unwrap().to_owned());
    names.filter(|name| !ABOUT_OTHERS.contains(&name.as_str())).collect()
}

/// The register, once everything is published.
fn published(who: &Participant) -> Value {
    let until = Instant::now() + PATIENCE;
    loop {
        let log = who.ask("GET", "/logs", None)["items"][0].clone();
        if log["waiting"] == 0 && log["address"].is_string() {
            return log;
        }
        assert!(Instant::now() < until, "the log does not catch up: {log}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn clause_1() {
    publish_and_verify("1");
}

#[test]
fn clause_2() {
    publish_and_verify("2");
}

#[test]
fn clause_3() {
    publish_and_verify("3");
}

#[test]
fn clause_4() {
    publish_and_verify("4");
}

#[test]
fn clause_5() {
    publish_and_verify("5");
}

#[test]
fn clause_6() {
    publish_and_verify("6");
}

#[test]
fn clause_7() {
    publish_and_verify("7");
}

#[test]
fn clause_8() {
    publish_and_verify("8");
}
