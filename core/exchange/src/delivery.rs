//! How a move of ours is sent and how the sending ends, for both kinds of case: by the peer's answer, by its deadline, or by
//! something that settled it before. Refuses to hold when to send again (`runtime`).

use crate::answer::{proof, reached};
use crate::case::{Case, MessageOf};
use crate::facts::{Answer, Facts, Sent};
use crate::protocol::Protocol;
use crate::step::{Effect, Record, Reply, Step};
use crate::track::{DELIVERY_MS, PeerFault, Pending};
use chapar_evidence::Act;
use chapar_terms::{Digest, canonical_json};
use serde_json::{Value, json};

/// What settled a move of ours before its answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settled {
    /// The peer's message could only follow it.
    Implied,
    /// The peer's message made it void.
    Overtaken,
    /// A later decision of ours took its place.
    Replaced,
}

impl Settled {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Implied => "implied",
            Self::Overtaken => "overtaken",
            Self::Replaced => "replaced",
        }
    }
}

/// Makes `message` the pending move of `case` and adds the effect that delivers it: `body` to `url`.
pub(crate) fn send<C: Case>(
    mut case: C,
    message: MessageOf<C>,
    url: String,
    mut body: Value,
    facts: &Facts<'_>,
    mut step: Step<C>,
) -> Step<C> {
    let id = case.head().id.clone();
    let (effect, replaced) = case.track_mut().propose(&id, message);
    let name = case.track().name(&id, &Digest::of(&canonical_json(&body)));
    if let Some(members) = body.as_object_mut() {
        // Copies of it are told by this, at peers who know no number of ours: they remember which messages they took.
        members.insert("@id".to_owned(), name.into());
    }
    step.effects.push(Effect::Send {
        id: effect,
        url,
        message: C::Protocol::message_name(message),
        // Canonical, so that the digest of these bytes is the one under which the peer knows the message.
        body: canonical_json(&body),
        deadline: facts.now.plus_ms(DELIVERY_MS),
    });
    if let Some(replaced) = replaced {
        step = settled(step, &case, replaced, case.track().state_name(), Settled::Replaced);
    }
    case.head_mut().updated_at = facts.now;
    step.case = Some(case);
    step
}

/// Takes what came of `sent`. Of a move that was settled before, nothing changes any more; the message and its late answer are
/// written down all the same.
pub(crate) fn deliver<C: Case>(mut case: C, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<C> {
    let before = case.track().state_name();
    let mut ending = Ending::of(&answer);
    ending.is_late = !settle(&mut case, sent, answer, facts);
    case.head_mut().updated_at = facts.now;
    let role = case.head().role;
    let reached = (case.track().state_name() != before).then(|| reached(&mut case, role, facts));
    let message = Record {
        kind: C::entry(Act::MessageSent),
        body: json!({
            "message": sent.message,
            "effect": sent.effect,
            "digest": Digest::of(sent.body).hex(),
            "to": case.head().peer.as_str(),
        }),
    };
    let record = delivery_record(&case, (sent.message, sent.effect), before, &ending);
    let mut step = Step::keep(case, Reply::None).record(message).record(record);
    step.reached.extend(reached);
    step.cancelled.push(sent.effect.to_owned());
    step
}

/// Changes the case by the answer. False when the move was settled before.
fn settle<C: Case>(case: &mut C, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> bool {
    let pending = case.track().pending.as_ref();
    let Some(message) = pending
        .filter(|pending| pending.effect == sent.effect)
        .map(|pending| pending.message)
    else {
        return false;
    };
    let fault = |status: Option<u16>, code: String, reason: Vec<String>| PeerFault {
        message: sent.message.to_owned(),
        status,
        code,
        reason,
        at: facts.now,
    };
    match answer {
        Answer::Taken { ack, .. } => {
            let role = case.head().role;
            case.track_mut().delivered(role, sent.effect);
            case.moved(message);
            let (consumer, provider) = ack.map_or((None, None), |ack| (ack.consumer_pid, ack.provider_pid));
            case.head_mut().learn_pid(consumer.as_ref(), provider.as_ref());
        }
        Answer::Refused { status, error, .. } => {
            let code = error.code.unwrap_or_else(|| "refused".to_owned());
            case.track_mut()
                .failed(sent.effect, fault(Some(status), code, error.reason), false);
            case.dropped(message);
        }
        Answer::Lapsed(why) => {
            case.track_mut()
                .failed(sent.effect, fault(None, "no-answer".to_owned(), vec![why]), true);
        }
    }
    true
}

/// Writes into `step` that `pending` of `case` need not be sent any more, since something settled it; `before` is the state that
/// this found.
fn settled<C: Case>(mut step: Step<C>, case: &C, pending: Pending<MessageOf<C>>, before: &str, by: Settled) -> Step<C> {
    let message = C::Protocol::message_name(pending.message);
    let ending = Ending {
        outcome: by.as_str(),
        answer: Value::Null,
        proof: None,
        is_late: false,
    };
    let record = delivery_record(case, (message, &pending.effect), before, &ending);
    step.cancelled.push(pending.effect);
    step.record(record)
}

/// The same of what a message of the peer settled, if it settled any.
pub(crate) fn settled_by_peer<C: Case>(
    step: Step<C>,
    case: &C,
    implied: Option<Pending<MessageOf<C>>>,
    overtaken: Option<Pending<MessageOf<C>>>,
    before: &str,
) -> Step<C> {
    match (implied, overtaken) {
        (Some(pending), _) => settled(step, case, pending, before, Settled::Implied),
        (None, Some(pending)) => settled(step, case, pending, before, Settled::Overtaken),
        (None, None) => step,
    }
}

/// How the sending of a move ended, as evidence tells it.
struct Ending {
    outcome: &'static str,
    answer: Value,
    proof: Option<&'static str>,
    is_late: bool,
}

impl Ending {
    fn of(answer: &Answer) -> Self {
        let (outcome, detail, tied) = match answer {
            Answer::Taken { proof, .. } => ("taken", Value::Null, Some(proof)),
            Answer::Refused { status, error, proof } => (
                "refused",
                json!({ "status": status, "code": error.code, "reason": error.reason }),
                Some(proof),
            ),
            Answer::Lapsed(why) => ("lapsed", json!({ "reason": [why] }), None),
        };
        Self {
            outcome,
            answer: detail,
            proof: tied.map(proof),
            is_late: false,
        }
    }
}

/// The record of the end of `sent`, a message and its effect.
fn delivery_record<C: Case>(case: &C, sent: (&str, &str), before: &str, ending: &Ending) -> Record {
    Record {
        kind: C::entry(Act::Delivery),
        body: json!({
            "message": sent.0,
            "effect": sent.1,
            "to": case.head().peer.as_str(),
            "stateBefore": before,
            "stateAfter": case.track().state_name(),
            "outcome": ending.outcome,
            "answer": ending.answer,
            "proof": ending.proof,
            "late": ending.is_late,
        }),
    }
}
