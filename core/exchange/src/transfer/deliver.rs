//! What came of a delivery.

use super::{Opening, Transfer};
use crate::facts::{Answer, Facts};
use crate::step::{Record, Reply, Step};
use crate::track::PeerFault;
use chapar_dsp::Role;
use chapar_dsp::transfer::Message;
use chapar_evidence::{Act, EntryKind};
use serde_json::{Value, json};

/// Takes the result of the effect `effect`. The result of an effect that is no longer pending changes nothing.
pub fn deliver(mut case: Transfer, effect: &str, answer: Answer, facts: &Facts<'_>) -> Step<Transfer> {
    let pending = case.track.pending.as_ref().map(|pending| pending.message);
    let message = pending.map_or("", Message::as_str);
    let before = case.track.state_name();
    let answered = !matches!(answer, Answer::Lapsed(_));
    let (changed, detail) = match answer {
        Answer::Taken(ack) => {
            let changed = case.track.delivered(case.head.role, effect);
            if changed {
                let theirs = ack.as_ref().and_then(|ack| {
                    case.head
                        .split(ack.consumer_pid.as_ref(), ack.provider_pid.as_ref())
                        .1
                        .cloned()
                });
                case.head.peer_pid = case.head.peer_pid.take().or(theirs);
                case.start_due = case.head.role == Role::Consumer && pending == Some(Message::Start);
            }
            (changed, json!({ "taken": true }))
        }
        Answer::Refused { status, error } => {
            let detail = json!({ "status": status, "code": error.code, "reason": error.reason });
            let code = error.code.unwrap_or_else(|| "refused".to_owned());
            let fault = fault(message, Some(status), code, error.reason, facts);
            (case.lose(effect, fault, false), detail)
        }
        Answer::Lapsed(why) => {
            let detail = json!({ "lapsed": why });
            let fault = fault(message, None, "no-answer".to_owned(), vec![why], facts);
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
    let mut step = Step::keep(case, Reply::None);
    step.records.extend(sent);
    step.records.push(delivery);
    step.cancelled.push(effect.to_owned());
    step
}

fn fault(message: &str, status: Option<u16>, code: String, reason: Vec<String>, facts: &Facts<'_>) -> PeerFault {
    PeerFault {
        message: message.to_owned(),
        status,
        code,
        reason,
        at: facts.now,
    }
}

/// The first record of a delivery that was answered: the message as it went out.
fn sent_record(case: &Transfer, message: &str, effect: &str) -> Record {
    Record {
        kind: EntryKind::Transfer(Act::MessageSent),
        body: json!({ "message": message, "effect": effect, "to": case.head.peer.as_str() }),
    }
}

/// The second: what came of it.
fn delivery_record(case: &Transfer, message: &str, effect: &str, before: &str, detail: &Value) -> Record {
    Record {
        kind: EntryKind::Transfer(Act::Delivery),
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

impl Transfer {
    /// A start that the peer refused for good opens nothing.
    fn lose(&mut self, effect: &str, fault: PeerFault, lapsed: bool) -> bool {
        let starting = self
            .track
            .pending
            .as_ref()
            .is_some_and(|pending| pending.message == Message::Start);
        let changed = self.track.failed(effect, fault, lapsed);
        if changed && chapar_terms::sabotaged("reopen-after-refused-suspension") {
            self.opening = Opening::Open {
                number: self.openings,
                until: None,
            };
        }
        if changed && !lapsed && starting && self.head.role == Role::Provider {
            self.close();
        }
        changed
    }
}
