//! Why a case ended or does not go on is shown in the case, in the words of whoever said so: a termination, a refused message, an altered
//! agreement with what is altered, a denial by policy, a suspension. Nobody has to look into a log or ask the other side.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::{Node, Participant};
use chapar_conformance::stream::Stream;
use chapar_conformance::wire::{self, Response, Server};
use chapar_conformance::words::{self, Kind, Matter, Pids, Place, Side, Word};
use serde_json::{Value, json};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PEER: &str = "the-peer";
const PATIENCE: Duration = Duration::from_secs(10);

/// A peer that answers everything said to this end of a path with this answer, and all else with success.
fn peer(tail: &'static str, answer: Response) -> (Server, Receiver<Value>) {
    let (hear, heard) = mpsc::channel();
    let hear = Mutex::new(hear);
    let handler = move |request: wire::Request| {
        if request.path.ends_with("/.well-known/dspace-version") {
            return Some(Response::empty(404));
        }
        hear.lock().unwrap().send(request.json()).ok()?;
        let own =
            json!({ "providerPid": "urn:peer:1", "consumerPid": request.json()["consumerPid"], "state": "REQUESTED" });
        Some(if request.path.ends_with(tail) {
            answer.clone()
        } else {
            Response::json(200, &own)
        })
    };
    (Server::start(Arc::new(handler)).expect("a port can be had"), heard)
}

fn begin(us: &Participant, server: &Server, offer: &Value) -> String {
    let body = json!({ "peer": PEER, "address": server.url(), "offer": offer });
    us.ask("POST", "/negotiations", Some(&body))["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The case once it is in this state.
fn when(us: &Participant, path: &str, state: &str) -> Value {
    let mut stream = Stream::open(us, Some("0"), PATIENCE).unwrap();
    loop {
        let event = stream.event().unwrap().expect("the stream goes on").value();
        let is_ours = event["id"].as_str().is_some_and(|id| path.ends_with(id));
        if is_ours && event["state"] == state {
            let case = us.ask("GET", path, None);
            assert_eq!(case["errorDetail"], event["errorDetail"], "an event says the same");
            return case;
        }
    }
}

fn matter(server: &Server) -> Matter {
    Matter {
        dataset: "D1".to_owned(),
        offer: "offer-1".to_owned(),
        agreement: words::fresh(),
        assigner: PEER.to_owned(),
        assignee: "the-node".to_owned(),
        callback: server.url(),
    }
}

fn say(us: &Participant, id: &str, tail: &str, message: &Value) -> u16 {
    let headers = [("authorization", "any token"), ("content-type", "application/json")];
    let url = format!("{}/negotiations/{id}/{tail}", us.dsp);
    wire::send("POST", &url, &headers, message.to_string().as_bytes())
        .unwrap()
        .status
}

#[test]
fn a_message_that_the_peer_refuses_is_told_with_status_code_and_reasons() {
    let node = Node::start();
    let us = node.add_named("a", "the-node", PEER);
    let error = json!({
        "@type": "ContractNegotiationError", "code": "404-17", "reason": ["no such offer", "ask our office"],
        "consumerPid": "x", "providerPid": "y",
    });
    let (server, _heard) = peer("/negotiations/request", Response::json(404, &error));
    let id = begin(&us, &server, &words::offer("offer-1", "D1"));
    let case = when(&us, &format!("/negotiations/{id}"), "TERMINATED");
    assert_eq!(case["error"]["status"], 404);
    assert_eq!(
        case["errorDetail"],
        "the peer answered `ContractRequestMessage` with 404: 404-17: no such offer; ask our office"
    );
}

#[test]
fn a_termination_is_told_in_the_words_of_who_sent_it() {
    let node = Node::start();
    let us = node.add_named("a", "the-node", PEER);
    let (server, _heard) = peer("/nothing", Response::empty(200));
    let id = begin(&us, &server, &words::offer("offer-1", "D1"));
    when(&us, &format!("/negotiations/{id}"), "REQUESTED");
    let pids = Pids {
        consumer: Some(id.clone()),
        provider: Some("urn:peer:1".to_owned()),
    };
    let mut ending = words::message(
        Kind::Negotiation,
        Word::Termination,
        Side::Provider,
        &pids,
        &matter(&server),
        Place::Later,
    );
    ending["code"] = json!("closed");
    ending["reason"] = json!(["the registry is closed", "until spring"]);
    assert_eq!(say(&us, &id, "termination", &ending), 200);
    let case = when(&us, &format!("/negotiations/{id}"), "TERMINATED");
    assert_eq!(
        case["errorDetail"],
        "the peer terminated it: closed: the registry is closed; until spring"
    );
    assert_eq!(case["ended"]["by"], "provider");
}

#[test]
fn an_altered_agreement_is_told_by_what_is_altered() {
    let node = Node::start();
    let us = node.add_named("a", "the-node", PEER);
    let (server, heard) = peer("/nothing", Response::empty(200));
    let id = begin(&us, &server, &words::offer("offer-1", "D1"));
    when(&us, &format!("/negotiations/{id}"), "REQUESTED");
    let pids = Pids {
        consumer: Some(id.clone()),
        provider: Some("urn:peer:1".to_owned()),
    };
    let mut altered = words::message(
        Kind::Negotiation,
        Word::Agreement,
        Side::Provider,
        &pids,
        &matter(&server),
        Place::Later,
    );
    altered["agreement"]["permission"] = json!([{ "action": "use", "constraint": [
        { "leftOperand": "dateTime", "operator": "lt", "rightOperand": "2030-01-01T00:00:00Z" }
    ] }]);
    assert_eq!(say(&us, &id, "agreement", &altered), 400);
    let case = when(&us, &format!("/negotiations/{id}"), "TERMINATED");
    let detail = case["errorDetail"].as_str().unwrap();
    assert!(
        detail.starts_with("we terminated it: agreement-differs: `/permission/0"),
        "{detail}"
    );
    assert!(detail.contains("2030-01-01"), "{detail}");
    // The peer is told the same.
    let told = std::iter::from_fn(|| heard.recv_timeout(PATIENCE).ok());
    let told = told
        .into_iter()
        .find(|message| message["@type"] == "ContractNegotiationTerminationMessage")
        .unwrap();
    assert!(told["reason"].to_string().contains("2030-01-01"), "{told}");
}

#[test]
fn a_denial_by_policy_is_told_on_both_sides_and_so_is_a_suspension() {
    let node = Node::start();
    let (provider, consumer) = (node.add(&json!({ "slug": "p" })), node.add(&json!({ "slug": "c" })));
    provider.put_document("D1", "content");
    let policy = |rules: Value| json!({ "@type": "Set", "permission": rules });
    let never = json!([{ "action": "use", "constraint": [
        { "leftOperand": "dateTime", "operator": "lt", "rightOperand": "2020-01-01T00:00:00Z" }
    ] }]);
    provider.ask("PUT", "/policies/use", Some(&policy(words::permission())));
    provider.ask("PUT", "/policies/never", Some(&policy(never.clone())));
    for (definition, contract) in [("CD1", "never"), ("CD2", "use")] {
        let offer = json!({ "accessPolicy": "use", "contractPolicy": contract, "selector": [], "mode": "auto" });
        provider.ask("PUT", &format!("/offers/{definition}"), Some(&offer));
    }
    let negotiate = |offer: Value| {
        let body = json!({ "peer": provider.id, "address": provider.dsp, "offer": offer });
        let begun = consumer.ask("POST", "/negotiations", Some(&body));
        format!("/negotiations/{}", begun["id"].as_str().unwrap())
    };
    let denied = negotiate(json!({ "@id": "CD1:D1:1", "target": "D1", "permission": never }));
    let ours = when(&consumer, &denied, "TERMINATED");
    let detail = ours["errorDetail"].as_str().unwrap();
    assert!(
        detail.starts_with("the peer terminated it: policy-denied: "),
        "{detail}"
    );
    let theirs = provider.ask("GET", "/negotiations", None)["items"][0].clone();
    assert_eq!(
        theirs["errorDetail"].as_str().unwrap(),
        detail.replacen("the peer", "we", 1)
    );

    let agreed = when(
        &consumer,
        &negotiate(json!({ "@id": "CD2:D1:1", "target": "D1", "permission": words::permission() })),
        "FINALIZED",
    );
    let begun = consumer.ask(
        "POST",
        "/transfers",
        Some(&json!({ "agreement": agreed["agreementId"] })),
    );
    let path = format!("/transfers/{}", begun["id"].as_str().unwrap());
    let there = when(&consumer, &path, "STARTED")["providerPid"]
        .as_str()
        .unwrap()
        .to_owned();
    let pause = json!({ "decision": "suspend", "code": "night", "reason": ["back at eight"] });
    provider.ask("POST", &format!("/transfers/{there}/decisions"), Some(&pause));
    let paused = when(&consumer, &path, "SUSPENDED");
    assert_eq!(paused["errorDetail"], "the peer suspended it: night: back at eight");
    provider.ask(
        "POST",
        &format!("/transfers/{there}/decisions"),
        Some(&json!({ "decision": "start" })),
    );
    let end = std::time::Instant::now() + PATIENCE;
    while consumer.ask("GET", &path, None)["errorDetail"] != Value::Null {
        assert!(std::time::Instant::now() < end);
    }
}
