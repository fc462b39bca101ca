//! Federations, their members, and what is proposed in them.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A federation as this node folded it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Federation {
    /// `urn:chapar:federation:` and the SHA-256 of its genesis.
    #[schema(example = "urn:chapar:federation:a14f1a020efbda4349e36e6124c8c775a9a5c985f65ea1f973b49ebcdc3a7ee4")]
    id: String,
    /// What it is called, by language.
    name: Map<String, Value>,
    /// When its genesis was written.
    #[schema(format = DateTime)]
    created_at: String,
    /// When this node began to follow it.
    #[schema(format = DateTime)]
    joined_at: String,
    /// How many changes came in force.
    epoch: u64,
    /// The hash of its state: equal on every node that holds the same logs.
    state: String,
    /// Its members now.
    members: Vec<FederationMember>,
    /// Participant ids of those who left and are not taken off by a change yet; they are members no more.
    left: Vec<String>,
    /// What is proposed and not in force.
    proposals: Vec<FederationProposal>,
    /// What came in force, the first one first.
    decided: Vec<FederationChange>,
    /// Records of members that count for nothing, and why.
    ignored: Vec<FederationIgnored>,
    /// Whose logs are mirrored here and who is no member.
    guests: Vec<FederationGuest>,
    /// Who has to have witnessed the members' logs (C2SP tlog-policy), where the federation says so.
    witnesses: Option<String>,
}

/// A member.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct FederationMember {
    /// Its participant id.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    participant: String,
    /// What it is called, by language.
    name: Map<String, Value>,
    /// The state that it is a body of, two letters of ISO 3166-1.
    #[schema(example = "UZ")]
    state: Option<String>,
    /// The first key of its register log (C2SP signed-note).
    vkey: String,
    /// Where that log is published.
    #[schema(format = "uri")]
    address: String,
    /// The log's name in checkpoints.
    #[schema(example = "node.example.org/uz-plant/log")]
    origin: String,
    /// Whether the log is here: `own`, `mirrored`, `missing`, `caught` (it lied), or `other-key` (it is mirrored under another key, and its
    /// records count for nothing: remove the mirror).
    #[schema(example = "mirrored")]
    log: String,
    /// Entries of the log that are here.
    size: Option<u64>,
    /// Whether enough of the federation's witnesses cosigned the log; where the federation names some.
    witnessed: Option<bool>,
    /// Its short name, where this node hosts it.
    hosted: Option<String>,
}

/// A change that came in force.
#[derive(ToSchema)]
pub struct FederationChange {
    /// SHA-256 of the proposal, hexadecimal.
    hash: String,
    /// `admit`, `leave`, `expel` or `change`.
    #[schema(example = "admit")]
    action: String,
    /// Participant id of whom it is about.
    subject: Option<String>,
    /// The proposal, word for word.
    proposal: Map<String, Value>,
}

/// A change that is proposed.
#[derive(ToSchema)]
pub struct FederationProposal {
    /// SHA-256 of the proposal, hexadecimal.
    hash: String,
    /// `admit`, `leave`, `expel` or `change`.
    #[schema(example = "admit")]
    action: String,
    /// Participant id of whom it is about.
    subject: Option<String>,
    /// The proposal, word for word.
    proposal: Map<String, Value>,
    /// Who said yes and is bound by it; not there before the record of the one who proposed is published.
    signed: Option<Vec<String>>,
    /// Whose yes it still takes.
    missing: Option<Vec<String>>,
    /// Who said no, or left without a yes.
    declined: Option<Vec<String>>,
    /// Who said yes while bound by another proposal.
    bound: Option<Vec<String>>,
    /// Whether it can still come about.
    alive: Option<bool>,
    /// What was said to it just now: `consent` or `decline`.
    answer: Option<String>,
    /// The id of the record that says so.
    record: Option<String>,
}

/// A record that counts for nothing.
#[derive(ToSchema)]
pub struct FederationIgnored {
    /// Its id.
    record: String,
    /// Why, for people.
    detail: String,
}

/// One who is mirrored here and is no member.
#[derive(ToSchema)]
pub struct FederationGuest {
    /// Participant id of the log's owner.
    participant: String,
    /// The log's name in checkpoints.
    origin: String,
    /// Entries that are here.
    size: u64,
}
