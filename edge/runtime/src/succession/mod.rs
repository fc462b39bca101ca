//! The end of an own log whose history nobody can prove, and the log that goes on in its place.
//!
//! The log is closed and its successor begun in one transaction. In the successor stands, behind its keys, the record that says so, signed by
//! both hands (`chapar_register::Ending`); then the records of the ended log are issued anew, each naming the one that it replaces. Where
//! the ended log is still read, readers are told where it goes on. Refuses to judge what others say of their logs' ends (`mirrors`).

mod end;
mod reissue;
mod said;
mod shelf;
mod shown;

pub use end::Succession;
pub(crate) use reissue::reissue_view;
pub(crate) use shown::Successor;
