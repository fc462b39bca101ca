//! Mirrors over real nodes: woken by hints, going on where a crash left them, and whole though a place keeps bodies back. The same bytes on
//! three nodes are in `harvest_triangle`, and whoever lies in `liars`.
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
use chapar_e2e::logs::{
    Log, Place, code, escaped, flipped_bodies, get, house, look, mirror, operator, publish, published, publisher,
    resources,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

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
fn whose_log_is_mirrored_is_told_without_being_named() {
    let (a, b) = (house("mirror-told-a"), house("mirror-told-b"));
    let (who, reader) = (publisher(&a, "plant"), publisher(&b, "border"));
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);
    let back = Log::of(&reader);
    mirror(&a, &back, &back.address, &[]);
    let size = publish(&who, &["one"]);
    let begun = Instant::now();
    // Looks by itself come once a minute only.
    while operator(&b).ask("GET", &format!("/mirrors/{}", log.id()), None)["size"] != size {
        assert!(begun.elapsed() < PATIENCE, "nobody told");
        std::thread::sleep(Duration::from_millis(20));
    }
}

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

/// What is known at a node of those who mirror a participant's register, once `is_so` holds of it.
fn mirrors_of(who: &Participant, is_so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let known = who.ask("GET", "/logs/register/mirrors", None);
        let items = known["items"].as_array().unwrap();
        if is_so(items) {
            return items.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "{known}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The page of a record at a node, and its tag.
fn page(house: &House, id: &str, tag: &str) -> (u16, Value, String) {
    let url = format!("{}/chapar/v1/register/records/{}", house.public, escaped(id));
    let got = chapar_conformance::wire::send("GET", &url, &[("if-none-match", tag)], &[]).unwrap();
    let shown = if got.status == 200 { got.value() } else { Value::Null };
    (got.status, shown, got.header("etag").unwrap_or_default().to_owned())
}

#[test]
fn a_log_knows_who_mirrors_it_by_what_they_say_and_by_what_they_show() {
    let mut a = house("known-a");
    let (b, c) = (house("known-b"), house("known-c"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    let size = publish(&who, &["one"]);
    mirror(&b, &log, &log.address, &[]);
    mirror(&c, &log, &log.address, &[log.at(&b)]);
    let mut both = vec![log.at(&b), log.at(&c)];
    both.sort();
    let claimed = mirrors_of(&who, |items| items.len() == 2);
    let addresses: Vec<_> = claimed.iter().map(|one| one["address"].as_str().unwrap()).collect();
    assert_eq!(addresses, both);
    assert!(
        claimed
            .iter()
            .all(|one| one["state"] == "claimed" && one.get("size").is_none()),
        "{claimed:?}"
    );

    anybody_can_say_so(&a, &b, c, (&who, &log), size);
    pages_tell_it((&a, &b), (&who, &log), size);
    known_after_a_restart(&mut a, b, (&who, &log), size);
}

/// With those gone who would say it again, the log knows what it knew, and of when that is.
fn known_after_a_restart(a: &mut House, mut b: House, (who, log): (&Participant, &Log), size: u64) {
    b.kill();
    let before = mirrors_of(who, |items| items.len() == 3);
    a.stop();
    a.start();
    let after = mirrors_of(who, |items| items.len() == 3);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(
            (&before["address"], &before["state"]),
            (&after["address"], &after["state"])
        );
        assert!(before["claimedAt"].as_str() >= after["claimedAt"].as_str(), "{after}");
    }
    let shown: Vec<_> = after.iter().filter(|one| one["state"] == "shown").collect();
    assert_eq!((shown.len(), &shown[0]["size"]), (1, &json!(size)), "{after:?}");
    assert_eq!(shown[0]["address"], log.at(&b));
    assert!(shown[0]["ageSeconds"].is_u64() && shown[0]["shownAt"].is_string());
}

/// Of those who say that they mirror a log, the ones are told apart that show it.
fn anybody_can_say_so(a: &House, b: &House, mut c: House, (who, log): (&Participant, &Log), size: u64) {
    let stranger = format!("http://127.0.0.1:9/chapar/v1/mirrors/{}", log.id());
    for said in [
        stranger.as_str(),
        "http://127.0.0.1:9/elsewhere",
        "nonsense",
        &log.at(a),
    ] {
        let headers = [("chapar-mirrored-at", said)];
        wire::send("GET", &format!("{}/checkpoint", log.address), &headers, &[]).unwrap();
    }
    c.kill();
    let looked = who.ask("POST", "/logs/register/mirrors/look", None);
    let items = looked["items"].as_array().unwrap();
    assert_eq!(
        items.len(),
        3,
        "what is no address of a mirror of it is not kept: {looked}"
    );
    for one in items {
        let is_shown = one["address"] == log.at(b);
        let expected = if is_shown {
            ("shown", json!(size), json!(0))
        } else {
            ("claimed", json!(null), json!(null))
        };
        assert_eq!(
            (one["state"].as_str().unwrap(), one["size"].clone(), one["lag"].clone()),
            expected,
            "{looked}"
        );
    }
}

/// The page of a record says so everywhere, and its tag nothing of ages.
fn pages_tell_it((a, b): (&House, &House), (who, log): (&Participant, &Log), size: u64) {
    let id = who.ask("GET", "/records/one", None)["id"].as_str().unwrap().to_owned();
    let (_, at_home, _) = page(a, &id, "");
    assert!(
        at_home["mirroredBy"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["state"] == "shown" && one["size"] == size)
    );
    let (_, at_b, tag) = page(b, &id, "");
    let here = &at_b["mirroredBy"][0];
    assert_eq!(
        (&here["state"], &here["size"], &here["address"]),
        (&json!("here"), &json!(size), &json!(log.at(b)))
    );
    let age = at_b["ageSeconds"].as_u64().unwrap();
    std::thread::sleep(Duration::from_millis(1100));
    let (status, _, _) = page(b, &id, &tag);
    assert_eq!(status, 304, "an answer is not another because it is older");
    let (_, later, _) = page(b, &id, "");
    assert!(later["ageSeconds"].as_u64().unwrap() > age, "{later}");
    let found = get(&format!("{}/chapar/v1/register/records", b.public)).value();
    assert!(found["items"][0]["ageSeconds"].is_u64(), "{found}");
}

#[test]
fn while_a_log_is_away_every_mirror_is_asked_for_what_it_has() {
    let mut a = house("away-a");
    let (b, c, d) = (house("away-b"), house("away-c"), house("away-d"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    publish(&who, &["one"]);
    // Of two mirrors the first has less.
    let before_b = Place::before(&log.address);
    mirror(&b, &log, &before_b.address(), &[]);
    mirror(&c, &log, &log.address, &[]);
    let size = publish(&who, &["two"]);
    assert_eq!(look(&c, &log)["size"], size);
    let size_at_b = size - 1;
    a.kill();
    let mirrored = mirror(&d, &log, &log.address, &[log.at(&b), log.at(&c)]);
    assert_eq!(
        (&mirrored["size"], &mirrored["lag"]),
        (&json!(size), &json!(0)),
        "{mirrored}"
    );
    let id = format!("{}/records/", log.owner);
    let found = get(&format!("{}/chapar/v1/register/records", d.public)).value();
    let record = found["items"][0]["id"].as_str().unwrap();
    assert!(record.starts_with(&id));
    let (_, shown, _) = page(&d, record, "");
    let sizes: Vec<_> = shown["mirroredBy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["address"].clone(), one["size"].clone()))
        .collect();
    assert!(
        sizes.contains(&(json!(log.at(&b)), json!(size_at_b))),
        "who lags behind is told with what he has: {shown}"
    );
    assert!(sizes.contains(&(json!(log.at(&c)), json!(size))), "{shown}");
}

#[test]
fn slow_places_keep_no_other_log_waiting() {
    let (a, b) = (house("mirror-slow-a"), house("mirror-slow-b"));
    let slow: Vec<(Log, Place)> = (0..5)
        .map(|number| {
            let log = Log::of(&publisher(&a, &format!("slow{number}")));
            let place = Place::before(&log.address);
            place.lie(|path, answer| {
                if path.starts_with("tile/entries/") {
                    std::thread::sleep(PATIENCE * 4);
                }
                answer
            });
            (log, place)
        })
        .collect();
    let quick = publisher(&a, "quick");
    let size = publish(&quick, &["one"]);
    for (log, place) in &slow {
        let body = json!({ "address": place.address(), "vkey": log.vkey, "owner": log.owner });
        operator(&b).ask("POST", "/mirrors", Some(&body));
    }
    let begun = Instant::now();
    let mut asked = BTreeSet::new();
    while asked.len() < 4 {
        let paths = slow
            .iter()
            .enumerate()
            .map(|(number, (_, place))| (number, place.asked()));
        let of_entries = |paths: &[String]| paths.iter().any(|path| path.starts_with("tile/entries/"));
        asked.extend(paths.filter(|(_, paths)| of_entries(paths)).map(|(number, _)| number));
        assert!(begun.elapsed() < PATIENCE, "the slow ones are not asked: {asked:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
    let log = Log::of(&quick);
    let begun = Instant::now();
    let mut mirrored = mirror(&b, &log, &log.address, &[]);
    while mirrored["size"] != size {
        assert!(begun.elapsed() < PATIENCE, "it waits for the slow ones: {mirrored}");
        mirrored = operator(&b).ask("GET", &format!("/mirrors/{}", log.id()), None);
        std::thread::sleep(Duration::from_millis(100));
    }
}
