//! Tiles by name: level, index and width, their path, which of them a tree has, and the bytes of a tile of hashes (C2SP tlog-tiles).

use crate::text::decimal;
use chapar_terms::{Digest, Invalid, quote};
use std::iter::successors;

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// Bytes of one hash in a tile.
pub const HASH_BYTES: usize = 32;
/// Highest level that a path may name.
const HIGHEST_LEVEL: u8 = 63;
/// A tile stands for a subtree of this height.
pub(crate) const TILE_HEIGHT: u32 = 8;
const WHAT: &str = "tile path";

/// Which row of a log's resources a tile belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Hashes: of leaves at level 0, of full tiles of the level below above it.
    Hashes(u8),
    /// The entries themselves.
    Entries,
    /// What the entries commit to, entry for entry; ours, not C2SP's.
    Bodies,
}

/// The name of a tile or a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    level: Level,
    index: u64,
    width: u16,
}

impl TileId {
    /// Names a tile; a full one has the width [`TILE_WIDTH`].
    ///
    /// # Errors
    /// The level is above 63, or the width is not 1 to 256; answer "not found".
    pub fn new(level: Level, index: u64, width: u16) -> Result<Self, Invalid> {
        if matches!(level, Level::Hashes(level) if level > HIGHEST_LEVEL) {
            return Err(Invalid::new(WHAT, "level is above 63"));
        }
        if !(1..=TILE_WIDTH).contains(&width) {
            return Err(Invalid::new(WHAT, "width is not 1 to 256"));
        }
        Ok(Self::of(level, index, width))
    }

    /// Names a tile whose level and width follow from a tree.
    pub(crate) const fn of(level: Level, index: u64, width: u16) -> Self {
        Self { level, index, width }
    }

    /// The row that it belongs to.
    pub const fn level(self) -> Level {
        self.level
    }

    /// Its place in the row, counted in full tiles.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Whether it can grow no more.
    pub const fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The full tile at the same place.
    pub const fn full(self) -> Self {
        Self::of(self.level, self.index, TILE_WIDTH)
    }

    /// The path below the log's prefix, e.g. `tile/0/x001/x234/067` or `tile/entries/000.p/7`.
    pub fn path(self) -> String {
        let mut path = match self.level {
            Level::Hashes(level) => format!("tile/{level}/"),
            Level::Entries => "tile/entries/".to_owned(),
            Level::Bodies => "bodies/".to_owned(),
        };
        let thousands: Vec<u64> =
            successors(Some(self.index), |rest| Some(rest / 1000).filter(|rest| *rest > 0)).collect();
        for (place, rest) in thousands.iter().enumerate().rev() {
            let part = rest % 1000;
            path.push_str(&if place > 0 {
                format!("x{part:03}/")
            } else {
                format!("{part:03}")
            });
        }
        if !self.is_full() {
            path.push_str(&format!(".p/{}", self.width));
        }
        path
    }

    /// Reads a path: exactly what [`TileId::path`] writes, no other spelling.
    ///
    /// # Errors
    /// It is no such path; answer "not found".
    pub fn parse(path: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(WHAT, format!("{} names no tile", quote(path)));
        let (row, place) = match path.strip_prefix("tile/") {
            Some(rest) => rest.split_once('/').ok_or_else(wrong)?,
            None => ("bodies", path.strip_prefix("bodies/").ok_or_else(wrong)?),
        };
        let level = match row {
            "entries" => Level::Entries,
            "bodies" => Level::Bodies,
            _ => Level::Hashes(decimal(WHAT, row)?.try_into().map_err(|_| wrong())?),
        };
        let (place, width) = match place.split_once(".p/") {
            Some((place, width)) => (place, decimal(WHAT, width)?.try_into().map_err(|_| wrong())?),
            None => (place, TILE_WIDTH),
        };
        let id = Self::new(level, index(place).ok_or_else(wrong)?, width)?;
        // One place, one spelling: no superfluous `x000`, no partial tile of full width, no bodies below `tile`.
        if id.path() == path { Ok(id) } else { Err(wrong()) }
    }
}

/// A tile or a bundle as it lies on disk and goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Its name.
    pub id: TileId,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The number spelled by `x001/x234/067`; how many parts it has is judged by the caller.
fn index(place: &str) -> Option<u64> {
    place.split('/').try_fold(0_u64, |index, part| {
        let digits = part.strip_prefix('x').unwrap_or(part);
        let part: u64 = digits.parse().ok()?;
        index.checked_mul(1000)?.checked_add(part)
    })
}

/// Hashes in the whole row of `level` in a tree of `size` leaves.
pub(crate) fn row_width(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * TILE_HEIGHT).unwrap_or(0)
}

/// The tile that holds the hash at `place` of the row of `level` in a tree of `size` leaves.
pub(crate) fn tile_at(level: Level, place: u64, row: u64) -> TileId {
    let index = place >> TILE_HEIGHT;
    let width = (row - (index << TILE_HEIGHT)).min(u64::from(TILE_WIDTH));
    TileId::of(level, index, width as u16)
}

/// The tiles of hashes that a tree of `new` leaves has and a tree of `old` leaves had not, row by row from the leaves up.
///
/// The bundles of entries follow the row of level 0: see [`TileId::level`].
pub fn tiles_between(old: u64, new: u64) -> impl Iterator<Item = TileId> {
    (0..=HIGHEST_LEVEL)
        .map(move |level| (level, row_width(level, old), row_width(level, new)))
        .take_while(|(_, _, new)| *new > 0)
        .flat_map(|(level, old, new)| tiles_of_row(Level::Hashes(level), old, new))
}

/// The tiles of one row of `new` hashes or entries that a row of `old` had not.
pub fn tiles_of_row(level: Level, old: u64, new: u64) -> impl Iterator<Item = TileId> {
    let (first, last) = match new.checked_sub(1).filter(|_| old < new) {
        Some(last) => (old >> TILE_HEIGHT, (last >> TILE_HEIGHT) + 1),
        None => (0, 0),
    };
    (first..last).map(move |index| tile_at(level, index << TILE_HEIGHT, new))
}

/// The bytes of a tile of hashes.
pub fn encode_hashes(hashes: &[Digest]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(hashes.len() * HASH_BYTES);
    for hash in hashes {
        bytes.extend_from_slice(hash.as_bytes());
    }
    bytes
}

/// The hashes of a tile. The full tile may stand in for a partial one, as C2SP allows; what is beyond the width is not looked at.
///
/// # Errors
/// There are too few bytes, or more than a full tile has; ask for the tile again or elsewhere.
pub fn decode_hashes(id: TileId, bytes: &[u8]) -> Result<Vec<Digest>, Invalid> {
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    let width = usize::from(id.width());
    let stands_in = hashes.len() == width || hashes.len() == usize::from(TILE_WIDTH);
    match hashes.get(..width) {
        Some(hashes) if rest.is_empty() && stands_in => {
            Ok(hashes.iter().map(|hash| Digest::from_bytes(*hash)).collect())
        }
        _ => Err(Invalid::new(
            "tile",
            format!("`{}` has {} bytes", id.path(), bytes.len()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(old: u64, new: u64) -> Vec<String> {
        tiles_between(old, new).map(TileId::path).collect()
    }

    /// The example of C2SP tlog-tiles, "Partial Tiles".
    #[test]
    fn a_tree_of_seventy_thousand() {
        let paths = paths(0, 70_000);
        let full = (0..273).map(|index| format!("tile/0/{index:03}"));
        let rest = ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"].map(str::to_owned);
        assert_eq!(paths, full.chain(rest).collect::<Vec<_>>());
    }

    #[test]
    fn rows_grow() {
        assert_eq!(paths(0, 0), [""; 0]);
        assert_eq!(paths(0, 1), ["tile/0/000.p/1"]);
        assert_eq!(paths(0, 256), ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(paths(255, 257), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
        assert_eq!(paths(256, 257), ["tile/0/001.p/1"]);
        assert_eq!(paths(257, 257), [""; 0]);
        assert_eq!(paths(257, 256), [""; 0]);
        assert_eq!(paths(65_535, 65_536), ["tile/0/255", "tile/1/000", "tile/2/000.p/1"]);
        let top = paths(crate::MOST_LEAVES - 1, crate::MOST_LEAVES);
        assert_eq!(top, ["tile/0/x036/x028/x797/x018/x963/967.p/255"]);
        let bundles: Vec<_> = tiles_of_row(Level::Entries, 255, 257).map(TileId::path).collect();
        assert_eq!(bundles, ["tile/entries/000", "tile/entries/001.p/1"]);
    }

    #[test]
    fn paths_are_read_back() {
        for path in [
            "tile/0/x001/x234/067",
            "tile/63/000",
            "tile/entries/x001/000.p/255",
            "tile/7/999.p/1",
            "bodies/x012/345.p/6",
            "tile/0/x018/x446/x744/x073/x709/x551/615",
        ] {
            assert_eq!(TileId::parse(path).unwrap().path(), path);
        }
        let id = TileId::parse("tile/0/x001/x234/067").unwrap();
        assert_eq!(
            (id.level(), id.index(), id.width(), id.is_full()),
            (Level::Hashes(0), 1_234_067, 256, true)
        );
    }

    #[test]
    fn hashes_are_read_back_and_a_full_tile_stands_in() {
        let hashes: Vec<Digest> = (0..=255_u8).map(|byte| Digest::of(&[byte])).collect();
        let bytes = encode_hashes(&hashes);
        let partial = TileId::of(Level::Hashes(0), 0, 3);
        assert_eq!(decode_hashes(partial.full(), &bytes).unwrap(), hashes);
        assert_eq!(decode_hashes(partial, &bytes).unwrap(), hashes[..3]);
        assert_eq!(decode_hashes(partial, &bytes[..96]).unwrap(), hashes[..3]);
        for wrong in [0, 64, 95, 97, 128, 8191] {
            assert!(decode_hashes(partial, &bytes[..wrong]).is_err(), "{wrong}");
        }
        assert!(decode_hashes(partial.full(), &bytes[..96]).is_err());
    }
}
