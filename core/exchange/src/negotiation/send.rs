//! A move of ours as a message with its address.

use super::Negotiation;
use crate::address::join;
use crate::delivery;
use crate::facts::Facts;
use crate::step::Step;
use chapar_dsp::NegotiationContent;
use chapar_dsp::negotiation::Message;

/// Makes `content` the pending move of `case` and adds the effect that delivers it.
pub(super) fn send(
    mut case: Negotiation,
    content: &NegotiationContent,
    facts: &Facts<'_>,
    step: Step<Negotiation>,
) -> Step<Negotiation> {
    let message = content.kind();
    if !matches!(message, Message::Request | Message::Offer) {
        // Of a move whose deadline passed and which this one replaces.
        case.proposed = None;
    }
    let body = content.render(case.head.consumer_pid().as_ref(), case.head.provider_pid().as_ref());
    let url = address(&case, message);
    delivery::send(case, message, url, body, facts, step)
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
