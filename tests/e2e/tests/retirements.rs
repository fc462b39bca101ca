//! Agreements gone by no more, over the real binary: whichever side decides it, data stops at once, the other side hears why, and nothing
//! begins until it is taken back.
//!
//! Both participants live in one node: what is judged here is what each side sees, not how two nodes talk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::seed::open_to_all;
use chapar_conformance::wire;
use chapar_e2e::board::Board;
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
const CONTENT: &str = "the content of D1";
const WHY: &str = "agreement-retired: the agreement was retired: the plant has closed";

struct Scene {
    _house: House,
    provider: Participant,
    consumer: Participant,
    boards: [Board; 2],
    agreement: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn scene(name: &str) -> Scene {
    let mut house = House::new(name, Profile::Production);
    house.start();
    let provider = house.add(&json!({ "slug": "provider" }));
    let consumer = house.add(&json!({ "slug": "consumer" }));
    provider.put_document("D1", CONTENT);
    open_to_all(&provider, "CD1");
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
    provider.ask("PUT", "/offers/CD1", Some(&offer));
    let boards = [Board::follow(&consumer), Board::follow(&provider)];
    let catalog = json!({ "peer": provider.id, "address": provider.dsp });
    let catalog = consumer.ask("POST", "/peers/catalog", Some(&catalog));
    let offer = json!({ "@id": catalog["datasets"][0]["hasPolicy"][0]["@id"], "target": "D1" });
    let negotiation = json!({ "peer": provider.id, "address": provider.dsp, "offer": offer });
    let negotiation = text(&consumer.ask("POST", "/negotiations", Some(&negotiation))["id"]);
    let agreed = boards[0].wait(&negotiation, PATIENCE, |view| view["state"] == "FINALIZED");
    let agreement = text(&agreed.unwrap()["agreementId"]);
    Scene {
        _house: house,
        provider,
        consumer,
        boards,
        agreement,
    }
}

impl Scene {
    fn transfer(&self) -> Value {
        let body = json!({ "agreement": self.agreement });
        self.consumer.ask("POST", "/transfers", Some(&body))["id"].clone()
    }

    /// Waits for the state of a transfer as the consumer has it; the transfer.
    fn wait(&self, transfer: &Value, state: &str) -> Value {
        self.wait_at(0, transfer, state)
    }

    fn wait_at(&self, side: usize, transfer: &Value, state: &str) -> Value {
        let transfer = text(transfer);
        let there = self.boards[side].wait(&transfer, PATIENCE, |view| view["state"] == state);
        there.unwrap_or_else(|| panic!("`{transfer}` is not {state}: {:?}", self.boards[side].case(&transfer)))
    }

    fn fetch(&self, address: &Value) -> u16 {
        let properties = address["endpointProperties"].as_array().unwrap();
        let token = properties.iter().find(|property| property["name"] == "authorization");
        let token = text(&token.unwrap()["value"]);
        let answer = wire::send("GET", &text(&address["endpoint"]), &[("authorization", &token)], b"");
        answer.unwrap().status
    }

    fn retire(&self, who: &Participant) {
        let path = format!("/agreements/{}/retirement", self.agreement);
        who.ask("POST", &path, Some(&json!({ "reason": "the plant has closed" })));
    }
}

#[test]
fn the_provider_goes_by_an_agreement_no_more() {
    let scene = scene("retired-by-provider");
    let transfer = scene.transfer();
    let started = scene.wait(&transfer, "STARTED");
    let path = format!("/transfers/{}/data-address", text(&transfer));
    let address = scene.consumer.ask("GET", &path, None);
    assert_eq!(scene.fetch(&address), 200);
    scene.retire(&scene.provider);
    assert_eq!(scene.fetch(&address), 403, "data stops with the decision");
    let ended = scene.wait(&transfer, "TERMINATED");
    assert_eq!(ended["errorDetail"], format!("the peer terminated it: {WHY}"));
    let there = scene.wait_at(1, &started["providerPid"], "TERMINATED");
    assert_eq!(there["errorDetail"], format!("we terminated it: {WHY}"));

    let refused = scene.wait(&scene.transfer(), "TERMINATED");
    assert_eq!(
        (&refused["error"]["status"], &refused["error"]["code"]),
        (&json!(403), &json!("agreement-retired"))
    );
    let path = format!("/agreements/{}/retirement", scene.agreement);
    scene.provider.ask("DELETE", &path, None);
    scene.wait(&scene.transfer(), "STARTED");
}

#[test]
fn the_consumer_goes_by_an_agreement_no_more() {
    let scene = scene("retired-by-consumer");
    let transfer = scene.transfer();
    let started = scene.wait(&transfer, "STARTED");
    let path = format!("/transfers/{}/data-address", text(&transfer));
    let address = scene.consumer.ask("GET", &path, None);
    scene.retire(&scene.consumer);
    let kept = scene.consumer.call("GET", &path, None);
    assert_eq!(kept.status, 409, "its own copy of the address goes with the decision");
    let there = scene.wait_at(1, &started["providerPid"], "TERMINATED");
    assert_eq!(there["errorDetail"], format!("the peer terminated it: {WHY}"));
    assert_eq!(scene.fetch(&address), 403);
    let refused = scene
        .consumer
        .call("POST", "/transfers", Some(&json!({ "agreement": scene.agreement })));
    assert_eq!(
        (refused.status, refused.value()["code"].clone()),
        (409, json!("agreement-retired"))
    );
}
