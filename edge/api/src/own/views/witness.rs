//! The witness, the logs that it cosigns, and the forks that it was shown.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The witness of this node.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Witness {
    /// The name of its key.
    #[schema(example = "kz.example/witness")]
    name: String,
    /// The key by which its cosignatures are checked (C2SP tlog-cosignature).
    vkey: String,
    /// Where logs ask it; its monitoring prefix too.
    #[schema(format = "uri")]
    submission_prefix: String,
}

/// A log that the witness cosigns.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct WitnessedLog {
    /// The origin line of its checkpoints.
    #[schema(example = "uz.example/plant/log")]
    origin: String,
    /// SHA-256 of the origin, hexadecimal: its name below the monitoring prefix.
    origin_hash: String,
    /// The keys by which it signs (C2SP signed-note).
    vkeys: Vec<String>,
    /// When it came on the list first.
    #[schema(format = DateTime)]
    added_at: String,
    /// Entries under the checkpoint that was cosigned last; not there before the first.
    size: Option<u64>,
    /// Its root, base64.
    root: Option<String>,
    /// When it was cosigned.
    #[schema(format = DateTime)]
    cosigned_at: Option<String>,
    /// Why it was asked for, where somebody said so.
    reason: Option<String>,
}

/// Two notes that one log signed and that cannot both be true.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SeenFork {
    /// The log.
    #[schema(example = "uz.example/plant/log")]
    origin: String,
    /// The size of the tree that was shown.
    size: u64,
    /// When the second was shown.
    #[schema(format = DateTime)]
    seen_at: String,
    /// The note that was cosigned, or that our mirror of the log holds.
    known: String,
    /// The note that was shown beside it.
    shown: String,
    /// What the newer tree begins with instead, where their sizes differ: `root` and the `proof` from there, base64.
    prefix: Option<Map<String, Value>>,
}
