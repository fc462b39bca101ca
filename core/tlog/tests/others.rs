//! Two published crates beside ours on the same invented log: `tlog_tiles` reads our tiles and makes the same proofs, `signed_note`
//! reads our notes. They know only part of what we do; the judge `tlog-go` knows the rest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_suite_international::{International, generate};
use chapar_terms::{Algorithm, Digest, Instant};
use chapar_tlog::{
    Checkpoint, KeyName, Level, NoteSigner, Origin, RightEdge, SignatureType, SignedCheckpoint, TileId, leaf_hash,
    prefix_at, prove_consistency, prove_inclusion, tiles_between, verify_consistency, verify_inclusion,
};
use signed_note::{Note, StandardVerifier, VerifierList};
use std::collections::BTreeMap;
use tlog_tiles::{Hash, Tile, TileHashReader, TileReader};

/// Grown in two steps over a seam, so that partial tiles of both are there.
const SIZES: [u64; 2] = [300, 66_000];

struct Tiles(BTreeMap<TileId, Vec<u8>>);

impl Tiles {
    fn get(&self, id: TileId) -> Option<Vec<u8>> {
        self.0.get(&id).cloned()
    }
}

fn name_of(tile: &Tile) -> TileId {
    TileId::new(
        Level::Hashes(tile.level()),
        tile.level_index(),
        tile.width().try_into().unwrap(),
    )
    .unwrap()
}

impl TileReader for Tiles {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        Ok(tiles.iter().map(|tile| self.get(name_of(tile)).unwrap()).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn grown() -> Tiles {
    let (mut edge, mut tiles) = (RightEdge::empty(), BTreeMap::new());
    for size in SIZES {
        let leaves: Vec<Digest> = (edge.size()..size)
            .map(|index| leaf_hash(&index.to_be_bytes()))
            .collect();
        tiles.extend(edge.grow(&leaves).into_iter().map(|tile| (tile.id, tile.bytes)));
    }
    Tiles(tiles)
}

fn theirs(digest: Digest) -> Hash {
    Hash(*digest.as_bytes())
}

fn ours(hashes: &[Hash]) -> Vec<Digest> {
    hashes.iter().map(|hash| Digest::from_bytes(hash.0)).collect()
}

#[test]
fn the_same_proofs_out_of_the_same_tiles() {
    let tiles = grown();
    let source = |id| tiles.get(id);
    for size in SIZES {
        let root = prefix_at(size, size, &source).unwrap().root();
        let reader = TileHashReader::new(size, theirs(root), &tiles);
        assert_eq!(tlog_tiles::tree_hash(size, &reader).unwrap(), theirs(root));
        for place in [0, 1, 127, 128, 255, 256, size / 2, size - 1] {
            let proof = tlog_tiles::prove_record(size, place, &reader).unwrap();
            assert_eq!(
                prove_inclusion(place, size, &source).unwrap(),
                ours(&proof),
                "{place} of {size}"
            );
            let leaf = leaf_hash(&place.to_be_bytes());
            assert_eq!(verify_inclusion(place, &leaf, size, &root, &ours(&proof)), Ok(()));
            tlog_tiles::check_record(&proof, size, theirs(root), place, theirs(leaf)).unwrap();
            let old = place + 1;
            let old_root = prefix_at(old, size, &source).unwrap().root();
            let proof = tlog_tiles::prove_tree(size, old, &reader).unwrap();
            assert_eq!(
                prove_consistency(old, size, &source).unwrap(),
                ours(&proof),
                "{old} to {size}"
            );
            assert_eq!(verify_consistency(old, &old_root, size, &root, &ours(&proof)), Ok(()));
            tlog_tiles::check_tree(&proof, size, theirs(root), old, theirs(old_root)).unwrap();
        }
    }
}

#[test]
fn the_same_tiles_between_two_sizes() {
    for (old, new) in [(0, 1), (0, 70_000), (255, 257), (300, 66_000), (65_535, 65_537), (5, 5)] {
        let mut named: Vec<TileId> = Tile::new_tiles(8, old, new).iter().map(name_of).collect();
        let mut known: Vec<TileId> = tiles_between(old, new).collect();
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known, "{old} to {new}");
    }
}

#[test]
fn notes_and_checkpoints_cross_both_ways() {
    let key = generate(Algorithm::Ed25519).unwrap().0;
    let signer = NoteSigner::new(KeyName::parse("log.example/a").unwrap(), SignatureType::ED25519, &key).unwrap();
    let checkpoint = Checkpoint::new(Origin::parse("log.example/a").unwrap(), 7, Digest::of(b"root"));
    let mut signed = SignedCheckpoint::new(checkpoint).unwrap();
    signed.add(signer.sign(signed.note().text(), Instant::from_unix_s(0)).unwrap());
    let verifiers = |text: &str| VerifierList::new(vec![Box::new(StandardVerifier::new(text).unwrap())]);
    let note = Note::from_bytes(signed.render().as_bytes()).unwrap();
    let known = verifiers(&signer.verifier_key().render());
    assert_eq!(note.verify(&known).unwrap().0.len(), 1);
    let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!(
        (read.origin(), read.size(), read.hash()),
        ("log.example/a", 7, &theirs(Digest::of(b"root")))
    );
    let back = SignedCheckpoint::parse(&note.to_bytes()).unwrap();
    assert_eq!(back, signed);
    assert!(back.verify(&International, &[signer.verifier_key().clone()]).is_ok());
    let changed = signed.render().replace("\n7\n", "\n8\n");
    assert!(Note::from_bytes(changed.as_bytes()).unwrap().verify(&known).is_err());
}
