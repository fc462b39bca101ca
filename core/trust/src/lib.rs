//! Who is speaking, and how we know: DID documents, self-issued tokens, HTTP message signatures; verify -> [`Verified`].
//!
//! Pure: time, fresh ids and fetched documents are arguments. Refuses to hold the algorithms themselves (`suites/`),
//! the fetching and caching of documents and the memory of used tokens (`edge/`), and what a known peer may do (`core/policy`).
//! Specifications: DCP 1.0.1 section 4 (self-issued tokens), DID Core 1.0, did:web, RFC 7515, RFC 9421, RFC 9530.

mod bounded;
pub mod did;
mod peer;
mod refusal;
pub mod signature;
pub mod token;

pub use peer::{Peer, Proof, Verified, development};
pub use refusal::Refusal;

#[cfg(test)]
mod testing;
