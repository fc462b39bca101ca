//! Replies that prove nothing, and an authority that is away: each is told by its code, nothing is kept, and the log goes on.

use crate::authority::{DAY_MS, Stamper};
use crate::scene::{Door, Scratch, asking, register, stamped, until};
use chapar_e2e::logs::publish;
use chapar_terms::Digest;
use chapar_timestamp::REPLY_BYTES;
use std::time::Duration;

type Lie = Box<dyn Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync>;

/// The query with the digest of other bytes in the place of its own.
fn about_others(query: &[u8]) -> Vec<u8> {
    let other = Digest::of(b"another");
    let place = query.windows(2).position(|two| two == [0x04, 0x20]).unwrap() + 2;
    [&query[..place], other.as_bytes(), &query[place + 32..]].concat()
}

/// The query with another nonce.
fn of_another_time(query: &[u8]) -> Vec<u8> {
    let mut query = query.to_vec();
    // Behind the nonce stands that the certificate is wanted.
    let last = query.len() - 4;
    query[last] ^= 1;
    query
}

fn lies(place: &Scratch, us: &std::sync::Arc<Stamper>) -> Vec<(&'static str, Lie)> {
    let by = |change: fn(&[u8]) -> Vec<u8>, off_ms: i64| -> Lie {
        let us = std::sync::Arc::clone(us);
        Box::new(move |query| Some(us.answer(&change(query), off_ms)))
    };
    let same = |query: &[u8]| query.to_vec();
    let other = Stamper::new(place, "other");
    let altered = std::sync::Arc::clone(us);
    vec![
        ("time-other-imprint", by(about_others, 0)),
        ("time-other-nonce", by(of_another_time, 0)),
        (
            "time-unknown-authority",
            Box::new(move |query| Some(other.answer(query, 0))),
        ),
        ("time-out-of-validity", by(same, 20 * 366 * DAY_MS)),
        ("time-declined", by(|_| b"none".to_vec(), 0)),
        ("time-malformed", Box::new(|_| Some(b"<html>".to_vec()))),
        ("send.too-large", Box::new(|_| Some(vec![0x30; REPLY_BYTES + 1]))),
        (
            "time-wrong-signature",
            Box::new(move |query| {
                let mut reply = altered.answer(query, 0);
                *reply.last_mut().unwrap() ^= 1;
                Some(reply)
            }),
        ),
        ("send.broken", Box::new(|_| None)),
    ]
}

#[test]
fn what_proves_nothing_is_refused_by_its_code_and_the_log_goes_on() {
    let place = Scratch::new();
    let us = Stamper::new(&place, "ours");
    let honest = {
        let us = std::sync::Arc::clone(&us);
        move |query: &[u8]| Some(us.answer(query, 0))
    };
    let door = Door::open(honest.clone());
    let (_house, who) = asking("time-lies", &door.url(), &us.ca);
    publish(&who, &["first"]);
    let mut known = stamped(&who)["timestamp"].clone();
    for (number, (code, lie)) in lies(&place, &us).into_iter().enumerate() {
        door.behave(lie);
        let size = publish(&who, &[&format!("n{number}")]);
        let log = until(&who, code, |log| log["timestampObstacle"]["code"] == code);
        assert_eq!(
            (&log["timestamp"], log["size"].as_u64()),
            (&known, Some(size)),
            "{code}"
        );
        assert!(log["timestampObstacle"]["tries"].as_u64() >= Some(1), "{log}");
        door.behave(honest.clone());
        known = stamped(&who)["timestamp"].clone();
    }
}

#[test]
fn an_authority_is_asked_no_more_often_than_is_set_and_for_the_newest_alone() {
    let place = Scratch::new();
    let us = Stamper::new(&place, "ours");
    let door = Door::open(move |_| None);
    let (mut house, who) = asking("time-pace", &door.url(), &us.ca);
    for number in 0..4 {
        publish(&who, &[&format!("n{number}")]);
    }
    let away = until(&who, "no second try", |log| {
        log["timestampObstacle"]["tries"].as_u64() >= Some(2)
    });
    assert_eq!(away["timestampObstacle"]["code"], "send.broken");
    let stamper = std::sync::Arc::clone(&us);
    door.behave(move |query| Some(stamper.answer(query, 0)));
    let log = stamped(&who);
    // The register, and the evidence, in which nothing is.
    let asked = door.asked();
    assert!(asked.len() >= 3, "{asked:?}");
    for pair in asked.windows(2) {
        let apart = pair[1].duration_since(pair[0]);
        assert!(apart >= Duration::from_millis(900), "asked again after {apart:?}");
    }
    // What is kept outlives the process, and is not asked for again.
    house.kill();
    house.start();
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(register(&who)["timestamp"], log["timestamp"]);
    assert_eq!(door.asked().len(), asked.len());
}
