//! Access that is taken back: new requests and open streams alike.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod node;

use chapar_dsp::transfer::Message;
use node::{Given, Node, open, split};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;

/// More than all buffers between disk and reader hold.
const LARGE: usize = 64 * 1024 * 1024;

async fn status(node: &Node, given: &Given) -> (u16, String) {
    let got = node
        .get(given.path(), &[("Authorization", &given.token), ("Range", "bytes=0-0")])
        .await;
    let code = if got.status == 206 { String::new() } else { got.code() };
    (got.status, code)
}

/// Opens a stream, reads a piece, sends `message`, reads on: the stream ends short within a second.
async fn cut_by(name: &str, message: Message) {
    let mut node = Node::start(name).await;
    node.document("uz-plant", "registry", LARGE).await;
    let given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    let mut stream = node.ask("GET", given.path(), &[("Authorization", &given.token)]).await;
    let mut all = vec![0; 1024 * 1024];
    stream.read_exact(&mut all).await.unwrap();
    assert_eq!(node.runtime.open_flows(), 1);

    node.tell(&given, message).await;
    let asked = Instant::now();
    let rest = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut all)).await;
    assert!(rest.is_ok(), "the stream is still open");
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "cut after {:?}",
        asked.elapsed()
    );
    let got = split(all);
    assert_eq!(
        (got.status, got.field("content-length")),
        (200, Some(LARGE.to_string().as_str()))
    );
    assert!(got.body.len() < LARGE, "the whole document came");
    assert_eq!(status(&node, &given).await, (403, "access-closed".to_owned()));
    assert_eq!(node.runtime.open_flows(), 0);

    let rows = node.accesses(&given).await;
    let seen: Vec<_> = rows.iter().map(|row| row.status).collect();
    assert_eq!(seen, [200, 403]);
    let sent = usize::try_from(rows[0].bytes).unwrap();
    assert!(
        sent >= got.body.len() && sent < LARGE,
        "{sent} bytes are said to be sent, {} came",
        got.body.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_cuts_an_open_stream() {
    cut_by("suspend", Message::Suspension).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_cuts_an_open_stream() {
    cut_by("complete", Message::Completion).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_termination_cuts_an_open_stream() {
    cut_by("terminate", Message::Termination).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_brings_a_fresh_token_and_the_old_one_stays_dead() {
    let mut node = Node::start("resume").await;
    node.document("uz-plant", "registry", 100).await;
    let old = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    assert_eq!(status(&node, &old).await.0, 206);
    node.tell(&old, Message::Suspension).await;
    assert_eq!(status(&node, &old).await, (403, "access-closed".to_owned()));
    node.tell(&old, Message::Start).await;
    let mut fresh = old.clone();
    node.started(&mut fresh).await;
    assert_ne!(fresh.token, old.token);
    assert_eq!(status(&node, &fresh).await.0, 206);
    assert_eq!(status(&node, &old).await, (403, "access-closed".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn access_is_renewed_at_its_place_and_the_fresh_token_outlives_the_old_one() {
    let mut node = Node::start("renew").await;
    node.document("uz-plant", "registry", 100).await;
    let old = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    node.clock.forward(50 * 60 * 1000);
    let (answered, fresh) = node.renewed(&old, old.slug).await;
    assert_eq!(answered, 200);
    let fresh = fresh.unwrap();
    node.clock.forward(20 * 60 * 1000);
    assert_eq!(status(&node, &old).await, (401, "token-expired".to_owned()));
    assert_eq!(status(&node, &fresh).await.0, 206);
    assert_eq!(
        node.renewed(&old, "kg-vet").await.0,
        404,
        "it is no transfer of that one"
    );
    node.tell(&old, Message::Suspension).await;
    assert_eq!(node.renewed(&old, old.slug).await.0, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_flow_slips_through_a_suspension() {
    let mut node = Node::start("race").await;
    node.document("uz-plant", "registry", 8 * 1024 * 1024).await;
    let mut given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    for round in 0..20 {
        let flows: Vec<_> = (0..12)
            .map(|index| {
                let (runtime, given) = (node.runtime.clone(), given.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_micros(index * 300)).await;
                    let Ok(mut flow) = open(&runtime, &given, None).await else {
                        return;
                    };
                    // Slow enough that the document never ends by itself within the round.
                    while flow.read().await.is_ok_and(|chunk| !chunk.is_empty()) {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                })
            })
            .collect();
        node.tell(&given, Message::Suspension).await;
        let asked = Instant::now();
        for flow in flows {
            flow.await.unwrap();
        }
        assert!(
            asked.elapsed() < Duration::from_secs(1),
            "round {round}: a flow lived for {:?}",
            asked.elapsed()
        );
        node.tell(&given, Message::Start).await;
        node.started(&mut given).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_stream_is_told_at_once() {
    let mut node = Node::start("waiting").await;
    node.document("uz-plant", "registry", LARGE).await;
    let given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    // The reader takes nothing, so the sender waits for room.
    let mut stream = node.ask("GET", given.path(), &[("Authorization", &given.token)]).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    node.tell(&given, Message::Suspension).await;
    let mut all = Vec::new();
    let rest = tokio::time::timeout(Duration::from_secs(1), stream.read_to_end(&mut all)).await;
    assert!(rest.is_ok(), "the stream is still open");
    assert!(all.len() < LARGE / 2, "{} bytes came after the end", all.len());
}
