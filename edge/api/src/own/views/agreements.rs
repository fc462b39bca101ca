//! Agreements in force.

use super::{Decider, Side};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An agreement, as it was concluded.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Agreement {
    /// Its id, the same on both sides.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    id: String,
    /// Id of the negotiation that made it.
    #[schema(example = "urn:uuid:1f0c7a52-6a0e-4f1c-9d1e-3a5b7c9d1e2f")]
    negotiation: String,
    /// Our side of it.
    role: Side,
    /// Participant id of the other side.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    peer: String,
    /// Where the other side was reached when it was concluded.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1", format = "uri")]
    peer_address: Option<String>,
    /// Id of the dataset that it is about.
    #[schema(example = "certificate-17")]
    dataset: String,
    /// Id of the contract definition that it came from; not there for an offer out of no definition, nor for the consumer.
    #[schema(example = "certificates")]
    definition: Option<String>,
    /// Who decides this side's moves in transfers under it.
    mode: Decider,
    /// The agreement itself, ODRL as it went over the wire.
    #[schema(example = json!({ "@id": "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11", "@type": "Agreement", "target": "certificate-17", "assigner": "did:web:node.example.org:uz-plant", "assignee": "did:web:peer.example.org:kz-border", "timestamp": "2026-01-31T09:30:00.000Z", "permission": [{ "action": "use" }] }))]
    agreement: Option<Map<String, Value>>,
    /// When it was concluded here.
    #[schema(format = DateTime)]
    signed_at: String,
    /// Why and since when we go by it no more, if so.
    retired: Option<Retired>,
}

/// Why and since when we go by an agreement no more.
#[derive(ToSchema)]
pub struct Retired {
    /// For people, also the peer's.
    #[schema(example = "the plant has closed")]
    reason: String,
    /// Since when.
    #[schema(format = DateTime)]
    at: String,
}

/// An agreement that we go by no more.
#[derive(ToSchema)]
pub struct RetiredAgreement {
    /// Its id, the same on both sides.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement: String,
    /// Participant id of the other side.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    peer: String,
    /// Id of the dataset that it is about.
    #[schema(example = "certificate-17")]
    dataset: String,
    /// Why, for people, also the peer's.
    #[schema(example = "the plant has closed")]
    reason: String,
    /// Since when.
    #[schema(format = DateTime)]
    at: String,
}
