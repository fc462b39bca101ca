//! The addresses of the protocol at the real binary: each may be written with a slash at its end, and says the same.
//!
//! Refuses to judge what the messages mean; that is `flows` and `bad_input`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_conformance::foreign_peer::{Family, ForeignPeer};
use chapar_conformance::node::Node;
use chapar_conformance::words::{self, CONTEXT};
use chapar_conformance::{seed, wire};
use serde_json::{Value, json};

/// Method and path below the base; `PID` is nobody's case.
const ADDRESSES: [(&str, &str); 16] = [
    ("POST", "/catalog/request"),
    ("GET", "/catalog/datasets/D1"),
    ("POST", "/negotiations/request"),
    ("POST", "/negotiations/offers"),
    ("GET", "/negotiations/PID"),
    ("POST", "/negotiations/PID/request"),
    ("POST", "/negotiations/PID/offers"),
    ("POST", "/negotiations/PID/events"),
    ("POST", "/negotiations/PID/agreement"),
    ("POST", "/negotiations/PID/agreement/verification"),
    ("POST", "/negotiations/PID/termination"),
    ("POST", "/transfers/request"),
    ("GET", "/transfers/PID"),
    ("POST", "/transfers/PID/start"),
    ("POST", "/transfers/PID/completion"),
    ("POST", "/transfers/PID/suspension"),
];

#[test]
fn a_slash_at_the_end_says_nothing() {
    let node = Node::start();
    let participant = node.add_named("office", "the-node", "the-peer");
    participant.put_document("D1", "text");
    seed::open_to_all(&participant, "CD1");
    let asked = json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage" }).to_string();
    let answer = |method: &str, url: &str| {
        let headers = [
            ("authorization", "Bearer anything"),
            ("content-type", "application/json"),
        ];
        let body: &[u8] = if method == "POST" { asked.as_bytes() } else { b"" };
        let answer = wire::send(method, url, &headers, body).unwrap();
        (answer.status, answer.value())
    };
    for (method, path) in ADDRESSES {
        let url = format!("{}{}", participant.dsp, path.replace("PID", &words::fresh()));
        let plain = answer(method, &url);
        assert!(
            plain.1["@type"].is_string(),
            "{method} {path} is no door of the protocol: {plain:?}"
        );
        assert_eq!(answer(method, &format!("{url}/")), plain, "{method} {path}/");
    }
    let root = participant.dsp.rsplit_once('/').unwrap().0;
    for root in [root, &node.public] {
        let url = format!("{root}/.well-known/dspace-version");
        let plain = answer("GET", &url);
        assert_eq!(plain.0, 200, "{url}");
        assert_eq!(answer("GET", &format!("{url}/")), plain, "{url}/");
    }
    let nothing = answer(
        "POST",
        &format!("{}/negotiations/{}/dance/", participant.dsp, words::fresh()),
    );
    assert_eq!(nothing, (404, Value::Null), "a slash opens no other door");
}

/// The slash belongs to the address that was signed.
#[test]
fn a_signature_covers_the_slash() {
    let node = Node::start();
    let participant = node.add(&json!({ "slug": "office", "unsignedPeers": "refuse" }));
    let peer = ForeignPeer::start(Family::EdDsa);
    let request = json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage" });
    let mut saying = peer.saying(&participant, "/catalog/request/", Some(&request));
    let answer = saying.say().answer;
    assert_eq!(answer.status, 200, "{}", answer.text());
    saying.signed_url = Some(format!("{}/catalog/request", participant.dsp));
    saying.claims["jti"] = json!(words::fresh());
    let answer = saying.say().answer;
    assert_eq!(answer.status, 401, "signed without the slash: {}", answer.text());
}
