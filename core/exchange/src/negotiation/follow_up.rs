//! What the node does by itself after a message, in `auto` mode: only where policy permits and nothing was altered.
//! Everything else waits for a person.

use super::send::send;
use super::{Ended, Negotiation};
use crate::facts::Facts;
use crate::head::Actor;
use crate::step::{Record, Step};
use crate::track::Track;
use crate::withdraw::withdraw;
use chapar_dsp::negotiation::{Message, State};
use chapar_dsp::{Agreement, NegotiationContent, Role};
use chapar_evidence::{Act, EntryKind};
use chapar_policy::{Decision, Permit, Reason, Situation, decide, unpack};
use serde_json::{Value, json};

/// After `message` of the peer was taken.
pub(super) fn follow_up(
    case: Negotiation,
    message: Message,
    facts: &Facts<'_>,
    mut step: Step<Negotiation>,
) -> Step<Negotiation> {
    if !case.is_auto() {
        step.case = Some(case);
        return step;
    }
    match (case.head.role, message) {
        // Equality of the first request with what is published was checked when it came; a counter-offer waits for a person.
        (Role::Provider, Message::Request) if case.track.effects == 0 => {
            agree_or_terminate(case, &Actor::Node, facts, step)
        }
        (Role::Provider, Message::Accepted) => agree_or_terminate(case, &Actor::Node, facts, step),
        (Role::Provider, Message::Verification) => finalize(case, &Actor::Node, facts, step),
        // The agreement equals the offer on the table, or it would have been refused.
        (Role::Consumer, Message::Agreement) => {
            let step = step.record(decision_record(&case, "verify", &Actor::Node, &Value::Null));
            send(case, &NegotiationContent::Verification, facts, step)
        }
        _ => {
            step.case = Some(case);
            step
        }
    }
}

/// Asks policy, then sends the agreement, or a termination with the reasons.
pub(super) fn agree_or_terminate(
    case: Negotiation,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Negotiation>,
) -> Step<Negotiation> {
    match permit(&case, facts) {
        Ok(permit) => agree(case, permit, actor, facts, step),
        Err(reasons) => {
            let reason = reasons.iter().map(ToString::to_string).collect();
            terminate(case, Some("policy-denied".to_owned()), reason, actor, facts, step)
        }
    }
}

/// What policy says to the offer on the table, for the consumer.
pub(super) fn permit(case: &Negotiation, facts: &Facts<'_>) -> Result<Permit, Vec<Reason>> {
    let members = case
        .standing
        .as_ref()
        .map(|standing| standing.offer.members.clone())
        .unwrap_or_default();
    let situation = Situation {
        now: facts.now,
        counterparty: &case.head.peer,
        federations: &facts.federations,
        agreed_at: None,
    };
    match decide(&members, &situation) {
        Decision::Permit(permit) => Ok(permit),
        Decision::Deny(reasons) => Err(reasons),
    }
}

/// Sends the agreement to the offer on the table. The permit is what makes it lawful.
pub(super) fn agree(
    mut case: Negotiation,
    permit: Permit,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Negotiation>,
) -> Step<Negotiation> {
    let Some(standing) = case.standing.clone() else {
        return Step {
            case: Some(case),
            ..step
        };
    };
    let Some(target) = standing.offer.target.clone() else {
        return Step {
            case: Some(case),
            ..step
        };
    };
    let (provider, consumer) = case.parties(&facts.me.id);
    let mut offer = standing.offer;
    unpack(&mut offer.members);
    let agreement = Agreement::from_offer(
        &offer,
        facts.fresh.agreement.clone(),
        target,
        provider.clone(),
        consumer.clone(),
        facts.now,
    );
    let detail = json!({ "agreement": agreement.members, "duties": permit.duties().len() });
    let step = step.record(decision_record(&case, "agree", actor, &detail));
    case.agreement = Some(agreement.clone());
    send(case, &NegotiationContent::Agreement { agreement }, facts, step)
}

/// Sends FINALIZED. The agreement comes into force here with the consumer's 2xx: until then it may still terminate.
pub(super) fn finalize(
    case: Negotiation,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Negotiation>,
) -> Step<Negotiation> {
    let step = step.record(decision_record(&case, "finalize", actor, &Value::Null));
    send(case, &NegotiationContent::Finalized, facts, step)
}

/// Sends a termination.
pub(super) fn terminate(
    mut case: Negotiation,
    code: Option<String>,
    reason: Vec<String>,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Negotiation>,
) -> Step<Negotiation> {
    let detail = json!({ "code": code, "reason": reason });
    let step = step.record(decision_record(&case, "terminate", actor, &detail));
    case.proposed = None;
    case.ended = Some(Ended {
        by: case.head.role,
        code,
        reason,
    });
    tell_end(case, facts, step)
}

/// Sends the termination that `case` holds as its end, or ends it here alone while the peer cannot be told.
pub(super) fn tell_end(case: Negotiation, facts: &Facts<'_>, step: Step<Negotiation>) -> Step<Negotiation> {
    if case.head.peer_pid.is_none() {
        return withdraw(case, facts, step);
    }
    let (code, reason) = case.ended.as_ref().map(Ended::said).unwrap_or_default();
    send(case, &NegotiationContent::Termination { code, reason }, facts, step)
}

/// After an agreement was refused because it is not what was offered: in `auto` mode the negotiation is ended with the
/// differences as reasons.
pub(super) fn end_refused(mut step: Step<Negotiation>, why: Vec<String>, facts: &Facts<'_>) -> Step<Negotiation> {
    match step.case.take() {
        Some(case) if case.is_auto() && case.track.pending.is_none() && may_terminate(&case.track) => {
            let code = Some("agreement-differs".to_owned());
            terminate(case, code, why, &Actor::Node, facts, step)
        }
        case => Step { case, ..step },
    }
}

fn may_terminate(track: &Track<crate::protocol::NegotiationProtocol>) -> bool {
    !matches!(track.state, None | Some(State::Finalized | State::Terminated))
}

/// The record of a decision and who took it.
pub(super) fn decision_record(case: &Negotiation, decision: &str, actor: &Actor, detail: &Value) -> Record {
    Record {
        kind: EntryKind::Negotiation(Act::Decision),
        body: json!({
            "decision": decision,
            "actor": actor.name(),
            "state": case.track.state_name(),
            "peer": case.head.peer.as_str(),
            "detail": detail,
        }),
    }
}
