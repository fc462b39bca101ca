//! The right edge of a growing tree, and the tiles that new leaves make of it: what a sequencer writes.

use crate::tile::{TILE_HEIGHT, row_width, tile_at};
use crate::{
    Frontier, Level, TILE_WIDTH, Tile, TileId, TileSource, Unprovable, decode_hashes, encode_hashes, node_hash,
    tiles_between,
};
use chapar_terms::Digest;

/// The hashes of the partial tiles of a tree, one row per level. They are all that its growth needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RightEdge {
    size: u64,
    rows: Vec<Vec<Digest>>,
}

impl RightEdge {
    /// The edge of the tree without leaves.
    pub const fn empty() -> Self {
        Self {
            size: 0,
            rows: Vec::new(),
        }
    }

    /// Takes up the edge of a tree that was written. Compare [`RightEdge::root`] with the checkpoint before going on.
    ///
    /// # Errors
    /// A tile is missing or has a wrong length: the log's files are damaged.
    pub fn load(size: u64, source: &TileSource<'_>) -> Result<Self, Unprovable> {
        let rows = (0..)
            .map(|level| (level, row_width(level, size)))
            .take_while(|(_, row)| *row > 0);
        let rows = rows.map(|(level, row)| {
            if row.is_multiple_of(u64::from(TILE_WIDTH)) {
                return Ok(Vec::new());
            }
            let id = tile_at(Level::Hashes(level), row - 1, row);
            let bytes = source(id).ok_or(Unprovable::Missing(id))?;
            decode_hashes(id, &bytes).map_err(|_| Unprovable::Missing(id))
        });
        Ok(Self {
            size,
            rows: rows.collect::<Result<_, _>>()?,
        })
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The tree reduced to its complete subtrees.
    pub fn frontier(&self) -> Frontier {
        let mut frontier = Frontier::empty();
        for (level, hashes) in self.rows.iter().enumerate().rev() {
            let height = level as u32 * TILE_HEIGHT;
            hashes.iter().for_each(|hash| frontier.push_subtree(*hash, height));
        }
        frontier
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        self.frontier().root()
    }

    /// Appends leaves by their hashes and gives the tiles that are new: those of [`tiles_between`] the old and the new size,
    /// full ones first. They must be durable before a checkpoint of the new size is.
    pub fn grow(&mut self, leaves: &[Digest]) -> Vec<Tile> {
        let old = self.size;
        let mut tiles = Vec::new();
        for leaf in leaves {
            self.push(*leaf, &mut tiles);
        }
        let partial = tiles_between(old, self.size).filter(|id| !id.is_full());
        tiles.extend(partial.filter_map(|id| {
            Some(Tile {
                id,
                bytes: encode_hashes(self.row(id)?),
            })
        }));
        tiles
    }

    fn row(&self, id: TileId) -> Option<&[Digest]> {
        match id.level() {
            Level::Hashes(level) => self.rows.get(usize::from(level)).map(Vec::as_slice),
            Level::Entries | Level::Bodies => None,
        }
    }

    /// One leaf; each tile that it fills goes out and becomes one hash in the row above.
    fn push(&mut self, leaf: Digest, full: &mut Vec<Tile>) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0_u8.. {
            if self.rows.len() == usize::from(level) {
                self.rows.push(Vec::with_capacity(usize::from(TILE_WIDTH)));
            }
            let Some(row) = self.rows.get_mut(usize::from(level)) else {
                return;
            };
            row.push(hash);
            if row.len() < usize::from(TILE_WIDTH) {
                return;
            }
            let width = row_width(level, self.size);
            let id = tile_at(Level::Hashes(level), width - 1, width);
            full.push(Tile {
                id,
                bytes: encode_hashes(row),
            });
            hash = tile_root(row);
            row.clear();
        }
    }
}

/// The root over the hashes of a full tile.
fn tile_root(hashes: &[Digest]) -> Digest {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        let pairs = row.as_chunks::<2>().0;
        row = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied().unwrap_or_else(crate::empty_root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Folder, leaves};
    use std::collections::BTreeSet;

    /// Grows in steps across every seam; the tiles are those named, and each hash in them is the root of its span.
    #[test]
    fn grows_to_the_same_tiles_in_any_steps() {
        let leaves = leaves(66_500);
        let (mut edge, mut tree, mut folder) = (RightEdge::empty(), Frontier::empty(), Folder::default());
        for step in [1, 2, 252, 1, 1, 300, 64_978, 1, 900, 0, 64] {
            let old = edge.size();
            let new = &leaves[old as usize..][..step];
            let tiles = edge.grow(new);
            let ids: Vec<TileId> = tiles.iter().map(|tile| tile.id).collect();
            let distinct: BTreeSet<TileId> = ids.iter().copied().collect();
            assert_eq!(distinct, tiles_between(old, edge.size()).collect());
            assert_eq!(ids.len(), distinct.len());
            assert!(
                tiles
                    .iter()
                    .all(|tile| tile.bytes.len() == 32 * usize::from(tile.id.width()))
            );
            folder.put(tiles);
            new.iter().for_each(|leaf| tree.push(*leaf));
            assert_eq!(edge.frontier(), tree);
            assert_eq!(edge.root(), tree.root());
            assert_eq!(RightEdge::load(edge.size(), &|id| folder.get(id)), Ok(edge.clone()));
            assert_eq!(crate::root_at(edge.size(), &|id| folder.get(id)), Ok(tree.clone()));
        }
        assert_eq!(edge.size(), 66_500);
        let at_once = Folder::of(&leaves);
        assert!(
            at_once
                .0
                .iter()
                .all(|(id, bytes)| folder.get(*id).as_ref() == Some(bytes))
        );
    }

    #[test]
    fn a_damaged_folder_is_noticed() {
        let folder = Folder::of(&leaves(300));
        let id = TileId::parse("tile/0/001.p/44").unwrap();
        assert_eq!(RightEdge::load(300, &|_| None), Err(Unprovable::Missing(id)));
        assert_eq!(
            RightEdge::load(300, &|id| folder.get(id).map(|_| vec![0; 31])),
            Err(Unprovable::Missing(id))
        );
    }
}
