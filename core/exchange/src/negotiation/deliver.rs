//! What came of a delivery.

use super::Negotiation;
use super::receive::in_force;
use crate::facts::{Answer, Facts};
use crate::step::{Record, Reply, Step};
use crate::track::PeerFault;
use chapar_dsp::negotiation::{Message, State};
use chapar_evidence::{Act, EntryKind};
use serde_json::{Value, json};

/// Takes the result of the effect `effect`. The result of an effect that is no longer pending changes nothing.
pub fn deliver(mut case: Negotiation, effect: &str, answer: Answer, facts: &Facts<'_>) -> Step<Negotiation> {
    let message = case.pending_message().map_or("", Message::as_str);
    let before = case.track.state_name();
    let answered = !matches!(answer, Answer::Lapsed(_));
    let (changed, detail) = match answer {
        Answer::Taken(ack) => {
            let changed = case.track.delivered(case.head.role, effect);
            if changed {
                case.settle_proposed();
                let theirs = ack.as_ref().and_then(|ack| {
                    case.head
                        .split(ack.consumer_pid.as_ref(), ack.provider_pid.as_ref())
                        .1
                        .cloned()
                });
                case.head.peer_pid = case.head.peer_pid.take().or(theirs);
            }
            (changed, json!({ "taken": true }))
        }
        Answer::Refused { status, error } => {
            let detail = json!({ "status": status, "code": error.code, "reason": error.reason });
            let fault = PeerFault {
                message: message.to_owned(),
                status: Some(status),
                code: error.code.unwrap_or_else(|| "refused".to_owned()),
                reason: error.reason,
                at: facts.now,
            };
            (case.lose(effect, fault, false), detail)
        }
        Answer::Lapsed(why) => {
            let detail = json!({ "lapsed": why });
            let fault = PeerFault {
                message: message.to_owned(),
                status: None,
                code: "no-answer".to_owned(),
                reason: vec![why],
                at: facts.now,
            };
            (case.lose(effect, fault, true), detail)
        }
    };
    if !changed {
        return Step {
            cancelled: vec![effect.to_owned()],
            ..Step::reply(Reply::None)
        };
    }
    case.head.updated_at = facts.now;
    let sent = answered.then(|| sent_record(&case, message, effect));
    let delivery = delivery_record(&case, message, effect, before, &detail);
    let agreement = (case.track.state == Some(State::Finalized))
        .then(|| in_force(&case, facts))
        .flatten();
    let mut step = Step {
        agreement,
        ..Step::keep(case, Reply::None)
    };
    step.records.extend(sent);
    step.records.push(delivery);
    step.cancelled.push(effect.to_owned());
    step
}

/// The first record of a delivery that was answered: the message as it went out.
fn sent_record(case: &Negotiation, message: &str, effect: &str) -> Record {
    Record {
        kind: EntryKind::Negotiation(Act::MessageSent),
        body: json!({ "message": message, "effect": effect, "to": case.head.peer.as_str() }),
    }
}

/// The second: what came of it.
fn delivery_record(case: &Negotiation, message: &str, effect: &str, before: &str, detail: &Value) -> Record {
    Record {
        kind: EntryKind::Negotiation(Act::Delivery),
        body: json!({
            "message": message,
            "effect": effect,
            "to": case.head.peer.as_str(),
            "stateBefore": before,
            "stateAfter": case.track.state_name(),
            "answer": detail,
        }),
    }
}

impl Negotiation {
    fn lose(&mut self, effect: &str, fault: PeerFault, lapsed: bool) -> bool {
        let agreeing = self.pending_message() == Some(Message::Agreement);
        let changed = self.track.failed(effect, fault, lapsed);
        if changed && !lapsed {
            self.proposed = None;
            if agreeing {
                self.agreement = None;
            }
        }
        changed
    }
}
