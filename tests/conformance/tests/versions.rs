//! What the real binary makes of a peer's version document, before it opens a case with the peer or asks for its catalogue.
//!
//! Refuses to judge our own document; that is one of the `flows`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_conformance::node::{Node, Participant, free_port};
use chapar_conformance::wire::{Request, Response, Server};
use chapar_conformance::words::{self, CONTEXT};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PEER: &str = "the-peer";
const PLACE: &str = "/.well-known/dspace-version";

/// A peer with version documents by root, an empty catalogue at every base, and a book of what it was asked.
struct Peer {
    server: Server,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    fn start(documents: Vec<(&'static str, Response)>) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&heard);
        let server = Server::start(Arc::new(move |request: Request| {
            book.lock()
                .unwrap()
                .push(format!("{} {}", request.method, request.path));
            let Some(root) = request.path.strip_suffix(PLACE) else {
                let catalog = json!({ "@context": [CONTEXT], "@id": "c", "@type": "Catalog", "participantId": PEER });
                return Some(Response::json(200, &catalog));
            };
            // Long enough for others to join the flight.
            std::thread::sleep(Duration::from_millis(100));
            let found = documents.iter().find(|(known, _)| *known == root);
            Some(found.map_or(Response::empty(404), |(_, document)| document.clone()))
        }));
        Self {
            server: server.unwrap(),
            heard,
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn document(entries: &[(&str, &str)]) -> Response {
    let entries: Vec<Value> = entries
        .iter()
        .map(|(version, path)| json!({ "version": version, "path": path, "binding": "HTTPS" }))
        .collect();
    Response::json(200, &json!({ "protocolVersions": entries }))
}

fn reader() -> (Node, Participant) {
    let node = Node::start();
    let participant = node.add_named("reader", "the-node", PEER);
    (node, participant)
}

fn ask(reader: &Participant, address: &str) -> Response {
    reader.call(
        "POST",
        "/peers/catalog",
        Some(&json!({ "peer": PEER, "address": address })),
    )
}

fn told(answer: &Response) -> (u16, String) {
    (
        answer.status,
        answer.value()["code"].as_str().unwrap_or_default().to_owned(),
    )
}

/// The document of each root, what the operator said, and what the peer heard.
#[test]
fn the_peer_is_spoken_to_where_its_document_says() {
    let (_node, reader) = reader();
    let ours = || document(&[("v0.8", "/old"), ("2025-1", "/2025-1")]);
    let table = [
        (
            "at its own root",
            vec![("/p", ours())],
            "/p/2025-1",
            vec!["GET /p", "POST /p/2025-1"],
        ),
        (
            "the root alone",
            vec![("/p", ours())],
            "/p",
            vec!["GET ", "GET /p", "POST /p/2025-1"],
        ),
        (
            "the root with a slash",
            vec![("/p", ours())],
            "/p/",
            vec!["GET ", "GET /p", "POST /p/2025-1"],
        ),
        ("the host alone", vec![("", ours())], "", vec!["GET ", "POST /2025-1"]),
        (
            "at the root of its host",
            vec![("", document(&[("2025-1", "/a/p/2025-1")]))],
            "/a/p/2025-1",
            vec!["GET /a/p", "GET ", "POST /a/p/2025-1"],
        ),
        (
            "no document",
            vec![],
            "/a/p",
            vec!["GET /a", "GET ", "GET /a/p", "POST /a/p"],
        ),
        (
            "a document about somebody else",
            vec![("", document(&[("2025-1", "/b/2025-1")]))],
            "/a/2025-1",
            vec!["GET /a", "GET ", "GET /a/2025-1", "POST /a/2025-1"],
        ),
        (
            "no right to see it",
            vec![("/a", Response::empty(401)), ("", Response::empty(301))],
            "/a/2025-1",
            vec!["GET /a", "GET ", "GET /a/2025-1", "POST /a/2025-1"],
        ),
    ];
    for (what, documents, said, expected) in table {
        let peer = Peer::start(documents);
        let answer = ask(&reader, &peer.at(said));
        assert_eq!(answer.status, 200, "{what}: {}", answer.text());
        let expected: Vec<String> = expected
            .iter()
            .map(|call| match call.split_once(' ').unwrap() {
                ("GET", root) => format!("GET {root}{PLACE}"),
                (method, base) => format!("{method} {base}/catalog/request"),
            })
            .collect();
        assert_eq!(peer.heard(), expected, "{what}");
    }
}

#[test]
fn a_peer_that_speaks_nothing_of_ours_is_left_alone() {
    let (_node, reader) = reader();
    let others = || document(&[("v0.8", "/"), ("2024/1", "/2024")]);
    for (root, said) in [("/p", "/p/2025-1"), ("/p", "/p"), ("", "/p/2025-1")] {
        let peer = Peer::start(vec![(root, others())]);
        let address = peer.at(said);
        let answer = ask(&reader, &address);
        assert_eq!(
            told(&answer),
            (400, "version-unsupported".to_owned()),
            "{}",
            answer.text()
        );
        let detail = answer.value()["detail"].as_str().unwrap().to_owned();
        for word in ["`v0.8`", "`2024/1`", "`2025-1`"] {
            assert!(detail.contains(word), "no {word} in: {detail}");
        }
        let begin = json!({ "peer": PEER, "address": address, "offer": words::offer("o", "D"), "mode": "manual" });
        let answer = reader.call("POST", "/negotiations", Some(&begin));
        assert_eq!(
            told(&answer),
            (400, "version-unsupported".to_owned()),
            "{}",
            answer.text()
        );
        let heard = peer.heard();
        assert!(heard.iter().all(|call| call.starts_with("GET ")), "{heard:?}");
    }
    let cases = reader.ask("GET", "/negotiations", None);
    assert_eq!(cases["items"], json!([]), "a case was opened");
}

#[test]
fn a_case_is_opened_where_the_document_says() {
    let (_node, reader) = reader();
    let peer = Peer::start(vec![("/p", document(&[("2025-1", "/2025-1")]))]);
    reader.ask("PUT", &format!("/peers/{PEER}"), Some(&json!({ "dsp": peer.at("/p") })));
    let begin = json!({ "peer": PEER, "offer": words::offer("o", "D"), "mode": "manual" });
    let case = reader.ask("POST", "/negotiations", Some(&begin));
    assert!(case["id"].is_string(), "{case}");
    let expected = "POST /p/2025-1/negotiations/request".to_owned();
    for _ in 0..100 {
        if peer.heard().contains(&expected) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the request went elsewhere: {:?}", peer.heard());
}

#[test]
fn one_look_serves_all_who_ask() {
    let (_node, reader) = reader();
    let peer = Peer::start(vec![("/p", document(&[("2025-1", "/2025-1")]))]);
    let address = peer.at("/p/2025-1");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(ask(&reader, &address).status, 200));
        }
    });
    assert_eq!(ask(&reader, &address).status, 200);
    let looks = peer.heard().iter().filter(|call| call.starts_with("GET ")).count();
    assert_eq!(looks, 1, "{:?}", peer.heard());
}

#[test]
fn a_document_that_cannot_be_had_or_read_is_told() {
    let (_node, reader) = reader();
    let peer = Peer::start(vec![("/p", Response::empty(503))]);
    for _ in 0..3 {
        let answer = ask(&reader, &peer.at("/p/2025-1"));
        assert_eq!(told(&answer), (503, "unavailable".to_owned()), "{}", answer.text());
    }
    let looks = |place: &str| peer.heard().iter().filter(|call| *call == place).count();
    assert_eq!(
        looks("GET /p/.well-known/dspace-version"),
        1,
        "a failure is remembered for a moment: {:?}",
        peer.heard()
    );
    let nobody = format!("http://127.0.0.1:{}/p/2025-1", free_port());
    assert_eq!(told(&ask(&reader, &nobody)), (503, "unavailable".to_owned()));
    // A case is opened all the same: what we have to say waits until the peer answers.
    let begin = json!({ "peer": PEER, "address": nobody, "offer": words::offer("o", "D"), "mode": "manual" });
    assert_eq!(reader.call("POST", "/negotiations", Some(&begin)).status, 201);
    // Not at a root: where below it our version is spoken, only the peer can say.
    let root = nobody.trim_end_matches("/2025-1");
    let begin = json!({ "peer": PEER, "address": root, "offer": words::offer("o", "D"), "mode": "manual" });
    assert_eq!(
        told(&reader.call("POST", "/negotiations", Some(&begin))),
        (503, "unavailable".to_owned())
    );
    let broken = Response {
        body: b"<html>welcome</html>".to_vec(),
        ..Response::json(200, &json!(null))
    };
    for broken in [broken, Response::json(200, &json!({ "protocolVersions": [] }))] {
        let peer = Peer::start(vec![("/p", broken)]);
        let answer = ask(&reader, &peer.at("/p/2025-1"));
        assert_eq!(told(&answer), (400, "version-document".to_owned()), "{}", answer.text());
    }
}

/// The host may belong to somebody else: what stands at its root is no word of this peer.
#[test]
fn what_stands_further_up_says_nothing_against_a_peer() {
    let (_node, reader) = reader();
    let page = Response {
        body: b"<html>welcome</html>".to_vec(),
        ..Response::json(200, &json!(null))
    };
    for host in [page, Response::empty(503)] {
        let peer = Peer::start(vec![("", host.clone())]);
        let answer = ask(&reader, &peer.at("/p/2025-1"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let peer = Peer::start(vec![("/p", document(&[("v0.8", "/")])), ("", host)]);
        let answer = ask(&reader, &peer.at("/p/2025-1"));
        assert_eq!(
            told(&answer),
            (400, "version-unsupported".to_owned()),
            "{}",
            answer.text()
        );
    }
}
