//! Offers: contract definitions.

use super::Decider;
use crate::own::words::Operator;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A contract definition: who sees and may have which documents.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Offer {
    /// Its id.
    #[schema(example = "certificates")]
    id: String,
    /// Id of the policy that says who sees the offer.
    #[schema(example = "members-only")]
    access_policy: String,
    /// Id of the policy that is offered.
    #[schema(example = "members-only")]
    contract_policy: String,
    /// Which documents are offered: those that meet every condition. Without any, all are.
    selector: Vec<Criterion>,
    /// Who decides this side's moves in negotiations about it.
    mode: Decider,
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

/// One condition on a document.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "operandLeft": "kind", "operator": "=", "operandRight": "certificate" }))]
pub struct Criterion {
    /// What is looked at: `id`, or a path into the document's properties.
    operand_left: String,
    /// How the two operands are compared.
    operator: Operator,
    /// What is compared with: any JSON value, as the operator wants it.
    operand_right: Value,
}
