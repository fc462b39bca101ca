//! What can go wrong at a handle, by fault: the sender's, ours, or nobody's for now.

use chapar_exchange::{Broken, Refusal};
use chapar_store::StoreFault;
use chapar_terms::{Invalid, SigningFault};
use std::fmt;

/// Why a handle did not do what was asked.
#[derive(Debug)]
pub enum Fault {
    /// The asker's: no such thing here.
    NotFound,
    /// The asker's: what was given does not fit. Code and reason are for it.
    Invalid {
        /// Stable.
        code: String,
        /// For people.
        reason: String,
    },
    /// The asker's, or policy's: refused with reasons.
    Refused(Refusal),
    /// Used elsewhere, or at odds with what is there; the reason is for people.
    Conflict(String),
    /// The asker's: it has too many open cases.
    Crowded {
        /// When asking again makes sense.
        retry_after_s: u64,
    },
    /// A peer's, whom the asker wanted us to talk to: it does not answer, or not now; the reason is for the asker.
    PeerSilent(String),
    /// A peer's likewise: it refused, or its answer is none. Code and reason are for the asker.
    PeerRefused {
        /// Stable where it is ours; the peer's own otherwise.
        code: String,
        /// For people.
        reason: String,
    },
    /// The asker's, perhaps: where it wants to be answered cannot be looked up now; the reason is for it.
    Unresolved(String),
    /// Nobody's: try again later.
    Unavailable(String),
    /// Ours: logged with its source, answered blankly.
    Internal(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Invalid { code, reason } | Self::PeerRefused { code, reason } => write!(f, "{code}: {reason}"),
            Self::Refused(refusal) => write!(f, "{}: {}", refusal.code, refusal.reason.join("; ")),
            Self::Conflict(why) => write!(f, "conflict: {why}"),
            Self::Crowded { .. } => f.write_str("too many open cases"),
            Self::PeerSilent(why) => write!(f, "the peer is silent: {why}"),
            Self::Unresolved(why) => write!(f, "unresolved: {why}"),
            Self::Unavailable(why) => write!(f, "unavailable: {why}"),
            Self::Internal(why) => write!(f, "fault: {why}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<StoreFault> for Fault {
    fn from(fault: StoreFault) -> Self {
        match fault {
            StoreFault::Unknown(_) | StoreFault::Unavailable(_) | StoreFault::Objects(_) => {
                Self::Unavailable(fault.to_string())
            }
            StoreFault::NoContent(why) => Self::Conflict(why),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        Self::Internal(broken.to_string())
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid {
            code: "invalid".to_owned(),
            reason: invalid.to_string(),
        }
    }
}

impl From<SigningFault> for Fault {
    fn from(_: SigningFault) -> Self {
        Self::Internal("the signing key could not be used".to_owned())
    }
}
