//! The contract negotiation machine (DSP 2025-1, Contract Negotiation Protocol, states and transitions).
//!
//! Says which message of which sender may follow which state, and nothing else: it holds no case. Whether an offer is known, a
//! policy allows it, or a repeat is harmless is decided in `exchange`. The whole machine as a table: `tables/negotiation.txt`.

use crate::Role;
use std::fmt;

/// A negotiation's state as both sides know it. "Before the first message" is `None` of an `Option<State>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The consumer asked, first or with a counter-offer.
    Requested,
    /// The provider offered, first or with a counter-offer.
    Offered,
    /// The consumer took the provider's offer.
    Accepted,
    /// The provider sent the agreement.
    Agreed,
    /// The consumer verified the agreement.
    Verified,
    /// The agreement is in force. Final.
    Finalized,
    /// One side ended the negotiation. Final.
    Terminated,
}

impl State {
    /// All states, in the order of a negotiation that goes well.
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Offered,
        Self::Accepted,
        Self::Agreed,
        Self::Verified,
        Self::Finalized,
        Self::Terminated,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Offered => "OFFERED",
            Self::Accepted => "ACCEPTED",
            Self::Agreed => "AGREED",
            Self::Verified => "VERIFIED",
            Self::Finalized => "FINALIZED",
            Self::Terminated => "TERMINATED",
        }
    }

    /// Reads the name on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether no message can follow.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Finalized | Self::Terminated)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kinds of negotiation messages; the two event types count as two kinds, for each belongs to one side only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// The consumer's first request or counter-offer.
    Request,
    /// The provider's first offer or counter-offer.
    Offer,
    /// The consumer's event `ACCEPTED`.
    Accepted,
    /// The provider's agreement.
    Agreement,
    /// The consumer's verification of the agreement.
    Verification,
    /// The provider's event `FINALIZED`.
    Finalized,
    /// Either side's end of the negotiation.
    Termination,
}

impl Message {
    /// All kinds, in the order of a negotiation that goes well.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::Offer,
        Self::Accepted,
        Self::Agreement,
        Self::Verification,
        Self::Finalized,
        Self::Termination,
    ];

    /// The `@type` on the wire; for events followed by `:` and the event type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "ContractRequestMessage",
            Self::Offer => "ContractOfferMessage",
            Self::Accepted => "ContractNegotiationEventMessage:ACCEPTED",
            Self::Agreement => "ContractAgreementMessage",
            Self::Verification => "ContractAgreementVerificationMessage",
            Self::Finalized => "ContractNegotiationEventMessage:FINALIZED",
            Self::Termination => "ContractNegotiationTerminationMessage",
        }
    }

    /// Reads what [`Message::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|message| message.as_str() == text)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The message does not fit the state. Nothing changes; the sender is told what it may send now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongState {
    /// Who sent it.
    pub sender: Role,
    /// The state it came in; `None` before the first message.
    pub state: Option<State>,
    /// What came.
    pub message: Message,
    /// What this sender may send in this state; empty when only the other side may, or nobody.
    pub expected: Vec<Message>,
}

impl fmt::Display for WrongState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.map_or("none", State::as_str);
        write!(f, "{} by the {} does not fit state {state}", self.message, self.sender)?;
        match self.expected.is_empty() {
            true => f.write_str("; nothing is expected of this side"),
            false => {
                let expected: Vec<_> = self.expected.iter().map(|message| message.as_str()).collect();
                write!(f, "; expected: {}", expected.join(", "))
            }
        }
    }
}

impl std::error::Error for WrongState {}

/// The state after `sender` sent `message` in `state`.
///
/// # Errors
/// The message does not fit: answer 400 (or note it) and keep the state.
pub fn next(sender: Role, state: Option<State>, message: Message) -> Result<State, WrongState> {
    allowed(sender, state, message).ok_or_else(|| WrongState {
        sender,
        state,
        message,
        expected: expected(sender, state),
    })
}

/// What `sender` may send in `state`.
pub fn expected(sender: Role, state: Option<State>) -> Vec<Message> {
    Message::ALL
        .into_iter()
        .filter(|message| allowed(sender, state, *message).is_some())
        .collect()
}

/// The one place that knows the transitions. Wider than the printed table in two ways, as the official kit's own model is: the
/// provider may offer again while `OFFERED`, and either side may terminate in every state that is not final.
const fn allowed(sender: Role, state: Option<State>, message: Message) -> Option<State> {
    use Role::{Consumer, Provider};
    match (sender, state, message) {
        (Consumer, None | Some(State::Offered), Message::Request) => Some(State::Requested),
        (Provider, None | Some(State::Requested | State::Offered), Message::Offer) => Some(State::Offered),
        (Consumer, Some(State::Offered), Message::Accepted) => Some(State::Accepted),
        (Provider, Some(State::Requested | State::Accepted), Message::Agreement) => Some(State::Agreed),
        (Consumer, Some(State::Agreed), Message::Verification) => Some(State::Verified),
        (Provider, Some(State::Verified), Message::Finalized) => Some(State::Finalized),
        (_, Some(state), Message::Termination) if !state.is_final() => Some(State::Terminated),
        _ => None,
    }
}
