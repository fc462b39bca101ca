//! The store: rows on disk, one writer with grouped commits, readers, sealed columns, document files, backup.
//!
//! It knows rows, not the protocol: the body of a case, a policy or an event is opaque JSON text. It refuses to decide
//! anything (that is `chapar-exchange`), to order load, step and commit (that is `chapar-runtime`), and to know the time of
//! day: every time is an argument, in milliseconds of the Unix epoch.
//!
//! *Invariant*: a [`Committed`] exists only after the COMMIT that covers it has returned, fsync included.
//! *Invariant*: every row names its participant; no read crosses from one participant to another, except the
//! operator's own (`participants`, `outbox_cases`, `count_cases`, key look-up by id).

mod append;
mod backup;
mod batch;
mod fault;
mod files;
mod generation;
mod insert;
mod logs;
mod look;
mod migrate;
mod open;
mod own;
#[cfg(test)]
mod plans;
mod queue;
mod read;
mod readers;
mod rows;
mod script;
mod seal;
mod step;
mod views;
mod writer;

pub use backup::{Backup, restore};
pub use fault::StoreFault;
pub use files::{Content, Incoming, read_carried};
pub use logs::{ObjectFault, Objects, RETRIEVED, Source as LogSource, Tiles};
pub use look::Look;
pub use open::{Options, Rollback, Store};
pub use own::{AssetPlace, Deleted, Put, Way};
pub use read::{CaseCount, CaseFilter, DueEffect, LoadedCase, OpenCallback, OutboxCase, WaitingCase};
pub use rows::{
    AccessEnd, AccessRow, ActRow, AgreementRow, AlarmCount, AlarmRow, ApiKeyRow, AssetFacts, AssetRow, BodyRow,
    CallbackRow, CaseRow, CaseWrite, CatalogChange, ContentRow, CosignedRow, Counts, DatasetRow, DefinitionRow,
    EntryRow, EventRow, EvidenceRow, Facet, FederationRow, FoldWrite, ForkRow, Found, HeldBodyRow, HolderRow, IndexKey,
    KeyState, Keyset, LogKeyRow, LogPolicyRow, LogRow, LogState, MirrorReject, MirrorRow, MirroredEntry,
    MirroredRecord, NewEntry, NewEvent, OpenedBody, OpeningRow, OutboxRow, PartRow, ParticipantRow, PeerRow, PolicyRow,
    Publication, RecordLink, RecordRow, ReplayRow, Retirement, Retrieval, Search, SearchOrder, SigningKeyRow, Staging,
    StepOutcome, StepWrite, StoredEvidence, StoredRecord, Succession, TimestampRow, VersionName, VersionWrite,
    Withdrawn, WitnessedRow,
};
pub use seal::{NodeKey, Sealer};
pub use writer::Committed;
