//! A decision of a person or a program about a transfer.

use super::push::call_off;
use super::send::{decision_record, permit, send, start, terminate};
use super::{Bound, Opening, RETIRED, Transfer};
use crate::answer::taken;
use crate::callback::CallbackAddress;
use crate::facts::Facts;
use crate::head::{Actor, Head, Mode};
use crate::negotiation::Ended;
use crate::step::{Created, Refusal, RefusalKind, Reply, Step};
use crate::track::{Delivery, Track};
use chapar_dsp::transfer::{Message, State};
use chapar_dsp::{DataAddress, Role, TransferContent};
use chapar_terms::{AgreementId, AssetId, ParticipantId};
use serde_json::{Map, Value, json};

/// What can be decided. Names are those of the protocol's moves.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Provider: give access, or give it back. Consumer: ask for it back.
    Start,
    /// Either: pause; access closes at once.
    Suspend {
        /// A code for the peer.
        code: Option<String>,
        /// Reasons for the peer's people.
        reason: Vec<String>,
    },
    /// Either: done.
    Complete,
    /// Either: end it; access closes at once.
    Terminate {
        /// A code for the peer.
        code: Option<String>,
        /// Reasons for the peer's people.
        reason: Vec<String>,
    },
    /// Consumer: give up our copy of the address. The peer is not told, and its next start brings another.
    Forget,
    /// Consumer: keep the address that the provider gave anew for what it had opened. The peer is not told: it was asked.
    Renew {
        /// The address that it stands for; another one came meanwhile where we hold another.
        old: DataAddress,
        /// The address to keep.
        new: DataAddress,
    },
}

impl Decision {
    /// What the peer is told.
    fn message(&self) -> Option<Message> {
        match self {
            Self::Start => Some(Message::Start),
            Self::Suspend { .. } => Some(Message::Suspension),
            Self::Complete => Some(Message::Completion),
            Self::Terminate { .. } => Some(Message::Termination),
            Self::Forget | Self::Renew { .. } => None,
        }
    }
}

/// A transfer that we, the consumer, begin.
#[derive(Clone, Debug)]
pub struct New {
    /// The provider.
    pub peer: ParticipantId,
    /// The provider's DSP base.
    pub address: String,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The agreement's dataset.
    pub asset: AssetId,
    /// How the bytes travel.
    pub format: String,
    /// Where to push, for a push.
    pub destination: Option<DataAddress>,
    /// Who decides our later moves.
    pub mode: Mode,
    /// Who is told of its events.
    pub callbacks: Vec<CallbackAddress>,
    /// What the operator keeps with it; never told to the peer.
    pub private_properties: Map<String, Value>,
}

/// Begins a transfer: the case is stored and its request sent.
pub fn open(new: New, actor: &Actor, facts: &Facts<'_>) -> Step<Transfer> {
    let case = Transfer {
        head: Head {
            id: facts.fresh.case.clone(),
            role: Role::Consumer,
            mode: new.mode,
            peer: new.peer,
            peer_address: new.address,
            peer_pid: None,
            created_at: facts.now,
            updated_at: facts.now,
            since: facts.now,
            callbacks: new.callbacks,
        },
        track: Track::default(),
        agreement: new.agreement.clone(),
        asset: new.asset,
        format: new.format.clone(),
        destination: new.destination.clone(),
        source: None,
        opening: Opening::Closed,
        openings: 0,
        held: false,
        start_due: false,
        suspended: None,
        ended: None,
        first: None,
        private_properties: new.private_properties,
    };
    let content = TransferContent::Request {
        agreement_id: new.agreement,
        format: new.format,
        callback_address: facts.me.dsp_address.clone(),
        data_address: new.destination,
    };
    let step = Step::reply(taken(&case, Created::Yes)).record(decision_record(&case, "request", actor, &Value::Null));
    send(case, &content, facts, step)
}

/// Takes a decision about an existing transfer. `bound` is its agreement.
pub fn decide(
    case: Transfer,
    decision: Decision,
    bound: Option<&Bound>,
    actor: &Actor,
    facts: &Facts<'_>,
) -> Step<Transfer> {
    let push = case.push();
    call_off(decide_move(case, decision, bound, actor, facts), push)
}

fn decide_move(
    case: Transfer,
    decision: Decision,
    bound: Option<&Bound>,
    actor: &Actor,
    facts: &Facts<'_>,
) -> Step<Transfer> {
    let Some(message) = decision.message() else {
        return keep_to_ourselves(case, decision, actor, facts);
    };
    if let Err(not_now) = case.track.may_propose(case.head.role, message)
        && !(matches!(decision, Decision::Start) && reopens(&case))
    {
        return Step::reply(Reply::Refused(Refusal::not_now(not_now, &case.decisions())));
    }
    if awaits_start(&case) && matches!(decision, Decision::Suspend { .. }) {
        let why = "our resume was taken, and the provider's start that follows it has not come yet";
        return refused(RefusalKind::Conflict, "start-due", why);
    }
    if let Some(why) = bound
        .and_then(Bound::why_retired)
        .filter(|_| matches!(decision, Decision::Start))
    {
        return refused(RefusalKind::Conflict, RETIRED, &why);
    }
    let step = Step::reply(taken(&case, Created::No));
    match (decision, case.head.role) {
        (Decision::Start, Role::Provider) => start_if_permitted(case, bound, actor, facts, step),
        (Decision::Start, Role::Consumer) => {
            let step = step.record(decision_record(&case, "start", actor, &Value::Null));
            send(case, &TransferContent::Start { data_address: None }, facts, step)
        }
        (Decision::Suspend { code, reason }, role) => {
            let mut case = case;
            let detail = json!({ "code": code, "reason": reason });
            let step = step.record(decision_record(&case, "suspend", actor, &detail));
            case.held = role == Role::Provider;
            case.suspended = Some(Ended {
                by: role,
                code: code.clone(),
                reason: reason.clone(),
            });
            if !chapar_terms::sabotaged("keep-token-after-suspend") {
                case.close();
            }
            send(case, &TransferContent::Suspension { code, reason }, facts, step)
        }
        (Decision::Complete, _) => {
            let mut case = case;
            let step = step.record(decision_record(&case, "complete", actor, &Value::Null));
            case.close();
            send(case, &TransferContent::Completion, facts, step)
        }
        (Decision::Terminate { code, reason }, _) => terminate(case, code, reason, actor, facts, step),
        (decision @ (Decision::Forget | Decision::Renew { .. }), _) => keep_to_ourselves(case, decision, actor, facts),
    }
}

/// What becomes of our copy of the address, which is nobody else's business.
fn keep_to_ourselves(mut case: Transfer, decision: Decision, actor: &Actor, facts: &Facts<'_>) -> Step<Transfer> {
    let Some(source) = case.source.take_if(|_| case.head.role == Role::Consumer) else {
        let why = "there is no address here that could be given up or renewed";
        return refused(RefusalKind::NotFound, "access-closed", why);
    };
    let word = match decision {
        Decision::Renew { old, .. } if old != source => {
            let why = "another address came meanwhile";
            return refused(RefusalKind::Conflict, "address-changed", why);
        }
        Decision::Renew { new, .. } => {
            case.source = Some(new);
            "renew"
        }
        _ => "forget",
    };
    case.head.updated_at = facts.now;
    let record = decision_record(&case, word, actor, &Value::Null);
    let reply = taken(&case, Created::No);
    Step::keep(case, reply).record(record)
}

fn refused(kind: RefusalKind, code: &str, why: &str) -> Step<Transfer> {
    Step::reply(Reply::Refused(Refusal::new(kind, code, why)))
}

/// Whether a start of the provider is due that could be taken for one that follows a suspension: its number would tell, but
/// this provider gives none.
fn awaits_start(case: &Transfer) -> bool {
    case.start_due && case.track.peer_effect == 0
}

/// A suspension of ours that the peer refused or did not answer left the state `STARTED` with access closed: only a new
/// start mends that.
pub(super) fn reopens(case: &Transfer) -> bool {
    case.head.role == Role::Provider
        && case.track.state == Some(State::Started)
        && case
            .track
            .pending
            .as_ref()
            .is_none_or(|pending| pending.delivery == Delivery::Lapsed)
        && case.opening == Opening::Closed
}

fn start_if_permitted(
    case: Transfer,
    bound: Option<&Bound>,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Transfer>,
) -> Step<Transfer> {
    let Some(bound) = bound else {
        return refused(
            RefusalKind::Conflict,
            "agreement-unknown",
            "the agreement is not in force",
        );
    };
    match permit(&case, bound, facts) {
        Ok(permit) => start(case, &permit, actor, facts, step),
        Err(reasons) => Step::reply(Reply::Refused(Refusal::denied(&reasons))),
    }
}
