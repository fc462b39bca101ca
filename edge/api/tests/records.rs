//! Records over the own API and the log behind them over the public door, at a participant that has keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use chapar_register::{Kinds, Record, RecordId};
use chapar_runtime::KeyRole;
use chapar_suite_international::International;
use chapar_terms::Digest;
use chapar_test_node::{As, KEYED, Node, OURS, PARTNER, PEER, keyed, nowhere};
use chapar_tlog::policy::Policy;
use chapar_tlog::{Level, SignedCheckpoint, TileId, TlogProof, VerifierKey, decode_bodies, decode_entries, leaf_hash};
use serde_json::{Value, json};
use std::time::Duration;
use tower_service::Service;

fn draft(name: &str, title: &str) -> Value {
    json!({
        "kind": "dataset",
        "name": name,
        "authentic": ["ru"],
        "mandate": "urn:law:1",
        "valid": { "from": "2026-01-01T00:00:00Z" },
        "links": [{ "rel": "related", "target": "urn:other" }],
        "noPersonalData": true,
        "body": {
            "title": { "ru": title, "en": "Water losses (sample)" },
            "description": { "ru": "Потери воды по районам (пример)" },
            "publisher": { "name": { "ru": "Водоканал (пример)" } },
        },
    })
}

async fn public(node: &Node, path: &str, known: Option<&str>) -> Response<Body> {
    let mut request = Request::builder().uri(format!("/{KEYED}/log/{path}"));
    if let Some(tag) = known {
        request = request.header("if-none-match", tag);
    }
    let mut router = chapar_api::log::router(node.runtime.clone());
    router.call(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn bytes(node: &Node, path: &str) -> Vec<u8> {
    let response = public(node, path, None).await;
    assert_eq!(response.status(), 200, "{path}");
    to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
}

/// The checkpoint, once it covers `size` entries.
async fn checkpoint(node: &Node, size: u64) -> SignedCheckpoint {
    for _ in 0..200 {
        let response = public(node, "checkpoint", None).await;
        if response.status() == 200 {
            let note = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let checkpoint = SignedCheckpoint::parse(&note).unwrap();
            if checkpoint.checkpoint().size >= size {
                return checkpoint;
            }
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no checkpoint of {size} entries came out");
}

async fn vkey(node: &Node, who: &As) -> VerifierKey {
    let logs = node.done(who, "GET", "/logs", None).await;
    VerifierKey::parse(logs["items"][0]["vkey"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_record_lives_from_its_first_version_to_its_withdrawal() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let first = node
        .done(&who, "POST", "/records", Some(&draft("water", "Потери (пример)")))
        .await;
    assert_eq!((&first["version"], &first["name"]), (&json!(1), &json!("water")));
    assert_eq!(first["languages"], json!(["en", "ru"]));
    let again = node
        .done(&who, "POST", "/records", Some(&draft("water", "Потери (пример)")))
        .await;
    assert_eq!(
        again["leafHash"], first["leafHash"],
        "what says nothing new is no new version"
    );
    let second = node
        .done(&who, "POST", "/records", Some(&draft("water", "Потери воды (пример)")))
        .await;
    assert_eq!(
        (&second["version"], &second["previous"]),
        (&json!(2), &first["leafHash"])
    );
    let history = node.done(&who, "GET", "/records/water/history?limit=1", None).await;
    assert_eq!(history["items"][0]["version"], 1);
    let rest = format!("/records/water/history?after={}", history["next"].as_str().unwrap());
    let rest = node.done(&who, "GET", &rest, None).await;
    assert_eq!((&rest["items"][0]["version"], &rest["next"]), (&json!(2), &Value::Null));
    let old = node.done(&who, "GET", "/records/water/versions/1", None).await;
    assert_eq!(old["body"]["title"]["ru"], "Потери (пример)");
    let withdrawal = json!({ "reason": { "en": "wrong figures" }, "code": "error" });
    let withdrawn = node
        .done(&who, "POST", "/records/water/withdrawal", Some(&withdrawal))
        .await;
    assert_eq!(withdrawn["version"], 2);
    assert_eq!(withdrawn["withdrawal"]["body"]["targetHash"], second["leafHash"]);
    let history = node.done(&who, "GET", "/records/water/history", None).await;
    let kinds: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["kind"])
        .collect();
    assert_eq!(kinds, ["dataset", "dataset", "withdrawal"]);
    for (method, path, body) in [
        ("POST", "/records", draft("water", "Другое (пример)")),
        ("POST", "/records/water/withdrawal", withdrawal),
    ] {
        let got = node.ask(&who, method, path, Some(&body)).await;
        assert_eq!((got.status, got.code()), (409, "conflict"), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_record_is_refused_with_what_to_do() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let with = |pointer: &str, value: Value| {
        let mut draft = draft("x", "Потери (пример)");
        *draft.pointer_mut(pointer).unwrap() = value;
        draft
    };
    let rows = [
        (with("/noPersonalData", json!(false)), "not-confirmed", "no person"),
        (with("/kind", json!("no-such")), "unknown-kind", "no-such"),
        (with("/kind", json!("key-set")), "wrong-kind", "node itself"),
        (with("/kind", json!("withdrawal")), "wrong-kind", "node itself"),
        (with("/body/title", json!(5)), "wrong-record", "/title"),
        (
            with("/body/title/ru", json!("пишите на a@b.example")),
            "personal-data",
            "/title/ru",
        ),
        (with("/authentic", json!(["zh"])), "wrong-record", "authentic"),
        (with("/authentic", json!(["Chinese"])), "invalid", "language tag"),
        (with("/name", json!("a b")), "wrong-record", "record id"),
        (with("/mandate", json!("none")), "wrong-record", "mandate"),
    ];
    for (draft, code, says) in rows {
        let got = node.ask(&who, "POST", "/records", Some(&draft)).await;
        assert_eq!((got.status, got.code()), (400, code), "{}", got.json);
        assert!(got.json.to_string().contains(says), "{}", got.json);
    }
    let one = draft("y", "Потери (пример)");
    let both = json!({ "records": [one, with("/body/title", json!(5))] });
    let got = node.ask(&who, "POST", "/records/batch", Some(&both)).await;
    assert_eq!(got.code(), "wrong-record");
    assert_eq!(node.get(&who, "/records/y").await.code(), "not-found", "all or none");
    let twice = json!({ "records": [draft("y", "a"), draft("y", "b")] });
    assert_eq!(
        node.ask(&who, "POST", "/records/batch", Some(&twice)).await.code(),
        "wrong-name"
    );
    let none = json!({ "records": [] });
    assert_eq!(
        node.ask(&who, "POST", "/records/batch", Some(&none)).await.code(),
        "wrong-number"
    );
    assert_eq!(node.get(&who, "/kinds/no-such").await.code(), "not-found");
    let ours = node.admin(OURS).await;
    assert_eq!(
        node.ask(&ours, "POST", "/records", Some(&draft("x", "a"))).await.code(),
        "no-register"
    );
}

#[tokio::test]
async fn what_would_be_refused_is_told_and_nothing_is_written() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let with = |pointer: &str, value: Value| {
        let mut draft = draft("x", "Потери (пример)");
        *draft.pointer_mut(pointer).unwrap() = value;
        draft
    };
    let one = draft("y", "Потери (пример)");
    let checked = json!({ "records": [
        one, with("/body/title", json!(5)), with("/body/title/ru", json!("пишите на a@b.example")), with("/noPersonalData", json!(false)),
    ] });
    let told = node.done(&who, "POST", "/records/checks", Some(&checked)).await;
    let outcomes: Vec<_> = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["outcome"], &one["code"]))
        .collect();
    let (new, refused) = (json!("new"), json!("refused"));
    let (wrong, personal) = (json!("wrong-record"), json!("personal-data"));
    assert_eq!(
        outcomes,
        [
            (&new, &json!(null)),
            (&refused, &wrong),
            (&refused, &personal),
            (&new, &json!(null))
        ]
    );
    assert!(
        told["items"][1]["reason"].as_str().unwrap().contains("/title"),
        "{told}"
    );
    assert_eq!(
        node.get(&who, "/records/y").await.code(),
        "not-found",
        "nothing is written"
    );
}

#[tokio::test]
async fn everybody_reads_the_log_and_checks_it() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let shown = node
        .done(&who, "POST", "/records", Some(&draft("water", "Потери (пример)")))
        .await;
    let signed = checkpoint(&node, 2).await;
    let key = vkey(&node, &who).await;
    signed.verify(&International, std::slice::from_ref(&key)).unwrap();
    let bundle = bytes(&node, "tile/entries/000.p/2").await;
    let entries = decode_entries(TileId::new(Level::Entries, 0, 2).unwrap(), &bundle).unwrap();
    let record = Record::parse(entries[1]).unwrap();
    assert_eq!(record.header().id.to_string(), shown["id"].as_str().unwrap());
    let id = RecordId::parse(shown["id"].as_str().unwrap()).unwrap();
    assert_eq!(
        id.participant().as_str(),
        node.runtime.hosted(KEYED).unwrap().me.id.as_str()
    );
    let bodies = bytes(&node, "bodies/000.p/2").await;
    let bodies = decode_bodies(TileId::new(Level::Bodies, 0, 2).unwrap(), &bodies).unwrap();
    assert_eq!(Digest::of(bodies[1].unwrap()), record.header().body_hash);
    let one = bytes(&node, &format!("body/{}", record.header().body_hash)).await;
    assert_eq!(one, bodies[1].unwrap());
    let proof = node.get(&who, "/records/water/proof").await;
    let proof = TlogProof::parse(&proof.bytes).unwrap();
    let policy = Policy::parse(format!("log {}\nquorum none\n", key.render()).as_bytes()).unwrap();
    proof.verify(&International, &policy, &leaf_hash(entries[1])).unwrap();
    assert_eq!(proof.extra.as_deref(), Some(entries[1]));
    assert!(Kinds::built_in().find(&record.header().kind).is_some());
}

#[tokio::test]
async fn what_never_changes_is_kept_and_what_may_change_is_asked_again() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    node.done(&who, "POST", "/records", Some(&draft("water", "Потери (пример)")))
        .await;
    checkpoint(&node, 2).await;
    let rows = [
        ("checkpoint", "text/plain; charset=utf-8", "public, no-cache"),
        (
            "tile/0/000.p/2",
            "application/octet-stream",
            "public, max-age=31536000, immutable",
        ),
        (
            "tile/entries/000.p/2",
            "application/octet-stream",
            "public, max-age=31536000, immutable",
        ),
        ("bodies/000.p/2", "application/octet-stream", "public, max-age=60"),
    ];
    for (path, kind, keep) in rows {
        let response = public(&node, path, None).await;
        let headers = response.headers().clone();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(
            (
                headers["content-type"].to_str().unwrap(),
                headers["cache-control"].to_str().unwrap()
            ),
            (kind, keep),
            "{path}"
        );
        let tag = headers["etag"].to_str().unwrap();
        let known = public(&node, path, Some(tag)).await;
        assert_eq!(known.status(), 304, "{path}");
        assert_eq!(known.headers()["cache-control"], keep, "{path}");
        assert_eq!(public(&node, path, Some("\"other\"")).await.status(), 200, "{path}");
    }
    for path in [
        "tile/0/000.p/3",
        "tile/0/000",
        "tile/0/001.p/1",
        "tile/1/000.p/1",
        "tile/entries/000.p/200",
        "bodies/000.p/3",
        "tile/00/000.p/2",
        "../uz/log/checkpoint",
        "body/00",
        "nothing",
        &format!("body/{}", Digest::of(b"none")),
    ] {
        assert_eq!(public(&node, path, None).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_register_is_its_participants_own() {
    let node = Node::start().await;
    node.runtime.add_participant(keyed(PARTNER)).await.unwrap();
    let (who, other) = (node.admin(KEYED).await, node.admin(PARTNER).await);
    let mine = node
        .done(&who, "POST", "/records", Some(&draft("water", "Потери (пример)")))
        .await;
    for path in ["", "/history", "/versions/1", "/proof"] {
        assert_eq!(
            node.get(&other, &format!("/records/water{path}")).await.code(),
            "not-found",
            "{path}"
        );
    }
    let withdrawal = json!({ "reason": { "en": "x" }, "code": "other" });
    let got = node
        .ask(&other, "POST", "/records/water/withdrawal", Some(&withdrawal))
        .await;
    assert_eq!(got.code(), "not-found");
    let theirs = node
        .done(&other, "POST", "/records", Some(&draft("water", "Потери (пример)")))
        .await;
    assert_ne!(theirs["id"], mine["id"]);
    let viewer = As::key(&node.key(KEYED, KeyRole::Viewer).await.text);
    let got = node.ask(&viewer, "POST", "/records", Some(&draft("z", "a"))).await;
    assert_eq!(got.status, 403);
    let logs = node.done(&viewer, "GET", "/logs", None).await;
    assert_eq!(logs["items"][0]["name"], "register");
    assert_eq!(logs["items"][1]["name"], "evidence");
}

#[tokio::test]
async fn a_rotated_key_is_told_by_the_key_before_it() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let before = node
        .done(&who, "POST", "/records", Some(&draft("water", "Потери (пример)")))
        .await;
    node.done(&who, "POST", "/identity/rotate", None).await;
    node.done(&who, "POST", "/records", Some(&draft("water", "Потери воды (пример)")))
        .await;
    let signed = checkpoint(&node, 4).await;
    let bundle = bytes(&node, "tile/entries/000.p/4").await;
    let entries = decode_entries(TileId::new(Level::Entries, 0, 4).unwrap(), &bundle).unwrap();
    let bodies = bytes(&node, "bodies/000.p/4").await;
    let bodies = decode_bodies(TileId::new(Level::Bodies, 0, 4).unwrap(), &bodies).unwrap();
    let owner = node.runtime.hosted(KEYED).unwrap().me.id.clone();
    let state = chapar_register::LogState::pinned(owner, vkey(&node, &who).await);
    let mut intake = chapar_register::Intake::begin(Kinds::built_in(), &International, state, signed).unwrap();
    for (entry, body) in entries.iter().zip(&bodies) {
        let taken = intake.push(entry, *body);
        assert!(taken.verdict.is_ok(), "{:?}", taken.verdict);
    }
    intake.finish().unwrap();
    let method = |entry: &[u8]| Record::parse(entry).unwrap().proof().verification_method.clone();
    assert_eq!(
        method(entries[1]),
        method(entries[2]),
        "the old key tells of the new one"
    );
    assert_ne!(method(entries[1]), method(entries[3]));
    assert_eq!(before["version"], 1);
}

/// What a stranger makes of the whole log who pinned this key.
async fn from_pin(node: &Node, size: u64, pin: VerifierKey) -> Result<chapar_register::LogState, String> {
    let signed = checkpoint(node, size).await;
    let width = u16::try_from(size).unwrap();
    let bundle = bytes(node, &format!("tile/entries/000.p/{size}")).await;
    let entries = decode_entries(TileId::new(Level::Entries, 0, width).unwrap(), &bundle).unwrap();
    let bodies = bytes(node, &format!("bodies/000.p/{size}")).await;
    let bodies = decode_bodies(TileId::new(Level::Bodies, 0, width).unwrap(), &bodies).unwrap();
    let owner = node.runtime.hosted(KEYED).unwrap().me.id.clone();
    let state = chapar_register::LogState::pinned(owner, pin);
    let intake = chapar_register::Intake::begin(Kinds::built_in(), &International, state, signed);
    let mut intake = intake.map_err(|why| why.to_string())?;
    for (entry, body) in entries.iter().zip(&bodies) {
        let taken = intake.push(entry, *body);
        assert!(taken.verdict.is_ok(), "{:?}", taken.verdict);
    }
    intake.finish().map_err(|why| why.to_string())
}

/// The body of a checkpoint of the evidence, once it stands in the register.
async fn written_down(node: &Node, who: &As, number: u32) -> Value {
    for _ in 0..400 {
        let path = format!("/records/evidence-checkpoint.{number:010}");
        let got = node.ask(who, "GET", &path, None).await;
        if got.status == 200 {
            return got.json["body"].clone();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("evidence is not written down");
}

/// That the key which the body names signed the checkpoint that it holds.
fn check_signed(body: &Value) -> VerifierKey {
    let key = VerifierKey::parse(body["vkey"].as_str().unwrap()).unwrap();
    let note = SignedCheckpoint::parse(body["checkpoint"].as_str().unwrap().as_bytes()).unwrap();
    note.verify(&International, std::slice::from_ref(&key)).unwrap();
    key
}

#[tokio::test]
async fn a_log_goes_on_with_a_fresh_key_and_a_lost_one_signs_nothing_any_more() {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let first = vkey(&node, &who).await;
    let offer = json!({ "@id": "o", "target": "x", "permission": [{ "action": "use" }] });
    let begin = json!({ "peer": PEER, "address": nowhere(), "offer": offer });
    node.done(&who, "POST", "/negotiations", Some(&begin)).await;
    let evidence = check_signed(&written_down(&node, &who, 1).await);
    let record = node
        .done(&who, "POST", "/records", Some(&draft("water", "Потери (пример)")))
        .await;
    let logs = node.done(&who, "POST", "/logs/keys", Some(&json!({}))).await;
    let second = vkey(&node, &who).await;
    assert_ne!(first, second);
    let keys = &logs["items"][0]["keys"];
    assert_eq!(
        (&keys[0]["isCompromised"], &keys[1]["replacedAt"]),
        (&json!(false), &Value::Null)
    );
    // Nothing may happen in the evidence for long: what is out is signed anew, and written down with its fresh key at once.
    assert_ne!(check_signed(&written_down(&node, &who, 2).await), evidence);
    // Key-set, evidence, record; key-set, evidence. Who pinned the first key goes on by it, and the second is good from the beginning.
    for pin in [&first, &second] {
        let state = from_pin(&node, 5, pin.clone()).await.unwrap();
        let named = state.keys().first_log_key();
        assert_eq!(named, Some(&first), "the log is named by its first key for ever");
    }
    let lost = json!({ "compromised": true });
    node.done(&who, "POST", "/logs/keys", Some(&lost)).await;
    let third = vkey(&node, &who).await;
    from_pin(&node, 7, third.clone()).await.unwrap();
    let signed = checkpoint(&node, 7).await;
    for lost in [first, second] {
        assert!(signed.verify(&International, std::slice::from_ref(&lost)).is_err());
        assert!(from_pin(&node, 7, lost).await.is_err());
    }
    // Records go on under the same ids, and the catalogue is made again by the key that is left.
    let next = node
        .done(&who, "POST", "/records", Some(&draft("water", "Потери воды (пример)")))
        .await;
    assert_eq!(next["id"], record["id"]);
    from_pin(&node, 8, third).await.unwrap();
    node.runtime.rebuild_views().await.unwrap();
    for attempt in 0.. {
        let logs = node.runtime.register_logs().await.unwrap();
        let items = logs["items"].as_array().unwrap();
        if items.iter().any(|log| log["size"] == 8 && log["inCatalogue"] == 8) {
            break;
        }
        assert!(attempt < 200, "the catalogue is not made again: {logs}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// What a participant of long standing has: more keys than a reader takes from one document.
#[tokio::test]
async fn after_many_keys_the_document_lists_the_newest_and_the_register_all() {
    const TURNS: usize = 70;
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let mut newest = String::new();
    for _ in 0..TURNS {
        let rotated = node.done(&who, "POST", "/identity/rotate", None).await;
        let keys = rotated["keys"].as_array().unwrap();
        newest = keys.last().unwrap()["id"].as_str().unwrap().to_owned();
    }
    let record = node.done(&who, "GET", "/records/key-set", None).await;
    let listed = record["body"]["keys"].as_array().unwrap();
    assert_eq!(listed.len(), TURNS + 2, "with the first, and the log's");
    let document = node.runtime.did_document(KEYED).unwrap();
    let document = chapar_trust::did::DidDocument::parse(document.to_string().as_bytes()).unwrap();
    assert_eq!(document.rejected, []);
    assert!(document.signing_method(Some(&newest)).is_ok());
    from_pin(&node, TURNS as u64 + 1, vkey(&node, &who).await)
        .await
        .unwrap();
}
