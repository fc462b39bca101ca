//! What further entries make of a log: its right edge with them, and the files that are new.
//!
//! Own logs and mirrors of foreign ones share it, so that a mirror has the same bytes as the log. Refuses to write them.

use crate::{Level, RightEdge, TILE_WIDTH, Tile, encode_entries, leaf_hash, tiles_of_row};
use chapar_terms::{Digest, Invalid};

/// The edge grown by `leaves`, which begin where its last bundle does, and the files that are new with it; none when nothing is new.
///
/// They are to be written in this order: bundles first, then hashes, the highest row last. An edge that loads from its files proves then
/// that nothing below it was cut off.
///
/// # Errors
/// A leaf is longer than an entry may be.
pub fn grown(edge: &RightEdge, leaves: &[Vec<u8>]) -> Result<Option<(RightEdge, Vec<Tile>)>, Invalid> {
    let size = edge.size();
    let behind = size % u64::from(TILE_WIDTH);
    let known = behind.saturating_sub(u64::from(chapar_terms::sabotaged("take-log-entry-twice")));
    let Some(fresh) = usize::try_from(known).ok().and_then(|known| leaves.get(known..)) else {
        return Ok(None);
    };
    if fresh.is_empty() {
        return Ok(None);
    }
    let mut edge = edge.clone();
    let skipped = usize::from(fresh.len() > 1 && chapar_terms::sabotaged("skip-log-entry"));
    let hashes: Vec<Digest> = fresh.iter().skip(skipped).map(|leaf| leaf_hash(leaf)).collect();
    let mut tiles = edge.grow(&hashes);
    tiles.sort_by_key(|tile| tile.id.level());
    let bundles = leaves.chunks(usize::from(TILE_WIDTH));
    let bundles = tiles_of_row(Level::Entries, size, edge.size()).zip(bundles);
    let bundle = |(id, entries)| {
        Ok(Tile {
            id,
            bytes: encode_entries(entries)?,
        })
    };
    let mut files = bundles.map(bundle).collect::<Result<Vec<_>, Invalid>>()?;
    files.extend(tiles);
    Ok(Some((edge, files)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proves_a_tree_is_written_after_what_it_proves() {
        let leaves = vec![b"leaf".to_vec(); usize::from(TILE_WIDTH) + 1];
        let (_, files) = grown(&RightEdge::empty(), &leaves).unwrap().unwrap();
        let paths: Vec<String> = files.iter().map(|file| file.id.path()).collect();
        assert_eq!(
            paths,
            [
                "tile/entries/000",
                "tile/entries/001.p/1",
                "tile/0/000",
                "tile/0/001.p/1",
                "tile/1/000.p/1"
            ]
        );
    }
}
