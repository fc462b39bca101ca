//! The rows of mirrored logs: where they are had, how far they are verified, and what was found in their entries.

/// What is known of a mirrored log besides its row among the logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorRow {
    /// The origin of the log.
    pub origin: String,
    /// Where the log itself is published.
    pub address: String,
    /// Where else it may be had; opaque text.
    pub places: String,
    /// What is verified up to the published size; opaque.
    pub state: Vec<u8>,
    /// The same up to the last staged entry; none when nothing is staged.
    pub staged: Option<Vec<u8>>,
    /// The newest checkpoint that was signed and goes on from the published one, a signed note.
    pub seen: Option<Vec<u8>>,
    /// Milliseconds of the Unix epoch: when the log itself last answered that this is its newest checkpoint.
    pub checked_at: Option<i64>,
    /// How the log was caught, as JSON text.
    pub caught: Option<String>,
}

/// A place at which a log is mirrored, as far as that was known last. Times are milliseconds of the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderRow {
    /// Where it serves its mirror.
    pub address: String,
    /// When it said so last; none where it never did.
    pub claimed_at: Option<i64>,
    /// Entries of the checkpoint that it showed, and when.
    pub shown: Option<(i64, i64)>,
}

/// A version of a record in a log, own or mirrored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirroredRecord {
    /// The position of its entry.
    pub position: i64,
    /// Its id.
    pub record_id: String,
    /// Its kind.
    pub kind: String,
    /// Its version.
    pub version: i64,
    /// Hexadecimal hash of its leaf.
    pub leaf_hash: String,
    /// Hexadecimal hash of its body.
    pub body_hash: String,
}

/// A mirrored entry that is no record, or came with a wrong body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorReject {
    /// The position of the entry.
    pub position: i64,
    /// Why, as a stable word.
    pub code: String,
    /// Why, in words.
    pub why: String,
}

/// Entries of a foreign log that are staged together, with what was found in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staging {
    /// The log.
    pub origin: String,
    /// Where the last entry stands that is here already.
    pub position: i64,
    /// The entries behind it.
    pub entries: Vec<super::MirroredEntry>,
    /// The records among them.
    pub records: Vec<MirroredRecord>,
    /// Those that are none.
    pub rejects: Vec<MirrorReject>,
    /// What is verified up to the last of them; opaque.
    pub state: Vec<u8>,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
}
