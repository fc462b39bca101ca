//! The real binary and a peer with the manners of the EDC family: what it loses, repeats, refuses and spells in its own way comes to
//! the same end on both sides.
//!
//! Refuses to hold the manners: those are in the library. The judge with a real EDC is `edc` (`tests/interop`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::edc_peer::EdcPeer;
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::words::{self, FORMAT};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

/// Longest that a case may take to stand somewhere.
const PATIENCE: Duration = Duration::from_secs(20);
/// What that family needs at least between our answer and our next message.
const BREATH: Duration = Duration::from_millis(200);
/// Long enough for several tries of a delivery.
const WHILE: Duration = Duration::from_secs(3);

struct Scene {
    _node: Node,
    us: Participant,
    peer: EdcPeer,
}

fn scene() -> Scene {
    let node = Node::start();
    let us = node.add(&json!({
        "slug": "office", "identity": "development", "id": "our-office", "peer": "nobody", "form": "edc-mock",
    }));
    us.put_document("D1", "content of D1");
    let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
    us.ask("PUT", "/policies/use", Some(&policy));
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
    us.ask("PUT", "/offers/CD1", Some(&offer));
    Scene {
        us,
        _node: node,
        peer: EdcPeer::start("their-office"),
    }
}

impl Scene {
    /// The peer asks for a contract; its pid and ours.
    fn asked(&self) -> (String, String) {
        let own = words::fresh();
        let request = self.peer.write(json!({
            "@type": "ContractRequestMessage", "consumerPid": own, "callbackAddress": self.peer.dsp(),
            "offer": words::offer("CD1:D1:1", "D1"),
        }));
        let answer = self.peer.say(&self.us, "/negotiations/request", &request);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let ours = answer.value()["providerPid"].as_str().unwrap().to_owned();
        self.peer.began(&own, &own, &ours, "REQUESTED");
        (own, ours)
    }

    /// The peer verifies the agreement that it has heard.
    fn verify(&self, own: &str, ours: &str) {
        self.peer.hears("ContractAgreementMessage");
        let message =
            json!({ "@type": "ContractAgreementVerificationMessage", "consumerPid": own, "providerPid": ours });
        self.taken(
            &format!("/negotiations/{ours}/agreement/verification"),
            &self.peer.write(message),
        );
    }

    fn taken(&self, path: &str, message: &Value) {
        let answer = self.peer.say(&self.us, path, message);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }

    fn stands(&self, list: &str, id: &str, phase: &str) {
        let begun = Instant::now();
        loop {
            let case = self.us.ask("GET", &format!("/{list}/{id}"), None);
            if case["phase"] == phase {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "not {phase}: {case}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_lost_answer_and_a_copy_refused_come_to_what_the_peer_says_of_itself() {
    let scene = scene();
    let (own, ours) = scene.asked();
    scene.peer.lose("ContractNegotiationEventMessage");
    scene.verify(&own, &ours);
    scene.stands("negotiations", &ours, "FINALIZED");
    let finals = scene.peer.count(|request| request.json()["eventType"] == "FINALIZED");
    assert!(finals > 1, "the answer was lost, and the message not said again");
}

#[test]
fn a_refusal_is_believed_where_the_peer_does_not_hold_the_case_for_further() {
    let scene = scene();
    let (own, ours) = scene.asked();
    scene.peer.hears("ContractAgreementMessage");
    scene.stands("negotiations", &ours, "AGREED");
    scene.peer.be_unwilling(true);
    scene.verify(&own, &ours);
    scene.peer.hears("ContractNegotiationEventMessage");
    thread::sleep(WHILE);
    scene.stands("negotiations", &ours, "FINALIZING");
    scene.peer.be_unwilling(false);
    scene.stands("negotiations", &ours, "FINALIZED");
}

#[test]
fn a_busy_peer_is_asked_again() {
    let scene = scene();
    scene.peer.be_busy(3);
    let (own, ours) = scene.asked();
    scene.verify(&own, &ours);
    scene.stands("negotiations", &ours, "FINALIZED");
}

#[test]
fn one_reason_without_its_list_and_members_of_its_own_are_understood() {
    let scene = scene();
    let (own, ours) = scene.asked();
    scene.stands("negotiations", &ours, "AGREED");
    let message = json!({
        "@type": "ContractNegotiationTerminationMessage", "consumerPid": own, "providerPid": ours,
        "code": "409", "reason": { "@value": "no longer wanted", "@language": "en" },
        "https://w3id.org/edc/v0.0.1/ns/policy": { "@type": "Set", "permission": [] },
    });
    let path = format!("/negotiations/{ours}/termination");
    scene.taken(&path, &scene.peer.write(message));
    scene.stands("negotiations", &ours, "TERMINATED");
    let case = scene.us.ask("GET", &format!("/negotiations/{ours}"), None);
    assert!(case.to_string().contains("no longer wanted"), "{case}");
}

#[test]
fn our_next_word_leaves_that_family_time_for_its_books() {
    let scene = scene();
    let (own, ours) = scene.asked();
    let begun = Instant::now();
    scene.peer.hears("ContractAgreementMessage");
    let first = begun.elapsed();
    scene.stands("negotiations", &ours, "AGREED");
    scene.verify(&own, &ours);
    let begun = Instant::now();
    scene.peer.hears("ContractNegotiationEventMessage");
    let pauses = [first, begun.elapsed()];
    assert!(pauses.iter().all(|pause| *pause > BREATH), "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause < WHILE), "{pauses:?}");
}

#[test]
fn a_message_that_comes_again_after_our_next_word_changes_nothing() {
    let scene = scene();
    let offer = words::offer("their-offer", "D9");
    let wish = json!({ "peer": scene.peer.id, "address": scene.peer.dsp(), "offer": offer, "mode": "auto" });
    let begun = scene.us.ask("POST", "/negotiations", Some(&wish));
    let ours = begun["id"].as_str().unwrap().to_owned();
    let own = scene.peer.pid_of(&ours);
    let mut agreement = words::offer("agreement-1", "D9");
    for (name, value) in [
        ("@type", "Agreement"),
        ("assigner", scene.peer.id.as_str()),
        ("assignee", "our-office"),
    ] {
        agreement[name] = json!(value);
    }
    // To the second, as that family writes it.
    agreement["timestamp"] = json!(format!("{}Z", &words::now()[..19]));
    let message = json!({
        "@type": "ContractAgreementMessage", "consumerPid": ours, "providerPid": own, "agreement": agreement,
    });
    let agree = scene.peer.write(message);
    let agreement_path = format!("/negotiations/{ours}/agreement");
    scene.taken(&agreement_path, &agree);
    scene.peer.hears("ContractAgreementVerificationMessage");
    scene.stands("negotiations", &ours, "VERIFIED");
    scene.taken(&agreement_path, &agree);
    let event = json!({
        "@type": "ContractNegotiationEventMessage", "consumerPid": ours, "providerPid": own, "eventType": "FINALIZED",
    });
    let finalize = scene.peer.write(event);
    scene.taken(&format!("/negotiations/{ours}/events"), &finalize);
    scene.taken(&agreement_path, &agree);
    scene.stands("negotiations", &ours, "FINALIZED");
    assert_eq!(scene.peer.count(|request| request.path.ends_with("/verification")), 1);
    fetches_with_what_is_spelled_out(&scene);
}

/// The transfer behind the contract above: the place and the token stand among the properties.
fn fetches_with_what_is_spelled_out(scene: &Scene) {
    let begun = scene.us.ask(
        "POST",
        "/transfers",
        Some(&json!({ "agreement": "agreement-1", "format": FORMAT })),
    );
    let ours = begun["id"].as_str().unwrap().to_owned();
    let own = scene.peer.pid_of(&ours);
    let address = scene.peer.data_address("http://127.0.0.1:1/public", "a-token");
    let start =
        json!({ "@type": "TransferStartMessage", "consumerPid": ours, "providerPid": own, "dataAddress": address });
    let (path, start) = (format!("/transfers/{ours}/start"), scene.peer.write(start));
    scene.taken(&path, &start);
    scene.stands("transfers", &ours, "STARTED");
    scene.us.ask(
        "POST",
        &format!("/transfers/{ours}/decisions"),
        Some(&json!({ "decision": "suspend" })),
    );
    scene.stands("transfers", &ours, "SUSPENDED");
    // Said before the pause and heard after it: it opens nothing.
    scene.taken(&path, &start);
    scene.stands("transfers", &ours, "SUSPENDED");
    let held = scene.us.call("GET", &format!("/transfers/{ours}/data-address"), None);
    assert_eq!(held.status, 409, "{}", held.text());
}
