//! What comes out of a step.

use crate::track::NotNow;
use chapar_dsp::{Agreement, Role};
use chapar_evidence::EntryKind;
use chapar_policy::Reason;
use chapar_terms::{CaseId, DefinitionId, Instant, Pid};
use serde_json::Value;

/// The outcome of one input.
#[derive(Clone, Debug)]
pub struct Step<C> {
    /// The case after it; none when nothing is to be stored.
    pub case: Option<C>,
    /// What is written into the evidence log, in order.
    pub records: Vec<Record>,
    /// What is to be done once the reply is out.
    pub effects: Vec<Effect>,
    /// Effects of earlier steps that need not run any more.
    pub cancelled: Vec<String>,
    /// An agreement that this step brings into force.
    pub agreement: Option<AgreementInForce>,
    /// The states that the case came to, in order; also one that it comes to again, as with a start that brings fresh access.
    pub reached: Vec<Reached>,
    /// What the sender of the input hears.
    pub reply: Reply,
}

impl<C> Step<C> {
    /// A step that only answers.
    pub fn reply(reply: Reply) -> Self {
        Self {
            case: None,
            records: Vec::new(),
            effects: Vec::new(),
            cancelled: Vec::new(),
            agreement: None,
            reached: Vec::new(),
            reply,
        }
    }

    /// A step that keeps `case`.
    pub fn keep(case: C, reply: Reply) -> Self {
        Self {
            case: Some(case),
            ..Self::reply(reply)
        }
    }

    /// Adds a record.
    pub fn record(mut self, record: Record) -> Self {
        self.records.push(record);
        self
    }
}

/// A state that a case came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its wire name.
    pub state: &'static str,
    /// Whose move led there.
    pub by: Role,
}

/// One thing to write down.
#[derive(Clone, Debug)]
pub struct Record {
    /// What kind of act.
    pub kind: EntryKind,
    /// What is committed to, as JSON.
    pub body: Value,
}

/// Something to be done in the world, as data: written in the same commit as the case, run afterwards, idempotent by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send a protocol message to the peer.
    Send {
        /// Unique: `<case>#<number>`.
        id: String,
        /// Full address.
        url: String,
        /// The message's name, for people.
        message: &'static str,
        /// The bytes; a resend has the same.
        body: Vec<u8>,
        /// When to give up.
        deadline: Instant,
    },
    /// Begin the transfer that was wished for with a negotiation ([`crate::negotiation::Negotiation::follow_on`]).
    Begin {
        /// Unique: there is one of a negotiation.
        id: String,
    },
    /// Deliver the data of a transfer to the consumer's address, and say what came of it.
    Push {
        /// Unique: `<case>#push-<opening>`.
        id: String,
        /// When to begin it no more.
        deadline: Instant,
    },
}

impl Effect {
    /// The effect's unique id.
    pub fn id(&self) -> &str {
        match self {
            Self::Send { id, .. } | Self::Begin { id } | Self::Push { id, .. } => id,
        }
    }
}

/// An agreement both sides are bound by.
#[derive(Clone, Debug)]
pub struct AgreementInForce {
    /// The negotiation it came from.
    pub negotiation: CaseId,
    /// The agreement.
    pub agreement: Agreement,
    /// Provider side: the contract definition behind it.
    pub definition: Option<DefinitionId>,
    /// Its own time, when the provider made it.
    pub signed_at: Instant,
}

/// Whether an accepted message began a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// 201.
    Yes,
    /// 200.
    No,
}

/// What the sender of an input hears.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The message was taken.
    Taken {
        /// Whether it began the case.
        created: Created,
        /// As known.
        consumer_pid: Option<Pid>,
        /// As known.
        provider_pid: Option<Pid>,
        /// The state's wire name.
        state: &'static str,
    },
    /// The message or the decision was refused.
    Refused(Refusal),
    /// Nobody waits for an answer.
    None,
}

/// Whose fault a refusal is, which decides its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// 400: the message cannot be taken.
    BadRequest,
    /// 404: no such case for this peer.
    NotFound,
    /// 409: at odds with what is under way; try again.
    Conflict,
    /// 403: policy says no.
    Denied,
}

/// A refusal, with a stable code and reasons for people.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Which family.
    pub kind: RefusalKind,
    /// Stable.
    pub code: String,
    /// For people.
    pub reason: Vec<String>,
    /// As known.
    pub consumer_pid: Option<Pid>,
    /// As known.
    pub provider_pid: Option<Pid>,
}

impl Refusal {
    /// A refusal that names no case.
    pub fn new(kind: RefusalKind, code: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            reason: vec![reason.into()],
            consumer_pid: None,
            provider_pid: None,
        }
    }

    /// The refusal of a decision that the state does not allow; `possible` are those that it does.
    pub fn not_now(not_now: NotNow, possible: &[&str]) -> Self {
        let why = match not_now.code {
            "move-pending" => format!("`{}` is still under way to the peer", not_now.message),
            _ => format!("`{}` cannot be sent in state `{}`", not_now.message, not_now.state),
        };
        let next = match possible {
            [] if not_now.code == "move-pending" => "nothing can be decided until the peer has answered".to_owned(),
            [] => "nothing can be decided any more".to_owned(),
            _ => format!("what can be decided now: `{}`", possible.join("`, `")),
        };
        Self {
            reason: vec![why, next],
            ..Self::new(RefusalKind::Conflict, not_now.code, "")
        }
    }

    /// The refusal that policy gives.
    pub fn denied(reasons: &[Reason]) -> Self {
        Self {
            reason: reasons.iter().map(ToString::to_string).collect(),
            ..Self::new(RefusalKind::Denied, "policy-denied", "")
        }
    }
}
