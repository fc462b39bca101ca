//! The two roles of every DSP process. Which participant plays which is the case's affair (`exchange`).

use std::fmt;

/// A side of a negotiation or a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Asks for an offer and for data; its process id is `consumerPid`.
    Consumer,
    /// Offers and gives data; its process id is `providerPid`.
    Provider,
}

impl Role {
    /// Both roles, consumer first.
    pub const ALL: [Self; 2] = [Self::Consumer, Self::Provider];

    /// The side across the table.
    pub const fn other(self) -> Self {
        match self {
            Self::Consumer => Self::Provider,
            Self::Provider => Self::Consumer,
        }
    }

    /// `consumer` or `provider`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Provider => "provider",
        }
    }

    /// Reads `consumer` or `provider`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
