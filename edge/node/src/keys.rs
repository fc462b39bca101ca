//! Plugs the international family into the loop: fresh keys, loaded keys, random bytes, and a code that only this node can make.
//!
//! The one place of the binary that chooses a family; further families join here by their algorithm.

use aws_lc_rs::{hkdf, hmac, rand};
use chapar_runtime::{Fault, Keys};
use chapar_store::NodeKey;
use chapar_suite_international::{from_pkcs8, generate};
use chapar_terms::{Algorithm, Signer};
use std::sync::Arc;

/// What the authentication key is for; another use of the node key gets another word (RFC 5869 `info`).
const MAC_INFO: &[&[u8]] = &[b"chapar node tokens v1"];

/// The node's keys.
pub struct NodeKeys {
    mac: hmac::Key,
}

impl NodeKeys {
    /// Derives what is needed from the node key.
    ///
    /// # Errors
    /// The cipher library refused; do not start.
    pub fn new(node_key: &NodeKey) -> Result<Self, Fault> {
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(node_key.as_bytes());
        let expanded = extracted
            .expand(MAC_INFO, hmac::HMAC_SHA256)
            .map_err(|_| Fault::Internal("no key could be derived from the node key".to_owned()))?;
        Ok(Self {
            mac: hmac::Key::from(expanded),
        })
    }
}

impl Keys for NodeKeys {
    fn generate(&self, algorithm: Algorithm) -> Result<(Arc<dyn Signer>, Vec<u8>), Fault> {
        let (signer, private) =
            generate(algorithm).map_err(|_| Fault::Internal("no signing key could be made".to_owned()))?;
        Ok((Arc::new(signer), private))
    }

    fn load(&self, algorithm: Algorithm, private: &[u8]) -> Result<Arc<dyn Signer>, Fault> {
        let signer = from_pkcs8(algorithm, private).map_err(|why| Fault::Internal(why.to_string()))?;
        Ok(Arc::new(signer))
    }

    fn random(&self) -> Result<[u8; 32], Fault> {
        let mut bytes = [0_u8; 32];
        rand::fill(&mut bytes).map_err(|_| Fault::Internal("the random source failed".to_owned()))?;
        Ok(bytes)
    }

    fn mac(&self, message: &[u8]) -> [u8; 32] {
        let tag = hmac::sign(&self.mac, message);
        let mut bytes = [0_u8; 32];
        for (to, from) in bytes.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(byte: u8) -> NodeKeys {
        NodeKeys::new(&NodeKey::from_bytes([byte; 32])).unwrap()
    }

    #[test]
    fn a_code_belongs_to_one_node_and_one_message() {
        assert_eq!(keys(1).mac(b"a"), keys(1).mac(b"a"));
        assert_ne!(keys(1).mac(b"a"), keys(1).mac(b"b"));
        assert_ne!(keys(1).mac(b"a"), keys(2).mac(b"a"));
        let plain = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]), b"a");
        assert_ne!(keys(1).mac(b"a"), plain.as_ref());
    }

    #[test]
    fn a_generated_key_can_be_loaded() {
        for algorithm in [Algorithm::Ed25519, Algorithm::Es256] {
            let (signer, private) = keys(1).generate(algorithm).unwrap();
            let loaded = keys(1).load(algorithm, &private).unwrap();
            assert_eq!(signer.public_key(), loaded.public_key());
            assert!(keys(1).load(algorithm, b"none").is_err());
        }
        assert_ne!(keys(1).random().unwrap(), keys(1).random().unwrap());
    }
}
