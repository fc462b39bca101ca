//! What is wrong with an OpenAPI document: against the published schemas of OpenAPI 3.1 (`oas/`), and in what they cannot see.
//!
//! Refuses to judge whether it is true: `described`.

use jsonschema::{Retrieve, Uri};
use serde_json::Value;
use std::collections::BTreeSet;

/// Methods of an operation, as a document writes them.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The published schemas; the first one is asked.
const SCHEMAS: [&str; 4] = [
    include_str!("../oas/schema-base.json"),
    include_str!("../oas/schema.json"),
    include_str!("../oas/dialect.json"),
    include_str!("../oas/meta.json"),
];

struct Shipped;

impl Retrieve for Shipped {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let schemas = SCHEMAS.iter().map(|text| serde_json::from_str::<Value>(text).unwrap());
        let name = uri.as_str().split('#').next().unwrap_or_default();
        let found = schemas.into_iter().find(|schema| schema["$id"] == name);
        found.ok_or_else(|| format!("`{name}` is not shipped").into())
    }
}

/// Every operation: method in upper case, and path.
pub fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let all = each_operation(document);
    all.into_iter()
        .map(|(method, path, _)| (method.to_uppercase(), path.to_owned()))
        .collect()
}

/// Everything that is wrong with the document; nothing when it is fit to be published.
pub fn faults(document: &Value) -> BTreeSet<String> {
    let mut found = against_schemas(document);
    dead_references(document, document, &mut found);
    unfit_examples(document, &mut found);
    let tags: BTreeSet<_> = document["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|tag| tag["name"].clone().to_string())
        .collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in each_operation(document) {
        let mut say = |what: &str| {
            found.insert(format!("{method} {path}: {what}"));
        };
        if !operation["operationId"]
            .as_str()
            .is_some_and(|id| ids.insert(id.to_owned()))
        {
            say("has no name of its own");
        }
        if operation["summary"].as_str().is_none_or(str::is_empty) {
            say("has no summary");
        }
        let own: Vec<_> = operation["tags"].as_array().into_iter().flatten().collect();
        if own.is_empty() || !own.iter().all(|tag| tags.contains(&tag.to_string())) {
            say("has no tag, or one that is not told of");
        }
        let statuses: Vec<&str> = operation["responses"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        // What answers 501 is there to say so.
        if !statuses
            .iter()
            .any(|status| status.starts_with('2') || *status == "501")
        {
            say("has no success");
        }
        if !statuses.iter().any(|status| status.starts_with(['4', '5'])) {
            say("has no error");
        }
        if parameters_in(path) != declared(operation) {
            say("declares other parameters than its path has");
        }
    }
    found
}

fn against_schemas(document: &Value) -> BTreeSet<String> {
    let schema = serde_json::from_str(SCHEMAS[0]).unwrap();
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
    let validator = options.with_retriever(Shipped).build(&schema).unwrap();
    let found = validator
        .iter_errors(document)
        .map(|fault| format!("{fault} at {}", fault.instance_path()));
    found.collect()
}

fn each_operation(document: &Value) -> Vec<(&str, &str, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let own = METHODS
            .into_iter()
            .filter_map(|method| Some((method, path.as_str(), item.get(method)?)));
        found.extend(own);
    }
    found
}

fn dead_references(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    if let Some(Value::String(reference)) = value.get("$ref")
        && reference
            .strip_prefix('#')
            .is_none_or(|pointer| document.pointer(pointer).is_none())
    {
        found.insert(format!("`{reference}` leads nowhere"));
    }
    match value {
        Value::Object(members) => members
            .values()
            .for_each(|value| dead_references(document, value, found)),
        Value::Array(items) => items.iter().for_each(|value| dead_references(document, value, found)),
        _ => {}
    }
}

/// Examples that their own schemas would refuse.
fn unfit_examples(document: &Value, found: &mut BTreeSet<String>) {
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let members = schema["properties"].as_object().into_iter().flatten();
        let members = members.map(|(member, schema)| (format!("{name}.{member}"), schema));
        for (place, schema) in members.chain([(name.clone(), schema)]) {
            let Some(example) = schema.get("example") else { continue };
            let mut whole = schema.clone();
            whole["components"] = document["components"].clone();
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
            let validator = options.should_validate_formats(true).build(&whole).unwrap();
            let faults = validator.iter_errors(example);
            found.extend(faults.map(|fault| format!("the example of {place} does not fit: {fault}")));
        }
    }
}

fn parameters_in(path: &str) -> BTreeSet<String> {
    let parts = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    parts.map(str::to_owned).collect()
}

fn declared(operation: &Value) -> BTreeSet<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let in_path = parameters.filter(|one| one["in"] == "path");
    in_path
        .filter_map(|one| one["name"].as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document() -> Value {
        json!({
            "openapi": "3.1.0",
            "info": { "title": "t", "version": "1" },
            "tags": [{ "name": "A" }],
            "paths": { "/a/{id}": { "get": {
                "operationId": "readA", "summary": "s", "tags": ["A"],
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "responses": {
                    "200": { "description": "d", "content": { "a/b": { "schema": { "$ref": "#/components/schemas/A" } } } },
                    "404": { "description": "d" },
                },
            } } },
            "components": { "schemas": { "A": { "type": "object", "example": {} } } },
        })
    }

    #[test]
    fn a_fit_document_has_no_fault() {
        assert_eq!(faults(&document()), BTreeSet::new());
        assert_eq!(
            operations(&document()),
            [("GET".to_owned(), "/a/{id}".to_owned())].into()
        );
    }

    #[test]
    fn every_fault_is_found() {
        let operation = "/paths/~1a~1{id}/get";
        let rows = [
            ("/info/title", Value::Null, "null is not of type"),
            (
                "/components/schemas/A",
                json!({ "type": "thing" }),
                "not valid under any",
            ),
            ("/components/schemas", json!({}), "leads nowhere"),
            (
                "/components/schemas/A/example",
                json!(1),
                "the example of A does not fit",
            ),
            (&format!("{operation}/summary"), json!(""), "no summary"),
            (&format!("{operation}/tags"), json!(["B"]), "no tag"),
            (&format!("{operation}/parameters"), json!([]), "other parameters"),
            (
                &format!("{operation}/responses"),
                json!({ "404": { "description": "d" } }),
                "no success",
            ),
            (
                &format!("{operation}/responses"),
                json!({ "204": { "description": "d" } }),
                "no error",
            ),
        ];
        for (pointer, value, says) in rows {
            let mut broken = document();
            *broken.pointer_mut(pointer).unwrap() = value;
            let found = faults(&broken);
            assert!(found.iter().any(|fault| fault.contains(says)), "{pointer}: {found:?}");
        }
        let mut twice = document();
        twice["paths"]["/b/{id}"] = twice["paths"]["/a/{id}"].clone();
        assert!(faults(&twice).iter().any(|fault| fault.contains("no name of its own")));
    }
}
