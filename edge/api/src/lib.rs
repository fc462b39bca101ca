//! The doors for HTTP: bytes in, answers out. One file or folder a door: [`dsp`] for peers, [`log`], [`register`], [`witness`] and [`time`] for everybody, [`own`] for the people of this
//! node; [`listen`] accepts the connections of both.
//!
//! Holds paths, headers, limits and the mapping of errors to statuses. Refuses to know the store, the client or each other.

mod connections;
pub mod dsp;
mod flush;
mod listen;
pub mod log;
pub mod own;
mod problem;
pub mod rdf;
pub mod register;
pub mod time;
mod tls;
pub mod witness;

pub use connections::{Connections, site_of};
pub use flush::AfterReply;
pub use listen::{Drained, Listening, listen};
pub use tls::{TlsFault, tls_from_pem};
