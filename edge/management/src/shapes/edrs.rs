//! Endpoint data references: where data may be fetched now.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A transfer whose data may be fetched now.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndpointDataReferenceEntry {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `EndpointDataReferenceEntry`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^EndpointDataReferenceEntry$", example = "EndpointDataReferenceEntry")]
    kind: String,
    /// Its id: the transfer's.
    #[serde(rename = "@id")]
    #[schema(example = "urn:uuid:0a9d6b1e-52c4-4a34-8d2f-7c1e9b3d5f60")]
    id: String,
    /// Id of the transfer.
    #[schema(example = "urn:uuid:0a9d6b1e-52c4-4a34-8d2f-7c1e9b3d5f60")]
    transfer_process_id: String,
    /// Id of the agreement.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement_id: String,
    /// Id of the negotiation that made the agreement.
    #[schema(example = "urn:uuid:1f0c7a52-6a0e-4f1c-9d1e-3a5b7c9d1e2f")]
    contract_negotiation_id: String,
    /// Id of the asset.
    #[schema(example = "certificate-17")]
    asset_id: String,
    /// The provider's participant id.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    provider_id: String,
    /// When access was opened, in milliseconds of the Unix epoch.
    #[schema(example = 1_769_851_815_000_i64)]
    created_at: i64,
}

/// Where data may be fetched now, and with what.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EdrAddress {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `DataAddress`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^DataAddress$", example = "DataAddress")]
    kind: String,
    /// What kind of place it is.
    #[schema(example = "https://w3id.org/idsa/v4.1/HTTP")]
    r#type: String,
    /// The same.
    #[schema(example = "https://w3id.org/idsa/v4.1/HTTP")]
    endpoint_type: String,
    /// The place itself.
    #[schema(example = "https://node.example.org/uz-plant/data")]
    endpoint: String,
    /// How the token is shown.
    #[schema(example = "bearer")]
    auth_type: Option<String>,
    /// The token that opens the data.
    authorization: Option<String>,
    /// More that the provider says of the place.
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}
