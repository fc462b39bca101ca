//! What a consumer gets for its token, and what it does not get.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod node;

use chapar_dsp::transfer::Message;
use chapar_runtime::Flow;
use chapar_runtime::desk::{Actor, Page};
use chapar_store::AccessRow;
use chapar_terms::Digest;
use node::{Given, Node, bytes, open};
use serde_json::json;
use std::io::ErrorKind;

const SIZE: usize = 300_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_comes_whole_with_its_digests() {
    let mut node = Node::start("whole").await;
    node.document("uz-plant", "registry", SIZE).await;
    let given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    let digest = Digest::of(&bytes(0, SIZE));
    for token in [given.token.clone(), format!("Bearer {}", given.token)] {
        let got = node.get(given.path(), &[("Authorization", &token)]).await;
        assert_eq!(got.status, 200, "{}", got.head);
        assert!(got.body == bytes(0, SIZE), "{} bytes", got.body.len());
        assert_eq!(got.field("content-length"), Some("300000"));
        assert_eq!(got.field("content-type"), Some("application/xml"));
        assert_eq!(got.field("accept-ranges"), Some("bytes"));
        assert_eq!(got.field("etag"), Some(format!("\"{}\"", digest.hex()).as_str()));
        let sum = format!("sha-256=:{}:", digest.base64());
        assert_eq!(got.field("repr-digest"), Some(sum.as_str()));
        assert_eq!(got.field("content-digest"), Some(sum.as_str()));
    }
    let got = node
        .request(
            "HEAD",
            given.path(),
            &[("Authorization", &given.token), ("Range", "bytes=0-1")],
        )
        .await;
    assert_eq!(
        (got.status, got.field("content-length"), got.body.len()),
        (200, Some("300000"), 0)
    );
    assert!(got.field("repr-digest").is_some() && got.field("content-digest").is_none());

    let seen: Vec<_> = node
        .accesses(&given)
        .await
        .iter()
        .map(|row| (row.status, row.bytes))
        .collect();
    assert_eq!(seen, [(200, 300_000), (200, 300_000), (200, 0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_are_served() {
    let mut node = Node::start("ranges").await;
    node.document("uz-plant", "registry", SIZE).await;
    let given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    let tag = format!("\"{}\"", Digest::of(&bytes(0, SIZE)).hex());
    let table = [
        ("bytes=10-19", None, 206, 10, 20),
        ("bytes=-5", None, 206, SIZE - 5, SIZE),
        ("bytes=131070-262150", None, 206, 131_070, 262_151),
        ("bytes=10-19", Some(tag.as_str()), 206, 10, 20),
        ("bytes=10-19", Some("\"another\""), 200, 0, SIZE),
        ("bytes=0-1,5-6", None, 200, 0, SIZE),
    ];
    for (range, condition, status, first, end) in table {
        let mut fields = vec![("Authorization", given.token.as_str()), ("Range", range)];
        fields.extend(condition.map(|tag| ("If-Range", tag)));
        let got = node.get(given.path(), &fields).await;
        assert_eq!(got.status, status, "{range}: {}", got.head);
        assert!(got.body == bytes(first, end), "{range}: {} bytes", got.body.len());
        let place = (status == 206).then(|| format!("bytes {first}-{}/{SIZE}", end - 1));
        assert_eq!(got.field("content-range"), place.as_deref());
        assert_eq!(got.field("content-digest").is_some(), status == 200);
        assert!(got.field("repr-digest").is_some());
    }
    let got = node
        .get(
            given.path(),
            &[("Authorization", &given.token), ("Range", "bytes=300000-")],
        )
        .await;
    assert_eq!((got.status, got.code()), (416, "range-beyond-end".to_owned()));
    assert_eq!(got.field("content-range"), Some("bytes */300000"));
    let got = node
        .get(
            given.path(),
            &[("Authorization", &given.token), ("If-None-Match", &tag)],
        )
        .await;
    assert_eq!((got.status, got.body.len()), (304, 0));

    let rows = node.accesses(&given).await;
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.range.as_deref(), row.status, row.bytes))
        .collect();
    assert_eq!(seen.len(), 8);
    assert_eq!(seen[0], (Some("bytes=10-19"), 206, 10));
    assert_eq!(seen[6], (Some("bytes=300000-"), 416, 0));
    assert_eq!(seen[7], (None, 304, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_there_before_the_first_byte_and_complete_after_the_last() {
    let mut node = Node::start("record").await;
    node.document("uz-plant", "registry", SIZE).await;
    let given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    let desk = node.runtime.desk("uz-plant", Actor::Node).unwrap();
    let page = Page::new(None, None).unwrap();
    let mut flow = open(&node.runtime, &given, Some("bytes=0-")).await.unwrap();
    let begun = node.accesses_now(&given).await;
    assert_eq!(
        (begun.len(), begun[0].range.as_deref(), begun[0].ended_at),
        (1, Some("bytes=0-"), None)
    );
    let shown = desk.accesses(&given.transfer, &page).await.unwrap();
    assert_eq!(shown["items"][0]["state"], "open");
    flow.answered(206);
    let sent = flow.read().await.unwrap().len();
    drop(flow);
    let ended = node.accesses(&given).await;
    assert_eq!((ended[0].status, ended[0].bytes), (206, i64::try_from(sent).unwrap()));
    assert!(ended[0].ended_at.is_some_and(|ended_at| ended_at >= ended[0].at));

    // As an earlier run would have left it.
    let left = AccessRow {
        id: "left".to_owned(),
        at: 1,
        status: 0,
        bytes: 0,
        ended_at: None,
        ..ended[0].clone()
    };
    node.store.add_access(left).await.unwrap();
    let page = Page::new(None, Some(1)).unwrap();
    let first = desk.accesses(&given.transfer, &page).await.unwrap();
    assert_eq!(first["items"][0]["state"], "cut off");
    let next = first["next"].as_str().unwrap().to_owned();
    let second = desk
        .accesses(&given.transfer, &Page::new(Some(next), None).unwrap())
        .await
        .unwrap();
    assert_eq!(
        (
            second["items"].as_array().unwrap().len(),
            &second["items"][0]["state"],
            &second["items"][0]["bytes"]
        ),
        (1, &json!("ended"), &json!(sent))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_to_who_holds_no_token_of_it() {
    let mut node = Node::start("refused").await;
    node.document("uz-plant", "registry", 10).await;
    node.document("kg-vet", "herds", 10).await;
    let given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    let second = node.transfer("uz-plant", "registry", "urn:uuid:c2").await;
    let other = node.transfer("kg-vet", "herds", "urn:uuid:c1").await;
    let paths = [
        given.path().to_owned(),
        "/uz-plant/data/urn:uuid:unknown".to_owned(),
        "/nobody/data/urn:uuid:unknown".to_owned(),
        "/UZ%00/data/x".to_owned(),
        "/%ff/data/x".to_owned(),
        given.path().replace("uz-plant", "kg-vet"),
    ];
    let altered = format!("{}A", &second.token[..second.token.len() - 1]);
    let table: [(Option<&str>, &str); 5] = [
        (None, "token-missing"),
        (Some("Bearer nonsense"), "token-malformed"),
        (Some(&second.token), "token-wrong"),
        (Some(&other.token), "token-wrong"),
        (Some(&altered), "token-wrong"),
    ];
    for (token, code) in table {
        let mut first: Option<Vec<u8>> = None;
        for path in &paths {
            let fields: Vec<_> = token.map(|token| ("Authorization", token)).into_iter().collect();
            let got = node.get(path, &fields).await;
            assert_eq!(got.status, 401, "{path}: {}", got.head);
            assert_eq!(got.field("www-authenticate"), Some("Bearer"));
            assert!(
                [code, "token-malformed"].contains(&got.code().as_str()),
                "{path}: {}",
                got.code()
            );
            assert_eq!(first.get_or_insert(got.body.clone()), &got.body, "{path} is told apart");
        }
    }
    assert!(node.accesses(&given).await.is_empty(), "who is unknown writes nothing");
    let twice = [
        ("Authorization", given.token.as_str()),
        ("Authorization", given.token.as_str()),
    ];
    assert_eq!(node.get(given.path(), &twice).await.code(), "token-malformed");
    assert_eq!(node.get(given.path(), &twice[..1]).await.body, bytes(0, 10));
}

/// Opens a flow and reads the first piece of it.
async fn opened(node: &Node, given: &Given) -> Flow {
    let mut flow = open(&node.runtime, given, None).await.unwrap();
    assert!(!flow.read().await.unwrap().is_empty());
    flow
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_begins_nothing_after_its_hour_and_what_it_began_goes_on() {
    let mut node = Node::start("hour").await;
    node.document("uz-plant", "registry", 4_000_000).await;
    let given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    let mut flow = opened(&node, &given).await;
    node.clock.forward(60 * 60 * 1000);
    let got = node.get(given.path(), &[("Authorization", &given.token)]).await;
    assert_eq!((got.status, got.code()), (401, "token-expired".to_owned()));
    assert!(!flow.read().await.unwrap().is_empty());
    node.clock.forward(24 * 60 * 60 * 1000);
    assert!(!flow.read().await.unwrap().is_empty());
    node.tell(&given, Message::Suspension).await;
    assert_eq!(flow.read().await.unwrap_err().kind(), ErrorKind::PermissionDenied);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_ends_with_the_agreement() {
    let mut node = Node::start("window").await;
    node.document("uz-plant", "registry", 4_000_000).await;
    let end = node.runtime.now().plus_ms(90 * 60 * 1000);
    let window = json!([{ "leftOperand": "dateTime", "operator": "lteq", "rightOperand": end.rfc3339() }]);
    let given = node
        .transfer_under("uz-plant", "registry", "urn:uuid:c1", &window)
        .await;
    let mut flow = opened(&node, &given).await;
    node.clock.forward(80 * 60 * 1000);
    assert!(
        !flow.read().await.unwrap().is_empty(),
        "it is older than its token and within the window"
    );
    node.clock.forward(11 * 60 * 1000);
    assert_eq!(flow.read().await.unwrap_err().kind(), ErrorKind::PermissionDenied);
}
