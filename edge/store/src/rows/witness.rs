//! The rows of witnessing: what this node cosigns of others, which forks it was shown, and whom its own logs ask.

/// A foreign log that this node's witness knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessedRow {
    /// The origin line of its checkpoints; unique.
    pub origin: String,
    /// Hexadecimal SHA-256 of the origin, by which witnesses name logs.
    pub origin_hash: String,
    /// The verifier keys by which it signs, one a line.
    pub vkeys: String,
    /// What was cosigned last; none before the first.
    pub cosigned: Option<CosignedRow>,
    /// Milliseconds of the Unix epoch.
    pub added_at: i64,
    /// Milliseconds of the Unix epoch: since when it is cosigned no more.
    pub removed_at: Option<i64>,
}

/// A checkpoint that this node's witness cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CosignedRow {
    /// Entries under it.
    pub size: i64,
    /// Hexadecimal root.
    pub root: String,
    /// The signed note, with the log's signatures and our cosignature.
    pub checkpoint: Vec<u8>,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
    /// Why it was asked for, where somebody said so.
    pub reason: Option<String>,
}

/// Two notes that one log signed and that cannot both be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkRow {
    /// The log.
    pub origin: String,
    /// The size of the one that was shown.
    pub size: i64,
    /// Its hexadecimal root.
    pub root: String,
    /// The note that was known.
    pub known: Vec<u8>,
    /// The note that was shown.
    pub shown: Vec<u8>,
    /// What the newer tree begins with, as JSON text, where their sizes differ.
    pub prefix: Option<String>,
    /// Milliseconds of the Unix epoch.
    pub seen_at: i64,
}

/// Whom an own log asks for cosignatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPolicyRow {
    /// The log.
    pub origin: String,
    /// A policy (C2SP tlog-policy).
    pub policy: String,
    /// Whether a checkpoint is published only when the quorum has cosigned it.
    pub waits: bool,
    /// Milliseconds of the Unix epoch.
    pub updated_at: i64,
}
