//! Judges of the real binary, black box: everything is said over its public DSP door and its private `/chapar/v1` API.
//!
//! Holds what the judges share: a raw HTTP client and server ([`wire`]), a running node ([`node`]), the protocol's words as
//! the foreign side writes them ([`words`]), the published schemas ([`schemas`]), the tables of flows ([`flows`]) with the
//! other side that plays them ([`foreign`], [`player`], [`reader`]), the event stream ([`stream`]), the automaton that decides
//! for the node from outside ([`automaton`]), what must be there beforehand ([`seed`]), the back end that is called back ([`sink`]),
//! what the house fetched ([`kit`]), two nodes for the published clients of the management API ([`clients`]) and the demonstration that
//! readers' browsers look at ([`demonstration`]). Refuses to import any crate of the house: a judge that shared
//! code with the judged would share its mistakes. The judges themselves are in `tests/` (default set) and `src/bin/` (asked
//! for by name).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

pub mod automaton;
pub mod clients;
pub mod demonstration;
pub mod edc_peer;
pub mod flows;
pub mod foreign;
pub mod foreign_peer;
pub mod kit;
pub mod node;
pub mod player;
pub mod reader;
pub mod schemas;
pub mod seed;
pub mod sink;
pub mod stream;
pub mod wire;
pub mod words;
