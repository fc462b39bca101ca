//! The crypto seam: what a family of algorithms gives, without any algorithm. Families live under `suites/`.

use std::fmt;

/// A signature algorithm that this node knows by name. More families (SM2, GOST, bign, ML-DSA) join here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// EdDSA over Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA over P-256 with SHA-256, signature as the 64 bytes of r and s (RFC 7518 section 3.4).
    Es256,
}

impl Algorithm {
    /// The JOSE `alg` name (RFC 7518, RFC 8037).
    pub const fn jose(self) -> &'static str {
        match self {
            Self::Ed25519 => "EdDSA",
            Self::Es256 => "ES256",
        }
    }

    /// Reads a JOSE `alg` name; `none` and everything symmetric is unknown here by design.
    pub fn from_jose(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::Ed25519),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// A signature algorithm of certificates and of what is signed by them (RFC 5280, RFC 5652): only verified here, never made, and in no
/// token or record. The signature is in the form that certificates have, DER for ECDSA; the key is the content of the bit string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PkixAlgorithm {
    /// ECDSA over P-256 with SHA-256 (RFC 5758).
    EcdsaP256Sha256,
    /// ECDSA over P-256 with SHA-384.
    EcdsaP256Sha384,
    /// ECDSA over P-256 with SHA-512.
    EcdsaP256Sha512,
    /// ECDSA over P-384 with SHA-256.
    EcdsaP384Sha256,
    /// ECDSA over P-384 with SHA-384.
    EcdsaP384Sha384,
    /// ECDSA over P-384 with SHA-512.
    EcdsaP384Sha512,
    /// RSASSA-PKCS1-v1_5 with SHA-256 and a key of 2048 to 8192 bits (RFC 8017).
    RsaSha256,
    /// The same with SHA-384.
    RsaSha384,
    /// The same with SHA-512.
    RsaSha512,
}

/// A public key: for Ed25519 its 32 bytes, for P-256 the 65 bytes of the uncompressed point (SEC 1).
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What the key is for.
    pub algorithm: Algorithm,
    /// The key's bytes, in the form named at the type.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?}, {} bytes)", self.algorithm, self.bytes.len())
    }
}

/// The signature does not belong to these bytes and this key. Refuse the message as not authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSignature;

/// A family of algorithms: verifies signatures made by anyone.
pub trait Suite: Send + Sync {
    /// Whether this family serves `algorithm`.
    fn serves(&self, algorithm: Algorithm) -> bool;

    /// Checks `signature` over `message`.
    ///
    /// # Errors
    /// The signature is wrong, the key is malformed or the algorithm is not served; refuse the message.
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), BadSignature>;

    /// Whether this family verifies certificates by `algorithm`.
    fn serves_pkix(&self, algorithm: PkixAlgorithm) -> bool;

    /// Checks a certificate's signature, or one made by its key, over `message`.
    ///
    /// # Errors
    /// As for [`Suite::verify`].
    fn verify_pkix(
        &self,
        algorithm: PkixAlgorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature>;
}

/// A private key that signs; where the key lives (memory, token, remote) is its own affair.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// Signs `message`; the form of the result is said at [`Algorithm`].
    ///
    /// # Errors
    /// The key's holder refused or failed: a fault of ours, try again later.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFault>;
}

/// The signing key could not be used. A fault of ours: log it and answer "unavailable".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningFault;
