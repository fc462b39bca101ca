//! The transfer process machine (DSP 2025-1, Transfer Process Protocol, states and transitions).
//!
//! Says which message of which sender may follow which state, and nothing else: it holds no case and opens no data flow (`exchange`,
//! `edge/dataplane`). The whole machine as a table: `tables/transfer.txt`.

use crate::Role;
use std::fmt;

/// A transfer's state as both sides know it. "Before the first message" is `None` of an `Option<State>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The consumer asked for data under an agreement.
    Requested,
    /// Data may flow.
    Started,
    /// The flow rests; either side may ask to go on.
    Suspended,
    /// The data is handed over. Final.
    Completed,
    /// One side ended the transfer. Final.
    Terminated,
}

impl State {
    /// All states, in the order of a transfer that goes well.
    pub const ALL: [Self; 5] = [
        Self::Requested,
        Self::Started,
        Self::Suspended,
        Self::Completed,
        Self::Terminated,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Started => "STARTED",
            Self::Suspended => "SUSPENDED",
            Self::Completed => "COMPLETED",
            Self::Terminated => "TERMINATED",
        }
    }

    /// Reads the name on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether no message can follow.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Terminated)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kinds of transfer messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// The consumer's request.
    Request,
    /// The provider's start; from the consumer, in `SUSPENDED` only, the wish to go on.
    Start,
    /// Either side's pause.
    Suspension,
    /// Either side's word that the data is handed over.
    Completion,
    /// Either side's end of the transfer.
    Termination,
}

impl Message {
    /// All kinds, in the order of a transfer that goes well.
    pub const ALL: [Self; 5] = [
        Self::Request,
        Self::Start,
        Self::Suspension,
        Self::Completion,
        Self::Termination,
    ];

    /// The `@type` on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "TransferRequestMessage",
            Self::Start => "TransferStartMessage",
            Self::Suspension => "TransferSuspensionMessage",
            Self::Completion => "TransferCompletionMessage",
            Self::Termination => "TransferTerminationMessage",
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

/// The state after `sender` sent `message` in `state`. A consumer's start while `SUSPENDED` gives `STARTED`; that the data may only
/// flow again once the provider sent its own start, with a fresh address, is the rule of `exchange`.
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

/// The one place that knows the transitions.
const fn allowed(sender: Role, state: Option<State>, message: Message) -> Option<State> {
    use Role::{Consumer, Provider};
    match (sender, state, message) {
        (Consumer, None, Message::Request) => Some(State::Requested),
        (Provider, Some(State::Requested), Message::Start) => Some(State::Started),
        (_, Some(State::Suspended), Message::Start) => Some(State::Started),
        (_, Some(State::Started), Message::Suspension) => Some(State::Suspended),
        (_, Some(State::Started), Message::Completion) => Some(State::Completed),
        (_, Some(state), Message::Termination) if !state.is_final() => Some(State::Terminated),
        _ => None,
    }
}
