//! Time stamps of a real node (RFC 3161): OpenSSL judges what our authority answers, our node takes what OpenSSL answers, each reply that
//! proves nothing is refused by its code, an outage is lived through, and a clock that is a day off is told of and breaks nothing.
//!
//! Refuses to look into a token itself: that is OpenSSL's, and `chapar verify`'s.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

mod authority;
mod clock;
mod foreign;
mod own;
mod refusals;
mod scene;
