//! What participants and the operator keep: reads on the readers, writes as jobs of the writer.

mod access;
mod assets;
mod find;
mod held;
mod keys;
mod offers;
mod participants;
mod peers;
mod policies;
mod secrets;

pub use find::{AssetPlace, Way};

#[cfg(test)]
pub(crate) mod plans {
    pub(crate) use super::assets::plans::statements as of_lists;
    pub(crate) use super::find::plans::statements as of_searches;
    pub(crate) use super::offers::plans::statements as of_pages;
}

use crate::{Committed, StoreFault};

/// How a put ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// Durable.
    Committed(Committed),
    /// Nothing was written, for a reason that a person can act on.
    Conflict(String),
}

/// How a removal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// Durably gone.
    Committed(Committed),
    /// There was nothing of that name.
    Absent,
    /// Nothing was removed: something else needs it, as said.
    InUse(String),
}

/// How a write outside the steps ended.
pub(crate) enum Ended {
    Committed(Committed),
    Refused(String),
    Absent,
}

impl Ended {
    /// For writes that are never refused.
    pub(crate) fn committed(self) -> Result<Committed, StoreFault> {
        match self {
            Self::Committed(committed) => Ok(committed),
            Self::Refused(reason) => Err(StoreFault::Broken(reason)),
            Self::Absent => Err(StoreFault::Broken("the row is gone".to_owned())),
        }
    }

    pub(crate) fn put(self) -> Put {
        match self {
            Self::Committed(committed) => Put::Committed(committed),
            Self::Refused(reason) => Put::Conflict(reason),
            Self::Absent => Put::Conflict("there is nothing of that name".to_owned()),
        }
    }

    pub(crate) fn deleted(self) -> Deleted {
        match self {
            Self::Committed(committed) => Deleted::Committed(committed),
            Self::Refused(reason) => Deleted::InUse(reason),
            Self::Absent => Deleted::Absent,
        }
    }
}
