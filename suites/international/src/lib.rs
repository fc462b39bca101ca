//! The international family of signatures: Ed25519 (RFC 8032) and ES256 (ECDSA over P-256 with SHA-256), by aws-lc. Of certificates it
//! verifies more, and makes none.
//!
//! Holds the family and its in-memory signer. Refuses to hold tokens, DID documents and HTTP signatures (`core/trust`),
//! and the sealing of private keys at rest (`edge/store`). This is the only room that rolls dice for a key.

mod signer;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1,
    ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use chapar_terms::{Algorithm, BadSignature, PkixAlgorithm, PublicKey, Suite};

pub use signer::{KeyRejected, MemorySigner, from_pkcs8, generate};

/// The family itself. ES256 signatures are r and s side by side, 64 bytes, never the DER form.
#[derive(Clone, Copy, Debug, Default)]
pub struct International;

impl Suite for International {
    fn serves(&self, algorithm: Algorithm) -> bool {
        verification_of(algorithm).is_some()
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let algorithm = verification_of(key.algorithm).ok_or(BadSignature)?;
        UnparsedPublicKey::new(algorithm, &key.bytes)
            .verify(message, signature)
            .map_err(|_| BadSignature)
    }

    fn serves_pkix(&self, _: PkixAlgorithm) -> bool {
        true
    }

    fn verify_pkix(
        &self,
        algorithm: PkixAlgorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        UnparsedPublicKey::new(pkix_verification_of(algorithm), key)
            .verify(message, signature)
            .map_err(|_| BadSignature)
    }
}

/// How this family verifies certificates.
fn pkix_verification_of(algorithm: PkixAlgorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        PkixAlgorithm::EcdsaP256Sha256 => &ECDSA_P256_SHA256_ASN1,
        PkixAlgorithm::EcdsaP256Sha384 => &ECDSA_P256_SHA384_ASN1,
        PkixAlgorithm::EcdsaP256Sha512 => &ECDSA_P256_SHA512_ASN1,
        PkixAlgorithm::EcdsaP384Sha256 => &ECDSA_P384_SHA256_ASN1,
        PkixAlgorithm::EcdsaP384Sha384 => &ECDSA_P384_SHA384_ASN1,
        PkixAlgorithm::EcdsaP384Sha512 => &ECDSA_P384_SHA512_ASN1,
        PkixAlgorithm::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
        PkixAlgorithm::RsaSha384 => &RSA_PKCS1_2048_8192_SHA384,
        PkixAlgorithm::RsaSha512 => &RSA_PKCS1_2048_8192_SHA512,
    }
}

/// How this family verifies `algorithm`; `None` where it does not serve it.
fn verification_of(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match algorithm {
        Algorithm::Ed25519 => Some(&ED25519),
        Algorithm::Es256 => Some(&ECDSA_P256_SHA256_FIXED),
    }
}

#[cfg(test)]
mod tests;
