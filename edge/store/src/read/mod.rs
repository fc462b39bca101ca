//! Reads on the connections for reading. Each is one statement on one snapshot and belongs to one participant, but for
//! the counts that the operator sees.

mod agreements;
mod callbacks;
mod cases;
mod events;
mod evidence;
mod outbox;

#[cfg(test)]
pub(crate) use agreements::plans as agreement_plans;
pub use callbacks::OpenCallback;
#[cfg(test)]
pub(crate) use callbacks::plans as callback_plans;
#[cfg(test)]
pub(crate) use cases::plans;
pub use cases::{CaseCount, CaseFilter, LoadedCase, WaitingCase};
pub(crate) use events::replay_row;
#[cfg(test)]
pub(crate) use outbox::plans as outbox_plans;
pub use outbox::{DueEffect, OutboxCase};
