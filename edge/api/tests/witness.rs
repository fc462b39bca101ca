//! The witness over the public door, held against the table of C2SP tlog-witness; and registers that ask witnesses of other nodes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request};
use axum::routing::post;
use chapar_runtime::LogName;
use chapar_store::CosignedRow;
use chapar_suite_international::{International, MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant};
use chapar_test_node::{As, KEYED, Node};
use chapar_tlog::witness::AddCheckpoint;
use chapar_tlog::{
    Checkpoint, KeyName, NoteSigner, Origin, RightEdge, Signature, SignatureType, SignedCheckpoint, Statement, TileId,
    VerifierKey, leaf_hash, prove_consistency,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tower_service::Service;

const ORIGIN: &str = "log.example/a";
const HOUR_MS: i64 = 60 * 60 * 1000;

/// A foreign log in memory.
struct Log {
    origin: Origin,
    signer: MemorySigner,
    tiles: BTreeMap<TileId, Vec<u8>>,
    roots: BTreeMap<u64, Digest>,
}

impl Log {
    /// A log of up to `most` leaves, each the text of its index behind `salt`.
    fn new(origin: &str, salt: &str, most: u64) -> Self {
        Self::signed_by(generate(Algorithm::Ed25519).unwrap().0, origin, salt, most)
    }

    fn signed_by(signer: MemorySigner, origin: &str, salt: &str, most: u64) -> Self {
        let mut edge = RightEdge::empty();
        let (mut tiles, mut roots) = (BTreeMap::new(), BTreeMap::from([(0, edge.root())]));
        for index in 0..most {
            let grown = edge.grow(&[leaf_hash(format!("{salt}{index}").as_bytes())]);
            tiles.extend(grown.into_iter().map(|tile| (tile.id, tile.bytes)));
            roots.insert(edge.size(), edge.root());
        }
        Self {
            origin: Origin::parse(origin).unwrap(),
            signer,
            tiles,
            roots,
        }
    }

    fn signed(&self, size: u64, root: Digest) -> SignedCheckpoint {
        let name = KeyName::parse(self.origin.as_str()).unwrap();
        let signer = NoteSigner::new(name, SignatureType::ED25519, &self.signer).unwrap();
        let mut signed = SignedCheckpoint::new(Checkpoint::new(self.origin.clone(), size, root)).unwrap();
        signed.add(signer.sign(signed.note().text(), Instant::from_unix_s(0)).unwrap());
        signed
    }

    fn vkey(&self) -> String {
        let name = KeyName::parse(self.origin.as_str()).unwrap();
        let signer = NoteSigner::new(name, SignatureType::ED25519, &self.signer).unwrap();
        signer.verifier_key().render()
    }

    fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        AddCheckpoint {
            old_size: old,
            proof: prove_consistency(old, new, &|id| self.tiles.get(&id).cloned()).unwrap(),
            checkpoint: self.signed(new, self.roots[&new]),
        }
    }
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

async fn call(node: &Node, request: Request<Body>) -> Answer {
    let mut router = chapar_api::witness::router(node.runtime.clone());
    let response = router.call(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    }
}

async fn post_text(node: &Node, text: String, reason: Option<&str>) -> Answer {
    let mut request = Request::builder()
        .method("POST")
        .uri("/chapar/v1/witness/add-checkpoint");
    if let Some(reason) = reason {
        request = request.header("chapar-reason", reason);
    }
    call(node, request.body(Body::from(text)).unwrap()).await
}

async fn add(node: &Node, request: &AddCheckpoint) -> Answer {
    post_text(node, request.render(), None).await
}

async fn read(node: &Node, path: &str) -> Answer {
    let request = Request::builder().uri(format!("/chapar/v1/witness{path}"));
    call(node, request.body(Body::empty()).unwrap()).await
}

async fn know(node: &Node, log: &Log) {
    let path = format!("/witness/logs/{}", log.origin.as_str().replace('/', "%2F"));
    let body = json!({ "vkeys": [log.vkey()] });
    node.done(&node.operator(), "PUT", &path, Some(&body)).await;
}

/// As if so long had passed since the last cosignature.
async fn later(node: &Node, origin: &str, by_ms: i64) {
    let cosigned = node.store.witnessed(origin).await.unwrap().unwrap().cosigned.unwrap();
    let earlier = CosignedRow {
        at: cosigned.at - by_ms,
        ..cosigned.clone()
    };
    assert!(node.store.cosign(origin, Some(&cosigned), earlier).await.unwrap());
}

fn witness_key(node: &Node) -> VerifierKey {
    let shown = node.runtime.describe_witness();
    VerifierKey::parse(shown["vkey"].as_str().unwrap()).unwrap()
}

/// When the witness saw the checkpoint, by the lines that it answered.
fn seen_at(node: &Node, checkpoint: &SignedCheckpoint, lines: &str) -> Instant {
    let mut signed = checkpoint.clone();
    for signature in Signature::parse_lines(lines).unwrap() {
        signed.add(signature);
    }
    let keys = [witness_key(node)];
    let found = signed.verify(&International, &keys).unwrap();
    match found[0].statement {
        Statement::SeenAt(at) => at,
        Statement::Text => panic!("no cosignature"),
    }
}

#[tokio::test]
async fn every_status_of_the_specification() {
    let node = Node::start().await;
    let log = Log::new(ORIGIN, "", 12);
    assert_eq!(add(&node, &log.request(0, 3)).await.status, 404);
    know(&node, &log).await;
    assert_eq!(add(&node, &Log::new(ORIGIN, "", 3).request(0, 3)).await.status, 403);
    let needless = AddCheckpoint {
        proof: vec![Digest::of(b"x")],
        ..log.request(0, 3)
    };
    assert_eq!(add(&node, &needless).await.status, 422);
    let first = log.request(0, 3);
    let answer = add(&node, &first).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    seen_at(&node, &first.checkpoint, &answer.text);
    let other = add(&node, &log.request(0, 5)).await;
    assert_eq!((other.status, other.text.as_str()), (409, "3\n"));
    assert_eq!(other.headers["content-type"], "text/x.tlog.size");
    let shrinks = AddCheckpoint {
        old_size: 4,
        ..log.request(3, 3)
    };
    assert_eq!(add(&node, &shrinks).await.status, 400);
    later(&node, ORIGIN, 20_000).await;
    let unproven = AddCheckpoint {
        proof: vec![Digest::of(b"x")],
        ..log.request(3, 5)
    };
    assert_eq!(add(&node, &unproven).await.status, 422);
    let grown = log.request(3, 5);
    let answer = add(&node, &grown).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    seen_at(&node, &grown.checkpoint, &answer.text);
}

#[tokio::test]
async fn what_is_no_request_is_measured_and_refused() {
    let node = Node::start().await;
    let log = Log::new(ORIGIN, "", 3);
    know(&node, &log).await;
    let good = log.request(0, 3).render();
    let many = AddCheckpoint {
        old_size: 1,
        proof: vec![Digest::of(b"x"); 64],
        ..log.request(1, 3)
    };
    for (text, reason, status) in [
        (String::new(), None, 400),
        ("old 03\n\n".to_owned(), None, 400),
        (good.replace("old 0\n", "old x\n"), None, 400),
        (many.render(), None, 400),
        (format!("{good}{}", "x".repeat(10 * 1024)), None, 413),
        (good.clone(), Some("r".repeat(201)), 400),
        (good.clone(), Some(" ".to_owned()), 400),
        (good.clone(), Some("a deadline".to_owned()), 200),
    ] {
        let answer = post_text(&node, text, reason.as_deref()).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
}

/// A new tree once in ten seconds; the same one as it was answered, and afresh after a day or for a reason.
#[tokio::test]
async fn a_log_is_cosigned_at_a_measured_pace() {
    let node = Node::start().await;
    let log = Log::new(ORIGIN, "", 9);
    know(&node, &log).await;
    let first = add(&node, &log.request(0, 3)).await;
    let soon = add(&node, &log.request(3, 5)).await;
    assert_eq!(soon.status, 429, "{}", soon.text);
    let seconds: u64 = soon.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&seconds), "{seconds}");
    let again = log.request(3, 3);
    assert_eq!(add(&node, &again).await.text, first.text);
    let urgent = post_text(&node, again.render(), Some("a deadline")).await;
    assert_eq!(urgent.status, 429);
    later(&node, ORIGIN, HOUR_MS).await;
    assert_eq!(add(&node, &again).await.text, first.text);
    let urgent = post_text(&node, again.render(), Some("a deadline")).await;
    assert_eq!(urgent.status, 200);
    assert!(seen_at(&node, &again.checkpoint, &urgent.text) >= seen_at(&node, &again.checkpoint, &first.text));
    let listed = node.done(&node.operator(), "GET", "/witness/logs", None).await;
    assert_eq!(listed["items"][0]["reason"], "a deadline");
    later(&node, ORIGIN, 25 * HOUR_MS).await;
    assert_eq!(add(&node, &again).await.status, 200);
    let listed = node.done(&node.operator(), "GET", "/witness/logs", None).await;
    assert_eq!(
        listed["items"][0].get("reason"),
        None,
        "it was cosigned afresh, for no reason"
    );
}

#[tokio::test]
async fn a_fork_is_refused_and_both_notes_are_kept() {
    let node = Node::start().await;
    let log = Log::new(ORIGIN, "", 5);
    know(&node, &log).await;
    assert_eq!(add(&node, &log.request(0, 5)).await.status, 200);
    let stranger = Log::new(ORIGIN, "other", 5);
    assert_eq!(add(&node, &stranger.request(5, 5)).await.status, 403);
    let forks = node.done(&node.operator(), "GET", "/witness/forks", None).await;
    assert_eq!(
        forks["items"],
        json!([]),
        "whoever has no key of the log accuses nobody"
    );
    let rewritten = Log::new("log.example/b", "other", 5).roots[&5];
    let shown = log.signed(5, rewritten);
    for (old_size, status) in [(5, 422), (0, 409)] {
        let request = AddCheckpoint {
            old_size,
            proof: Vec::new(),
            checkpoint: shown.clone(),
        };
        assert_eq!(add(&node, &request).await.status, status);
    }
    let forks = node.done(&node.operator(), "GET", "/witness/forks", None).await;
    let forks = forks["items"].as_array().unwrap();
    assert_eq!(forks.len(), 1);
    assert_eq!(forks[0]["shown"], shown.render());
    assert!(
        forks[0]["known"]
            .as_str()
            .unwrap()
            .starts_with(log.signed(5, log.roots[&5]).note().text())
    );
    assert_eq!(node.store.count_forked_logs().await.unwrap(), 1);
    let alarms = node.done(&node.operator(), "GET", "/alarms", None).await;
    let alarm = &alarms["items"][0];
    assert_eq!((&alarm["alarm"], &alarm["verdict"]), (&json!("fork"), &json!("proven")));
    assert_eq!(alarm["origin"], ORIGIN);
}

/// The log's own proof convicts it: it leads from another tree than the one that was cosigned.
#[tokio::test]
async fn a_history_that_goes_on_from_another_tree_is_kept_with_what_it_begins_with() {
    let node = Node::start().await;
    let (log, other) = (Log::new(ORIGIN, "", 5), Log::new(ORIGIN, "other", 9));
    know(&node, &log).await;
    assert_eq!(add(&node, &log.request(0, 5)).await.status, 200);
    let rewritten = AddCheckpoint {
        checkpoint: log.signed(9, other.roots[&9]),
        ..other.request(5, 9)
    };
    let mut unproven = rewritten.clone();
    unproven.proof.pop();
    assert_eq!(add(&node, &unproven).await.status, 422);
    let forks = node.done(&node.operator(), "GET", "/witness/forks", None).await;
    assert_eq!(forks["items"], json!([]), "a proof that fails proves nothing");
    assert_eq!(add(&node, &rewritten).await.status, 422);
    let forks = node.done(&node.operator(), "GET", "/witness/forks", None).await;
    let fork = &forks["items"][0];
    assert_eq!(fork["shown"], rewritten.checkpoint.render());
    assert_eq!(fork["prefix"]["root"], other.roots[&5].base64(), "{fork}");
    let alarms = node.done(&node.operator(), "GET", "/alarms", None).await;
    let alarm = &alarms["items"][0];
    assert_eq!(
        (&alarm["alarm"], &alarm["verdict"]),
        (&json!("inconsistent"), &json!("proven"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_requests_at_once_one_wins() {
    let node = Arc::new(Node::start().await);
    for round in 0..8 {
        let log = Arc::new(Log::new(&format!("log.example/{round}"), "", 8));
        know(&node, &log).await;
        let racing = (1..=8).map(|size| {
            let (node, log) = (Arc::clone(&node), Arc::clone(&log));
            tokio::spawn(async move { (size, add(&node, &log.request(0, size)).await) })
        });
        let racing: Vec<_> = racing.collect();
        let mut answers = Vec::new();
        for one in racing {
            answers.push(one.await.unwrap());
        }
        let won: Vec<u64> = answers
            .iter()
            .filter(|(_, answer)| answer.status == 200)
            .map(|(size, _)| *size)
            .collect();
        assert_eq!(won.len(), 1, "round {round}: {won:?}");
        for (_, answer) in answers.iter().filter(|(_, answer)| answer.status != 200) {
            assert_eq!((answer.status, &answer.text), (409, &format!("{}\n", won[0])));
        }
    }
}

#[tokio::test]
async fn monitors_read_what_was_cosigned_even_of_a_log_off_the_list() {
    let node = Node::start().await;
    let log = Log::new(ORIGIN, "", 7);
    let path = format!("/{}/checkpoint", Digest::of(ORIGIN.as_bytes()).hex());
    assert_eq!(read(&node, "/nonsense/checkpoint").await.status, 404);
    assert_eq!(read(&node, &path).await.status, 404);
    know(&node, &log).await;
    assert_eq!(
        read(&node, &path).await.status,
        404,
        "it is known and was never cosigned"
    );
    let answer = add(&node, &log.request(0, 5)).await;
    let shown = read(&node, &path).await;
    let note = SignedCheckpoint::parse(shown.text.as_bytes()).unwrap();
    let keys = [VerifierKey::parse(&log.vkey()).unwrap(), witness_key(&node)];
    assert_eq!(note.verify(&International, &keys).unwrap().len(), 2);
    assert!(shown.text.ends_with(&answer.text));
    let off = format!("/witness/logs/{}", ORIGIN.replace('/', "%2F"));
    assert_eq!(node.ask(&node.operator(), "DELETE", &off, None).await.status, 204);
    assert_eq!(node.ask(&node.operator(), "DELETE", &off, None).await.status, 404);
    assert_eq!(add(&node, &log.request(5, 5)).await.status, 404);
    assert_eq!(read(&node, &path).await.text, shown.text);
    // On the list again, it cannot begin anew.
    know(&node, &log).await;
    assert_eq!(add(&node, &log.request(0, 7)).await.status, 409);
}

#[tokio::test]
async fn the_list_is_the_operator_s_and_takes_no_log_of_the_house() {
    let node = Node::start().await;
    let admin = node.admin(KEYED).await;
    let log = Log::new(ORIGIN, "", 1);
    let path = "/witness/logs/log.example%2Fa";
    for (method, path, body) in [
        ("GET", "/witness/logs", None),
        ("GET", "/witness/forks", None),
        ("PUT", path, Some(json!({ "vkeys": [log.vkey()] }))),
        ("DELETE", path, None),
    ] {
        let got = node.ask(&admin, method, path, body.as_ref()).await;
        assert_eq!((got.status, got.code()), (403, "forbidden"), "{method} {path}");
    }
    let witness = VerifierKey::parse(
        node.done(&admin, "GET", "/witness", None).await["vkey"]
            .as_str()
            .unwrap(),
    )
    .unwrap();
    assert_eq!(witness.name().as_str(), "127.0.0.1:8443/witness");
    assert_eq!(read(&node, "").await.text, node.runtime.describe_witness().to_string());
    let own = node.done(&admin, "GET", "/logs", None).await["items"][0].clone();
    let own_path = format!("/witness/logs/{}", own["origin"].as_str().unwrap().replace('/', "%2F"));
    for (path, vkeys, code) in [
        (own_path.as_str(), json!([own["vkey"]]), "own-log"),
        (path, json!([]), "wrong-key"),
        (path, json!([Log::new("log.example/b", "", 1).vkey()]), "wrong-key"),
        (path, json!(["nonsense"]), "invalid"),
    ] {
        let got = node
            .ask(&node.operator(), "PUT", path, Some(&json!({ "vkeys": vkeys })))
            .await;
        assert_eq!((got.status, got.code()), (400, code), "{path}");
    }
}

async fn publish(node: &Node, who: &As, name: &str) {
    let draft = json!({
        "kind": "dataset", "name": name, "noPersonalData": true,
        "body": {
            "title": { "en": "Water losses (sample)" }, "description": { "en": "Water losses by district (sample)" },
            "publisher": { "name": { "en": "Water works (sample)" } },
        },
    });
    node.done(who, "POST", "/records", Some(&draft)).await;
}

async fn register(node: &Node, who: &As) -> Value {
    node.done(who, "GET", "/logs", None).await["items"][0].clone()
}

/// The register, once it is as it should be.
async fn register_when(node: &Node, who: &As, is_so: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for _ in 0..400 {
        last = register(node, who).await;
        if is_so(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it never came so: {last}");
}

fn policy(key: &VerifierKey, address: &str) -> String {
    format!("witness w {} {address}\nquorum w\n", key.render())
}

async fn put_policy(node: &Node, who: &As, policy: &str, wait: bool) {
    let body = json!({ "policy": policy, "wait": wait });
    let put = node.done(who, "PUT", "/logs/register/policy", Some(&body)).await;
    assert_eq!(put, body);
    assert_eq!(node.done(who, "GET", "/logs/register/policy", None).await, body);
}

/// Has the witness of a node know a log; where it is asked.
async fn witnessed_by(theirs: &Node, log: &Value) -> String {
    let (origin, vkey) = (log["origin"].as_str().unwrap(), log["vkey"].as_str().unwrap());
    theirs
        .runtime
        .put_witnessed_log(origin, &[vkey.to_owned()])
        .await
        .unwrap();
    theirs.runtime.describe_witness()["submissionPrefix"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn served(node: &Node) -> SignedCheckpoint {
    let name = LogName::Own {
        participant: KEYED.to_owned(),
        number: 1,
    };
    let (out, _) = node.runtime.log_checkpoint(&name).unwrap();
    SignedCheckpoint::parse(&out.checkpoint).unwrap()
}

/// Two nodes: the register of one waits for the witness of the other, which learns of the log only later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_register_waits_for_its_quorum_and_then_publishes() {
    let (ours, theirs) = (Node::start().await, Node::start_on_air().await);
    let who = ours.admin(KEYED).await;
    register_when(&ours, &who, |log| log["size"] == 1).await;
    let key = witness_key(&theirs);
    let address = theirs.runtime.describe_witness()["submissionPrefix"]
        .as_str()
        .unwrap()
        .to_owned();
    put_policy(&ours, &who, &policy(&key, &address), true).await;
    publish(&ours, &who, "water").await;
    // One that does not wait shows below what it published.
    let waiting = register_when(&ours, &who, |log| log["waitingForQuorum"] == 2 || log["size"] == 2).await;
    // That nothing comes has no event: long enough for a publication that does not wait.
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(
        served(&ours).await.checkpoint().size,
        1,
        "nothing comes out before the quorum"
    );
    let (origin, vkey) = (waiting["origin"].as_str().unwrap(), waiting["vkey"].as_str().unwrap());
    theirs
        .runtime
        .put_witnessed_log(origin, &[vkey.to_owned()])
        .await
        .unwrap();
    let out = register_when(&ours, &who, |log| log["size"] == 2).await;
    assert_eq!(out["cosigned"][0]["witness"], key.name().as_str());
    assert_eq!(out.get("waitingForQuorum"), None);
    let keys = [VerifierKey::parse(vkey).unwrap(), key];
    let note = served(&ours).await;
    assert_eq!(note.verify(&International, &keys).unwrap().len(), 2);
    let kept = ours.store.log(origin).await.unwrap().unwrap().checkpoint.unwrap();
    assert_eq!(kept, note.render().into_bytes(), "what is served is what is stored");
}

/// What is out gets its cosignature, though it waited for none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_published_checkpoint_is_cosigned_where_it_stands() {
    let (ours, theirs) = (Node::start().await, Node::start_on_air().await);
    let who = ours.admin(KEYED).await;
    let log = register_when(&ours, &who, |log| log["size"] == 1).await;
    let address = witnessed_by(&theirs, &log).await;
    put_policy(&ours, &who, &policy(&witness_key(&theirs), &address), false).await;
    register_when(&ours, &who, |log| {
        log["cosigned"].as_array().is_some_and(|all| all.len() == 1)
    })
    .await;
    let origin = log["origin"].as_str().unwrap();
    let kept = ours.store.log(origin).await.unwrap().unwrap().checkpoint.unwrap();
    assert_eq!(kept, served(&ours).await.render().into_bytes());
}

/// What is out and unchanged is cosigned again when somebody says why.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_published_checkpoint_is_cosigned_afresh_for_a_reason() {
    let (ours, theirs) = (Node::start().await, Node::start_on_air().await);
    let who = ours.admin(KEYED).await;
    let log = register_when(&ours, &who, |log| log["size"] == 1).await;
    let ask = async |reason: &str| {
        let body = json!({ "reason": reason });
        ours.ask(&who, "POST", "/logs/register/cosignatures", Some(&body)).await
    };
    assert_eq!(ask("a deadline").await.status, 404, "nobody is asked");
    let address = witnessed_by(&theirs, &log).await;
    let (live, dead) = (witness_key(&theirs), witness_key(&ours));
    let both = format!(
        "witness live {} {address}\nwitness dead {} http://127.0.0.1:9/\ngroup one any live dead\nquorum one\n",
        live.render(),
        dead.render(),
    );
    put_policy(&ours, &who, &both, false).await;
    let before = register_when(&ours, &who, |log| !log["cosigned"][0].is_null()).await;
    for wrong in ["", "срок"] {
        let got = ask(wrong).await;
        assert_eq!((got.status, got.code()), (400, "wrong-reason"), "{wrong}");
    }
    let done = ask("a deadline").await.json;
    assert_eq!(done["size"], 1, "{done}");
    let (fresh, failed) = (&done["witnesses"][0], &done["witnesses"][1]);
    assert_eq!((&fresh["isFresh"], fresh.get("why")), (&json!(true), None), "{done}");
    assert!(fresh["at"].as_str() > before["cosigned"][0]["at"].as_str(), "{done}");
    assert_eq!(
        (&failed["isFresh"], failed["why"].is_string()),
        (&json!(false), true),
        "{done}"
    );
    let after = register(&ours, &who).await;
    assert_eq!(
        after["cosigned"][0]["at"], fresh["at"],
        "it stands below what is served"
    );
}

/// A witness that says what it is told to.
async fn false_witness(State(lines): State<String>) -> String {
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_a_dead_witness_nor_a_false_one_stops_a_log_that_does_not_wait() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    register_when(&node, &who, |log| log["size"] == 1).await;
    let signer = generate(Algorithm::Ed25519).unwrap().0;
    let name = KeyName::parse("false.example/witness").unwrap();
    let signer = NoteSigner::new(name, SignatureType::COSIGNATURE, &signer).unwrap();
    let lines = signer.sign("another text\n", node.runtime.now()).unwrap().render();
    let socket = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let router = axum::Router::new()
        .route("/add-checkpoint", post(false_witness))
        .with_state(lines);
    tokio::spawn(chapar_api::listen(
        socket,
        router,
        chapar_api::Listening::default(),
        std::future::pending(),
    ));
    let dead = Node::start().await;
    let both = format!(
        "witness false {} {address}\nwitness dead {} http://127.0.0.1:9/\ngroup both all false dead\nquorum both\n",
        signer.verifier_key().render(),
        witness_key(&dead).render(),
    );
    put_policy(&node, &who, &both, false).await;
    publish(&node, &who, "water").await;
    register_when(&node, &who, |log| log["size"] == 2).await;
    // That nothing comes has no event: long enough for both witnesses to have been asked more than once.
    tokio::time::sleep(Duration::from_millis(700)).await;
    let log = register_when(&node, &who, |log| log["size"] == 2).await;
    assert_eq!(log["cosigned"], json!([]));
    assert_eq!(
        served(&node).await.note().signatures().len(),
        1,
        "what does not verify is not served"
    );
}

#[tokio::test]
async fn a_policy_that_nobody_can_follow_is_refused() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let key = witness_key(&node);
    let stranger = Log::new(ORIGIN, "", 1).vkey();
    for text in [
        String::new(),
        "quorum nobody\n".to_owned(),
        format!("witness w {}\nquorum w\n", key.render()),
        policy(&key, "ftp://w.example"),
        format!("log {stranger}\nquorum none\n"),
    ] {
        let body = json!({ "policy": text });
        let got = node.ask(&who, "PUT", "/logs/register/policy", Some(&body)).await;
        assert_eq!((got.status, got.code()), (400, "wrong-policy"), "{text}");
    }
    assert_eq!(node.get(&who, "/logs/register/policy").await.status, 404);
    let editor = As::key(&node.key(KEYED, chapar_runtime::KeyRole::Editor).await.text);
    let body = json!({ "policy": "quorum none\n" });
    assert_eq!(
        node.ask(&editor, "PUT", "/logs/register/policy", Some(&body))
            .await
            .status,
        403
    );
}
