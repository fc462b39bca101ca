//! Records, logs and kinds.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A version of a record.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Record {
    /// Its id, the same in all versions.
    #[schema(example = "did:web:node.example.org:uz-plant/records/0f3c5a7e9b1d2f40/water-losses-2026")]
    id: String,
    /// Its name in the register.
    #[schema(example = "water-losses-2026")]
    name: String,
    /// Its kind.
    #[schema(example = "dataset")]
    kind: String,
    /// 1 for the first version.
    #[schema(minimum = 1)]
    version: u32,
    /// When it was issued.
    #[schema(format = DateTime)]
    issued: String,
    /// Participant id of the issuer.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    issuer: String,
    /// The languages in which the body speaks.
    languages: Vec<String>,
    /// Those of them that bind.
    authentic: Vec<String>,
    /// Who may have the body: `open`, everybody; `parties` or `members`, those; `sealed`, nobody until it is opened. Its own people always
    /// see it.
    #[schema(example = "open")]
    visibility: String,
    /// Of a sealed record that was opened: the id of the record that shows its body.
    opening: Option<String>,
    /// Of a sealed record that was opened: since when.
    #[schema(format = DateTime)]
    opened_at: Option<String>,
    /// With `parties`: who they are.
    parties: Option<Vec<String>>,
    /// SHA-256 of the body, hexadecimal.
    body_hash: String,
    /// Length of the body.
    body_bytes: u32,
    /// Relations to others.
    links: Vec<RecordLink>,
    /// Leaf hash of the version before; not there for the first.
    previous: Option<String>,
    /// When it is in force, where that is said.
    valid: Option<RecordValidity>,
    /// The legal ground, where it is said.
    #[schema(format = "uri")]
    mandate: Option<String>,
    /// Its hash as a leaf of the log (RFC 6962), hexadecimal.
    leaf_hash: String,
    /// Origin of the log that holds it.
    #[schema(example = "node.example.org/uz-plant/log")]
    log: String,
    /// Its index in the log.
    index: u64,
    /// `committed` until a checkpoint covers it, then `published`.
    #[schema(example = "published")]
    state: String,
    /// When its body was purged, if it was.
    #[schema(format = DateTime)]
    body_purged_at: Option<String>,
    /// What it says; not there when the body was purged.
    body: Option<Map<String, Value>>,
    /// How it was withdrawn: a record of its own.
    withdrawal: Option<Map<String, Value>>,
}

/// A relation of a record.
#[derive(ToSchema)]
pub struct RecordLink {
    /// The relation.
    #[schema(example = "related")]
    rel: String,
    /// The other.
    target: String,
}

/// When a record is in force.
#[derive(ToSchema)]
pub struct RecordValidity {
    /// From this instant on.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Up to, and without, this instant.
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// A log of the participant.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Log {
    /// `register`, which is public, or `evidence`, which is not.
    #[schema(example = "register")]
    name: String,
    /// Its name in checkpoints.
    #[schema(example = "node.example.org/uz-plant/log")]
    origin: String,
    /// The key that others pin (C2SP signed-note): the newest.
    vkey: String,
    /// Every key that it had, oldest first.
    keys: Vec<LogKey>,
    /// Its name in the ids of records.
    #[schema(example = "0f3c5a7e9b1d2f40")]
    log_id: String,
    /// Entries that are published.
    size: u64,
    /// `open`; `asking` while others are asked whether they have more of it; `held` until that is known; `discontinued`.
    #[schema(example = "open")]
    state: String,
    /// Why it is held, while it is.
    held: Option<HeldBack>,
    /// The log that goes on in its place, once it has ended.
    successor: Option<LogSuccessor>,
    /// How far its records are issued anew there.
    reissue: Option<Reissue>,
    /// Entries that are committed and not yet published.
    waiting: u64,
    /// Root of the published tree, base64; not there while nothing is.
    root: Option<String>,
    /// When that was published.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// Where everybody reads it; the register alone.
    #[schema(format = "uri")]
    address: Option<String>,
    /// Who cosigned what is published; not there while nobody is asked.
    cosigned: Option<Vec<Cosigned>>,
    /// Size of the checkpoint that waits for the quorum, while one does.
    waiting_for_quorum: Option<u64>,
    /// The newest time stamp by an authority of time; not there while there is none.
    timestamp: Option<Timestamp>,
    /// What is in the way of the next one; not there while nothing is.
    timestamp_obstacle: Option<TimestampObstacle>,
}

/// What an authority of time said of a checkpoint (RFC 3161).
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Timestamp {
    /// Entries under the checkpoint.
    size: u64,
    /// The time that the authority states.
    #[schema(format = DateTime)]
    at: String,
    /// Our time when its reply came.
    #[schema(format = DateTime)]
    received_at: String,
    /// Who signed.
    by: String,
    /// Whether that was verified; not, where its algorithm is not known here.
    verified: bool,
    /// By how many seconds our clock was behind the authority's, or before it when negative; there only when it is more than a minute.
    clock_behind_seconds: Option<i64>,
}

/// Why what is published is not stamped.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct TimestampObstacle {
    /// The stable word.
    #[schema(example = "send.connect")]
    code: String,
    /// Why, for people.
    why: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// Tries that failed since then.
    tries: u32,
}

/// A log that goes on in the place of another.
#[derive(ToSchema)]
pub struct LogSuccessor {
    /// Its name in checkpoints.
    #[schema(example = "node.example.org/uz-plant/log/2")]
    origin: String,
    /// Where it is published.
    #[schema(format = "uri")]
    address: String,
    /// Its first key; not there while it is only foretold.
    vkey: Option<String>,
}

/// How far the records of a log that has ended are issued anew.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Reissue {
    /// Whether that is over.
    is_done: bool,
    /// Records that were issued anew, once it is over.
    records: u64,
    /// Those that were not, a hundred at most.
    left: Vec<LeftRecord>,
}

/// A record that is not issued anew.
#[derive(ToSchema)]
pub struct LeftRecord {
    /// Its id.
    record: String,
    /// Why.
    #[schema(example = "its body is nowhere to be had")]
    why: String,
}

/// What the end of a register came to, or would come to.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Succession {
    /// Whether nothing was done.
    dry_run: bool,
    /// The log that ends.
    ended: EndedLog,
    /// The log that goes on in its place.
    successor: LogSuccessor,
    /// Whether its records are all issued anew.
    is_done: bool,
    /// Records that were issued anew, once that is over, or would be.
    records: u64,
    /// Those that were not or would not be, a hundred at most.
    left: Vec<LeftRecord>,
}

/// A log that ends.
#[derive(ToSchema)]
pub struct EndedLog {
    /// Its name in checkpoints.
    #[schema(example = "node.example.org/uz-plant/log")]
    origin: String,
    /// Entries that are here, or can be had, of which its owner stands by.
    size: u64,
    /// Entries of the largest tree that anybody who was asked knows.
    known: u64,
}

/// Why nothing is added to a log and nothing of it published.
#[derive(ToSchema)]
#[schema(as = HeldBack)]
pub struct HeldBack {
    /// `restored`: the store is older than its folder remembers. `behind`: others have more of the log than is here. `discontinued`: it has
    /// ended, and this is a copy of it from before. `burnt`: only its keys are here.
    #[schema(example = "restored")]
    code: String,
    /// What is missing, and what to do.
    todo: String,
    /// Who was asked last.
    asked: Vec<AskedOfLog>,
}

/// Somebody who was asked what he knows of a log.
#[derive(ToSchema)]
pub struct AskedOfLog {
    /// Where the log is read there.
    #[schema(format = "uri")]
    place: String,
    /// Entries that it knows of, by the log's own signature.
    size: Option<u64>,
    /// Where it goes on, where it has ended.
    #[schema(format = "uri")]
    successor: Option<String>,
    /// Why it is not known how many.
    why: Option<String>,
}

/// A key of a log.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct LogKey {
    /// The key (C2SP signed-note).
    vkey: String,
    /// When it was made.
    #[schema(format = DateTime)]
    from: String,
    /// When the next one came; it signs on beside that, unless it is compromised.
    #[schema(format = DateTime)]
    replaced_at: Option<String>,
    /// Whether others have it, or may: it signs nothing any more.
    is_compromised: Option<bool>,
}

/// A cosignature below a checkpoint.
#[derive(ToSchema)]
pub struct Cosigned {
    /// The name of the witness's key.
    #[schema(example = "kz.example/witness")]
    witness: String,
    /// As of when the tree was the largest that it had seen of this log.
    #[schema(format = DateTime)]
    at: String,
}

/// Whom a log asks for cosignatures.
#[derive(ToSchema)]
pub struct LogPolicy {
    /// The policy, as it was put.
    policy: String,
    /// Whether publication waits for the quorum.
    wait: bool,
}

/// What came of asking for fresh cosignatures.
#[derive(ToSchema)]
pub struct Cosignatures {
    /// Entries of the checkpoint that was asked about.
    size: u64,
    /// In the order of the policy.
    witnesses: Vec<AskedAfresh>,
}

/// What one witness did.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AskedAfresh {
    /// The name of its key.
    #[schema(example = "kz.example/witness")]
    witness: String,
    /// Whether it cosigned now.
    is_fresh: bool,
    /// When it cosigned this checkpoint last.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Why it did not now.
    why: Option<String>,
}

/// A kind of record, in short.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Kind {
    /// Its name.
    #[schema(example = "dataset")]
    name: String,
    /// The group that it is shown in.
    #[schema(example = "catalogue")]
    group: String,
    /// The clauses of the declaration that it serves.
    clauses: Vec<String>,
    /// The standard that its members come from.
    #[schema(example = "DCAT-AP 3.0.1")]
    standard: String,
    /// Where that standard is published.
    standard_address: String,
    /// The class that its bodies are instances of.
    class: String,
    /// Whether the node writes such records, and no person.
    is_written_by_node: bool,
    /// What people call it, by language.
    labels: Map<String, Value>,
}

/// A kind of record.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct KindInFull {
    /// Its name.
    #[schema(example = "dataset")]
    name: String,
    /// The group that it is shown in.
    #[schema(example = "catalogue")]
    group: String,
    /// The clauses of the declaration that it serves.
    clauses: Vec<String>,
    /// The standard that its members come from.
    #[schema(example = "DCAT-AP 3.0.1")]
    standard: String,
    /// Where that standard is published.
    standard_address: String,
    /// The class that its bodies are instances of.
    class: String,
    /// Whether the node writes such records, and no person.
    is_written_by_node: bool,
    /// What people call it, by language.
    labels: Map<String, Value>,
    /// JSON Schema of a body.
    schema: Map<String, Value>,
    /// JSON-LD context of a body.
    context: Map<String, Value>,
    /// What people call each member, by its dotted path and by language.
    members: Map<String, Value>,
    /// A valid body, invented: where an author may begin.
    example: Map<String, Value>,
}

/// What would become of a record if it were published now.
#[derive(ToSchema)]
pub struct CheckedRecord {
    /// `new`: a version of it would be published; `unchanged`: its newest version says the same already; `refused`.
    #[schema(example = "refused")]
    outcome: String,
    /// With `new`: the version that it would be.
    #[schema(minimum = 1)]
    version: Option<u32>,
    /// With `refused`: which rule it breaks, as a stable word.
    #[schema(example = "wrong-record")]
    code: Option<String>,
    /// With `refused`: everything that is wrong, in words.
    reason: Option<String>,
}
