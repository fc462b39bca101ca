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
    negotiation: String,
    /// Our side of it.
    role: Side,
    /// Participant id of the other side.
    peer: String,
    /// Where the other side was reached when it was concluded.
    #[schema(format = "uri")]
    peer_address: Option<String>,
    /// Id of the dataset that it is about.
    dataset: String,
    /// Id of the contract definition that it came from; not there for an offer out of no definition, nor for the consumer.
    definition: Option<String>,
    /// Who decides this side's moves in transfers under it.
    mode: Decider,
    /// The agreement itself, ODRL as it went over the wire.
    agreement: Option<Map<String, Value>>,
    /// When it was concluded here.
    #[schema(format = DateTime)]
    signed_at: String,
}
