//! Clocks that are a day off, the authority's and the node's, both ways: it is told, and what was written stays whole.

use crate::authority::{DAY_MS, Stamper};
use crate::scene::{Door, Scratch, asking, register, stamped, statement, until, verify};
use chapar_conformance::wire;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, escaped, look, mirror, operator, publish};
use serde_json::json;
use std::sync::Arc;

const DAY_S: i64 = DAY_MS / 1000;

fn is_about(found: &serde_json::Value, expected: i64) -> bool {
    found.as_i64().is_some_and(|found| (found - expected).abs() < 120)
}

#[test]
fn an_authority_with_another_time_is_told_of() {
    let place = Scratch::new();
    let us = Stamper::new(&place, "ours");
    let door = Door::open(|_| None);
    let (house, who) = asking("time-off", &door.url(), &us.ca);
    for (name, off_ms) in [("ahead", DAY_MS - 60_000), ("behind", -DAY_MS + 60_000)] {
        let us = Arc::clone(&us);
        door.behave(move |query| Some(us.answer(query, off_ms)));
        publish(&who, &[name]);
        let log = stamped(&who);
        assert!(
            is_about(&log["timestamp"]["clockBehindSeconds"], off_ms / 1000),
            "{log}"
        );
        assert!(house.log().contains("the clock of this node is not the authority's"));
        let (is_good, said) = verify(
            &house,
            log["address"].as_str().unwrap(),
            &log,
            &["--tsa-ca", us_ca(&place)],
        );
        assert!(is_good, "{said}");
    }
}

fn us_ca(place: &Scratch) -> &'static str {
    Box::leak(place.0.join("ours.pem").display().to_string().into_boxed_str())
}

/// A log whose node is right, a day ahead, a day behind, and right again: one history, taken by a mirror and by a witness that are right.
#[test]
fn a_node_a_day_off_writes_on_and_its_stamps_tell() {
    let place = Scratch::new();
    let us = Stamper::new(&place, "ours");
    let stamper = Arc::clone(&us);
    let door = Door::open(move |query| Some(stamper.answer(query, 0)));
    let mut right = House::new("time-right", Profile::Production);
    right.start();
    let (mut house, who) = asking("time-wrong", &door.url(), &us.ca);
    publish(&who, &["right"]);
    let log = Log::of(&who);
    have_witnessed(&right, &who, &log);
    let cosigned = |log: &serde_json::Value| log["cosigned"].as_array().is_some_and(|list| !list.is_empty());
    let first = until(&who, "it is not cosigned", cosigned);
    let shown = mirror(&right, &log, &log.address, &[]);
    assert_eq!(shown["size"], first["size"], "{shown}");

    for (name, off, behind_s) in [("ahead", "+1d", -DAY_S), ("behind", "-1d", DAY_S), ("again", "+0", 0)] {
        house.stop();
        house.start_off(off);
        let size = publish(&who, &[name]);
        let told = stamped(&who);
        let behind = &told["timestamp"]["clockBehindSeconds"];
        assert!(
            if behind_s == 0 {
                behind.is_null()
            } else {
                is_about(behind, behind_s)
            },
            "{told}"
        );
        let (is_good, said) = verify(&house, &log.address, &told, &["--tsa-ca", us.ca.to_str().unwrap()]);
        assert!(is_good, "{off}: {said}");
        assert_eq!(statement(&said, "log-stamped")["parameters"]["size"], size.to_string());
        // The mirror takes it as it takes any other; whose clock is off does not matter to a tree.
        assert_eq!(look(&right, &log)["size"], size, "{off}");
        let at = log.at(&right);
        let (is_good, said) = verify(&right, &at, &told, &[]);
        assert!(is_good, "{off}: {said}");
        // A cosignature states the witness's time; a node that is a day off does not believe it, goes on without, and says so.
        match behind_s {
            0 => drop(until(&who, "it is not cosigned again", cosigned)),
            _ => {
                until(&who, "nothing is told", |_| {
                    house.log().contains("its cosignature does not verify")
                });
                assert!(!cosigned(&register(&who)), "{off}");
            }
        }
    }
}

/// Has the one node cosign the log of the other.
fn have_witnessed(witness: &House, who: &chapar_conformance::node::Participant, log: &Log) {
    let path = format!("/witness/logs/{}", escaped(&log.origin));
    operator(witness).ask("PUT", &path, Some(&json!({ "vkeys": [log.vkey] })));
    let shown = wire::send("GET", &format!("{}/chapar/v1/witness", witness.public), &[], &[])
        .unwrap()
        .value();
    let policy = format!(
        "witness w {} {}\nquorum w\n",
        shown["vkey"].as_str().unwrap(),
        shown["submissionPrefix"].as_str().unwrap()
    );
    who.ask(
        "PUT",
        "/logs/register/policy",
        Some(&json!({ "policy": policy, "wait": false })),
    );
}
