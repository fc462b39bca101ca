//! Documents of the operator's API in the forms that clients send, and the forms that they are answered in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_jsonld::{Malformed, compact, expand};
use serde_json::{Value, json};

const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";
const V1: &str = "https://w3id.org/edc/connector/management/v0.0.1";
const V2: &str = "https://w3id.org/edc/connector/management/v2";
const DSP: &str = "https://w3id.org/dspace/2025/1/context.jsonld";
const ODRL: &str = "http://www.w3.org/ns/odrl.jsonld";

/// The context of answers of version 3.
fn inline() -> Value {
    json!({ "@vocab": EDC, "edc": EDC, "odrl": "http://www.w3.org/ns/odrl/2/" })
}

fn edc(name: &str) -> String {
    format!("{EDC}{name}")
}

/// The asset that every form below is a form of.
fn asset() -> Value {
    json!([{
        "@id": "asset-1",
        "@type": [edc("Asset")],
        edc("properties"): [{ edc("name"): [{ "@value": "Salt" }], edc("version"): [{ "@value": 2 }] }],
        edc("dataAddress"): [{
            "@type": [edc("DataAddress")],
            edc("type"): [{ "@value": "HttpData" }],
            edc("baseUrl"): [{ "@value": "https://peer.example/salt" }],
        }],
    }])
}

fn plain(context: &Value) -> Value {
    json!({
        "@context": context,
        "@id": "asset-1",
        "@type": "Asset",
        "properties": { "name": "Salt", "version": 2 },
        "dataAddress": { "@type": "DataAddress", "type": "HttpData", "baseUrl": "https://peer.example/salt" },
    })
}

fn expanded(document: &Value) -> Value {
    Value::Array(expand(document).unwrap_or_else(|error| panic!("{error}: {document:#}")))
}

#[test]
fn every_legal_form_of_an_asset_is_the_same_asset() {
    let forms = [
        plain(&inline()),
        plain(&json!({ "@vocab": EDC })),
        plain(&json!([{ "@vocab": EDC }, null, { "@vocab": EDC }])),
        plain(&json!(V1)),
        plain(&json!([V2])),
        plain(&json!(["https://w3id.org/edc/dspace/v0.0.1", { "@vocab": EDC }])),
        // Prefixes.
        json!({
            "@context": { "edc": EDC },
            "@id": "asset-1",
            "@type": "edc:Asset",
            "edc:properties": { "edc:name": "Salt", "edc:version": 2 },
            "edc:dataAddress": { "@type": "edc:DataAddress", "edc:type": "HttpData", "edc:baseUrl": "https://peer.example/salt" },
        }),
        // No context, every name in full; values said outright, some in arrays.
        json!({
            "@id": "asset-1",
            "@type": edc("Asset"),
            edc("properties"): { edc("name"): { "@value": "Salt" }, edc("version"): [{ "@value": 2 }] },
            edc("dataAddress"): {
                "@type": [edc("DataAddress")],
                edc("type"): ["HttpData"],
                edc("baseUrl"): "https://peer.example/salt",
            },
        }),
        // Aliases of keywords, a nested context that says the names another way, a set.
        json!({
            "@context": { "@vocab": EDC, "id": "@id", "kind": "@type" },
            "id": "asset-1",
            "kind": "Asset",
            "properties": {
                "@context": { "titel": edc("name"), "@vocab": "https://elsewhere.example/", "version": edc("version") },
                "titel": { "@set": ["Salt"] },
                "version": 2,
            },
            "dataAddress": {
                "@context": { "id": null, "kind": edc("type"), "type": "@type" },
                "kind": "HttpData",
                "type": "DataAddress",
                "baseUrl": "https://peer.example/salt",
            },
        }),
        // A context of the type, one of a property, and a property that is nested.
        json!({
            "@context": {
                "Thing": { "@id": edc("Asset"), "@context": { "@vocab": EDC, "more": "@nest" } },
                "at": { "@id": edc("dataAddress"), "@context": { "@vocab": EDC } },
            },
            "@type": "Thing",
            "@id": "asset-1",
            "properties": { "@context": { "@vocab": EDC }, "name": "Salt", "version": 2 },
            "more": { "at": { "@type": "DataAddress", "type": "HttpData", "baseUrl": "https://peer.example/salt" } },
        }),
        // Already expanded, and as a graph.
        asset(),
        json!({ "@graph": asset() }),
    ];
    for form in &forms {
        assert_eq!(expanded(form), asset(), "{form:#}");
    }
}

#[test]
fn answers_are_as_the_published_clients_read_them() {
    for context in [inline(), json!(V1), json!([V2])] {
        assert_eq!(compact(&asset(), &context), Ok(plain(&context)));
    }
    // The Dataspace Protocol has a data address of its own, whose short name is taken.
    let shared = json!([DSP, "https://w3id.org/edc/dspace/v0.0.1", inline()]);
    let mut answer = plain(&shared);
    answer["dataAddress"]["@type"] = json!("edc:DataAddress");
    assert_eq!(compact(&asset(), &shared), Ok(answer));
    let bare = json!([{ "@id": "x", edc("state"): [{ "@value": "FINALIZED" }], edc("events"): [{ "@value": "all" }] }]);
    let set = json!({ "@context": V1, "@id": "x", "state": "FINALIZED", "events": ["all"] });
    assert_eq!(compact(&bare, &json!(V1)), Ok(set), "a set stays an array");
    let alone = json!({ "@context": inline(), "@id": "x", "state": "FINALIZED", "events": "all" });
    assert_eq!(compact(&bare, &inline()), Ok(alone));
}

#[test]
fn several_nodes_are_a_graph_and_none_is_an_empty_object() {
    let two = json!([{ "@id": "a", edc("x"): [] }, { "@id": "b", edc("x"): [{ "@value": true }] }]);
    let graph = json!({
        "@context": { "@vocab": EDC },
        "@graph": [{ "@id": "a", "x": [] }, { "@id": "b", "x": true }],
    });
    assert_eq!(compact(&two, &json!({ "@vocab": EDC })), Ok(graph));
    assert_eq!(
        compact(&json!([]), &json!({ "@vocab": EDC })),
        Ok(json!({ "@context": { "@vocab": EDC } }))
    );
    assert_eq!(
        compact(
            &json!([{ "@id": "a", "http://x.example/y": [{ "@id": "b" }] }]),
            &Value::Null
        ),
        Ok(json!({
            "@id": "a",
            "http://x.example/y": { "@id": "b" },
        }))
    );
}

#[test]
fn a_policy_is_understood_with_the_contexts_that_clients_add() {
    let odrl = |name: &str| format!("http://www.w3.org/ns/odrl/2/{name}");
    let wanted = json!([{
        "@id": "policy-1",
        "@type": [edc("PolicyDefinition")],
        edc("policy"): [{
            "@type": [odrl("Set")],
            odrl("permission"): [{
                odrl("action"): [{ "@id": odrl("use") }],
                odrl("constraint"): [{
                    odrl("leftOperand"): [{ "@id": edc("inForceDate") }],
                    odrl("operator"): [{ "@id": odrl("lteq") }],
                    odrl("rightOperand"): [{ "@value": "contractAgreement+7d" }],
                }],
            }],
        }],
    }]);
    let policy = json!({
        "@type": "Set",
        "permission": [{
            "action": "use",
            "constraint": [{ "leftOperand": "edc:inForceDate", "operator": "lteq", "rightOperand": "contractAgreement+7d" }],
        }],
    });
    let mut within = policy.clone();
    within["@context"] = json!(ODRL);
    let document = |context: Value, policy: &Value| json!({ "@context": context, "@id": "policy-1", "@type": "PolicyDefinition", "policy": policy });
    assert_eq!(expanded(&document(inline(), &within)), wanted);
    assert_eq!(expanded(&document(json!([inline(), ODRL]), &policy)), wanted);
    assert_eq!(expanded(&document(json!([V2]), &policy)), wanted);
    let mut answer = document(json!([V2]), &policy);
    answer["policy"]["permission"][0]["constraint"][0]["leftOperand"] = json!("inForceDate");
    assert_eq!(compact(&wanted, &json!([V2])), Ok(answer));
}

#[test]
fn lists_languages_and_types_of_values_survive() {
    let context = json!({
        "@vocab": EDC,
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "steps": { "@container": "@list" },
        "title": { "@container": "@language" },
        "due": { "@type": "xsd:date" },
        "raw": { "@type": "@json" },
        "part": { "@type": "@id", "@container": "@set" },
        "byKey": { "@container": "@index" },
    });
    let document = json!({
        "@context": context,
        "@id": "x",
        "steps": ["b", "a", "b", ["nested"]],
        "title": { "de": "Salz", "ru": ["Соль", "Солёность"] },
        "due": "2026-11-30",
        "raw": { "kept": [null, { "@id": 7 }] },
        "part": ["y"],
        "byKey": { "one": { "size": 1.5 }, "two": "plain" },
        "none": { "@value": "Salt", "@language": "en" },
    });
    let expanded = expanded(&document);
    assert_eq!(
        expanded[0][edc("steps")][0]["@list"][3],
        json!({ "@list": [{ "@value": "nested" }] })
    );
    assert_eq!(expanded[0][edc("part")], json!([{ "@id": "y" }]));
    assert_eq!(
        expanded[0][edc("raw")][0]["@value"],
        json!({ "kept": [null, { "@id": 7 }] })
    );
    assert_eq!(compact(&expanded, &context), Ok(document));
}

#[test]
fn only_strings_go_into_a_map_by_language() {
    let context = json!({ "@vocab": EDC, "title": { "@container": "@language" } });
    let values = json!([{ "@id": "x", edc("title"): [{ "@value": "Salz", "@language": "de" }, { "@value": "NaCl" }, { "@value": 7 }] }]);
    let compacted = compact(&values, &context).unwrap();
    assert_eq!(compacted["title"], json!({ "de": "Salz", "@none": "NaCl" }));
    let mut again = expanded(&compacted);
    again[0][edc("title")]
        .as_array_mut()
        .unwrap()
        .sort_by_key(Value::to_string);
    let mut wanted = values;
    wanted[0][edc("title")]
        .as_array_mut()
        .unwrap()
        .sort_by_key(Value::to_string);
    assert_eq!(again, wanted);
}

#[test]
fn lists_are_neither_lost_nor_mixed_with_what_stands_beside_them() {
    let context = json!({ "@vocab": EDC, "listed": { "@container": "@list" }, "keyed": { "@container": "@index" } });
    let list = |item: i32| json!({ "@list": [{ "@value": item }] });
    let two = json!([{ "@id": "x", edc("listed"): [list(1), list(2)] }]);
    assert_eq!(code(compact(&two, &context)), "no-compact-form");
    let beside = json!([{ "@id": "x", edc("keyed"): [list(1), { "@value": 2 }, { "@value": 3, "@index": "three" }] }]);
    let compacted = compact(&beside, &context).unwrap();
    assert_eq!(
        compacted["keyed"],
        json!({ "@none": [{ "@list": [1] }, 2], "three": 3 })
    );
    assert_eq!(expanded(&compacted), beside);
}

#[test]
fn identifiers_stay_what_they_are() {
    let context = json!({ "@vocab": EDC, "of": { "@type": "@id" }, "kind": { "@type": "@vocab" } });
    for id in [
        "asset-1",
        "a/b",
        "../a",
        "?a",
        "#a",
        "",
        "did:web:peer.example",
        "urn:uuid:1",
        "a b",
        "Соль",
        "7",
    ] {
        let document = json!({ "@context": context, "@id": id, "of": id, "name": id });
        let expanded = expanded(&document);
        assert_eq!(expanded[0]["@id"], id);
        assert_eq!(expanded[0][edc("of")], json!([{ "@id": id }]));
        assert_eq!(compact(&expanded, &context), Ok(document));
    }
}

#[test]
fn what_means_nothing_is_left_out() {
    let document =
        json!({ "@context": { "edc": EDC, "gone": null }, "@id": "x", "unknown": 1, "gone": 2, "edc:kept": 3 });
    assert_eq!(
        expanded(&document),
        json!([{ "@id": "x", edc("kept"): [{ "@value": 3 }] }])
    );
    for empty in [
        json!(null),
        json!("text"),
        json!([]),
        json!({}),
        json!({ "@id": "x" }),
        json!([[1, null]]),
    ] {
        assert_eq!(expanded(&empty), json!([]), "{empty}");
    }
}

fn code(result: Result<impl std::fmt::Debug, Malformed>) -> &'static str {
    result.expect_err("is refused").code
}

#[test]
fn nothing_is_fetched() {
    #[allow(
        clippy::disallowed_methods,
        reason = "the judge of this judge says which fault there is"
    )]
    chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
    for name in [
        "https://elsewhere.example/context.jsonld",
        "http://127.0.0.1/",
        "context.jsonld",
        "",
        "https://w3id.org/edc/v0.0.1/ns/",
    ] {
        let wanted = "loading-remote-context-failed";
        assert_eq!(code(expand(&json!({ "@context": name }))), wanted, "{name}");
        assert_eq!(
            code(expand(
                &json!({ "@context": [V1, { "x": { "@id": "edc:x", "@context": name } }], "x": {} })
            )),
            "invalid-scoped-context"
        );
        assert_eq!(code(expand(&json!({ "@context": { "@import": name } }))), wanted);
        assert_eq!(code(compact(&asset(), &json!([name]))), wanted);
    }
}

#[test]
fn errors_have_the_codes_of_the_text() {
    let cases = [
        (json!({ "@context": 7 }), "invalid-local-context"),
        (json!({ "@context": { "@version": 1.0 } }), "invalid-@version-value"),
        (json!({ "@context": { "a": 7 } }), "invalid-term-definition"),
        (json!({ "@context": { "a": "b:c", "b": "a:d" } }), "cyclic-IRI-mapping"),
        (
            json!({ "@context": { "@id": "http://x.example/" } }),
            "keyword-redefinition",
        ),
        (
            json!({ "@context": [DSP, { "dspace": "http://x.example/" }] }),
            "protected-term-redefinition",
        ),
        (json!({ "@context": [DSP, null] }), "invalid-context-nullification"),
        (json!({ "@id": 7 }), "invalid-@id-value"),
        (json!({ "@type": 7 }), "invalid-type-value"),
        (
            json!({ "http://x.example/a": { "@value": [7] } }),
            "invalid-value-object-value",
        ),
        (
            json!({ "http://x.example/a": { "@value": 7, "@id": "b" } }),
            "invalid-value-object",
        ),
    ];
    for (document, wanted) in cases {
        assert_eq!(code(expand(&document)), wanted, "{document}");
    }
}

#[test]
fn what_is_no_expanded_form_is_not_compacted() {
    for wrong in [
        json!("text"),
        json!({ "@id": 7 }),
        json!([{ "@type": [7] }]),
        json!({ "@reverse": [] }),
    ] {
        assert_eq!(code(compact(&wrong, &inline())), "not-expanded", "{wrong}");
    }
    let confusing = json!([{ "@id": "edc:x", edc("state"): [{ "@value": 1 }] }]);
    assert_eq!(code(compact(&confusing, &inline())), "IRI-confused-with-prefix");
}
