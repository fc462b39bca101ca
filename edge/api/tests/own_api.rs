//! The own API against a real loop and store: who may do what at every route, what of one participant another may see
//! (nothing), and what errors look like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use axum::body::Body;
use axum::http::Request;
use chapar_runtime::desk::Actor;
use chapar_runtime::{KeyRole, Quota, WantedMirror};
use chapar_terms::{Algorithm, PublicKey};
use chapar_test_node::document::operations;
use chapar_test_node::{As, KEYED, Node, OURS, PEER, THEIRS, field, fresh, nowhere, read};
use chapar_tlog::{KeyName, SignatureType, VerifierKey};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The least right that a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Least {
    Anyone,
    Reader,
    Editor,
    Admin,
    Operator,
}

use Least::{Admin, Anyone, Editor, Operator, Reader};

/// The example of C2SP signed-note.
const FOREIGN_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/// A record that nobody has.
const NO_RECORD: &str = "did:web:nowhere.example/records/0123456789abcdef/none";
const NO_PROPOSAL: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Every route: method, path, least right, status when it is taken. `{id}` is an id that [`prepared`] makes ready.
const ROUTES: [(&str, &str, Least, u16); 98] = [
    ("GET", "/self", Anyone, 200),
    ("POST", "/identity/rotate", Admin, 200),
    ("GET", "/identity", Reader, 200),
    ("POST", "/identity/revoke", Admin, 400),
    ("GET", "/participants", Operator, 200),
    ("POST", "/participants", Operator, 201),
    ("POST", "/participants/{slug}/chest", Operator, 400),
    ("GET", "/keys", Admin, 200),
    ("POST", "/keys", Admin, 201),
    ("DELETE", "/keys/{id}", Admin, 204),
    ("GET", "/documents", Reader, 200),
    ("GET", "/documents/{id}", Reader, 200),
    ("PUT", "/documents/{id}", Editor, 200),
    ("DELETE", "/documents/{id}", Editor, 204),
    ("PUT", "/documents/{id}/properties", Editor, 200),
    ("GET", "/documents/{id}/content", Reader, 200),
    ("GET", "/policies", Reader, 200),
    ("GET", "/policies/{id}", Reader, 200),
    ("PUT", "/policies/{id}", Editor, 200),
    ("DELETE", "/policies/{id}", Editor, 204),
    ("GET", "/offers", Reader, 200),
    ("GET", "/offers/{id}", Reader, 200),
    ("PUT", "/offers/{id}", Editor, 200),
    ("DELETE", "/offers/{id}", Editor, 204),
    ("GET", "/peers", Reader, 200),
    ("POST", "/peers/catalog", Editor, 503),
    ("GET", "/catalogs", Reader, 200),
    ("GET", "/peers/{id}", Reader, 200),
    ("PUT", "/peers/{id}", Admin, 200),
    ("DELETE", "/peers/{id}", Admin, 204),
    ("GET", "/negotiations", Reader, 200),
    ("POST", "/negotiations", Editor, 201),
    ("GET", "/negotiations/{id}", Reader, 200),
    ("GET", "/negotiations/{id}/timeline", Reader, 200),
    ("GET", "/negotiations/{id}/callbacks", Reader, 200),
    ("POST", "/negotiations/{id}/decisions", Editor, 202),
    ("GET", "/transfers", Reader, 200),
    ("POST", "/transfers", Editor, 201),
    ("GET", "/transfers/{id}", Reader, 200),
    ("GET", "/transfers/{id}/timeline", Reader, 200),
    ("GET", "/transfers/{id}/callbacks", Reader, 200),
    ("GET", "/transfers/{id}/accesses", Reader, 200),
    ("POST", "/transfers/{id}/decisions", Editor, 202),
    ("GET", "/transfers/{id}/data-address", Editor, 409),
    ("POST", "/transfers/{id}/data-address", Editor, 409),
    ("POST", "/edrs", Editor, 201),
    ("GET", "/agreements", Reader, 200),
    ("GET", "/agreements/{id}", Reader, 200),
    ("POST", "/agreements/{id}/retirement", Editor, 200),
    ("DELETE", "/agreements/{id}/retirement", Editor, 204),
    ("GET", "/retirements", Reader, 200),
    // These participants have no keys and so no register; `records` asks one that has.
    ("POST", "/offers/{id}/announcement", Editor, 400),
    ("POST", "/records", Editor, 400),
    ("POST", "/records/batch", Editor, 400),
    ("POST", "/records/checks", Editor, 400),
    ("GET", "/records/{name}", Reader, 400),
    ("GET", "/records/{name}/history", Reader, 400),
    ("GET", "/records/{name}/versions/{version}", Reader, 400),
    ("GET", "/records/{name}/proof", Reader, 400),
    ("POST", "/records/{name}/withdrawal", Editor, 400),
    ("POST", "/records/{name}/opening", Editor, 400),
    ("POST", "/fetched-records", Editor, 400),
    ("GET", "/fetched-records/{id}", Reader, 404),
    ("GET", "/logs/register/mirrors", Reader, 400),
    ("POST", "/logs/register/mirrors/look", Editor, 400),
    ("GET", "/logs", Reader, 200),
    ("GET", "/logs/evidence/resource", Admin, 400),
    ("GET", "/mirrors", Operator, 200),
    ("POST", "/mirrors", Operator, 201),
    ("GET", "/mirrors/{id}", Operator, 200),
    ("POST", "/mirrors/{id}/look", Operator, 200),
    ("POST", "/mirrors/{id}/carried", Operator, 200),
    ("DELETE", "/mirrors/{id}", Operator, 204),
    ("GET", "/federations", Anyone, 200),
    ("POST", "/federations", Operator, 201),
    ("GET", "/federations/{id}", Anyone, 200),
    ("DELETE", "/federations/{id}", Operator, 204),
    // These participants are members of none.
    ("POST", "/federations/{id}/proposals", Admin, 409),
    ("POST", "/federations/{id}/proposals/{hash}", Admin, 409),
    ("GET", "/alarms", Operator, 200),
    ("GET", "/logs/register/policy", Reader, 400),
    ("PUT", "/logs/register/policy", Admin, 400),
    ("POST", "/logs/register/cosignatures", Editor, 400),
    ("POST", "/logs/register/recovery", Admin, 400),
    ("POST", "/logs/keys", Admin, 400),
    ("POST", "/logs/register/successor", Admin, 400),
    ("GET", "/witness", Anyone, 200),
    ("GET", "/witness/logs", Operator, 200),
    ("PUT", "/witness/logs/{origin}", Operator, 200),
    ("DELETE", "/witness/logs/{origin}", Operator, 204),
    ("GET", "/witness/forks", Operator, 200),
    ("GET", "/views", Operator, 200),
    ("POST", "/views/rebuild", Operator, 204),
    ("GET", "/kinds", Anyone, 200),
    ("GET", "/kinds/{name}", Anyone, 200),
    ("GET", "/events", Reader, 200),
    ("GET", "/nowhere", Anyone, 404),
    ("PATCH", "/self", Anyone, 405),
];

/// A request to a route that is to be taken: its path and its body, with all that it needs made ready for `slug`.
async fn prepared(node: &Node, slug: &str, mark: &str, method: &str, path: &str) -> (String, Option<Value>) {
    let agreement = format!("urn:agreement:{mark}:made:{}", fresh());
    let noun = path.split('/').nth(1).unwrap();
    let id = match (noun, method) {
        ("keys", "DELETE") => node.key(slug, KeyRole::Viewer).await.id,
        ("mirrors", _) if path.contains("{id}") => {
            let added = node.runtime.add_mirror(wanted()).await.unwrap();
            added["id"].as_str().unwrap().to_owned()
        }
        ("federations", _) if path.contains("{id}") => {
            let joined = node.runtime.join_federation(&genesis()).await.unwrap();
            joined["id"].as_str().unwrap().to_owned()
        }
        ("documents", _) => format!("{mark}-doc"),
        ("policies", _) => format!("{mark}-spare"),
        ("offers", _) => format!("{mark}-offer"),
        ("peers", _) => format!("urn:connector:{mark}"),
        ("negotiations", _) if path.contains("{id}") => node.negotiation(slug, mark).await,
        ("transfers", _) if path.contains("{id}") => node.transfer(slug, mark).await,
        ("agreements" | "transfers", _) => {
            node.agreement(slug, &agreement, mark, "consumer").await;
            if method == "DELETE" {
                let desk = node.runtime.desk(slug, Actor::Node).unwrap();
                desk.retire_agreement(&agreement, "over").await.unwrap();
            }
            agreement.clone()
        }
        ("witness", "DELETE") => {
            let vkeys = [FOREIGN_KEY.to_owned()];
            node.runtime.put_witnessed_log("example.com/foo", &vkeys).await.unwrap();
            String::new()
        }
        ("fetched-records", "GET") => NO_RECORD.replace('/', "%2F"),
        _ => String::new(),
    };
    let body = asked(mark, &agreement, method, path);
    let path = path.replace("{id}", &id).replace("{version}", "1");
    let path = path.replace("{origin}", "example.com%2Ffoo").replace("{slug}", slug);
    (path.replace("{name}", "dataset").replace("{hash}", NO_PROPOSAL), body)
}

/// The body that a route wants, where it wants one.
fn asked(mark: &str, agreement: &str, method: &str, path: &str) -> Option<Value> {
    let permission = json!([{ "action": "use" }]);
    match (method, path) {
        ("POST", "/participants") => Some(json!({ "slug": format!("new-{}", fresh()) })),
        ("POST", "/keys") => Some(json!({ "role": "viewer", "label": "x" })),
        ("PUT", "/logs/register/policy") => Some(json!({ "policy": "quorum none\n" })),
        ("POST", "/logs/register/cosignatures") => Some(json!({ "reason": "a deadline" })),
        ("POST", "/logs/register/recovery" | "/logs/register/successor" | "/logs/keys") => Some(json!({})),
        ("POST", "/identity/revoke") => Some(json!({ "key": "key-1" })),
        ("POST", "/mirrors/{id}/carried") => Some(json!({ "folder": "/nowhere" })),
        ("PUT", "/witness/logs/{origin}") => Some(json!({ "vkeys": [FOREIGN_KEY] })),
        ("PUT", "/documents/{id}") => Some(json!({ "text": "new" })),
        ("PUT", "/documents/{id}/properties") => Some(json!({ "title": "new" })),
        ("PUT", "/policies/{id}") => Some(json!({ "@type": "Set", "permission": permission })),
        ("PUT", "/offers/{id}") => Some(json!({
            "accessPolicy": format!("{mark}-policy"), "contractPolicy": format!("{mark}-policy"), "selector": [],
        })),
        ("PUT", "/peers/{id}") => Some(json!({ "dsp": nowhere(), "name": "new" })),
        ("POST", "/peers/catalog") => Some(json!({ "peer": PEER, "address": nowhere() })),
        ("POST", "/negotiations" | "/edrs") => Some(json!({
            "peer": PEER, "address": nowhere(), "offer": { "@id": "o", "target": "t", "permission": permission },
        })),
        ("POST", "/agreements/{id}/retirement") => Some(json!({ "reason": "over" })),
        ("POST", "/mirrors") => {
            let wanted = wanted();
            Some(json!({ "address": wanted.address, "vkey": wanted.vkey, "owner": wanted.owner }))
        }
        ("POST", path) if path.starts_with("/federations") => Some(said_to_federation(path)),
        ("POST", "/records") => Some(record()),
        ("POST", "/records/batch" | "/records/checks") => Some(json!({ "records": [record()] })),
        ("POST", "/records/{name}/withdrawal") => Some(json!({ "reason": { "en": "over" }, "code": "other" })),
        ("POST", "/records/{name}/opening" | "/offers/{id}/announcement") => Some(json!({})),
        ("POST", "/fetched-records") => Some(json!({ "record": NO_RECORD })),
        ("POST", "/transfers") => Some(json!({ "agreement": agreement })),
        ("POST", "/negotiations/{id}/decisions" | "/transfers/{id}/decisions") => {
            Some(json!({ "decision": "terminate" }))
        }
        _ => None,
    }
}

/// A log that nobody publishes and nobody mirrors yet.
fn wanted() -> WantedMirror {
    let name = KeyName::parse(&format!("nowhere.example/{}/log", fresh())).unwrap();
    let key = PublicKey {
        algorithm: Algorithm::Ed25519,
        bytes: vec![7; 32],
    };
    WantedMirror {
        address: nowhere().to_owned(),
        vkey: VerifierKey::new(name, SignatureType::ED25519, &key).unwrap().render(),
        owner: "did:web:nowhere.example".to_owned(),
        places: Vec::new(),
    }
}

fn said_to_federation(path: &str) -> Value {
    match path {
        "/federations" => genesis(),
        "/federations/{id}/proposals" => json!({ "action": "leave" }),
        _ => json!({ "answer": "consent" }),
    }
}

/// A federation of one member that nobody hosts.
fn genesis() -> Value {
    let wanted = wanted();
    json!({
        "v": 1,
        "name": { "en": "Federation (sample)" },
        "members": [{
            "participant": wanted.owner, "name": { "en": "Centre (sample)" }, "vkey": wanted.vkey, "address": wanted.address,
        }],
        "createdAt": "2026-11-26T09:00:00.000Z",
    })
}

fn record() -> Value {
    json!({ "kind": "dataset", "body": {}, "noPersonalData": true })
}

/// Rows of [`ROUTES`] that are no operations.
const NOT_THERE: [(&str, &str); 2] = [("GET", "/nowhere"), ("PATCH", "/self")];

/// The rows of operations: their method, path and least right.
fn operations_in_table() -> BTreeMap<(String, String), Least> {
    let is_there = |(method, path, _, _): &&(&str, &str, _, _)| !NOT_THERE.contains(&(*method, *path));
    let rows = ROUTES.iter().filter(is_there);
    rows.map(|(method, path, least, _)| (((*method).to_owned(), (*path).to_owned()), *least))
        .collect()
}

/// A route that is described is there, and each is described: `routes!` takes no handler without a description, and there is no
/// other way in.
#[test]
fn the_table_names_every_route() {
    let table: BTreeSet<_> = operations_in_table().into_keys().collect();
    assert_eq!(table, operations(&chapar_api::own::description()));
    let source = include_str!("../src/own/mod.rs");
    for way in [".route(", ".route_service(", ".merge("] {
        assert!(!source.contains(way), "`{way}` takes routes that nobody described");
    }
}

#[test]
fn the_description_says_who_may() {
    let description = chapar_api::own::description();
    for ((method, path), least) in operations_in_table() {
        let operation = &description["paths"][&path][method.to_lowercase()];
        let roles = match least {
            Anyone => json!([]),
            Reader => json!(["viewer"]),
            Editor => json!(["editor"]),
            Admin => json!(["admin"]),
            Operator => json!(["operator"]),
        };
        let either = json!([{ "bearer": roles }, { "apiKey": roles }]);
        assert_eq!(operation["security"], either, "{method} {path}");
        assert!(
            operation["description"].as_str().unwrap().contains("**Who may:**"),
            "{method} {path}"
        );
    }
}

/// Whether the key of `held` has the right `least`, and as what: 401, 403 or taken.
fn expected(held: Option<Least>, least: Least, taken: u16) -> u16 {
    match held {
        None => 401,
        Some(_) if least == Anyone => taken,
        // The operator's own routes are nobody else's; for itself it has no others.
        Some(Operator) if least == Operator => taken,
        Some(Operator) => 403,
        Some(held) if least != Operator && held >= least => taken,
        Some(_) => 403,
    }
}

#[tokio::test]
async fn rights_at_every_route() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    let viewer = As::key(&node.key(OURS, KeyRole::Viewer).await.text);
    let editor = As::key(&node.key(OURS, KeyRole::Editor).await.text);
    let revoked = node.key(OURS, KeyRole::Admin).await;
    node.runtime.revoke_api_key(Some(OURS), &revoked.id).await.unwrap();
    let (start, end) = admin.key.as_ref().unwrap().split_at(100);
    let forged = format!("{start}{}", if end == "0" { "1" } else { "0" });
    let callers = [
        ("nobody", As::default(), None),
        ("a forger", As::key(&forged), None),
        ("a revoked key", As::key(&revoked.text), None),
        ("half a key", As::key(&revoked.id), None),
        ("viewer", viewer, Some(Reader)),
        ("editor", editor, Some(Editor)),
        ("admin", admin.clone(), Some(Admin)),
        ("operator", node.operator(), Some(Operator)),
    ];
    for (method, path, least, taken) in ROUTES {
        for (name, who, held) in &callers {
            // Its own keys the operator keeps by itself.
            let own_keys = *held == Some(Operator) && path.starts_with("/keys");
            if own_keys || path == "/identity/rotate" && *held == Some(Admin) {
                continue;
            }
            node.stock(&admin, "ours").await;
            let (address, body) = prepared(&node, OURS, "ours", method, path).await;
            let status = status_of(&node, who, method, &address, body.as_ref()).await;
            assert_eq!(status, expected(*held, least, taken), "{name}: {method} {path}");
        }
    }
}

#[tokio::test]
async fn the_operator_may_act_for_a_participant_that_it_names() {
    let node = Node::start().await;
    let operator = As {
        participant: Some(OURS),
        ..node.operator()
    };
    for (method, path, _, taken) in ROUTES {
        if path == "/identity/rotate" {
            continue;
        }
        node.stock(&operator, "ours").await;
        let (address, body) = prepared(&node, OURS, "ours", method, path).await;
        assert_eq!(
            status_of(&node, &operator, method, &address, body.as_ref()).await,
            taken,
            "{method} {path}"
        );
    }
    let nobody = As {
        participant: Some("no-such"),
        ..node.operator()
    };
    assert_eq!(node.get(&nobody, "/documents").await.code(), "not-found");
}

/// The status alone: the event stream has no end to read.
async fn status_of(node: &Node, who: &As, method: &str, path: &str, body: Option<&Value>) -> u16 {
    if path != "/events" {
        return node.ask(who, method, path, body).await.status;
    }
    let mut request = Request::builder().uri("/chapar/v1/events");
    if let Some(key) = &who.key {
        request = request.header("x-api-key", key);
    }
    if let Some(participant) = who.participant {
        request = request.header("chapar-participant", participant);
    }
    node.raw(request.body(Body::empty()).unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn an_id_of_another_participant_is_unknown_at_every_route() {
    let node = Node::start().await;
    let (ours, theirs) = (node.admin(OURS).await, node.admin(THEIRS).await);
    // A federation is the node's: all of its participants read it.
    // What was fetched takes a second node to be there: the judge `closed` shows that a neighbour does not see it.
    let of_the_node = |path: &str, least: Least| {
        least == Operator || path.starts_with("/federations") || path.starts_with("/fetched-records")
    };
    let of_participants = |(_, path, least, _): &(_, &str, _, _)| path.contains("{id}") && !of_the_node(path, *least);
    for (method, path, _, _) in ROUTES.into_iter().filter(of_participants) {
        node.stock(&ours, "ours").await;
        let (known, body) = prepared(&node, OURS, "ours", method, path).await;
        if method == "PUT" && !path.ends_with("properties") {
            // What is put under a neighbour's id is one's own and leaves the neighbour's alone.
            let before = node.get(&ours, &known).await;
            let got = node.ask(&theirs, method, &known, body.as_ref()).await;
            // A neighbour's policies cannot be offered either.
            assert_eq!(
                got.status,
                if path.starts_with("/offers") { 400 } else { 200 },
                "{method} {path}"
            );
            assert_eq!(node.get(&ours, &known).await.bytes, before.bytes, "{method} {path}");
            let gone = node.ask(&theirs, "DELETE", &known, None).await;
            assert_eq!(
                gone.status,
                if path.starts_with("/offers") { 404 } else { 204 },
                "{method} {path}"
            );
            continue;
        }
        let foreign = node.ask(&theirs, method, &known, body.as_ref()).await;
        assert_eq!((foreign.status, foreign.code()), (404, "not-found"), "{method} {path}");
        let (_, last) = path.split_once("{id}").unwrap();
        let unknown = format!("/{}/no-such-{}{last}", path.split('/').nth(1).unwrap(), fresh());
        let absent = node.ask(&theirs, method, &unknown, body.as_ref()).await;
        assert_eq!(
            foreign.bytes, absent.bytes,
            "{method} {path}: the two must not be told apart"
        );
        // It is there for its owner, and still is.
        let owned = node.ask(&ours, method, &known, body.as_ref()).await;
        assert_ne!(owned.status, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn lists_filters_and_bodies_tell_nothing_of_another_participant() {
    let node = Node::start().await;
    let (ours, theirs) = (node.admin(OURS).await, node.admin(THEIRS).await);
    node.stock(&ours, "ours").await;
    let (negotiation, transfer) = (node.negotiation(OURS, "ours").await, node.transfer(OURS, "ours").await);
    let agreement = format!("urn:agreement:ours:{}", fresh());
    node.agreement(OURS, &agreement, "ours", "consumer").await;
    let offer = json!({ "@id": "o", "target": "ours-doc", "permission": [{ "action": "use" }] });
    let begin = json!({ "peer": "urn:connector:ours", "offer": offer });
    let begun = node.done(&ours, "POST", "/negotiations", Some(&begin)).await;
    let lists = [
        "documents",
        "policies",
        "offers",
        "peers",
        "negotiations",
        "transfers",
        "agreements",
    ];
    for noun in lists {
        let own = node.done(&ours, "GET", &format!("/{noun}"), None).await;
        assert!(!own["items"].as_array().unwrap().is_empty(), "{noun}");
        let got = node.done(&theirs, "GET", &format!("/{noun}"), None).await;
        assert_eq!(got, json!({ "items": [] }), "{noun}");
    }
    let keys = node.done(&theirs, "GET", "/keys", None).await;
    assert_eq!(keys["items"].as_array().unwrap().len(), 1);
    for (noun, id) in [("negotiations", &negotiation), ("transfers", &transfer)] {
        let got = node.get(&theirs, &format!("/{noun}?after={id}")).await;
        let absent = node.get(&theirs, &format!("/{noun}?after=urn:none")).await;
        assert_eq!((got.code(), absent.code()), ("wrong-position", "wrong-position"));
        // One kind of case is unknown under the other's noun too.
        let other = if noun == "transfers" {
            "negotiations"
        } else {
            "transfers"
        };
        assert_eq!(node.get(&ours, &format!("/{other}/{id}")).await.code(), "not-found");
        assert_eq!(
            node.get(&theirs, &format!("/events?case={id}")).await.code(),
            "not-found"
        );
    }
    let foreign = node
        .ask(&theirs, "POST", "/transfers", Some(&json!({ "agreement": agreement })))
        .await;
    assert_eq!((foreign.status, foreign.code()), (400, "agreement-unknown"));
    let foreign = node.ask(&theirs, "POST", "/negotiations", Some(&begin)).await;
    assert_eq!((foreign.status, foreign.code()), (400, "address-missing"));
    let named = As {
        participant: Some(OURS),
        ..theirs.clone()
    };
    assert_eq!(node.get(&named, "/documents").await.code(), "not-found");
    let named = As {
        participant: Some("no-such"),
        ..theirs.clone()
    };
    assert_eq!(node.get(&named, "/documents").await.code(), "not-found");
    // A stream of theirs from the very beginning has nothing of ours.
    let offer = json!({ "@id": "o", "target": "x", "permission": [{ "action": "use" }] });
    let begin = json!({ "peer": PEER, "address": nowhere(), "offer": offer });
    let own = node.done(&theirs, "POST", "/negotiations", Some(&begin)).await;
    let event = node.events(&theirs, "?after=0", None).await.event().await.unwrap();
    let data: Value = serde_json::from_str(field(&event, "data")).unwrap();
    assert_eq!((field(&event, "id"), &data["id"]), ("1", &own["id"]));
    assert_ne!(own["id"], begun["id"]);
}

/// A request that is refused: method, path, body, status, code.
type Refused = (&'static str, &'static str, Option<Value>, u16, &'static str);

fn refused_requests() -> Vec<Refused> {
    let role = |role: Value| Some(json!({ "role": role }));
    let misspelt = Some(json!({ "role": "viewer", "lable": "x" }));
    let (set, nowhere) = (
        Some(json!({ "@type": "Set" })),
        Some(json!({ "dsp": "not an address" })),
    );
    vec![
        ("GET", "/documents/none", None, 404, "not-found"),
        ("GET", "/nothing", None, 404, "route-unknown"),
        ("POST", "/documents", None, 405, "method-not-allowed"),
        ("POST", "/keys", misspelt, 400, "unknown-member"),
        ("POST", "/keys", Some(json!({})), 400, "missing-member"),
        ("POST", "/keys", role(json!(1)), 400, "wrong-member"),
        ("POST", "/keys", role(json!("root")), 400, "wrong-role"),
        ("POST", "/keys", role(json!("operator")), 400, "wrong-role"),
        ("POST", "/keys", role(json!("x".repeat(300_000))), 413, "body-too-large"),
        ("GET", "/documents?limit=0", None, 400, "wrong-limit"),
        ("GET", "/documents?limit=201", None, 400, "wrong-limit"),
        ("GET", "/documents?sort=x", None, 400, "wrong-query"),
        ("GET", "/negotiations?state=AGREEABLE", None, 400, "wrong-filter"),
        ("GET", "/negotiations?role=judge", None, 400, "wrong-filter"),
        ("PUT", "/policies/p", set, 400, "wrong-policy"),
        ("DELETE", "/policies/ours-policy", None, 409, "conflict"),
        ("PUT", "/peers/p", nowhere, 400, "wrong-address"),
        ("POST", "/identity/rotate", None, 400, "no-keys"),
    ]
}

#[tokio::test]
async fn errors_have_one_shape() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    node.stock(&admin, "ours").await;
    for (method, path, body, status, code) in refused_requests() {
        let got = node.ask(&admin, method, path, body.as_ref()).await;
        assert_eq!((got.status, got.code()), (status, code), "{method} {path} {}", got.json);
    }
    let misspelt = json!({ "role": "viewer", "lable": "x" });
    let named = node.ask(&admin, "POST", "/keys", Some(&misspelt)).await;
    assert!(
        named.json["detail"].as_str().unwrap().contains("lable"),
        "{}",
        named.json
    );
    assert_eq!(node.get(&As::default(), "/nothing").await.code(), "unauthenticated");
    // What the machine refuses has its reasons.
    let decisions = format!("/negotiations/{}/decisions", node.negotiation(OURS, "ours").await);
    let got = node
        .ask(&admin, "POST", &decisions, Some(&json!({ "decision": "accept" })))
        .await;
    assert_eq!(got.status, 409, "{}", got.json);
    assert!(
        !got.code().is_empty() && got.json["reasons"][0].is_string(),
        "{}",
        got.json
    );
    let got = node
        .ask(&admin, "POST", &decisions, Some(&json!({ "decision": "dither" })))
        .await;
    assert_eq!((got.status, got.code()), (400, "wrong-decision"));
}

#[tokio::test]
async fn documents_stream_in_and_out() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    let key = admin.key.clone().unwrap();
    let content: Vec<u8> = (0..3_000_000_u32)
        .map(|place| u8::try_from(place * 7 % 251).unwrap())
        .collect();
    let pieces = content
        .chunks(70_000)
        .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
        .collect::<Vec<_>>();
    let request = Request::put("/chapar/v1/documents/urn:doc%2F1")
        .header("x-api-key", &key)
        .header("content-type", "application/xml")
        .body(Body::from_stream(futures_util::stream::iter(pieces)))
        .unwrap();
    let put = read(node.raw(request).await).await;
    assert_eq!(put.status, 200, "{}", put.json);
    assert_eq!(put.json["id"], "urn:doc/1");
    assert_eq!(put.json["size"], 3_000_000);
    assert_eq!(put.json["digest"], chapar_terms::Digest::of(&content).hex());
    node.done(
        &admin,
        "PUT",
        "/documents/urn:doc%2F1/properties",
        Some(&json!({ "title": "t" })),
    )
    .await;
    let got = node.get(&admin, "/documents/urn:doc%2F1/content").await;
    assert_eq!((got.kind.as_str(), got.bytes == content), ("application/xml", true));

    // A body that breaks off changes nothing and leaves nothing.
    let broken = vec![Ok(b"new".to_vec()), Err(std::io::Error::other("gone"))];
    let request = Request::put("/chapar/v1/documents/urn:doc%2F1")
        .header("x-api-key", &key)
        .body(Body::from_stream(futures_util::stream::iter(broken)))
        .unwrap();
    assert_eq!(read(node.raw(request).await).await.code(), "body-incomplete");
    let view = node.done(&admin, "GET", "/documents/urn:doc%2F1", None).await;
    assert_eq!(
        (&view["size"], &view["mediaType"]),
        (&json!(3_000_000), &json!("application/xml"))
    );

    // A new content keeps the properties.
    let put = node
        .done(&admin, "PUT", "/documents/urn:doc%2F1", Some(&json!(1)))
        .await;
    assert_eq!(
        (&put["properties"]["title"], &put["mediaType"]),
        (&json!("t"), &json!("application/json"))
    );
    assert_eq!(
        node.ask(&admin, "DELETE", "/documents/urn:doc%2F1", None).await.status,
        204
    );
    assert_eq!(
        node.get(&admin, "/documents/urn:doc%2F1/content").await.code(),
        "not-found"
    );
}

#[tokio::test]
async fn the_offers_index_follows_documents_definitions_and_selectors() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    node.stock(&admin, "ours").await;
    let offered =
        async |id: &str| node.done(&admin, "GET", &format!("/documents/{id}"), None).await["offeredBy"].clone();
    let put = async |id: &str, selector: Value| {
        let body = json!({ "accessPolicy": "ours-policy", "contractPolicy": "ours-policy", "selector": selector });
        node.done(&admin, "PUT", &format!("/offers/{id}"), Some(&body)).await
    };
    assert_eq!(offered("ours-doc").await, json!(["ours-offer"]));
    // A document that comes later; one that changes its properties; one that is replaced.
    let kind = |kind: &str| json!([{ "operandLeft": "kind", "operator": "=", "operandRight": kind }]);
    put("by-kind", kind("permit")).await;
    node.done(&admin, "PUT", "/documents/ours-doc-2", Some(&json!(2))).await;
    assert_eq!(offered("ours-doc-2").await, json!(["ours-offer"]));
    node.done(
        &admin,
        "PUT",
        "/documents/ours-doc-2/properties",
        Some(&json!({ "kind": "permit" })),
    )
    .await;
    assert_eq!(offered("ours-doc-2").await, json!(["by-kind", "ours-offer"]));
    node.done(&admin, "PUT", "/documents/ours-doc-2", Some(&json!(3))).await;
    assert_eq!(offered("ours-doc-2").await, json!(["by-kind", "ours-offer"]));
    node.done(&admin, "PUT", "/documents/ours-doc-2/properties", Some(&json!({})))
        .await;
    assert_eq!(offered("ours-doc-2").await, json!(["ours-offer"]));
    // A selector that changes, one that names ids, one that picks all, and an end.
    put(
        "ours-offer",
        json!([{ "operandLeft": "id", "operator": "in", "operandRight": ["ours-doc-2", "none"] }]),
    )
    .await;
    assert_eq!(
        (offered("ours-doc").await, offered("ours-doc-2").await),
        (json!([]), json!(["ours-offer"]))
    );
    put("all", json!([])).await;
    assert_eq!(
        (offered("ours-doc").await, offered("ours-doc-2").await),
        (json!(["all"]), json!(["all", "ours-offer"]))
    );
    node.done(&admin, "DELETE", "/offers/all", None).await;
    assert_eq!(offered("ours-doc").await, json!([]));
}

#[tokio::test]
async fn lists_come_in_pages() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    node.stock(&admin, "ours").await;
    let mut begun = Vec::new();
    for number in 0..5 {
        node.done(
            &admin,
            "PUT",
            &format!("/peers/urn:{number}"),
            Some(&json!({ "dsp": nowhere() })),
        )
        .await;
        begun.push(json!(node.negotiation(OURS, "ours").await));
    }
    for (noun, expected) in [("peers", 6), ("negotiations", 5)] {
        let (mut ids, mut after) = (Vec::new(), String::new());
        loop {
            let page = node.done(&admin, "GET", &format!("/{noun}?limit=2{after}"), None).await;
            ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(ids.len(), expected, "{noun}");
        if noun == "negotiations" {
            assert_eq!(ids, begun);
        }
    }
    let filtered = node
        .done(
            &admin,
            "GET",
            "/negotiations?state=REQUESTED&role=provider&limit=200",
            None,
        )
        .await;
    assert_eq!(filtered["items"].as_array().unwrap().len(), 5);
    let filtered = node.done(&admin, "GET", "/negotiations?state=AGREED", None).await;
    assert_eq!(filtered, json!({ "items": [] }));
}

#[tokio::test]
async fn a_case_its_timeline_and_its_decisions() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    node.stock(&admin, "ours").await;
    let id = node.negotiation(OURS, "ours").await;
    let case = node.done(&admin, "GET", &format!("/negotiations/{id}"), None).await;
    assert_eq!(
        (&case["state"], &case["role"], &case["mode"]),
        (&json!("REQUESTED"), &json!("provider"), &json!("manual"))
    );
    let decided = node
        .done(
            &admin,
            "POST",
            &format!("/negotiations/{id}/decisions"),
            Some(&json!({ "decision": "agree" })),
        )
        .await;
    assert_eq!(
        (&decided["state"], &decided["pending"]),
        (&json!("REQUESTED"), &json!("ContractAgreementMessage"))
    );
    let timeline = node
        .done(&admin, "GET", &format!("/negotiations/{id}/timeline"), None)
        .await;
    let items = timeline["items"].as_array().unwrap();
    assert_eq!(items[0]["kind"], "negotiation.message.received");
    let decision = items
        .iter()
        .find(|item| item["kind"] == "negotiation.decision")
        .unwrap();
    let actor = decision["body"]["actor"].as_str().unwrap();
    let key_id = admin.key.as_ref().unwrap().split_once('.').unwrap().0;
    assert_eq!(actor, format!("key:{key_id}:admin"));
    for item in items {
        assert_eq!(item["leafHash"].as_str().unwrap().len(), 64);
        assert_eq!(item["caseDigest"].as_str().unwrap().len(), 64);
    }
    let transfer = node.transfer(OURS, "ours").await;
    let decisions = format!("/transfers/{transfer}/decisions");
    node.done(&admin, "POST", &decisions, Some(&json!({ "decision": "start" })))
        .await;
    // What the timeline tells never opens the data.
    let timeline = node
        .done(&admin, "GET", &format!("/transfers/{transfer}/timeline"), None)
        .await
        .to_string();
    assert!(!timeline.contains("authorization"), "{timeline}");
    let got = node.get(&admin, &format!("/transfers/{transfer}/data-address")).await;
    assert_eq!((got.status, got.code()), (409, "conflict"));
}

#[tokio::test]
async fn events_can_be_taken_up_again() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    node.stock(&admin, "ours").await;
    let mut live = node.events(&admin, "", None).await;
    let first = node.negotiation(OURS, "ours").await;
    let second = node.negotiation(OURS, "ours").await;
    let kind = |event: &[String]| field(event, "event").to_owned();
    let case = |event: &[String]| {
        serde_json::from_str::<Value>(field(event, "data")).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let event = live.event().await.unwrap();
    assert_eq!(
        (field(&event, "id"), kind(&event).as_str(), case(&event)),
        ("1", "negotiation.requested", first.clone())
    );
    // From the last one seen, which counts more than the address; from the beginning; of one case.
    let event = node.events(&admin, "?after=0", Some("1")).await.event().await.unwrap();
    assert_eq!((field(&event, "id"), case(&event)), ("2", second.clone()));
    let event = node.events(&admin, "?after=0", None).await.event().await.unwrap();
    assert_eq!(case(&event), first);
    let event = node
        .events(&admin, &format!("?after=0&case={second}"), None)
        .await
        .event()
        .await
        .unwrap();
    assert_eq!((field(&event, "id"), case(&event)), ("2", second));
    // A place that never was.
    let event = node.events(&admin, "", Some("999")).await.event().await.unwrap();
    assert_eq!((field(&event, "id"), kind(&event).as_str()), ("2", "reset"));
    assert_eq!(node.get(&admin, "/events?after=x").await.code(), "wrong-query");
}

#[tokio::test]
async fn a_stream_ends_with_its_key() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    node.stock(&admin, "ours").await;
    let key = node.key(OURS, KeyRole::Viewer).await;
    let mut stream = node.events(&As::key(&key.text), "", None).await;
    node.negotiation(OURS, "ours").await;
    assert!(stream.event().await.is_some());
    node.done(&admin, "DELETE", &format!("/keys/{}", key.id), None).await;
    node.negotiation(OURS, "ours").await;
    assert_eq!(stream.event().await, None);
}

#[tokio::test]
async fn participants_keys_and_identity() {
    let node = Node::start().await;
    let operator = node.operator();
    assert_eq!(
        node.done(&operator, "GET", "/self", None).await,
        json!({ "role": "operator" })
    );
    let added = node
        .done(&operator, "POST", "/participants", Some(&json!({ "slug": "tj-agro" })))
        .await;
    assert_eq!(added["did"], "did:web:127.0.0.1%3A8443:tj-agro");
    assert_eq!(added["dsp"], "http://127.0.0.1:8443/tj-agro/dsp/2025-1");
    let first = As::key(added["apiKey"].as_str().unwrap());
    let me = node.done(&first, "GET", "/self", None).await;
    assert_eq!(
        (&me["slug"], &me["role"], &me["did"]),
        (&json!("tj-agro"), &json!("admin"), &added["did"])
    );
    let again = node
        .ask(&operator, "POST", "/participants", Some(&json!({ "slug": "tj-agro" })))
        .await;
    assert_eq!((again.status, again.code()), (409, "conflict"));
    // A key works until it is revoked, and its secret is never shown again.
    let made = node
        .done(
            &first,
            "POST",
            "/keys",
            Some(&json!({ "role": "viewer", "label": "wall" })),
        )
        .await;
    let viewer = As::key(made["key"].as_str().unwrap());
    assert_eq!(node.get(&viewer, "/documents").await.status, 200);
    let listed = node.done(&first, "GET", "/keys", None).await.to_string();
    let secret = made["key"].as_str().unwrap().split_once('.').unwrap().1;
    assert!(listed.contains("wall") && !listed.contains(secret));
    node.done(
        &first,
        "DELETE",
        &format!("/keys/{}", made["id"].as_str().unwrap()),
        None,
    )
    .await;
    assert_eq!(node.get(&viewer, "/documents").await.status, 401);
}

#[tokio::test]
async fn the_operators_own_keys_and_the_identitys() {
    let node = Node::start().await;
    let operator = node.operator();
    let spare = node
        .done(&operator, "POST", "/keys", Some(&json!({ "role": "operator" })))
        .await;
    node.done(
        &operator,
        "DELETE",
        &format!("/keys/{}", spare["id"].as_str().unwrap()),
        None,
    )
    .await;
    assert_eq!(
        node.get(&As::key(spare["key"].as_str().unwrap()), "/self").await.status,
        401
    );
    assert_eq!(
        node.ask(&operator, "POST", "/keys", Some(&json!({ "role": "admin" })))
            .await
            .code(),
        "wrong-role"
    );
    assert_eq!(node.runtime.ensure_operator_key().await.unwrap(), None);
    // A fresh signing key; the old one stays to verify.
    let keyed = node.admin(KEYED).await;
    let rotated = node.done(&keyed, "POST", "/identity/rotate", None).await;
    let active: Vec<_> = rotated["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["active"].as_bool().unwrap())
        .collect();
    assert_eq!((active.len(), active.iter().filter(|active| **active).count()), (2, 1));
    // One that others have signs nothing, and is not in the document; where it signed, a fresh one does.
    let id = |place: usize| rotated["keys"][place]["id"].as_str().unwrap();
    let lost = |key: &str| json!({ "key": key });
    let fragment = id(1).split_once('#').unwrap().1;
    let revoked = node
        .done(&keyed, "POST", "/identity/revoke", Some(&lost(fragment)))
        .await;
    let keys = revoked["keys"].as_array().unwrap();
    assert_eq!((keys.len(), &keys[2]["active"]), (3, &json!(true)), "{revoked}");
    assert!(
        keys[1]["compromisedAt"].is_string() && keys[0]["compromisedAt"].is_null(),
        "{revoked}"
    );
    let document = || node.runtime.did_document(KEYED).unwrap();
    assert!(!document().to_string().contains(fragment) && document().to_string().contains(id(0)));
    node.done(&keyed, "POST", "/identity/revoke", Some(&lost(id(0)))).await;
    assert!(!document().to_string().contains(id(0)));
    let shown = node.done(&keyed, "GET", "/identity", None).await;
    let again = node
        .done(&keyed, "POST", "/identity/revoke", Some(&lost(fragment)))
        .await;
    assert_eq!(shown, again, "said twice, it changes nothing");
    let unknown = node.ask(&keyed, "POST", "/identity/revoke", Some(&lost("key-9"))).await;
    assert_eq!(unknown.code(), "not-found");
}

/// At the protocol's door, where the same node stands: each known peer has a bucket of its own at each participant.
#[tokio::test]
async fn a_known_peer_that_asks_too_often_is_told_when_to_come_back() {
    let node = Node::start_with(Quota {
        per_second: 1,
        burst: 2,
    })
    .await;
    let door = chapar_api::dsp::router(node.runtime.clone());
    let ask = |slug: &str, peer: &str| {
        let body = json!({
            "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
            "@type": "CatalogRequestMessage",
        });
        let request = Request::builder()
            .method("POST")
            .uri(format!("/{slug}/dsp/2025-1/catalog/request"))
            .header("authorization", json!({ "clientId": peer }).to_string())
            .body(Body::from(body.to_string()))
            .unwrap();
        let mut door = door.clone();
        async move { tower_service::Service::call(&mut door, request).await.unwrap() }
    };
    assert_eq!(ask(OURS, "peer-1").await.status(), 200);
    assert_eq!(ask(OURS, "peer-1").await.status(), 200);
    let refused = ask(OURS, "peer-1").await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (429, &"1".parse().unwrap())
    );
    assert_eq!(read(refused).await.json["@type"], "CatalogError");
    assert_eq!(
        ask(OURS, "peer-2").await.status(),
        200,
        "another peer has its own bucket"
    );
    assert_eq!(
        ask(THEIRS, "peer-1").await.status(),
        200,
        "another participant counts for itself"
    );
}

#[tokio::test]
async fn mirrors_are_added_looked_at_and_removed() {
    let node = Node::start().await;
    let operator = node.operator();
    let none = node.done(&operator, "GET", "/mirrors", None).await;
    assert_eq!(none, json!({ "items": [] }));
    let vkey = wanted().vkey;
    let wanted = |vkey: &str| json!({ "address": nowhere(), "vkey": vkey, "owner": "did:web:nowhere.example" });
    let refused = [
        (json!({ "vkey": "no key" }), "wrong-key"),
        (json!({ "address": "ftp://nobody.example/log" }), "wrong-address"),
        (json!({ "places": ["nobody.example"] }), "wrong-address"),
        (json!({ "places": vec![nowhere(); 9] }), "wrong-address"),
        (json!({ "owner": "" }), "invalid"),
        (json!({ "trust": true }), "unknown-member"),
    ];
    for (change, code) in refused {
        let mut body = wanted(&vkey);
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let answer = node.ask(&operator, "POST", "/mirrors", Some(&body)).await;
        assert_eq!((answer.status, answer.code()), (400, code), "{change}");
    }
    let added = node.done(&operator, "POST", "/mirrors", Some(&wanted(&vkey))).await;
    assert_eq!(
        (&added["state"], &added["size"], &added["lag"]),
        (&json!("open"), &json!(0), &json!(0))
    );
    let again = node.ask(&operator, "POST", "/mirrors", Some(&wanted(&vkey))).await;
    assert_eq!((again.status, again.code()), (409, "conflict"));
    let path = format!("/mirrors/{}", added["id"].as_str().unwrap());
    let looked = node.done(&operator, "POST", &format!("{path}/look"), None).await;
    assert_eq!(looked["obstacle"]["code"], "checkpoint-missing");
    assert_eq!(looked["obstacle"]["place"], nowhere());
    assert_eq!(looked["rejected"], json!([]));
    node.done(&operator, "DELETE", &path, None).await;
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/look")),
    ] {
        assert_eq!(
            node.ask(&operator, method, &path, None).await.status,
            404,
            "{method} {path}"
        );
    }
}
