//! Own logs that may be older than what was published in their name: after a disk was lost, or an older copy put back.
//!
//! Such a log is held: nothing is added to it and nothing published, for a second history of it would be a lie that everybody can prove.
//! Its witnesses and those who mirror it are asked what they know. Where that shows the newest that was published, the log goes on from
//! there; what is missing here is taken back as a mirror takes a foreign log. Refuses to judge entries (`mirrors`) and to sequence (`logs`).

mod ask;
mod back;
mod chest;
mod decide;
mod keep;
mod order;
mod start;

pub(crate) use ask::Said;
pub use chest::{Chest, ChestKey};
pub(crate) use keep::places;
pub(crate) use order::{Held, Order};
