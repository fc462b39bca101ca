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

/// Of these nothing is published that could be held: they are the protocol's.
const THE_PROTOCOLS: [&str; 2] = ["Catalog", "Dataset"];

struct Shipped;

impl Retrieve for Shipped {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let address = uri.as_str().split('#').next().unwrap_or_default();
        let file = address.rsplit('/').next().unwrap_or_default();
        if file == "contract-schema.json" {
            return Ok(serde_json::from_str(chapar_dsp::CONTRACT_SCHEMA)?);
        }
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("spec/v4");
        Ok(serde_json::from_slice(&std::fs::read(folder.join(file))?)?)
    }
}

static JUDGES: LazyLock<BTreeMap<&str, Validator>> = LazyLock::new(|| {
    let judge = |(kind, file): (&'static str, &str)| {
        let address = format!("https://w3id.org/edc/connector/management/schema/v4/{file}#/definitions/{kind}");
        let options = jsonschema::options()
            .with_draft(Draft::Draft201909)
            .with_retriever(Shipped);
        (kind, options.build(&json!({ "$ref": address })).unwrap())
    };
    DEFINITIONS.into_iter().map(judge).collect()
});

/// Panics where `answer`, a thing or a list of things, is not as published, or of no known kind.
pub fn hold(answer: &Value) {
    match answer {
        Value::Array(things) => things.iter().for_each(hold),
        thing => {
            let kind = thing["@type"].as_str().unwrap_or_default();
            if THE_PROTOCOLS.contains(&kind) {
                return;
            }
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
