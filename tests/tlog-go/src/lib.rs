//! A log that we write and others read, and the other way round: folders in the layout of C2SP tlog-tiles.
//!
//! Holds the invented log ([`layout`]), its writing by our code ([`write`]), its reading by our code ([`read`]), the faults that
//! either reader must find ([`faults`]), a witness of others ([`litewitness`]) and the programs of others ([`others`], made of `go/` by `cargo xtask setup`).
//! Refuses to look into a tile by any other way than `core/tlog`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

pub mod faults;
pub mod layout;
pub mod litewitness;
pub mod others;
pub mod read;
pub mod write;
