//! What a command says when it did not do what was asked: what happened, and what to do about it.
//!
//! Holds the one shape of errors for people at a terminal. Errors of doors are `edge/api`'s, faults of the loop `edge/runtime`'s.

use std::fmt;

/// Why a command ended without success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    what: String,
    remedy: Option<String>,
    code: u8,
}

/// The usual exit code: it was not done.
const FAILED: u8 = 1;
/// The exit code when nothing can be said of what was asked about; also that of a command line that is not understood.
const UNTOLD: u8 = 2;

impl Failure {
    /// A failure in one sentence, lower case, without full stop.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: None,
            code: FAILED,
        }
    }

    /// The same, where it says nothing of what was asked about: it could not be looked at.
    #[must_use]
    pub fn untold(mut self) -> Self {
        self.code = UNTOLD;
        self
    }

    /// With what the program ends.
    pub const fn code(&self) -> u8 {
        self.code
    }

    /// Adds what the person can do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n  {remedy}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<crate::config::ConfigFault> for Failure {
    fn from(fault: crate::config::ConfigFault) -> Self {
        Self::new(fault.to_string())
    }
}

impl From<chapar_terms::Invalid> for Failure {
    fn from(invalid: chapar_terms::Invalid) -> Self {
        Self::new(invalid.to_string())
    }
}

impl From<chapar_runtime::Fault> for Failure {
    fn from(fault: chapar_runtime::Fault) -> Self {
        Self::new(fault.to_string())
    }
}

impl From<chapar_store::StoreFault> for Failure {
    fn from(fault: chapar_store::StoreFault) -> Self {
        Self::new(fault.to_string())
    }
}

impl From<chapar_verify::Unreadable> for Failure {
    fn from(unreadable: chapar_verify::Unreadable) -> Self {
        Self::new(unreadable.to_string()).untold()
    }
}

impl From<chapar_client::SendFault> for Failure {
    fn from(fault: chapar_client::SendFault) -> Self {
        Self::new(fault.to_string())
    }
}
