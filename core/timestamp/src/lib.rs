//! Time stamps of RFC 3161: what is asked of an authority of time, what its reply proves, and a small authority of our own.
//!
//! Pure: the bytes are read by the ASN.1, X.509 and CMS types of others, signatures go through the seam of `core/terms`, the time, nonces
//! and serial numbers are arguments. Refuses to hold what is stamped (`core/tlog`), sending and asking again (`edge/`), revocation lists,
//! and any word about whether an authority is a good one: it is whoever the reader pins.

mod authority;
mod certificate;
mod refused;
mod reply;
mod request;
mod signed;
mod wire;

#[cfg(test)]
mod tests;

pub use authority::{Authority, Founding};
pub use certificate::Anchors;
pub use refused::Refused;
pub use reply::{REPLY_BYTES, Reply, Stamp};
pub use request::{QUERY_BYTES, Query};

/// The media type of a query (RFC 3161 section 3.4).
pub const QUERY_TYPE: &str = "application/timestamp-query";
/// The media type of a reply (RFC 3161 section 3.4).
pub const REPLY_TYPE: &str = "application/timestamp-reply";
