//! Contract negotiations.

use super::{CallbackAddress, Several};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A negotiation to begin, as its consumer.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractRequest {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `ContractRequest`.
    #[serde(rename = "@type")]
    #[schema(example = "ContractRequest")]
    kind: Option<String>,
    /// The provider's DSP base, or the root of its version document.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1")]
    counter_party_address: String,
    /// Which protocol to speak.
    #[schema(
        pattern = "^dataspace-protocol-http(:2025-1)?$",
        example = "dataspace-protocol-http:2025-1"
    )]
    protocol: String,
    /// The ODRL Offer that is asked for: its id, its `assigner` and its `target`. Without rules it stands for the provider's own
    /// offer of that id.
    #[schema(example = json!({
        "@context": "http://www.w3.org/ns/odrl.jsonld", "@id": "certificates:certificate-17:1", "@type": "Offer",
        "assigner": "did:web:peer.example.org:kz-border", "target": "certificate-17",
    }))]
    policy: Map<String, Value>,
    /// Where to tell of its events.
    callback_addresses: Option<Vec<CallbackAddress>>,
}

/// Why a negotiation ends.
#[derive(Deserialize, ToSchema)]
pub struct TerminateNegotiation {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `TerminateNegotiation`.
    #[serde(rename = "@type")]
    #[schema(example = "TerminateNegotiation")]
    kind: Option<String>,
    /// The reason, for the peer.
    #[schema(example = "the lorry was sent back")]
    reason: String,
}

/// A contract negotiation.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractNegotiation {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `ContractNegotiation`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^ContractNegotiation$", example = "ContractNegotiation")]
    kind: String,
    /// Its id.
    #[serde(rename = "@id")]
    #[schema(example = "urn:uuid:1f0c7a52-6a0e-4f1c-9d1e-3a5b7c9d1e2f")]
    id: String,
    /// Our side of it: `CONSUMER` or `PROVIDER`.
    #[schema(example = "CONSUMER")]
    r#type: String,
    /// The protocol that is spoken.
    #[schema(example = "dataspace-protocol-http:2025-1")]
    protocol: String,
    /// Its state; an `-ING` word while a message is under way.
    #[schema(example = "FINALIZED")]
    state: String,
    /// When it came into that state, in milliseconds of the Unix epoch.
    #[schema(example = 1_769_851_805_000_i64)]
    state_timestamp: i64,
    /// The peer's participant id.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    counter_party_id: String,
    /// Where the peer is reached.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1")]
    counter_party_address: String,
    /// Where its events are told.
    #[schema(example = json!([]))]
    callback_addresses: Several<CallbackAddress>,
    /// When it began, in milliseconds of the Unix epoch.
    #[schema(example = 1_769_851_800_000_i64)]
    created_at: i64,
    /// Id of the asset.
    #[schema(example = "certificate-17")]
    asset_id: Option<String>,
    /// Id of the agreement, once there is one.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    contract_agreement_id: Option<String>,
    /// The peer's own id of it, once known.
    correlation_id: Option<String>,
    /// Why it ended or does not go on, in one text.
    error_detail: Option<String>,
}

/// The state of a negotiation.
#[derive(Deserialize, ToSchema)]
pub struct NegotiationState {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `NegotiationState`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^NegotiationState$", example = "NegotiationState")]
    kind: String,
    /// The state; an `-ING` word while a message is under way.
    #[schema(example = "FINALIZED")]
    state: String,
}
