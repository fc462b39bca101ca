//! Transfers, accesses to their data, and where data is.

use super::cases::{Ended, PeerFault};
use super::{CallbackAddress, Decider, Side};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// State of a transfer, as both sides know it. `INITIAL`: the peer has not answered yet.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
pub enum TransferState {
    /// The peer has not answered yet.
    Initial,
    /// The consumer asked.
    Requested,
    /// Data may flow.
    Started,
    /// Data may not flow for now.
    Suspended,
    /// Ended as intended.
    Completed,
    /// Ended otherwise.
    Terminated,
}

/// A transfer as this side sees it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Transfer {
    /// Its id: our own pid in it.
    #[schema(example = "urn:uuid:0a9d6b1e-52c4-4a34-8d2f-7c1e9b3d5f60")]
    id: String,
    /// Always `transfer`.
    #[schema(pattern = "^transfer$", example = "transfer")]
    kind: String,
    /// Our side of it.
    role: Side,
    /// What both sides know.
    state: TransferState,
    /// State and move under way in one word, e.g. `STARTING`; the state when there is no move.
    #[schema(example = "STARTED")]
    phase: String,
    /// The message under way to the peer, if there is one.
    #[schema(example = "TransferStartMessage")]
    pending: Option<String>,
    /// What can be decided now.
    #[schema(example = json!(["suspend", "complete", "terminate"]))]
    decisions: Vec<String>,
    /// Who decides this side's moves.
    mode: Decider,
    /// Participant id of the other side.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    peer: String,
    /// Where the other side is reached.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1", format = "uri")]
    peer_address: String,
    /// The consumer's id of it, once known.
    #[schema(example = "urn:uuid:9c2b7d10-4f5e-4b8e-8a6d-1e2f3a4b5c6d")]
    consumer_pid: Option<String>,
    /// The provider's id of it, once known.
    #[schema(example = "urn:uuid:0a9d6b1e-52c4-4a34-8d2f-7c1e9b3d5f60")]
    provider_pid: Option<String>,
    /// Id of the dataset.
    #[schema(example = "certificate-17")]
    dataset: String,
    /// Id of the agreement that it is under.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement_id: String,
    /// How the bytes travel.
    #[schema(example = "HttpData-PULL")]
    format: String,
    /// Where the data are delivered, of a push; without what opens that place.
    data_destination: Option<DataAddress>,
    /// What we keep with it for ourselves, if anything.
    #[schema(value_type = Option<Object>)]
    private_properties: Option<Map<String, Value>>,
    /// Whether data may be fetched now.
    access_open: bool,
    /// Why our last move failed, if it did.
    error: Option<PeerFault>,
    /// Who suspended it and why, while it is suspended.
    suspended: Option<Ended>,
    /// Who ended it and why, if it was ended.
    ended: Option<Ended>,
    /// Why it ended, is suspended or does not go on, in one text for people: who said so, in which words, and which move of ours had failed.
    #[schema(example = "the peer terminated it: policy-denied: the purpose does not fit")]
    error_detail: Option<String>,
    /// Who is told of its events, if anybody is.
    callback_addresses: Option<Vec<CallbackAddress>>,
    /// When it began here.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it changed last here.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Since when it is in its state.
    #[schema(format = DateTime)]
    since: String,
}

/// What was begun to get the data behind an offer.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Edr {
    /// Id of the negotiation that makes the agreement, or made it.
    #[schema(example = "urn:uuid:1f0c7a52-6a0e-4f1c-9d1e-3a5b7c9d1e2f")]
    negotiation: String,
    /// Id of the agreement, where there was one already.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement: Option<String>,
    /// Id of the transfer; there is none of it before there is an agreement.
    #[schema(example = "urn:uuid:0a9d6b1e-52c4-4a34-8d2f-7c1e9b3d5f60")]
    transfer: String,
    /// When it was begun.
    #[schema(format = DateTime)]
    created_at: String,
}

/// How far an access came.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum AccessState {
    /// Under way.
    Open,
    /// Over.
    Ended,
    /// It was under way when an earlier run of the node died.
    #[schema(rename = "cut off")]
    CutOff,
}

/// One access to the data of a transfer.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Access {
    /// Its id.
    #[schema(example = "0190f3a4-5b6c-7d8e-9fa0-b1c2d3e4f507")]
    id: String,
    /// How far it came.
    state: AccessState,
    /// When it began.
    #[schema(format = DateTime)]
    at: String,
    /// Participant id of the consumer.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    consumer: String,
    /// Id of the agreement that it was under.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement_id: String,
    /// The range that was asked for, as it was asked; not there when none was.
    #[schema(example = "bytes=0-1023")]
    range: Option<String>,
    /// When it ended; only where it did.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// HTTP status of the answer; only where it ended.
    #[schema(example = 200, minimum = 100, maximum = 599)]
    status: Option<u16>,
    /// How many bytes of the content left; only where it ended.
    #[schema(example = 18231, minimum = 0)]
    bytes: Option<u64>,
}

/// Where data is or is to go, as the Dataspace Protocol writes it. Other members are kept.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataAddress {
    /// Always `DataAddress`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^DataAddress$", example = "DataAddress")]
    kind: String,
    /// What kind of place it is.
    #[schema(example = "https://w3id.org/idsa/v4.1/HTTP")]
    endpoint_type: String,
    /// The place itself.
    #[schema(example = "https://peer.example.org/kz-border/data", format = "uri")]
    endpoint: Option<String>,
    /// More about the place, e.g. `authorization`: the token that opens the data. Names may repeat.
    endpoint_properties: Option<Vec<EndpointProperty>>,
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

/// A name with its value.
#[derive(Deserialize, ToSchema)]
pub struct EndpointProperty {
    /// Always `EndpointProperty`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^EndpointProperty$", example = "EndpointProperty")]
    kind: String,
    /// The name.
    #[schema(example = "authorization")]
    name: String,
    /// The value.
    value: String,
}
