//! Our code writes the log: tiles and bundles as a sequencer makes them, checkpoints, proofs and a policy.

use crate::layout::{entry, extra, places, put};
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant};
use chapar_tlog::{
    Checkpoint, KeyName, Level, NoteSigner, Origin, RightEdge, SignatureType, SignedCheckpoint, TileId, TlogProof,
    grow_entries, leaf_hash, prove_consistency, prove_inclusion, tiles_of_row,
};
use std::fs;
use std::path::Path;

const ORIGIN: &str = "log.example/ours/log";
/// When the first tree was cosigned; later ones are as many seconds later as they have leaves.
const EPOCH: i64 = 1_790_000_000;

struct Writer<'a> {
    folder: &'a Path,
    log: MemorySigner,
    /// Three, of whom two must cosign; the first and the last do.
    witnesses: [MemorySigner; 3],
}

/// Writes a log that grows through `sizes`.
pub fn write(folder: &Path, sizes: &[u64]) {
    let key = || generate(Algorithm::Ed25519).unwrap().0;
    let writer = Writer {
        folder,
        log: key(),
        witnesses: [key(), key(), key()],
    };
    writer.keys();
    let mut edge = RightEdge::empty();
    let mut newest = None;
    for size in sizes {
        writer.grow(&mut edge, *size);
        let signed = writer.checkpoint(*size, edge.root());
        put(folder, &format!("checkpoints/{size}"), signed.render().as_bytes());
        newest = Some(signed);
    }
    let newest = newest.unwrap();
    put(folder, "checkpoint", newest.render().as_bytes());
    writer.proofs(sizes, &newest);
}

fn signer<'a>(name: &str, kind: SignatureType, key: &'a MemorySigner) -> NoteSigner<'a> {
    NoteSigner::new(KeyName::parse(name).unwrap(), kind, key).unwrap()
}

impl Writer<'_> {
    fn log(&self) -> NoteSigner<'_> {
        signer(ORIGIN, SignatureType::ED25519, &self.log)
    }

    fn witness(&self, number: usize) -> NoteSigner<'_> {
        signer(
            &format!("w{number}.example"),
            SignatureType::COSIGNATURE,
            &self.witnesses[number - 1],
        )
    }

    fn keys(&self) {
        let log = self.log().verifier_key().render();
        let witness = |number| format!("witness w{number} {}\n", self.witness(number).verifier_key().render());
        let witnesses: String = (1..=3).map(witness).collect();
        let quorum = "group first any w1 w2\ngroup both 2 first w3\nquorum both\n";
        put(self.folder, "vkey", format!("{log}\n").as_bytes());
        put(
            self.folder,
            "policy",
            format!("log {log}\n{witnesses}{quorum}").as_bytes(),
        );
    }

    fn grow(&self, edge: &mut RightEdge, size: u64) {
        let old = edge.size();
        let entries: Vec<Vec<u8>> = (old..size).map(entry).collect();
        let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let tail = tiles_of_row(Level::Entries, old.saturating_sub(1), old)
            .last()
            .filter(|id| !id.is_full());
        let tail = tail
            .map(|id| fs::read(self.folder.join(id.path())).unwrap())
            .unwrap_or_default();
        let bundles = grow_entries(old, &tail, &entries).unwrap();
        for tile in edge.grow(&leaves).into_iter().chain(bundles) {
            put(self.folder, &tile.id.path(), &tile.bytes);
        }
    }

    fn checkpoint(&self, size: u64, root: Digest) -> SignedCheckpoint {
        let mut signed = SignedCheckpoint::new(Checkpoint::new(Origin::parse(ORIGIN).unwrap(), size, root)).unwrap();
        let now = Instant::from_unix_s(EPOCH + size as i64);
        for signer in [self.log(), self.witness(1), self.witness(3)] {
            signed.add(signer.sign(signed.note().text(), now).unwrap());
        }
        signed
    }

    fn proofs(&self, sizes: &[u64], newest: &SignedCheckpoint) {
        let source = |id: TileId| fs::read(self.folder.join(id.path())).ok();
        let (mut inclusion, mut consistency) = (String::new(), String::new());
        for size in sizes {
            for index in places(*size) {
                let proof = prove_inclusion(index, *size, &source).unwrap();
                inclusion += &line(index, *size, &proof);
                if *size == newest.checkpoint().size {
                    let offline = TlogProof {
                        extra: extra(index),
                        index,
                        proof,
                        checkpoint: newest.clone(),
                    };
                    put(self.folder, &format!("proofs/{index}"), offline.render().as_bytes());
                }
            }
            for old in sizes.iter().filter(|old| *old <= size) {
                consistency += &line(*old, *size, &prove_consistency(*old, *size, &source).unwrap());
            }
        }
        put(self.folder, "inclusion", inclusion.as_bytes());
        put(self.folder, "consistency", consistency.as_bytes());
    }
}

fn line(first: u64, second: u64, proof: &[Digest]) -> String {
    let hashes: String = proof.iter().map(|hash| format!(" {}", hash.base64())).collect();
    format!("{first} {second}{hashes}\n")
}
