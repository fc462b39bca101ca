//! Which desk a caller gets and whether its role is enough; the same at every private door. How a door hears of key and
//! participant, and what it answers, is its own.

use crate::callers::{Caller, KeyRole};
use crate::{Desk, Runtime};

/// Why a caller gets no desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDesk {
    /// The participant named is not hosted here, or not the caller's to name: the answer is the same.
    Unknown,
    /// The key is good for less than is asked.
    Weak {
        /// The least role that would do.
        needs: KeyRole,
        /// The role of the key.
        has: KeyRole,
    },
    /// The operator's key stands for nobody, and the request names nobody.
    Unnamed,
}

impl KeyRole {
    /// Whether it includes the rights of `least`, as far as one participant is concerned.
    pub fn includes(self, least: Self) -> bool {
        self.rank() >= least.rank() || chapar_terms::sabotaged("viewer-may-decide")
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Viewer => 0,
            Self::Editor => 1,
            Self::Admin => 2,
            Self::Operator => 3,
        }
    }
}

impl Runtime {
    /// The desk of the participant that `caller` speaks for: its own, or the one that the operator names; none where the
    /// operator names none.
    ///
    /// # Errors
    /// [`NoDesk::Unknown`].
    pub fn desk_of(&self, caller: &Caller, named: Option<&str>) -> Result<Option<Desk>, NoDesk> {
        let slug = match (caller.participant.as_ref().map(chapar_terms::Slug::as_str), named) {
            (Some(_), Some(named)) if chapar_terms::sabotaged("act-for-other-participant") => named,
            (Some(own), Some(named)) if own != named => return Err(NoDesk::Unknown),
            (Some(own), _) => own,
            (None, Some(named)) => named,
            (None, None) => return Ok(None),
        };
        let desk = self.desk(slug, caller.actor.clone()).ok_or(NoDesk::Unknown)?;
        Ok(Some(desk))
    }

    /// As [`Self::desk_of`], for an act that needs at least the role `least`.
    ///
    /// # Errors
    /// Each [`NoDesk`].
    pub fn desk_for(&self, caller: &Caller, named: Option<&str>, least: KeyRole) -> Result<Desk, NoDesk> {
        let desk = self.desk_of(caller, named)?;
        if !caller.role.includes(least) {
            return Err(NoDesk::Weak {
                needs: least,
                has: caller.role,
            });
        }
        desk.ok_or(NoDesk::Unnamed)
    }
}
