//! What is of the node as a whole: data planes, participants, peers before the first word, health, versions, errors.

use super::Several;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What was wrong. Every error is a list of these.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// One sentence for people. It may change.
    #[schema(example = "Object of type Asset with ID=certificate-17 was not found")]
    message: String,
    /// Which kind of error. It keeps its meaning.
    #[schema(example = "ObjectNotFound")]
    r#type: String,
    /// The member that was wrong, by its full name or as a JSON pointer; null when there is none.
    #[schema(required = true)]
    path: Option<String>,
    /// What stood there, shortened; null when there is nothing to show.
    #[schema(required = true)]
    invalid_value: Option<String>,
}

/// The data plane of this node.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataPlaneInstance {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `DataPlaneInstance`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^DataPlaneInstance$", example = "DataPlaneInstance")]
    kind: String,
    /// Its id.
    #[serde(rename = "@id")]
    #[schema(example = "chapar")]
    id: String,
    /// Where it hands out data.
    #[schema(example = "https://node.example.org/uz-plant/data")]
    url: String,
    /// Always `AVAILABLE`.
    #[schema(example = "AVAILABLE")]
    state: String,
    /// Kinds of places that it reads from.
    allowed_source_types: Several<String>,
    /// Kinds of transfers that it makes.
    allowed_transfer_types: Several<String>,
    /// Kinds of places that it provisions: none.
    #[schema(example = json!([]))]
    destination_provision_types: Several<String>,
    /// Kinds of places that it delivers to.
    allowed_dest_types: Several<String>,
}

/// A participant of this node.
#[derive(Deserialize, ToSchema)]
pub struct ParticipantContext {
    /// The JSON-LD context.
    #[serde(rename = "@context")]
    context: Value,
    /// `ParticipantContext`.
    #[serde(rename = "@type")]
    #[schema(example = "ParticipantContext")]
    kind: String,
    /// Its name within this node and in its addresses. One that is left out when a participant is added is chosen for it.
    #[serde(rename = "@id")]
    #[schema(example = "uz-plant")]
    id: Option<String>,
    /// Its participant id, as peers know it: the DID that this node gives it.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    identity: String,
    /// What the operator notes about it, and `dsp` in an answer: the base of its addresses for peers. `peer` and `form` say something
    /// to the node when a participant with a development identity is added.
    properties: Option<Map<String, Value>>,
    /// Always `ACTIVATED` in an answer.
    state: Option<String>,
}

/// A participant just made, with its first key.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MadeParticipant {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `IdResponse`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^IdResponse$", example = "IdResponse")]
    kind: String,
    /// Its name within this node and in its addresses.
    #[serde(rename = "@id")]
    #[schema(example = "uz-plant")]
    id: String,
    /// When it was made, in milliseconds of the Unix epoch.
    #[schema(example = 1_769_851_800_000_i64)]
    created_at: i64,
    /// The text of an admin's key for it. It is shown this once.
    #[serde(rename = "edc:apiKey")]
    api_key: String,
}

/// A question for the versions that a peer speaks.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtocolVersionsRequest {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// The root of the peer's version document, or its DSP base.
    #[schema(example = "https://peer.example.org/kz-border/dsp")]
    counter_party_address: String,
}

/// The version document of a peer, as it is.
#[derive(Deserialize, ToSchema)]
pub struct ProtocolVersions(BTreeMap<String, Value>);

/// A question for the parameters under which to ask one connector.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorParamsRequest {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// The peer's participant id.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    counter_party_id: String,
    /// The root of the peer's version document, or its DSP base.
    #[schema(example = "https://peer.example.org/kz-border/dsp")]
    counter_party_address: String,
}

/// A question for every connector of a peer.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorsRequest {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// The peer's participant id. Those that its DID document names are asked.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    counter_party_id: String,
    /// Addresses that are known besides: at most 16.
    #[serde(rename = "https://w3id.org/tractusx/v0.0.1/ns/knownConnectors")]
    known_connectors: Option<Vec<String>>,
}

/// The parameters under which to ask a connector.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorParams {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// The peer's participant id.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    counter_party_id: String,
    /// Its DSP base.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1")]
    counter_party_address: String,
    /// The protocol to name.
    #[schema(example = "dataspace-protocol-http:2025-1")]
    protocol: String,
}

/// Whether the node is well.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthStatus {
    /// Its parts, one by one.
    component_results: Vec<ComponentHealth>,
    /// Whether all of them are well.
    is_system_healthy: bool,
}

/// Whether a part of the node is well.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComponentHealth {
    /// Which part.
    #[schema(example = "store")]
    component: String,
    /// Whether it is well.
    is_healthy: bool,
    /// What is wrong; null when nothing is.
    #[schema(required = true)]
    failure: Option<HealthFailure>,
}

/// What is wrong with a part of the node.
#[derive(Deserialize, ToSchema)]
pub struct HealthFailure {
    /// Sentences for people.
    messages: Vec<String>,
}

/// The versions of EDC's interfaces that this node has.
#[derive(Deserialize, ToSchema)]
pub struct ApiVersions {
    /// Of the management API.
    management: Vec<ApiVersion>,
    /// Of health.
    observability: Vec<ApiVersion>,
    /// Of this list.
    version: Vec<ApiVersion>,
}

/// A version of an interface.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiVersion {
    /// Its number.
    #[schema(example = "3.1.3")]
    version: String,
    /// Its part of a path.
    #[schema(example = "/v3")]
    url_path: String,
    /// How far it has come.
    #[schema(example = "stable")]
    maturity: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    last_updated: String,
}
