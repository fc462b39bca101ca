//! Transfer processes.

use super::{CallbackAddress, DataAddress, Several};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A transfer to begin, as its consumer.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferRequest {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `TransferRequest`.
    #[serde(rename = "@type")]
    #[schema(example = "TransferRequest")]
    kind: Option<String>,
    /// Id of the agreement that it is under.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    contract_id: String,
    /// The provider's DSP base, or the root of its version document.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1")]
    counter_party_address: String,
    /// Which protocol to speak.
    #[schema(
        pattern = "^dataspace-protocol-http(:2025-1)?$",
        example = "dataspace-protocol-http:2025-1"
    )]
    protocol: String,
    /// How the bytes travel: at most 2048 bytes.
    #[schema(example = "HttpData-PULL")]
    transfer_type: String,
    /// Where to deliver to, for a push. A consumer that fetches names no place, and one that is named is passed over.
    data_destination: Option<DataAddress>,
    /// Where to tell of its events.
    callback_addresses: Option<Vec<CallbackAddress>>,
}

/// Why a transfer pauses.
#[derive(Deserialize, ToSchema)]
pub struct SuspendTransfer {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `SuspendTransfer`.
    #[serde(rename = "@type")]
    #[schema(example = "SuspendTransfer")]
    kind: Option<String>,
    /// The reason, for the peer.
    #[schema(example = "the registry is being moved")]
    reason: Option<String>,
}

/// Why a transfer ends.
#[derive(Deserialize, ToSchema)]
pub struct TerminateTransfer {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `TerminateTransfer`.
    #[serde(rename = "@type")]
    #[schema(example = "TerminateTransfer")]
    kind: Option<String>,
    /// The reason, for the peer.
    #[schema(example = "the lorry was sent back")]
    reason: String,
}

/// A transfer process.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferProcess {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `TransferProcess`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^TransferProcess$", example = "TransferProcess")]
    kind: String,
    /// Its id.
    #[serde(rename = "@id")]
    #[schema(example = "urn:uuid:0a9d6b1e-52c4-4a34-8d2f-7c1e9b3d5f60")]
    id: String,
    /// Our side of it: `CONSUMER` or `PROVIDER`.
    #[schema(example = "CONSUMER")]
    r#type: String,
    /// Its state; an `-ING` word while a message is under way.
    #[schema(example = "STARTED")]
    state: String,
    /// When it came into that state, in milliseconds of the Unix epoch.
    #[schema(example = 1_769_851_815_000_i64)]
    state_timestamp: i64,
    /// Where its events are told.
    #[schema(example = json!([]))]
    callback_addresses: Several<CallbackAddress>,
    /// When it began, in milliseconds of the Unix epoch.
    #[schema(example = 1_769_851_810_000_i64)]
    created_at: i64,
    /// Id of the asset.
    #[schema(example = "certificate-17")]
    asset_id: String,
    /// Id of the agreement that it is under.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    contract_id: String,
    /// How the bytes travel.
    #[schema(example = "HttpData-PULL")]
    transfer_type: String,
    /// Where the data are delivered, of a push; without what opens that place.
    data_destination: Option<DataAddress>,
    /// What the operator keeps with it.
    private_properties: Option<Map<String, Value>>,
    /// The peer's own id of it, once known.
    correlation_id: Option<String>,
    /// Why it ended or does not go on, in one text.
    error_detail: Option<String>,
}

/// The state of a transfer.
#[derive(Deserialize, ToSchema)]
pub struct TransferState {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `TransferState`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^TransferState$", example = "TransferState")]
    kind: String,
    /// The state; an `-ING` word while a message is under way.
    #[schema(example = "STARTED")]
    state: String,
}
