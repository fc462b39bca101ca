//! The rows that one step writes together. Rows with secret parts show no content in `Debug`.

use super::NewEntry;
use crate::{Committed, StoreFault};
use std::fmt;

/// One negotiation or transfer of one participant.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Slug of the participant that the case belongs to.
    pub participant: String,
    /// Our own name of the case; unique per participant.
    pub id: String,
    /// `negotiation` or `transfer`.
    pub kind: String,
    /// `consumer` or `provider`: our side.
    pub role: String,
    /// The state that both sides know.
    pub state: String,
    /// The one move that the peer has not yet taken.
    pub pending: Option<String>,
    /// State and pending move in one name, indexed.
    pub phase: String,
    /// Participant id of the other side.
    pub peer: String,
    /// The consumer's name of the case.
    pub consumer_pid: Option<String>,
    /// The provider's name of the case.
    pub provider_pid: Option<String>,
    /// The agreement made or used.
    pub agreement_id: Option<String>,
    /// The asset that it is about.
    pub asset_id: Option<String>,
    /// Unique per participant and kind where given: what makes a second first-request of a known (peer, remote pid) a
    /// conflict. Filled on insertion by whoever is asked first; never changed by an update.
    pub first_key: Option<String>,
    /// The version of this row: 1 on insertion, one more on each update.
    pub version: i64,
    /// Opaque JSON text, sealed on disk.
    pub body: String,
    /// Id of the last evidence entry of the case.
    pub evidence_id: String,
    /// Milliseconds of the Unix epoch; never changed by an update.
    pub created_at: i64,
    /// Milliseconds of the Unix epoch.
    pub updated_at: i64,
    /// Milliseconds of the Unix epoch: since when it is in its state.
    pub since: i64,
}

/// What a step does to its case, or to the agreement that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseWrite {
    /// A new case; a conflict when its id or its `first_key` is taken.
    Insert(CaseRow),
    /// A new version of a case; a conflict when the stored version is not `expected_version`.
    Update {
        /// The whole new row.
        row: CaseRow,
        /// The version that the step was decided on.
        expected_version: i64,
    },
    /// A case goes; a conflict when the stored version is not `expected_version`. Its evidence stays.
    Remove {
        /// Slug of the participant that the case belongs to.
        participant: String,
        /// `negotiation` or `transfer`.
        kind: String,
        /// Our own name of the case.
        id: String,
        /// The version that the step was decided on.
        expected_version: i64,
    },
    /// An agreement is gone by no more; a conflict when that is so already.
    Retire {
        /// Slug of the participant whose agreement it is.
        participant: String,
        /// The shared `@id`.
        agreement_id: String,
        /// Why and when.
        retirement: Retirement,
    },
    /// A retired agreement is gone by again; a conflict when it is not retired.
    Reactivate {
        /// Slug of the participant whose agreement it is.
        participant: String,
        /// The shared `@id`.
        agreement_id: String,
    },
    /// No case is touched: a refusal that is only written down. Never a conflict.
    Untouched {
        /// Slug of the participant that the other rows belong to.
        participant: String,
    },
}

impl CaseWrite {
    /// Slug of the participant that the step belongs to.
    pub fn participant(&self) -> &str {
        match self {
            Self::Insert(row) | Self::Update { row, .. } => &row.participant,
            Self::Remove { participant, .. }
            | Self::Retire { participant, .. }
            | Self::Reactivate { participant, .. }
            | Self::Untouched { participant } => participant,
        }
    }
}

/// Why and since when an agreement is gone by no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// For people, also the peer's.
    pub reason: String,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
}

/// A concluded agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementRow {
    /// Slug of the participant.
    pub participant: String,
    /// The shared `@id`; unique per participant.
    pub agreement_id: String,
    /// Case id of the negotiation that made it.
    pub negotiation_id: String,
    /// `consumer` or `provider`: our side.
    pub role: String,
    /// Participant id of the other side.
    pub peer: String,
    /// The asset agreed on.
    pub asset_id: String,
    /// The contract definition that the offer came from, where we are the provider.
    pub definition_id: Option<String>,
    /// `auto` or `manual`.
    pub mode: String,
    /// Opaque JSON text.
    pub body: String,
    /// Milliseconds of the Unix epoch.
    pub signed_at: i64,
    /// Whether it is gone by no more; never written with the agreement.
    pub retired: Option<Retirement>,
}

/// One entry of a participant's evidence log, not yet sequenced.
#[derive(Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Unique per participant.
    pub id: String,
    /// Slug of the participant.
    pub participant: String,
    /// The case it speaks of.
    pub case_id: Option<String>,
    /// What happened.
    pub kind: String,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
    /// Hexadecimal digest of the case after the act; what a reloaded case is compared with.
    pub case_digest: Option<String>,
    /// The leaf: header and salted hash of the body.
    pub leaf: Vec<u8>,
    /// Salt of the body's hash.
    pub salt: Vec<u8>,
    /// The body, sealed on disk.
    pub body: Vec<u8>,
    /// The raw signed message and the key as then resolved, sealed on disk.
    pub raw: Option<Vec<u8>>,
}

/// An evidence entry with its place in the participant's order of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvidence {
    /// 1, 2, 3 ... per participant, without gaps.
    pub position: i64,
    /// Whether a raw message is kept with it; a time line leaves the message itself out.
    pub has_raw: bool,
    /// The entry.
    pub row: EvidenceRow,
}

/// An effect that is still to be run.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Unique at this node; idempotence hangs on it.
    pub effect_id: String,
    /// Slug of the participant.
    pub participant: String,
    /// The case it belongs to.
    pub case_id: String,
    /// Order within the case.
    pub position: i64,
    /// What kind of effect.
    pub kind: String,
    /// Opaque bytes, sealed on disk.
    pub body: Vec<u8>,
    /// Where it goes, e.g. an address.
    pub target: String,
    /// Milliseconds of the Unix epoch; after it the effect is given up.
    pub deadline_at: i64,
    /// How often it has been tried.
    pub attempts: i64,
    /// Milliseconds of the Unix epoch; not to be tried earlier.
    pub not_before: i64,
    /// Milliseconds of the Unix epoch.
    pub created_at: i64,
}

/// An event as a step hands it over; its number is given inside the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// E.g. `negotiation.requested`.
    pub event_type: String,
    /// The case it speaks of.
    pub case_id: Option<String>,
    /// Opaque JSON text. Not sealed: no secret belongs into an event.
    pub data: String,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
    /// The names under which the case's callback addresses are told of it; none when there is nobody to tell or nothing to say.
    pub callback_events: Vec<String>,
}

/// An event with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Slug of the participant.
    pub participant: String,
    /// 1, 2, 3 ... per participant, without gaps.
    pub number: i64,
    /// E.g. `negotiation.requested`.
    pub event_type: String,
    /// The case it speaks of.
    pub case_id: Option<String>,
    /// Opaque JSON text.
    pub data: String,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
    /// The names under which the case's callback addresses are told of it.
    pub callback_events: Vec<String>,
}

/// How far one callback address of a case has been told of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackRow {
    /// Slug of the participant.
    pub participant: String,
    /// The case.
    pub case_id: String,
    /// Its place in the case's list of addresses.
    pub number: i64,
    /// Whether effects of the case wait for it.
    pub transactional: bool,
    /// Number of the event up to which everything is told or given up.
    pub position: i64,
    /// How many events it was told of.
    pub told: i64,
    /// How many events were given up.
    pub given_up: i64,
    /// How often the event behind `position` has been tried.
    pub attempts: i64,
    /// Milliseconds of the Unix epoch; not to be tried earlier.
    pub not_before: i64,
    /// What stood in the way last; none once it was told again.
    pub obstacle: Option<String>,
    /// Whether no event can follow.
    pub is_done: bool,
}

impl CallbackRow {
    /// One that was told of nothing yet.
    pub fn new(participant: &str, case_id: &str, number: i64, transactional: bool) -> Self {
        Self {
            participant: participant.to_owned(),
            case_id: case_id.to_owned(),
            number,
            transactional,
            position: 0,
            told: 0,
            given_up: 0,
            attempts: 0,
            not_before: 0,
            obstacle: None,
            is_done: false,
        }
    }
}

/// A token that has been used, what it was used for and how we answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayRow {
    /// Slug of the participant that was addressed.
    pub participant: String,
    /// `iss` of the token.
    pub issuer: String,
    /// `jti` of the token.
    pub jti: String,
    /// Hexadecimal digest of the request that carried it.
    pub digest: String,
    /// The case that took the request.
    pub case_id: Option<String>,
    /// HTTP status of the answer given.
    pub status: i64,
    /// Bytes of the answer given.
    pub answer: Vec<u8>,
    /// Milliseconds of the Unix epoch; afterwards the token is too old anyway and the row may be pruned.
    pub expires_at: i64,
}

/// Everything that one step writes, all or nothing.
#[derive(Clone, Debug)]
pub struct StepWrite {
    /// The case; comes first, and when it is a conflict nothing else is written.
    pub case: CaseWrite,
    /// An agreement concluded by the step.
    pub agreement: Option<AgreementRow>,
    /// Evidence entries.
    pub evidence: Vec<EvidenceRow>,
    /// Entries of one log of the participant, in order.
    pub entries: Vec<NewEntry>,
    /// Effects that the step causes.
    pub outbox_add: Vec<OutboxRow>,
    /// Ids of effects that the step finishes.
    pub outbox_done: Vec<String>,
    /// Events, in order.
    pub events: Vec<NewEvent>,
    /// Callback addresses of a new case.
    pub callbacks: Vec<CallbackRow>,
    /// The token that the step answers.
    pub replay: Option<ReplayRow>,
}

impl StepWrite {
    /// A step that writes the case and nothing else; fill the other members as needed.
    pub fn new(case: CaseWrite) -> Self {
        Self {
            case,
            agreement: None,
            evidence: Vec::new(),
            entries: Vec::new(),
            outbox_add: Vec::new(),
            outbox_done: Vec::new(),
            events: Vec::new(),
            callbacks: Vec::new(),
            replay: None,
        }
    }
}

/// How a step ended.
#[derive(Debug)]
pub enum StepOutcome {
    /// Durable. The numbers are those of the step's events, in order.
    Committed(Committed, Vec<i64>),
    /// The case was not as expected and nothing was written: load again and step again.
    Conflict,
    /// The token was used before and nothing was written: the stored row says for what and with which answer.
    Replayed(ReplayRow),
}

impl StepOutcome {
    /// For writes that compare nothing.
    pub(crate) fn committed(self) -> Result<Committed, StoreFault> {
        match self {
            Self::Committed(committed, _) => Ok(committed),
            Self::Conflict | Self::Replayed(_) => {
                Err(StoreFault::Broken("a write that compares nothing lost".to_owned()))
            }
        }
    }
}

impl fmt::Debug for CaseRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseRow")
            .field("participant", &self.participant)
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("phase", &self.phase)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EvidenceRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvidenceRow")
            .field("participant", &self.participant)
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for OutboxRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxRow")
            .field("effect_id", &self.effect_id)
            .field("participant", &self.participant)
            .field("case_id", &self.case_id)
            .field("kind", &self.kind)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
