//! The published JSON schemas of the Dataspace Protocol, by the `@type` of what they describe.
//!
//! Refuses to fetch anything: references are resolved among the shipped files alone.

use jsonschema::{Retrieve, Uri, Validator};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// `@type` and the schema's name.
#[rustfmt::skip]
const TYPES: [(&str, &str); 19] = [
    ("ContractRequestMessage", "negotiation/contract-request-message"),
    ("ContractOfferMessage", "negotiation/contract-offer-message"),
    ("ContractNegotiationEventMessage", "negotiation/contract-negotiation-event-message"),
    ("ContractAgreementMessage", "negotiation/contract-agreement-message"),
    ("ContractAgreementVerificationMessage", "negotiation/contract-agreement-verification-message"),
    ("ContractNegotiationTerminationMessage", "negotiation/contract-negotiation-termination-message"),
    ("ContractNegotiation", "negotiation/contract-negotiation"),
    ("ContractNegotiationError", "negotiation/contract-negotiation-error"),
    ("TransferRequestMessage", "transfer/transfer-request-message"),
    ("TransferStartMessage", "transfer/transfer-start-message"),
    ("TransferSuspensionMessage", "transfer/transfer-suspension-message"),
    ("TransferCompletionMessage", "transfer/transfer-completion-message"),
    ("TransferTerminationMessage", "transfer/transfer-termination-message"),
    ("TransferProcess", "transfer/transfer-process"),
    ("TransferError", "transfer/transfer-error"),
    ("CatalogRequestMessage", "catalog/catalog-request-message"),
    ("Catalog", "catalog/catalog"),
    ("Dataset", "catalog/dataset"),
    ("CatalogError", "catalog/catalog-error"),
];

const VERSION_DOCUMENT: &str = "common/protocol-version";

#[derive(Clone)]
struct Shipped(BTreeMap<String, Value>);

impl Retrieve for Shipped {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let name = uri.as_str().split('#').next().unwrap_or_default();
        self.0
            .get(name)
            .cloned()
            .ok_or_else(|| format!("`{name}` is not shipped").into())
    }
}

/// Checks `body` against the schema of its `@type`.
///
/// # Errors
/// Every fault that the schema finds, with the body.
pub fn check(body: &Value) -> Result<(), String> {
    let name = body["@type"].as_str().ok_or_else(|| format!("no `@type` in {body}"))?;
    check_as(name, body)
}

/// Checks a version document.
///
/// # Errors
/// As for [`check`].
pub fn check_version_document(body: &Value) -> Result<(), String> {
    check_as(VERSION_DOCUMENT, body)
}

fn check_as(name: &str, body: &Value) -> Result<(), String> {
    let validator = validators()
        .get(name)
        .ok_or_else(|| format!("no schema for `{name}`"))?;
    let faults: Vec<String> = validator.iter_errors(body).map(|fault| fault.to_string()).collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(format!("{name} breaks its schema: {}\n{body:#}", faults.join("; ")))
    }
}

fn validators() -> &'static BTreeMap<&'static str, Validator> {
    static ALL: OnceLock<BTreeMap<&'static str, Validator>> = OnceLock::new();
    ALL.get_or_init(|| {
        let shipped = shipped();
        let named = TYPES.into_iter().chain([(VERSION_DOCUMENT, VERSION_DOCUMENT)]);
        named
            .map(|(kind, schema)| (kind, validator(&shipped, schema)))
            .collect()
    })
}

fn validator(shipped: &Shipped, schema: &str) -> Validator {
    let id = format!("https://w3id.org/dspace/2025/1/{schema}-schema.json");
    let root = shipped.0.get(&id).unwrap_or_else(|| panic!("{id} is not shipped"));
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft201909);
    options
        .with_retriever(shipped.clone())
        .build(root)
        .expect("a published schema is well formed")
}

fn shipped() -> Shipped {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/dsp/spec");
    let mut found = BTreeMap::new();
    for folder in ["catalog", "common", "negotiation", "transfer"] {
        for file in fs::read_dir(spec.join(folder))
            .expect("the specification is shipped")
            .flatten()
        {
            if !file.path().to_string_lossy().ends_with("-schema.json") {
                continue;
            }
            let bytes = fs::read(file.path()).expect("a shipped file can be read");
            let mut schema: Value = serde_json::from_slice(&bytes).expect("a schema is JSON");
            mend_references(&mut schema);
            let id = schema["$id"].as_str().expect("a schema has its `$id`").to_owned();
            found.insert(id, schema);
        }
    }
    Shipped(found)
}

/// Three schemas as shipped write `#definitions/` for `#/definitions/`.
fn mend_references(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                *reference = reference.replace("#definitions/", "#/definitions/");
            }
            members.values_mut().for_each(mend_references);
        }
        Value::Array(items) => items.iter_mut().for_each(mend_references),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fault_is_found() {
        let mut body = json!({
            "@context": [crate::words::CONTEXT], "@type": "ContractNegotiation",
            "providerPid": "p", "consumerPid": "c", "state": "REQUESTED",
        });
        check(&body).unwrap();
        body["state"] = json!("ASKED");
        assert!(check(&body).unwrap_err().contains("schema"));
    }
}
