//! Alarms about foreign logs.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What was seen of a foreign log that no honest log shows.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Alarm {
    /// The hash of what was seen here, or the id of the record by which it was told.
    id: String,
    /// The log.
    #[schema(example = "node.example.org/uz-plant/log")]
    origin: String,
    /// `fork` and `inconsistent`: the log signed what cannot be true. `shrunken` and `wrong-tile`: a place showed an older tree, or gave
    /// bytes that are not of the signed one.
    #[schema(example = "fork")]
    alarm: String,
    /// `proven` by the log's own signatures; `asserted` by who saw it; `unfounded`, where the notes prove nothing; `unknown`, where no key
    /// of the log is known here.
    #[schema(example = "proven")]
    verdict: String,
    /// Why it proves nothing.
    why: Option<String>,
    /// The address where it was seen; not there where the notes alone say it.
    #[schema(format = "uri")]
    place: Option<String>,
    /// When it was seen first.
    #[schema(format = DateTime)]
    seen_at: String,
    /// When it was seen, or told, last.
    #[schema(format = DateTime)]
    last_at: String,
    /// How often it was seen.
    times: u64,
    /// Since when the place does again what it should.
    #[schema(format = DateTime)]
    cleared_at: Option<String>,
    /// The record by which it was told; not there for what this node saw itself.
    told_by: Option<String>,
    /// The record by which this node told others.
    record: Option<String>,
    /// What the log signed, the older tree's note first.
    notes: Option<Vec<String>>,
    /// What the newer tree begins with instead: `root` and the `proof` from there, hexadecimal.
    prefix: Option<Map<String, Value>>,
    /// The path of what is not of the signed tree.
    #[schema(example = "tile/0/000.p/7")]
    resource: Option<String>,
    /// SHA-256 of the bytes that were given there.
    resource_hash: Option<String>,
}
