//! Properties: no document breaks it, and what it understood it can say again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_jsonld::{code, compact, expand};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

/// Words that mean something somewhere in JSON-LD, and some that do not.
const WORDS: [&str; 44] = [
    "@base",
    "@container",
    "@context",
    "@direction",
    "@graph",
    "@id",
    "@import",
    "@included",
    "@index",
    "@json",
    "@language",
    "@list",
    "@nest",
    "@none",
    "@prefix",
    "@propagate",
    "@protected",
    "@reverse",
    "@set",
    "@type",
    "@value",
    "@version",
    "@vocab",
    "@odd",
    "a",
    "b",
    "a:b",
    "_:b",
    "a/b",
    "",
    "ltr",
    "en",
    "http://x.example/a",
    "http://x.example/",
    "../x",
    "Asset",
    "Dataset",
    "properties",
    "policy",
    "type",
    EDC,
    "https://w3id.org/edc/connector/management/v2",
    "https://w3id.org/dspace/2025/1/context.jsonld",
    "http://www.w3.org/ns/odrl.jsonld",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![9 => proptest::sample::select(&WORDS[..]).prop_map(str::to_owned), 1 => ".{0,6}"]
}

/// Any JSON, of words that matter.
fn junk() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(json!(1.1)), any::<i32>().prop_map(Value::from)],
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(word(), inner, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Contexts that answers are given in.
fn contexts() -> [Value; 5] {
    [
        json!({ "@vocab": EDC, "edc": EDC, "odrl": "http://www.w3.org/ns/odrl/2/" }),
        json!(["https://w3id.org/edc/connector/management/v2"]),
        json!("https://w3id.org/edc/connector/management/v0.0.1"),
        json!([
            "https://w3id.org/dspace/2025/1/context.jsonld",
            "https://w3id.org/edc/dspace/v0.0.1"
        ]),
        Value::Null,
    ]
}

/// A context with many kinds of container. It keeps no order between terms, and not every value fits.
fn containers() -> Value {
    json!({
        "@vocab": "http://x.example/",
        "@language": "en",
        "a": { "@container": "@list" },
        "b": { "@container": ["@index", "@set"] },
        "properties": { "@id": "http://x.example/a", "@container": "@language" },
        "policy": { "@reverse": "http://x.example/a" },
        "type": { "@container": ["@graph", "@id"], "@nest": "@nest" },
    })
}

/// A value of a property, as documents of this API have them.
fn property() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-zA-Z0-9 _.:/-]{0,12}", "\\PC{0,8}"];
    let plain = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        text.clone().prop_map(Value::from),
        (text.clone(), "[a-z]{2}").prop_map(|(text, tag)| json!({ "@value": text, "@language": tag })),
        text.clone()
            .prop_map(|text| json!({ "@value": text, "@type": format!("{EDC}of") })),
        vec(text, 0..3).prop_map(|texts| json!({ "@list": texts })),
    ];
    plain.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map("[a-z]{1,6}", inner, 1..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A document of this API under one of the contexts that it is sent with.
fn document() -> impl Strategy<Value = Value> {
    let context = proptest::sample::select(contexts().into_iter().take(3).collect::<Vec<_>>());
    let kind = proptest::sample::select(vec!["Asset", "PolicyDefinition", "TransferRequest", "Secret"]);
    let member = prop_oneof![
        "[a-zA-Z]{1,8}",
        "edc:[a-z]{1,4}",
        "http://x\\.example/[a-z]{1,4}",
        Just("properties".to_owned())
    ];
    (context, kind, "[a-z0-9-]{1,10}", btree_map(member, property(), 0..5)).prop_map(|(context, kind, id, members)| {
        let mut document: serde_json::Map<_, _> = members.into_iter().collect();
        document.insert("@context".to_owned(), context);
        document.insert("@type".to_owned(), json!(kind));
        document.insert("@id".to_owned(), json!(id));
        Value::Object(document)
    })
}

/// A document whose arrays are in an order of their own, but for lists.
fn unordered(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(unordered).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| {
                let member = match member {
                    Value::Array(items) if name == "@list" => items.iter().map(unordered).collect(),
                    other => unordered(other),
                };
                (name.clone(), member)
            });
            Value::Object(members.collect())
        }
        scalar => scalar.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_document_breaks_it(context in junk(), document in junk(), expanded in junk()) {
        let mut with_context = document.clone();
        if let Value::Object(members) = &mut with_context {
            members.insert("@context".to_owned(), context.clone());
        }
        let _ = compact(&expanded, &context);
        for document in [document, with_context] {
            let Ok(expanded) = expand(&document) else { continue };
            let expanded = Value::Array(expanded);
            prop_assert_eq!(&expand(&expanded).map(Value::Array), &Ok(expanded.clone()), "an expanded form is its own");
            for context in contexts() {
                let _ = compact(&expanded, &context);
            }
            let _ = compact(&expanded, &containers());
        }
    }

    #[test]
    fn what_was_understood_is_said_again(document in document()) {
        let expanded = Value::Array(expand(&document).unwrap());
        for context in contexts() {
            let compacted = match compact(&expanded, &context) {
                Ok(compacted) => compacted,
                // A full IRI of the document happens to begin like a prefix of this context.
                Err(error) if error.code == "IRI-confused-with-prefix" => continue,
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            };
            let again = Value::Array(expand(&compacted).unwrap());
            prop_assert_eq!(&again, &expanded, "as {:#}", compacted);
        }
        match compact(&expanded, &containers()) {
            Ok(compacted) => {
                let again = Value::Array(expand(&compacted).unwrap());
                prop_assert_eq!(unordered(&again), unordered(&expanded), "as {:#}", compacted);
            }
            Err(error) => prop_assert_eq!(error.code, code::NO_COMPACT_FORM),
        }
    }
}
