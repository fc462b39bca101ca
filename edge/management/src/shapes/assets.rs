//! Assets and where their data is.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An asset to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetInput {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `Asset`.
    #[serde(rename = "@type")]
    #[schema(example = "Asset")]
    kind: Option<String>,
    /// Its id; a fresh one is made when there is none.
    #[serde(rename = "@id")]
    #[schema(example = "certificate-17")]
    id: Option<String>,
    /// What whoever sees the asset may know of it. Names are EDC's, or IRIs.
    #[schema(example = json!({ "name": "Certificate 17", "contenttype": "application/json" }))]
    properties: Map<String, Value>,
    /// What the participant keeps with it for itself.
    private_properties: Option<Map<String, Value>>,
    /// Where its data is; an asset without one is offered all the same.
    #[schema(example = json!({ "@type": "DataAddress", "type": "HttpData", "baseUrl": "https://erp.example.org/certificates/17" }))]
    data_address: Option<DataAddress>,
    /// What is meant for a data plane; it is kept and given back.
    dataplane_metadata: Option<Map<String, Value>>,
}

/// An asset.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Asset {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `Asset`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^Asset$", example = "Asset")]
    kind: String,
    /// Its id.
    #[serde(rename = "@id")]
    #[schema(example = "certificate-17")]
    id: String,
    /// What whoever sees the asset may know of it; its id is among them.
    #[schema(example = json!({ "id": "certificate-17", "name": "Certificate 17" }))]
    properties: Map<String, Value>,
    /// What the participant keeps with it for itself.
    private_properties: Option<Map<String, Value>>,
    /// Where its data is.
    data_address: Option<DataAddress>,
    /// What is meant for a data plane.
    dataplane_metadata: Option<Map<String, Value>>,
}

/// Where data is or is to go: a type, and whatever properties the type wants.
#[derive(Deserialize, ToSchema)]
pub struct DataAddress {
    /// Always `DataAddress`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^DataAddress$", example = "DataAddress")]
    kind: Option<String>,
    /// What kind of place it is.
    #[schema(example = "HttpData")]
    r#type: String,
    /// Properties of the place, by name.
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}
