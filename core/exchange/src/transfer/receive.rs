//! A message of the peer: judged, taken or refused, and followed up where the node decides itself.

use super::send::{permit, start, terminate};
use super::{Bound, HTTP_PULL, HTTP_PUSH, Opening, Transfer};
use crate::answer;
use crate::facts::{Facts, Received};
use crate::head::{Actor, Head, Mode};
use crate::negotiation::Ended;
use crate::step::{Created, Record, Refusal, RefusalKind, Reply, Step};
use crate::track::{Delivery, Judgement, PendingFate, Track};
use chapar_dsp::transfer::{Message, State};
use chapar_dsp::{DataAddress, Role, TransferContent, TransferMessage};
use chapar_evidence::{Act, EntryKind};

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
        return refuse_plain(
            &received,
            RefusalKind::BadRequest,
            "not-a-first-message",
            "a transfer begins with a request",
        );
    };
    let Some(bound) = bound else {
        return refuse_plain(
            &received,
            RefusalKind::NotFound,
            "agreement-unknown",
            "no such agreement is in force with you",
        );
    };
    if !is_supported(format, data_address.as_ref()) {
        let why = format!("`format` must be `{HTTP_PULL}` without `dataAddress` or `{HTTP_PUSH}` with one");
        return refuse_plain(&received, RefusalKind::BadRequest, "format-unsupported", &why);
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
        ended: None,
        first: Some(received.message.digest),
    };
    let step = take(case, received, Some(bound), facts);
    match step.reply {
        Reply::Taken {
            consumer_pid,
            provider_pid,
            state,
            ..
        } => Step {
            reply: Reply::Taken {
                created: Created::Yes,
                consumer_pid,
                provider_pid,
                state,
            },
            ..step
        },
        reply => Step { reply, ..step },
    }
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
        return refuse_plain(&received, RefusalKind::NotFound, "not-found", "no such transfer");
    }
    if case.first == Some(received.message.digest) {
        return Step::reply(taken(&case, Created::Yes));
    }
    if received.message.content.kind() == Message::Request {
        let why = vec!["a transfer with this pid began with another message".to_owned()];
        return refuse(&case, &received, facts, RefusalKind::Conflict, "pid-in-use", why);
    }
    if let Some(why) = case.head.wrong_pids(
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    ) {
        return refuse(
            &case,
            &received,
            facts,
            RefusalKind::BadRequest,
            "pid-mismatch",
            vec![why],
        );
    }
    take(case, received, bound, facts)
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
    let (state, fate) = match case.judge(sender, message, &received) {
        Judgement::Repeat => return again(case, &received, facts),
        Judgement::Stray => {
            let why = "you accepted a move of ours instead of this one";
            return refuse_plain(&received, RefusalKind::Conflict, "move-void", why);
        }
        Judgement::Accept { state, pending } => (state, pending),
        Judgement::Crossed => {
            let why = vec!["our own move is on its way to you".to_owned()];
            return refuse(&case, &received, facts, RefusalKind::Conflict, "moves-crossed", why);
        }
        Judgement::Wrong { expected } => {
            let why = vec![
                format!(
                    "`{}` cannot be taken in state `{}`",
                    message.as_str(),
                    case.track.state_name()
                ),
                format!("expected: {}", expected.join(", ")),
            ];
            return refuse(&case, &received, facts, RefusalKind::BadRequest, "wrong-state", why);
        }
    };
    let resumes = case.head.role == Role::Provider && message == Message::Start;
    if resumes && case.held {
        let why = vec!["the provider suspended this transfer; only the provider resumes it".to_owned()];
        return refuse(
            &case,
            &received,
            facts,
            RefusalKind::BadRequest,
            "suspended-by-provider",
            why,
        );
    }
    let before = case.track.state_name();
    let implied = if fate == PendingFate::Implied {
        case.track.imply(case.head.role)
    } else {
        None
    };
    let overtaken = case
        .track
        .accept(message, received.message.digest, received.effect, state, fate);
    learn(&mut case, &received, facts);
    let record = received_record(&case, &received, before, None);
    let mut step = Step::reply(taken(&case, Created::No)).record(record);
    step.cancelled.extend(implied.or(overtaken));
    let starts = (resumes && case.track.pending.is_none())
        || (message == Message::Request && case.head.mode == Mode::Auto && case.is_pull());
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
            .judge(sender, message, received.message.digest, received.effect);
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

/// Answers a repeat as before. One under a new number is remembered, for a copy of it may come late.
fn again(mut case: Transfer, received: &Received<'_, TransferMessage>, facts: &Facts<'_>) -> Step<Transfer> {
    let reply = taken(&case, Created::No);
    if !case.track.hear_again(received.effect) {
        return Step::reply(reply);
    }
    case.head.updated_at = facts.now;
    let record = received_record(&case, received, case.track.state_name(), None);
    Step::keep(case, reply).record(record)
}

/// Takes what the message carries into the case.
fn learn(case: &mut Transfer, received: &Received<'_, TransferMessage>, facts: &Facts<'_>) {
    let (_, theirs) = case.head.split(
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    );
    case.head.peer_pid = case.head.peer_pid.take().or_else(|| theirs.cloned());
    case.head.updated_at = facts.now;
    let by = case.head.role.other();
    match &received.message.content {
        TransferContent::Request { .. } => {}
        TransferContent::Start { data_address } => {
            if case.head.role == Role::Consumer {
                case.source = data_address.clone();
                case.start_due = false;
            }
        }
        TransferContent::Suspension { .. } | TransferContent::Completion => case.close(),
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

pub(super) fn taken(case: &Transfer, created: Created) -> Reply {
    answer::taken(&case.head, case.track.state_name(), created)
}

fn received_record(
    case: &Transfer,
    received: &Received<'_, TransferMessage>,
    before: &str,
    refused: Option<(&str, &[String])>,
) -> Record {
    let kind = match refused {
        None => EntryKind::Transfer(Act::MessageReceived),
        Some(_) => EntryKind::Transfer(Act::MessageRefused),
    };
    let states = (before, case.track.state_name());
    let (message, peer) = (&received.message, received.peer.value());
    let body = answer::received(message.content.kind().as_str(), message.digest, peer, states, refused);
    Record { kind, body }
}

/// Refuses a message of the known peer: written down, nothing changed.
fn refuse(
    case: &Transfer,
    received: &Received<'_, TransferMessage>,
    facts: &Facts<'_>,
    kind: RefusalKind,
    code: &str,
    reason: Vec<String>,
) -> Step<Transfer> {
    let record = received_record(case, received, case.track.state_name(), Some((code, &reason)));
    let (consumer, provider) = (
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    );
    let refusal = answer::refusal(&case.head, consumer, provider, kind, code, reason);
    let mut case = case.clone();
    case.head.updated_at = facts.now;
    Step::keep(case, Reply::Refused(refusal)).record(record)
}

fn refuse_plain(received: &Received<'_, TransferMessage>, kind: RefusalKind, code: &str, why: &str) -> Step<Transfer> {
    Step::reply(Reply::Refused(Refusal {
        consumer_pid: received.message.consumer_pid.clone(),
        provider_pid: received.message.provider_pid.clone(),
        ..Refusal::new(kind, code, why)
    }))
}
