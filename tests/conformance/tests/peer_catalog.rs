//! The catalogue of a foreign peer as the real binary asks for it: packed answers, bombs, and pages wherever the peer keeps them.
//!
//! Refuses to judge our own catalogue; that is `catalog`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_conformance::node::{Node, Participant};
use chapar_conformance::seed;
use chapar_conformance::wire::{Request, Response, Server};
use chapar_conformance::words::CONTEXT;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex};

const PEER: &str = "the-peer";

type Heard = Arc<Mutex<Vec<Request>>>;

/// A peer that answers `answer` to whatever is posted, and has nothing else.
fn peer(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> (Server, Heard) {
    let heard = Heard::default();
    let book = Arc::clone(&heard);
    let server = Server::start(Arc::new(move |request: Request| {
        if request.method != "POST" {
            return Some(Response::empty(404));
        }
        let response = answer(&request);
        book.lock().unwrap().push(request);
        Some(response)
    }));
    (server.unwrap(), heard)
}

fn reader() -> (Node, Participant) {
    let node = Node::start();
    let participant = node.add_named("reader", "the-node", PEER);
    (node, participant)
}

fn ask(reader: &Participant, server: &Server, next: Option<&str>) -> Response {
    let mut question = json!({ "peer": PEER, "address": format!("{}/peer/dsp", server.url()) });
    if let Some(next) = next {
        question["next"] = json!(next);
    }
    reader.call("POST", "/peers/catalog", Some(&question))
}

fn catalog(dataset: &str) -> Value {
    json!({
        "@context": [CONTEXT], "@id": "c", "@type": "Catalog", "participantId": PEER,
        "dataset": [{
            "@id": dataset, "@type": "Dataset",
            "hasPolicy": [{ "@id": "o", "@type": "Offer", "permission": [{ "action": "use" }] }],
            "distribution": [{ "@type": "Distribution", "format": "HttpData-PULL", "accessService": "s" }],
        }],
    })
}

fn datasets(answer: &Response) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let value = answer.value();
    let ids = value["datasets"].as_array().unwrap().iter();
    ids.map(|dataset| dataset["@id"].as_str().unwrap().to_owned()).collect()
}

fn encoded(coding: &str, body: Vec<u8>) -> Response {
    let mut response = Response::empty(200);
    response
        .headers
        .push(("content-type".to_owned(), "application/json".to_owned()));
    response
        .headers
        .push(("content-encoding".to_owned(), coding.to_owned()));
    Response { body, ..response }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn refused(answer: &Response, code: &str) {
    let told = (answer.status, answer.value()["code"].clone());
    assert_eq!(told, (400, json!(code)), "{}", answer.text());
}

#[test]
fn a_packed_catalogue_is_asked_for_and_unpacked() {
    let (_node, reader) = reader();
    for coding in ["gzip", "GZIP", "x-gzip"] {
        let (server, heard) = peer(move |_| encoded(coding, gzip(catalog("D1").to_string().as_bytes())));
        assert_eq!(datasets(&ask(&reader, &server, None)), ["D1"], "{coding}");
        let heard = heard.lock().unwrap();
        assert_eq!(heard[0].header("accept-encoding"), Some("gzip"));
    }
}

/// The digest under the signature is that of the packed bytes: a peer that insists on signatures both ways is understood.
#[test]
fn a_packed_catalogue_is_verified_as_it_came() {
    let node = Node::start();
    let strict = |slug: &str| node.add(&json!({ "slug": slug, "unsignedPeers": "refuse" }));
    let (shop, reader) = (strict("shop"), strict("reader"));
    for number in 0..20 {
        shop.put_document(&format!("D{number:02}"), "text");
    }
    seed::open_to_all(&shop, "CD1");
    let question = json!({ "peer": shop.id, "address": shop.dsp });
    let page = reader.ask("POST", "/peers/catalog", Some(&question));
    assert_eq!(page["datasets"].as_array().map(Vec::len), Some(20), "{page}");
}

#[test]
fn what_unpacks_to_too_much_or_not_at_all_is_refused() {
    let (_node, reader) = reader();
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000, "it is small enough to be let in");
    let (server, _) = peer(move |_| encoded("gzip", bomb.clone()));
    refused(&ask(&reader, &server, None), "answer-encoding");
    let (server, _) = peer(|_| encoded("gzip", catalog("D1").to_string().into_bytes()));
    refused(&ask(&reader, &server, None), "answer-encoding");
    let (server, _) = peer(|_| encoded("br", catalog("D1").to_string().into_bytes()));
    refused(&ask(&reader, &server, None), "answer-encoding");
    let (server, _) = peer(|_| encoded("identity", catalog("D1").to_string().into_bytes()));
    assert_eq!(datasets(&ask(&reader, &server, None)), ["D1"]);
}

#[test]
fn pages_are_followed_wherever_the_peer_keeps_them_at_its_origin() {
    let (_node, reader) = reader();
    let link = |target: &str, dataset: &str| {
        let mut response = Response::json(200, &catalog(dataset));
        response
            .headers
            .push(("link".to_owned(), format!("<{target}>; rel=\"next\"")));
        response
    };
    let (server, heard) = peer(move |request| match request.path.as_str() {
        "/peer/dsp/catalog/request" => link("/pages/2?of=3", "D1"),
        "/pages/2?of=3" => link("3", "D2"),
        "/pages/3" => link("http://127.0.0.2:1/pages/4", "D3"),
        _ => Response::empty(404),
    });
    let mut next = None;
    for (page, wanted) in [("1", "D1"), ("2", "D2"), ("3", "D3")] {
        let answer = ask(&reader, &server, next.as_deref());
        assert_eq!(datasets(&answer), [wanted], "page {page}");
        next = answer.value()["next"].as_str().map(str::to_owned);
    }
    assert_eq!(next.as_deref(), Some("http://127.0.0.2:1/pages/4"));
    refused(&ask(&reader, &server, next.as_deref()), "page-foreign");
    let lookalike = format!("{}.example/peer/dsp/catalog/request", server.url());
    refused(&ask(&reader, &server, Some(&lookalike)), "page-foreign");
    assert_eq!(heard.lock().unwrap().len(), 3);
}
