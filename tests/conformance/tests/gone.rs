//! What the real binary makes of a peer that answered a moment ago and is silent now: who is slow is waited for, who is gone is told
//! of sooner.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop loudly")]

use chapar_conformance::node::Node;
use chapar_conformance::wire::{Request, Response, Server};
use chapar_conformance::words::CONTEXT;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const PEER: &str = "the-peer";
/// Longer than an answer may take before the node asks for a sign of life and waits for it, shorter than a call may take.
const SLOW: Duration = Duration::from_secs(4);
/// More than may be under way to one peer at a time.
const CROWD: usize = 40;
/// Longer than a call may take.
const FOR_GOOD: Duration = Duration::from_secs(15);

/// A peer with a version document and an empty catalogue; catalogues take their time once `is_late`, everything does once `is_gone`.
struct Peer {
    server: Server,
    is_late: Arc<AtomicBool>,
    is_gone: Arc<AtomicBool>,
}

impl Peer {
    fn start() -> Self {
        let (is_late, is_gone) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (late, gone) = (Arc::clone(&is_late), Arc::clone(&is_gone));
        let server = Server::start(Arc::new(move |request: Request| {
            if gone.load(Ordering::Relaxed) {
                thread::sleep(FOR_GOOD);
                return None;
            }
            if request.path.ends_with("/dspace-version") {
                let entry = json!({ "version": "2025-1", "path": "/2025-1", "binding": "HTTPS" });
                return Some(Response::json(200, &json!({ "protocolVersions": [entry] })));
            }
            if late.load(Ordering::Relaxed) {
                thread::sleep(SLOW);
            }
            let catalog = json!({ "@context": [CONTEXT], "@id": "c", "@type": "Catalog", "participantId": PEER });
            Some(Response::json(200, &catalog))
        }));
        let server = server.unwrap();
        Self {
            server,
            is_late,
            is_gone,
        }
    }
}

#[test]
fn a_peer_that_fell_silent_is_told_of_and_a_slow_one_is_waited_for() {
    let node = Node::start();
    let reader = node.add_named("reader", "the-node", PEER);
    let peer = Peer::start();
    let asked = json!({ "peer": PEER, "address": peer.server.url() });
    let ask = || -> (u16, Value) {
        let answer = reader.call("POST", "/peers/catalog", Some(&asked));
        (answer.status, answer.value())
    };
    assert_eq!(ask().0, 200, "while it answers");
    peer.is_late.store(true, Ordering::Relaxed);
    assert_eq!(ask().0, 200, "while it is slow");
    // More at a time than it is asked at once: the sign of life waits for its turn too, and says nothing of the peer then.
    thread::scope(|scope| {
        let asked: Vec<_> = (0..CROWD).map(|_| scope.spawn(ask)).collect();
        for answer in asked {
            let (status, told) = answer.join().unwrap();
            assert_eq!(status, 200, "in a crowd: {told}");
        }
    });
    peer.is_gone.store(true, Ordering::Relaxed);
    let (status, told) = ask();
    assert_eq!((status, &told["code"]), (503, &json!("unavailable")), "{told}");
    // These words come of the second question alone: the call itself would have gone on.
    let reason = told["detail"].as_str().unwrap_or_default();
    assert!(reason.contains("no sign of life"), "{told}");
}
