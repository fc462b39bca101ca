//! Request ids in the log of the real binary: every line that is written because of a request carries its id, also when the answer
//! has left, is still being streamed, or set off a delivery.
//!
//! Refuses to judge what else a line says; secrets are `secrets`' affair.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::foreign_peer::{Family, ForeignPeer};
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::wire::{self, Body};
use chapar_conformance::words::{self, CONTEXT, FORMAT};
use serde_json::{Value, json};
use std::io::Read;
use std::thread;
use std::time::{Duration, Instant};

const ID: &str = "x-request-id";
/// Longest that a line may take to come.
const PATIENCE: Duration = Duration::from_secs(10);
/// Lines that belong to no request: a start has none, a connection has many, and the register follows what many acts have come to.
const OF_NONE: [&str; 3] = [
    "ready",
    "the connection ended early",
    "what is offered to everybody is not in the register",
];
/// More than all buffers between the node and a reader that does not read.
const LARGE: usize = 48 * 1024 * 1024;

struct Scene {
    node: Node,
    us: Participant,
    peer: ForeignPeer,
}

/// A node that tells everything of its own, with one document under an open offer that is decided by itself.
fn scene(document: &[u8]) -> Scene {
    let node = Node::start_with(
        "development",
        "[egress]\nloopback = true\n[log]\nformat = \"json\"\nlevel = \"info,chapar=debug,chapar_runtime=debug,chapar_dataplane=debug\"\n",
    );
    let us = node.add(&json!({ "slug": "office" }));
    let scene = Scene {
        node,
        us,
        peer: ForeignPeer::start(Family::EdDsa),
    };
    scene.own("PUT", "/documents/D1", document, "made-document");
    let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
    scene.own("PUT", "/policies/use", policy.to_string().as_bytes(), "made-policy");
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
    scene.own("PUT", "/offers/CD1", offer.to_string().as_bytes(), "made-offer");
    scene
}

impl Scene {
    /// A call of the own API under a request id.
    fn own(&self, method: &str, path: &str, body: &[u8], id: &str) -> Value {
        let bearer = format!("Bearer {}", self.us.key);
        let kind = if path.starts_with("/documents") {
            "text/plain"
        } else {
            "application/json"
        };
        let headers = [("authorization", bearer.as_str()), ("content-type", kind), (ID, id)];
        let answer = wire::send(method, &format!("{}{path}", self.us.api), &headers, body).unwrap();
        assert!(answer.is_good(), "{method} {path}: {} {}", answer.status, answer.text());
        assert_eq!(answer.header(ID), Some(id));
        answer.value()
    }

    /// The peer says something under a request id, and the node takes it.
    fn says(&self, path: &str, message: &Value, id: &str) -> Value {
        let saying = self.peer.saying(&self.us, path, Some(message));
        let mut headers = saying.headers();
        headers.push((ID.to_owned(), id.to_owned()));
        let answer = saying.say_with(headers).answer;
        assert!(answer.is_good(), "{path}: {} {}", answer.status, answer.text());
        answer.value()
    }

    fn request(&self) -> Value {
        json!({
            "@context": [CONTEXT], "@type": "ContractRequestMessage", "consumerPid": words::fresh(),
            "offer": words::offer("CD1:D1:1", "D1"), "callbackAddress": self.peer.callback(),
        })
    }

    /// Every line of the log so far.
    fn lines(&self) -> Vec<Value> {
        let log = self.node.log();
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Waits for a line with this message that satisfies `fits`.
    fn line(&self, message: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let found = self
                .lines()
                .into_iter()
                .find(|line| line["message"] == message && fits(line));
            if let Some(line) = found {
                return line;
            }
            assert!(begun.elapsed() < PATIENCE, "no line says `{message}`");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whatever was told since the start was told because of a request, and says of which.
    fn every_line_has_its_id(&self) {
        let lines = self.lines();
        let ours = lines
            .iter()
            .filter(|line| !OF_NONE.iter().any(|message| line["message"] == *message));
        let without: Vec<String> = ours
            .filter(|line| id_of(line).is_none())
            .map(Value::to_string)
            .collect();
        assert!(
            without.is_empty(),
            "{} lines without a request id:\n{}",
            without.len(),
            without.join("\n")
        );
        assert!(lines.len() > 5, "the log cannot be read");
    }
}

fn id_of(line: &Value) -> Option<&str> {
    line["span"]["id"].as_str().filter(|id| !id.is_empty())
}

#[test]
fn an_act_is_told_with_the_id_of_its_request() {
    let scene = scene(b"content");
    for (what, id) in [
        ("asset", "made-document"),
        ("policy", "made-policy"),
        ("offer", "made-offer"),
    ] {
        let line = scene.line("changed", |line| line["what"] == what);
        assert_eq!(id_of(&line), Some(id), "{line}");
        scene.line("answered", |line| id_of(line) == Some(id));
    }
    scene.every_line_has_its_id();
}

#[test]
fn a_delivery_is_told_with_the_id_of_what_set_it_off() {
    let scene = scene(b"content");
    for tail in ["/negotiations/request", "/agreement"] {
        scene.peer.refuse(tail, 503);
    }
    let asked = json!({ "peer": scene.peer.did, "address": scene.peer.callback(), "offer": words::offer("o", "D9") });
    scene.own("POST", "/negotiations", asked.to_string().as_bytes(), "by-us");
    scene.peer.hears("/negotiations/request", "ContractRequestMessage");
    let line = scene.line("not delivered yet", |line| id_of(line) == Some("by-us"));
    assert!(line["why"].as_str().unwrap().contains("503"), "{line}");
    // The agreement is sent when the answer to the request has left.
    scene.says("/negotiations/request", &scene.request(), "by-the-peer");
    scene.peer.hears("/agreement", "ContractAgreementMessage");
    scene.line("not delivered yet", |line| id_of(line) == Some("by-the-peer"));
    scene.every_line_has_its_id();
}

/// Negotiates to the end and has a transfer started; the transfer's id, its endpoint and its token.
fn opened(scene: &Scene) -> (String, String, String) {
    let request = scene.request();
    let consumer_pid = request["consumerPid"].as_str().unwrap();
    let pid = scene.says("/negotiations/request", &request, "asked")["providerPid"].clone();
    let pid = pid.as_str().unwrap();
    let agreement = scene.peer.hears("/agreement", consumer_pid).json()["agreement"]["@id"].clone();
    let verification = json!({
        "@context": [CONTEXT], "@type": "ContractAgreementVerificationMessage",
        "consumerPid": consumer_pid, "providerPid": pid,
    });
    scene.says(
        &format!("/negotiations/{pid}/agreement/verification"),
        &verification,
        "verified",
    );
    scene.peer.hears("/events", consumer_pid);
    settles(scene, &format!("/negotiations/{pid}"), "FINALIZED");
    let request = json!({
        "@context": [CONTEXT], "@type": "TransferRequestMessage", "consumerPid": words::fresh(),
        "agreementId": agreement, "format": FORMAT, "callbackAddress": scene.peer.callback(),
    });
    let pid = scene.says("/transfers/request", &request, "started")["providerPid"].clone();
    let pid = pid.as_str().unwrap().to_owned();
    let start = scene.peer.hears("/start", &pid).json();
    settles(scene, &format!("/transfers/{pid}"), "STARTED");
    let address = &start["dataAddress"];
    let properties = address["endpointProperties"].as_array().unwrap();
    let token = properties
        .iter()
        .find(|property| property["name"] == "authorization")
        .unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (pid, text(&address["endpoint"]), text(&token["value"]))
}

fn settles(scene: &Scene, path: &str, state: &str) {
    let begun = Instant::now();
    loop {
        let case = scene.us.ask("GET", path, None);
        if case["state"] == state && case["pending"].is_null() {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "wanted {state}: {case}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_streamed_answer_is_told_with_its_id_to_the_last_byte() {
    let scene = scene(&vec![b'x'; LARGE]);
    let (pid, endpoint, token) = opened(&scene);
    let headers = [("authorization", token.as_str()), (ID, "fetched")];
    let (status, _, mut body): (u16, _, Body) = wire::open("GET", &endpoint, &headers, b"").unwrap();
    assert_eq!(status, 200);
    let mut first = [0; 1024];
    body.read_exact(&mut first).unwrap();
    let suspend = json!({ "decision": "suspend" });
    scene.own(
        "POST",
        &format!("/transfers/{pid}/decisions"),
        suspend.to_string().as_bytes(),
        "suspended",
    );
    let mut rest = Vec::new();
    let read = body.read_to_end(&mut rest);
    assert!(read.is_err(), "the stream was not cut");
    let line = scene.line("a stream was cut", |_| true);
    assert_eq!(id_of(&line), Some("fetched"), "{line}");
    scene.every_line_has_its_id();
}
