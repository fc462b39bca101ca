//! The verdicts of this room against those of a full implementation, over bodies that are right and bodies that are wrong in
//! every way that the schemas speak of.

use super::*;
use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde_json::json;
use std::error::Error;

/// Keywords that say nothing about a body.
const SILENT: [&str; 7] = [
    "$schema",
    "$id",
    "title",
    "description",
    "example",
    "format",
    "definitions",
];
/// Keywords that are judged here.
const JUDGED: [&str; 14] = [
    "$ref",
    "type",
    "const",
    "enum",
    "minimum",
    "required",
    "properties",
    "items",
    "minItems",
    "contains",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
];

struct Shipped;

impl Retrieve for Shipped {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let file = uri
            .as_str()
            .split('#')
            .next()
            .and_then(|address| address.rsplit('/').next());
        let found = file.and_then(|file| SCHEMAS.get(file));
        found.cloned().ok_or_else(|| format!("`{uri}` is not shipped").into())
    }
}

fn judge(name: &str) -> Validator {
    let options = jsonschema::options()
        .with_draft(Draft::Draft201909)
        .with_retriever(Shipped);
    options.build(&SCHEMAS[name]).unwrap()
}

/// A body that each request's schema takes.
fn fitting() -> Vec<(String, Value)> {
    let bodies: Map<String, Value> = serde_json::from_str(include_str!("fitting.json")).unwrap();
    bodies.into_iter().collect()
}

/// Every body that differs from `body` in one place: a member or item left out, or replaced by something of every kind.
fn altered(body: &Value) -> Vec<Value> {
    let strange = || {
        [
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5),
            json!(""),
            json!("x"),
            json!([]),
            json!({}),
            json!(["x"]),
        ]
    };
    let mut found = Vec::new();
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                let mut without = members.clone();
                without.remove(name);
                found.push(Value::Object(without));
                for other in strange().into_iter().chain(altered(value)) {
                    let mut with = members.clone();
                    with.insert(name.clone(), other);
                    found.push(Value::Object(with));
                }
            }
            for name in ["protocol", "profile", "target", "extra"] {
                let mut with = members.clone();
                with.insert(name.to_owned(), json!("x"));
                found.push(Value::Object(with));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                for other in strange().into_iter().chain(altered(item)) {
                    let mut with = items.clone();
                    with[index] = other;
                    found.push(Value::Array(with));
                }
            }
        }
        _ => {}
    }
    found
}

#[test]
fn verdicts_are_those_of_a_full_implementation() {
    let (mut taken, mut refused) = (0, 0);
    for (name, body) in fitting() {
        let judge = judge(&name);
        assert_eq!(check(&name, &body), [], "{name}: {body}");
        for body in altered(&body) {
            let wrong = check(&name, &body);
            assert_eq!(wrong.is_empty(), judge.is_valid(&body), "{name}: {wrong:?}: {body}");
            if wrong.is_empty() {
                taken += 1;
            } else {
                refused += 1;
            }
        }
    }
    assert!(taken > 500 && refused > 1500, "{taken} taken, {refused} refused");
}

#[test]
fn every_file_is_read_and_every_keyword_known() {
    assert_eq!(SCHEMAS.len(), FILES.len() + 1);
    for schema in SCHEMAS.values() {
        known_in(schema);
    }
}

fn known_in(schema: &Value) {
    let Some(members) = schema.as_object() else { return };
    for (name, value) in members {
        // Only an agreement's time has a pattern, and no request brings an agreement.
        let of_agreement = name == "pattern" && schema.to_string().contains("24:00:00");
        let is_known = SILENT.contains(&name.as_str()) || JUDGED.contains(&name.as_str());
        assert!(is_known || of_agreement, "{name} in {schema}");
        match (name.as_str(), value) {
            ("properties" | "definitions", Value::Object(parts)) => parts.values().for_each(known_in),
            ("items" | "not" | "contains", part) => known_in(part),
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => parts.iter().for_each(known_in),
            _ => {}
        }
    }
}

#[test]
fn what_is_wrong_is_told_where() {
    let said = |name: &str, body: Value| check(name, &body);
    let missing = said("secret-schema.json", json!({ "@type": "Secret", "value": 1 }));
    let paths: Vec<_> = missing.iter().filter_map(|detail| detail.path.as_deref()).collect();
    assert_eq!(paths, ["/@context", "/value"]);
    assert!(missing[0].message.contains("`@context`") && missing[1].message.contains("string"));
    let both = json!({
        "@context": ["https://w3id.org/edc/connector/management/v2"], "@type": "CatalogRequest", "protocol": "p",
        "profile": "p", "counterPartyAddress": "a", "counterPartyId": "i",
    });
    assert!(
        said("catalog-request-schema.json", both)[0]
            .message
            .contains("exactly one of protocol, profile")
    );
}
