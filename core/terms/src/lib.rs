//! Words that every other crate shares: ids, time, digests, canonical JSON, limits and the crypto seam.
//!
//! Holds only vocabulary. Refuses to hold protocol rules (`dsp`), decisions (`exchange`) or any IO.
//! Imports nothing of ours.

mod canonical;
mod digest;
mod entity_tag;
mod ids;
mod invalid;
pub mod limits;
pub mod sabotage;
mod suite;
mod time;

pub use canonical::canonical_json;
pub use digest::Digest;
pub use entity_tag::{entity_tag, lists_tag, same_weakly};
pub use ids::{
    AgreementId, AssetId, CaseId, DefinitionId, EntryId, OfferId, ParticipantId, Pid, PolicyId, RESERVED_SLUGS, Slug,
};
pub use invalid::{Invalid, quote};
pub use sabotage::sabotaged;
pub use suite::{Algorithm, BadSignature, PublicKey, Signer, SigningFault, Suite};
pub use time::Instant;
