//! Answers of version 4 against the schemas that its authors publish (`spec/v4`).

use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::LazyLock;

/// The file and the definition in it, by the `@type` of an answer.
const DEFINITIONS: [(&str, &str); 12] = [
    ("Asset", "asset-schema.json"),
    ("PolicyDefinition", "policy-definition-schema.json"),
    ("PolicyValidationResult", "policy-validation-result-schema.json"),
    ("PolicyEvaluationPlan", "policy-evaluation-plan-schema.json"),
    ("ContractDefinition", "contract-definition-schema.json"),
    ("ContractNegotiation", "contract-negotiation-schema.json"),
    ("NegotiationState", "contract-negotiation-schema.json"),
    ("ContractAgreement", "contract-agreement-schema.json"),
    ("TransferProcess", "transfer-process-schema.json"),
    ("TransferState", "transfer-process-schema.json"),
    ("Secret", "secret-schema.json"),
    ("IdResponse", "id-response-schema.json"),
];

/// These are the protocol's, which has schemas of its own.
const THE_PROTOCOLS: [(&str, &str); 2] = [("Catalog", "catalog-schema.json"), ("Dataset", "dataset-schema.json")];
/// Where these are.
const PROTOCOL: &str = "https://w3id.org/dspace/2025/1/";

struct Shipped;

impl Retrieve for Shipped {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let address = uri.as_str().split('#').next().unwrap_or_default();
        let file = address.rsplit('/').next().unwrap_or_default();
        if let Some(place) = address.strip_prefix(PROTOCOL) {
            let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../core/dsp/spec");
            return Ok(mended(serde_json::from_slice(&std::fs::read(folder.join(place))?)?));
        }
        if file == "contract-schema.json" {
            return Ok(serde_json::from_str(chapar_dsp::CONTRACT_SCHEMA)?);
        }
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("spec/v4");
        Ok(serde_json::from_slice(&std::fs::read(folder.join(file))?)?)
    }
}

/// Three of the protocol's schemas as published write `#definitions/` for `#/definitions/`.
fn mended(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                *reference = reference.replace("#definitions/", "#/definitions/");
            }
            members.values_mut().for_each(|value| *value = mended(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| *value = mended(value.take())),
        _ => {}
    }
    schema
}

static JUDGES: LazyLock<BTreeMap<&str, Validator>> = LazyLock::new(|| {
    let of_edc = DEFINITIONS.into_iter().map(|(kind, file)| {
        let place = format!("https://w3id.org/edc/connector/management/schema/v4/{file}#/definitions/{kind}");
        (kind, place)
    });
    let of_protocol = THE_PROTOCOLS
        .into_iter()
        .map(|(kind, file)| (kind, format!("{PROTOCOL}catalog/{file}")));
    let judge = |(kind, address): (&'static str, String)| {
        let options = jsonschema::options()
            .with_draft(Draft::Draft201909)
            .with_retriever(Shipped);
        (kind, options.build(&json!({ "$ref": address })).unwrap())
    };
    of_edc.chain(of_protocol).map(judge).collect()
});

/// Panics where `answer`, a thing or a list of things, is not as published, or of no known kind.
pub fn hold(answer: &Value) {
    match answer {
        Value::Array(things) => things.iter().for_each(hold),
        thing => {
            let kind = thing["@type"].as_str().unwrap_or_default();
            let judge = JUDGES.get(kind);
            let wrong = judge
                .unwrap_or_else(|| panic!("of no known kind: {thing:#}"))
                .iter_errors(thing);
            let wrong: Vec<String> = wrong
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{wrong:#?}\n{thing:#}");
        }
    }
}
