//! Negotiations that the provider begins, against the real binary in both roles: `offers.txt` is the table, and one more is
//! told by a peer with a DID that signs all it says.
//!
//! Refuses to hold the flows that a consumer begins: those are in `flows`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::automaton::Automaton;
use chapar_conformance::flows::offers;
use chapar_conformance::foreign_peer::{Family, ForeignPeer, check_request};
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::player::{Delivery, Played, Stage, play};
use chapar_conformance::words::{self, CONTEXT};
use chapar_conformance::{schemas, seed, wire};
use serde_json::{Value, json};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

const PEER: &str = "the-peer";
/// After the last flow: whatever the node still had to say would have come.
const QUIET: Duration = Duration::from_millis(700);
/// Longest that the node may take to write down what it just heard.
const SETTLE: Duration = Duration::from_secs(5);

/// Plays the whole table and names every flow that went otherwise.
fn all_go_as_told(delivery: Delivery) {
    let node = Node::start();
    let participant = node.add_named("offers", "the-node", PEER);
    let automaton = Automaton::start(&participant);
    let flows = offers();
    seed::publish(&participant, &flows);
    seed::teach(&automaton, &flows);
    let mut played: Vec<(String, Result<Played, String>)> = Vec::new();
    for flow in &flows {
        let stage = Stage {
            node: &participant,
            peer: PEER,
            agreement: words::fresh(),
            delivery,
        };
        played.push((format!("{} {}", flow.id, flow.title), play(flow, &stage)));
    }
    thread::sleep(QUIET);
    let mut faults = Vec::new();
    for (name, played) in played {
        match played.map(|played| played.foreign.unexpected()) {
            Ok(said) if said.is_empty() => {}
            Ok(said) => faults.push(format!("{name}: after the end the node still said {}", said.join(", "))),
            Err(why) => faults.push(format!("{name}: {why}")),
        }
    }
    let refusals = automaton.refusals();
    assert!(
        faults.is_empty(),
        "{} of {} flows went otherwise\n{}\nrefused decisions: {refusals:?}",
        faults.len(),
        flows.len(),
        faults.join("\n")
    );
}

#[test]
fn every_flow_goes_as_told() {
    all_go_as_told(Delivery::Once);
}

#[test]
fn every_flow_goes_as_told_with_each_message_twice() {
    all_go_as_told(Delivery::Twice);
}

struct Signed {
    node: Arc<Node>,
    us: Arc<Participant>,
    peer: Arc<ForeignPeer>,
    theirs: String,
    ours: String,
}

/// A peer with a DID has made an offer that stands in no catalogue; nobody has decided about it.
fn offered(family: Family) -> Signed {
    let node = Node::start();
    let us = node.add(&json!({ "slug": "office", "algorithm": family.jose(), "unsignedPeers": "accept" }));
    offer_in(Arc::new(node), Arc::new(us), Arc::new(ForeignPeer::start(family)))
}

fn offer_in(node: Arc<Node>, us: Arc<Participant>, peer: Arc<ForeignPeer>) -> Signed {
    let theirs = words::fresh();
    let mut offer = words::offer("offer-1", "D1");
    offer["assigner"] = json!(peer.did);
    let message = json!({
        "@context": [CONTEXT], "@type": "ContractOfferMessage", "providerPid": theirs, "offer": offer,
        "callbackAddress": peer.callback(),
    });
    let answer = peer.saying(&us, "/negotiations/offers", Some(&message)).say().answer;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let case = answer.value();
    schemas::check(&case).unwrap();
    assert_eq!(
        (case["state"].as_str(), case["providerPid"].as_str()),
        (Some("OFFERED"), Some(theirs.as_str())),
        "{case}"
    );
    let ours = case["consumerPid"].as_str().unwrap().to_owned();
    Signed {
        node,
        us,
        peer,
        theirs,
        ours,
    }
}

impl Signed {
    fn decide(&self, decision: &str) {
        let path = format!("/negotiations/{}/decisions", self.ours);
        let answer = self.us.call("POST", &path, Some(&json!({ "decision": decision })));
        assert_eq!(answer.status, 202, "{decision}: {}", answer.text());
    }

    /// Hears the node's message, which must be signed and well formed.
    fn hears(&self, tail: &str, part: &str) -> Value {
        let path = format!("/negotiations/{}/{tail}", self.theirs);
        let heard = self.peer.hears(&path, part);
        let document = wire::send("GET", &self.us.dsp.replace("/dsp/2025-1", "/did.json"), &[], b"").unwrap();
        let url = format!("{}{path}", self.peer.callback());
        check_request(&heard, &url, &document.value()).unwrap();
        schemas::check(&heard.json()).unwrap();
        heard.json()
    }

    /// Says a message of the provider in this case, which the node must take.
    fn says(&self, tail: &str, message: Value) {
        let answer = self.tries(tail, message);
        assert_eq!(answer.status, 200, "{tail}: {}", answer.text());
    }

    fn tries(&self, tail: &str, mut message: Value) -> wire::Response {
        message["@context"] = json!([CONTEXT]);
        message["consumerPid"] = json!(self.ours);
        message["providerPid"] = json!(self.theirs);
        let path = format!("/negotiations/{}/{tail}", self.ours);
        self.peer.saying(&self.us, &path, Some(&message)).say().answer
    }

    /// Accepts, is given an agreement of this id, and verifies it.
    fn verifies(&self, agreement: &str) {
        self.decide("accept");
        self.hears("events", "ACCEPTED");
        self.settles("ACCEPTED");
        let agreement = json!({
            "@id": agreement, "@type": "Agreement", "target": "D1", "assigner": self.peer.did,
            "assignee": self.us.id, "timestamp": words::now(), "permission": words::permission(),
        });
        self.says(
            "agreement",
            json!({ "@type": "ContractAgreementMessage", "agreement": agreement }),
        );
        self.decide("verify");
        self.hears("agreement/verification", "ContractAgreementVerificationMessage");
        self.settles("VERIFIED");
    }

    fn settles(&self, state: &str) -> Value {
        let begun = Instant::now();
        loop {
            let case = self.us.ask("GET", &format!("/negotiations/{}", self.ours), None);
            if case["state"] == state && case["pending"].is_null() {
                return case;
            }
            assert!(begun.elapsed() < SETTLE, "never {state}: {case}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn an_offer_of_a_signing_peer_becomes_a_contract() {
    for family in Family::ALL {
        let signed = offered(family);
        let case = signed.settles("OFFERED");
        assert_eq!(case["peer"], json!(signed.peer.did), "{case}");
        let id = words::fresh();
        signed.verifies(&id);
        signed.says(
            "events",
            json!({ "@type": "ContractNegotiationEventMessage", "eventType": "FINALIZED" }),
        );
        signed.settles("FINALIZED");
        let kept = signed.us.ask("GET", &format!("/agreements/{id}"), None);
        assert!(kept.to_string().contains(&signed.peer.did), "{kept}");
    }
}

#[test]
fn an_agreement_other_than_the_accepted_offer_is_refused() {
    let signed = offered(Family::EdDsa);
    signed.decide("accept");
    signed.hears("events", "ACCEPTED");
    signed.settles("ACCEPTED");
    let message = json!({
        "@context": [CONTEXT], "@type": "ContractAgreementMessage",
        "consumerPid": signed.ours, "providerPid": signed.theirs,
        "agreement": {
            "@id": words::fresh(), "@type": "Agreement", "target": "D2", "assigner": signed.peer.did,
            "assignee": signed.us.id, "timestamp": words::now(), "permission": words::permission(),
        },
    });
    let path = format!("/negotiations/{}/agreement", signed.ours);
    let answer = signed.peer.saying(&signed.us, &path, Some(&message)).say().answer;
    assert_eq!(answer.status, 400, "{}", answer.text());
    signed.settles("ACCEPTED");
}

/// Each of two negotiations is given the same id before either has ended: only one can bring it into force.
#[test]
fn an_agreement_id_is_in_force_once() {
    let first = offered(Family::EdDsa);
    let (node, us, peer) = (Arc::clone(&first.node), Arc::clone(&first.us), Arc::clone(&first.peer));
    let second = offer_in(node, us, peer);
    let id = words::fresh();
    first.verifies(&id);
    second.verifies(&id);
    let finalized = || json!({ "@type": "ContractNegotiationEventMessage", "eventType": "FINALIZED" });
    first.says("events", finalized());
    first.settles("FINALIZED");
    let refused = second.tries("events", finalized());
    assert_eq!(
        (refused.status, refused.value()["code"].as_str()),
        (400, Some("agreement-id-taken")),
        "{}",
        refused.text()
    );
    second.settles("VERIFIED");
}
