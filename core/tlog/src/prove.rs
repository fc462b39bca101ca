//! Proofs and roots out of tiles: which tiles are needed, and what they give.
//!
//! The tiles are believed here; a proof made of wrong ones does not verify (`proof`), a root made of wrong ones is another.

use crate::span::{self, Span, Subtree};
use crate::tile::{TILE_HEIGHT, row_width, tile_at};
use crate::{Frontier, Level, TileId, decode_hashes};
use chapar_terms::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Where tiles come from; none for a tile that is not to be had. The full tile may be given for a partial one.
pub type TileSource<'a> = dyn Fn(TileId) -> Option<Vec<u8>> + 'a;

/// There is no such proof, or not from these tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unprovable {
    /// The leaf is not in the tree, or the old tree is larger than the new one: nobody can prove it.
    Range,
    /// The tile is not to be had or has a wrong length: fetch it, then try again.
    Missing(TileId),
}

impl fmt::Display for Unprovable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range => f.write_str("the tree is too small for such a proof"),
            Self::Missing(id) => write!(f, "tile `{}` is missing or has a wrong length", id.path()),
        }
    }
}

impl std::error::Error for Unprovable {}

/// The tiles from which [`prove_inclusion`] makes its proof; empty where there is none.
pub fn tiles_for_inclusion(index: u64, size: u64) -> BTreeSet<TileId> {
    if index < size {
        tiles_for(&span::inclusion(index, size), size)
    } else {
        BTreeSet::new()
    }
}

/// The tiles from which [`prove_consistency`] makes its proof; empty where there is none or it is empty.
pub fn tiles_for_consistency(old: u64, new: u64) -> BTreeSet<TileId> {
    if (1..new).contains(&old) {
        tiles_for(&span::consistency(old, new), new)
    } else {
        BTreeSet::new()
    }
}

/// The tiles from which [`root_at`] makes the root: the right edge of the tree.
pub fn tiles_for_root(size: u64) -> BTreeSet<TileId> {
    tiles_for(&[Span { start: 0, end: size }], size)
}

/// The proof that leaf `index` is in the tree of `size` leaves (RFC 6962 section 2.1.1).
///
/// # Errors
/// See [`Unprovable`].
pub fn prove_inclusion(index: u64, size: u64, source: &TileSource<'_>) -> Result<Vec<Digest>, Unprovable> {
    if index >= size {
        return Err(Unprovable::Range);
    }
    Reader::new(size, source).roots(&span::inclusion(index, size))
}

/// The proof that the tree of `new` leaves begins with the tree of `old` leaves (RFC 6962 section 2.1.2). Empty for equal
/// sizes, and for the tree without leaves, with which every tree begins.
///
/// # Errors
/// See [`Unprovable`].
pub fn prove_consistency(old: u64, new: u64, source: &TileSource<'_>) -> Result<Vec<Digest>, Unprovable> {
    match old {
        _ if old > new => Err(Unprovable::Range),
        0 => Ok(Vec::new()),
        _ => Reader::new(new, source).roots(&span::consistency(old, new)),
    }
}

/// The tree of `size` leaves as its tiles tell it; its root is to be compared with a checkpoint's.
///
/// # Errors
/// See [`Unprovable`].
pub fn root_at(size: u64, source: &TileSource<'_>) -> Result<Frontier, Unprovable> {
    prefix_at(size, size, source)
}

/// The tree of the first `old` leaves as the tiles of the tree of `size` leaves tell it.
///
/// # Errors
/// See [`Unprovable`].
pub fn prefix_at(old: u64, size: u64, source: &TileSource<'_>) -> Result<Frontier, Unprovable> {
    if old > size {
        return Err(Unprovable::Range);
    }
    Reader::new(size, source).frontier(Span { start: 0, end: old })
}

fn tiles_for(spans: &[Span], size: u64) -> BTreeSet<TileId> {
    let subtrees = spans.iter().flat_map(|span| span.subtrees());
    subtrees.map(|subtree| place_of(subtree, size).0).collect()
}

/// The tile that holds a subtree, and which of its hashes are the subtree's.
fn place_of(subtree: Subtree, size: u64) -> (TileId, usize, usize) {
    let level = subtree.height / TILE_HEIGHT;
    let first = subtree.start >> (level * TILE_HEIGHT);
    let level = level as u8;
    let id = tile_at(Level::Hashes(level), first, row_width(level, size));
    let offset = (first - (id.index() << TILE_HEIGHT)) as usize;
    (id, offset, 1 << (subtree.height % TILE_HEIGHT))
}

/// Reads hashes of one tree, each tile once.
struct Reader<'a> {
    size: u64,
    source: &'a TileSource<'a>,
    tiles: BTreeMap<TileId, Vec<Digest>>,
}

impl<'a> Reader<'a> {
    fn new(size: u64, source: &'a TileSource<'a>) -> Self {
        Self {
            size,
            source,
            tiles: BTreeMap::new(),
        }
    }

    fn roots(&mut self, spans: &[Span]) -> Result<Vec<Digest>, Unprovable> {
        spans.iter().map(|span| Ok(self.frontier(*span)?.root())).collect()
    }

    fn frontier(&mut self, span: Span) -> Result<Frontier, Unprovable> {
        let mut frontier = Frontier::empty();
        for subtree in span.subtrees() {
            frontier.push_subtree(self.subtree_root(subtree)?, subtree.height);
        }
        Ok(frontier)
    }

    fn subtree_root(&mut self, subtree: Subtree) -> Result<Digest, Unprovable> {
        let (id, offset, count) = place_of(subtree, self.size);
        let missing = Unprovable::Missing(id);
        if !self.tiles.contains_key(&id) {
            let bytes = (self.source)(id).ok_or(missing)?;
            self.tiles.insert(id, decode_hashes(id, &bytes).map_err(|_| missing)?);
        }
        let hashes = self
            .tiles
            .get(&id)
            .and_then(|tile| tile.get(offset..offset + count))
            .ok_or(missing)?;
        let mut within = Frontier::empty();
        hashes.iter().for_each(|hash| within.push(*hash));
        Ok(within.root())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RightEdge;
    use crate::testing::{Folder, leaves, naive_path, naive_root, naive_subproof};
    use std::cell::RefCell;

    /// Small trees whole; large ones at their seams.
    const SIZES: [u64; 14] = [1, 2, 3, 5, 8, 13, 255, 256, 257, 300, 511, 513, 1000, 66_000];

    fn sample(size: u64) -> Vec<u64> {
        let all = 0..size;
        if size <= 13 {
            all.collect()
        } else {
            [0, 1, 127, 200, 254, size / 2, size - 2, size - 1].into()
        }
    }

    #[test]
    fn proofs_are_those_of_the_definition_and_come_from_the_named_tiles() {
        let leaves = leaves(66_000);
        for size in SIZES {
            let tree = &leaves[..size as usize];
            let folder = Folder::of(tree);
            let asked = RefCell::new(BTreeSet::new());
            let source = |id| {
                asked.borrow_mut().insert(id);
                folder.get(id)
            };
            assert_eq!(root_at(size, &source).unwrap().root(), naive_root(tree));
            assert_eq!(asked.take(), tiles_for_root(size));
            for index in sample(size) {
                let proof = prove_inclusion(index, size, &source).unwrap();
                assert_eq!(proof, naive_path(index as usize, tree), "{index} of {size}");
                assert_eq!(asked.take(), tiles_for_inclusion(index, size));
                let old = index + 1;
                let proof = prove_consistency(old, size, &source).unwrap();
                assert_eq!(proof, naive_subproof(old as usize, tree, true), "{old} to {size}");
                assert_eq!(asked.take(), tiles_for_consistency(old, size));
                let prefix = prefix_at(old, size, &source).unwrap();
                assert_eq!(prefix.root(), naive_root(&leaves[..old as usize]));
                asked.take();
            }
        }
    }

    #[test]
    fn full_tiles_stand_in_for_partial_ones() {
        let leaves = leaves(600);
        let (mut edge, mut folder) = (RightEdge::empty(), Folder::default());
        folder.put(edge.grow(&leaves[..300]));
        folder.put(edge.grow(&leaves[300..]));
        assert!(folder.0.remove(&TileId::parse("tile/0/001.p/44").unwrap()).is_some());
        let full = |id: TileId| folder.get(id).or_else(|| folder.get(id.full()));
        assert_eq!(root_at(300, &full).unwrap().root(), naive_root(&leaves[..300]));
        assert_eq!(
            prove_inclusion(280, 300, &full).unwrap(),
            naive_path(280, &leaves[..300])
        );
    }

    #[test]
    fn what_cannot_be_proved() {
        let folder = Folder::of(&leaves(300));
        let source = |id| folder.get(id);
        assert_eq!(prove_inclusion(300, 300, &source), Err(Unprovable::Range));
        assert_eq!(prove_consistency(301, 300, &source), Err(Unprovable::Range));
        assert_eq!(prefix_at(301, 300, &source), Err(Unprovable::Range));
        assert_eq!(prove_consistency(0, 300, &source), Ok(Vec::new()));
        assert_eq!(prove_consistency(300, 300, &source), Ok(Vec::new()));
        let missing = TileId::parse("tile/0/001.p/44").unwrap();
        let without = |id| folder.get(id).filter(|_| id != missing);
        assert_eq!(prove_inclusion(0, 300, &without), Err(Unprovable::Missing(missing)));
        let short = |id| folder.get(id).map(|bytes| bytes[..bytes.len() - 1].to_vec());
        assert!(matches!(root_at(300, &short), Err(Unprovable::Missing(_))));
        assert!(tiles_for_inclusion(300, 300).is_empty() && tiles_for_consistency(301, 300).is_empty());
    }
}
