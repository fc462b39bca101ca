//! Where a host and its participants say which versions of the protocol they speak.
#![allow(clippy::unwrap_used, reason = "a test may stop loudly")]

use chapar_test_node::{KEYED, Node, OURS, THEIRS};
use serde_json::{Value, json};

const PLACE: &str = "/.well-known/dspace-version";

fn document(path: &str) -> Value {
    json!({ "protocolVersions": [{ "version": "2025-1", "path": path, "binding": "HTTPS" }] })
}

/// One base stands for the host only as long as there is no other: to name the first of two would send a peer to the wrong one.
#[tokio::test]
async fn a_host_has_a_document_of_its_own_while_it_has_one_participant() {
    let node = Node::start().await;
    let alone = document(&format!("/{KEYED}/dsp/2025-1"));
    for (leaves, of_the_host) in [
        (None, (404, Value::Null)),
        (Some(OURS), (404, Value::Null)),
        (Some(THEIRS), (200, alone)),
        (Some(KEYED), (404, Value::Null)),
    ] {
        if let Some(slug) = leaves {
            let path = format!("/management/v5beta/participants/{slug}");
            let gone = node.manage(Some(&node.operator), "DELETE", &path, None).await;
            assert_eq!(gone.status, 204, "{}", gone.json);
        }
        let here: Vec<String> = node.runtime.everyone().iter().map(|one| one.slug.to_string()).collect();
        let got = node.read_public(PLACE).await;
        assert_eq!((got.status, got.json), of_the_host, "of {here:?}");
        for slug in [OURS, THEIRS, KEYED] {
            let own = match here.iter().any(|one| one == slug) {
                true => (200, document("/2025-1")),
                false => (404, Value::Null),
            };
            let got = node.read_public(&format!("/{slug}/dsp{PLACE}")).await;
            assert_eq!((got.status, got.json), own, "{slug} of {here:?}");
        }
    }
}
