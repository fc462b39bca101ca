//! Cases: what negotiations and transfers have in common, the negotiation itself, its time line and its events.

use super::CallbackAddress;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// One of the two sides of a case or an agreement.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Side {
    /// Asks for data.
    Consumer,
    /// Offers data.
    Provider,
}

/// Who decides this side's moves.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Decider {
    /// The node, by policy.
    Auto,
    /// People.
    Manual,
}

/// State of a negotiation, as both sides know it. `INITIAL`: the peer has not answered yet.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
pub enum NegotiationState {
    /// The peer has not answered yet.
    Initial,
    /// The consumer asked.
    Requested,
    /// The provider offered.
    Offered,
    /// The consumer took the offer.
    Accepted,
    /// The provider sent the agreement.
    Agreed,
    /// The consumer took the agreement.
    Verified,
    /// The agreement is in force.
    Finalized,
    /// Ended without an agreement.
    Terminated,
}

/// A negotiation as this side sees it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Negotiation {
    /// Its id: our own pid in it.
    #[schema(example = "urn:uuid:1f0c7a52-6a0e-4f1c-9d1e-3a5b7c9d1e2f")]
    id: String,
    /// Always `negotiation`.
    #[schema(pattern = "^negotiation$", example = "negotiation")]
    kind: String,
    /// Our side of it.
    role: Side,
    /// What both sides know.
    state: NegotiationState,
    /// State and move under way in one word, e.g. `REQUESTING`; the state when there is no move.
    #[schema(example = "AGREEING")]
    phase: String,
    /// The message under way to the peer, if there is one.
    #[schema(example = "ContractAgreementMessage")]
    pending: Option<String>,
    /// What can be decided now.
    #[schema(example = json!(["agree", "terminate"]))]
    decisions: Vec<String>,
    /// Who decides this side's moves.
    mode: Decider,
    /// Participant id of the other side.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    peer: String,
    /// Where the other side is reached.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1", format = "uri")]
    peer_address: String,
    /// The consumer's id of it, once known.
    #[schema(example = "urn:uuid:9c2b7d10-4f5e-4b8e-8a6d-1e2f3a4b5c6d")]
    consumer_pid: Option<String>,
    /// The provider's id of it, once known.
    #[schema(example = "urn:uuid:1f0c7a52-6a0e-4f1c-9d1e-3a5b7c9d1e2f")]
    provider_pid: Option<String>,
    /// Id of the dataset that it is about, once known.
    #[schema(example = "certificate-17")]
    dataset: Option<String>,
    /// Id of the agreement, once there is one.
    agreement_id: Option<String>,
    /// Why our last move failed, if it did.
    error: Option<PeerFault>,
    /// The offer that stands: ODRL as it went over the wire.
    #[schema(example = json!({ "@id": "certificates:certificate-17:1", "@type": "Offer", "target": "certificate-17", "permission": [{ "action": "use" }] }))]
    offer: Option<Map<String, Value>>,
    /// Which side made the offer that stands.
    offered_by: Option<Side>,
    /// Our offer or request that the peer has not taken yet.
    proposed: Option<Map<String, Value>>,
    /// The agreement: ODRL as it went over the wire.
    agreement: Option<Map<String, Value>>,
    /// Id of the contract definition that it is about, where we are the provider.
    definition: Option<String>,
    /// Id of the transfer that begins by itself once the agreement is in force, where one was wished for.
    follow_on: Option<String>,
    /// Who ended it and why, if it was ended.
    ended: Option<Ended>,
    /// Why it ended, is suspended or does not go on, in one text for people: who said so, in which words, and which move of ours had failed.
    #[schema(example = "the peer terminated it: policy-denied: the purpose does not fit")]
    error_detail: Option<String>,
    /// Who is told of its events, if anybody is.
    callback_addresses: Option<Vec<CallbackAddress>>,
    /// When it began here.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it changed last here.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Since when it is in its state.
    #[schema(format = DateTime)]
    since: String,
}

/// Why a move of ours failed, in the peer's words where it gave any.
#[derive(ToSchema)]
pub struct PeerFault {
    /// The message that we had sent.
    #[schema(example = "ContractRequestMessage")]
    message: String,
    /// HTTP status of the peer's answer; null when there was none.
    #[schema(minimum = 100, maximum = 599, required = true)]
    status: Option<u16>,
    /// The peer's code, or ours when there was no answer.
    #[schema(example = "wrong-state")]
    code: String,
    /// Reasons for people.
    reason: Vec<String>,
    /// When it became known.
    #[schema(format = DateTime)]
    at: String,
}

/// Who ended a case, or suspended it, and why.
#[derive(ToSchema)]
pub struct Ended {
    /// The side that did.
    by: Side,
    /// Its code; null when it gave none.
    #[schema(example = "send.timeout", required = true)]
    code: Option<String>,
    /// Its reasons.
    reason: Vec<String>,
}

/// An entry of a case's time line: what is written down as evidence.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// The entry's id.
    #[schema(example = "0190f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506")]
    id: String,
    /// Its place in the participant's evidence; it grows from entry to entry.
    #[schema(example = 42)]
    position: i64,
    /// What happened.
    #[schema(example = "negotiation.message.received")]
    kind: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What is known of it, by kind; null where the body was deleted.
    body: Value,
    /// SHA-256 of the entry, hexadecimal.
    #[schema(
        example = "5d41402abc4b2a76b9719d911017c592ae5f0f0e7d3c6a1c2b4d8e9f00112233",
        min_length = 64,
        max_length = 64
    )]
    leaf_hash: String,
    /// SHA-256 of the case as it stood then, hexadecimal; null for an entry that changed no case.
    #[schema(
        example = "7d793037a0760186574b0282f2f435e7c1a5b6d3e4f5061728394a5b6c7d8e9f",
        min_length = 64,
        max_length = 64,
        required = true
    )]
    case_digest: Option<String>,
    /// Whether the message itself is kept with its signature, for proof.
    signed: bool,
}

/// Data of a `reset` event: what happened before it is not kept any more. Read the cases afresh.
#[derive(ToSchema)]
pub struct EventReset {
    /// The number after which the stream goes on.
    after: i64,
    /// How many events of a participant are kept.
    kept: i64,
}
