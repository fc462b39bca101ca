//! No good answer before the disk has it: the real node under `strace`, requests one at a time, over both doors; and many at once
//! in the production profile ([`many`]).
//!
//! Also the other way round: a node whose syncs fail gives no good answer to what writes. The reading of the trace is in the
//! library, with its own bad traces. Refuses to trust a trace in which an expected answer is missing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

mod many;

use chapar_conformance::node::Participant;
use chapar_conformance::seed::open_to_all;
use chapar_conformance::wire::{self, Response, Server};
use chapar_conformance::words::{self, Kind, Matter, Pids, Place, Side, Word};
use chapar_e2e::ask::send;
use chapar_e2e::board::Board;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::strace::{self, Verdict};
use chapar_e2e::tracer::Tracer;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

const PEER: &str = "the-peer";
/// Negotiations of the story.
const ROUNDS: usize = 12;
/// Longest that the tracer may take to close its file, and a case to come to rest.
const PATIENCE: Duration = Duration::from_secs(30);

/// The peer: asks, and takes whatever comes back.
struct Peer {
    server: Server,
}

impl Peer {
    fn new() -> Self {
        let server = Server::start(Arc::new(|_| Some(Response::json(200, &json!({}))))).expect("a port can be had");
        Self { server }
    }

    fn matter(&self, document: &str) -> Matter {
        Matter {
            dataset: document.to_owned(),
            offer: format!("CD1:{document}:{}", words::fresh()),
            agreement: words::fresh(),
            assigner: "the-node".to_owned(),
            assignee: PEER.to_owned(),
            callback: self.server.url(),
        }
    }

    fn post(&self, url: &str, message: &Value) -> Response {
        let headers = [("authorization", "any token"), ("content-type", "application/json")];
        wire::send("POST", url, &headers, message.to_string().as_bytes()).expect("the public door answers")
    }

    fn request(&self, node: &Participant, pids: &Pids) -> Response {
        let message = words::message(
            Kind::Negotiation,
            Word::Request,
            Side::Consumer,
            pids,
            &self.matter("D1"),
            Place::First,
        );
        self.post(&format!("{}/negotiations/request", node.dsp), &message)
    }

    fn terminate(&self, node: &Participant, pids: &Pids) -> Response {
        let provider_pid = pids.provider.as_deref().expect("the node gave its pid");
        let message = words::message(
            Kind::Negotiation,
            Word::Termination,
            Side::Consumer,
            pids,
            &self.matter("D1"),
            Place::Later,
        );
        self.post(
            &format!("{}/negotiations/{provider_pid}/termination", node.dsp),
            &message,
        )
    }
}

fn settle(house: &House) -> Participant {
    let body = json!({ "slug": "a", "identity": "development", "id": "the-node", "peer": PEER });
    let node = house.add(&body);
    node.put_document("D1", "content");
    open_to_all(&node, "CD1");
    node
}

/// Plays the story; how many writing requests were answered well, the three of `settle` and the making of the participant included.
fn story(node: &Participant, peer: &Peer) -> usize {
    let board = Board::follow(node);
    let mut good = 4;
    for round in 0..ROUNDS {
        let mut pids = Pids {
            consumer: Some(format!("urn:uuid:{}", words::fresh())),
            provider: None,
        };
        let answer = peer.request(node, &pids);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let id = answer.value()["providerPid"]
            .as_str()
            .expect("the answer names our pid")
            .to_owned();
        pids.provider = Some(id.clone());
        good += 1;
        match round % 3 {
            0 => {
                let answer = peer.terminate(node, &pids);
                assert_eq!(answer.status, 200, "{}", answer.text());
                good += 1;
            }
            1 => {
                let decision = json!({ "decision": "terminate" });
                let answer = node.call("POST", &format!("/negotiations/{id}/decisions"), Some(&decision));
                assert_eq!(answer.status, 202, "{}", answer.text());
                // The delivery of the termination writes too: only once it is over is the next write to the log a request's.
                let over = board.wait(&id, PATIENCE, |case| {
                    case["state"] == "TERMINATED" && case["pending"].is_null()
                });
                assert!(
                    over.is_some(),
                    "the termination was not delivered: {:?}",
                    board.case(&id)
                );
                good += 1;
            }
            _ => {
                let answer = send(node, "PUT", &format!("/documents/R{round}"), "text/plain", b"some text");
                assert_eq!(answer.expect("the private door answers").status, 200);
                good += 1;
            }
        }
    }
    good
}

fn traced(trace: &Path, profile: Profile, options: &[&'static str]) -> House {
    let mut house = House::new("durable", profile);
    let mut options: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
    options.extend([OsStr::new("-o"), trace.as_os_str()]);
    house.start_traced(&options);
    house
}

/// Ends the node and reads the trace once the tracer has closed it.
fn read(mut house: House, trace: &Path) -> String {
    house.kill();
    let end = Instant::now() + PATIENCE;
    loop {
        let text = std::fs::read_to_string(trace).expect("the tracer wrote its file");
        if text
            .lines()
            .last()
            .is_some_and(|line| line.contains("+++ killed by SIGKILL"))
        {
            return text;
        }
        assert!(Instant::now() < end, "the tracer did not come to an end");
        thread::sleep(Duration::from_millis(50));
    }
}

fn trace_file(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("chapar-{name}-{}.trace", words::fresh()))
}

#[test]
fn no_good_answer_leaves_before_the_sync_that_covers_it() {
    let trace = trace_file("durable");
    let house = traced(&trace, Profile::Development, &strace::OPTIONS);
    let node = settle(&house);
    let good = story(&node, &Peer::new());
    let text = read(house, &trace);
    let Verdict { covered, early } = strace::judge(&strace::parse(&text));
    assert!(
        early.is_empty(),
        "too early, see {}:\n{}",
        trace.display(),
        early.join("\n")
    );
    assert_eq!(
        covered.len(),
        good,
        "the trace {} must show every good answer: {covered:#?}",
        trace.display()
    );
    println!("{good} good answers, each after its sync");
    let _ = std::fs::remove_file(&trace);
}

#[test]
fn a_node_that_cannot_sync_gives_no_good_answer() {
    let mut house = House::new("failing", Profile::Development);
    house.start();
    let node = settle(&house);
    let peer = Peer::new();
    let pids = Pids {
        consumer: Some(format!("urn:uuid:{}", words::fresh())),
        provider: None,
    };
    let mut tracer = Tracer::attach(&house, "fsync,fdatasync:error=EIO");
    let answers = [
        peer.request(&node, &pids),
        send(&node, "PUT", "/documents/D2", "text/plain", b"some text").expect("the private door answers"),
        node.call(
            "PUT",
            "/policies/P2",
            Some(&json!({ "@id": "P2", "@type": "Set", "permission": words::permission() })),
        ),
    ];
    for answer in &answers {
        assert!(
            answer.status >= 500,
            "nothing was durable, yet the answer was {}: {}",
            answer.status,
            answer.text()
        );
    }
    tracer.detach();
    // A disk that is back is used again, and what was refused can be said again.
    let answer = peer.request(&node, &pids);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(
        send(&node, "PUT", "/documents/D2", "text/plain", b"some text")
            .expect("the private door answers")
            .status,
        200
    );
}
