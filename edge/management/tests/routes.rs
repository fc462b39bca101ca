//! Every route: who may ask it, what it answers when it is taken, and what it answers when it is asked wrongly. All of it JSON.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod story;

use axum::body::Body;
use axum::http::Request;
use chapar_runtime::KeyRole;
use chapar_test_node::document::operations;
use chapar_test_node::{Got, Node, OURS, PEER, THEIRS, fresh, nowhere};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use story::{PROTOCOL, Version, error};

/// The least right that a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Least {
    Reader,
    Editor,
    Admin,
    Operator,
}

use Least::{Admin, Editor, Operator, Reader};

/// Where a group of routes stands.
const GROUPS: [(&str, &[&str]); 6] = [
    ("both", &["/v3", "/v4"]),
    ("third", &["/v3"]),
    ("fourth", &["/v4"]),
    ("fifth", &["/v5beta"]),
    ("discovery", &["/v3", "/v4alpha"]),
    ("old", &["/v1alpha"]),
];

/// Every route: its group, method, path, least right, status when it is taken. `{id}` is an id that [`prepared`] makes ready.
#[rustfmt::skip]
const ROUTES: [(&str, &str, &str, Least, u16); 64] = [
    ("both", "POST", "/assets", Editor, 200),
    ("both", "PUT", "/assets", Editor, 204),
    ("both", "POST", "/assets/request", Reader, 200),
    ("both", "GET", "/assets/{id}", Reader, 200),
    ("both", "DELETE", "/assets/{id}", Editor, 204),
    ("both", "POST", "/policydefinitions", Editor, 200),
    ("both", "POST", "/policydefinitions/request", Reader, 200),
    ("both", "GET", "/policydefinitions/{id}", Reader, 200),
    ("both", "PUT", "/policydefinitions/{id}", Editor, 204),
    ("both", "DELETE", "/policydefinitions/{id}", Editor, 204),
    ("both", "POST", "/policydefinitions/{id}/validate", Reader, 200),
    ("both", "POST", "/policydefinitions/{id}/evaluationplan", Reader, 200),
    ("both", "POST", "/contractdefinitions", Editor, 200),
    ("both", "PUT", "/contractdefinitions", Editor, 204),
    ("both", "POST", "/contractdefinitions/request", Reader, 200),
    ("both", "GET", "/contractdefinitions/{id}", Reader, 200),
    ("both", "DELETE", "/contractdefinitions/{id}", Editor, 204),
    ("both", "POST", "/catalog/request", Editor, 502),
    ("both", "POST", "/catalog/dataset/request", Editor, 502),
    ("both", "POST", "/catalogs/request", Reader, 200),
    ("both", "POST", "/contractnegotiations", Editor, 200),
    ("both", "POST", "/contractnegotiations/request", Reader, 200),
    ("both", "GET", "/contractnegotiations/{id}", Reader, 200),
    ("both", "DELETE", "/contractnegotiations/{id}", Editor, 409),
    ("both", "GET", "/contractnegotiations/{id}/state", Reader, 200),
    ("both", "GET", "/contractnegotiations/{id}/agreement", Reader, 404),
    ("both", "POST", "/contractnegotiations/{id}/terminate", Editor, 204),
    ("both", "POST", "/contractagreements/request", Reader, 200),
    ("both", "GET", "/contractagreements/{id}", Reader, 200),
    ("both", "GET", "/contractagreements/{id}/negotiation", Reader, 404),
    ("both", "POST", "/transferprocesses", Editor, 200),
    ("both", "POST", "/transferprocesses/request", Reader, 200),
    ("both", "GET", "/transferprocesses/{id}", Reader, 200),
    ("both", "GET", "/transferprocesses/{id}/state", Reader, 200),
    ("both", "POST", "/transferprocesses/{id}/terminate", Editor, 204),
    ("both", "POST", "/transferprocesses/{id}/suspend", Editor, 409),
    ("both", "POST", "/transferprocesses/{id}/resume", Editor, 409),
    ("both", "POST", "/secrets", Admin, 200),
    ("both", "PUT", "/secrets", Admin, 204),
    ("both", "GET", "/secrets/{id}", Admin, 200),
    ("both", "DELETE", "/secrets/{id}", Admin, 204),
    ("both", "GET", "/dataplanes", Reader, 200),
    ("both", "POST", "/dataplanes", Editor, 501),
    ("third", "POST", "/transferprocesses/{id}/deprovision", Editor, 409),
    ("third", "POST", "/contractagreements", Editor, 200),
    ("third", "POST", "/contractagreements/retirements", Editor, 204),
    ("third", "POST", "/contractagreements/retirements/request", Reader, 200),
    ("third", "DELETE", "/contractagreements/retirements/{id}", Editor, 404),
    ("third", "POST", "/edrs", Editor, 200),
    ("third", "POST", "/edrs/request", Reader, 200),
    ("third", "POST", "/edrs/{id}/refresh", Editor, 404),
    ("third", "GET", "/edrs/{id}/dataaddress", Editor, 404),
    ("third", "DELETE", "/edrs/{id}", Editor, 404),
    ("fourth", "PUT", "/dataplanes", Editor, 501),
    ("fourth", "DELETE", "/dataplanes/{id}", Editor, 501),
    ("fifth", "GET", "/participants", Operator, 200),
    ("fifth", "POST", "/participants", Operator, 200),
    ("fifth", "GET", "/participants/{id}", Operator, 200),
    ("fifth", "PUT", "/participants/{id}", Operator, 204),
    ("fifth", "DELETE", "/participants/{id}", Operator, 204),
    ("discovery", "POST", "/protocol-versions/request", Editor, 502),
    ("discovery", "POST", "/connectordiscovery/dspversionparams", Editor, 200),
    ("discovery", "POST", "/connectordiscovery/connectors", Editor, 200),
    ("old", "POST", "/catalog/query", Reader, 200),
];

/// The rows at every place where they stand: method, path below the API's own, least right.
fn operations_in_table() -> BTreeMap<(String, String), Least> {
    let mut found = BTreeMap::new();
    for (group, method, path, least, _) in ROUTES {
        let places = GROUPS.iter().find(|(name, _)| *name == group).unwrap().1;
        for place in places {
            found.insert((method.to_owned(), format!("{place}{path}")), least);
        }
    }
    found
}

/// A route that is described is there, and each is described: `routes!` takes no handler without a description, and there is no
/// other way in.
#[test]
fn the_table_names_every_route() {
    let described = operations(&chapar_management::description());
    let without_a_key = |path: &str| path.starts_with("/check/") || path == "/v1/version";
    let described: BTreeSet<_> = described.into_iter().filter(|(_, path)| !without_a_key(path)).collect();
    assert_eq!(operations_in_table().into_keys().collect::<BTreeSet<_>>(), described);
    for source in [include_str!("../src/lib.rs"), include_str!("../src/observability.rs")] {
        for way in [".route(", ".route_service("] {
            assert!(!source.contains(way), "`{way}` takes routes that nobody described");
        }
    }
}

/// The rows of the guide's table of paths, written out: `{v}` is two versions, `...` what the row begins with, and a bare word stands
/// in the place of the last one.
fn operations_in_guide() -> BTreeSet<(String, String)> {
    let guide = include_str!("../../../docs/guide/from-edc.md");
    let table = guide.split("| method and path | here |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut found = BTreeSet::new();
    for row in rows {
        let (mut first, mut last) = (String::new(), String::new());
        for part in row.split('|').nth(1).unwrap().split("; ") {
            let (methods, paths) = part.split_once('`').unwrap();
            for written in paths.split('`').step_by(2).filter(|written| !written.is_empty()) {
                last = match (written.strip_prefix("..."), written.starts_with('/')) {
                    (Some(rest), _) => format!("{first}{rest}"),
                    (None, true) => written.to_owned(),
                    (None, false) => format!("{}/{written}", last.rsplit_once('/').unwrap().0),
                };
                if first.is_empty() {
                    first.clone_from(&last);
                }
                for version in if last.contains("{v}") { &["v3", "v4"][..] } else { &[""] } {
                    let path = last.replace("{v}", version);
                    let methods = methods.split(", ").map(|method| method.trim().to_owned());
                    found.extend(methods.map(|method| (method, path.clone())));
                }
            }
        }
    }
    // The health of the node stands elsewhere, and nobody needs a key for it.
    found
        .into_iter()
        .filter(|(_, path)| !path.starts_with("/api/"))
        .collect()
}

#[test]
fn the_guide_names_every_route_and_no_other() {
    let (guide, here) = (
        operations_in_guide(),
        operations_in_table().into_keys().collect::<BTreeSet<_>>(),
    );
    let not_here: Vec<_> = guide.difference(&here).collect();
    let not_told: Vec<_> = here.difference(&guide).collect();
    assert!(
        not_here.is_empty() && not_told.is_empty(),
        "not here: {not_here:?}; not told: {not_told:?}"
    );
}

#[test]
fn the_description_says_who_may() {
    let description = chapar_management::description();
    for ((method, path), least) in operations_in_table() {
        let operation = &description["paths"][&path][method.to_lowercase()];
        let role = match least {
            Reader => "viewer",
            Editor => "editor",
            Admin => "admin",
            Operator => "operator",
        };
        assert_eq!(operation["security"], json!([{ "apiKey": [role] }]), "{method} {path}");
        assert!(
            operation["description"].as_str().unwrap().contains("**Who may:**"),
            "{method} {path}"
        );
    }
}

fn version_of(base: &str) -> Version {
    if matches!(base, "/v4" | "/v5beta") {
        Version::V4
    } else {
        Version::V3
    }
}

/// A request to a route that is to be taken: its path and its body, with all that it needs made ready.
async fn prepared(node: &Node, version: Version, method: &str, path: &str) -> (String, Option<Value>) {
    let agreement = format!("urn:agreement:made:{}", fresh());
    let noun = path.split('/').nth(1).unwrap();
    let id = match (noun, method) {
        ("assets", "POST") | ("secrets", "POST") => format!("new-{}", fresh()),
        ("assets" | "secrets", _) => kept(node, noun).await,
        ("policydefinitions", _) => "ours-spare".to_owned(),
        ("contractdefinitions", _) => "ours-offer".to_owned(),
        ("contractnegotiations", _) if path.contains("{id}") => node.negotiation(OURS, "ours").await,
        ("transferprocesses" | "edrs", _) if path.contains("{id}") => node.transfer(OURS, "ours").await,
        ("contractagreements" | "transferprocesses", _) => {
            node.agreement(OURS, &agreement, "ours", "consumer").await;
            agreement
        }
        ("participants", "DELETE") => hosted(node).await,
        ("participants", _) => OURS.to_owned(),
        _ => "x".to_owned(),
    };
    (path.replace("{id}", &id), body(version, method, path, &id))
}

/// An asset or a secret that may go: its id.
async fn kept(node: &Node, noun: &str) -> String {
    let id = format!("kept-{}", fresh());
    let key = node.key(OURS, KeyRole::Admin).await.text;
    let body = body(Version::V3, "POST", &format!("/{noun}"), &id);
    let got = node
        .manage(Some(&key), "POST", &format!("/management/v3/{noun}"), body.as_ref())
        .await;
    assert_eq!(got.status, 200, "{}", got.json);
    id
}

/// A participant that may go.
async fn hosted(node: &Node) -> String {
    let slug = format!("guest-{}", fresh());
    let new = json!({ "slug": slug, "identity": "development", "id": format!("urn:{slug}") });
    node.done(&node.operator(), "POST", "/participants", Some(&new)).await;
    slug
}

fn body(version: Version, method: &str, path: &str, id: &str) -> Option<Value> {
    let permit = json!({ "permission": [{ "action": "use" }] });
    let peer = json!({ "protocol": PROTOCOL, "counterPartyAddress": nowhere(), "counterPartyId": PEER });
    let mut dataset = peer.clone();
    dataset["@id"] = json!("x");
    let definition = |id: String| json!({ "@id": id, "accessPolicyId": "ours-policy", "contractPolicyId": "ours-policy", "assetsSelector": [] });
    let offer = json!({
        "@id": "o", "assigner": PEER, "target": "t", "permission": [{ "action": "use" }],
    });
    let slug = format!("new-{}", fresh());
    Some(match (method, path) {
        ("POST" | "PUT", "/assets") => version.request("Asset", &json!({ "@id": id, "properties": { "name": "n" } })),
        ("POST" | "PUT", "/secrets") => version.request("Secret", &json!({ "@id": id, "value": "v" })),
        ("POST", "/policydefinitions") => version.request("PolicyDefinition", &json!({ "policy": version.policy("Set", &permit) })),
        ("PUT", "/policydefinitions/{id}") => version.request("PolicyDefinition", &json!({ "policy": version.policy("Set", &permit) })),
        ("POST", "/policydefinitions/{id}/evaluationplan") => {
            version.request("PolicyEvaluationPlanRequest", &json!({ "policyScope": "catalog" }))
        }
        ("POST", "/contractdefinitions") => version.request("ContractDefinition", &definition(format!("d-{}", fresh()))),
        ("PUT", "/contractdefinitions") => version.request("ContractDefinition", &definition("ours-offer".to_owned())),
        ("POST", "/catalog/request") => version.request("CatalogRequest", &peer),
        ("POST", "/catalog/dataset/request") => version.request("DatasetRequest", &dataset),
        ("POST", "/contractagreements") => version.request("ContractAgreement", &json!({
            "@id": format!("urn:elsewhere:{}", fresh()), "assetId": "x", "providerId": "provider", "consumerId": "consumer",
            "contractSigningDate": 1_700_000_000, "type": "PROVIDER", "counterPartyId": "consumer",
            "counterPartyAddress": nowhere(), "policy": version.policy("Agreement", &permit),
        })),
        ("POST", "/contractagreements/retirements") => version.request("AgreementsRetirementEntry", &json!({ "agreementId": id })),
        ("POST", "/contractnegotiations" | "/edrs") => version.request(
            "ContractRequest",
            &json!({ "protocol": PROTOCOL, "counterPartyAddress": nowhere(), "policy": version.policy("Offer", &offer) }),
        ),
        ("POST", "/contractnegotiations/{id}/terminate") => version.request("TerminateNegotiation", &json!({ "reason": "r" })),
        ("POST", "/transferprocesses") => version.request(
            "TransferRequest",
            &json!({
                "protocol": PROTOCOL, "counterPartyAddress": nowhere(), "contractId": id, "transferType": "HttpData-PULL",
            }),
        ),
        ("POST", "/transferprocesses/{id}/terminate") => version.request("TerminateTransfer", &json!({ "reason": "r" })),
        ("POST", "/participants") => {
            version.request("ParticipantContext", &json!({ "@id": slug, "identity": format!("urn:{slug}") }))
        }
        ("PUT", "/participants/{id}") => version.request(
            "ParticipantContext",
            &json!({ "@id": id, "identity": format!("urn:connector:{id}"), "properties": { "shelf": "left" } }),
        ),
        ("POST", "/protocol-versions/request" | "/connectordiscovery/dspversionparams" | "/connectordiscovery/connectors") => {
            version.request("Request", &peer)
        }
        _ => return None,
    })
}

/// An answer that the route gives to whoever may ask it.
fn assert_answers_json(got: &Got, what: &str) {
    match got.status {
        204 => assert!(got.bytes.is_empty(), "{what}"),
        200..300 => {
            assert_eq!(got.kind, "application/json", "{what}");
            for answer in got.json.as_array().unwrap_or(&vec![got.json.clone()]) {
                assert!(
                    answer["@context"].is_object() || answer["@context"].is_array(),
                    "{what}: {answer}"
                );
            }
        }
        _ => {
            error(got);
        }
    }
}

#[tokio::test]
async fn rights_and_answers_at_every_route() {
    let node = Node::start().await;
    let admin = node.admin(OURS).await;
    node.stock(&admin, "ours").await;
    let key = async |role| node.key(OURS, role).await.text;
    let revoked = node.key(OURS, KeyRole::Admin).await;
    node.runtime.revoke_api_key(Some(OURS), &revoked.id).await.unwrap();
    let callers = [
        ("nobody", None, None),
        ("a forger", Some(format!("{}x", key(KeyRole::Admin).await)), None),
        ("a revoked key", Some(revoked.text), None),
        ("viewer", Some(key(KeyRole::Viewer).await), Some(Reader)),
        ("editor", Some(key(KeyRole::Editor).await), Some(Editor)),
        ("admin", Some(key(KeyRole::Admin).await), Some(Admin)),
        ("operator", Some(node.operator.clone()), Some(Operator)),
    ];
    for (group, method, path, least, taken) in ROUTES {
        let bases = GROUPS.iter().find(|(name, _)| *name == group).unwrap().1;
        for base in bases {
            for (name, key, held) in &callers {
                let expected = match held {
                    None => 401,
                    // For itself the operator has no other routes than its own.
                    Some(Operator) if least != Operator => 403,
                    Some(held) if *held >= least => taken,
                    Some(_) => 403,
                };
                let (path, body) = if matches!(expected, 401 | 403) {
                    (path.replace("{id}", "x"), None)
                } else {
                    node.stock(&admin, "ours").await;
                    prepared(&node, version_of(base), method, path).await
                };
                let what = format!("{name}: {method} {base}{path}");
                let path = format!("/management{base}{path}");
                let got = node.manage(key.as_deref(), method, &path, body.as_ref()).await;
                assert_eq!(got.status, expected, "{what}: {}", got.json);
                assert_answers_json(&got, &what);
                match expected {
                    401 => assert_eq!(error(&got).1, "AuthenticationFailed", "{what}"),
                    403 => assert_eq!(error(&got).1, "NotAuthorized", "{what}"),
                    _ => {}
                }
            }
        }
    }
}

#[tokio::test]
async fn a_participant_is_chosen_by_its_key_or_by_the_path() {
    let node = Node::start().await;
    node.stock(&node.admin(OURS).await, "ours").await;
    let ours = node.key(OURS, KeyRole::Viewer).await.text;
    let status = async |key: &str, path: &str| {
        let got = node.manage(Some(key), "GET", &format!("/management{path}"), None).await;
        assert_answers_json(&got, path);
        got.status
    };
    let policy = "v3/policydefinitions/ours-policy";
    assert_eq!(status(&ours, &format!("/{policy}")).await, 200);
    assert_eq!(status(&ours, &format!("/participants/{OURS}/{policy}")).await, 200);
    assert_eq!(status(&ours, &format!("/participants/{THEIRS}/{policy}")).await, 404);
    assert_eq!(status(&ours, &format!("/participants/nobody/{policy}")).await, 404);
    let theirs = node.key(THEIRS, KeyRole::Admin).await.text;
    assert_eq!(
        status(&theirs, &format!("/{policy}")).await,
        404,
        "another participant's"
    );
    assert_eq!(status(&theirs, &format!("/participants/{OURS}/{policy}")).await, 404);
    assert_eq!(status(&node.operator, &format!("/{policy}")).await, 403);
    assert_eq!(
        status(&node.operator, &format!("/participants/{OURS}/{policy}")).await,
        200
    );
    assert_eq!(
        status(&node.operator, &format!("/participants/{THEIRS}/{policy}")).await,
        404
    );
}

#[tokio::test]
async fn what_is_asked_wrongly_is_answered_json() {
    let node = Node::start().await;
    let key = node.key(OURS, KeyRole::Admin).await.text;
    let json = "application/json";
    let definition = "/v3/contractdefinitions";
    let long = format!("{{\"x\":\"{}\"}}", "x".repeat(chapar_terms::limits::MESSAGE_BYTES));
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let foreign = r#"{"@context":"https://example.org/c","a":1}"#;
    let rows = [
        ("GET", "/v3/nowhere", json, "", 404, "ObjectNotFound"),
        ("GET", "/nowhere", json, "", 404, "ObjectNotFound"),
        ("PATCH", definition, json, "{}", 405, "InvalidRequest"),
        ("POST", definition, "text/plain", "{}", 415, "InvalidRequest"),
        ("POST", definition, json, "", 400, "ValidationFailure"),
        ("POST", definition, json, "{not json", 400, "InvalidRequest"),
        ("POST", definition, json, "[]", 400, "InvalidRequest"),
        ("POST", definition, json, "{}", 400, "ValidationFailure"),
        ("POST", definition, json, r#"{"a":1,"a":2}"#, 400, "InvalidRequest"),
        ("POST", definition, json, foreign, 400, "InvalidRequest"),
        ("POST", definition, json, &deep, 400, "InvalidRequest"),
        ("POST", definition, json, &long, 413, "InvalidRequest"),
    ];
    for (method, path, kind, body, status, name) in rows {
        let what = format!("{method} {path} {}", &body[..body.len().min(60)]);
        let request = Request::builder()
            .method(method)
            .uri(format!("/management{path}"))
            .header("x-api-key", &key)
            .header("content-type", kind)
            .body(Body::from(body.to_owned()))
            .unwrap();
        let got = node.manage_raw(request).await;
        assert_eq!((error(&got).0, error(&got).1), (status, name), "{what}: {}", got.json);
    }
}

#[tokio::test]
async fn queries_and_members_that_do_not_fit_are_named() {
    let node = Node::start().await;
    let key = node.key(OURS, KeyRole::Admin).await.text;
    let ask = async |path: &str, body: Value| {
        let path = format!("/management{path}");
        node.manage(Some(&key), "POST", &path, Some(&body)).await
    };
    let criterion =
        |left: &str| json!({ "filterExpression": [{ "operandLeft": left, "operator": "=", "operandRight": 1 }] });
    let rows = [
        (
            "/v3/policydefinitions/request",
            json!({ "limit": 0 }),
            "ValidationFailure",
        ),
        (
            "/v3/policydefinitions/request",
            json!({ "sortField": "nosuch" }),
            "InvalidRequest",
        ),
        (
            "/v3/contractnegotiations/request",
            json!({ "sortField": "nosuch" }),
            "InvalidRequest",
        ),
        (
            "/v3/contractnegotiations/request",
            criterion("no.such"),
            "InvalidRequest",
        ),
        ("/v3/transferprocesses/request", criterion("no.such"), "InvalidRequest"),
        (
            "/v4/contractdefinitions",
            json!({ "@type": "ContractDefinition" }),
            "ValidationFailure",
        ),
    ];
    for (path, body, name) in rows {
        let got = ask(path, body.clone()).await;
        assert_eq!(
            (error(&got).0, error(&got).1),
            (400, name),
            "{path} {body}: {}",
            got.json
        );
    }
    let got = ask("/v3/contractdefinitions", json!({ "@id": " ", "accessPolicyId": 1 })).await;
    let details = got.json.as_array().unwrap().iter();
    let paths: Vec<_> = details.map(|detail| detail["path"].as_str().unwrap()).collect();
    let edc = |name: &str| format!("https://w3id.org/edc/v0.0.1/ns/{name}");
    let everything = ["@id", &edc("accessPolicyId"), &edc("contractPolicyId")];
    assert_eq!(paths, everything, "everything at once");
    assert_eq!(got.json[1]["invalidValue"], r#"{"@value":1}"#);
}

#[tokio::test]
async fn health_and_version_want_no_key() {
    let node = Node::start().await;
    for path in ["health", "liveness", "readiness", "startup"] {
        let got = node.manage(None, "GET", &format!("/api/check/{path}"), None).await;
        assert_eq!(
            (got.status, &got.json["isSystemHealthy"]),
            (200, &json!(true)),
            "{path}"
        );
        assert!(got.json["componentResults"][0]["isHealthy"].as_bool().unwrap());
    }
    let got = node.manage(None, "GET", "/api/v1/version", None).await;
    let paths: Vec<_> = got.json["management"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["urlPath"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["/v3", "/v4", "/v5beta"]);
    assert_eq!(error(&node.manage(None, "GET", "/api/nowhere", None).await).0, 404);
    assert_eq!(error(&node.manage(None, "POST", "/api/v1/version", None).await).0, 405);
}

#[tokio::test]
async fn participants_are_listed_in_parts_noted_about_and_named_when_they_have_no_name() {
    let node = Node::start().await;
    let ask = async |method: &str, path: &str, members: Value| {
        let body = (method != "GET").then(|| Version::V4.request("ParticipantContext", &members));
        let path = format!("/management/v5beta/participants{path}");
        node.manage(Some(&node.operator), method, &path, body.as_ref()).await
    };
    let list = async |words: &str| ask("GET", words, Value::Null).await;
    let slugs = |got: &Got| -> Vec<String> {
        let all = got.json.as_array().unwrap().iter();
        all.map(|one| one["@id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(slugs(&list("").await), ["kg-vet", "kz-border", "uz-plant"]);
    let part = list("?offset=1&limit=1").await;
    assert_eq!(slugs(&part), ["kz-border"]);
    assert_eq!(part.headers["chapar-next-offset"], "2");
    for bad in ["?offset=-1", "?limit=0", "?limit=x"] {
        assert_eq!(error(&list(bad).await).0, 400, "{bad}");
    }

    let shown = async |slug: &str| ask("GET", &format!("/{slug}"), Value::Null).await.json;
    let noted = json!({ "identity": "urn:guest", "properties": { "shelf": "left", "dsp": "x" } });
    let made = ask("POST", "", noted).await;
    let slug = made.json["@id"].as_str().unwrap().to_owned();
    let guest = shown(&slug).await;
    let dsp = guest["properties"]["dsp"].clone();
    assert_eq!(guest["properties"], json!({ "shelf": "left", "dsp": dsp }));
    assert!(dsp.as_str().unwrap().ends_with(&format!("/{slug}/dsp/2025-1")), "{dsp}");

    let update = async |members: Value| ask("PUT", &format!("/{slug}"), members).await;
    assert_eq!(
        update(json!({ "identity": "urn:guest", "properties": { "floor": 2 } }))
            .await
            .status,
        204
    );
    assert_eq!(shown(&slug).await["properties"], json!({ "floor": 2, "dsp": dsp }));
    assert_eq!(error(&update(json!({ "identity": "urn:other" })).await).0, 409);
    assert_eq!(
        error(&update(json!({ "@id": "other", "identity": "urn:guest" })).await).0,
        400
    );
    let long = json!({ "identity": "urn:guest", "properties": { "floor": "x".repeat(20_000) } });
    assert_eq!(error(&update(long.clone()).await).0, 400, "too long");
    assert_eq!(
        error(&ask("POST", "", long).await).0,
        400,
        "too long from the beginning"
    );
    assert_eq!(
        shown(&slug).await["properties"]["floor"],
        2,
        "a refusal changes nothing"
    );
    assert_eq!(
        error(&ask("PUT", "/nobody", json!({ "identity": "urn:guest" })).await).0,
        404
    );

    // An identity of this node says how its participant is called.
    let keyed = ask("POST", "", json!({ "identity": "did:web:127.0.0.1%3A8443:keyed" })).await;
    assert_eq!(keyed.json["@id"], "keyed");
    let node = node.start_again().await;
    let hosted = node.runtime.hosted(&slug).unwrap();
    assert_eq!(hosted.properties["floor"], 2, "what is noted is kept");
}

#[tokio::test]
async fn a_participant_goes_when_nothing_is_open_and_its_name_is_not_given_again() {
    let node = Node::start().await;
    node.stock(&node.admin(OURS).await, "ours").await;
    let ask = async |method: &str, path: &str, body: Option<&Value>| {
        node.manage(
            Some(&node.operator),
            method,
            &format!("/management/v5beta/participants{path}"),
            body,
        )
        .await
    };
    let new = |slug: &str, identity: &str| {
        Version::V4.request(
            "ParticipantContext",
            &json!({ "@id": slug, "identity": identity, "properties": { "form": "edc-mock" } }),
        )
    };
    let made = ask("POST", "", Some(&new("guest", "urn:guest"))).await;
    let key = made.json["edc:apiKey"].as_str().unwrap().to_owned();
    let own = "/management/v3/policydefinitions/request";
    assert_eq!(
        node.manage(Some(&key), "POST", own, None).await.status,
        200,
        "its first key"
    );
    assert_eq!(error(&ask("POST", "", Some(&new("guest", "urn:other"))).await).0, 409);
    let own_did = ask("POST", "", Some(&new("keyed", "did:web:127.0.0.1%3A8443:keyed"))).await;
    assert_eq!(own_did.status, 200);
    let shown = ask("GET", "/guest", None).await;
    assert_eq!(
        (shown.json["identity"].as_str(), shown.json["state"].as_str()),
        (Some("urn:guest"), Some("ACTIVATED"))
    );
    assert_eq!(ask("DELETE", "/guest", None).await.status, 204);
    assert_eq!(error(&ask("GET", "/guest", None).await).0, 404);
    assert_eq!(error(&ask("DELETE", "/guest", None).await).0, 404);
    assert_eq!(
        node.manage(Some(&key), "POST", own, None).await.status,
        401,
        "its keys are void"
    );
    assert_eq!(error(&ask("POST", "", Some(&new("guest", "urn:guest"))).await).0, 409);
    node.negotiation(OURS, "ours").await;
    assert_eq!(
        error(&ask("DELETE", &format!("/{OURS}"), None).await).0,
        409,
        "a case is open"
    );
    assert_eq!(
        ask("GET", &format!("/{OURS}"), None).await.status,
        200,
        "and it is there still"
    );
}

#[tokio::test]
async fn a_participant_stays_while_something_is_to_be_done_in_its_name() {
    let node = Node::start().await;
    let remove = async |slug: &str| {
        let path = format!("/management/v5beta/participants/{slug}");
        node.manage(Some(&node.operator), "DELETE", &path, None).await
    };
    let assert_stays = async |slug: &str, why: &str| {
        let got = remove(slug).await;
        let (status, kind, message) = error(&got);
        assert_eq!((status, kind), (409, "ObjectConflict"));
        assert!(message.contains(why), "{message}");
        assert!(node.runtime.hosted(slug).is_some(), "it is there still");
    };

    let busy = hosted(&node).await;
    let key = node.key(&busy, KeyRole::Editor).await.text;
    let does = async |path: &str, sample: &str| {
        let body = body(Version::V3, "POST", sample, "");
        let got = node
            .manage(Some(&key), "POST", &format!("/management/v3{path}"), body.as_ref())
            .await;
        assert!((200..300).contains(&got.status), "{}", got.json);
        got.json
    };
    let begun = does("/contractnegotiations", "/contractnegotiations").await;
    assert_stays(&busy, "has an open case").await;
    let id = begun["@id"].as_str().unwrap();
    let end = format!("/contractnegotiations/{id}/terminate");
    does(&end, "/contractnegotiations/{id}/terminate").await;
    assert_stays(&busy, "has `ContractRequestMessage` of case").await;

    let idle = hosted(&node).await;
    node.effect(&idle, "follow-on", true).await;
    assert_stays(&idle, "is yet to begin the transfer").await;
    node.effect(&idle, "follow-on", false).await;
    let row = node.untold(&idle).await;
    assert_stays(&idle, "is yet to tell a callback address").await;
    node.told(row).await;
    assert_eq!(remove(&idle).await.status, 204);
}
