//! The bytes under an agreement, at the real binary: the token of a transfer opens that transfer's document for that consumer as
//! long as access is open, and nothing else does.
//!
//! A foreign peer negotiates and fetches by its own hand. Refuses to hold ranges and preconditions (beside the data plane).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chapar_conformance::foreign_peer::{Family, ForeignPeer};
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::wire::{self, Response};
use chapar_conformance::words::{self, CONTEXT, FORMAT};
use serde_json::{Value, json};
use std::io::Read;
use std::thread;
use std::time::{Duration, Instant};

/// Longest that access may stay open after it was closed.
const REVOKED: Duration = Duration::from_secs(1);
/// More than all buffers between the node and a reader that does not read.
const LARGE: usize = 48 * 1024 * 1024;

struct Scene {
    node: Node,
    us: Participant,
    peer: ForeignPeer,
}

/// One transfer that was started, with the address that the peer was given.
struct Open {
    pid: String,
    consumer_pid: String,
    endpoint: String,
    token: String,
    renewal: String,
}

fn scene(constraint: Option<Value>) -> Scene {
    let node = Node::start();
    let us = node.add(&json!({ "slug": "office" }));
    let scene = Scene {
        us,
        node,
        peer: ForeignPeer::start(Family::EdDsa),
    };
    for id in ["D1", "D2"] {
        scene.us.put_document(id, &format!("content of {id}"));
    }
    let mut permission = json!({ "action": "use" });
    if let Some(constraint) = constraint {
        permission["constraint"] = json!([constraint]);
    }
    scene.us.ask(
        "PUT",
        "/policies/all",
        Some(&json!({ "@id": "all", "@type": "Set", "permission": [{ "action": "use" }] })),
    );
    scene.us.ask(
        "PUT",
        "/policies/use",
        Some(&json!({ "@id": "use", "@type": "Set", "permission": [permission] })),
    );
    let offer = json!({ "accessPolicy": "all", "contractPolicy": "use", "selector": [], "mode": "auto" });
    scene.us.ask("PUT", "/offers/CD1", Some(&offer));
    scene
}

impl Scene {
    fn say(&self, path: &str, message: &Value) -> Response {
        self.peer.saying(&self.us, path, Some(message)).say().answer
    }

    /// Negotiates about `dataset` to the end; the agreement's id.
    fn agreed(&self, dataset: &str) -> String {
        let shown = self
            .peer
            .saying(&self.us, &format!("/catalog/datasets/{dataset}"), None)
            .say()
            .answer
            .value();
        let mut offer = shown["hasPolicy"][0].clone();
        offer["target"] = json!(dataset);
        let consumer_pid = words::fresh();
        let request = json!({
            "@context": [CONTEXT], "@type": "ContractRequestMessage", "consumerPid": consumer_pid,
            "offer": offer, "callbackAddress": self.peer.callback(),
        });
        let answer = self.say("/negotiations/request", &request);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let pid = answer.value()["providerPid"].as_str().unwrap().to_owned();
        let agreement = self.peer.hears("/agreement", &consumer_pid).json();
        let verification = json!({
            "@context": [CONTEXT], "@type": "ContractAgreementVerificationMessage",
            "consumerPid": consumer_pid, "providerPid": pid,
        });
        let answer = self.say(&format!("/negotiations/{pid}/agreement/verification"), &verification);
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.peer.hears("/events", &consumer_pid);
        // In force is what the provider knows that we have: the answer to its last message must have come in.
        self.settles(&format!("/negotiations/{pid}"), "FINALIZED");
        agreement["agreement"]["@id"].as_str().unwrap().to_owned()
    }

    fn started(&self, agreement: &str) -> Open {
        let consumer_pid = words::fresh();
        let request = json!({
            "@context": [CONTEXT], "@type": "TransferRequestMessage", "consumerPid": consumer_pid,
            "agreementId": agreement, "format": FORMAT, "callbackAddress": self.peer.callback(),
        });
        let answer = self.say("/transfers/request", &request);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let start = self.peer.hears("/start", &consumer_pid).json();
        self.opened(&start)
    }

    fn opened(&self, start: &Value) -> Open {
        let text = |value: &Value| {
            value
                .as_str()
                .unwrap_or_else(|| panic!("a member is missing in {start}"))
                .to_owned()
        };
        let properties = start["dataAddress"]["endpointProperties"].as_array().unwrap();
        let property = |name: &str| {
            let found = properties.iter().find(|property| property["name"] == name);
            text(&found.unwrap()["value"])
        };
        Open {
            pid: text(&start["providerPid"]),
            consumer_pid: text(&start["consumerPid"]),
            endpoint: text(&start["dataAddress"]["endpoint"]),
            token: property("authorization"),
            renewal: property("refreshEndpoint"),
        }
    }

    fn decide(&self, open: &Open, decision: &str) {
        let path = format!("/transfers/{}/decisions", open.pid);
        let answer = self.us.call("POST", &path, Some(&json!({ "decision": decision })));
        assert_eq!(answer.status, 202, "{decision}: {}", answer.text());
    }

    fn stands(&self, open: &Open, state: &str) {
        self.settles(&format!("/transfers/{}", open.pid), state);
    }

    /// Waits until the own API shows this state with no move under way.
    fn settles(&self, path: &str, state: &str) {
        let begun = Instant::now();
        loop {
            let case = self.us.ask("GET", path, None);
            if case["state"] == state && case["pending"].is_null() {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(5), "wanted {state}: {case}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn tell(&self, open: &Open, kind: &str, tail: &str) {
        let message = json!({
            "@context": [CONTEXT], "@type": kind, "consumerPid": open.consumer_pid, "providerPid": open.pid, "code": "1",
        });
        let answer = self.say(&format!("/transfers/{}/{tail}", open.pid), &message);
        assert_eq!(answer.status, 200, "{kind}: {}", answer.text());
    }
}

fn fetch(endpoint: &str, token: &str) -> Response {
    wire::send("GET", endpoint, &[("authorization", token)], b"").unwrap()
}

fn expect(what: &str, answer: &Response, status: u16, code: &str) {
    let body = answer.value();
    assert_eq!(
        (answer.status, body["code"].as_str()),
        (status, Some(code)),
        "{what}: {}",
        answer.text()
    );
}

#[test]
fn a_token_opens_its_own_transfer_and_no_other() {
    let scene = scene(None);
    let (one, two) = (scene.started(&scene.agreed("D1")), scene.started(&scene.agreed("D2")));
    assert_eq!(fetch(&one.endpoint, &one.token).text(), "content of D1");
    assert_eq!(
        fetch(&one.endpoint, &format!("Bearer {}", one.token)).text(),
        "content of D1"
    );
    assert_eq!(fetch(&two.endpoint, &two.token).text(), "content of D2");
    expect(
        "the token of another transfer",
        &fetch(&one.endpoint, &two.token),
        401,
        "token-wrong",
    );
    expect(
        "the token of another transfer",
        &fetch(&two.endpoint, &one.token),
        401,
        "token-wrong",
    );
    expect(
        "a transfer that there is not",
        &fetch(&format!("{}x", one.endpoint), &one.token),
        401,
        "token-wrong",
    );
}

#[test]
fn a_token_is_nothing_at_another_participant() {
    let scene = scene(None);
    let annex = scene.node.add(&json!({ "slug": "annex" }));
    annex.put_document("D1", "of the annex");
    let open = scene.started(&scene.agreed("D1"));
    for slug in ["annex", "nobody"] {
        let elsewhere = open.endpoint.replace("/office/", &format!("/{slug}/"));
        expect(slug, &fetch(&elsewhere, &open.token), 401, "token-wrong");
    }
    assert_eq!(fetch(&open.endpoint, &open.token).status, 200);
}

#[test]
fn a_token_cannot_be_altered() {
    let scene = scene(None);
    let open = scene.started(&scene.agreed("D1"));
    let (claims, code) = open.token.split_once('.').unwrap();
    let read: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    for (member, value) in [
        ("exp", json!(4_102_444_800_i64)),
        ("consumer", json!("did:web:x.example")),
        ("opening", json!(2)),
    ] {
        let mut altered = read.clone();
        assert!(
            !altered[member].is_null(),
            "the token has no `{member}` any more: {read}"
        );
        altered[member] = value;
        let altered = format!("{}.{code}", URL_SAFE_NO_PAD.encode(altered.to_string()));
        expect(member, &fetch(&open.endpoint, &altered), 401, "token-wrong");
    }
    for (what, token, expected) in [
        ("no token", "", "token-missing"),
        ("no token's form", "abc", "token-malformed"),
        ("no code", claims, "token-malformed"),
        (
            "another code",
            &format!("{claims}.{}", URL_SAFE_NO_PAD.encode([7; 32])),
            "token-wrong",
        ),
    ] {
        expect(what, &fetch(&open.endpoint, token), 401, expected);
    }
    assert_eq!(fetch(&open.endpoint, &open.token).status, 200);
}

#[test]
fn a_token_ends_with_the_agreement() {
    let end = json!({ "leftOperand": "inForceDate", "operator": "lteq", "rightOperand": "contractAgreement+3s" });
    let scene = scene(Some(end));
    let agreement = scene.agreed("D1");
    let open = scene.started(&agreement);
    assert_eq!(fetch(&open.endpoint, &open.token).status, 200);
    thread::sleep(Duration::from_millis(4_200));
    expect(
        "after the end",
        &fetch(&open.endpoint, &open.token),
        401,
        "token-expired",
    );
}

#[test]
fn what_the_provider_suspends_is_closed_at_once() {
    let scene = scene(None);
    let open = scene.started(&scene.agreed("D1"));
    scene.stands(&open, "STARTED");
    scene.decide(&open, "suspend");
    expect("suspended", &fetch(&open.endpoint, &open.token), 403, "access-closed");
    scene.stands(&open, "SUSPENDED");
    scene.decide(&open, "start");
    scene.stands(&open, "STARTED");
    expect(
        "the token from before",
        &fetch(&open.endpoint, &open.token),
        403,
        "access-closed",
    );
    scene.decide(&open, "complete");
    expect("completed", &fetch(&open.endpoint, &open.token), 403, "access-closed");
}

#[test]
fn what_the_consumer_ends_is_closed() {
    let scene = scene(None);
    let agreement = scene.agreed("D1");
    for (kind, tail) in [
        ("TransferSuspensionMessage", "suspension"),
        ("TransferCompletionMessage", "completion"),
        ("TransferTerminationMessage", "termination"),
    ] {
        let open = scene.started(&agreement);
        assert_eq!(fetch(&open.endpoint, &open.token).status, 200);
        scene.tell(&open, kind, tail);
        expect(kind, &fetch(&open.endpoint, &open.token), 403, "access-closed");
    }
}

#[test]
fn a_token_is_renewed_for_its_consumer_while_access_is_open() {
    let scene = scene(None);
    let open = scene.started(&scene.agreed("D1"));
    let renewed = |peer: &ForeignPeer, at: &Open| {
        let mut asked = peer.saying(&scene.us, "", Some(&json!({})));
        asked.url.clone_from(&at.renewal);
        asked.say().answer
    };
    // Tokens tell seconds.
    thread::sleep(Duration::from_millis(1100));
    let answer = renewed(&scene.peer, &open);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut start = json!({ "providerPid": open.pid, "consumerPid": open.consumer_pid });
    start["dataAddress"] = answer.value();
    let fresh = scene.opened(&start);
    assert_eq!(fresh.endpoint, open.endpoint);
    assert_ne!(fresh.token, open.token);
    for token in [&open.token, &fresh.token] {
        assert_eq!(fetch(&open.endpoint, token).status, 200);
    }
    let stranger = ForeignPeer::start(Family::EdDsa);
    expect("another's", &renewed(&stranger, &open), 404, "not-found");
    scene.decide(&open, "suspend");
    expect("closed", &renewed(&scene.peer, &open), 403, "access-closed");
    expect(
        "the fresh one too",
        &fetch(&open.endpoint, &fresh.token),
        403,
        "access-closed",
    );
}

#[test]
fn a_suspension_that_the_peer_refuses_stays() {
    let scene = scene(None);
    let open = scene.started(&scene.agreed("D1"));
    scene.stands(&open, "STARTED");
    scene.peer.refuse("/suspension", 400);
    scene.decide(&open, "suspend");
    scene.peer.hears("/suspension", &open.consumer_pid);
    let begun = Instant::now();
    while scene.us.ask("GET", &format!("/transfers/{}", open.pid), None)["error"].is_null() {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "the peer's refusal is not shown"
        );
        thread::sleep(Duration::from_millis(5));
    }
    expect(
        "after the refusal",
        &fetch(&open.endpoint, &open.token),
        403,
        "access-closed",
    );
}

#[test]
fn an_open_stream_is_cut_when_access_closes() {
    let scene = scene(None);
    let url = format!("{}/documents/D3", scene.us.api);
    let bearer = format!("Bearer {}", scene.us.key);
    let put = wire::send(
        "PUT",
        &url,
        &[("authorization", &bearer), ("content-type", "application/octet-stream")],
        &vec![7; LARGE],
    );
    assert!(put.unwrap().is_good());
    let agreement = scene.agreed("D3");
    for decision in ["suspend", "complete", "terminate"] {
        let open = scene.started(&agreement);
        scene.stands(&open, "STARTED");
        let (status, _, mut body) = wire::open("GET", &open.endpoint, &[("authorization", &open.token)], b"").unwrap();
        assert_eq!(status, 200);
        let mut some = vec![0; 64 * 1024];
        body.read_exact(&mut some).unwrap();
        scene.decide(&open, decision);
        thread::sleep(REVOKED);
        // What lies in the buffers of the connection is all that may still come.
        let mut rest = Vec::new();
        let end = body.read_to_end(&mut rest);
        assert!(end.is_err(), "{decision}: the stream ran to its end");
        assert!(
            rest.len() < LARGE - some.len(),
            "{decision}: {} bytes still came",
            rest.len()
        );
    }
}
