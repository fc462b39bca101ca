//! Contract definitions.

use super::Several;
use super::queries::Criterion;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A contract definition to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractDefinitionInput {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `ContractDefinition`.
    #[serde(rename = "@type")]
    #[schema(example = "ContractDefinition")]
    kind: Option<String>,
    /// Its id; a fresh one is made when there is none.
    #[serde(rename = "@id")]
    #[schema(example = "certificates")]
    id: Option<String>,
    /// Id of the policy that says who sees the offer. A policy that is not there lets nobody see it.
    #[schema(example = "members-only")]
    access_policy_id: String,
    /// Id of the policy that is offered.
    #[schema(example = "members-only")]
    contract_policy_id: String,
    /// Which assets are offered: those that meet every criterion, at most 32. Without any, all are.
    #[schema(example = json!([{ "@type": "Criterion", "operandLeft": "https://w3id.org/edc/v0.0.1/ns/id", "operator": "=", "operandRight": "certificate-17" }]))]
    assets_selector: Option<Vec<Criterion>>,
    /// What the participant keeps with it for itself.
    private_properties: Option<Map<String, Value>>,
}

/// A contract definition.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractDefinition {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `ContractDefinition`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^ContractDefinition$", example = "ContractDefinition")]
    kind: String,
    /// Its id.
    #[serde(rename = "@id")]
    #[schema(example = "certificates")]
    id: String,
    /// Id of the policy that says who sees the offer.
    #[schema(example = "members-only")]
    access_policy_id: String,
    /// Id of the policy that is offered.
    #[schema(example = "members-only")]
    contract_policy_id: String,
    /// Which assets are offered: those that meet every criterion. Without any, all are.
    assets_selector: Several<Criterion>,
    /// What the participant keeps with it for itself.
    private_properties: Option<Map<String, Value>>,
}
