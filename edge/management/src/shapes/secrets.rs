//! Secrets.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A secret to be kept.
#[derive(Deserialize, ToSchema)]
pub struct SecretInput {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `Secret`.
    #[serde(rename = "@type")]
    #[schema(example = "Secret")]
    kind: Option<String>,
    /// Its id; a fresh one is made when there is none.
    #[serde(rename = "@id")]
    #[schema(example = "erp-token")]
    id: Option<String>,
    /// The secret itself.
    #[schema(example = "Bearer 6b1e52c4")]
    value: String,
}

/// A secret.
#[derive(Deserialize, ToSchema)]
pub struct Secret {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `Secret`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^Secret$", example = "Secret")]
    kind: String,
    /// Its id.
    #[serde(rename = "@id")]
    #[schema(example = "erp-token")]
    id: String,
    /// The secret itself.
    #[schema(example = "Bearer 6b1e52c4")]
    value: String,
}
