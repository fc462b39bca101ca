//! Agreements that are gone by no more: what may not begin, what is ended and told, and what a crash in between leaves for the next
//! start. What the two sides of a real exchange see of it is judged end to end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_dsp::transfer::Message;
use chapar_test_node::{As, Node, OURS, field, fresh, inbound, nowhere};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const REASON: &str = "the plant has closed";

async fn stocked() -> (Node, As) {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    node.stock(&admin, "ours").await;
    (node, admin)
}

/// A transfer that a peer began, and its agreement.
async fn transfer(node: &Node, admin: &As) -> (String, String) {
    let transfer = node.transfer(OURS, "ours").await;
    let view = node.done(admin, "GET", &format!("/transfers/{transfer}"), None).await;
    (transfer, view["agreementId"].as_str().unwrap().to_owned())
}

/// A peer's request for a transfer under `agreement`: the status and the code of a refusal.
async fn asked_for(node: &Node, agreement: &str) -> (u16, Value) {
    let body = json!({
        "@context": [chapar_dsp::CONTEXT], "@type": "TransferRequestMessage", "consumerPid": format!("urn:pid:{}", fresh()),
        "callbackAddress": nowhere(), "agreementId": agreement, "format": "HttpData-PULL",
    });
    let inbound = inbound(OURS, "transfers", &body);
    let answer = node
        .runtime
        .transfer_message(OURS, None, &[Message::Request], inbound)
        .await;
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    (answer.status, body["code"].clone())
}

async fn retire(node: &Node, admin: &As, agreement: &str) -> Value {
    let path = format!("/agreements/{agreement}/retirement");
    node.done(admin, "POST", &path, Some(&json!({ "reason": REASON })))
        .await
}

#[tokio::test]
async fn nothing_begins_and_what_goes_on_ends_until_it_is_reactivated() {
    let (node, admin) = stocked().await;
    let (transfer, agreement) = transfer(&node, &admin).await;
    let (other, _) = self::transfer(&node, &admin).await;
    let mut events = node.events(&admin, "", None).await;
    let view = retire(&node, &admin, &agreement).await;
    assert_eq!(view["retired"]["reason"], REASON);
    let event = events.event().await.unwrap();
    assert_eq!(field(&event, "event"), "agreement.retired");
    assert_eq!(serde_json::from_str::<Value>(field(&event, "data")).unwrap(), view);
    let ended = node.done(&admin, "GET", &format!("/transfers/{transfer}"), None).await;
    assert_eq!(ended["phase"], "TERMINATING", "{ended}");
    assert_eq!(
        ended["ended"],
        json!({
            "by": "provider", "code": "agreement-retired",
            "reason": ["the agreement was retired: the plant has closed"],
        })
    );
    let untouched = node.done(&admin, "GET", &format!("/transfers/{other}"), None).await;
    assert_eq!(untouched["phase"], "REQUESTED", "it is under another agreement");
    assert_eq!(asked_for(&node, &agreement).await, (403, json!("agreement-retired")));

    let listed = node.done(&admin, "GET", "/retirements", None).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&listed["items"][0]["agreement"], &listed["items"][0]["at"]),
        (&json!(agreement), &view["retired"]["at"])
    );
    let path = format!("/agreements/{agreement}/retirement");
    node.done(&admin, "DELETE", &path, None).await;
    assert_eq!(asked_for(&node, &agreement).await.0, 201);
    let view = node
        .done(&admin, "GET", &format!("/agreements/{agreement}"), None)
        .await;
    assert!(view.get("retired").is_none(), "{view}");

    let entries = node.store.evidence_after(OURS, 0, 1000).await.unwrap();
    let decisions = entries.iter().filter(|entry| entry.row.kind == "agreement.decision");
    let decisions: Vec<Value> = decisions
        .map(|entry| serde_json::from_slice(&entry.row.body).unwrap())
        .collect();
    let words: Vec<_> = decisions
        .iter()
        .map(|body| body["decision"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["retire", "reactivate"]);
    assert_eq!(decisions[0]["detail"]["reason"], REASON);
    assert!(decisions[0]["actor"].as_str().unwrap().ends_with(":admin"));
}

#[tokio::test]
async fn an_agreement_is_retired_with_a_reason_and_once() {
    let (node, admin) = stocked().await;
    let (_, agreement) = transfer(&node, &admin).await;
    let path = format!("/agreements/{agreement}/retirement");
    for reason in ["", "  ", &"x".repeat(1025)] {
        let got = node
            .ask(&admin, "POST", &path, Some(&json!({ "reason": reason })))
            .await;
        assert_eq!((got.status, got.code()), (400, "wrong-reason"));
    }
    let got = node.ask(&admin, "DELETE", &path, None).await;
    assert_eq!((got.status, got.code()), (404, "not-found"), "it is not retired");
    retire(&node, &admin, &agreement).await;
    let again = node
        .ask(&admin, "POST", &path, Some(&json!({ "reason": "again" })))
        .await;
    assert_eq!((again.status, again.code()), (409, "conflict"));
    let view = node
        .done(&admin, "GET", &format!("/agreements/{agreement}"), None)
        .await;
    assert_eq!(view["retired"]["reason"], REASON, "the first one stands");
}

#[tokio::test]
async fn we_begin_nothing_under_what_we_retired() {
    let (node, admin) = stocked().await;
    let agreement = format!("urn:agreement:ours:{}", fresh());
    node.agreement(OURS, &agreement, "ours", "consumer").await;
    let body = json!({ "agreement": agreement });
    node.done(&admin, "POST", "/transfers", Some(&body)).await;
    retire(&node, &admin, &agreement).await;
    let got = node.ask(&admin, "POST", "/transfers", Some(&body)).await;
    assert_eq!((got.status, got.code()), (409, "agreement-retired"));
}

#[tokio::test]
async fn what_a_crash_left_going_is_ended_at_the_next_start() {
    let (node, admin) = stocked().await;
    let (transfer, agreement) = transfer(&node, &admin).await;
    // All that was durable when the node died.
    node.retired(OURS, &agreement, REASON).await;
    let path = format!("/transfers/{transfer}");
    assert_eq!(node.done(&admin, "GET", &path, None).await["phase"], "REQUESTED");
    let node = node.start_again().await;
    let begun = Instant::now();
    loop {
        let view = node.done(&admin, "GET", &path, None).await;
        if view["phase"] == "TERMINATING" {
            assert_eq!(view["ended"]["code"], "agreement-retired");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{view}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
