//! Time from others: an authority of time (RFC 3161) is asked to stamp what our logs publish, and a small authority of our own answers.
//!
//! Refuses to know what a token proves (`chapar_timestamp`) and what HTTP makes of an answer (the doors).

mod ask;
mod own;
mod serve;
mod standing;

pub(crate) use ask::stamp;
pub(crate) use own::OwnAuthority;
pub use own::TIME_PATH;
pub use standing::TimeFigures;
pub(crate) use standing::TimeStanding;

use chapar_timestamp::Anchors;

/// Whom the logs of this house ask for the time, and whether this node answers others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeSettings {
    /// Who is asked; nobody, with none.
    pub authority: Option<TimeAuthority>,
    /// How often a log asks at most, in milliseconds.
    pub every_ms: u64,
    /// Whether this node is an authority itself, for demonstrations.
    pub own_authority: bool,
}

/// An authority of time, and what vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeAuthority {
    /// Where it is asked.
    pub address: String,
    /// The certificates that the operator pins.
    pub anchors: Anchors,
}

impl Default for TimeSettings {
    /// A minute: authorities have other customers.
    fn default() -> Self {
        Self {
            authority: None,
            every_ms: 60_000,
            own_authority: false,
        }
    }
}
