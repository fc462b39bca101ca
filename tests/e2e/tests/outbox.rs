//! What was decided and not yet delivered outlives a crash: the real node is killed with signal 9 while its peer has no time for it,
//! and says what it had to say once it is started again.
//!
//! Refuses to hold load and chance (`crash`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::wire::{Request, Response, Server};
use chapar_conformance::words;
use chapar_e2e::ask::ask;
use chapar_e2e::house::{House, Profile};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Longest that the node may take for anything here.
const PATIENCE: Duration = Duration::from_secs(15);

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_still_to_be_said_is_said_after_a_crash() {
    let (has_time, heard) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(Mutex::new(Vec::<Vec<u8>>::new())),
    );
    let (open, book) = (Arc::clone(&has_time), Arc::clone(&heard));
    let server = Server::start(Arc::new(move |request: Request| {
        // No version document: the peer is talked to where it is said to be.
        if request.method == "GET" {
            return Some(Response::empty(404));
        }
        book.lock().unwrap().push(request.body);
        Some(if open.load(Ordering::SeqCst) {
            Response::empty(201)
        } else {
            Response::empty(503)
        })
    }))
    .unwrap();
    let mut house = House::new("outbox", Profile::Development);
    house.start();
    let node = house.add(&json!({ "slug": "office", "identity": "development", "id": "the-node", "peer": "the-peer" }));
    let offer = words::offer("offer-1", "their-data");
    let body = json!({ "peer": "the-peer", "address": server.url(), "mode": "manual", "offer": offer });
    let begun = ask(&node, "POST", "/negotiations", Some(&body)).unwrap();
    assert_eq!(begun.status, 201, "{}", begun.text());
    let path = format!("/negotiations/{}", begun.value()["id"].as_str().unwrap());
    wait_until("the node never called", || !heard.lock().unwrap().is_empty());
    house.kill();
    has_time.store(true, Ordering::SeqCst);
    let before = heard.lock().unwrap().len();
    house.start();
    wait_until("the restarted node never called", || {
        heard.lock().unwrap().len() > before
    });
    wait_until("the case never became what was said", || {
        let case = ask(&node, "GET", &path, None)
            .map(|answer| answer.value())
            .unwrap_or_default();
        case["state"] == "REQUESTED" && case["pending"].is_null()
    });
    let heard = heard.lock().unwrap();
    assert!(heard.iter().all(|body| *body == heard[0]), "a resend has other bytes");
}
