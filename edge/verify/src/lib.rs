//! Verification from outside: a log at its address, a copy of one in a folder, or one record with its proof. Says what is proven,
//! asserted, unknown or broken, and why.
//!
//! Reads, and never writes but for the copy of a log that is asked for. It knows no node: whatever serves C2SP tlog-tiles is a log.
//! The rules are the core's (`tlog`, `register`, `evidence`). Refuses to believe a key because the log shows it, unless it is told to.

mod address;
mod copy;
mod demands;
mod folder;
mod log;
mod record;
mod said;
mod source;
mod tiles;
mod time;
mod words;

pub use address::Address;
pub use chapar_register::federation::{Genesis, Member};
pub use copy::{Copied, copy};
pub use demands::{Demands, FirstUse};
pub use folder::Folder;
pub use log::{verify_evidence, verify_log};
pub use record::{Beside, verify_record};
pub use said::{Said, Verdict};
pub use source::{Found, Progress, Source, Unreadable};
