//! Policies.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A policy definition.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Policy {
    /// Its id.
    #[schema(example = "members-only")]
    id: String,
    /// The ODRL Set, without `@id` and `@context`.
    #[schema(example = json!({ "@type": "Set", "permission": [{ "action": "use" }] }))]
    policy: Map<String, Value>,
    /// What the participant keeps with it for itself; the operator's API puts it.
    #[schema(required = false)]
    private_properties: Option<Map<String, Value>>,
    /// When it was put first.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was put last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A policy definition with what this node will not be able to judge in it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CheckedPolicy {
    /// Its id.
    #[schema(example = "members-only")]
    id: String,
    /// The ODRL Set, without `@id` and `@context`.
    #[schema(example = json!({ "@type": "Set", "permission": [{ "action": "use" }] }))]
    policy: Map<String, Value>,
    /// Rules that this node cannot judge. They may be meant for the receiver; here each of them denies.
    findings: Vec<Finding>,
    /// What the participant keeps with it for itself; the operator's API puts it.
    #[schema(required = false)]
    private_properties: Option<Map<String, Value>>,
    /// When it was put first.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was put last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A rule that this node cannot judge.
#[derive(ToSchema)]
pub struct Finding {
    /// Why not, as a stable word.
    #[schema(example = "unknown-operand")]
    code: String,
    /// Where it stands in the policy, as a JSON pointer.
    #[schema(example = "/permission/0/constraint/0/leftOperand")]
    path: String,
    /// One sentence for people.
    #[schema(example = "the left operand `weather` is not known here")]
    detail: String,
}
