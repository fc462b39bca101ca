//! A node that lost what it had, or got an older copy of it: never does its log sign a second history. It asks those who have read the log,
//! takes back what is missing, and goes on; where nobody can say what was published last, it stays silent until a person has spoken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, look, mirror, notice, operator, publish, published};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(100);
const ACCEPT: &str = "--accept-rollback";

/// A node that tells these when a log of its own grows, and that asks them.
fn house(name: &str, told: &[&House]) -> House {
    let told: Vec<&str> = told.iter().map(|house| house.public.as_str()).collect();
    let tables = format!("[register]\npublish_ms = 20\nhint = {}\n", json!(told));
    let mut house = House::with(name, Profile::Production, &tables);
    house.start();
    house
}

fn publisher(house: &House) -> Participant {
    let who = house.add(&json!({ "slug": "plant" }));
    published(&who);
    who
}

fn run(house: &House, words: &[&str]) -> String {
    let output = house.command(words).output().expect("the binary can be started");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What the operator has the node do, by a command.
fn operate(house: &House, words: &[&str]) -> Value {
    let key = house.operator_key();
    let more = ["--api", &house.private, "--key", &key, "--json"];
    serde_json::from_str(&run(house, &[words, &more].concat())).unwrap()
}

/// The participant as it was packed; its chest lies in `plant.chest`.
fn pack(house: &House) -> String {
    let packed = operate(house, &["participant", "chest", "plant", "--to", "plant.chest"]);
    packed["chestKey"].as_str().unwrap().to_owned()
}

/// A new disk, and the participant out of its chest.
fn bring_back(house: &mut House, who: &Participant, chest_key: &str) -> Participant {
    house.start();
    let words = [
        "participant",
        "add",
        "plant",
        "--chest",
        "plant.chest",
        "--chest-key",
        chest_key,
    ];
    let added = operate(house, &words);
    assert_eq!(added["participant"], who.id);
    Participant {
        key: added["apiKey"].as_str().unwrap().to_owned(),
        id: who.id.clone(),
        slug: who.slug.clone(),
        dsp: who.dsp.clone(),
        api: who.api.clone(),
    }
}

/// Everybody can read the log and finds nothing wrong with it.
fn verify(house: &House, log: &Log) {
    run(house, &["verify", &log.address, "--vkey", &log.vkey]);
}

/// The register as its people see it.
fn register(who: &Participant) -> Value {
    let logs = who.ask("GET", "/logs", None);
    let logs = logs["items"].as_array().unwrap();
    logs.iter().find(|log| log["name"] == "register").unwrap().clone()
}

/// Waits until the register stands like this.
fn stands(who: &Participant, state: &str) -> Value {
    let begun = Instant::now();
    loop {
        let log = register(who);
        if log["state"] == state {
            return log;
        }
        assert!(begun.elapsed() < PATIENCE, "it is not {state}: {log}");
        std::thread::sleep(LOOK);
    }
}

/// Waits until the register says of itself why it is held.
fn is_told(who: &Participant) -> Value {
    let begun = Instant::now();
    loop {
        let held = stands(who, "held")["held"].clone();
        if held["todo"].as_str().is_some_and(|todo| !todo.is_empty()) {
            return held;
        }
        assert!(begun.elapsed() < PATIENCE, "nothing is told: {held}");
        std::thread::sleep(LOOK);
    }
}

/// The log waits with every checkpoint for the witness of this node.
fn witnessed(who: &Participant, log: &Log, by: &House) {
    let by_operator = operator(by);
    let path = format!("/witness/logs/{}", log.origin.replace('/', "%2F").replace(':', "%3A"));
    by_operator.ask("PUT", &path, Some(&json!({ "vkeys": [log.vkey] })));
    let vkey = by_operator.ask("GET", "/witness", None)["vkey"]
        .as_str()
        .unwrap()
        .to_owned();
    let policy = format!("witness w {vkey} {}/chapar/v1/witness\nquorum w\n", by.public);
    who.ask(
        "PUT",
        "/logs/register/policy",
        Some(&json!({ "policy": policy, "wait": true })),
    );
}

/// The mirror after a look, which finds one history.
fn unforked(house: &House, log: &Log) -> Value {
    let mirror = look(house, log);
    assert_eq!(mirror["state"], "open", "{mirror}");
    mirror
}

fn lose(house: &House) {
    std::fs::rename(house.data(), house.folder().join("lost")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(copied.success());
}

#[test]
fn an_old_backup_publishes_nothing_before_a_person_has_spoken() {
    let b = house("burnt-backup-b", &[]);
    let mut a = house("burnt-backup-a", &[&b]);
    let who = publisher(&a);
    let log = Log::of(&who);
    publish(&who, &["one"]);
    run(&a, &["backup", "--config", "chapar.toml", "--to", "backup"]);
    let size = publish(&who, &["two", "three"]);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size);
    a.stop();
    lose(&a);
    // The key is no part of a backup.
    std::fs::create_dir(a.data()).unwrap();
    copy(&a.folder().join("lost/node.key"), &a.data().join("node.key"));
    run(&a, &["restore", "--config", "chapar.toml", "--from", "backup"]);
    a.start_with(&[ACCEPT]);
    let held = is_told(&who);
    assert_eq!(
        (&held["code"], &held["asked"][0]["size"]),
        (&json!("restored"), &json!(size))
    );
    assert_eq!(who.call("POST", "/records", Some(&notice("other"))).status, 409);
    assert_eq!(unforked(&b, &log)["size"], size);
    // Nor does it forget that by being started again.
    a.kill();
    a.start();
    is_told(&who);
    assert_eq!(who.call("POST", "/records", Some(&notice("other"))).status, 409);

    let on = who.ask(
        "POST",
        "/logs/register/recovery",
        Some(&json!({ "nobodyHasMore": true })),
    );
    assert_eq!((&on["state"], &on["size"]), (&json!("open"), &json!(size)), "{on}");
    assert_eq!(who.ask("GET", "/records/three", None)["state"], "published");
    let size = publish(&who, &["four"]);
    assert_eq!(unforked(&b, &log)["size"], size);
    verify(&a, &log);
}

#[test]
fn a_log_that_waits_for_its_quorum_comes_back_by_itself_however_often_it_is_killed() {
    let b = house("burnt-quorum-b", &[]);
    let mut a = house("burnt-quorum-a", &[&b]);
    let who = publisher(&a);
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);
    witnessed(&who, &log, &b);
    publish(&who, &["one"]);
    a.stop();
    copy(&a.data(), &a.folder().join("older"));
    a.start();
    let names: Vec<String> = (0..40).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    publish(&who, &names);
    let reason = json!({ "reason": { "en": "wrong (sample)" }, "code": "error" });
    who.ask("POST", "/records/n7/withdrawal", Some(&reason));
    let size = published(&who);
    assert_eq!(look(&b, &log)["size"], size);
    a.stop();
    lose(&a);
    // The whole folder comes back whole: nothing in it knows of anything later.
    copy(&a.folder().join("older"), &a.data());
    for life in 0..4 {
        a.start();
        std::thread::sleep(Duration::from_millis(15 * life));
        a.kill();
    }
    a.start();
    // Whoever publishes at once waits until others were asked, or hears that the log is held.
    let answer = who.call("POST", "/records", Some(&notice("hasty")));
    assert!([201, 409].contains(&answer.status), "{}", answer.text());
    stands(&who, "open");
    assert_eq!(who.ask("GET", "/records/n39", None)["state"], "published");
    assert!(who.ask("GET", "/records/n7", None)["withdrawal"].is_object());
    assert_eq!(who.call("POST", "/records/n7/withdrawal", Some(&reason)).status, 409);
    let grown = publish(&who, &["two"]);
    assert!(grown > size);
    assert_eq!(unforked(&b, &log)["size"], grown);
    verify(&a, &log);
}

#[test]
fn a_burnt_node_comes_back_from_its_peers_with_its_key() {
    let b = house("burnt-b", &[]);
    let mut a = house("burnt-a", &[&b]);
    let who = publisher(&a);
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);
    witnessed(&who, &log, &b);
    let size = publish(&who, &["one", "two"]);
    let record = who.ask("GET", "/records/one", None);
    assert_eq!(look(&b, &log)["size"], size);
    let chest_key = pack(&a);
    a.stop();
    lose(&a);
    let who = bring_back(&mut a, &who, &chest_key);
    let back = stands(&who, "open");
    assert_eq!((&back["vkey"], &back["origin"]), (&json!(log.vkey), &json!(log.origin)));
    assert_eq!(back["size"], size);
    let again = who.ask("GET", "/records/one", None);
    assert_eq!((&again["id"], &again["body"]), (&record["id"], &record["body"]));
    let grown = publish(&who, &["three"]);
    assert_eq!(grown, size + 1, "its keys are those that it told of before");
    assert_eq!(unforked(&b, &log)["size"], grown);
    verify(&a, &log);
}

#[test]
fn a_burnt_log_that_waited_for_nobody_stays_silent_until_a_person_has_spoken() {
    let b = house("burnt-alone-b", &[]);
    let mut a = house("burnt-alone-a", &[&b]);
    let who = publisher(&a);
    let log = Log::of(&who);
    let size = publish(&who, &["one", "two"]);
    mirror(&b, &log, &log.address, &[]);
    let chest_key = pack(&a);
    a.stop();
    lose(&a);
    let who = bring_back(&mut a, &who, &chest_key);
    let held = is_told(&who);
    assert_eq!(
        (&held["code"], &held["asked"][0]["size"]),
        (&json!("burnt"), &json!(size))
    );
    assert_eq!(who.call("POST", "/records", Some(&notice("other"))).status, 409);
    assert_eq!(unforked(&b, &log)["size"], size);
    let back = who.ask(
        "POST",
        "/logs/register/recovery",
        Some(&json!({ "nobodyHasMore": true })),
    );
    assert_eq!(
        (&back["state"], &back["size"]),
        (&json!("open"), &json!(size)),
        "{back}"
    );
    let grown = publish(&who, &["three"]);
    assert_eq!(unforked(&b, &log)["size"], grown);
    // A chest opens for its participant alone, at its address, by its own key.
    let chest = a.folder().join("plant.chest").display().to_string();
    let refused = |house: &House, slug: &str, chest_key: &str| {
        let (key, add) = (house.operator_key(), ["participant", "add", slug]);
        let how = [
            "--chest",
            &chest,
            "--chest-key",
            chest_key,
            "--api",
            &house.private,
            "--key",
            &key,
        ];
        let output = house.command(&[&add[..], &how].concat()).output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let said = [
        (refused(&a, "other", &chest_key), "another participant"),
        (refused(&b, "plant", &chest_key), "set `public_url`"),
        (refused(&b, "plant", &"0".repeat(64)), "does not open"),
    ];
    for (said, why) in said {
        assert!(said.contains(why), "{said}");
    }
}
