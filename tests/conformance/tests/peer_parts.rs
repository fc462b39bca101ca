//! A part of a peer's catalogue as the real node gets it for its own people: from a peer of its own kind, from one that heeds a query as
//! the EDC family does, from one that passes it over and from one that refuses it. The part is the same.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::{Node, Participant};
use chapar_conformance::schemas;
use chapar_conformance::seed;
use chapar_conformance::wire::{Request, Response, Server};
use chapar_conformance::words::{self, CONTEXT};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const PEER: &str = "the-peer";
const BOOKS: usize = 23;
/// Datasets on a page of a peer that leads through its catalogue by links.
const PAGE: usize = 5;

/// What a peer does with a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Heeds,
    PassesOver,
    Refuses,
}

fn id(number: usize) -> String {
    format!("BOOK-{number:02}")
}

fn kind(number: usize) -> &'static str {
    if number.is_multiple_of(2) { "even" } else { "odd" }
}

fn catalog(numbers: &[usize]) -> Value {
    let dataset = |number: &usize| {
        let id = id(*number);
        json!({
            "@id": id, "@type": "Dataset", "kind": kind(*number),
            "hasPolicy": [{ "@id": format!("CD:{id}:1"), "@type": "Offer", "permission": words::permission() }],
            "distribution": [{ "@type": "Distribution", "format": words::FORMAT, "accessService": "urn:service:1" }],
        })
    };
    let mut catalog = json!({
        "@context": [CONTEXT], "@type": "Catalog", "@id": "urn:catalog:1", "participantId": PEER,
        "service": [{ "@id": "urn:service:1", "@type": "DataService", "endpointURL": "https://peer.example/dsp" }],
    });
    if !numbers.is_empty() {
        catalog["dataset"] = numbers.iter().map(dataset).collect();
    }
    schemas::check(&catalog).unwrap();
    catalog
}

fn answer(request: &Request, manner: Manner) -> Response {
    if request.method != "POST" {
        return Response::empty(404);
    }
    let filter = request.json()["filter"].clone();
    match (manner, filter.get(0)) {
        (Manner::Refuses, Some(_)) => {
            let error = json!({ "@context": [CONTEXT], "@type": "CatalogError", "code": "x", "reason": ["no filter"] });
            Response::json(400, &error)
        }
        (Manner::Heeds, query) => Response::json(200, &catalog(&heeded(query.unwrap_or(&Value::Null)))),
        _ => linked(request),
    }
}

/// The part that a query asks for.
fn heeded(query: &Value) -> Vec<usize> {
    let number = |name: &str, usual: u64| usize::try_from(query[name].as_u64().unwrap_or(usual)).unwrap();
    let wanted = query["filterExpression"][0]["operandRight"].as_str();
    let meant = (0..BOOKS).filter(|number| wanted.is_none_or(|wanted| kind(*number) == wanted));
    meant.skip(number("offset", 0)).take(number("limit", 50)).collect()
}

fn linked(request: &Request) -> Response {
    let (path, page) = request.path.split_once("?page=").unwrap_or((&request.path, "0"));
    let first = page.parse::<usize>().unwrap() * PAGE;
    let numbers: Vec<usize> = (first..BOOKS.min(first + PAGE)).collect();
    let mut answer = Response::json(200, &catalog(&numbers));
    if first + PAGE < BOOKS {
        let next = format!("<{path}?page={}>; rel=\"next\"", first / PAGE + 1);
        answer.headers.push(("link".to_owned(), next));
    }
    answer
}

/// A question for a part, and the part.
fn parts() -> Vec<(Value, Vec<usize>)> {
    let odd = json!([{ "operandLeft": "kind", "operator": "=", "operandRight": "odd" }]);
    let every = |query: &Value, meant: Vec<usize>| {
        let number = |name: &str, usual: u64| usize::try_from(query[name].as_u64().unwrap_or(usual)).unwrap();
        meant
            .into_iter()
            .skip(number("offset", 0))
            .take(number("limit", 50))
            .collect::<Vec<_>>()
    };
    let all = || (0..BOOKS).collect::<Vec<_>>();
    let odds = || (0..BOOKS).filter(|number| number % 2 == 1).collect::<Vec<_>>();
    let mut parts = Vec::new();
    for query in [
        json!({}),
        json!({ "limit": 3 }),
        json!({ "limit": 12 }),
        json!({ "offset": 7, "limit": 5 }),
        json!({ "offset": 20 }),
        json!({ "offset": 40, "limit": 5 }),
    ] {
        parts.push((query.clone(), every(&query, all())));
    }
    for mut query in [json!({}), json!({ "offset": 3, "limit": 4 }), json!({ "offset": 50 })] {
        query["filterExpression"] = odd.clone();
        parts.push((query.clone(), every(&query, odds())));
    }
    let sorted = json!({ "sortField": "id", "sortOrder": "DESC", "offset": 1, "limit": 3 });
    parts.push((sorted.clone(), every(&sorted, all().into_iter().rev().collect())));
    parts
}

fn read(who: &Participant, peer: &str, address: &str, query: &Value) -> Vec<String> {
    let question = json!({ "peer": peer, "address": address, "query": query });
    let shown = who.ask("POST", "/peers/catalog", Some(&question));
    assert!(shown.get("next").is_none(), "the part is whole: {shown}");
    let ids = shown["datasets"].as_array().unwrap().iter();
    ids.map(|dataset| dataset["@id"].as_str().unwrap().to_owned()).collect()
}

fn ids(numbers: Vec<usize>) -> Vec<String> {
    numbers.into_iter().map(id).collect()
}

#[test]
fn a_part_is_the_same_whatever_a_foreign_peer_does_with_a_query() {
    let node = Node::start();
    let who = node.add_named("reader", "the-node", PEER);
    for manner in [Manner::Heeds, Manner::PassesOver, Manner::Refuses] {
        let heard: Arc<Mutex<usize>> = Arc::default();
        let count = Arc::clone(&heard);
        let server = Server::start(Arc::new(move |request: Request| {
            *count.lock().unwrap() += usize::from(request.method == "POST");
            Some(answer(&request, manner))
        }));
        let server = server.unwrap();
        let address = format!("{}/far/dsp/2025-1", server.url());
        for (query, expected) in parts() {
            assert_eq!(read(&who, PEER, &address, &query), ids(expected), "{manner:?}: {query}");
        }
        let before = *heard.lock().unwrap();
        read(&who, PEER, &address, &json!({ "offset": 7, "limit": 5 }));
        let asked = *heard.lock().unwrap() - before;
        let expected = if manner == Manner::Heeds { 2 } else { usize::MAX };
        assert!(asked <= expected, "{manner:?}: {asked} questions");
    }
}

#[test]
fn a_part_of_a_peer_of_our_kind_is_the_same_too() {
    let node = Node::start();
    let library = node.add_named("library", "the-library", "the-reader");
    let reader = node.add_named("reader", "the-reader", "the-library");
    for number in 0..BOOKS {
        library.put_document(&id(number), "once upon a time");
        let path = format!("/documents/{}/properties", id(number));
        library.ask("PUT", &path, Some(&json!({ "kind": kind(number) })));
    }
    seed::open_to_all(&library, "CD1");
    for (query, expected) in parts() {
        assert_eq!(
            read(&reader, "the-library", &library.dsp, &query),
            ids(expected),
            "{query}"
        );
    }
}

#[test]
fn a_question_that_is_not_understood_is_refused_before_it_is_asked() {
    let node = Node::start();
    let who = node.add_named("reader", "the-node", PEER);
    for (query, code) in [
        (json!({ "limit": 0 }), "wrong-limit"),
        (json!({ "colour": "red" }), "unknown-member"),
        (
            json!({ "filterExpression": [{ "operandLeft": "id", "operator": "~", "operandRight": 1 }] }),
            "wrong-operator",
        ),
    ] {
        let question = json!({ "peer": PEER, "address": "http://127.0.0.1:9/far/dsp/2025-1", "query": query });
        let answer = who.call("POST", "/peers/catalog", Some(&question));
        assert_eq!(
            (answer.status, answer.value()["code"].clone()),
            (400, json!(code)),
            "{query}"
        );
    }
}
