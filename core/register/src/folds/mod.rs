//! Folds: what the entries of logs come to. Each reads one verified entry and says which rows of its view change.
//!
//! The catalogue knows nothing of what another log holds, or what its own log held before: so logs may be folded in any order, and an entry
//! twice. A federation is folded of acts in several logs, in an order that none of them gives: it comes to the same in any. The rows are kept
//! by whoever holds the views (`edge/store`).

/// Which revision of the folds this is. To be raised whenever the same entries come to other rows: views of another revision are thrown away at
/// the next start and made again.
pub const REVISION: u32 = 1;

pub mod catalog;
pub mod federation;
