//! Tiles in object storage that speaks S3: what the store asks of such a storage, asked through the node's one client.
//!
//! Requests are built and signed by `rusty-s3` (AWS Signature Version 4, in the address) and sent by `chapar-client`. Refuses to
//! hold: what a tile is, where it lies below its log, and when it is written (`store`, `runtime`).
//!
//! *Invariant*: nothing is ever written over. Every object is put with `If-None-Match: *`, and [`S3::check`] refuses a storage that
//! does not heed it.

mod answer;
mod s3;

pub use s3::{S3, Settings};
