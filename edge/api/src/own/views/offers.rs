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
    /// How it stands in the participant's register: what is offered to everybody is told there by the node itself. Not in lists, and
    /// not where the node keeps offers out of registers.
    register: Option<OfferInRegister>,
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

/// How an offer stands in the register.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct OfferInRegister {
    /// Whether the access policy lets in whoever comes, whenever: a permission for `use` without any condition. Otherwise nothing of
    /// the offer is in the register.
    admits_everyone: bool,
    /// The first documents that it offers, at most 20.
    datasets: Vec<DatasetInRegister>,
    /// Whether there are more; not there when there are none.
    more: Option<bool>,
}

/// How a document that is offered to everybody stands in the register.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct DatasetInRegister {
    /// Its id.
    #[schema(example = "certificate-17")]
    dataset: String,
    /// Id of the record that tells of it; not there yet just after a change.
    #[schema(
        example = "did:web:node.example.org:uz-plant/records/0f3c5a7e9b1d2f40/offered-5e884898da28047151d0e56f-000001"
    )]
    record: Option<String>,
    /// Why there is no record, and what to change in the document's properties.
    #[schema(example = json!(["`/description`: is missing: add it"]))]
    missing: Option<Vec<String>>,
    /// Properties that the record leaves out, and why.
    left_out: Option<Vec<String>>,
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

/// A dataset that was announced.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Announced {
    /// The dataset.
    dataset: String,
    /// The id of the record that announces it.
    record: String,
    /// Who may have its body: `parties`, `members`, or nobody, `sealed`.
    #[schema(example = "parties")]
    visibility: String,
    /// Why it is sealed, where it is.
    why_sealed: Option<String>,
}
