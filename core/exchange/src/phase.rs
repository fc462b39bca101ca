//! The one name of (state, pending) that lists are queried by: the state, or the `-ING` word for a move under way.

use chapar_dsp::{negotiation, transfer};

/// The phase of a negotiation: `REQUESTING`, `REQUESTED`, `OFFERING` ... as operators of connectors know them.
pub fn negotiation(state: Option<negotiation::State>, pending: Option<negotiation::Message>) -> &'static str {
    use negotiation::{Message, State};
    match pending {
        // What is still on its way leads nowhere.
        Some(_) if state == Some(State::Terminated) => State::Terminated.as_str(),
        Some(Message::Request) => "REQUESTING",
        Some(Message::Offer) => "OFFERING",
        Some(Message::Accepted) => "ACCEPTING",
        Some(Message::Agreement) => "AGREEING",
        Some(Message::Verification) => "VERIFYING",
        Some(Message::Finalized) => "FINALIZING",
        Some(Message::Termination) => "TERMINATING",
        None => state.map_or("INITIAL", negotiation::State::as_str),
    }
}

/// The phase of a transfer. A start out of `SUSPENDED` is `RESUMING`.
pub fn transfer(state: Option<transfer::State>, pending: Option<transfer::Message>) -> &'static str {
    use transfer::{Message, State};
    match pending {
        // What is still on its way leads nowhere.
        Some(_) if state == Some(State::Terminated) => State::Terminated.as_str(),
        Some(Message::Request) => "REQUESTING",
        Some(Message::Start) if state == Some(State::Suspended) => "RESUMING",
        Some(Message::Start) => "STARTING",
        Some(Message::Suspension) => "SUSPENDING",
        Some(Message::Completion) => "COMPLETING",
        Some(Message::Termination) => "TERMINATING",
        None => state.map_or("INITIAL", State::as_str),
    }
}
