//! The node and a connector that others wrote, side by side: real processes that know each other by the protocol alone.
//!
//! Holds the foreign process ([`edc`]) with its data ([`source`]) and what its log alone tells ([`ends`]), what a story asks of either connector ([`side`]) and how each is
//! asked for it ([`own`], [`management`]), the road to each ([`road`]), the scene with all of them ([`scene`]) and the stories
//! ([`stories`]). A story does not know which side is ours:
//! each is told with either as the provider. Refuses to import any crate of the house, like the judges it stands on
//! (`chapar-conformance`), and to mend what a connector does: what is waited for is written down where it is waited for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

pub mod edc;
pub mod ends;
pub mod management;
pub mod own;
pub mod road;
pub mod scene;
pub mod side;
pub mod source;
pub mod stories;
