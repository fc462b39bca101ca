//! Catalogues: a peer's and our own. They keep the words of the Dataspace Protocol.

use super::queries::QuerySpec;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A question for a peer's catalogue.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogRequest {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `CatalogRequest`.
    #[serde(rename = "@type")]
    #[schema(example = "CatalogRequest")]
    kind: Option<String>,
    /// The peer's DSP base, or the root of its version document.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1")]
    counter_party_address: String,
    /// The peer's participant id; may be left out where the address is that of a known peer.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    counter_party_id: Option<String>,
    /// Which protocol to speak.
    #[schema(
        pattern = "^dataspace-protocol-http(:2025-1)?$",
        example = "dataspace-protocol-http:2025-1"
    )]
    protocol: String,
    /// Which datasets are wanted.
    query_spec: Option<QuerySpec>,
}

/// A question for one dataset of a peer.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatasetRequest {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `DatasetRequest`.
    #[serde(rename = "@type")]
    #[schema(example = "DatasetRequest")]
    kind: Option<String>,
    /// Id of the dataset.
    #[serde(rename = "@id")]
    #[schema(example = "certificate-17")]
    id: String,
    /// The peer's DSP base, or the root of its version document.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1")]
    counter_party_address: String,
    /// The peer's participant id; may be left out where the address is that of a known peer.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    counter_party_id: Option<String>,
    /// Which protocol to speak.
    #[schema(
        pattern = "^dataspace-protocol-http(:2025-1)?$",
        example = "dataspace-protocol-http:2025-1"
    )]
    protocol: String,
}

/// A catalogue of the Dataspace Protocol: `dcat:dataset` in version 3, `dataset` in version 4, and so with its other members.
#[derive(Deserialize, ToSchema)]
pub struct Catalog {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// The catalogue's id.
    #[serde(rename = "@id")]
    id: Option<String>,
    /// The words of the protocol.
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

/// A dataset of the Dataspace Protocol, with its offers.
#[derive(Deserialize, ToSchema)]
pub struct Dataset {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// The dataset's id.
    #[serde(rename = "@id")]
    #[schema(example = "certificate-17")]
    id: String,
    /// The words of the protocol.
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}
