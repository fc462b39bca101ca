//! Laws of trees and texts, tried on invented ones.

use crate::testing::{Folder, Log, Witness, leaves, naive_path, naive_root, naive_subproof};
use crate::witness::AddCheckpoint;
use crate::{
    Frontier, Level, RightEdge, SignedNote, TileId, TlogProof, VerifierKey, decode_bodies, decode_entries,
    encode_bodies, encode_entries, prove_consistency, prove_inclusion, root_at, tiles_between, verify_consistency,
    verify_inclusion,
};
use chapar_terms::{Digest, Instant};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Largest tree tried: three rows of tiles need more, and have a test of their own.
const MOST: u64 = 1200;
static LEAVES: LazyLock<Vec<Digest>> = LazyLock::new(|| leaves(MOST));

/// A proof of each kind that was rendered, to be spoiled.
static TEXTS: LazyLock<[String; 4]> = LazyLock::new(|| {
    let (log, witness) = (Log::new("log.example/a"), Witness::new("w.example"));
    let folder = Folder::of(&LEAVES[..300]);
    let source = |id| folder.get(id);
    let mut checkpoint = log.checkpoint(300, root_at(300, &source).unwrap().root());
    checkpoint.add(witness.cosign(&checkpoint, Instant::from_unix_s(1_790_000_000)));
    let proof = prove_inclusion(7, 300, &source).unwrap();
    let offline = TlogProof {
        extra: Some(vec![1, 2]),
        index: 7,
        proof,
        checkpoint: checkpoint.clone(),
    };
    let note = checkpoint.render();
    let request = AddCheckpoint {
        old_size: 9,
        proof: prove_consistency(9, 300, &source).unwrap(),
        checkpoint,
    };
    [note, request.render(), offline.render(), witness.key.render()]
});

/// A size, and two places in or below it.
fn tree() -> impl Strategy<Value = (u64, u64, u64)> {
    (1..=MOST).prop_flat_map(|size| (Just(size), 0..size, 1..=size))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn growth_in_any_steps_is_the_definition(steps in prop::collection::vec(0_usize..300, 1..6)) {
        let (mut edge, mut frontier, mut folder) = (RightEdge::empty(), Frontier::empty(), Folder::default());
        for step in steps {
            let old = edge.size() as usize;
            let new = LEAVES.get(old..old + step).unwrap_or_default();
            let tiles = edge.grow(new);
            prop_assert_eq!(tiles.len(), tiles_between(old as u64, edge.size()).count());
            folder.put(tiles);
            new.iter().for_each(|leaf| frontier.push(*leaf));
            let tree = &LEAVES[..edge.size() as usize];
            prop_assert_eq!(edge.root(), naive_root(tree));
            prop_assert_eq!(&Frontier::decode(&edge.frontier().encode()).unwrap(), &frontier);
            prop_assert_eq!(root_at(edge.size(), &|id| folder.get(id)).unwrap(), frontier.clone());
        }
    }

    #[test]
    fn proofs_out_of_tiles_are_the_definition_and_bind_every_bit(
        (size, index, old) in tree(),
        at in any::<prop::sample::Index>(),
        bit in 0_usize..256,
    ) {
        let tree = &LEAVES[..size as usize];
        let folder = Folder::of(tree);
        let source = |id| folder.get(id);
        let (root, leaf, old_root) = (naive_root(tree), LEAVES[index as usize], naive_root(&tree[..old as usize]));
        let inclusion = prove_inclusion(index, size, &source).unwrap();
        prop_assert_eq!(&inclusion, &naive_path(index as usize, tree));
        prop_assert_eq!(verify_inclusion(index, &leaf, size, &root, &inclusion), Ok(()));
        let consistency = prove_consistency(old, size, &source).unwrap();
        prop_assert_eq!(&consistency, &naive_subproof(old as usize, tree, true));
        prop_assert_eq!(verify_consistency(old, &old_root, size, &root, &consistency), Ok(()));
        if !inclusion.is_empty() {
            let spoiled = spoil(&inclusion, at.index(inclusion.len()), bit);
            prop_assert!(verify_inclusion(index, &leaf, size, &root, &spoiled).is_err());
        }
        if !consistency.is_empty() {
            let spoiled = spoil(&consistency, at.index(consistency.len()), bit);
            prop_assert!(verify_consistency(old, &old_root, size, &root, &spoiled).is_err());
        }
    }

    #[test]
    fn no_size_and_place_makes_a_check_fall_over(
        sizes in (any::<u64>(), any::<u64>()),
        count in 0_usize..66,
    ) {
        let (one, other) = sizes;
        let proof = vec![LEAVES[0]; count];
        prop_assert!(verify_inclusion(one, &LEAVES[1], other, &LEAVES[2], &proof).is_err());
        let consistent = verify_consistency(one, &LEAVES[1], other, &LEAVES[2], &proof);
        prop_assert!(consistent.is_err());
    }

    #[test]
    fn bundles_are_read_back(items in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256)) {
        let width = items.len() as u16;
        let entries = encode_entries(&items).unwrap();
        let id = TileId::new(Level::Entries, 3, width).unwrap();
        prop_assert_eq!(decode_entries(id, &entries).unwrap(), items.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let bodies: Vec<Option<&[u8]>> = items.iter().map(|item| Some(item.as_slice()).filter(|body| !body.is_empty())).collect();
        let id = TileId::new(Level::Bodies, 3, width).unwrap();
        let bytes = encode_bodies(&bodies).unwrap();
        prop_assert_eq!(decode_bodies(id, &bytes).unwrap(), bodies);
    }

    #[test]
    fn what_is_read_is_rendered_back(which in 0_usize..4, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = TEXTS[which].clone().into_bytes();
        let at = at.index(bytes.len());
        if cut {
            bytes.remove(at);
        } else {
            bytes[at] = byte;
        }
        let rendered = match which {
            0 => SignedNote::parse(&bytes).map(|note| note.render()),
            1 => AddCheckpoint::parse(&bytes).map(|request| request.render()),
            2 => TlogProof::parse(&bytes).map(|proof| proof.render()),
            _ => VerifierKey::parse(&String::from_utf8_lossy(&bytes)).map(|key| key.render()),
        };
        if let Ok(rendered) = rendered {
            prop_assert_eq!(rendered.into_bytes(), bytes);
        }
    }

    #[test]
    fn paths_are_read_back_and_no_other_spelling(index in any::<u64>(), width in 1_u16..=256, level in 0_u8..66, text in "tile/[0-9x/]{0,9}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        for level in [Level::Hashes(level.min(63)), Level::Entries, Level::Bodies] {
            let id = TileId::new(level, index, width).unwrap();
            prop_assert_eq!(TileId::parse(&id.path()), Ok(id));
        }
        if let Ok(id) = TileId::parse(&text) {
            prop_assert_eq!(id.path(), text);
        }
    }
}

fn spoil(proof: &[Digest], at: usize, bit: usize) -> Vec<Digest> {
    let mut spoiled = proof.to_vec();
    let mut bytes = *spoiled[at].as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    spoiled[at] = Digest::from_bytes(bytes);
    spoiled
}
