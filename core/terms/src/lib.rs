//! Words that every other crate shares: ids, time, languages, digests, canonical JSON, keys as text, limits and the crypto seam.
//!
//! Holds only vocabulary. Refuses to hold protocol rules (`dsp`), decisions (`exchange`) or any IO.
//! Imports nothing of ours.

pub mod base58;
mod canonical;
mod digest;
mod entity_tag;
mod fields;
mod ids;
mod invalid;
mod jwk;
mod lang;
pub mod limits;
mod preferences;
pub mod sabotage;
mod salt;
mod suite;
mod time;

pub use canonical::{canonical_json, is_canonical};
pub use digest::Digest;
pub use entity_tag::{entity_tag, lists_tag, same_weakly};
pub use fields::Fields;
pub use ids::{
    AgreementId, AssetId, CaseId, DefinitionId, EntryId, LANGUAGE_SLUGS, OfferId, ParticipantId, Pid, PolicyId,
    RESERVED_SLUGS, Slug,
};
pub use invalid::{Invalid, quote};
pub use lang::Lang;
pub use preferences::preferences;
pub use sabotage::sabotaged;
pub use salt::Salt;
pub use suite::{Algorithm, BadSignature, PkixAlgorithm, PublicKey, Signer, SigningFault, Suite};
pub use time::Instant;
