//! Turning a move of ours into an effect: the message, its address, its deadline.

use super::Negotiation;
use crate::address::join;
use crate::delivery::{Settled, settled};
use crate::facts::Facts;
use crate::step::{Effect, Step};
use crate::track::DELIVERY_MS;
use chapar_dsp::NegotiationContent;
use chapar_dsp::negotiation::Message;
use chapar_terms::canonical_json;

/// Makes `content` the pending move of `case` and adds the effect that delivers it.
pub(super) fn send(
    mut case: Negotiation,
    content: &NegotiationContent,
    facts: &Facts<'_>,
    mut step: Step<Negotiation>,
) -> Step<Negotiation> {
    let message = content.kind();
    if !matches!(message, Message::Request | Message::Offer) {
        // Of a move whose deadline passed and which this one replaces.
        case.proposed = None;
    }
    let (id, replaced) = case.track.propose(&case.head.id, message);
    let body = content.render(case.head.consumer_pid().as_ref(), case.head.provider_pid().as_ref());
    step.effects.push(Effect::Send {
        id,
        url: address(&case, message),
        message: message.as_str(),
        body: canonical_json(&body),
        deadline: facts.now.plus_ms(DELIVERY_MS),
    });
    if let Some(replaced) = replaced {
        step = settled(step, &case, replaced, case.track.state_name(), Settled::Replaced);
    }
    case.head.updated_at = facts.now;
    step.case = Some(case);
    step
}

fn address(case: &Negotiation, message: Message) -> String {
    let tail: &[&str] = match message {
        Message::Request => &["request"],
        Message::Offer => &["offers"],
        Message::Accepted | Message::Finalized => &["events"],
        Message::Agreement => &["agreement"],
        Message::Verification => &["agreement", "verification"],
        Message::Termination => &["termination"],
    };
    let mut segments = vec!["negotiations"];
    segments.extend(case.head.peer_pid.as_ref().map(chapar_terms::Pid::as_str));
    segments.extend(tail);
    join(&case.head.peer_address, &segments)
}
