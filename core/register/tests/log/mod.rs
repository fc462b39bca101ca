//! A log of invented records, written with the crate's own means and signed with keys made for the test.

use chapar_register::{
    Draft, Header, Issue, KeyUse, KindName, Kinds, ListedKey, LogId, LogState, Proof, Record, Unsigned, Visibility,
    key_set_body,
};
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant, ParticipantId, Salt, Signer};
use chapar_tlog::{
    Checkpoint, Frontier, KeyName, NoteSigner, Origin, SignatureType, SignedCheckpoint, VerifierKey, leaf_hash,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub const ORIGIN: &str = "node.example/plant/log";

pub fn participant() -> ParticipantId {
    ParticipantId::parse("did:web:uz.example:plant").unwrap()
}

pub fn at(second: i64) -> Instant {
    Instant::from_unix_s(1_790_000_000 + second)
}

/// A key that signs records or checkpoints.
pub struct Key {
    pub id: String,
    pub signer: MemorySigner,
}

impl Key {
    pub fn record(name: &str, algorithm: Algorithm) -> Self {
        Self {
            id: format!("{}#{name}", participant()),
            signer: generate(algorithm).unwrap().0,
        }
    }

    pub fn log() -> Self {
        Self {
            id: ORIGIN.to_owned(),
            signer: generate(Algorithm::Ed25519).unwrap().0,
        }
    }

    pub fn vkey(&self) -> VerifierKey {
        let name = KeyName::parse(ORIGIN).unwrap();
        VerifierKey::new(name, SignatureType::ED25519, self.signer.public_key()).unwrap()
    }

    /// As a key-set lists it.
    pub fn listed(&self) -> ListedKey {
        let key = match self.id == ORIGIN {
            true => KeyUse::Log(self.vkey()),
            false => KeyUse::Record(self.signer.public_key().clone()),
        };
        ListedKey {
            // Two keys of a log have one name, and an id each.
            id: match &key {
                KeyUse::Log(key) => format!("{ORIGIN}+{:08x}", key.id()),
                KeyUse::Record(_) => self.id.clone(),
            },
            key,
            valid_from: at(0),
            revoked: None,
        }
    }
}

/// Entries with their bodies, in order.
pub struct Log {
    pub id: LogId,
    pub entries: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Log {
    /// A log whose first entry lists these keys and is signed by `key`.
    pub fn begin(keys: &[ListedKey], first_of_log: &Key, key: &Key) -> Self {
        #[allow(
            clippy::disallowed_methods,
            reason = "the judge of these judges says which fault there is"
        )]
        chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
        let mut log = Self {
            id: LogId::of_vkey(&first_of_log.vkey().render()),
            entries: Vec::new(),
        };
        log.add_key_set(1, None, keys, key);
        log
    }

    pub fn add_key_set(&mut self, version: u32, previous: Option<Digest>, keys: &[ListedKey], key: &Key) -> Record {
        let mut draft = draft("key-set", "keys", key_set_body(keys).unwrap());
        (draft.version, draft.previous) = (version, previous);
        self.add(draft, key)
    }

    pub fn check(&self, draft: Draft) -> Unsigned {
        let issue = Issue {
            issuer: participant(),
            log: self.id.clone(),
            at: at(self.entries.len() as i64),
            salt: Salt::from_bytes([7; 32]),
        };
        draft.check(Kinds::built_in(), issue).unwrap()
    }

    pub fn add(&mut self, draft: Draft, key: &Key) -> Record {
        let unsigned = self.check(draft);
        let record = unsigned.sign(&key.signer, &key.id).unwrap();
        let body = (unsigned.header().visibility == Visibility::Open).then(|| unsigned.body().bytes().to_vec());
        self.entries.push((record.leaf().to_vec(), body));
        record
    }

    pub fn root(&self, size: usize) -> Digest {
        let mut tree = Frontier::empty();
        self.entries[..size]
            .iter()
            .for_each(|(leaf, _)| tree.push(leaf_hash(leaf)));
        tree.root()
    }

    pub fn checkpoint(&self, key: &Key) -> SignedCheckpoint {
        let size = self.entries.len();
        sign(
            Checkpoint::new(Origin::parse(ORIGIN).unwrap(), size as u64, self.root(size)),
            key,
        )
    }
}

/// A record with a header that no draft would give it.
pub fn sign_header(header: &Header, key: &Key) -> Record {
    let unsigned = Proof::sign(&json!({}), &key.signer, &key.id, header.issued).unwrap();
    let leaf = Record::of(header, &unsigned).unwrap();
    let mut document: Value = serde_json::from_slice(leaf.leaf()).unwrap();
    document.as_object_mut().unwrap().remove("proof");
    let proof = Proof::sign(&document, &key.signer, &key.id, header.issued).unwrap();
    Record::of(header, &proof).unwrap()
}

pub fn sign(checkpoint: Checkpoint, key: &Key) -> SignedCheckpoint {
    let name = KeyName::parse(checkpoint.origin.as_str()).unwrap();
    let signer = NoteSigner::new(name, SignatureType::ED25519, &key.signer).unwrap();
    let mut signed = SignedCheckpoint::new(checkpoint).unwrap();
    let signature = signer.sign(signed.note().text(), at(0)).unwrap();
    signed.add(signature);
    signed
}

pub fn pinned(key: &Key) -> LogState {
    LogState::pinned(participant(), key.vkey())
}

pub fn draft(kind: &str, local: &str, body: Value) -> Draft {
    Draft {
        kind: KindName::parse(kind).unwrap(),
        local: local.to_owned(),
        version: 1,
        previous: None,
        valid: None,
        mandate: None,
        authentic: BTreeSet::new(),
        visibility: Visibility::Open,
        links: Vec::new(),
        body,
    }
}

pub fn dataset(title: &str) -> Value {
    let example = include_str!("../../../../kinds/dataset/examples/smallest.json");
    let mut body: Value = serde_json::from_str(example).unwrap();
    body["title"] = json!({"en": title});
    body
}
