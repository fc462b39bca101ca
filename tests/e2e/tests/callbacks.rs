//! Callback addresses over the real binary: a back end hears of a case in the words of the connectors whose clients wait there, in order
//! and at least once, though it was down and the node was killed; and a case goes no further than a transactional one was told.
//!
//! Both participants live in one node: what is judged here is who is told, not how two nodes talk.
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
use chapar_conformance::wire::{self, Response};
use chapar_conformance::words;
use chapar_e2e::board::Board;
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for what is not held back to have happened.
const A_WHILE: Duration = Duration::from_millis(400);
const CONTENT: &str = "the content of D1";
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

struct Scene {
    house: House,
    provider: Participant,
    consumer: Participant,
    board: Board,
}

fn scene(name: &str, tables: &str) -> Scene {
    let mut house = House::with(name, Profile::Production, tables);
    house.start();
    let provider = house.add(&json!({ "slug": "provider" }));
    let consumer = house.add(&json!({ "slug": "consumer" }));
    provider.put_document("D1", CONTENT);
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

fn callback(sink: &Sink, events: &[&str], transactional: bool) -> Value {
    json!({ "uri": sink.url(), "events": events, "transactional": transactional })
}

impl Scene {
    /// What is answered to who begins a negotiation.
    fn begin(&self, callbacks: &[Value]) -> Response {
        let body = json!({
            "peer": self.provider.id, "address": self.provider.dsp,
            "offer": { "@id": "CD1:D1:1", "target": "D1", "permission": words::permission() },
            "callbackAddresses": callbacks,
        });
        self.consumer.call("POST", "/negotiations", Some(&body))
    }

    /// Begins a negotiation; its id.
    fn negotiate(&self, callbacks: &[Value]) -> String {
        let begun = self.begin(callbacks);
        assert!(begun.is_good(), "{} {}", begun.status, begun.text());
        begun.value()["id"].as_str().unwrap().to_owned()
    }

    /// Waits for the state of a case of the consumer; the case.
    fn wait(&self, case: &str, state: &str) -> Value {
        let there = self.board.wait(case, PATIENCE, |view| view["state"] == state);
        there.unwrap_or_else(|| panic!("`{case}` is not {state}: {:?}", self.board.case(case)))
    }

    fn agreement(&self) -> String {
        let negotiation = self.negotiate(&[]);
        self.wait(&negotiation, "FINALIZED")["agreementId"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn transfer(&self, agreement: &str, callbacks: &[Value]) -> String {
        let body = json!({ "agreement": agreement, "callbackAddresses": callbacks });
        self.consumer.ask("POST", "/transfers", Some(&body))["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn decide(&self, transfer: &str, decision: &str) {
        let body = json!({ "decision": decision });
        self.consumer
            .ask("POST", &format!("/transfers/{transfer}/decisions"), Some(&body));
    }

    /// Waits until no address of a case is to be told anything more; how far each was told.
    fn done(&self, path: &str) -> Vec<Value> {
        let end = Instant::now() + PATIENCE;
        loop {
            let views = self.callbacks(path);
            if views.iter().all(|view| view["state"] == "done") {
                return views;
            }
            assert!(Instant::now() < end, "{views:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn callbacks(&self, path: &str) -> Vec<Value> {
        self.consumer.ask("GET", &format!("{path}/callbacks"), None)["items"]
            .as_array()
            .unwrap()
            .clone()
    }
}

const NEGOTIATION: [&str; 5] = [
    "ContractNegotiationInitiated",
    "ContractNegotiationRequested",
    "ContractNegotiationAgreed",
    "ContractNegotiationVerified",
    "ContractNegotiationFinalized",
];

#[test]
fn a_back_end_is_told_of_a_negotiation_in_the_words_that_it_knows() {
    let scene = scene("callbacks-words", "");
    let (all, last) = (Sink::start(Mood::Answers(204)), Sink::start(Mood::Answers(200)));
    let negotiation = scene.negotiate(&[
        callback(&all, &["contract.negotiation", "transfer.process"], false),
        callback(&last, &["contract.negotiation.finalized"], false),
    ]);
    let agreement = scene.wait(&negotiation, "FINALIZED")["agreementId"].clone();
    all.wait(PATIENCE, |sink| sink.taken() == NEGOTIATION);
    last.wait(PATIENCE, |sink| sink.taken() == NEGOTIATION[4..]);

    let told = all.told();
    let envelopes: Vec<Value> = told.iter().map(|told| told.envelope()).collect();
    assert!(
        told.iter()
            .all(|told| told.request.header("content-type") == Some("application/json"))
    );
    let ids: BTreeSet<_> = envelopes
        .iter()
        .map(|envelope| envelope["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 5, "each event has its id");
    assert!(
        envelopes
            .windows(2)
            .all(|pair| pair[0]["at"].as_i64().unwrap() <= pair[1]["at"].as_i64().unwrap())
    );
    let finalized = &envelopes[4]["payload"];
    assert_eq!(finalized["contractNegotiationId"], negotiation.as_str());
    assert_eq!(finalized["counterPartyId"], scene.provider.id.as_str());
    assert_eq!(finalized["counterPartyAddress"], scene.provider.dsp.as_str());
    assert_eq!(finalized["protocol"], "dataspace-protocol-http:2025-1");
    assert_eq!(finalized["participantContextId"], "consumer");
    assert_eq!(
        finalized["callbackAddresses"][1]["events"],
        json!(["contract.negotiation.finalized"])
    );
    assert_eq!(finalized["lastContractOffer"]["id"], "CD1:D1:1");
    assert_eq!(finalized["lastContractOffer"]["assetId"], "D1");
    let agreed = &finalized["contractAgreement"];
    assert_eq!(
        (&agreed["id"], &agreed["agreementId"], &agreed["assetId"]),
        (&agreement, &agreement, &json!("D1"))
    );
    assert_eq!(
        (&agreed["providerId"], &agreed["consumerId"]),
        (&json!(scene.provider.id), &json!(scene.consumer.id))
    );
    assert!(
        agreed["contractSigningDate"].as_i64().unwrap() < 10_000_000_000,
        "seconds"
    );
    assert_eq!(
        agreed["policy"]["permissions"][0]["action"]["type"],
        "http://www.w3.org/ns/odrl/2/use"
    );

    let views = scene.done(&format!("/negotiations/{negotiation}"));
    let states: Vec<_> = views
        .iter()
        .map(|view| (view["state"].as_str().unwrap(), view["told"].as_i64().unwrap()))
        .collect();
    assert_eq!(states, [("done", 5), ("done", 1)]);
    let shown = scene.consumer.ask("GET", &format!("/negotiations/{negotiation}"), None);
    assert_eq!(shown["callbackAddresses"][0]["uri"], all.url());
}

#[test]
fn a_back_end_is_told_of_a_transfer_and_given_its_access() {
    let scene = scene("callbacks-transfer", "");
    let sink = Sink::start(Mood::Answers(200));
    let agreement = scene.agreement();
    let transfer = scene.transfer(&agreement, &[callback(&sink, &["transfer"], false)]);
    let process =
        |words: &[&str]| -> Vec<String> { words.iter().map(|word| format!("TransferProcess{word}")).collect() };
    sink.wait(PATIENCE, |sink| {
        sink.taken() == process(&["Initiated", "Requested", "Started"])
    });
    let payload = sink.told().last().unwrap().envelope()["payload"].clone();
    assert_eq!(payload["transferProcessId"], transfer.as_str());
    assert_eq!(
        (&payload["contractId"], &payload["assetId"]),
        (&json!(agreement), &json!("D1"))
    );
    assert_eq!(payload["type"], "CONSUMER");
    let properties = &payload["dataAddress"]["properties"];
    let token = properties[format!("{EDC}authorization")].as_str().unwrap();
    let endpoint = properties[format!("{EDC}endpoint")].as_str().unwrap();
    let fetched = wire::send("GET", endpoint, &[("authorization", token)], b"").unwrap();
    assert_eq!((fetched.status, fetched.text().as_str()), (200, CONTENT));

    scene.decide(&transfer, "suspend");
    scene.wait(&transfer, "SUSPENDED");
    scene.decide(&transfer, "start");
    // That we ask for a start is no event: the connectors whose clients wait there have no class for it.
    let words = ["Initiated", "Requested", "Started", "Suspended", "Started"];
    sink.wait(PATIENCE, |sink| sink.taken() == process(&words));
    let again = sink.told().last().unwrap().envelope()["payload"]["dataAddress"]["properties"].clone();
    assert_ne!(
        again[format!("{EDC}authorization")],
        token,
        "a fresh start brings a fresh token"
    );
    scene.decide(&transfer, "complete");
    let words = [words.as_slice(), &["Completed"]].concat();
    sink.wait(PATIENCE, |sink| sink.taken() == process(&words));
}

#[test]
fn why_a_case_ended_or_pauses_is_told_in_the_bare_words_of_whoever_did_it() {
    let scene = scene("callbacks-reasons", "");
    let sink = Sink::start(Mood::Answers(200));
    let told = |name: &str, count: usize, why: &Value| {
        let comes = |sink: &Sink| sink.taken().iter().filter(|taken| *taken == name).count() == count;
        sink.wait(PATIENCE, comes);
        assert_eq!(
            &sink.told().last().unwrap().envelope()["payload"]["reason"],
            why,
            "{name}"
        );
    };
    let decide = |who: &Participant, path: &str, decision: Value| {
        who.ask("POST", &format!("{path}/decisions"), Some(&decision));
    };
    let provider_path = |noun: &str, case: &Value| format!("/{noun}/{}", case["providerPid"].as_str().unwrap());

    let agreement = scene.agreement();
    let transfer = scene.transfer(&agreement, &[callback(&sink, &["transfer.process"], false)]);
    let here = format!("/transfers/{transfer}");
    let there = provider_path("transfers", &scene.wait(&transfer, "STARTED"));
    let pause = json!({ "decision": "suspend", "reason": ["the lorry waits"] });
    decide(&scene.consumer, &here, pause);
    told("TransferProcessSuspended", 1, &json!("the lorry waits"));
    decide(&scene.consumer, &here, json!({ "decision": "start" }));
    told("TransferProcessStarted", 2, &Value::Null);
    let pause = json!({ "decision": "suspend", "code": "night", "reason": ["back at eight"] });
    decide(&scene.provider, &there, pause);
    told("TransferProcessSuspended", 2, &json!("night: back at eight"));
    let end = json!({ "decision": "terminate", "reason": ["the season is over"] });
    decide(&scene.provider, &there, end);
    told("TransferProcessTerminated", 1, &json!("the season is over"));

    let by_hand = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "manual" });
    scene.provider.ask("PUT", "/offers/CD1", Some(&by_hand));
    let negotiation = scene.negotiate(&[callback(&sink, &["contract.negotiation"], false)]);
    let there = provider_path("negotiations", &scene.wait(&negotiation, "REQUESTED"));
    let end = json!({ "decision": "terminate", "code": "sold", "reason": ["to another"] });
    decide(&scene.provider, &there, end);
    told("ContractNegotiationTerminated", 1, &json!("sold: to another"));
}

#[test]
fn a_back_end_that_was_down_is_told_everything_though_the_node_was_killed() {
    let mut scene = scene("callbacks-down", "");
    let sink = Sink::start(Mood::Silent);
    let negotiation = scene.negotiate(&[callback(&sink, &["contract.negotiation"], false)]);
    scene.wait(&negotiation, "FINALIZED");
    sink.set(Mood::Answers(503));
    sink.wait(PATIENCE, |sink| sink.told().len() > 2);
    let view = &scene.callbacks(&format!("/negotiations/{negotiation}"))[0];
    assert_eq!((&view["state"], &view["told"]), (&json!("trying"), &json!(0)));
    assert!(
        view["obstacle"].as_str().unwrap().len() > 5 && view["attempts"].as_i64().unwrap() > 0,
        "{view}"
    );

    scene.house.kill();
    sink.set(Mood::Answers(200));
    scene.house.start();
    sink.wait(PATIENCE, |sink| sink.taken() == NEGOTIATION);
    let told = sink.told();
    let first: BTreeSet<_> = told
        .iter()
        .filter(|told| told.envelope()["type"] == NEGOTIATION[0])
        .map(|told| told.envelope()["id"].to_string())
        .collect();
    assert_eq!(first.len(), 1, "every try of an event has the same id");
}

#[test]
fn killed_between_two_events_it_goes_on_where_it_was() {
    let mut scene = scene("callbacks-kill", "");
    let sink = Sink::start(Mood::Answers(200));
    let agreement = scene.agreement();
    let transfer = scene.transfer(&agreement, &[callback(&sink, &["transfer.process"], false)]);
    sink.wait(PATIENCE, |sink| sink.taken().len() == 3);
    // What was told and is not noted yet would be told again.
    let (path, end) = (format!("/transfers/{transfer}"), Instant::now() + PATIENCE);
    while scene.callbacks(&path)[0]["told"] != 3 {
        assert!(Instant::now() < end, "it is not noted: {:?}", scene.callbacks(&path));
        std::thread::sleep(Duration::from_millis(10));
    }
    scene.house.kill();
    scene.house.start();
    scene.decide(&transfer, "complete");
    sink.wait(PATIENCE, |sink| {
        sink.taken().last().unwrap() == "TransferProcessCompleted"
    });
    let words = sink.taken();
    assert_eq!(words.len(), 4, "nothing is told anew after a restart: {words:?}");
}

#[test]
fn a_case_goes_no_further_than_its_transactional_address_was_told() {
    let scene = scene("callbacks-held", "");
    let sink = Sink::start(Mood::Answers(500));
    let negotiation = scene.negotiate(&[callback(&sink, &["contract.negotiation"], true)]);
    sink.wait(PATIENCE, |sink| sink.told().len() > 1);
    std::thread::sleep(A_WHILE);
    let heard = |scene: &Scene| {
        scene.provider.ask("GET", "/negotiations", None)["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(heard(&scene), 0, "the provider has heard nothing");
    assert_eq!(
        scene.consumer.ask("GET", &format!("/negotiations/{negotiation}"), None)["phase"],
        "REQUESTING"
    );

    sink.set(Mood::Answers(200));
    scene.wait(&negotiation, "FINALIZED");
    sink.wait(PATIENCE, |sink| sink.taken() == NEGOTIATION);
    assert_eq!(heard(&scene), 1);
}

#[test]
fn an_address_that_is_never_told_is_given_up_and_shown() {
    let scene = scene("callbacks-lost", "[timeouts]\ncallback_s = 1\n");
    let sink = Sink::start(Mood::Answers(404));
    let lost = json!({
        "uri": sink.url(), "events": ["contract"], "transactional": false, "authKey": "x-api-key", "authCodeId": "nowhere",
    });
    let negotiation = scene.negotiate(&[callback(&sink, &["contract.negotiation.finalized"], false), lost]);
    scene.wait(&negotiation, "FINALIZED");
    let path = format!("/negotiations/{negotiation}");
    let [refused, secretless] = scene.done(&path).try_into().unwrap();
    assert_eq!((&refused["told"], &refused["givenUp"]), (&json!(0), &json!(1)));
    assert_eq!(refused["obstacle"], "it answered 404");
    assert_eq!(
        (&secretless["givenUp"], &secretless["obstacle"]),
        (&json!(5), &json!("there is no secret `nowhere`"))
    );
    assert!(scene.house.log().contains("a callback address was not told"));
    assert!(
        sink.told()
            .iter()
            .all(|told| told.request.header("x-api-key").is_none())
    );
}

#[test]
fn the_secret_of_an_address_goes_in_its_header_and_nowhere_else() {
    let scene = scene("callbacks-secret", "");
    let management = scene.consumer.api.replace("/chapar/v1", "/management/v3");
    let headers = [
        ("x-api-key", scene.consumer.key.as_str()),
        ("content-type", "application/json"),
    ];
    let secret = json!({
        "@context": { "@vocab": EDC }, "@id": "backend", "@type": "Secret", "value": "open sesame",
    });
    let url = format!("{management}/secrets");
    let kept = wire::send("POST", &url, &headers, secret.to_string().as_bytes()).unwrap();
    assert_eq!(kept.status, 200, "{}", kept.text());
    let sink = Sink::start(Mood::Answers(200));
    let address = json!({
        "uri": sink.url(), "events": ["contract.negotiation"], "transactional": true,
        "authKey": "x-api-key", "authCodeId": "backend",
    });
    let negotiation = scene.negotiate(&[address]);
    sink.wait(PATIENCE, |sink| sink.taken() == NEGOTIATION);
    for told in sink.told() {
        assert_eq!(told.request.header("x-api-key"), Some("open sesame"));
        assert!(!told.envelope().to_string().contains("sesame"));
    }
    let shown = scene.consumer.ask("GET", &format!("/negotiations/{negotiation}"), None);
    assert_eq!(shown["callbackAddresses"][0]["authCodeId"], "backend");
    assert!(!shown.to_string().contains("sesame") && !scene.house.log().contains("sesame"));
}

#[test]
fn an_address_that_cannot_be_called_is_refused_at_once() {
    let scene = scene("callbacks-wrong", "");
    let begin = |callback: Value| {
        let answer = scene.begin(&[callback]);
        (
            answer.status,
            answer.value()["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let rows = [
        (
            json!({ "uri": "local://adapter", "events": [] }),
            "wrong-callback-address",
        ),
        (
            json!({ "uri": "http://169.254.169.254/latest", "events": [] }),
            "callback-address-refused",
        ),
        (
            json!({ "uri": "http://127.0.0.1", "events": [], "authKey": "x-api-key" }),
            "wrong-callback-address",
        ),
        (json!({ "uri": "http://127.0.0.1" }), "missing-member"),
    ];
    for (callback, code) in rows {
        assert_eq!(begin(callback.clone()), (400, code.to_owned()), "{callback}");
    }
    assert!(
        scene.consumer.ask("GET", "/negotiations", None)["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

/// Opens what is inside to the node again: its own address, as of a neighbour, and what these lines of `[egress]` say.
fn open_inside(house: &mut House, lines: &str) {
    let file = house.folder().join("chapar.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once("[egress]\n").unwrap();
    let (_, after) = rest.split_once("[quota]\n").unwrap();
    let own = house.public.trim_start_matches("http://");
    let egress = format!(
        "[egress]\nallow = [\"127.0.0.1/32\"]\nplain_http = [\"127.0.0.1/32\"]\ndid_plain_http = [\"{own}\"]\n{lines}"
    );
    std::fs::write(&file, format!("{before}{egress}[quota]\n{after}")).unwrap();
    house.kill();
    house.start();
}

#[test]
fn an_inner_back_end_is_told_where_its_network_is_opened_and_what_a_peer_names_there_is_still_refused() {
    let mut scene = scene("callbacks-inner", "");
    let inner = Sink::start_at("127.0.0.2", Mood::Answers(200));
    open_inside(&mut scene.house, "");
    let refused = scene.begin(&[callback(&inner, &["contract"], false)]);
    assert_eq!(
        (refused.status, &refused.value()["code"]),
        (400, &json!("callback-address-refused"))
    );
    assert!(refused.text().contains("`[egress] callbacks`"), "{}", refused.text());

    open_inside(&mut scene.house, "callbacks = [\"127.0.0.2/32\"]\n");
    let negotiation = scene.negotiate(&[callback(&inner, &["contract"], false)]);
    inner.wait(PATIENCE, |sink| sink.taken() == NEGOTIATION);
    let agreement = scene.wait(&negotiation, "FINALIZED")["agreementId"].clone();
    let push = json!({
        "agreement": agreement, "format": "HttpData-PUSH",
        "dataAddress": { "endpointType": "HttpData", "endpoint": inner.url() },
    });
    let pushed = scene.consumer.ask("POST", "/transfers", Some(&push))["id"].clone();
    scene.wait(pushed.as_str().unwrap(), "TERMINATED");
    assert_eq!(inner.taken(), NEGOTIATION, "nothing but events came");
}
