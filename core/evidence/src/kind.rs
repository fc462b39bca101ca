//! What an entry tells of. The texts are part of the frozen format: they may grow, never change.

/// What happened in a case. The same acts for negotiations and transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// A known peer's message was accepted.
    MessageReceived,
    /// A known peer's message was refused.
    MessageRefused,
    /// A message of ours was sent; the delivery beside it tells what came of it.
    MessageSent,
    /// Somebody here, or a rule, decided.
    Decision,
    /// The sending of a message of ours ended: answered, given up, or settled by something else.
    Delivery,
}

/// What an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// An act in a contract negotiation.
    Negotiation(Act),
    /// An act in a transfer.
    Transfer(Act),
    /// Somebody here decided about an agreement.
    AgreementDecision,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Negotiation(Act::MessageReceived),
        Self::Negotiation(Act::MessageRefused),
        Self::Negotiation(Act::MessageSent),
        Self::Negotiation(Act::Decision),
        Self::Negotiation(Act::Delivery),
        Self::Transfer(Act::MessageReceived),
        Self::Transfer(Act::MessageRefused),
        Self::Transfer(Act::MessageSent),
        Self::Transfer(Act::Decision),
        Self::Transfer(Act::Delivery),
        Self::AgreementDecision,
    ];

    /// The stable text of the kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negotiation(Act::MessageReceived) => "negotiation.message.received",
            Self::Negotiation(Act::MessageRefused) => "negotiation.message.refused",
            Self::Negotiation(Act::MessageSent) => "negotiation.message.sent",
            Self::Negotiation(Act::Decision) => "negotiation.decision",
            Self::Negotiation(Act::Delivery) => "negotiation.delivery",
            Self::Transfer(Act::MessageReceived) => "transfer.message.received",
            Self::Transfer(Act::MessageRefused) => "transfer.message.refused",
            Self::Transfer(Act::MessageSent) => "transfer.message.sent",
            Self::Transfer(Act::Decision) => "transfer.decision",
            Self::Transfer(Act::Delivery) => "transfer.delivery",
            Self::AgreementDecision => "agreement.decision",
        }
    }

    /// Reads the stable text; none for any other.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
