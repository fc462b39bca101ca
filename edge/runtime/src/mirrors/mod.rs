//! Mirrors: foreign logs that this node verifies byte for byte, keeps and serves.
//!
//! One task per log looks for what is new, at the log itself and, when that does not answer, at other places where it may be had. A
//! checkpoint is judged before an entry is asked for (`judge`); what a log has grown by is proved bundle by bundle, staged, and published
//! under the log's own note (`take`). Refuses to know what a record says (`chapar_register`), and what is made of it (the views).

mod beside;
mod book;
mod follow;
mod hints;
mod holders;
mod judge;
mod known;
mod manage;
mod obstacle;
mod place;
mod retrieve;
mod suspicion;
mod take;
mod turns;
mod watch;

pub(crate) use book::Mirrors;
pub use hints::HINTS;
pub(crate) use hints::Hints;
pub(crate) use holders::Holders;
pub use holders::MIRRORED_AT;
pub use manage::{MIRRORS, MirrorFigures, WantedMirror};
pub(crate) use obstacle::{Caught, Obstacle, prefix_view};
pub(crate) use place::{Newest, Place, Way};
pub(crate) use retrieve::{Retrieved, stored_as};
