//! A consumer that is quicker than its own answer: it holds the agreement for final and asks for the data before its 2xx to FINALIZED
//! has come back to the provider. That is no reason to refuse it.
//!
//! Refuses to wait for luck: the peer keeps its answer back for as long as the test wants.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Response, Server};
use chapar_conformance::words::{self, Kind, Matter, Pids, Place, Side, Word};
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const PEER: &str = "the-peer";
/// Longest that a message of the node may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A consumer whose answer to FINALIZED waits until it is let go.
struct Consumer {
    server: Server,
    heard: Receiver<Value>,
    let_go: Sender<()>,
}

impl Consumer {
    fn new() -> Self {
        let (hear, heard) = mpsc::channel();
        let (let_go, gone) = mpsc::channel();
        let (hear, gone) = (Mutex::new(hear), Mutex::new(gone));
        let server = Server::start(Arc::new(move |request| {
            let message = request.json();
            let is_final = message["eventType"] == "FINALIZED";
            hear.lock().unwrap().send(message).ok()?;
            if is_final {
                gone.lock().unwrap().recv().ok()?;
            }
            Some(Response::json(200, &json!({})))
        }));
        Self {
            server: server.expect("a port can be had"),
            heard,
            let_go,
        }
    }

    fn hear(&self, type_name: &str) -> Value {
        let message = self.heard.recv_timeout(PATIENCE).expect("the node says something");
        assert_eq!(message["@type"], type_name, "{message}");
        message
    }
}

fn post(url: &str, message: &Value) -> Response {
    let headers = [("authorization", "any token"), ("content-type", "application/json")];
    wire::send("POST", url, &headers, message.to_string().as_bytes()).expect("the public door answers")
}

fn publish(house: &House) -> Participant {
    let node = house.add(&json!({ "slug": "a", "identity": "development", "id": "the-node", "peer": PEER }));
    node.put_document("D1", "content");
    let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
    node.ask("PUT", "/policies/use", Some(&policy));
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
    node.ask("PUT", "/offers/CD1", Some(&offer));
    node
}

#[test]
fn a_request_that_comes_before_the_answer_to_finalized_is_waited_with() {
    let mut house = House::new("early", Profile::Development);
    house.start();
    let node = publish(&house);
    let consumer = Consumer::new();
    let mut matter = Matter {
        dataset: "D1".to_owned(),
        offer: format!("CD1:D1:{}", words::fresh()),
        agreement: String::new(),
        assigner: node.id.clone(),
        assignee: PEER.to_owned(),
        callback: consumer.server.url(),
    };
    let mut pids = Pids {
        consumer: Some(format!("urn:uuid:{}", words::fresh())),
        provider: None,
    };
    let say = |kind, word, pids: &Pids, matter: &Matter, place| {
        words::message(kind, word, Side::Consumer, pids, matter, place)
    };

    let request = say(Kind::Negotiation, Word::Request, &pids, &matter, Place::First);
    let answer = post(&format!("{}/negotiations/request", node.dsp), &request);
    assert_eq!(answer.status, 201, "{}", answer.text());
    pids.provider = Some(
        answer.value()["providerPid"]
            .as_str()
            .expect("the answer names its pid")
            .to_owned(),
    );
    let agreement = consumer.hear("ContractAgreementMessage")["agreement"]["@id"].clone();
    matter.agreement = agreement.as_str().expect("the agreement has an id").to_owned();
    let verification = say(Kind::Negotiation, Word::Verification, &pids, &matter, Place::Later);
    let provider_pid = pids.provider.as_deref().expect("it was told above");
    let answer = post(
        &format!("{}/negotiations/{provider_pid}/agreement/verification", node.dsp),
        &verification,
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    consumer.hear("ContractNegotiationEventMessage");

    // The answer to FINALIZED is kept back from here on.
    let fresh = Pids {
        consumer: Some(format!("urn:uuid:{}", words::fresh())),
        provider: None,
    };
    let request = say(Kind::Transfer, Word::Request, &fresh, &matter, Place::First);
    let url = format!("{}/transfers/request", node.dsp);
    let answer = post(&url, &request);
    assert_eq!(
        answer.status,
        503,
        "kept back for too long is a reason to come again: {}",
        answer.text()
    );
    assert!(answer.header("retry-after").is_some(), "and it says when");
    let asking = thread::spawn(move || post(&url, &request));
    thread::sleep(Duration::from_millis(300));
    assert!(
        !asking.is_finished(),
        "as long as nothing is decided, it is not answered"
    );
    consumer.let_go.send(()).expect("the answer is still kept back");
    let answer = asking.join().expect("the request comes to an end");
    assert_eq!(answer.status, 201, "{}", answer.text());
    consumer.hear("TransferStartMessage");
}
