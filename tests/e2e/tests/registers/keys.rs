//! The keys of a log: what a node that dies around a rotation signs with and names after the next start, and what each makes of the log who
//! pinned one of its keys: mirrors, and `chapar verify`.

use super::log::{PATIENCE, register, verified};
use super::tool;
use chapar_conformance::node::Participant;
use chapar_e2e::ask::ask;
use chapar_e2e::dice::Dice;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{self, Log, code, look, mirror, operator, publish, publisher, unmirror};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

/// Rotations, each with a death beside it: fewer than a log may have keys.
const ROTATIONS: usize = 12;
/// Longest that a rotation goes on before the node dies, in milliseconds: about what one takes.
const LIFE_MS: u64 = 40;

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
    tool(house, who, &["verify", log["address"].as_str().unwrap(), "--vkey", vkey])
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
    assert!(said.contains(&fresh.vkey), "the new key is shown to hand it over: {said}");
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
        assert_eq!(mirror(&c, pinned, &pinned.address, &[])["size"], size, "either pin is good");
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
