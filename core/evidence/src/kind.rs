//! What an entry tells of. The texts are part of the frozen format: they may grow, never change.

/// What happened in a case. The same acts for negotiations and transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// A peer's message was accepted.
    MessageReceived,
    /// A message of ours was decided on, to be sent.
    MessageSent,
    /// The peer answered a message of ours with success.
    MessageAnswered,
    /// A message was refused: a known peer's by us, or ours by the peer.
    MessageRefused,
    /// Somebody here, or a rule, decided.
    Decision,
    /// The sending of a message came to its end: delivered, or given up.
    Delivery,
}

/// What an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// An act in a contract negotiation.
    Negotiation(Act),
    /// An act in a transfer.
    Transfer(Act),
    /// A request for the data of a transfer.
    TransferAccess,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Negotiation(Act::MessageReceived),
        Self::Negotiation(Act::MessageSent),
        Self::Negotiation(Act::MessageAnswered),
        Self::Negotiation(Act::MessageRefused),
        Self::Negotiation(Act::Decision),
        Self::Negotiation(Act::Delivery),
        Self::Transfer(Act::MessageReceived),
        Self::Transfer(Act::MessageSent),
        Self::Transfer(Act::MessageAnswered),
        Self::Transfer(Act::MessageRefused),
        Self::Transfer(Act::Decision),
        Self::Transfer(Act::Delivery),
        Self::TransferAccess,
    ];

    /// The stable text of the kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negotiation(Act::MessageReceived) => "negotiation.message.received",
            Self::Negotiation(Act::MessageSent) => "negotiation.message.sent",
            Self::Negotiation(Act::MessageAnswered) => "negotiation.message.answered",
            Self::Negotiation(Act::MessageRefused) => "negotiation.message.refused",
            Self::Negotiation(Act::Decision) => "negotiation.decision",
            Self::Negotiation(Act::Delivery) => "negotiation.delivery",
            Self::Transfer(Act::MessageReceived) => "transfer.message.received",
            Self::Transfer(Act::MessageSent) => "transfer.message.sent",
            Self::Transfer(Act::MessageAnswered) => "transfer.message.answered",
            Self::Transfer(Act::MessageRefused) => "transfer.message.refused",
            Self::Transfer(Act::Decision) => "transfer.decision",
            Self::Transfer(Act::Delivery) => "transfer.delivery",
            Self::TransferAccess => "transfer.access",
        }
    }

    /// Reads the stable text; none for any other.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
