//! HTTP out: the node's one client behind one egress guard, and the resolution of `did:web` documents.
//!
//! Every byte that this node sends of its own accord leaves through [`Client`]. It resolves a name once, judges every
//! address against [`EgressPolicy`], and connects only to an address that it judged. It follows no redirect, reads no proxy
//! from the environment and decodes no body: digest and signature are over the encoded bytes ([`decode_gzip`] is apart).
//!
//! Refuses to hold: what a message means (`dsp`), how it is signed and verified (`trust`), when it is sent again
//! (`runtime`), and anything that listens (`api`).

mod cache;
mod cidr;
mod client;
mod clock;
mod connect;
mod did;
mod download;
mod egress;
mod fault;
mod fetches;
mod gzip;
mod slots;
mod tls;
mod upload;

pub use cidr::Cidr;
pub use client::{Client, Incoming, Outgoing, Settings};
pub use clock::{Clock, SystemClock};
pub use connect::{Addresses, Resolve, SystemResolver};
pub use did::{DidFault, DidResolver};
pub use download::Download;
pub use egress::{EgressPolicy, Loopback, Refused};
pub use fault::SendFault;
pub use fetches::{FetchSettings, Fetches};
pub use gzip::{GzipFault, decode_gzip};
pub use tls::{TlsTrust, read_authorities};
pub use upload::Upload;
