//! The register as everybody reads it.

use super::records::RecordValidity;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A record as it is found.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct FoundRecord {
    /// Its id, the same in all versions and on every node.
    #[schema(example = "did:web:node.example.org:uz-plant/records/0f3c5a7e9b1d2f40/water-losses-2026")]
    id: String,
    /// Its kind.
    #[schema(example = "dataset")]
    kind: String,
    /// 1 for the first version.
    #[schema(minimum = 1)]
    version: u32,
    /// Participant id of the issuer.
    issuer: String,
    /// When it was issued, by the clock of the issuer.
    #[schema(format = DateTime)]
    issued: String,
    /// Who may have the body.
    visibility: String,
    /// The languages in which it speaks.
    languages: Vec<String>,
    /// Origin of the log that holds it.
    log: String,
    /// Of a log of others: `open`, or `caught` or `discontinued`, when nothing more of it is taken.
    log_state: Option<String>,
    /// When a log of others last said that it has nothing newer.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    /// How long ago that is. The answer's tag says nothing of it.
    age_seconds: Option<u64>,
    /// Its index in the log.
    index: u64,
    /// Its hash as a leaf of the log (RFC 6962), hexadecimal.
    leaf_hash: String,
    /// When it is in force, where that is said.
    valid: Option<RecordValidity>,
    /// Its title in the language that fits best, and which that is.
    shown: Option<ShownTexts>,
    /// Its title, by language.
    title: Option<Map<String, Value>>,
    /// Its description, by language; cut to what a list shows.
    description: Option<Map<String, Value>>,
    /// How it was withdrawn, if it was.
    withdrawn: Option<WithdrawnBy>,
    /// Of a record that was not open: when its body was opened to everybody, by the clock of the issuer.
    #[schema(format = DateTime)]
    opened_at: Option<String>,
    /// How a body is had that is not open: by `opening`, when its issuer opens it, or in the `exchange`, by those whom it is for.
    #[schema(example = "opening")]
    body_by: Option<String>,
    /// Whether its body was purged; not there when it was not.
    body_purged: Option<bool>,
    /// In the list of those that name another: as what they name it.
    rel: Option<String>,
}

/// A record of others with its body, which this participant got in the exchange.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct FetchedRecord {
    /// Its id, the same in all versions and on every node.
    #[schema(example = "did:web:node.example.org:uz-plant/records/0f3c5a7e9b1d2f40/water-losses-2026")]
    id: String,
    /// Its kind.
    #[schema(example = "dataset")]
    kind: String,
    /// 1 for the first version.
    #[schema(minimum = 1)]
    version: u32,
    /// Participant id of the issuer.
    issuer: String,
    /// When it was issued, by the clock of the issuer.
    #[schema(format = DateTime)]
    issued: String,
    /// Who may have the body.
    visibility: String,
    /// The languages in which it speaks.
    languages: Vec<String>,
    /// Origin of the log that holds it.
    log: String,
    /// Of a log of others: `open`, or `caught`, when nothing more of it is taken.
    log_state: Option<String>,
    /// When a log of others last said that it has nothing newer.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    /// Its index in the log.
    index: u64,
    /// Its hash as a leaf of the log (RFC 6962), hexadecimal.
    leaf_hash: String,
    /// When it is in force, where that is said.
    valid: Option<RecordValidity>,
    /// Its title in the language that fits best, and which that is.
    shown: Option<ShownTexts>,
    /// Its title, by language.
    title: Option<Map<String, Value>>,
    /// Its description, by language; cut to what a list shows.
    description: Option<Map<String, Value>>,
    /// How it was withdrawn, if it was.
    withdrawn: Option<WithdrawnBy>,
    /// Of a record that was not open: when its body was opened to everybody, by the clock of the issuer.
    #[schema(format = DateTime)]
    opened_at: Option<String>,
    /// How a body is had that is not open: by `opening`, when its issuer opens it, or in the `exchange`, by those whom it is for.
    #[schema(example = "opening")]
    body_by: Option<String>,
    /// Whether its body was purged; not there when it was not.
    body_purged: Option<bool>,
    /// When its body came here.
    #[schema(format = DateTime)]
    got_at: String,
    /// What was handed over: the record's id, its version, the salt and the body.
    document: ClosedDocument,
}

/// The body of a closed record with what shows that it is the one to which the record commits.
#[derive(ToSchema)]
pub struct ClosedDocument {
    /// The id of the record.
    record: String,
    /// Its version.
    #[schema(minimum = 1)]
    version: u32,
    /// The salt of the hash, 32 bytes in base64.
    salt: String,
    /// What it says.
    body: Map<String, Value>,
}

/// Texts in one language.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ShownTexts {
    /// The language.
    language: String,
    /// The title.
    title: String,
    /// The description, where there is one in that language.
    description: Option<String>,
    /// The language that was asked for, where this is another.
    instead_of: Option<String>,
}

/// How a record was withdrawn.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct WithdrawnBy {
    /// Index of the withdrawal in the same log.
    index: u64,
    /// Why, in a word.
    code: String,
    /// The record that takes its place.
    replaced_by: Option<String>,
}

/// A record with what belongs to it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RecordInFull {
    /// Its id, the same in all versions and on every node.
    id: String,
    /// Its kind.
    kind: String,
    /// 1 for the first version.
    #[schema(minimum = 1)]
    version: u32,
    /// Participant id of the issuer.
    issuer: String,
    /// When it was issued, by the clock of the issuer.
    #[schema(format = DateTime)]
    issued: String,
    /// Who may have the body.
    visibility: String,
    /// The languages in which it speaks.
    languages: Vec<String>,
    /// Origin of the log that holds it.
    log: String,
    /// Of a log of others: `open`, or `caught` or `discontinued`, when nothing more of it is taken.
    log_state: Option<String>,
    /// When a log of others last said that it has nothing newer.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    /// How long ago that is. The answer's tag says nothing of it.
    age_seconds: Option<u64>,
    /// Its index in the log.
    index: u64,
    /// Its hash as a leaf of the log (RFC 6962), hexadecimal.
    leaf_hash: String,
    /// When it is in force, where that is said.
    valid: Option<RecordValidity>,
    /// Its title in the language that fits best, and which that is.
    shown: Option<ShownTexts>,
    /// Its title, by language.
    title: Option<Map<String, Value>>,
    /// Its description, by language; cut to what a list shows.
    description: Option<Map<String, Value>>,
    /// How it was withdrawn, if it was.
    withdrawn: Option<WithdrawnBy>,
    /// Of a record that was not open: when its body was opened to everybody, by the clock of the issuer.
    #[schema(format = DateTime)]
    opened_at: Option<String>,
    /// How a body is had that is not open: by `opening`, when its issuer opens it, or in the `exchange`, by those whom it is for.
    #[schema(example = "opening")]
    body_by: Option<String>,
    /// Whether its body was purged; not there when it was not.
    body_purged: Option<bool>,
    /// The record that was issued in its place, in the log that goes on in the place of its own.
    replaced_by: Option<String>,
    /// The leaf: what stands in the log, base64.
    leaf: String,
    /// What it says, where everybody may have it and it is here.
    body: Option<Map<String, Value>>,
    /// What it names.
    names: Vec<super::records::RecordLink>,
    /// The records that name it.
    named_by: Vec<FoundRecord>,
    /// Where else than in its own node the log is served, so far as this node knows.
    mirrored_by: Vec<KnownMirror>,
}

/// What a search finds, counted.
#[derive(ToSchema)]
pub struct Counts {
    /// Those that were counted.
    records: u64,
    /// Whether there are more.
    more: bool,
    /// For each facet its values and how many have them, the most frequent first.
    facets: Map<String, Value>,
}

/// A log that this node holds.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct HeldLog {
    /// Its name in checkpoints.
    #[schema(example = "node.example.org/uz-plant/log")]
    origin: String,
    /// SHA-256 of that, hexadecimal: the name of a mirror.
    origin_hash: String,
    /// Where this node serves it to everybody.
    #[schema(format = "uri")]
    address: String,
    /// Participant id of its owner.
    owner: String,
    /// The key that this node trusts for it (C2SP signed-note).
    vkey: String,
    /// Its name in the ids of records; there once something of it is verified.
    log_id: Option<String>,
    /// Entries that are published, as far as this node knows.
    size: u64,
    /// How many of them are in the catalogue.
    in_catalogue: u64,
    /// Whether it is of a participant of this node.
    is_own: bool,
    /// `open`, `held` until it is known what was published last, `discontinued` when another goes on in its place, or `caught` lying.
    state: String,
    /// When the newest checkpoint came to be known here.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// When a log of others last said that it has nothing newer.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
}

/// The catalogue as a whole.
#[derive(ToSchema)]
pub struct Views {
    /// SHA-256 of its sorted canonical export, hexadecimal.
    digest: String,
    /// Every log that this node holds.
    items: Vec<HeldLog>,
}

/// A place that mirrors a log, so far as it is known.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct KnownMirror {
    /// Where it serves the log.
    #[schema(
        example = "https://node.example.org/chapar/v1/mirrors/5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
        format = "uri"
    )]
    address: String,
    /// `here`: this node does. `shown`: it showed a checkpoint that the log signed. `claimed`: it says so, and nobody has looked.
    #[schema(example = "shown")]
    state: String,
    /// Entries that it had then; not with `claimed`.
    size: Option<u64>,
    /// Entries of the newest checkpoint known here that it lacked; not with `claimed`.
    lag: Option<u64>,
    /// When it said so last.
    #[schema(format = DateTime)]
    claimed_at: Option<String>,
    /// When it showed that.
    #[schema(format = DateTime)]
    shown_at: Option<String>,
    /// How long ago that is.
    age_seconds: Option<u64>,
}
