//! Logs: what is known of each, its entries beside the tree, and the tree's tiles.
//!
//! Holds rows and files. Refuses to know what a leaf says, how a tree is hashed or who signs (`chapar-tlog`, `chapar-register`),
//! and when a checkpoint is due (`chapar-runtime`).

mod alarms;
mod book;
mod entries;
mod holders;
mod mirrored;
mod mirrors;
mod retrieved;
mod succession;
mod tiles;
mod time;
mod witness;

pub(crate) use book::insert_log_with_keys;
pub use entries::Source;
pub(crate) use entries::{BODY, SALT};
pub(crate) use mirrors::record_row;
pub use retrieved::RETRIEVED;
pub(crate) use retrieved::hold_own;
pub use tiles::{ObjectFault, Objects, Tiles};
pub(crate) use witness::insert_policy;

use crate::StepOutcome;

/// Whether a write stands that compares and swaps.
pub(crate) fn stands(outcome: StepOutcome) -> bool {
    matches!(outcome, StepOutcome::Committed(..))
}

#[cfg(test)]
pub(crate) use entries::plans;
#[cfg(test)]
pub(crate) use mirrors::plans as mirror_plans;
