//! The salt of a hash that commits to a body without telling it.
//!
//! Refuses to make one: random bytes come from the edge.

use std::fmt;

/// 32 random bytes that keep a body from being guessed out of its hash. Purged together with the body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    /// Takes fresh random bytes, or those stored with the hash.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}
