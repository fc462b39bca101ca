//! The published schemas of version 4 as named schemas of an OpenAPI document: `v4.Asset` and so on, and those of the protocol that
//! they refer to, `dsp.Permission` and so on. What they leave unsaid of a member, our own shape of the same name says.
//!
//! Refuses to hold which operation has which of them (`description`) and to check anything (`schema`).

use crate::schema;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Our shapes and the published schemas that stand in their place in version 4.
const STANDS_FOR: [(&str, &str); 27] = [
    ("AssetInput", "Asset"),
    ("Asset", "Asset"),
    ("CatalogRequest", "CatalogRequest"),
    ("ContractAgreement", "ContractAgreement"),
    ("ContractDefinitionInput", "ContractDefinition"),
    ("ContractDefinition", "ContractDefinition"),
    ("ContractNegotiation", "ContractNegotiation"),
    ("ContractRequest", "ContractRequest"),
    ("DataPlaneInstance", "DataPlaneInstance"),
    ("DatasetRequest", "DatasetRequest"),
    ("IdResponse", "IdResponse"),
    ("NegotiationState", "NegotiationState"),
    ("ParticipantContext", "ParticipantContext"),
    ("PolicyDefinitionInput", "PolicyDefinition"),
    ("PolicyDefinition", "PolicyDefinition"),
    ("PolicyEvaluationPlan", "PolicyEvaluationPlan"),
    ("PolicyEvaluationPlanRequest", "PolicyEvaluationPlanRequest"),
    ("PolicyValidationResult", "PolicyValidationResult"),
    ("QuerySpec", "QuerySpecRoot"),
    ("SecretInput", "Secret"),
    ("Secret", "Secret"),
    ("SuspendTransfer", "SuspendTransfer"),
    ("TerminateNegotiation", "TerminateNegotiation"),
    ("TerminateTransfer", "TerminateTransfer"),
    ("TransferProcess", "TransferProcess"),
    ("TransferRequest", "TransferRequest"),
    ("TransferState", "TransferState"),
];
/// Where the schemas of OpenAPI stand in a document.
const NAMED: &str = "#/components/schemas/";

/// The name of the published schema that stands in version 4 for a shape of ours.
pub fn stands_for(shape: &str) -> Option<String> {
    let found = STANDS_FOR.iter().find(|(ours, _)| *ours == shape);
    found.map(|(_, published)| format!("v4.{published}"))
}

/// Every published schema that is needed, by its name in the document. `shapes` are ours.
pub fn schemas(shapes: &Map<String, Value>) -> Map<String, Value> {
    let mut all = BTreeMap::new();
    for (file, document) in schema::published() {
        let definitions = document.get("definitions").and_then(Value::as_object);
        for (name, definition) in definitions.into_iter().flatten() {
            let mut definition = definition.clone();
            rename(&mut definition, file);
            if let (Some(members), Some(source)) = (definition.as_object_mut(), document.get("$id")) {
                // Says where it comes from; it is kept as it is, whatever we would say more closely.
                members.insert("externalDocs".to_owned(), json!({ "url": source }));
            }
            all.insert(format!("{}.{name}", family(file)), definition);
        }
    }
    if let Some(context) = all.get_mut("v4.ContextSchema").and_then(Value::as_object_mut) {
        context.insert(
            "example".to_owned(),
            json!(["https://w3id.org/edc/connector/management/v2"]),
        );
    }
    for (ours, published) in STANDS_FOR {
        if let (Some(published), Some(shape)) = (all.get_mut(&format!("v4.{published}")), shapes.get(ours)) {
            explain(published, shape);
        }
    }
    needed(&all)
}

/// Those that our shapes lead to.
fn needed(all: &BTreeMap<String, Value>) -> Map<String, Value> {
    let mut found = Map::new();
    let mut waiting: Vec<String> = STANDS_FOR.iter().filter_map(|(ours, _)| stands_for(ours)).collect();
    while let Some(name) = waiting.pop() {
        if let Some(schema) = all.get(&name).filter(|_| !found.contains_key(&name)) {
            referred(schema, &mut waiting);
            found.insert(name, schema.clone());
        }
    }
    found
}

fn referred(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let name = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|to| to.strip_prefix(NAMED));
            found.extend(name.map(str::to_owned));
            members.values().for_each(|value| referred(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| referred(value, found)),
        _ => {}
    }
}

/// Lets references lead to the named schemas.
fn rename(value: &mut Value, file: &str) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                *reference = target(reference, file);
            }
            members.values_mut().for_each(|value| rename(value, file));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| rename(value, file)),
        _ => {}
    }
}

/// `[<address>/<file>]#/definitions/<name>`, or a whole file, whose first part it is then.
fn target(reference: &str, file: &str) -> String {
    let (address, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let file = address
        .rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or(file);
    let name = match pointer.rsplit('/').next() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => first_part(file).unwrap_or_default(),
    };
    format!("{NAMED}{}.{name}", family(file))
}

fn first_part(file: &str) -> Option<String> {
    let (_, document) = schema::published().find(|(name, _)| *name == file)?;
    let reference = document.pointer("/allOf/0/$ref")?.as_str()?;
    reference.rsplit('/').next().map(str::to_owned)
}

/// The protocol's one file stands among EDC's.
fn family(file: &str) -> &'static str {
    if file == "contract-schema.json" { "dsp" } else { "v4" }
}

/// Says of the members of a published schema what a shape of ours says of members with the same names.
fn explain(published: &mut Value, shape: &Value) {
    if let (Some(members), Some(said)) = (published.as_object_mut(), shape.get("description")) {
        members.entry("description").or_insert_with(|| said.clone());
    }
    let Some(Value::Object(properties)) = published.get_mut("properties") else {
        return;
    };
    for (name, member) in properties.iter_mut().filter(|(name, _)| *name != "@context") {
        let said = |what: &str| shape.get("properties")?.get(name)?.get(what).cloned();
        if let Some(members) = member.as_object_mut() {
            let fixed = members.contains_key("const") || members.contains_key("$ref");
            for what in ["description", "example"] {
                if let Some(said) = said(what).filter(|_| what == "description" || !fixed) {
                    members.entry(what).or_insert(said);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_to_a_named_schema_and_every_shape_has_one() {
        let schemas = schemas(&Map::new());
        let mut names = Vec::new();
        schemas.values().for_each(|schema| referred(schema, &mut names));
        names.extend(STANDS_FOR.iter().filter_map(|(ours, _)| stands_for(ours)));
        for name in names {
            assert!(schemas.contains_key(&name), "{name}");
        }
        assert!(schemas.contains_key("dsp.Permission") && !schemas.contains_key("dsp.Policy"));
    }

    #[test]
    fn what_they_leave_unsaid_is_said_by_ours() {
        let mut published =
            json!({ "properties": { "a": { "type": "string" }, "b": { "const": "B", "description": "own" } } });
        let shape = json!({ "description": "d", "properties": {
            "a": { "description": "said", "example": "x" }, "b": { "description": "not this", "example": "y" },
        } });
        explain(&mut published, &shape);
        assert_eq!(
            published,
            json!({ "description": "d", "properties": {
                "a": { "type": "string", "description": "said", "example": "x" }, "b": { "const": "B", "description": "own" },
            } })
        );
    }
}
