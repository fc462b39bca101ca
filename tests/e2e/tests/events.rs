//! The event stream of the own API over the real binary: a reader that comes back gets exactly what it missed, across a restart
//! too, is told when that cannot be, and hears that the stream is alive.
//!
//! A hundred thousand events are kept, more than a judge can make; so the oldest rows are taken out of the stopped node's database,
//! as the node does it by itself later. Nothing else is touched there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::seed::open_to_all;
use chapar_conformance::stream::{Event, Said, Stream};
use chapar_conformance::wire::{self, Response, Server};
use chapar_conformance::words::{self, CONTEXT};
use chapar_e2e::house::{House, Profile};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PEER: &str = "the-peer";
/// Longest that an event which is there already may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The node promises a sign of life every 15 seconds.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A machine under load may be late.
const LATE: Duration = Duration::from_secs(5);
/// How many events the node says it keeps.
const KEPT: u64 = 100_000;

struct Scene {
    house: House,
    us: Participant,
    callback: String,
}

fn scene(name: &str) -> Scene {
    let mut house = House::new(name, Profile::Development);
    house.start();
    let us = house.add(&json!({ "slug": "office", "identity": "development", "id": "the-node", "peer": PEER }));
    us.put_document("D1", "content");
    open_to_all(&us, "CD1");
    let server = Server::start(Arc::new(|_| Some(Response::json(200, &json!({}))))).expect("a port can be had");
    Scene {
        house,
        us,
        callback: server.url(),
    }
}

impl Scene {
    /// Makes `count` events, one new case each; the cases' ids.
    fn happen(&self, count: usize) -> Vec<String> {
        let one = |_| {
            let message = json!({
                "@context": [CONTEXT], "@type": "ContractRequestMessage", "consumerPid": words::fresh(),
                "offer": words::offer("CD1:D1:1", "D1"), "callbackAddress": self.callback,
            });
            let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
            let url = format!("{}/negotiations/request", self.us.dsp);
            let answer = wire::send("POST", &url, &headers, message.to_string().as_bytes()).unwrap();
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.value()["providerPid"].as_str().unwrap().to_owned()
        };
        (0..count).map(one).collect()
    }

    /// The next `count` events behind `last`, on a stream of their own.
    fn behind(&self, last: u64, count: usize) -> Vec<Event> {
        let mut stream = self.open(&last.to_string());
        (0..count)
            .map(|_| stream.event().unwrap().expect("the stream goes on"))
            .collect()
    }

    fn open(&self, last: &str) -> Stream {
        Stream::open(&self.us, Some(last), PATIENCE).unwrap()
    }
}

fn numbers(events: &[Event]) -> Vec<u64> {
    events.iter().map(Event::number).collect()
}

fn told_of(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(|event| event.value()["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The first word is a reset to `newest`, and the stream goes on behind it.
fn is_reset(scene: &Scene, last: &str, newest: u64) {
    let mut stream = scene.open(last);
    let reset = stream.event().unwrap().expect("the stream goes on");
    assert_eq!(
        (reset.kind.as_str(), reset.number(), reset.value()),
        ("reset", newest, json!({ "after": newest, "kept": KEPT })),
        "behind {last}"
    );
    let cases = scene.happen(1);
    let next = stream.event().unwrap().expect("the stream goes on");
    assert_eq!(
        (next.number(), told_of(std::slice::from_ref(&next))),
        (newest + 1, cases),
        "behind the reset: {next:?}"
    );
}

#[test]
fn a_reader_that_comes_back_gets_what_it_missed() {
    let mut scene = scene("events");
    let cases = scene.happen(4);
    let all = scene.behind(0, 4);
    assert_eq!((numbers(&all), told_of(&all)), (vec![1, 2, 3, 4], cases));
    assert!(all.iter().all(|event| event.kind == "negotiation.requested"), "{all:?}");
    // It hears two, goes away, and more happens; also the node goes away.
    let more = scene.happen(2);
    scene.house.stop();
    scene.house.start();
    let last = scene.happen(1);
    let missed = scene.behind(2, 5);
    assert_eq!(missed[..2], all[2..], "the same events, in the same words");
    assert_eq!(numbers(&missed), [3, 4, 5, 6, 7]);
    assert_eq!(told_of(&missed[2..]), [more, last].concat());
    // Who missed nothing gets nothing but what comes.
    let mut stream = scene.open("7");
    let new = scene.happen(1);
    let event = stream.event().unwrap().expect("the stream goes on");
    assert_eq!((event.number(), told_of(&[event])), (8, new));
}

#[test]
fn the_address_says_where_to_begin_unless_the_reader_knows_better() {
    let scene = scene("begin");
    let cases = scene.happen(3);
    let first = |query: &str, last: Option<&str>| {
        let bearer = format!("Bearer {}", scene.us.key);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(last.map(|last| ("last-event-id", last)));
        let (status, _, body) = wire::open("GET", &format!("{}/events{query}", scene.us.api), &headers, b"").unwrap();
        assert_eq!(status, 200, "{query}");
        body.wait_up_to(PATIENCE).unwrap();
        let mut stream = Stream::over(body);
        stream.event().unwrap().expect("the stream goes on").number()
    };
    assert_eq!(first("?after=0", None), 1);
    assert_eq!(first("?after=1", None), 2);
    assert_eq!(first("?after=0", Some("2")), 3);
    assert_eq!(first(&format!("?after=0&case={}", cases[1]), None), 2);
    let wrong = [
        ("last-event-id", "soon"),
        ("authorization", &format!("Bearer {}", scene.us.key)),
    ];
    let answer = wire::send("GET", &format!("{}/events", scene.us.api), &wrong, b"").unwrap();
    assert_eq!(
        (answer.status, answer.value()["code"].as_str()),
        (400, Some("wrong-position")),
        "{}",
        answer.text()
    );
}

#[test]
fn a_place_that_is_not_kept_is_a_reset() {
    let mut scene = scene("reset");
    scene.happen(6);
    is_reset(&scene, "1000000", 6);
    is_reset(&scene, "9", 7);
    scene.house.stop();
    forget_up_to(&scene.house.data(), 3);
    scene.house.start();
    is_reset(&scene, "2", 8);
    is_reset(&scene, "1", 9);
    // The oldest that is kept is the next of the last that is not.
    assert_eq!(numbers(&scene.behind(3, 7)), [4, 5, 6, 7, 8, 9, 10]);
}

/// Takes the events up to this number out of a stopped node's database.
fn forget_up_to(data: &Path, number: i64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("chapar.db"));
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        let done = sqlx::query("DELETE FROM events WHERE number <= $1")
            .bind(number)
            .execute(&mut connection)
            .await
            .unwrap();
        assert_eq!(done.rows_affected(), u64::try_from(number).unwrap());
        connection.close().await.unwrap();
    });
}

#[test]
fn a_silent_stream_shows_that_it_is_alive() {
    let scene = scene("alive");
    let mut stream = Stream::open(&scene.us, None, HEARTBEAT + LATE).unwrap();
    // The first comment comes with the opening.
    assert_eq!(stream.said().unwrap(), Some(Said::Comment));
    let begun = Instant::now();
    assert_eq!(stream.said().unwrap(), Some(Said::Comment));
    let silence = begun.elapsed();
    assert!(silence > HEARTBEAT / 2, "a sign of life every {silence:?} is noise");
    // An event in between is not held up, and the next sign comes as well.
    let cases = scene.happen(1);
    let said = stream.said().unwrap();
    let Some(Said::Event(event)) = said else {
        panic!("{said:?}")
    };
    assert_eq!(told_of(&[event]), cases);
    assert_eq!(stream.said().unwrap(), Some(Said::Comment));
}

#[test]
fn a_stream_ends_with_its_key() {
    let scene = scene("key");
    let made = scene.us.ask(
        "POST",
        "/keys",
        Some(&json!({ "role": "viewer", "label": "for a while" })),
    );
    let mut reader = scene.us.clone();
    made["key"].as_str().unwrap().clone_into(&mut reader.key);
    let mut stream = Stream::open(&reader, None, PATIENCE).unwrap();
    scene.happen(1);
    assert!(stream.event().unwrap().is_some());
    let id = made["id"].as_str().unwrap();
    assert!(scene.us.call("DELETE", &format!("/keys/{id}"), None).is_good());
    scene.happen(1);
    let ended = stream.event();
    assert!(!matches!(ended, Ok(Some(_))), "a revoked key still hears: {ended:?}");
}

#[test]
fn nobody_hears_of_another_participants_cases() {
    let scene = scene("neighbour");
    let neighbour = scene.house.add(&json!({
        "slug": "neighbour", "identity": "development", "id": "the-neighbour", "peer": PEER,
    }));
    let mut stream = Stream::open(&neighbour, Some("0"), Duration::from_secs(1)).unwrap();
    let cases = scene.happen(2);
    let heard = stream.event();
    assert!(heard.is_err(), "the neighbour hears {heard:?}");
    let path = format!("{}/events?case={}", neighbour.api, cases[0]);
    let bearer = format!("Bearer {}", neighbour.key);
    let answer = wire::send("GET", &path, &[("authorization", &bearer)], b"").unwrap();
    assert_eq!(answer.status, 404, "{}", answer.text());
}
