//! What the tests of several files share: invented leaves, and the tree by the words of RFC 6962 section 2.1.

use crate::{
    Checkpoint, KeyName, NoteSigner, Origin, RightEdge, Signature, SignatureType, SignedCheckpoint, Tile, TileId,
    VerifierKey, empty_root, leaf_hash, node_hash,
};
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant};
use std::collections::BTreeMap;

pub(crate) fn leaves(count: u64) -> Vec<Digest> {
    (0..count)
        .map(|index| leaf_hash(format!("leaf {index}").as_bytes()))
        .collect()
}

/// MTH, word for word.
pub(crate) fn naive_root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// PATH, word for word.
pub(crate) fn naive_path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = match index.checked_sub(left.len()) {
        None => (naive_path(index, left), right),
        Some(index) => (naive_path(index, right), left),
    };
    path.push(naive_root(other));
    path
}

/// SUBPROOF, word for word; `whole` is its `b`.
pub(crate) fn naive_subproof(old: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, other) = match old.checked_sub(left.len()) {
        None | Some(0) => (naive_subproof(old, left, whole), right),
        Some(old) => (naive_subproof(old, right, false), left),
    };
    proof.push(naive_root(other));
    proof
}

/// The largest power of two smaller than `size`.
fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// A log's tiles as a folder would hold them: every tile of every size that was written.
#[derive(Default)]
pub(crate) struct Folder(pub(crate) BTreeMap<TileId, Vec<u8>>);

impl Folder {
    pub(crate) fn of(leaves: &[Digest]) -> Self {
        let mut folder = Self::default();
        folder.put(RightEdge::empty().grow(leaves));
        folder
    }

    pub(crate) fn put(&mut self, tiles: Vec<Tile>) {
        self.0.extend(tiles.into_iter().map(|tile| (tile.id, tile.bytes)));
    }

    pub(crate) fn get(&self, id: TileId) -> Option<Vec<u8>> {
        self.0.get(&id).cloned()
    }
}

/// A log with a fresh key.
pub(crate) struct Log {
    origin: Origin,
    signer: MemorySigner,
    pub(crate) keys: Vec<VerifierKey>,
}

impl Log {
    pub(crate) fn new(origin: &str) -> Self {
        let (signer, key) = fresh(origin, SignatureType::ED25519);
        Self {
            origin: Origin::parse(origin).unwrap(),
            signer,
            keys: vec![key],
        }
    }

    pub(crate) fn checkpoint(&self, size: u64, root: Digest) -> SignedCheckpoint {
        let mut signed = SignedCheckpoint::new(Checkpoint::new(self.origin.clone(), size, root)).unwrap();
        let name = self.keys[0].name().clone();
        let signer = NoteSigner::new(name, SignatureType::ED25519, &self.signer).unwrap();
        signed.add(signer.sign(signed.note().text(), Instant::from_unix_s(0)).unwrap());
        signed
    }
}

/// A witness with a fresh key.
pub(crate) struct Witness {
    signer: MemorySigner,
    pub(crate) key: VerifierKey,
}

impl Witness {
    pub(crate) fn new(name: &str) -> Self {
        let (signer, key) = fresh(name, SignatureType::COSIGNATURE);
        Self { signer, key }
    }

    pub(crate) fn cosign(&self, signed: &SignedCheckpoint, now: Instant) -> Signature {
        let signer = NoteSigner::new(self.key.name().clone(), SignatureType::COSIGNATURE, &self.signer).unwrap();
        signer.sign(signed.note().text(), now).unwrap()
    }
}

fn fresh(name: &str, kind: SignatureType) -> (MemorySigner, VerifierKey) {
    let signer = generate(Algorithm::Ed25519).unwrap().0;
    let key = NoteSigner::new(KeyName::parse(name).unwrap(), kind, &signer)
        .unwrap()
        .verifier_key()
        .clone();
    (signer, key)
}
