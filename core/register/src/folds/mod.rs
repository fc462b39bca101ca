//! Folds: what the entries of logs come to. Each reads one verified entry and says which rows of its view change.
//!
//! None knows what another log holds, or what its own log held before: so logs may be folded in any order, and an entry twice. The rows are
//! kept by whoever holds the views (`edge/store`).

pub mod catalog;
