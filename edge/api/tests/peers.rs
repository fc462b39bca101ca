//! What the loop makes of a peer's messages where one node is not enough to see it from outside: what is written down of
//! refusals, how many cases a peer may have open, and two loops over one store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_dsp::negotiation::Message;
use chapar_exchange::Actor;
use chapar_exchange::negotiation::Decision;
use chapar_runtime::{Outbound, Quota, Runtime};
use chapar_test_node::{Node, OURS, fresh, inbound, loop_over, nowhere, offer};
use serde_json::{Value, json};

const FREELY: Quota = Quota {
    per_second: 1_000_000,
    burst: 1_000_000,
};
/// Refusals of one peer that are written down at once.
const WRITTEN_DOWN: usize = 1000;

async fn say(runtime: &Runtime, pid: Option<&str>, message: Message, body: &Value) -> Outbound {
    let inbound = inbound(OURS, "negotiations", body);
    runtime.negotiation_message(OURS, pid, &[message], inbound).await
}

fn request(consumer_pid: &str, offer: &Value) -> Value {
    json!({
        "@context": [chapar_dsp::CONTEXT], "@type": "ContractRequestMessage", "consumerPid": consumer_pid,
        "callbackAddress": nowhere(), "offer": offer,
    })
}

fn about(consumer_pid: &str, provider_pid: &str, kind: &str, more: &Value) -> Value {
    let mut body = json!({
        "@context": [chapar_dsp::CONTEXT], "@type": kind, "consumerPid": consumer_pid, "providerPid": provider_pid,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn acceptance(consumer_pid: &str, provider_pid: &str) -> Value {
    let event = json!({ "eventType": "ACCEPTED" });
    about(consumer_pid, provider_pid, "ContractNegotiationEventMessage", &event)
}

/// Our decision to make the offer that stands in the stock.
fn offering() -> Decision {
    Decision::Offer(chapar_dsp::Offer::parse_in_message(&offer("a")).unwrap())
}

fn value(answer: &Outbound) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
}

/// A negotiation that the peer began, with both pids.
async fn begun(runtime: &Runtime) -> (String, String) {
    let consumer = format!("urn:pid:{}", fresh());
    let answer = say(runtime, None, Message::Request, &request(&consumer, &offer("a"))).await;
    assert_eq!(answer.status, 201, "{}", value(&answer));
    (consumer, value(&answer)["providerPid"].as_str().unwrap().to_owned())
}

async fn stocked(open_cases: i64) -> Node {
    let node = Node::start_bounded(FREELY, open_cases).await;
    node.stock(&node.admin(OURS).await, "a").await;
    node
}

#[tokio::test]
async fn every_refusal_of_a_known_peer_is_written_down_until_there_are_too_many() {
    let node = stocked(1000).await;
    let (consumer, provider) = begun(&node.runtime).await;
    let accepted = acceptance(&consumer, &provider);
    let elsewhere = request(
        "urn:pid:x",
        &json!({ "@type": "Offer", "@id": "none:none:1", "permission": [{ "action": "use" }], "target": "none" }),
    );
    let rows = [
        (None, Message::Request, json!({ "no": "message" }), 400, None),
        (None, Message::Request, elsewhere, 404, None),
        (Some("urn:uuid:nobody"), Message::Accepted, accepted.clone(), 404, None),
        (
            Some(provider.as_str()),
            Message::Accepted,
            accepted,
            400,
            Some(provider.as_str()),
        ),
    ];
    let before = node.store.evidence_after(OURS, 0, 9999).await.unwrap().len();
    for (number, (pid, message, body, status, case)) in rows.iter().enumerate() {
        let answer = say(&node.runtime, *pid, *message, body).await;
        assert_eq!(answer.status, *status, "{number}: {}", value(&answer));
        let entries = node.store.evidence_after(OURS, 0, 9999).await.unwrap();
        assert_eq!(entries.len(), before + number + 1, "{number}");
        let entry = &entries.last().unwrap().row;
        assert_eq!(
            (entry.kind.as_str(), entry.case_id.as_deref()),
            ("negotiation.message.refused", *case)
        );
        let written: Value = serde_json::from_slice(&entry.body).unwrap();
        assert_eq!(written["refused"]["code"], value(&answer)["code"], "{number}");
        let raw: Value = serde_json::from_slice(entry.raw.as_ref().unwrap()).unwrap();
        let kept = STANDARD.decode(raw["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            kept,
            body.to_string().into_bytes(),
            "{number}: the message itself is kept"
        );
    }
    for _ in 0..WRITTEN_DOWN + 50 {
        let answer = say(&node.runtime, None, Message::Request, &json!({ "no": "message" })).await;
        assert_eq!(answer.status, 400, "it is answered all the same");
    }
    let written = node.store.evidence_after(OURS, 0, 9999).await.unwrap().len() - before;
    // While this ran, a second or a few went by, and each allows one more.
    assert!((WRITTEN_DOWN..WRITTEN_DOWN + 40).contains(&written), "{written}");
}

#[tokio::test]
async fn a_peer_with_too_many_open_cases_is_told_to_end_some() {
    let node = stocked(2).await;
    let (consumer, provider) = begun(&node.runtime).await;
    begun(&node.runtime).await;
    let third = request(&format!("urn:pid:{}", fresh()), &offer("a"));
    let refused = say(&node.runtime, None, Message::Request, &third).await;
    assert_eq!(
        (refused.status, value(&refused)["code"].as_str().unwrap()),
        (429, "too-many-open-cases")
    );
    assert!(refused.headers.iter().any(|(name, _)| name == "retry-after"));
    // A repeat of what was taken is no new case.
    let repeat = say(&node.runtime, None, Message::Request, &request(&consumer, &offer("a"))).await;
    assert_eq!(repeat.status, 201);
    let end = about(
        &consumer,
        &provider,
        "ContractNegotiationTerminationMessage",
        &json!({}),
    );
    let ended = say(&node.runtime, Some(&provider), Message::Termination, &end).await;
    assert_eq!(ended.status, 200, "{}", value(&ended));
    assert_eq!(say(&node.runtime, None, Message::Request, &third).await.status, 201);
}

/// Each loop remembers the case as it committed it last; the other one goes on with it.
#[tokio::test]
async fn two_loops_over_one_store_never_act_on_what_is_behind() {
    let node = stocked(1000).await;
    let other = loop_over(&node.store, FREELY, 1000).await;
    let actor = Actor::Node;

    // A guess that would refuse: the other loop has made an offer that this one knows nothing of.
    let (consumer, provider) = begun(&node.runtime).await;
    other
        .decide_negotiation(OURS, &provider, offering(), &actor)
        .await
        .unwrap();
    let accepted = acceptance(&consumer, &provider);
    let answer = say(&node.runtime, Some(&provider), Message::Accepted, &accepted).await;
    assert_eq!(answer.status, 200, "{}", value(&answer));

    // A guess that would refuse a decision: our move under way was implied by what the other loop has heard.
    let (consumer, provider) = begun(&node.runtime).await;
    let ours = &node.runtime;
    ours.decide_negotiation(OURS, &provider, offering(), &actor)
        .await
        .unwrap();
    let accepted = acceptance(&consumer, &provider);
    assert_eq!(
        say(&other, Some(&provider), Message::Accepted, &accepted).await.status,
        200
    );
    ours.decide_negotiation(OURS, &provider, Decision::Agree, &actor)
        .await
        .unwrap();

    // A guess that would accept: the other loop has heard the end of the negotiation.
    let (consumer, provider) = begun(&node.runtime).await;
    let end = about(
        &consumer,
        &provider,
        "ContractNegotiationTerminationMessage",
        &json!({ "code": "first" }),
    );
    assert_eq!(
        say(&other, Some(&provider), Message::Termination, &end).await.status,
        200
    );
    let late = node
        .runtime
        .decide_negotiation(OURS, &provider, offering(), &actor)
        .await;
    assert!(late.is_err(), "an offer in a negotiation that has ended");
    let again = about(
        &consumer,
        &provider,
        "ContractNegotiationTerminationMessage",
        &json!({ "code": "second" }),
    );
    let answer = say(&node.runtime, Some(&provider), Message::Termination, &again).await;
    assert_eq!(answer.status, 400, "{}", value(&answer));
}
