//! Cases that hang, over two real nodes: what nobody moves for longer than the operator lets it stay is ended, the peer is told why, and
//! neither a restart nor a crash forgets the time that has passed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::seed::open_to_all;
use chapar_conformance::words;
use chapar_e2e::board::Board;
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

struct Scene {
    ours: House,
    /// Held for its process.
    _theirs: House,
    provider: Participant,
    consumer: Participant,
    board: Board,
    provider_board: Board,
}

/// A consumer that does not wait for ever, and a provider whose people decide everything and take their time.
fn scene(name: &str, tables: &str) -> Scene {
    let mut ours = House::with(&format!("{name}-consumer"), Profile::Production, tables);
    let mut theirs = House::new(&format!("{name}-provider"), Profile::Production);
    ours.start();
    theirs.start();
    let provider = theirs.add(&json!({ "slug": "provider" }));
    let consumer = ours.add(&json!({ "slug": "consumer" }));
    provider.put_document("D1", "content");
    open_to_all(&provider, "CD1");
    Scene {
        board: Board::follow(&consumer),
        provider_board: Board::follow(&provider),
        ours,
        _theirs: theirs,
        provider,
        consumer,
    }
}

impl Scene {
    fn negotiate(&self) -> String {
        let body = json!({
            "peer": self.provider.id, "address": self.provider.dsp,
            "offer": { "@id": "CD1:D1:1", "target": "D1", "permission": words::permission() },
        });
        self.consumer.ask("POST", "/negotiations", Some(&body))["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn wait(&self, case: &str, state: &str) -> Value {
        let there = self.board.wait(case, PATIENCE, |view| view["state"] == state);
        there.unwrap_or_else(|| panic!("`{case}` is not {state}: {:?}", self.board.case(case)))
    }

    fn wait_there(&self, case: &Value, state: &str) -> Value {
        let id = case["providerPid"].as_str().unwrap();
        let there = self.provider_board.wait(id, PATIENCE, |view| view["state"] == state);
        there.unwrap_or_else(|| panic!("`{id}` is not {state}: {:?}", self.provider_board.case(id)))
    }

    fn decide_there(&self, case: &Value, decision: &str) {
        let path = format!("/negotiations/{}/decisions", case["providerPid"].as_str().unwrap());
        self.provider.ask("POST", &path, Some(&json!({ "decision": decision })));
    }
}

#[test]
fn a_negotiation_that_nobody_moves_is_ended_and_the_peer_is_told_why() {
    let scene = scene("hanging", "[timeouts]\nnegotiation_s = 2\n");
    let begun = Instant::now();
    let id = scene.negotiate();
    let ended = scene.wait(&id, "TERMINATED");
    assert!(begun.elapsed() >= Duration::from_secs(2), "too early");
    let reason = "timed-out: it has been `REQUESTED` for 2 s, and this node waits no longer";
    assert_eq!(ended["errorDetail"], format!("we terminated it: {reason}"));
    let there = scene.wait_there(&ended, "TERMINATED");
    assert_eq!(there["errorDetail"], format!("the peer terminated it: {reason}"));
    let timeline = scene.consumer.ask("GET", &format!("/negotiations/{id}/timeline"), None);
    let decisions = timeline["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["body"]["decision"] == "terminate");
    let actors: Vec<_> = decisions
        .map(|entry| entry["body"]["actor"].as_str().unwrap())
        .collect();
    assert_eq!(actors, ["node"]);
}

#[test]
fn what_moves_in_time_goes_on() {
    let scene = scene("moving", "[timeouts]\nnegotiation_s = 3\n");
    let id = scene.negotiate();
    let case = scene.wait(&id, "REQUESTED");
    std::thread::sleep(Duration::from_secs(2));
    scene.decide_there(&case, "agree");
    scene.wait_there(&case, "VERIFIED");
    std::thread::sleep(Duration::from_secs(2));
    scene.decide_there(&case, "finalize");
    scene.wait(&id, "FINALIZED");
}

#[test]
fn a_crash_does_not_begin_the_waiting_anew() {
    let mut scene = scene("crashing", "[timeouts]\nnegotiation_s = 6\n");
    let begun = Instant::now();
    let id = scene.negotiate();
    scene.wait(&id, "REQUESTED");
    std::thread::sleep(Duration::from_secs(3));
    scene.ours.kill();
    scene.ours.start();
    scene.wait(&id, "TERMINATED");
    let waited = begun.elapsed();
    assert!(
        waited >= Duration::from_secs(6) && waited < Duration::from_secs(9),
        "{waited:?}"
    );
}

#[test]
fn what_became_due_while_the_node_was_down_is_ended_at_its_start() {
    let mut scene = scene("sleeping", "[timeouts]\nnegotiation_s = 2\n");
    let id = scene.negotiate();
    scene.wait(&id, "REQUESTED");
    scene.ours.kill();
    std::thread::sleep(Duration::from_secs(3));
    scene.ours.start();
    let case = scene.wait(&id, "TERMINATED");
    scene.wait_there(&case, "TERMINATED");
}

impl Scene {
    /// A transfer under an agreement that the provider's people made, `wait` after they were asked.
    fn transfer(&self, wait: Duration) -> String {
        let negotiation = self.negotiate();
        let case = self.wait(&negotiation, "REQUESTED");
        std::thread::sleep(wait);
        self.decide_there(&case, "agree");
        self.wait_there(&case, "VERIFIED");
        self.decide_there(&case, "finalize");
        let agreement = self.wait(&negotiation, "FINALIZED")["agreementId"].clone();
        let wish = json!({ "agreement": agreement });
        let begun = self.consumer.ask("POST", "/transfers", Some(&wish));
        begun["id"].as_str().unwrap().to_owned()
    }

    fn ends(&self, transfer: &str, waited_in: &str) {
        let ended = self.wait(transfer, "TERMINATED");
        let why = ended["errorDetail"].as_str().unwrap();
        assert!(
            why.contains(&format!("timed-out: it has been `{waited_in}`")),
            "{ended}"
        );
        self.wait_there(&ended, "TERMINATED");
    }
}

#[test]
fn a_transfer_that_does_not_start_is_ended() {
    let scene = scene("starting", "[timeouts]\ntransfer_start_s = 2\n");
    let transfer = scene.transfer(Duration::from_millis(2500));
    scene.ends(&transfer, "REQUESTED");
}

#[test]
fn a_transfer_that_stays_suspended_is_ended_across_a_crash() {
    let mut scene = scene(
        "suspended",
        "[timeouts]\ntransfer_start_s = 60\ntransfer_suspended_s = 3\n",
    );
    let transfer = scene.transfer(Duration::ZERO);
    let case = scene.wait(&transfer, "REQUESTED");
    let decide = |party: &Participant, id: &str, decision: &str| {
        let path = format!("/transfers/{id}/decisions");
        party.ask("POST", &path, Some(&json!({ "decision": decision })));
    };
    decide(&scene.provider, case["providerPid"].as_str().unwrap(), "start");
    scene.wait(&transfer, "STARTED");
    // Longer than it may be suspended, and it goes on.
    std::thread::sleep(Duration::from_millis(3500));
    decide(&scene.consumer, &transfer, "suspend");
    scene.wait(&transfer, "SUSPENDED");
    let begun = Instant::now();
    scene.ours.kill();
    scene.ours.start();
    scene.ends(&transfer, "SUSPENDED");
    assert!(begun.elapsed() >= Duration::from_millis(2500), "too early");
}
