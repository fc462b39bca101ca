//! The authority of the node, judged by OpenSSL.

use crate::scene::Scratch;
use chapar_conformance::wire;
use chapar_e2e::house::{House, Profile};
use std::process::Output;

const QUERY: &str = "application/timestamp-query";

fn ask(house: &House, query: &[u8]) -> wire::Response {
    let url = format!("{}/chapar/v1/time", house.public);
    wire::send("POST", &url, &[("content-type", QUERY)], query).unwrap()
}

/// Has the data of this file stamped; the reply lies in `r.tsr`.
fn stamp(house: &House, place: &Scratch, data: &str) {
    place.openssl(&format!("ts -query -data {data} -sha256 -cert -out q.tsq"));
    let answer = ask(house, &std::fs::read(place.0.join("q.tsq")).unwrap());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/timestamp-reply"));
    place.write("r.tsr", answer.body);
}

fn serial(place: &Scratch) -> u128 {
    let text = place.openssl("ts -reply -in r.tsr -text");
    let line = text.lines().find_map(|line| line.strip_prefix("Serial number: 0x"));
    u128::from_str_radix(line.expect("there is a serial number"), 16).unwrap()
}

fn refuses(output: &Output) -> bool {
    !output.status.success() && String::from_utf8_lossy(&output.stdout).contains("Verification: FAILED")
}

#[test]
fn openssl_takes_our_replies_and_no_altered_ones() {
    let mut house = House::with("time", Profile::Production, "[time]\nown_authority = true\n");
    house.start();
    let place = Scratch::new();
    place.write("data", "a checkpoint");
    place.write("other", "another");
    let pem = wire::send(
        "GET",
        &format!("{}/chapar/v1/time/authority.pem", house.public),
        &[],
        &[],
    )
    .unwrap();
    place.write("ca.pem", &pem.body);
    let mut serials = Vec::new();
    for round in 0..4 {
        if round == 2 {
            house.kill();
            house.start();
        }
        stamp(&house, &place, "data");
        let by_query = place.openssl("ts -verify -queryfile q.tsq -in r.tsr -CAfile ca.pem");
        assert!(by_query.contains("Verification: OK"), "{by_query}");
        place.openssl("ts -verify -data data -in r.tsr -CAfile ca.pem");
        serials.push(serial(&place));
    }
    assert!(serials.is_sorted_by(|one, next| one < next), "{serials:?}");
    let text = place.openssl("ts -reply -in r.tsr -text");
    assert!(text.contains("Accuracy: 0x01 seconds"), "{text}");
    assert!(refuses(
        &place.try_openssl("ts -verify -data other -in r.tsr -CAfile ca.pem")
    ));
    let mut altered = std::fs::read(place.0.join("r.tsr")).unwrap();
    *altered.last_mut().unwrap() ^= 1;
    place.write("r.tsr", altered);
    assert!(refuses(
        &place.try_openssl("ts -verify -data data -in r.tsr -CAfile ca.pem")
    ));
    // Another query's nonce.
    stamp(&house, &place, "data");
    place.openssl("ts -query -data data -sha256 -cert -out q.tsq");
    assert!(refuses(
        &place.try_openssl("ts -verify -queryfile q.tsq -in r.tsr -CAfile ca.pem")
    ));
}

#[test]
fn the_door_takes_queries_alone() {
    let mut house = House::with("time-door", Profile::Production, "[time]\nown_authority = true\n");
    house.start();
    let url = format!("{}/chapar/v1/time", house.public);
    let status = |kind: &str, body: &[u8]| {
        wire::send("POST", &url, &[("content-type", kind)], body)
            .unwrap()
            .status
    };
    assert_eq!(status("text/plain", b"x"), 415);
    assert_eq!(status(QUERY, &vec![b'x'; 2000]), 413);
    let place = Scratch::new();
    place.write("data", "a checkpoint");
    for (query, why) in [
        ("-sha1", "only SHA-256"),
        ("-sha256 -tspolicy 1.2.3.4.5", "no such policy"),
    ] {
        place.openssl(&format!("ts -query -data data {query} -out q.tsq"));
        let declined = ask(&house, &std::fs::read(place.0.join("q.tsq")).unwrap());
        place.write("r.tsr", declined.body);
        let text = place.openssl("ts -reply -in r.tsr -text");
        assert!(text.contains("Status: Rejected.") && text.contains(why), "{text}");
    }
}

#[test]
fn who_does_not_want_to_be_an_authority_is_none() {
    let mut house = House::new("no-time", Profile::Production);
    house.start();
    assert_eq!(ask(&house, b"x").status, 404);
    let pem = wire::send(
        "GET",
        &format!("{}/chapar/v1/time/authority.pem", house.public),
        &[],
        &[],
    );
    assert_eq!(pem.unwrap().status, 404);
}
