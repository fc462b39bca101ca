//! The ten houses: who they are, and the keys by which they sign.
//!
//! Signatures are a model behind the seam of `core/terms`: a hash of the public key and the text, which nobody in this world forges. So a
//! run is the same on every machine, and quick.

use crate::Violation;
use crate::side::fault;
use chapar_register::{KeyUse, ListedKey, LogId};
use chapar_terms::{
    Algorithm, BadSignature, Digest, Instant, ParticipantId, PkixAlgorithm, PublicKey, Signer, SigningFault, Suite,
};
use chapar_tlog::{KeyName, NoteSigner, Origin, SignatureType, SignedCheckpoint, VerifierKey};

/// How many there are.
pub(crate) const HOUSES: usize = 10;

/// One of the ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Who(usize);

impl Who {
    /// All ten.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        (0..HOUSES).map(Self)
    }

    /// The one so many places further round the table.
    pub const fn after(self, places: usize) -> Self {
        Self((self.0 + places) % HOUSES)
    }

    pub const fn number(self) -> usize {
        self.0
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "n{}", self.0)
    }
}

/// One thing for each of the ten.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row<T>(Vec<T>);

impl<T> Row<T> {
    pub fn of(make: impl FnMut(Who) -> T) -> Self {
        Self(Who::all().map(make).collect())
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a row has ten places, and a `Who` is one of them"
    )]
    pub fn at(&self, who: Who) -> &T {
        &self.0[who.0]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a row has ten places, and a `Who` is one of them"
    )]
    pub fn at_mut(&mut self, who: Who) -> &mut T {
        &mut self.0[who.0]
    }
}

impl<T> From<Vec<T>> for Row<T> {
    /// Ten things, one for each.
    fn from(ten: Vec<T>) -> Self {
        Self(ten)
    }
}

/// The family of signatures of this world.
pub(crate) struct Hashed;

impl Suite for Hashed {
    fn serves(&self, algorithm: Algorithm) -> bool {
        algorithm == Algorithm::Ed25519
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        match signature == hashed(&key.bytes, message) {
            true => Ok(()),
            false => Err(BadSignature),
        }
    }

    fn serves_pkix(&self, _: PkixAlgorithm) -> bool {
        false
    }

    fn verify_pkix(&self, _: PkixAlgorithm, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), BadSignature> {
        Err(BadSignature)
    }
}

fn hashed(key: &[u8], message: &[u8]) -> Vec<u8> {
    let half = Digest::of_parts(&[key, message]);
    [half.as_bytes().as_slice(), half.as_bytes()].concat()
}

/// A key of this world.
#[derive(Clone)]
pub(crate) struct Key(PublicKey);

impl Key {
    fn of(name: &str) -> Self {
        Self(PublicKey {
            algorithm: Algorithm::Ed25519,
            bytes: Digest::of(name.as_bytes()).as_bytes().to_vec(),
        })
    }
}

impl Signer for Key {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFault> {
        Ok(hashed(&self.0.bytes, message))
    }
}

/// Who somebody is, on whatever machine.
pub(crate) struct House {
    pub participant: ParticipantId,
    pub origin: Origin,
    /// What records call the key that signs them.
    pub key_id: String,
    pub record: Key,
    log: Key,
    witness: Key,
    /// The key of the log, as others pin it.
    pub vkey: VerifierKey,
    /// The key of the witness, as policies name it.
    pub witness_vkey: VerifierKey,
    pub log_id: LogId,
}

impl House {
    pub fn of(who: Who) -> Result<Self, Violation> {
        let origin = Origin::parse(&format!("{who}.example/log")).map_err(fault)?;
        let participant = ParticipantId::parse(&format!("did:web:{who}.example")).map_err(fault)?;
        let key = |of: &str| Key::of(&format!("{of} key of {who}"));
        let (log, witness) = (key("log"), key("witness"));
        let named = |name: &str, kind, key: &Key| {
            let name = KeyName::parse(name).map_err(fault)?;
            VerifierKey::new(name, kind, key.public_key()).map_err(fault)
        };
        let vkey = named(origin.as_str(), SignatureType::ED25519, &log)?;
        let witness_vkey = named(&format!("{who}.example/witness"), SignatureType::COSIGNATURE, &witness)?;
        Ok(Self {
            key_id: format!("{participant}#k"),
            record: key("record"),
            log_id: LogId::of_vkey(&vkey.render()),
            participant,
            origin,
            log,
            witness,
            vkey,
            witness_vkey,
        })
    }

    /// The keys that the log begins with.
    pub fn listed(&self, at: Instant) -> [ListedKey; 2] {
        let listed = |id: &str, key| ListedKey {
            id: id.to_owned(),
            key,
            valid_from: at,
            revoked: None,
        };
        [
            listed(&self.vkey.render(), KeyUse::Log(self.vkey.clone())),
            listed(&self.key_id, KeyUse::Record(self.record.public_key().clone())),
        ]
    }

    /// Puts the log's signature below a checkpoint of it.
    pub fn sign(&self, signed: SignedCheckpoint, now: Instant) -> Result<SignedCheckpoint, Violation> {
        add(signed, &self.vkey, &self.log, now)
    }

    /// Puts the witness's cosignature below a checkpoint.
    pub fn cosign(&self, signed: SignedCheckpoint, now: Instant) -> Result<SignedCheckpoint, Violation> {
        add(signed, &self.witness_vkey, &self.witness, now)
    }
}

fn add(mut to: SignedCheckpoint, vkey: &VerifierKey, key: &Key, now: Instant) -> Result<SignedCheckpoint, Violation> {
    let signer = NoteSigner::new(vkey.name().clone(), vkey.kind(), key).map_err(fault)?;
    let signature = signer.sign(to.note().text(), now);
    to.add(signature.map_err(|_| Violation("a key cannot be used".to_owned()))?);
    Ok(to)
}
