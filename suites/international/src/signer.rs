//! A private key held in memory: made fresh, or opened from the PKCS#8 bytes that a sealed store gave back.
//!
//! Refuses to hold the seal itself (`edge/store`) and keys that live in a token or at a remote place.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use chapar_terms::{Algorithm, PublicKey, Signer, SigningFault};
use std::fmt;

/// A private key in this process's memory. Its `Debug` form shows the public half only.
pub struct MemorySigner {
    public: PublicKey,
    pair: Pair,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
}

/// The bytes are no private key of that algorithm, or its public half does not belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRejected;

impl fmt::Display for KeyRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes are no PKCS#8 private key of the algorithm asked for")
    }
}

impl std::error::Error for KeyRejected {}

/// Makes a fresh key of `algorithm`. Returns the signer and its private key as PKCS#8 (version 1): seal these bytes
/// before they go anywhere, and drop them soon.
///
/// # Errors
/// The system's source of randomness failed: a fault of ours, try again later.
pub fn generate(algorithm: Algorithm) -> Result<(MemorySigner, Vec<u8>), SigningFault> {
    let (pair, document) = match algorithm {
        Algorithm::Ed25519 => {
            let pair = Ed25519KeyPair::generate().map_err(|_| SigningFault)?;
            let document = pair.to_pkcs8v1().map_err(|_| SigningFault)?;
            (Pair::Ed25519(pair), document)
        }
        Algorithm::Es256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| SigningFault)?;
            let document = pair.to_pkcs8v1().map_err(|_| SigningFault)?;
            (Pair::Es256(pair), document)
        }
    };
    Ok((MemorySigner::holding(pair), document.as_ref().to_vec()))
}

/// Opens a private key from its PKCS#8 bytes, with or without the public half inside.
///
/// # Errors
/// The bytes are no such key. Where they came from our own store, the seal was opened with a wrong node key or the row is damaged.
pub fn from_pkcs8(algorithm: Algorithm, bytes: &[u8]) -> Result<MemorySigner, KeyRejected> {
    let pair = match algorithm {
        Algorithm::Ed25519 => {
            Pair::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).map_err(|_| KeyRejected)?)
        }
        Algorithm::Es256 => {
            Pair::Es256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).map_err(|_| KeyRejected)?)
        }
    };
    Ok(MemorySigner::holding(pair))
}

impl MemorySigner {
    fn holding(pair: Pair) -> Self {
        let public = match &pair {
            Pair::Ed25519(pair) => PublicKey {
                algorithm: Algorithm::Ed25519,
                bytes: pair.public_key().as_ref().to_vec(),
            },
            Pair::Es256(pair) => PublicKey {
                algorithm: Algorithm::Es256,
                bytes: pair.public_key().as_ref().to_vec(),
            },
        };
        Self { public, pair }
    }
}

impl Signer for MemorySigner {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFault> {
        let signature = match &self.pair {
            Pair::Ed25519(pair) => pair.try_sign(message),
            Pair::Es256(pair) => pair.sign(&SystemRandom::new(), message),
        };
        signature
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| SigningFault)
    }
}

impl fmt::Debug for MemorySigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySigner")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}
