//! The register: signed records that a participant makes public, the kinds that they come in, and the check of a whole log of them.
//!
//! Holds the frozen format of a record (`docs/formats/record.md`) and the kinds as data (`kinds/`). Pure: time, salts and keys are
//! arguments. Refuses to hold the tree under a log (`core/tlog`), where anything lies (`edge/store`), and who is asked for it.

mod about;
mod ahead;
mod alarm;
mod body;
mod chain;
mod closed;
mod discontinued;
mod draft;
mod entry;
mod evidence;
pub mod federation;
mod finding;
pub mod folds;
mod header;
mod id;
mod intake;
mod keys;
mod kinds;
mod leaf;
mod persons;
mod proof;
mod record_proof;
mod report;
mod state;
mod verdict;
mod words;

pub use about::{OPENING, about_members};
pub use ahead::{Ahead, Seen};
pub use alarm::{Alarm, AlarmKind, Judged, LOG_ALARM};
pub use body::{Body, body_hash};
pub use chain::{Chain, Version};
pub use closed::{CLOSED_BYTES, ClosedBody};
pub use discontinued::{
    Ending, LOG_DISCONTINUED, REPLACES, SUCCESSOR_BYTES, read_successor_document, successor_document,
};
pub use draft::{Draft, Issue, Unsignable, Unsigned};
pub use entry::Entry;
pub use evidence::{EVIDENCE_CHECKPOINT, EvidenceTrail, evidence_checkpoint_body};
pub use finding::{Finding, Pointer};
pub use header::{Header, KindName, LANGUAGES, LINKS, Link, PARTIES, Validity, Visibility};
pub use id::{LogId, RecordId};
pub use intake::{Caught, Distrust, Intake};
pub use keys::{KeyFault, KeyUse, Keys, ListedKey, RevocationReason, key_set_body, parse_key_set};
pub use kinds::{FieldLabel, Folder, Kind, Kinds, Labels, Origin, Pointers, Rejected};
pub use leaf::{LEAF_BYTES, Record};
pub use proof::{Cryptosuite, Proof, hash_data};
pub use record_proof::{RecordProof, Shown, ShownBody};
pub use report::{LogReport, Report, Standing, Statement, Weight};
pub use state::LogState;
pub use verdict::{Accepted, BodyState, Fault, Reject, Taken};
pub use words::{asked, terms};
