//! What is written down of an exchange: entries that commit to bodies, and the raw signed messages kept beside them.
//!
//! Holds the frozen format of an entry (`docs/formats/evidence-entry.md`): header, salt, body, leaf, and the check of one
//! against another. Refuses to hold when an entry is written (`exchange`), where it lies (`store`), its order and its
//! Merkle tree (a log that comes on top and needs only the leaf), and the check of signatures (`trust`).

mod entry;
mod intake;
mod kind;
mod leaf;
mod raw;

pub use chapar_terms::Salt;
pub use entry::{CaseMark, Deed, Entry, EntryHeader, Unverified, body_hash, verify};
pub use intake::{Flaw, Intake};
pub use kind::{Act, EntryKind};
pub use leaf::{LEAF_BYTES, leaf_hash};
pub use raw::{Direction, Form, KEPT_HEADERS, KeptHeaders, RAW_BYTES, RawMessage, ResolvedKey};
