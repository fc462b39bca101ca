//! The tree of a log as files: taken up where a checkpoint left it, grown by leaves. Own logs and mirrors share it.

use super::sequencer::signed;
use crate::Fault;
use chapar_store::{LogSource, Store, Tiles};
use chapar_tlog::{Level, RightEdge, TILE_WIDTH, Tile, TileId, tiles_between, tiles_for_root, tiles_of_row};
use std::collections::BTreeMap;

/// Entries that are in memory at a time, at most.
pub(crate) const BATCH: u64 = 16_384;

/// Files by their paths.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// Where the tree of one log lies, and where its leaves come from.
pub(crate) struct Tree {
    pub store: Store,
    pub tiles: Tiles,
    pub source: LogSource,
    pub origin: String,
}

impl Tree {
    pub(crate) fn of(store: &Store, source: LogSource, origin: &str) -> Self {
        Self {
            store: store.clone(),
            tiles: store.tiles(origin),
            source,
            origin: origin.to_owned(),
        }
    }

    /// The edge of the tree of this size. Files that are missing are made again from the entries.
    pub(crate) async fn edge(&self, size: u64) -> Result<RightEdge, Fault> {
        match self.edge_from_files(size).await? {
            Some(edge) => Ok(edge),
            None => self.edge_from_entries(size).await,
        }
    }

    pub(crate) async fn edge_from_files(&self, size: u64) -> Result<Option<RightEdge>, Fault> {
        let mut files = BTreeMap::new();
        for id in tiles_for_root(size) {
            let Some(bytes) = self.tiles.read(&id.path()).await? else {
                return Ok(None);
            };
            files.insert(id, bytes);
        }
        Ok(RightEdge::load(size, &|id| files.get(&id).cloned()).ok())
    }

    /// Writes the files of the whole tree again, bundle by bundle.
    async fn edge_from_entries(&self, size: u64) -> Result<RightEdge, Fault> {
        tracing::warn!(log = %self.origin, size, "files of this log are missing: they are made again from its entries");
        let mut edge = RightEdge::empty();
        while edge.size() < size {
            let upto = size.min(edge.size() + BATCH);
            let grown = self.grow(&edge, upto).await?;
            let Some((next, files)) = grown else {
                return Err(Fault::Internal(format!(
                    "the log `{}` was published with {size} entries, and only {} are stored",
                    self.origin,
                    edge.size()
                )));
            };
            self.tiles.write(files).await?;
            edge = next;
        }
        Ok(edge)
    }

    /// The edge with the entries up to `upto` as far as they are stored, and the files that are new with it; none when nothing is.
    pub(crate) async fn grow(&self, edge: &RightEdge, upto: u64) -> Result<Option<(RightEdge, Files)>, Fault> {
        let size = edge.size();
        // The last bundle is written again as a wider one, so its entries are needed too.
        let behind = size % u64::from(TILE_WIDTH);
        let limit = signed(upto.saturating_sub(size).saturating_add(behind))?;
        let leaves = self
            .store
            .leaves_after(&self.source, signed(size - behind)?, limit)
            .await?;
        grown(edge, &leaves)
    }

    /// Partial tiles whose full one is out are asked for by nobody any more (C2SP tlog-tiles, "Partial Tiles").
    pub(crate) async fn drop_partial_tiles(&self, before: u64, size: u64) {
        let full = |id: &TileId| id.is_full();
        let rows = tiles_between(before, size).chain(tiles_of_row(Level::Entries, before, size));
        for id in rows.filter(full) {
            if let Err(fault) = self.tiles.remove_below(&format!("{}.p", id.path())).await {
                tracing::warn!(log = %self.origin, %fault, "old partial tiles stay behind");
            }
        }
    }
}

/// [`chapar_tlog::grown`], its files by their paths and in their order.
pub(crate) fn grown(edge: &RightEdge, leaves: &[Vec<u8>]) -> Result<Option<(RightEdge, Files)>, Fault> {
    let Some((edge, tiles)) = chapar_tlog::grown(edge, leaves)? else {
        return Ok(None);
    };
    let files = tiles.into_iter().map(|Tile { id, bytes }| (id.path(), bytes));
    Ok(Some((edge, files.collect())))
}
