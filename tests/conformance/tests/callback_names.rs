//! A callback address whose name leads inside, at the real binary in its production profile: refused before anything is written,
//! whatever the name looks like.
//!
//! The names are resolved by the system: `localhost`, and this machine's own name where that leads inside. The peer is known by a
//! document that `openssl` serves at the one inside address that the configuration permits. Refuses to hold addresses in numbers:
//! those are in `bad_input` and `identity`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::foreign_peer::{Family, ForeignPeer, document};
use chapar_conformance::node::{Node, Participant, free_port};
use chapar_conformance::seed;
use chapar_conformance::stream::Stream;
use chapar_conformance::words::{self, CONTEXT, FORMAT};
use serde_json::{Value, json};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The inside address that the node may call: the peer's own.
const PERMITTED: &str = "127.0.0.2";
/// Longest that `openssl` may take to listen.
const START: Duration = Duration::from_secs(10);
/// Longest silence before the first event that must come.
const SILENCE: Duration = Duration::from_secs(20);

/// A folder with a certificate for [`PERMITTED`], served over TLS. Both end when it is dropped.
struct Shelf {
    folder: PathBuf,
    child: Child,
    port: u16,
}

impl Shelf {
    fn open() -> Self {
        let folder = std::env::temp_dir().join(format!("chapar-shelf-{}", words::fresh()));
        std::fs::create_dir_all(folder.join("peer")).unwrap();
        certify(&folder);
        let port = free_port();
        let mut command = Command::new("openssl");
        command.args([
            "s_server", "-quiet", "-WWW", "-cert", "cert.pem", "-key", "key.pem", "-accept",
        ]);
        command.arg(format!("{PERMITTED}:{port}")).current_dir(&folder);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("`openssl` can be started");
        let begun = Instant::now();
        while TcpStream::connect((PERMITTED, port)).is_err() {
            assert!(begun.elapsed() < START, "`openssl s_server` does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        Self { folder, child, port }
    }

    /// The peer, known from here on by the document that lies on the shelf.
    fn keep(&self, peer: &mut ForeignPeer) {
        peer.did = format!("did:web:{PERMITTED}%3A{}:peer", self.port);
        let document = document(&peer.did, &[&peer.key]);
        std::fs::write(self.folder.join("peer/did.json"), document.to_string()).unwrap();
    }

    fn base(&self) -> String {
        format!("https://{PERMITTED}:{}/peer", self.port)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after `wait`.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An authority, and a certificate of it for the permitted address.
fn certify(folder: &Path) {
    let name = format!("subjectAltName=IP:{PERMITTED}");
    let authority = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Sample authority"];
    let server = [
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-subj",
        "/CN=Sample",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-addext",
        &name,
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    ];
    for words in [&authority[..], &server] {
        let mut command = Command::new("openssl");
        command.args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ]);
        let done = command
            .args(words)
            .current_dir(folder)
            .output()
            .expect("`openssl` can be started");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Names that the system resolves to an inside address other than the permitted one.
fn names() -> Vec<String> {
    let inside = |name: &str| {
        let found = (name, 443).to_socket_addrs();
        found.is_ok_and(|mut found| found.any(|address| address.ip().is_loopback() || is_private(address.ip())))
    };
    let own = Command::new("uname")
        .arg("-n")
        .output()
        .expect("`uname` can be started");
    let own = String::from_utf8_lossy(&own.stdout).trim().to_owned();
    let mut names = vec!["localhost".to_owned(), "LocalHost".to_owned()];
    names.extend([own].into_iter().filter(|name| inside(name)));
    assert!(inside("localhost"), "this machine does not know `localhost`");
    names
}

fn is_private(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(v4) if v4.is_private())
}

/// A first message of each kind that names a callback address.
fn openings(callback: &str) -> Vec<(&'static str, &'static str, Value)> {
    let message = |kind: &str, pid: &str| {
        let mut message = json!({ "@context": [CONTEXT], "@type": kind, "callbackAddress": callback });
        message[pid] = json!(words::fresh());
        message
    };
    let mut request = message("ContractRequestMessage", "consumerPid");
    request["offer"] = words::offer("CD1:D1:1", "D1");
    let mut offer = message("ContractOfferMessage", "providerPid");
    offer["offer"] = words::offer("theirs", "D9");
    let mut transfer = message("TransferRequestMessage", "consumerPid");
    transfer["agreementId"] = json!(words::fresh());
    transfer["format"] = json!(FORMAT);
    vec![
        ("/negotiations/request", "ContractNegotiationError", request),
        ("/negotiations/offers", "ContractNegotiationError", offer),
        ("/transfers/request", "TransferError", transfer),
    ]
}

fn cases(us: &Participant) -> usize {
    let count = |path: &str| us.ask("GET", path, None)["items"].as_array().unwrap().len();
    count("/negotiations") + count("/transfers")
}

#[test]
fn a_name_that_leads_inside_is_not_called_back() {
    let shelf = Shelf::open();
    let authorities = shelf.folder.join("ca.pem");
    let node = Node::start_with(
        "production",
        &format!(
            "[egress]\nallow = [\"{PERMITTED}/32\"]\nauthorities = \"{}\"\n",
            authorities.display()
        ),
    );
    let us = node.add(&json!({ "slug": "office" }));
    us.put_document("D1", "content of D1");
    seed::open_to_all(&us, "CD1");
    let mut peer = ForeignPeer::start(Family::EdDsa);
    let listening = peer.callback().rsplit_once(':').unwrap().1.to_owned();
    shelf.keep(&mut peer);
    let mut stream = Stream::open(&us, None, SILENCE).unwrap();
    for name in names() {
        for scheme in ["https", "http"] {
            for (path, error, message) in openings(&format!("{scheme}://{name}:{listening}")) {
                let answer = peer.saying(&us, path, Some(&message)).say().answer;
                let (what, body) = (format!("{scheme}://{name} to {path}"), answer.value());
                assert_eq!(
                    (answer.status, body["code"].as_str(), body["@type"].as_str()),
                    (400, Some("callback-address-refused"), Some(error)),
                    "{what}: {}",
                    answer.text()
                );
                // Why is for our own people: what stands behind a name is nobody else's business.
                let said = answer.text();
                assert!(!said.contains("egress.") && !said.contains("127."), "{what}: {said}");
            }
        }
    }
    let log = node.log();
    assert!(
        log.contains("egress.loopback") || log.contains("egress.private"),
        "the log does not say why: {log}"
    );
    assert_eq!(cases(&us), 0, "a refused message made a case");
    assert_eq!(peer.heard(), 0, "a refused message made the node speak");
    // What is permitted is taken, and is the first that the stream tells of.
    let (path, _, message) = openings(&shelf.base()).remove(0);
    let answer = peer.saying(&us, path, Some(&message)).say().answer;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let event = stream.event().unwrap().expect("the stream goes on");
    assert_eq!(event.kind, "negotiation.requested", "{event:?}");
    assert_eq!(event.value()["id"], answer.value()["providerPid"], "{event:?}");
}
