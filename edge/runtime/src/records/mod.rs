//! Records of the participants of the house: composed, signed, committed to the participant's register.
//!
//! Refuses to know what a kind is and when a draft is a record (`chapar_register`), and what becomes of what is committed (`logs`).

mod closed;
mod compose;
mod evidence;
mod ids;
mod keys;
mod proof;
mod view;

pub(crate) use closed::{closed_of, closed_of_composed, is_opening, opening_of};
pub(crate) use compose::{Composed, Wish, stored_record as record_of};
pub(crate) use evidence::is_evidence_checkpoint;
pub(crate) use ids::{WITHDRAWAL, entries_of, entry_name, entry_of_version, entry_of_withdrawal, is_withdrawal};
pub(crate) use view::record_view;
