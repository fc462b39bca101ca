//! The logs of the house: each participant's public register and its private evidence, sequenced and published.
//!
//! An act commits its entry; the one sequencer of the log, woken by it, gives the tree what was committed and publishes a checkpoint.
//! Refuses to know what a leaf says (`records`, `chapar_evidence`), how trees are hashed (`chapar_tlog`) and who asks (the doors).

mod afresh;
mod append;
mod asking;
mod book;
mod describe;
mod keys;
mod open;
mod sequencer;
mod serve;
mod tree;
mod witnessing;

pub use afresh::cosigning_reason;
pub use asking::REASON;
pub(crate) use book::{Logs, OwnLog, Standing};
pub use keys::LogRotation;
pub(crate) use sequencer::{signed, whole};
pub(crate) use serve::published;
pub use serve::{LogName, Published};
pub(crate) use tree::{BATCH, Files, Tree, grown};
pub(crate) use witnessing::{address_of, with_cosignature};

/// The name of a participant's public log, in the store and at the end of its origin.
pub(crate) const REGISTER: &str = "log";
/// The name of its private log.
pub(crate) const EVIDENCE: &str = "evidence";
