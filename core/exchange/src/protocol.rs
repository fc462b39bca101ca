//! What the two machines of the protocol have in common, seen from a case. The machines themselves are in `dsp`.

use chapar_dsp::{Role, negotiation, transfer};

/// A machine of the Dataspace Protocol: its states, its messages and who may send which when.
pub trait Protocol {
    /// States both sides know.
    type State: Copy + Eq + std::fmt::Debug;
    /// Kinds of message.
    type Message: Copy + Eq + std::fmt::Debug + 'static;

    /// The state after `sender` sent `message` in `state`, or the messages that `sender` may send instead.
    ///
    /// # Errors
    /// The message does not fit the state; refuse it and change nothing.
    fn next(sender: Role, state: Option<Self::State>, message: Self::Message)
    -> Result<Self::State, Vec<&'static str>>;

    /// Whether we ourselves send `message` in `state`: the specification's own table, without the superset that we take from others.
    fn sends(sender: Role, state: Option<Self::State>, message: Self::Message) -> bool;

    /// Which of two moves that cross on the wire stands: the higher one. Equal ranks lead to the same state.
    fn rank(message: Self::Message) -> u8;

    /// Whether this message ends the case whatever the peer answers.
    fn is_termination(message: Self::Message) -> bool;

    /// Whether `message` says nothing but that the case has come to `state`, its end: two of them may cross and both stand.
    fn agrees(message: Self::Message, state: Self::State) -> bool;

    /// Whether no message can follow.
    fn is_final(state: Self::State) -> bool;

    /// The final state that a termination leads to.
    const TERMINATED: Self::State;

    /// The word of a person's decision for each kind of message.
    const DECISIONS: &'static [(Self::Message, &'static str)];

    /// The wire name of a state.
    fn state_name(state: Self::State) -> &'static str;
    /// Reads a wire name.
    fn parse_state(name: &str) -> Option<Self::State>;
    /// The name of a message kind.
    fn message_name(message: Self::Message) -> &'static str;
    /// Reads the name of a message kind.
    fn parse_message(name: &str) -> Option<Self::Message>;
}

/// The contract negotiation machine (DSP 2025-1, contract negotiation protocol).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NegotiationProtocol;

/// The transfer process machine (DSP 2025-1, transfer process protocol).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferProtocol;

impl Protocol for NegotiationProtocol {
    type State = negotiation::State;
    type Message = negotiation::Message;

    fn next(
        sender: Role,
        state: Option<Self::State>,
        message: Self::Message,
    ) -> Result<Self::State, Vec<&'static str>> {
        negotiation::next(sender, state, message).map_err(|wrong| wrong.expected.iter().map(|m| m.as_str()).collect())
    }

    fn sends(sender: Role, state: Option<Self::State>, message: Self::Message) -> bool {
        let second_offer = state == Some(negotiation::State::Offered) && message == negotiation::Message::Offer;
        !second_offer && negotiation::next(sender, state, message).is_ok()
    }

    /// An acceptance on its way stands against a second offer, which is no longer the offer that was accepted.
    fn rank(message: Self::Message) -> u8 {
        match message {
            negotiation::Message::Termination => 2,
            negotiation::Message::Accepted => 1,
            _ => 0,
        }
    }

    fn is_termination(message: Self::Message) -> bool {
        message == negotiation::Message::Termination
    }

    /// Only a provider says so, and to a consumer that has come there by that word alone.
    fn agrees(_: Self::Message, _: Self::State) -> bool {
        false
    }

    fn is_final(state: Self::State) -> bool {
        state.is_final()
    }

    const TERMINATED: Self::State = negotiation::State::Terminated;

    const DECISIONS: &'static [(Self::Message, &'static str)] = &[
        (negotiation::Message::Request, "request"),
        (negotiation::Message::Offer, "offer"),
        (negotiation::Message::Accepted, "accept"),
        (negotiation::Message::Agreement, "agree"),
        (negotiation::Message::Verification, "verify"),
        (negotiation::Message::Finalized, "finalize"),
        (negotiation::Message::Termination, "terminate"),
    ];

    fn state_name(state: Self::State) -> &'static str {
        state.as_str()
    }

    fn parse_state(name: &str) -> Option<Self::State> {
        negotiation::State::parse(name)
    }

    fn message_name(message: Self::Message) -> &'static str {
        message.as_str()
    }

    fn parse_message(name: &str) -> Option<Self::Message> {
        negotiation::Message::ALL
            .into_iter()
            .find(|message| message.as_str() == name)
    }
}

impl Protocol for TransferProtocol {
    type State = transfer::State;
    type Message = transfer::Message;

    fn next(
        sender: Role,
        state: Option<Self::State>,
        message: Self::Message,
    ) -> Result<Self::State, Vec<&'static str>> {
        transfer::next(sender, state, message).map_err(|wrong| wrong.expected.iter().map(|m| m.as_str()).collect())
    }

    fn sends(sender: Role, state: Option<Self::State>, message: Self::Message) -> bool {
        transfer::next(sender, state, message).is_ok()
    }

    /// A suspension crosses a completion, or a termination crosses either: the one that ends more stands.
    fn rank(message: Self::Message) -> u8 {
        match message {
            transfer::Message::Request | transfer::Message::Start => 0,
            transfer::Message::Suspension => 1,
            transfer::Message::Completion => 2,
            transfer::Message::Termination => 3,
        }
    }

    fn is_termination(message: Self::Message) -> bool {
        message == transfer::Message::Termination
    }

    fn agrees(message: Self::Message, state: Self::State) -> bool {
        (message, state) == (transfer::Message::Completion, transfer::State::Completed)
    }

    fn is_final(state: Self::State) -> bool {
        state.is_final()
    }

    const TERMINATED: Self::State = transfer::State::Terminated;

    const DECISIONS: &'static [(Self::Message, &'static str)] = &[
        (transfer::Message::Start, "start"),
        (transfer::Message::Suspension, "suspend"),
        (transfer::Message::Completion, "complete"),
        (transfer::Message::Termination, "terminate"),
    ];

    fn state_name(state: Self::State) -> &'static str {
        state.as_str()
    }

    fn parse_state(name: &str) -> Option<Self::State> {
        transfer::State::parse(name)
    }

    fn message_name(message: Self::Message) -> &'static str {
        message.as_str()
    }

    fn parse_message(name: &str) -> Option<Self::Message> {
        transfer::Message::ALL
            .into_iter()
            .find(|message| message.as_str() == name)
    }
}
