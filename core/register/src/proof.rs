//! The proof in a leaf: W3C Data Integrity with `eddsa-jcs-2022` or `ecdsa-jcs-2019` (P-256), as those recommendations say.
//!
//! Refuses to know whose the key is and when it was good (`keys`).

use chapar_terms::{
    Algorithm, BadSignature, Digest, Fields, Instant, Invalid, PublicKey, Signer, SigningFault, Suite, base58,
    canonical_json, limits,
};
use serde_json::{Map, Value};

const TYPE: &str = "DataIntegrityProof";
/// Records are assertions of their issuer.
const PURPOSE: &str = "assertionMethod";
/// Both suites sign with 64 bytes.
const SIGNATURE_BYTES: usize = 64;
/// The multibase letter of base58btc.
const BASE58BTC: char = 'z';
const WHAT: &str = "record proof";

/// A cryptographic suite of Data Integrity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cryptosuite {
    /// Ed25519 over JCS (Data Integrity EdDSA Cryptosuites 1.0, section 3.3).
    EddsaJcs2022,
    /// ECDSA over P-256 and JCS (Data Integrity ECDSA Cryptosuites 1.0, section 3.3).
    EcdsaJcs2019,
}

impl Cryptosuite {
    /// The suite of keys of an algorithm.
    pub const fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Ed25519 => Self::EddsaJcs2022,
            Algorithm::Es256 => Self::EcdsaJcs2019,
        }
    }

    /// The algorithm of its keys.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::EddsaJcs2022 => Algorithm::Ed25519,
            Self::EcdsaJcs2019 => Algorithm::Es256,
        }
    }

    /// The name in the proof.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
            Self::EcdsaJcs2019 => "ecdsa-jcs-2019",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::EddsaJcs2022, Self::EcdsaJcs2019]
            .into_iter()
            .find(|suite| suite.as_str() == text)
    }
}

/// The bytes that both suites sign: the hash of the proof's configuration, then the hash of the document without its proof.
pub fn hash_data(document: &Value, configuration: &Value) -> Vec<u8> {
    let hash = |value: &Value| *Digest::of(&canonical_json(value)).as_bytes();
    [hash(configuration), hash(document)].concat()
}

/// A proof of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How it was made.
    pub suite: Cryptosuite,
    /// When it was made, by the clock of the signer.
    pub created: Instant,
    /// The id of the key, as the key-set of the log names it.
    pub verification_method: String,
    /// The signature.
    pub value: Vec<u8>,
}

impl Proof {
    /// Signs a document that has no proof yet.
    ///
    /// # Errors
    /// The key could not be used: a fault of ours, try again later.
    pub fn sign(
        document: &Value,
        signer: &dyn Signer,
        verification_method: &str,
        created: Instant,
    ) -> Result<Self, SigningFault> {
        let mut proof = Self {
            suite: Cryptosuite::of(signer.public_key().algorithm),
            created,
            verification_method: verification_method.to_owned(),
            value: Vec::new(),
        };
        proof.value = signer.sign(&hash_data(document, &Value::Object(proof.configuration())))?;
        Ok(proof)
    }

    /// Checks the proof over `signed`: what [`hash_data`] gives for the document and the proof, each without what the proof adds.
    ///
    /// # Errors
    /// The key is of another algorithm or did not sign this document; it is not what its issuer said.
    pub fn verify(&self, signed: &[u8], suite: &dyn Suite, key: &PublicKey) -> Result<(), BadSignature> {
        if key.algorithm != self.suite.algorithm() {
            return Err(BadSignature);
        }
        suite.verify(key, signed, &self.value)
    }

    /// The proof without its value: what is signed beside the document.
    fn configuration(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |name: &str, value: &str| members.insert(name.to_owned(), value.into());
        put("created", &self.created.rfc3339());
        put("cryptosuite", self.suite.as_str());
        put("proofPurpose", PURPOSE);
        put("type", TYPE);
        put("verificationMethod", &self.verification_method);
        members
    }

    /// The signature as the member `proofValue` has it.
    pub fn proof_value(&self) -> String {
        format!("{BASE58BTC}{}", base58::encode(&self.value))
    }

    /// The proof as it stands in the document.
    pub fn render(&self) -> Value {
        let mut members = self.configuration();
        members.insert("proofValue".to_owned(), self.proof_value().into());
        Value::Object(members)
    }

    /// Reads exactly what [`Proof::render`] writes, nothing else.
    ///
    /// # Errors
    /// It is another kind of proof or malformed; refuse the document.
    pub fn parse(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of(WHAT, value)?;
        if fields.text("type")? != TYPE || fields.text("proofPurpose")? != PURPOSE {
            return Err(fields.invalid(format!("is not a `{TYPE}` for `{PURPOSE}`")));
        }
        let name = fields.text("cryptosuite")?;
        let suite =
            Cryptosuite::parse(&name).ok_or_else(|| fields.invalid(format!("cryptosuite `{name}` is unknown")))?;
        let proof = Self {
            suite,
            created: fields.instant("created")?,
            verification_method: fields.text("verificationMethod")?,
            value: signature(&mut fields)?,
        };
        check_method(&proof.verification_method)?;
        fields.end()?;
        Ok(proof)
    }
}

/// The id of a key is an identifier like any other.
pub(crate) fn check_method(method: &str) -> Result<(), Invalid> {
    match method.is_empty() || method.len() > limits::ID_BYTES || method.chars().any(char::is_control) {
        true => Err(Invalid::new(
            "key id",
            "is empty, too long or holds a control character",
        )),
        false => Ok(()),
    }
}

fn signature(fields: &mut Fields) -> Result<Vec<u8>, Invalid> {
    let text = fields.text("proofValue")?;
    let bytes = text.strip_prefix(BASE58BTC).and_then(base58::decode);
    bytes
        .filter(|bytes| bytes.len() == SIGNATURE_BYTES)
        .ok_or_else(|| fields.invalid("`proofValue` is not 64 bytes of base58 behind a `z`"))
}
