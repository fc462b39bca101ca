//! The rows of logs: what is known of a log, its keys, its entries and what is published of them.

use super::KeyState;
use std::fmt;

/// Whether a log goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogState {
    /// It grows.
    Open,
    /// It may not be the newest that was published: nothing is published until that is known.
    Held,
    /// It ended in order: nothing is added any more.
    Closed,
    /// It was caught lying: nothing more of it is taken.
    Caught,
}

impl LogState {
    /// Its word in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held => "held",
            Self::Closed => "closed",
            Self::Caught => "caught",
        }
    }
}

/// A log: a participant's own, or a foreign one that this node mirrors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// The origin line of its checkpoints; unique.
    pub origin: String,
    /// Slug of the participant whose own log it is; none for a mirrored one.
    pub participant: Option<String>,
    /// `register` or `evidence`.
    pub kind: String,
    /// Participant id of its owner.
    pub owner: String,
    /// Its first key, as a verifier key of C2SP signed-note.
    pub vkey: String,
    /// Whether it goes on.
    pub state: LogState,
    /// Opaque JSON text.
    pub config: String,
    /// Entries under the published checkpoint.
    pub size: i64,
    /// Entries that the views hold.
    pub folded: i64,
    /// The published checkpoint, a signed note; none before the first.
    pub checkpoint: Option<Vec<u8>>,
    /// Milliseconds of the Unix epoch: when it was published, or taken from elsewhere.
    pub published_at: Option<i64>,
    /// Milliseconds of the Unix epoch.
    pub created_at: i64,
}

/// A key that signs, or signed, an own log's checkpoints.
#[derive(Clone, PartialEq, Eq)]
pub struct LogKeyRow {
    /// The verifier key (C2SP signed-note); unique per log.
    pub vkey: String,
    /// Algorithm name.
    pub algorithm: String,
    /// Public half.
    pub public: Vec<u8>,
    /// Private half, sealed on disk.
    pub private: Vec<u8>,
    /// Whether it still signs.
    pub state: KeyState,
    /// Milliseconds of the Unix epoch.
    pub created_at: i64,
    /// Milliseconds of the Unix epoch: since when others are known to have it.
    pub compromised_at: Option<i64>,
}

/// An entry as an act hands it over; its position is given inside the transaction.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The origin of the log, which is one of the participant's.
    pub origin: String,
    /// Unique in its log.
    pub id: String,
    /// What goes into the tree.
    pub leaf: Vec<u8>,
    /// Hexadecimal hash of the body, as the leaf has it.
    pub body_hash: String,
    /// The body.
    pub body: Vec<u8>,
    /// The salt of the body's hash, sealed on disk; none where the body is open.
    pub salt: Option<Vec<u8>>,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
}

/// An entry that was taken from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirroredEntry {
    /// What stands in the tree.
    pub leaf: Vec<u8>,
    /// Hexadecimal hash of the body, as the leaf has it; empty where the leaf is none that has one.
    pub body_hash: String,
    /// The body, where it was to be had.
    pub body: Option<Vec<u8>>,
}

/// An entry with its place.
#[derive(Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Unique in an own log; a mirrored entry has none.
    pub id: Option<String>,
    /// 1, 2, 3 ... in its log; the index in the tree is one less.
    pub position: i64,
    /// What stands in the tree.
    pub leaf: Vec<u8>,
    /// The body, where it is here.
    pub body: Option<Vec<u8>>,
    /// The salt of the body's hash, where there is one and it is here.
    pub salt: Option<Vec<u8>>,
    /// Milliseconds of the Unix epoch: when it was committed or taken here.
    pub at: i64,
    /// Milliseconds of the Unix epoch: when its body was purged.
    pub purged_at: Option<i64>,
}

/// A body of a record of others that a participant was given.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldBodyRow {
    /// Who was given it.
    pub participant: String,
    /// The record.
    pub record_id: String,
    /// Its version.
    pub version: i64,
    /// The document with the body and its salt; sealed on disk.
    pub document: Vec<u8>,
    /// Milliseconds of the Unix epoch: when it came.
    pub at: i64,
}

/// A body beside its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyRow {
    /// The position of its entry.
    pub position: i64,
    /// The body; none where it is not open, was purged, or never came here.
    pub body: Option<Vec<u8>>,
}

/// A checkpoint that takes the place of the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The log.
    pub origin: String,
    /// The size under the checkpoint before: nothing is written when it is another by now.
    pub expected_size: i64,
    /// The size under this one.
    pub size: i64,
    /// The signed note.
    pub checkpoint: Vec<u8>,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
}

/// An own log that was taken back from those who mirror it, and is to go on from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retrieval {
    /// The log.
    pub origin: String,
    /// Slug of its participant.
    pub participant: String,
    /// The origin under which the entries were taken.
    pub stored_as: String,
    /// Entries under the checkpoint.
    pub size: i64,
    /// The checkpoint, a signed note.
    pub checkpoint: Vec<u8>,
    /// What is known of the log besides: opaque JSON text.
    pub config: String,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
}

/// The end of an own log, and the one that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The log that ends.
    pub origin: String,
    /// Slug of its participant.
    pub participant: String,
    /// What is known of it from now on: opaque JSON text.
    pub config: String,
    /// What was taken back of it.
    pub retrieval: Option<Retrieval>,
    /// The log that goes on.
    pub successor: LogRow,
    /// Whom that asks for cosignatures.
    pub policy: Option<super::LogPolicyRow>,
}

impl fmt::Debug for LogKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogKeyRow")
            .field("vkey", &self.vkey)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry")
            .field("origin", &self.origin)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EntryRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryRow")
            .field("position", &self.position)
            .field("purged_at", &self.purged_at)
            .finish_non_exhaustive()
    }
}
