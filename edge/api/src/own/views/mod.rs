//! What the own API answers, member by member: the desk renders its views as JSON, and these types say what it renders.
//!
//! They are read into the description (`super::description`) and never made. That they are true is shown by the tests of this
//! door, whose node holds every answer against them. Refuses to hold what comes in: those types stand with their handlers.
#![expect(dead_code, reason = "read by the description alone: the desk renders these as JSON")]

mod agreements;
mod alarms;
mod callbacks;
mod cases;
mod documents;
mod federations;
mod keys;
mod mirrors;
mod offers;
mod participants;
mod peers;
mod policies;
mod problem;
mod records;
mod register;
mod transfers;
mod witness;

pub use agreements::{Agreement, RetiredAgreement};
pub use alarms::Alarm;
pub use callbacks::{CallbackAddress, ToldAddress};
pub use cases::{Decider, EventReset, Negotiation, Side, TimelineEntry};
pub use documents::{Content, Document};
pub use federations::{Federation, FederationProposal};
pub use keys::{Key, MadeKey, Role};
pub use mirrors::Mirror;
pub use offers::{Announced, Offer};
pub use participants::{AddedParticipant, Identity, KeyChest, Myself, Participant};
pub use peers::{Catalog, KnownDataset, Peer};
pub use policies::{CheckedPolicy, Policy};
pub use problem::Problem;
pub use records::{CheckedRecord, Cosignatures, Kind, KindInFull, Log, LogPolicy, LogSuccessor, Record, Succession};
pub use register::{Counts, FetchedRecord, FoundRecord, HeldLog, KnownMirror, RecordInFull, Views};
pub use transfers::{Access, DataAddress, Edr, Transfer};
pub use witness::{SeenFork, Witness, WitnessedLog};

use utoipa::ToSchema;

/// A part of a list.
#[derive(ToSchema)]
pub struct Page<T> {
    /// The items of this part, in the order of the list.
    items: Vec<T>,
    /// There only when there are more: give it back as `after`.
    next: Option<String>,
}

/// A list that is always given whole.
#[derive(ToSchema)]
pub struct Whole<T> {
    /// Every item.
    items: Vec<T>,
}
