//! The register in the terms of standards over the public door. Whether the documents please the shapes of the standards is the judge
//! `rdf`'s to say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

use axum::body::Body;
use axum::http::Request;
use chapar_test_node::described::Described;
use chapar_test_node::{Got, KEYED, Node, read};
use serde_json::json;
use std::sync::LazyLock;
use std::time::Duration;
use tower_service::Service;

static DOOR: LazyLock<Described> = LazyLock::new(|| Described::new(chapar_api::register::description()));

/// Asks the door; the answer must be as its description has it.
async fn get(node: &Node, path: &str, known: Option<&str>) -> Got {
    let mut request = Request::builder().uri(format!("/chapar/v1/register{path}"));
    if let Some(tag) = known {
        request = request.header("if-none-match", tag);
    }
    let mut router = chapar_api::register::router(node.runtime.clone());
    let response = router.call(request.body(Body::empty()).unwrap()).await.unwrap();
    if known.is_some() {
        return read(response).await;
    }
    let asked = Request::builder()
        .uri(format!("/chapar/v1/register{path}"))
        .body(Body::empty())
        .unwrap();
    let (asked, _) = Described::asked(asked).await;
    read(DOOR.answered(&asked, response).await).await
}

/// Asks for the form that a reader would rather have.
async fn accepted(node: &Node, path: &str, accept: &str) -> Got {
    let request = Request::builder()
        .uri(format!("/chapar/v1/register{path}"))
        .header("accept", accept);
    let mut router = chapar_api::register::router(node.runtime.clone());
    read(router.call(request.body(Body::empty()).unwrap()).await.unwrap()).await
}

fn text(got: &Got) -> String {
    String::from_utf8(got.bytes.clone()).unwrap()
}

/// A node with three datasets, the newest with a title that no XML may have as it is.
async fn stocked() -> Node {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let mut count = 0;
    for (name, title) in [("one", "One"), ("two", "Two"), ("three", "A < B & \"C\"\u{1}")] {
        let draft = json!({
            "kind": "dataset",
            "name": name,
            "noPersonalData": true,
            "body": {
                "title": { "ru": format!("{title} (пример)"), "en": format!("{title} (sample)") },
                "description": { "en": "Sample" },
                "publisher": { "name": { "en": "Agency (sample)" } },
            },
        });
        node.done(&who, "POST", "/records", Some(&draft)).await;
        count += 1;
        in_catalogue(&node, count).await;
    }
    node
}

/// What comes alone comes in order.
async fn in_catalogue(node: &Node, count: u64) {
    for _ in 0..400 {
        if get(node, "/counts", None).await.json["records"] == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the records did not come into the catalogue");
}

fn next(got: &Got) -> Option<String> {
    let link = got.headers.get("link")?.to_str().unwrap();
    let (query, rest) = link.strip_prefix('<').unwrap().split_once('>').unwrap();
    assert_eq!(rest, "; rel=\"next\"");
    Some(query.to_owned())
}

#[tokio::test]
async fn a_document_comes_in_parts_that_hold_everything_open_once() {
    let node = stocked().await;
    let (mut query, mut listed, mut parts) = ("?limit=2".to_owned(), 0, 0);
    loop {
        let part = get(&node, &format!("/dcat{query}"), None).await;
        assert_eq!((part.status, part.kind.as_str()), (200, "text/turtle"));
        let said = text(&part);
        assert!(said.contains("/chapar/v1/register/dcat> dct:description"), "{said}");
        listed += said.matches("a dcat:CatalogRecord").count();
        parts += 1;
        match next(&part) {
            Some(next) => query = next,
            None => break,
        }
    }
    assert_eq!((listed, parts), (3, 2));
    let other = get(&node, "/cpsv?format=turtle", None).await;
    assert!(!text(&other).contains("/records/"), "{}", text(&other));
}

#[tokio::test]
async fn every_form_is_written_and_known_again() {
    let node = stocked().await;
    let found = get(&node, "/records?q=Two", None).await;
    let id = found.json["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!(
        "/records/{}/rdf",
        id.replace('%', "%25").replace(':', "%3A").replace('/', "%2F")
    );
    for (form, kind) in [
        ("turtle", "text/turtle"),
        ("jsonld", "application/ld+json"),
        ("rdfxml", "application/rdf+xml"),
    ] {
        let got = get(&node, &format!("{path}?format={form}"), None).await;
        assert_eq!((got.status, got.kind.as_str()), (200, kind), "{path}");
        assert!(text(&got).contains("Two (sample)"), "{}", text(&got));
        let tag = got.headers["etag"].to_str().unwrap().to_owned();
        let again = get(&node, &format!("{path}?format={form}"), Some(&tag)).await;
        assert_eq!(again.status, 304);
    }
    for (accept, kind) in [
        ("application/rdf+xml", "application/rdf+xml"),
        (
            "text/html, Application/LD+JSON;q=0.9, text/turtle;q=0.1",
            "application/ld+json",
        ),
        ("text/html, */*;q=0.1", "text/turtle"),
    ] {
        let got = accepted(&node, &path, accept).await;
        assert_eq!(
            (got.kind.as_str(), got.headers["vary"].as_bytes()),
            (kind, "accept".as_bytes()),
            "{accept}"
        );
        let named = accepted(&node, &format!("{path}?format=turtle"), accept).await;
        assert_eq!(named.kind, "text/turtle", "what the address says goes before");
    }
    for wrong in [
        "/dcat?format=n3",
        "/dcat?page=2",
        "/dcat?kind=event",
        "/dcat?limit=101",
        "/feed?format=rss",
    ] {
        assert_eq!(get(&node, wrong, None).await.status, 400, "{wrong}");
    }
    assert_eq!(get(&node, &format!("{path}?version=2"), None).await.status, 404);
}

#[tokio::test]
async fn a_search_is_a_feed() {
    let node = stocked().await;
    let feed = get(&node, "/feed?lang=ru&limit=2", None).await;
    assert_eq!((feed.status, feed.kind.as_str()), (200, "application/atom+xml"));
    let said = text(&feed);
    let document = roxmltree::Document::parse(&said).unwrap();
    let of = |name: &'static str| {
        let nodes = document
            .descendants()
            .filter(move |node| node.tag_name().name() == name);
        nodes
            .filter_map(|node| node.text().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let titles = of("title");
    assert_eq!(titles[1..], ["A < B & \"C\"\u{FFFD} (пример)", "Two (пример)"]);
    let ids = of("id");
    assert!(ids[1].ends_with("/three#version-1"), "{ids:?}");
    let links: Vec<_> = document
        .descendants()
        .filter(|node| node.attribute("rel") == Some("next"))
        .filter_map(|node| node.attribute("href"))
        .collect();
    let [next] = links[..] else { panic!("{said}") };
    let rest = text(&get(&node, next.split_once("/register").unwrap().1, None).await);
    assert!(
        rest.contains("One (пример)") && !rest.contains("rel=\"next\""),
        "{rest}"
    );
    let empty = text(&get(&node, "/feed?q=nothing", None).await);
    assert!(empty.contains("<updated>1970-01-01T00:00:00.000Z</updated>"), "{empty}");
}

#[tokio::test]
async fn everybody_may_take_the_proof_of_a_record_along() {
    let node = stocked().await;
    let id = get(&node, "/records?limit=1", None).await.json["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let encoded: String = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let path = format!("/records/{encoded}/proof");
    let proof = get(&node, &path, None).await;
    assert_eq!((proof.status, proof.kind.as_str()), (200, "text/plain; charset=utf-8"));
    let said = chapar_register::RecordProof::parse(&proof.bytes).unwrap();
    assert_eq!(said.record().header().id.to_string(), id);
    assert_eq!(get(&node, &format!("{path}?version=1"), None).await.bytes, proof.bytes);
    let tag = proof.headers["etag"].to_str().unwrap();
    assert_eq!(get(&node, &path, Some(tag)).await.status, 304);
    for (wrong, status) in [("?version=2", 404), ("?version=x", 400), ("?lang=ru", 400)] {
        assert_eq!(
            get(&node, &format!("{path}{wrong}"), None).await.status,
            status,
            "{wrong}"
        );
    }
}
