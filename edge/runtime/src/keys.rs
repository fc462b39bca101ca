//! The crypto that the loop asks for by name. The families are under `suites/`; `node` plugs one in.

use crate::Fault;
use chapar_terms::{Algorithm, Signer};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Makes and loads private keys, draws random bytes and authenticates our own tokens.
pub trait Keys: Send + Sync {
    /// A fresh key and its private half for sealing.
    ///
    /// # Errors
    /// The random source failed, or no family serves the algorithm.
    fn generate(&self, algorithm: Algorithm) -> Result<(Arc<dyn Signer>, Vec<u8>), Fault>;

    /// A key from its private half.
    ///
    /// # Errors
    /// The stored key is unusable.
    fn load(&self, algorithm: Algorithm, private: &[u8]) -> Result<Arc<dyn Signer>, Fault>;

    /// 32 fresh random bytes.
    ///
    /// # Errors
    /// The random source failed.
    fn random(&self) -> Result<[u8; 32], Fault>;

    /// A message authentication code that only this node can make and check (HMAC-SHA-256 under a key of the node's own).
    fn mac(&self, message: &[u8]) -> [u8; 32];
}

/// A fresh UUID, as text. Version 7: rising with time, so that indexes grow at their end.
pub(crate) fn fresh_uuid() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// A fresh UUID as an IRI, for ids that travel.
pub(crate) fn fresh_urn() -> String {
    format!("urn:uuid:{}", uuid::Uuid::new_v4())
}

/// Compares secrets without telling by its time where they differ; lengths are no secret.
pub(crate) fn same(given: &[u8], expected: &[u8]) -> bool {
    given.ct_eq(expected).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_whole() {
        assert!(same(b"ab", b"ab"));
        assert!(!same(b"ab", b"aa") && !same(b"a", b"ab") && !same(b"", b"a"));
    }
}
