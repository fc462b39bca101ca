//! A push: the provider delivers to the consumer's address, once the consumer has taken its start.
//!
//! What is under way is told by the case itself: a push belongs to one opening, and ends with it. Refuses to hold how bytes
//! travel and when a try is made again (`runtime`).

use super::send::{decision_record, send, terminate};
use super::{Opening, Transfer};
use crate::facts::Facts;
use crate::head::Actor;
use crate::step::{Effect, Record, Reply, Step};
use chapar_dsp::transfer::State;
use chapar_dsp::{DataAddress, Role, TransferContent};
use chapar_evidence::{Act, EntryKind};
use serde_json::{Value, json};

/// How long a push is begun again when the consumer's place does not take it, in milliseconds: a place that is being mended is
/// mended by then, and both sides hear of one that is not on the same day.
const PUSH_MS: i64 = 60 * 60 * 1000;
/// Types of the addresses that are delivered to: plain HTTP, as EDC calls it and as IDSA does.
const HTTP_TYPES: [&str; 3] = [
    "HttpData",
    "https://w3id.org/edc/v0.0.1/ns/HttpData",
    "https://w3id.org/idsa/v4.1/HTTP",
];
/// The code under which a failed push ends a transfer.
const FAILED: &str = "push-failed";

/// What came of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The consumer's place took all of it.
    Done {
        /// How many bytes.
        bytes: u64,
    },
    /// It will not come to an end.
    Failed {
        /// For the people of both sides.
        reason: String,
    },
    /// It was broken off, since access closed.
    Cut,
}

impl Transfer {
    /// The effect that delivers the data, while it is to be delivered.
    pub fn push(&self) -> Option<String> {
        match self.opening {
            Opening::Open { number, .. } if self.is_pushed() => Some(format!("{}#push-{number}", self.head.id)),
            _ => None,
        }
    }

    /// Whether we deliver the data ourselves.
    pub(super) fn is_pushed(&self) -> bool {
        self.head.role == Role::Provider && self.destination.as_ref().is_some_and(is_http)
    }
}

/// Whether we know how to deliver there. Where we do not, people deliver, and say when it is done.
fn is_http(address: &DataAddress) -> bool {
    HTTP_TYPES.contains(&address.endpoint_type.as_str()) || address.property("type") == Some("HttpData")
}

/// Adds the push that is due: the consumer has taken the start.
pub(super) fn add_push(mut step: Step<Transfer>, facts: &Facts<'_>) -> Step<Transfer> {
    let Some(case) = &step.case else { return step };
    let is_started = case.track.state == Some(State::Started) && case.track.pending.is_none();
    if let Some(id) = case.push().filter(|_| is_started) {
        step.effects.push(Effect::Push {
            id,
            deadline: facts.now.plus_ms(PUSH_MS),
        });
    }
    step
}

/// Calls off the push that was under way `before`, if the step has ended it.
pub(super) fn call_off(mut step: Step<Transfer>, before: Option<String>) -> Step<Transfer> {
    let now = step.case.as_ref().map(Transfer::push);
    if let (Some(before), Some(now)) = (before, now)
        && now.as_ref() != Some(&before)
    {
        step.cancelled.push(before);
    }
    step
}

/// Takes what came of the push `effect`. Of one that its opening has outlived, nothing changes any more; it is written down all
/// the same.
pub fn pushed(case: Transfer, effect: &str, outcome: Pushed, facts: &Facts<'_>) -> Step<Transfer> {
    let is_due = case.push().as_deref() == Some(effect) && case.track.pending.is_none();
    let record = push_record(&case, effect, &outcome, is_due);
    let mut step = Step::reply(Reply::None).record(record);
    step.cancelled.push(effect.to_owned());
    match outcome {
        Pushed::Done { .. } if is_due => {
            let mut case = case;
            case.close();
            let step = step.record(decision_record(&case, "complete", &Actor::Node, &Value::Null));
            send(case, &TransferContent::Completion, facts, step)
        }
        Pushed::Failed { reason } if is_due => {
            let (code, reason) = (Some(FAILED.to_owned()), vec![reason]);
            terminate(case, code, reason, &Actor::Node, facts, step)
        }
        _ => {
            let mut case = case;
            case.head.updated_at = facts.now;
            step.case = Some(case);
            step
        }
    }
}

fn push_record(case: &Transfer, effect: &str, outcome: &Pushed, is_due: bool) -> Record {
    let (word, detail) = match outcome {
        Pushed::Done { bytes } => ("delivered", json!({ "bytes": bytes })),
        Pushed::Failed { reason } => ("failed", json!({ "reason": [reason] })),
        Pushed::Cut => ("cut", Value::Null),
    };
    let state = case.track.state_name();
    Record {
        kind: EntryKind::Transfer(Act::Delivery),
        body: json!({
            "message": "push",
            "effect": effect,
            "to": case.head.peer.as_str(),
            "stateBefore": state,
            "stateAfter": state,
            "outcome": word,
            "answer": detail,
            "proof": null,
            "late": !is_due,
        }),
    }
}
