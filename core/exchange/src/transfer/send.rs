//! A move of ours as a message with its address, and the moves that both a message and a decision bring about.

use super::{Bound, Opening, Transfer};
use crate::address::join;
use crate::delivery;
use crate::facts::Facts;
use crate::head::Actor;
use crate::negotiation::Ended;
use crate::step::{Record, Step};
use crate::withdraw::withdraw;
use chapar_dsp::TransferContent;
use chapar_dsp::transfer::Message;
use chapar_evidence::{Act, EntryKind};
use chapar_policy::{Decision, Permit, Reason, Situation, decide};
use serde_json::{Value, json};

/// Makes `content` the pending move of `case` and adds the effect that delivers it.
pub(super) fn send(
    case: Transfer,
    content: &TransferContent,
    facts: &Facts<'_>,
    step: Step<Transfer>,
) -> Step<Transfer> {
    let message = content.kind();
    let body = content.render(case.head.consumer_pid().as_ref(), case.head.provider_pid().as_ref());
    let url = address(&case, message);
    delivery::send(case, message, url, body, facts, step)
}

/// Opens access and sends the start message, for a pull with a fresh address. The permit is what makes it lawful.
pub(super) fn start(
    mut case: Transfer,
    permit: &Permit,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Transfer>,
) -> Step<Transfer> {
    let until = permit.expires_at();
    if case.is_pull() || case.is_pushed() {
        case.openings = case.openings.saturating_add(1);
        case.opening = Opening::Open {
            number: case.openings,
            until,
        };
    }
    if case.is_pull() {
        case.source = Some(facts.access.grant(&case, case.openings, facts.now, until));
    }
    case.held = false;
    let detail = json!({ "opening": case.openings, "until": until.map(|until| until.rfc3339()) });
    let step = step.record(decision_record(&case, "start", actor, &detail));
    let data_address = case.source.clone();
    send(case, &TransferContent::Start { data_address }, facts, step)
}

/// Sends a termination; access closes with this very step.
pub(super) fn terminate(
    mut case: Transfer,
    code: Option<String>,
    reason: Vec<String>,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Transfer>,
) -> Step<Transfer> {
    let detail = json!({ "code": code, "reason": reason });
    let step = step.record(decision_record(&case, "terminate", actor, &detail));
    case.close();
    case.ended = Some(Ended {
        by: case.head.role,
        code,
        reason,
    });
    tell_end(case, facts, step)
}

/// Sends the termination that `case` holds as its end, or ends it here alone while the peer cannot be told.
pub(super) fn tell_end(case: Transfer, facts: &Facts<'_>, step: Step<Transfer>) -> Step<Transfer> {
    if case.head.peer_pid.is_none() {
        return withdraw(case, facts, step);
    }
    let (code, reason) = case.ended.as_ref().map(Ended::said).unwrap_or_default();
    send(case, &TransferContent::Termination { code, reason }, facts, step)
}

/// What policy says to this transfer now, by the rules that were agreed.
pub(super) fn permit(case: &Transfer, bound: &Bound, facts: &Facts<'_>) -> Result<Permit, Vec<Reason>> {
    let situation = Situation {
        now: facts.now,
        counterparty: &case.head.peer,
        federations: &facts.federations,
        agreed_at: bound.agreement.timestamp,
    };
    match decide(&bound.agreement.members, &situation) {
        Decision::Permit(permit) => Ok(permit),
        Decision::Deny(reasons) => Err(reasons),
    }
}

/// The record of a decision and who took it.
pub(super) fn decision_record(case: &Transfer, decision: &str, actor: &Actor, detail: &Value) -> Record {
    Record {
        kind: EntryKind::Transfer(Act::Decision),
        body: json!({
            "decision": decision,
            "actor": actor.name(),
            "state": case.track.state_name(),
            "peer": case.head.peer.as_str(),
            "agreement": case.agreement.as_str(),
            "detail": detail,
        }),
    }
}

fn address(case: &Transfer, message: Message) -> String {
    let tail = match message {
        Message::Request => "request",
        Message::Start => "start",
        Message::Suspension => "suspension",
        Message::Completion => "completion",
        Message::Termination => "termination",
    };
    let mut segments = vec!["transfers"];
    segments.extend(case.head.peer_pid.as_ref().map(chapar_terms::Pid::as_str));
    segments.push(tail);
    join(&case.head.peer_address, &segments)
}
