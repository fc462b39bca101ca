//! Messages on the wire: parsing into what a step needs, rendering what we send. Catalogue bodies are in `catalog`.

pub mod ack;
pub mod address;
pub mod contexts;
pub mod contract;
pub mod data_address;
pub mod envelope;
pub mod negotiation;
pub mod parts;
pub mod reason;
pub mod rules;
pub mod transfer;
