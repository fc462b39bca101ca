//! The register: signed records that a participant makes public, the kinds that they come in, and the check of a whole log of them.
//!
//! Holds the frozen format of a record (`docs/formats/record.md`) and the kinds as data (`kinds/`). Pure: time, salts and keys are
//! arguments. Refuses to hold the tree under a log (`core/tlog`), where anything lies (`edge/store`), and who is asked for it.

mod body;
mod draft;
mod finding;
mod header;
mod id;
mod kinds;
mod leaf;
mod persons;
mod proof;

pub use body::{Body, body_hash};
pub use draft::{Draft, Issue, Unsignable, Unsigned};
pub use finding::{Finding, Pointer};
pub use header::{Header, KindName, LANGUAGES, LINKS, Link, PARTIES, Validity, Visibility};
pub use id::{LogId, RecordId};
pub use kinds::{FieldLabel, Folder, Kind, Kinds, Labels, Origin, Pointers, Rejected};
pub use leaf::{LEAF_BYTES, Record};
pub use proof::{Cryptosuite, Proof, hash_data};
