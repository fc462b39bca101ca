//! Moving over the real binary: `chapar import edc` beside a scripted connector that holds what a real one seldom does: an agreement
//! in which we are the consumer, a retired one, one that nobody can tell the sides of, and rules that this node cannot judge.
//!
//! Refuses to hold how a real EDC writes its answers: `cargo xtask judge edc` moves from one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Request, Response, Server};
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::sync::Arc;

const CONTEXT: &str = r#"{"@vocab":"https://w3id.org/edc/v0.0.1/ns/","edc":"https://w3id.org/edc/v0.0.1/ns/","odrl":"http://www.w3.org/ns/odrl/2/"}"#;

fn in_context(mut thing: Value) -> Value {
    thing["@context"] = serde_json::from_str(CONTEXT).unwrap();
    thing
}

/// Rules of the type, under a condition that no node of ours knows where one is named.
fn rules(kind: &str, operand: Option<&str>) -> Value {
    let mut permission = json!({ "odrl:action": { "@id": "odrl:use" } });
    if let Some(operand) = operand {
        permission["odrl:constraint"] = json!({
            "odrl:leftOperand": { "@id": operand }, "odrl:operator": { "@id": "odrl:eq" }, "odrl:rightOperand": "fair",
        });
    }
    json!({
        "@id": "a-fresh-one", "@type": format!("odrl:{kind}"), "odrl:permission": permission,
        "odrl:prohibition": [], "odrl:obligation": [],
    })
}

fn agreement(id: &str, operand: Option<&str>) -> Value {
    in_context(json!({
        "@type": "ContractAgreement", "@id": id, "assetId": "grain", "policy": rules("Agreement", operand),
        "contractSigningDate": 1_700_000_000, "consumerId": "consumer", "providerId": "provider",
    }))
}

fn negotiation(agreement: &str, side: &str, address: &str) -> Value {
    let other = if side == "CONSUMER" { "provider" } else { "consumer" };
    in_context(json!({
        "@type": "ContractNegotiation", "@id": format!("of-{agreement}"), "type": side, "state": "FINALIZED",
        "counterPartyId": other, "counterPartyAddress": address, "contractAgreementId": agreement,
    }))
}

/// What the connector holds under `path`; none where there is nothing.
fn held(method: &str, path: &str) -> Option<Value> {
    // Of the other side there is nothing to be heard.
    let address = "http://127.0.0.1:9/protocol/2025-1";
    let asset = |id: &str, address: Value| {
        in_context(json!({ "@type": "Asset", "@id": id, "properties": { "id": id }, "dataAddress": address }))
    };
    let policy = |id: &str, operand| {
        in_context(json!({ "@type": "PolicyDefinition", "@id": id, "policy": rules("Set", operand) }))
    };
    let retired = json!({
        "@type": "AgreementsRetirementEntry", "agreementId": "retired", "reason": "the season is over",
        "agreementRetirementDate": 1_700_000_100,
    });
    Some(match (method, path) {
        ("POST", "/v3/assets/request") => json!([
            asset(
                "grain",
                json!({ "@type": "DataAddress", "type": "HttpData", "baseUrl": "http://127.0.0.1:9/grain" })
            ),
            asset(
                "broken",
                json!({ "@type": "DataAddress", "type": "HttpData", "baseUrl": "nowhere" })
            ),
        ]),
        ("POST", "/v3/policydefinitions/request") => {
            json!([policy("open", None), policy("fair-weather", Some("weather"))])
        }
        ("POST", "/v3/contractdefinitions/request") => json!([in_context(json!({
            "@type": "ContractDefinition", "@id": "all", "accessPolicyId": "open", "contractPolicyId": "open", "assetsSelector": [],
        }))]),
        ("POST", "/v3/contractagreements/request") => json!([
            agreement("bought", None),
            agreement("sold-in-fair-weather", Some("weather")),
            agreement("retired", None),
            agreement("nobodys", None),
        ]),
        ("POST", "/v3/contractagreements/retirements/request") => json!([in_context(retired)]),
        ("GET", "/v3/contractagreements/bought/negotiation") => negotiation("bought", "CONSUMER", address),
        ("GET", "/v3/contractagreements/sold-in-fair-weather/negotiation") => {
            negotiation("sold-in-fair-weather", "PROVIDER", address)
        }
        ("GET", "/v3/contractagreements/retired/negotiation") => negotiation("retired", "CONSUMER", address),
        _ => return None,
    })
}

fn connector() -> Server {
    let answer = |request: Request| {
        let path = request.path.split('?').next().unwrap_or_default();
        Some(match held(&request.method, path) {
            Some(body) => Response::json(200, &body),
            None => Response::empty(404),
        })
    };
    Server::start(Arc::new(answer)).unwrap()
}

/// The report of an import, and whether the command was content.
fn imported(house: &House, who: &Participant, from: &Server, words: &[&str]) -> (Vec<Value>, bool) {
    let from = from.url();
    let words = [&["import", "edc", from.as_str(), "--json"], words].concat();
    let mut command = house.command(&words);
    command
        .env("CHAPAR_API", &house.private)
        .env("CHAPAR_API_KEY", &who.key);
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (report["things"].as_array().unwrap().clone(), output.status.success())
}

fn came_to<'a>(things: &'a [Value], id: &str) -> (&'a str, String) {
    let thing = things.iter().find(|thing| thing["id"] == id);
    let thing = thing.unwrap_or_else(|| panic!("nothing of `{id}`: {things:?}"));
    (thing["outcome"].as_str().unwrap(), thing["notes"].to_string())
}

#[test]
fn what_is_refused_and_what_cannot_be_judged_is_told_before_and_after() {
    let mut house = House::new("import", Profile::Production);
    house.start();
    let who = house.add(&json!({ "slug": "office" }));
    let connector = connector();
    let (tried, content) = imported(&house, &who, &connector, &["--dry-run"]);
    let there = |path: &str| {
        let url = format!("{}/management/v3{path}", house.private);
        wire::send("GET", &url, &[("x-api-key", &who.key)], b"").unwrap()
    };
    for path in ["/assets/grain", "/policydefinitions/open", "/contractagreements/bought"] {
        assert_eq!(there(path).status, 404, "a dry run writes nothing: {path}");
    }
    let (taken, taken_content) = imported(&house, &who, &connector, &[]);
    assert!(!content && !taken_content, "something stays behind");
    for (id, before, after, note) in [
        ("grain", "would be created", "created", ""),
        ("broken", "would be refused", "refused", "must have a valid `baseUrl`"),
        ("open", "would be created", "created", ""),
        (
            "fair-weather",
            "would be created",
            "created",
            "denies here: unknown-operand",
        ),
        ("all", "would be created", "created", ""),
        ("bought", "would be created", "created", "names us as `consumer`"),
        ("sold-in-fair-weather", "would be created", "created", "weather`"),
        ("retired", "retired there", "retired there", ""),
        (
            "nobodys",
            "would be refused",
            "refused",
            "nobody knows which side is ours",
        ),
    ] {
        for (things, outcome) in [(&tried, before), (&taken, after)] {
            let (came, notes) = came_to(things, id);
            assert_eq!(came, outcome, "{id}: {notes}");
            assert!(notes.contains(note), "{id}: {notes}");
        }
    }
    assert_eq!(
        came_to(&tried, "broken").1,
        came_to(&taken, "broken").1,
        "the dry run says it in the words of the node"
    );

    // What was bought is used: a transfer under it begins. What was retired is not here.
    let bought = there("/contractagreements/bought").value();
    assert_eq!(
        (&bought["consumerId"], &bought["providerId"]),
        (&json!("consumer"), &json!("provider"))
    );
    let begun = who.ask("POST", "/transfers", Some(&json!({ "agreement": "bought" })));
    assert_eq!(
        (&begun["role"], &begun["peer"]),
        (&json!("consumer"), &json!("provider"))
    );
    let refused = who.call("POST", "/transfers", Some(&json!({ "agreement": "retired" })));
    assert_eq!(
        (refused.status, &refused.value()["code"]),
        (400, &json!("agreement-unknown"))
    );
    let (again, _) = imported(&house, &who, &connector, &[]);
    for id in ["grain", "bought", "sold-in-fair-weather"] {
        assert_eq!(came_to(&again, id).0, "unchanged", "{id}");
    }
}
