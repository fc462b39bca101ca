//! Mirrors of foreign logs.

use super::{Alarm, LogSuccessor};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A foreign log that this node mirrors.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Mirror {
    /// SHA-256 of its origin, hexadecimal.
    #[schema(example = "5d41402abc4b2a76b9719d911017c592ae5f0f0e7d3c6a1c2b4d8e9f00112233")]
    id: String,
    /// Its name in checkpoints.
    #[schema(example = "node.example.org/uz-plant/log")]
    origin: String,
    /// Participant id of its owner.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    owner: String,
    /// The key that is pinned here (C2SP signed-note).
    vkey: String,
    /// Where the log itself is published.
    #[schema(format = "uri")]
    address: String,
    /// Where else it is asked for.
    places: Vec<String>,
    /// Where this node serves it to everybody.
    #[schema(format = "uri")]
    mirror: String,
    /// `open`; `caught`: it lied; `discontinued`: it has ended. Of the latter two nothing more is taken.
    #[schema(example = "open")]
    state: String,
    /// Entries that are verified and served.
    size: u64,
    /// Entries of the newest checkpoint seen that are not here yet.
    lag: u64,
    /// How many entries are no records, or came with a wrong body.
    rejects: u64,
    /// Root of the tree that is served, base64; not there while nothing is.
    root: Option<String>,
    /// When that was published here.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// When the log last said that it has nothing newer; not there before it did.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    /// How long ago that was.
    age_seconds: Option<u64>,
    /// What was in the way at the last look.
    obstacle: Option<MirrorObstacle>,
    /// Why nothing, or not all, was taken of what was carried here; only where that was asked for.
    refused: Option<CarriedRefusal>,
    /// How it was caught: `code`, `why`, the `notes` that it signed, the `prefix` that shows that they contradict each other, and, where
    /// this node did not see it itself, the record `toldBy` which it knows.
    caught: Option<Map<String, Value>>,
    /// The log that goes on in its place, once it has ended; it is mirrored as well.
    successor: Option<LogSuccessor>,
    /// What was seen of it and its places that no honest log shows, and what others say of it; not there in a list.
    alarms: Option<Vec<Alarm>>,
    /// The first 100 of its entries that are no records, or came with a wrong body; not there in a list.
    rejected: Option<Vec<MirrorReject>>,
}

/// Why a log was not had from a place.
#[derive(ToSchema)]
pub struct MirrorObstacle {
    /// Stable.
    #[schema(example = "send.connect")]
    code: String,
    /// For people.
    detail: String,
    /// The address that was asked.
    place: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

/// Why a copy of a log was not taken.
#[derive(ToSchema)]
pub struct CarriedRefusal {
    /// Stable.
    #[schema(example = "wrong-bundle")]
    code: String,
    /// For people.
    detail: String,
}

/// An entry that is no record, or came with a wrong body.
#[derive(ToSchema)]
pub struct MirrorReject {
    /// Its index in the log.
    index: u64,
    /// Which rule it breaks, as a stable word.
    #[schema(example = "signature-wrong")]
    code: String,
    /// For people.
    detail: String,
}
