//! Queries: which part of a list is wanted.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Which part of a list is wanted; the first 50 when nothing is said.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuerySpec {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `QuerySpec`.
    #[serde(rename = "@type")]
    #[schema(example = "QuerySpec")]
    kind: Option<String>,
    /// How many to leave out at the beginning; 0 when nothing is said.
    #[schema(minimum = 0)]
    offset: Option<i64>,
    /// Most that are wanted; 50 when nothing is said.
    #[schema(minimum = 1, example = 50)]
    limit: Option<i64>,
    /// By which member to sort. One that there is not is refused.
    #[schema(example = "createdAt")]
    sort_field: Option<String>,
    /// Which way.
    sort_order: Option<SortOrder>,
    /// What must hold, all of it: at most 32 criteria.
    filter_expression: Option<Vec<Criterion>>,
}

/// Which way to sort.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum SortOrder {
    /// The least first.
    Asc,
    /// The greatest first.
    Desc,
}

/// One condition.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "@type": "Criterion", "operandLeft": "https://w3id.org/edc/v0.0.1/ns/id", "operator": "=", "operandRight": "certificate-17" }))]
pub struct Criterion {
    /// Always `Criterion`.
    #[serde(rename = "@type")]
    kind: Option<String>,
    /// A path into the members, under their short names or their full ones.
    operand_left: String,
    /// `=`, `!=`, `in`, `not in`, `like`, `ilike`, `contains`, `<`, `<=`, `>` or `>=`.
    operator: String,
    /// What is compared with; a list for `in` and `not in`.
    operand_right: Value,
}
