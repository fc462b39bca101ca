//! A message of the peer: judged, taken or refused, and followed up where the node decides itself.

use super::push::call_off;
use super::send::{permit, start, tell_end, terminate};
use super::{Bound, HTTP_PULL, HTTP_PUSH, Opening, RETIRED, Transfer};
use crate::answer::{self, accepted, begun, reached, received_record, refuse, taken, wrong_pids};
use crate::case::Said;
use crate::delivery::settled_by_peer;
use crate::facts::{Facts, Received};
use crate::head::{Actor, Head, Mode};
use crate::negotiation::Ended;
use crate::step::{Created, RefusalKind, Step};
use crate::track::{Delivery, Judgement, PendingFate, Track};
use crate::withdraw::after_refusal;
use chapar_dsp::transfer::{Message, State};
use chapar_dsp::{DataAddress, Role, TransferContent, TransferMessage};
use chapar_terms::Digest;
use chapar_trust::Peer;
use serde_json::Map;

/// The request that begins a transfer at us as provider. `bound` is the agreement it names, when that is in force with
/// this very peer; `mode` says who decides.
pub fn receive_first(
    received: Received<'_, TransferMessage>,
    bound: Option<&Bound>,
    mode: Mode,
    facts: &Facts<'_>,
) -> Step<Transfer> {
    let TransferContent::Request {
        agreement_id,
        format,
        callback_address,
        data_address,
    } = &received.message.content
    else {
        let why = "a transfer begins with a request";
        return turn_away(&received, RefusalKind::BadRequest, "not-a-first-message", why);
    };
    let Some(bound) = bound else {
        let why = "no such agreement is in force with you";
        return turn_away(&received, RefusalKind::NotFound, "agreement-unknown", why);
    };
    if let Some(why) = bound.why_retired() {
        // Not a conflict, which would be tried again.
        return turn_away(&received, RefusalKind::Denied, RETIRED, &why);
    }
    if !is_supported(format, data_address.as_ref()) {
        let why = format!("`format` must be `{HTTP_PULL}` without `dataAddress` or `{HTTP_PUSH}` with one");
        return turn_away(&received, RefusalKind::BadRequest, "format-unsupported", &why);
    }
    let case = Transfer {
        head: Head {
            id: facts.fresh.case.clone(),
            role: Role::Provider,
            mode,
            peer: received.peer.value().id.clone(),
            peer_address: callback_address.clone(),
            peer_pid: received.message.consumer_pid.clone(),
            created_at: facts.now,
            updated_at: facts.now,
            since: facts.now,
            callbacks: Vec::new(),
        },
        track: Track::default(),
        agreement: agreement_id.clone(),
        asset: bound.agreement.target.clone(),
        format: format.clone(),
        destination: data_address.clone(),
        source: None,
        opening: Opening::Closed,
        openings: 0,
        held: false,
        start_due: false,
        suspended: None,
        ended: None,
        first: Some(received.message.words),
        private_properties: Map::new(),
    };
    begun(take(case, received, Some(bound), facts))
}

/// Whether we can hand over in this way: a pull without an address of the consumer's, or a push to one.
fn is_supported(format: &str, data_address: Option<&DataAddress>) -> bool {
    match format {
        HTTP_PULL => data_address.is_none(),
        HTTP_PUSH => data_address.is_some(),
        _ => false,
    }
}

/// A message about an existing transfer. `bound` is its agreement.
pub fn receive(
    case: Transfer,
    received: Received<'_, TransferMessage>,
    bound: Option<&Bound>,
    facts: &Facts<'_>,
) -> Step<Transfer> {
    if received.peer.value().id != case.head.peer {
        return turn_away(&received, RefusalKind::NotFound, "not-found", "no such transfer");
    }
    if case.first == Some(received.message.words) {
        return Step::reply(taken(&case, Created::Yes));
    }
    if received.message.content.kind() == Message::Request {
        let why = vec!["a transfer with this pid began with another message".to_owned()];
        return refuse(&case, &received, facts, RefusalKind::Conflict, "pid-in-use", why);
    }
    if let Some(refused) = wrong_pids(&case, &received, facts) {
        return refused;
    }
    let push = case.push();
    call_off(take(case, received, bound, facts), push)
}

/// Judges the message and takes it if it may be taken.
fn take(
    mut case: Transfer,
    received: Received<'_, TransferMessage>,
    bound: Option<&Bound>,
    facts: &Facts<'_>,
) -> Step<Transfer> {
    let message = received.message.content.kind();
    let sender = case.head.role.other();
    let judgement = case.judge(sender, message, &received);
    let (state, fate) = match accepted(&case, &received, judgement, facts) {
        Ok(accepted) => accepted,
        Err(answered) => {
            let tell = |case, step| tell_end(case, facts, step);
            return after_refusal(&case, &received.message, *answered, tell);
        }
    };
    let resumes = case.head.role == Role::Provider && message == Message::Start;
    if resumes && case.held {
        let why = vec!["the provider suspended this transfer; only the provider resumes it".to_owned()];
        let kind = RefusalKind::BadRequest;
        return refuse(&case, &received, facts, kind, "suspended-by-provider", why);
    }
    let before = case.track.state_name();
    let implied = match fate {
        PendingFate::Implied => case.track.imply(case.head.role),
        PendingFate::Untouched | PendingFate::Overtaken => None,
    };
    let role = case.head.role;
    let mut steps: Vec<_> = implied.iter().map(|_| reached(&mut case, role, facts)).collect();
    let overtaken = case
        .track
        .accept(message, received.message.body(), received.effect, state, fate);
    learn(&mut case, &received, facts);
    steps.push(reached(&mut case, sender, facts));
    let step = Step::reply(taken(&case, Created::No)).record(received_record(&case, &received, before));
    let mut step = settled_by_peer(step, &case, implied, overtaken, before);
    step.reached = steps;
    let starts = (resumes && case.track.pending.is_none())
        || (message == Message::Request && case.head.mode == Mode::Auto && (case.is_pull() || case.is_pushed()));
    if let Some(why) = bound.and_then(Bound::why_retired)
        && case.track.may_propose(role, Message::Termination).is_ok()
    {
        return terminate(case, Some(RETIRED.to_owned()), vec![why], &Actor::Node, facts, step);
    }
    match bound {
        Some(bound) if starts => start_or_terminate(case, bound, facts, step),
        _ => {
            step.case = Some(case);
            step
        }
    }
}

/// Asks policy, then sends the start message, or a termination with the reasons.
fn start_or_terminate(case: Transfer, bound: &Bound, facts: &Facts<'_>, step: Step<Transfer>) -> Step<Transfer> {
    match permit(&case, bound, facts) {
        Ok(permit) => start(case, &permit, &Actor::Node, facts, step),
        Err(reasons) => {
            let reason = reasons.iter().map(ToString::to_string).collect();
            terminate(
                case,
                Some("policy-denied".to_owned()),
                reason,
                &Actor::Node,
                facts,
                step,
            )
        }
    }
}

impl Transfer {
    /// The machine's judgement, and the provider's start while `STARTED`, which the machine alone would not take: it brings
    /// a fresh address, after a resume of ours, after resumes that crossed, or after a suspension that we had refused.
    ///
    /// Where moves have no number, such a start might be taken for one that follows the consumer's suspension. So a resume
    /// that crosses our start lets that one go on, being the answer already; and a suspension that crosses a start of ours
    /// in `STARTED` waits for it.
    fn judge(&self, sender: Role, message: Message, received: &Received<'_, TransferMessage>) -> Judgement<State> {
        let judgement = self
            .track
            .judge(sender, message, received.message.body(), received.effect);
        let crosses = sender == Role::Consumer
            && received.effect.is_none()
            && self
                .track
                .pending
                .as_ref()
                .is_some_and(|ours| ours.message == Message::Start && ours.delivery == Delivery::Sending);
        let refreshes =
            sender == Role::Provider && message == Message::Start && self.track.state == Some(State::Started);
        match judgement {
            Judgement::Accept {
                pending: PendingFate::Overtaken,
                ..
            } if crosses && message == Message::Suspension => Judgement::Crossed,
            Judgement::Accept { state, .. } if crosses && message == Message::Start => Judgement::Accept {
                state,
                pending: PendingFate::Untouched,
            },
            Judgement::Wrong { .. } if refreshes && self.track.pending.is_some() => Judgement::Crossed,
            Judgement::Wrong { .. } if refreshes => Judgement::Accept {
                state: State::Started,
                pending: PendingFate::Untouched,
            },
            judgement => judgement,
        }
    }
}

/// Takes what the message carries into the case.
fn learn(case: &mut Transfer, received: &Received<'_, TransferMessage>, facts: &Facts<'_>) {
    case.head.learn_pid(
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    );
    case.head.updated_at = facts.now;
    let by = case.head.role.other();
    match &received.message.content {
        TransferContent::Request { .. } => {}
        TransferContent::Start { data_address } => {
            case.suspended = None;
            if case.head.role == Role::Consumer {
                case.source = data_address.clone();
                case.start_due = false;
            }
        }
        TransferContent::Suspension { code, reason } => {
            case.close();
            case.suspended = Some(Ended {
                by,
                code: code.clone(),
                reason: reason.clone(),
            });
        }
        TransferContent::Completion => case.close(),
        TransferContent::Termination { code, reason } => {
            case.close();
            case.ended = Some(Ended {
                by,
                code: code.clone(),
                reason: reason.clone(),
            });
        }
    }
}

/// Refuses a message of a known peer that becomes part of no transfer: written down, and nothing else.
pub fn turn_away(received: &Received<'_, TransferMessage>, kind: RefusalKind, code: &str, why: &str) -> Step<Transfer> {
    answer::turn_away(received, kind, code, vec![why.to_owned()])
}

/// Refuses bytes of a known peer that are no message about a transfer: written down by `digest`, of the bytes as they came.
pub fn unreadable(peer: &Peer, digest: Digest, code: &str, why: &str) -> Step<Transfer> {
    answer::unreadable(peer, digest, code, why)
}
