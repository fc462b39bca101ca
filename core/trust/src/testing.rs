//! What the tests of this crate share: a participant's key with its document, and the clock's fixed hand.

use crate::did::{DidDocument, PublishedKey, Standing, render};
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Instant, ParticipantId, PublicKey, Signer};

/// The tests' now. Far ahead, because one foreign judge reads the real clock.
pub(crate) const NOW: Instant = Instant::from_unix_s(4_102_444_800);

/// Every algorithm of the international family.
pub(crate) fn both_kinds() -> impl Iterator<Item = Algorithm> {
    [Algorithm::Ed25519, Algorithm::Es256].into_iter()
}

/// A participant with one key.
pub(crate) struct Key {
    pub(crate) did: ParticipantId,
    pub(crate) fragment: &'static str,
    pub(crate) signer: MemorySigner,
}

impl Key {
    pub(crate) fn new(did: &ParticipantId, fragment: &'static str, algorithm: Algorithm) -> Self {
        Self {
            did: did.clone(),
            fragment,
            signer: generate(algorithm).unwrap().0,
        }
    }

    pub(crate) fn of(did: &str, algorithm: Algorithm) -> Self {
        Self::new(&ParticipantId::parse(did).unwrap(), "key-1", algorithm)
    }

    pub(crate) fn id(&self) -> String {
        format!("{}#{}", self.did, self.fragment)
    }

    pub(crate) fn public(&self) -> &PublicKey {
        self.signer.public_key()
    }

    pub(crate) fn document(&self, standing: Standing) -> DidDocument {
        let published = [PublishedKey {
            fragment: self.fragment,
            key: self.public(),
            standing,
        }];
        DidDocument::parse(render(&self.did, &published, &[]).to_string().as_bytes()).unwrap()
    }
}
