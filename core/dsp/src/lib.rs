//! Dataspace Protocol 2025-1 as pure code: messages are parsed and rendered, the two machines say what may follow what.
//!
//! Holds the wire (`message`, `catalog`, `version`, `error`, `json`) and the machines ([`negotiation`], [`transfer`]).
//! Refuses to hold: what an offer means (`policy`), who sent a message (`trust`), what is done about it (`exchange`), HTTP (`edge/api`,
//! `edge/client`). It keeps no case, reads no clock and makes no id.
//!
//! Three habits: the path decides which kinds a message may be, so every parser takes `expected`; a message is measured before it is
//! decoded; members we do not know survive in `members`, because a policy must reach the other side whole.
//!
//! # How to add a message
//! 1. Add its kind to `Message` in the machine's file, with its wire name and its rows in `allowed`; run the tests once with
//!    `UPDATE_TABLES=1` and read the difference in `tables/` as a reviewer would.
//! 2. Add its content to the enum in `message/negotiation.rs` or `message/transfer.rs`: one arm in `kind`, `parse` and `render`.
//! 3. Put its schema and example under `spec/`, at least five files under `vectors/invalid/`, and its schema into `tests/schemas.rs`.
//!    The compiler names the places in `exchange` that must now decide about it.

pub mod catalog;
mod error;
pub mod json;
mod message;
pub mod negotiation;
mod role;
pub mod transfer;
pub mod version;

pub use error::{
    Malformed, NO_PID, PeerError, code, parse_error, render_catalog_error, render_negotiation_error,
    render_transfer_error,
};
pub use message::ack::{
    Ack, NegotiationAck, TransferAck, parse_negotiation_ack, parse_transfer_ack, render_negotiation, render_transfer,
};
pub use message::address::check_callback_address;
pub use message::contract::{Agreement, Offer};
pub use message::data_address::DataAddress;
pub use message::negotiation::{NegotiationContent, NegotiationMessage, parse_negotiation};
pub use message::rules::check_rules;
pub use message::transfer::{TransferContent, TransferMessage, parse_transfer};
pub use role::Role;

/// The JSON-LD context that every DSP 2025-1 message names.
pub const CONTEXT: &str = "https://w3id.org/dspace/2025/1/context.jsonld";
/// The published JSON schema of offers and agreements, to which schemas of others refer.
pub const CONTRACT_SCHEMA: &str = include_str!("../spec/negotiation/contract-schema.json");
/// The protocol version spoken here, as the version document writes it.
pub const VERSION: &str = "2025-1";
