//! The keys of a log: what a node that dies around a rotation signs with and names after the next start, and what each makes of the log who
//! pinned one of its keys: mirrors, and `chapar verify`. And a key that signs records, once others have it.

use super::log::{PATIENCE, register, verified};
use super::tool;
use chapar_conformance::node::Participant;
use chapar_e2e::ask::ask;
use chapar_e2e::backup::{Backup, copy};
use chapar_e2e::dice::Dice;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{self, Log, code, look, mirror, operator, publish, published, publisher, unmirror};
use chapar_tlog::TlogProof;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Rotations, each with a death beside it: fewer than a log may have keys.
const ROTATIONS: usize = 12;
/// Longest that a rotation goes on before the node dies, in milliseconds: several times what one takes, on a machine with other work too.
const LIFE_MS: u64 = 500;

fn keys(log: &Value) -> Vec<(String, bool)> {
    let keys = log["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["vkey"].as_str().unwrap().to_owned(), key["isCompromised"] == true))
        .collect()
}

/// The keys of the log as the register names them.
fn named(who: &Participant) -> Vec<(String, bool)> {
    let record = who.ask("GET", "/records/key-set", None);
    let listed = record["body"]["keys"].as_array().unwrap().iter();
    let of_log = listed.filter(|key| key["use"] == "log");
    let lost = |key: &Value| key["revoked"]["reason"] == "compromised";
    of_log
        .map(|key| (key["vkey"].as_str().unwrap().to_owned(), lost(key)))
        .collect()
}

fn verifies(house: &House, who: &Participant, log: &Value, vkey: &str) -> (Option<i32>, String) {
    tool(
        house,
        who,
        &["verify", log["address"].as_str().unwrap(), "--vkey", vkey],
    )
}

#[test]
fn a_death_around_a_rotation_leaves_no_key_unnamed() {
    let seed = Dice::seed("CHAPAR_REGISTERS_SEED");
    println!("CHAPAR_REGISTERS_SEED={seed}");
    let mut dice = Dice::new(seed);
    let mut house = House::with("keys", Profile::Production, "[register]\npublish_ms = 20\n");
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    let mut had = keys(&register(&who));
    let (mut done, mut promised) = (0, 0);
    for round in 0..ROTATIONS {
        let is_lost = round % 4 == 3;
        let answer = thread::scope(|scope| {
            let body = json!({ "compromised": is_lost });
            let who = &who;
            let asked = scope.spawn(move || ask(who, "POST", "/logs/keys", Some(&body)));
            thread::sleep(dice.pause(LIFE_MS));
            house.kill();
            asked.join().unwrap()
        });
        let is_promised = answer.is_ok_and(|answer| answer.is_good());
        house.start();
        let log = register(&who);
        let has = keys(&log);
        let is_done = has.len() == had.len() + 1;
        assert!(is_done || has == had && !is_promised, "{had:?} {has:?}");
        assert_eq!(named(&who), has, "what signs is named");
        verified(&house, &log);
        for (vkey, is_lost) in &has {
            let (code, said) = verifies(&house, &who, &log, vkey);
            assert_eq!(code, Some(i32::from(*is_lost)), "{vkey}: {said}");
        }
        let logs = who.ask("GET", "/logs", None);
        assert_eq!(keys(&logs["items"][1]).len(), has.len(), "both logs or none: {logs}");
        (done, promised, had) = (done + usize::from(is_done), promised + usize::from(is_promised), has);
    }
    println!("{done} of {ROTATIONS} rotations done, {promised} acknowledged");
    assert!(done > 0, "every death came before the rotation: nothing was tried");
}

/// Waits until all of the register is in a node's catalogue.
fn catalogued(house: &House, origin: &str, size: u64) {
    let begun = Instant::now();
    loop {
        let shown = logs::get(&format!("{}/chapar/v1/register/logs", house.public)).value();
        let items = shown["items"].as_array().unwrap();
        if items
            .iter()
            .any(|log| log["origin"] == origin && log["inCatalogue"] == size)
        {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{shown}");
        thread::sleep(Duration::from_millis(50));
    }
}

fn rotate(house: &House, who: &Participant, words: &[&str]) -> Log {
    let (code, said) = tool(house, who, &[&["log", "rotate-key"], words].concat());
    assert_eq!(code, Some(0), "{said}");
    let fresh = Log::of(who);
    assert!(
        said.contains(&fresh.vkey),
        "the new key is shown to hand it over: {said}"
    );
    fresh
}

#[test]
fn a_mirror_follows_fresh_keys_and_a_lost_one_convinces_nobody_new() {
    let (a, mut b, c) = (
        logs::house("keys-home"),
        logs::house("keys-mirror"),
        logs::house("keys-late"),
    );
    let who = publisher(&a, "plant");
    let first = Log::of(&who);
    let size = publish(&who, &["one"]);
    assert_eq!(mirror(&b, &first, &first.address, &[])["size"], size);
    assert_eq!(tool(&a, &who, &["log", "export", "--to", "before"]).0, Some(0));
    let second = rotate(&a, &who, &[]);
    assert_ne!(first.vkey, second.vkey);
    let size = publish(&who, &["two"]);
    assert_eq!(look(&b, &first)["size"], size);
    for pinned in [&first, &second] {
        assert_eq!(
            mirror(&c, pinned, &pinned.address, &[])["size"],
            size,
            "either pin is good"
        );
        unmirror(&c, pinned);
    }
    let third = rotate(&a, &who, &["--compromised"]);
    let size = publish(&who, &["three"]);
    let followed = look(&b, &first);
    assert_eq!(
        (&followed["size"], &followed["state"], &followed["rejects"]),
        (&json!(size), &json!("open"), &json!(0)),
        "who held the log before learns it from the log: {followed}"
    );
    for lost in [&first, &second] {
        let refused = mirror(&c, lost, &lost.address, &[]);
        assert_eq!(
            (&refused["size"], code(&refused)),
            (&json!(0), "checkpoint-unsigned"),
            "{refused}"
        );
        unmirror(&c, lost);
    }
    assert_eq!(mirror(&c, &third, &third.address, &[])["size"], size);
    // A mirror that pinned the lost key goes on after a death, and makes its catalogue again.
    b.kill();
    b.start();
    let size = publish(&who, &["four"]);
    assert_eq!(look(&b, &first)["size"], size);
    operator(&b).ask("POST", "/views/rebuild", None);
    catalogued(&b, &first.origin, size);
    // What was published before stays provable by the key of then; the log as it is now is proven by the newest alone.
    let (code, said) = tool(&a, &who, &["verify", "before", "--vkey", &first.vkey]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = tool(&a, &who, &["log", "verify"]);
    assert_eq!(code, Some(0), "{said}");
}

fn document(who: &Participant) -> String {
    let answer = logs::get(&who.dsp.replace("/dsp/2025-1", "/did.json"));
    assert_eq!(answer.status, 200);
    answer.text()
}

/// The ids of the signing keys, oldest first, and which of them signs.
fn signing(house: &House, who: &Participant) -> (Vec<String>, String) {
    let (code, said) = tool(house, who, &["key", "list", "--signing", "--json"]);
    assert_eq!(code, Some(0), "{said}");
    let shown: Value = serde_json::from_str(&said).unwrap();
    let keys = shown["keys"].as_array().unwrap();
    let id = |key: &Value| key["id"].as_str().unwrap().to_owned();
    let active: Vec<_> = keys.iter().filter(|key| key["active"] == true).map(id).collect();
    assert_eq!(active.len(), 1, "{said}");
    (keys.iter().map(id).collect(), active[0].clone())
}

/// Which keys for records the register revokes, and why.
fn revoked(who: &Participant) -> Vec<(String, String)> {
    let record = who.ask("GET", "/records/key-set", None);
    let listed = record["body"]["keys"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    listed
        .filter(|key| key["use"] == "record" && key["revoked"].is_object())
        .map(|key| (text(&key["id"]), text(&key["revoked"]["reason"])))
        .collect()
}

fn proof(who: &Participant, name: &str) -> Vec<u8> {
    let answer = who.call("GET", &format!("/records/{name}/proof"), None);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.body
}

/// The key that signed a record.
fn method(who: &Participant, name: &str) -> String {
    let leaf = TlogProof::parse(&proof(who, name)).unwrap().extra.unwrap();
    let leaf: Value = serde_json::from_slice(&leaf).unwrap();
    leaf["proof"]["verificationMethod"].as_str().unwrap().to_owned()
}

#[test]
fn a_lost_signing_key_signs_nothing_more_and_what_it_signed_before_stays() {
    let (mut a, b) = (logs::house("signing-home"), logs::house("signing-mirror"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let size = publish(&who, &["one"]);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size);
    let kept = "one.record-proof";
    std::fs::write(a.folder().join(kept), proof(&who, "one")).unwrap();
    let (_, lost) = signing(&a, &who);
    let (code, said) = tool(&a, &who, &["key", "revoke", &lost, "--compromised"]);
    assert_eq!(code, Some(0), "{said}");
    // It is so for good: a death changes nothing of it.
    a.kill();
    a.start();
    let (_, fresh) = signing(&a, &who);
    assert_ne!(lost, fresh);
    let shown = document(&who);
    assert!(!shown.contains(&lost) && shown.contains(&fresh), "{shown}");
    assert_eq!(revoked(&who), [(lost.clone(), "compromised".to_owned())]);
    let size = publish(&who, &["two"]);
    assert_eq!(
        (method(&who, "one"), method(&who, "two")),
        (lost.clone(), fresh.clone())
    );
    let followed = look(&b, &log);
    assert_eq!(
        (&followed["size"], &followed["rejects"]),
        (&json!(size), &json!(0)),
        "what it signed before stays good: {followed}"
    );
    let address = register(&who)["address"].as_str().unwrap().to_owned();
    let (code, said) = tool(&a, &who, &["verify", &address, "--vkey", &log.vkey]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&lost) && said.contains("(compromised)"), "{said}");
    let (code, said) = tool(&a, &who, &["verify", kept, "--vkey", &log.vkey, "--log", &address]);
    assert_eq!(code, Some(0), "by its place in the log, not by its date: {said}");
    // Of one that was replaced in good order it may turn out later; the key of today signs on.
    assert_eq!(tool(&a, &who, &["key", "rotate"]).0, Some(0));
    let (_, today) = signing(&a, &who);
    let fragment = fresh.split_once('#').unwrap().1;
    assert_eq!(tool(&a, &who, &["key", "revoke", fragment, "--compromised"]).0, Some(0));
    assert_eq!(signing(&a, &who).1, today);
    let both = [lost, fresh].map(|key| (key, "compromised".to_owned()));
    assert_eq!(revoked(&who), both);
    verified(&a, &register(&who));
    assert_ne!(tool(&a, &who, &["key", "revoke", "key-9", "--compromised"]).0, Some(0));
}

/// Appends an entry of another copy of a stopped node's data to the register here, under its name there.
fn append(data: &Path, log: &Log, from: &Path, entry: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("chapar.db"));
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        let from = from.join("chapar.db").display().to_string();
        let attached = sqlx::query("ATTACH $1 AS other").bind(from);
        attached.execute(&mut connection).await.unwrap();
        let appended = sqlx::query(
            "INSERT INTO main.log_entries (origin, position, id, leaf, body_hash, body, at)
             SELECT origin, (SELECT MAX(position) + 1 FROM main.log_entries WHERE origin = $1), id, leaf, body_hash, body, at
             FROM other.log_entries WHERE origin = $1 AND id = $2",
        );
        // The next entry draws the number behind it.
        let counted = sqlx::query("UPDATE main.counters SET last = last + 1 WHERE series = $1");
        for act in [
            appended.bind(&log.origin).bind(entry),
            counted.bind(format!("log {}", log.origin)),
        ] {
            assert_eq!(act.execute(&mut connection).await.unwrap().rows_affected(), 1);
        }
        connection.close().await.unwrap();
    });
}

/// The page of a record at a node.
fn page(house: &House, record: &Value) -> u16 {
    let id = logs::escaped(record["id"].as_str().unwrap());
    logs::get(&format!("{}/chapar/v1/register/records/{id}", house.public)).status
}

/// The owner's node is in the hands of whoever has the lost key: a record that it signed gets a place in the log behind the key-set that
/// gives the key up, whatever date the record bears.
#[test]
fn what_a_lost_signing_key_signs_later_is_taken_by_nobody() {
    let (mut a, b) = (logs::house("stolen-home"), logs::house("stolen-mirror"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let size = publish(&who, &["before"]);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size);
    let (_, lost) = signing(&a, &who);
    let old = Backup::of(&mut a);
    publish(&who, &["stolen"]);
    assert_eq!(method(&who, "stolen"), lost);
    let stolen = who.ask("GET", "/records/stolen", None);
    a.stop();
    let thief = a.folder().join("thief");
    copy(&a.data(), &thief);
    a.start();
    old.put_back(&mut a);
    assert_eq!(tool(&a, &who, &["key", "revoke", &lost, "--compromised"]).0, Some(0));
    let at = published(&who);
    a.stop();
    // The first version of the record, as a database names it.
    append(&a.data(), &log, &thief, "stolen@0000000001");
    a.start();
    let size = publish(&who, &["after"]);
    assert_eq!(size, at + 2);

    let followed = look(&b, &log);
    assert_eq!(
        (&followed["size"], &followed["state"], &followed["rejects"]),
        (&json!(size), &json!("open"), &json!(1)),
        "the log goes on, but for one entry: {followed}"
    );
    let rejected = &followed["rejected"][0];
    assert_eq!(
        (&rejected["index"], &rejected["code"]),
        (&json!(at), &json!("key-revoked")),
        "{followed}"
    );
    let why = rejected["detail"].as_str().unwrap();
    assert!(why.contains(&lost) && why.contains("compromised"), "{why}");
    let [before, after] = ["before", "after"].map(|name| who.ask("GET", &format!("/records/{name}"), None));
    for house in [&a, &b] {
        catalogued(house, &log.origin, size);
        assert_eq!(
            [&before, &stolen, &after].map(|record| page(house, record)),
            [200, 404, 200]
        );
    }
    for address in [&log.address, &log.at(&b)] {
        let (code, said) = tool(&a, &who, &["verify", address, "--vkey", &log.vkey]);
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains(&format!("entry {at} is no record")) && said.contains("(key-revoked)"),
            "{said}"
        );
    }
}

#[test]
fn a_register_is_mirrored_by_the_did_of_its_owner_with_the_key_of_today() {
    let (a, b) = (logs::house("did-home"), logs::house("did-mirror"));
    let who = publisher(&a, "plant");
    let lost = Log::of(&who);
    let log = rotate(&a, &who, &["--compromised"]);
    let size = publish(&who, &["one"]);
    let operator = operator(&b);
    let (code, said) = tool(&b, &operator, &["mirror", "add", &who.id]);
    assert_eq!(code, Some(0), "{said}");
    let mirrored = look(&b, &log);
    assert_eq!(
        (&mirrored["size"], &mirrored["vkey"], &mirrored["owner"]),
        (&json!(size), &json!(log.vkey), &json!(who.id)),
        "{mirrored}"
    );
    let name = |log: &Log| format!("#log-{}", log.vkey.split('+').nth(1).unwrap());
    let shown = document(&who);
    assert!(shown.contains(&name(&log)) && !shown.contains(&name(&lost)), "{shown}");
    // Nobody is there, and half of what is to be known is nothing.
    assert_ne!(
        tool(&b, &operator, &["mirror", "add", &format!("{}-2", who.id)]).0,
        Some(0)
    );
    assert_ne!(tool(&b, &operator, &["mirror", "add", &log.address]).0, Some(0));
    let half = json!({ "owner": who.id, "address": log.address });
    let refused = operator.call("POST", "/mirrors", Some(&half));
    assert_eq!((refused.status, &refused.value()["code"]), (400, &json!("half-log")));
}

#[test]
fn a_witness_that_mirrors_a_log_goes_by_its_keys_of_today() {
    let (a, b) = (logs::house("witnessed-home"), logs::house("witnessed-mirror"));
    let who = publisher(&a, "plant");
    let first = Log::of(&who);
    let operator = operator(&b);
    let path = format!("/witness/logs/{}", logs::escaped(&first.origin));
    let put = |log: &Log| operator.ask("PUT", &path, Some(&json!({ "vkeys": [log.vkey] })))["vkeys"].clone();
    assert_eq!(put(&first), json!([first.vkey]));
    mirror(&b, &first, &first.address, &[]);
    let listed = || operator.ask("GET", "/witness/logs", None)["items"][0]["vkeys"].clone();
    let mut before = first.clone();
    for words in [&[][..], &["--compromised"]] {
        let fresh = rotate(&a, &who, words);
        let size = publish(
            &who,
            &[&fresh.vkey[fresh.vkey.len() - 8..].replace(['+', '/', '='], "x")],
        );
        assert_eq!(listed(), json!([before.vkey]));
        assert_eq!(look(&b, &first)["size"], size);
        assert_eq!(listed(), json!([fresh.vkey]), "what was given up counts no more");
        before = fresh;
    }
    assert_eq!(
        put(&first),
        json!([before.vkey]),
        "entered anew, a lost key leads to the one of today at once"
    );
}
