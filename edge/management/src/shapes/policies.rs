//! Policy definitions, and what this node makes of them.

use super::Several;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A policy definition to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyDefinitionInput {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/", "odrl": "http://www.w3.org/ns/odrl/2/" }))]
    context: Option<Map<String, Value>>,
    /// `PolicyDefinition`.
    #[serde(rename = "@type")]
    #[schema(example = "PolicyDefinition")]
    kind: Option<String>,
    /// Its id; a fresh one is made when there is none.
    #[serde(rename = "@id")]
    #[schema(example = "members-only")]
    id: Option<String>,
    /// An ODRL Set. One that neither permits nor forbids anything permits the use.
    #[schema(example = json!({ "@context": "http://www.w3.org/ns/odrl.jsonld", "@type": "Set", "permission": [{ "action": "use" }] }))]
    policy: Map<String, Value>,
    /// What the participant keeps with it for itself.
    private_properties: Option<Map<String, Value>>,
}

/// A policy definition.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyDefinition {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `PolicyDefinition`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^PolicyDefinition$", example = "PolicyDefinition")]
    kind: String,
    /// Its id.
    #[serde(rename = "@id")]
    #[schema(example = "members-only")]
    id: String,
    /// When it was made, in milliseconds of the Unix epoch.
    #[schema(example = 1_769_851_800_000_i64)]
    created_at: i64,
    /// An ODRL Set.
    #[schema(example = json!({ "@type": "odrl:Set", "odrl:permission": { "odrl:action": { "@id": "odrl:use" } } }))]
    policy: Map<String, Value>,
    /// What the participant keeps with it for itself.
    private_properties: Option<Map<String, Value>>,
}

/// Whether this node can judge a policy whole.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyValidationResult {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `PolicyValidationResult`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^PolicyValidationResult$", example = "PolicyValidationResult")]
    kind: String,
    /// Whether there is nothing in it that this node cannot judge.
    is_valid: bool,
    /// What it cannot judge, and where that stands.
    errors: Several<String>,
}

/// A question for the plan of a policy.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyEvaluationPlanRequest {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `PolicyEvaluationPlanRequest`.
    #[serde(rename = "@type")]
    #[schema(example = "PolicyEvaluationPlanRequest")]
    kind: Option<String>,
    /// In which of EDC's scopes; here a policy is judged in the same way in all of them.
    #[schema(example = "catalog")]
    policy_scope: String,
}

/// How a policy will be judged, rule by rule.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyEvaluationPlan {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `PolicyEvaluationPlan`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^PolicyEvaluationPlan$", example = "PolicyEvaluationPlan")]
    kind: String,
    /// Nothing is asked before the rules.
    pre_validators: Several<String>,
    /// The permissions.
    permission_steps: Several<RuleStep>,
    /// The prohibitions.
    prohibition_steps: Several<RuleStep>,
    /// The duties; nothing is decided by them here.
    obligation_steps: Several<RuleStep>,
    /// Nothing is asked after the rules.
    post_validators: Several<String>,
}

/// A rule of a policy.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleStep {
    /// `PermissionStep`, `ProhibitionStep` or `DutyStep`.
    #[serde(rename = "@type")]
    #[schema(example = "PermissionStep")]
    kind: String,
    /// Whether nothing is decided by it here.
    is_filtered: bool,
    /// Why not.
    filtering_reasons: Several<String>,
    /// Functions over whole rules; this node has none.
    rule_functions: Several<String>,
    /// Its constraints, which may hold constraints themselves.
    constraint_steps: Value,
    /// Duties of a permission.
    duty_steps: Option<Value>,
}
