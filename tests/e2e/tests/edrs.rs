//! Data in one call over the real binary: an offer is named by its id, and what follows happens by itself, once, though the node is
//! killed in between; the second time the agreement is there already. Access is renewed while the transfer goes on.
//!
//! Both participants live in one node: what is judged here is what follows from a call, not how two nodes talk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::seed::open_to_all;
use chapar_conformance::sink::{Mood, Sink};
use chapar_conformance::{wire, words};
use chapar_e2e::ask::list;
use chapar_e2e::board::Board;
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for what is not held back to have happened.
const A_WHILE: Duration = Duration::from_millis(400);
const CONTENT: &str = "the content of D1";

struct Scene {
    house: House,
    provider: Participant,
    consumer: Participant,
    board: Board,
}

fn scene(name: &str) -> Scene {
    let mut house = House::new(name, Profile::Production);
    house.start();
    let provider = house.add(&json!({ "slug": "provider" }));
    let consumer = house.add(&json!({ "slug": "consumer" }));
    provider.put_document("D1", CONTENT);
    provider.put_document("D2", "another");
    open_to_all(&provider, "CD1");
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
    provider.ask("PUT", "/offers/CD1", Some(&offer));
    let board = Board::follow(&consumer);
    Scene {
        house,
        provider,
        consumer,
        board,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn token(address: &Value) -> String {
    property(address, "authorization")
}

fn property(address: &Value, name: &str) -> String {
    let properties = address["endpointProperties"].as_array().unwrap();
    let found = properties.iter().find(|property| property["name"] == name);
    text(&found.unwrap()["value"])
}

fn fetched(address: &Value, token: &str) -> (u16, String) {
    let endpoint = text(&address["endpoint"]);
    let answer = wire::send("GET", &endpoint, &[("authorization", token)], b"").unwrap();
    (answer.status, answer.text())
}

impl Scene {
    /// The id of the offer that the provider makes of `dataset`.
    fn offer_id(&self, dataset: &str) -> String {
        let asked = json!({ "peer": self.provider.id, "address": self.provider.dsp });
        let catalog = self.consumer.ask("POST", "/peers/catalog", Some(&asked));
        let datasets = catalog["datasets"].as_array().unwrap();
        let found = datasets.iter().find(|found| found["@id"] == dataset);
        text(&found.unwrap()["hasPolicy"][0]["@id"])
    }

    fn wanted(&self, offer: &Value) -> Value {
        json!({ "peer": self.provider.id, "address": self.provider.dsp, "offer": offer })
    }

    /// Asks for the data behind an offer.
    fn get(&self, offer: &Value) -> Value {
        self.consumer.ask("POST", "/edrs", Some(&self.wanted(offer)))
    }

    /// What is said to who asks for an offer that does not do.
    fn refusal(&self, offer: &Value) -> (u16, Value) {
        let answer = self.consumer.call("POST", "/edrs", Some(&self.wanted(offer)));
        (answer.status, answer.value()["code"].clone())
    }

    /// Waits for the state of a case of the consumer; the case.
    fn wait(&self, case: &Value, state: &str) -> Value {
        let case = text(case);
        let there = self.board.wait(&case, PATIENCE, |view| view["state"] == state);
        there.unwrap_or_else(|| panic!("`{case}` is not {state}: {:?}", self.board.case(&case)))
    }

    fn address(&self, transfer: &Value) -> Value {
        let path = format!("/transfers/{}/data-address", text(transfer));
        self.consumer.ask("GET", &path, None)
    }

    fn decide(&self, transfer: &Value, decision: &str) {
        let path = format!("/transfers/{}/decisions", text(transfer));
        self.consumer.ask("POST", &path, Some(&json!({ "decision": decision })));
    }
}

#[test]
fn one_call_gets_the_data_and_the_next_one_uses_the_agreement() {
    let scene = scene("edrs-once");
    let id = scene.offer_id("D1");
    let first = scene.get(&json!({ "@id": id }));
    assert!(first.get("agreement").is_none(), "{first}");
    let negotiation = scene.wait(&first["negotiation"], "FINALIZED");
    assert_eq!(negotiation["followOn"], first["transfer"]);
    assert_eq!(negotiation["dataset"], "D1");
    let transfer = scene.wait(&first["transfer"], "STARTED");
    assert_eq!(transfer["agreementId"], negotiation["agreementId"]);
    let address = scene.address(&first["transfer"]);
    assert_eq!(fetched(&address, &token(&address)), (200, CONTENT.to_owned()));

    let again = scene.get(&json!({ "@id": id, "target": "D1" }));
    assert_eq!(
        (&again["agreement"], &again["negotiation"]),
        (&negotiation["agreementId"], &first["negotiation"])
    );
    assert_ne!(again["transfer"], first["transfer"]);
    scene.wait(&again["transfer"], "STARTED");
    assert_eq!(list(&scene.consumer, "/negotiations").len(), 1);
    assert_eq!(list(&scene.consumer, "/transfers").len(), 2);

    // Other rules are another offer, which somebody must agree to.
    let mut permission = words::permission();
    permission[0]["constraint"] = json!([
        { "leftOperand": "dateTime", "operator": "lt", "rightOperand": "2099-01-01T00:00:00Z" }
    ]);
    let other = scene.get(&json!({ "@id": id, "target": "D1", "permission": permission }));
    assert!(other.get("agreement").is_none(), "{other}");
    // And so is an offer of something else.
    let other = scene.get(&json!({ "@id": scene.offer_id("D2") }));
    assert!(other.get("agreement").is_none(), "{other}");
    scene.wait(&other["transfer"], "STARTED");
}

#[test]
fn an_offer_that_the_peer_does_not_make_is_unknown() {
    let scene = scene("edrs-unknown");
    let id = scene.offer_id("D1");
    for offer in [
        json!({ "@id": "no-such-offer" }),
        json!({ "@id": "no-such-offer", "target": "D1" }),
        json!({ "@id": id, "target": "D2" }),
        json!({ "@id": id, "target": "no-such-dataset" }),
    ] {
        assert_eq!(scene.refusal(&offer), (400, json!("offer-unknown")), "{offer}");
    }
    assert!(list(&scene.consumer, "/negotiations").is_empty(), "nothing was begun");
}

#[test]
fn what_follows_a_negotiation_outlives_a_crash_and_happens_once() {
    let mut scene = scene("edrs-crash");
    let sink = Sink::start(Mood::Answers(503));
    let mut wanted = scene.wanted(&json!({ "@id": scene.offer_id("D1") }));
    // The transfer waits for this one, so that the crash comes before it.
    wanted["callbackAddresses"] = json!([
        { "uri": sink.url(), "events": ["contract.negotiation.finalized", "transfer.process"], "transactional": true },
    ]);
    let begun = scene.consumer.ask("POST", "/edrs", Some(&wanted));
    scene.wait(&begun["negotiation"], "FINALIZED");
    std::thread::sleep(A_WHILE);
    assert!(list(&scene.consumer, "/transfers").is_empty(), "it has not begun yet");
    scene.house.kill();
    scene.house.start();
    sink.set(Mood::Answers(200));
    scene.wait(&begun["transfer"], "STARTED");
    sink.wait(PATIENCE, |sink| {
        sink.taken().last().is_some_and(|last| last == "TransferProcessStarted")
    });
    scene.house.kill();
    scene.house.start();
    std::thread::sleep(A_WHILE);
    let transfers = list(&scene.consumer, "/transfers");
    assert_eq!(transfers.len(), 1, "{transfers:?}");
    let timeline = format!("/transfers/{}/timeline", text(&begun["transfer"]));
    let first = list(&scene.consumer, &timeline).remove(0);
    assert_eq!(
        (&first["body"]["decision"], &first["body"]["actor"]),
        (&json!("request"), &json!("node"))
    );
}

#[test]
fn access_is_renewed_while_it_is_open_and_closed_whole() {
    let scene = scene("edrs-renewal");
    let begun = scene.get(&json!({ "@id": scene.offer_id("D1") }));
    let transfer = &begun["transfer"];
    scene.wait(transfer, "STARTED");
    let old = scene.address(transfer);
    let path = format!("/transfers/{}/data-address", text(transfer));
    // Tokens tell seconds.
    std::thread::sleep(Duration::from_millis(1100));
    let new = scene.consumer.ask("POST", &path, None);
    assert_ne!(token(&old), token(&new));
    assert_eq!(scene.address(transfer), new, "the fresh one is kept");
    for token in [token(&old), token(&new)] {
        assert_eq!(fetched(&new, &token), (200, CONTENT.to_owned()));
    }
    let timeline = list(&scene.consumer, &format!("/transfers/{}/timeline", text(transfer)));
    let renewals = timeline.iter().filter(|entry| entry["body"]["decision"] == "renew");
    assert_eq!(renewals.count(), 1);

    // Nobody else gets one, and neither does its owner once access is closed.
    let place = property(&new, "refreshEndpoint");
    let asked = wire::send("POST", &place, &[("content-type", "application/json")], b"{}").unwrap();
    assert_eq!(asked.status, 401);
    let with_token = [
        ("authorization", token(&new)),
        ("content-type", "application/json".to_owned()),
    ];
    let with_token = with_token.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(wire::send("POST", &place, &with_token, b"{}").unwrap().status, 401);
    scene.decide(transfer, "suspend");
    scene.wait(transfer, "SUSPENDED");
    for token in [token(&old), token(&new)] {
        assert_eq!(fetched(&new, &token).0, 403, "both end with the opening");
    }
    let refused = scene.consumer.call("POST", &path, None);
    assert_eq!(
        (refused.status, refused.value()["code"].clone()),
        (409, json!("conflict"))
    );
}
