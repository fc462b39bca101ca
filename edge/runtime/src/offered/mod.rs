//! What is offered to everybody, as records: each dataset of an offer whose access policy admits everyone stands in the participant's
//! register, follows what is said of it, and leaves by a withdrawal when it is offered so no more.
//!
//! An act wakes the one task that does it. The register itself tells what was published, so nothing is kept beside it: what an act left
//! undone when the node was killed is done at the next start. Refuses to decide who is admitted (`chapar_policy`), and to say anything of
//! what is offered to some alone.

mod announce;
mod body;
mod follow;
mod names;
mod view;

pub(crate) use names::is_of_an_offer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// Which participants' offers may have changed.
#[derive(Default)]
pub(crate) struct Offered {
    waiting: Mutex<BTreeMap<String, Changed>>,
    bell: Notify,
}

/// What may have changed of one participant.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Changed {
    /// All of it: the register begins.
    Everything,
    /// These assets.
    Assets(BTreeSet<String>),
}

impl Offered {
    /// Whatever `participant` offers is to be looked at.
    pub(crate) fn wake(&self, participant: &str) {
        self.put(participant, Changed::Everything);
    }

    /// An act of `participant` concerns these assets.
    pub(crate) fn wake_for(&self, participant: &str, assets: impl IntoIterator<Item = String>) {
        self.put(participant, Changed::Assets(assets.into_iter().collect()));
    }

    /// Whoever waits looks up and sees that it is over.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    fn put(&self, participant: &str, changed: Changed) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let before = waiting.remove(participant);
        waiting.insert(participant.to_owned(), changed.and(before));
        drop(waiting);
        self.bell.notify_one();
    }

    fn take(&self) -> Option<(String, Changed)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_first()
    }

    async fn next(&self) {
        self.bell.notified().await;
    }
}

impl Changed {
    /// Whether following it takes more than one turn.
    fn is_wide(&self, turn: usize) -> bool {
        match self {
            Self::Everything => true,
            Self::Assets(assets) => assets.len() > turn,
        }
    }

    fn and(self, other: Option<Self>) -> Self {
        match (self, other) {
            (Self::Everything, _) | (_, Some(Self::Everything)) => Self::Everything,
            (one, None) => one,
            (Self::Assets(mut one), Some(Self::Assets(other))) => {
                one.extend(other);
                Self::Assets(one)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_kept_together_by_participant() {
        let offered = Offered::default();
        for (participant, asset) in [("uz", "a"), ("kz", "x"), ("uz", "b")] {
            offered.wake_for(participant, [asset.to_owned()]);
        }
        offered.wake("kz");
        offered.wake_for("kz", ["y".to_owned()]);
        let assets = ["a", "b"].map(str::to_owned).into();
        assert_eq!(offered.take(), Some(("kz".to_owned(), Changed::Everything)));
        assert_eq!(offered.take(), Some(("uz".to_owned(), Changed::Assets(assets))));
        assert_eq!(offered.take(), None);
    }
}
