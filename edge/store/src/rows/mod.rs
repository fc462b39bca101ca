//! The rows that go in and out of the store, as plain values. What they mean is said by the crates that fill them.

mod alarms;
mod catalog;
mod federations;
mod logs;
mod mirrors;
mod own;
mod step;
mod time;
mod witness;

pub use alarms::{AlarmCount, AlarmRow};
pub use catalog::{
    CatalogChange, Counts, Facet, FoldWrite, Found, OpenedBody, OpeningRow, PartRow, RecordLink, RecordRow, Search,
    SearchOrder, StoredRecord, VersionName, VersionWrite, Withdrawn,
};
pub use federations::{ActRow, FederationRow};
pub use logs::{
    BodyRow, EntryRow, HeldBodyRow, LogKeyRow, LogRow, LogState, MirroredEntry, NewEntry, Publication, Retrieval,
    Succession,
};
pub use mirrors::{HolderRow, MirrorReject, MirrorRow, MirroredRecord, Staging};
pub use own::{
    AccessEnd, AccessRow, ApiKeyRow, AssetFacts, AssetRow, ContentRow, DatasetRow, DefinitionRow, IndexKey, KeyState,
    Keyset, ParticipantRow, PeerRow, PolicyRow, SigningKeyRow,
};
pub use step::{
    AgreementRow, CallbackRow, CaseRow, CaseWrite, EventRow, EvidenceRow, NewEvent, OutboxRow, ReplayRow, Retirement,
    StepOutcome, StepWrite, StoredEvidence,
};
pub use time::TimestampRow;
pub use witness::{CosignedRow, ForkRow, LogPolicyRow, WitnessedRow};
