//! Judges of the real binary that pull the plug: crashes, the order of disk and network, restart, backup and restore, quick peers.
//!
//! Holds what they share: a node whose folder outlives its process ([`house`]) and goes back to an old copy ([`backup`]), what its event stream said across crashes
//! ([`board`]), calls of the own API that may find nobody there ([`ask`]), public logs, their mirrors and places that lie ([`logs`]),
//! seeded chance ([`dice`]), the reading of system call traces ([`strace`]) and calls that are made to fail ([`tracer`]). The HTTP client, the participants and the protocol's words are `chapar-conformance`'s. Refuses to
//! import any crate of the house, and to look into a node's files except the operator key, what a backup is said to hold and the
//! events that one judge takes out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

pub mod ask;
pub mod backup;
pub mod board;
pub mod dice;
pub mod house;
pub mod logs;
pub mod strace;
pub mod tracer;
