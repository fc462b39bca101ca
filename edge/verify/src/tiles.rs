//! The hash tiles of a log, each compared with the one that the entries give.
//!
//! The root of the entries is judged elsewhere and would be enough for us; others prove inclusion by the tiles, so a wrong one is
//! a fault of the log although its entries are right.

use crate::source::{Found, Source, Unreadable};
use chapar_register::{Report, Standing, Statement, Weight};
use chapar_terms::Digest;
use chapar_tlog::{HASH_BYTES, Level, RightEdge, TILE_WIDTH, Tile, decode_hashes, encode_hashes};
use std::collections::BTreeMap;

/// The comparison of all tiles of a tree of `size` leaves.
pub(crate) struct TileCheck {
    edge: RightEdge,
    size: u64,
    good: u64,
    /// The partial tile of each row that has one now: compared when the row grows no more.
    partial: BTreeMap<Level, Tile>,
}

impl TileCheck {
    pub(crate) const fn new(size: u64) -> Self {
        Self {
            edge: RightEdge::empty(),
            size,
            good: 0,
            partial: BTreeMap::new(),
        }
    }

    /// The root of the entries so far.
    pub(crate) fn root(&self) -> Digest {
        self.edge.root()
    }

    /// The tree so far.
    pub(crate) const fn edge(&self) -> &RightEdge {
        &self.edge
    }

    /// How many entries were taken.
    pub(crate) const fn taken(&self) -> u64 {
        self.edge.size()
    }

    /// Takes the next entries by their hashes, and looks at the tiles that are whole with them.
    pub(crate) async fn grow(
        &mut self,
        leaves: &[Digest],
        source: &Source,
        report: &mut Report,
    ) -> Result<(), Unreadable> {
        for tile in self.edge.grow(leaves) {
            match tile.id.is_full() {
                true => {
                    self.partial.remove(&tile.id.level());
                    self.compare(&tile, source, report).await?;
                }
                false => drop(self.partial.insert(tile.id.level(), tile)),
            }
        }
        if self.taken() == self.size {
            for tile in std::mem::take(&mut self.partial).into_values() {
                self.compare(&tile, source, report).await?;
            }
        }
        Ok(())
    }

    async fn compare(&mut self, made: &Tile, source: &Source, report: &mut Report) -> Result<(), Unreadable> {
        let found = source.tile(made.id).await?;
        match flaw(made, &found) {
            None => self.good += 1,
            Some(flaw) => report.say(flaw),
        }
        Ok(())
    }

    /// Says how many tiles are right, where the whole tree was seen.
    pub(crate) fn say(&self, report: &mut Report) {
        if self.taken() < self.size {
            return;
        }
        let said = Statement::new("tiles-verified", Standing::Proven, Weight::Additional);
        report.say(said.with("count", self.good));
    }
}

fn flaw(made: &Tile, found: &Found) -> Option<Statement> {
    let broken = |code| Statement::new(code, Standing::Broken, Weight::Needed).with("path", made.id.path());
    let bytes = match found.bytes() {
        Ok(bytes) => bytes,
        Err(why) => return Some(broken("tile-missing").with("why", why)),
    };
    let hashes = match decode_hashes(made.id, bytes) {
        Ok(hashes) => encode_hashes(&hashes),
        Err(invalid) => return Some(broken("tile-malformed").with("why", invalid)),
    };
    let mut pairs = made.bytes.chunks(HASH_BYTES).zip(hashes.chunks(HASH_BYTES));
    let place = pairs.position(|(made, found)| made != found)?;
    let wrong = broken("tile-wrong").with("place", place);
    Some(match made.id.level() {
        Level::Hashes(0) => {
            let first = made.id.index().saturating_mul(u64::from(TILE_WIDTH));
            wrong.with("index", first.saturating_add(u64::try_from(place).unwrap_or(0)))
        }
        _ => wrong,
    })
}
