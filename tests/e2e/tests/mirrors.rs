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
    Log, Place, code, flipped_bodies, get, house, look, mirror, operator, publish, published, publisher, resources,
};
use serde_json::json;
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
