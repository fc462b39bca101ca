//! The one sequencer of a log: what was committed gets its index, goes into the tree, and is published under a checkpoint.
//!
//! The files of the tree are durable before the checkpoint that covers them takes the place of the one before, which happens by
//! compare-and-swap. A crash in between leaves files that the next run writes again with the same bytes, for the order of entries
//! is theirs since they were committed. So there are never two checkpoints of one size with different roots.

use super::book::OwnLog;
use super::serve::{Published, published};
use crate::{Fault, Runtime};
use chapar_store::{LogRow, LogState, Publication, Tiles};
use chapar_tlog::{
    Checkpoint, Level, RightEdge, SignedCheckpoint, TILE_WIDTH, Tile, TileId, encode_entries, leaf_hash, tiles_between,
    tiles_for_root, tiles_of_row,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Entries under one checkpoint more than under the one before, at most: bounds what is in memory at a time.
const BATCH: u64 = 16_384;
/// How long a sequencer waits after a fault, doubled each time up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Takes up a log where its last checkpoint left it.
pub(super) struct Sequencer {
    runtime: Runtime,
    log: Arc<OwnLog>,
    tiles: Tiles,
    edge: RightEdge,
}

impl Sequencer {
    /// Takes the log up. Files that are missing are made again from the entries.
    ///
    /// # Errors
    /// What is stored does not give the root that was published: stop, and tell the operator.
    pub(super) async fn load(runtime: &Runtime, log: Arc<OwnLog>, row: &LogRow) -> Result<Self, Fault> {
        let size = whole(row.size)?;
        let mut sequencer = Self {
            runtime: runtime.clone(),
            tiles: runtime.inner.store.tiles(log.origin.as_str()),
            edge: RightEdge::empty(),
            log,
        };
        let Some(note) = &row.checkpoint else {
            return Ok(sequencer);
        };
        let published = SignedCheckpoint::parse(note)?;
        sequencer.edge = match sequencer.edge_from_files(size).await? {
            Some(edge) => edge,
            None => sequencer.edge_from_entries(size).await?,
        };
        let (root, stored) = (published.checkpoint().root, sequencer.edge.root());
        if published.checkpoint().size != size || root != stored {
            return Err(Fault::Internal(format!(
                "the log `{}` was published with root `{root}` and {size} entries, and what is stored gives `{stored}`: \
                 it is not the history that was published, so nothing is added to it; restore the newest backup",
                sequencer.log.origin
            )));
        }
        Ok(sequencer)
    }

    async fn edge_from_files(&self, size: u64) -> Result<Option<RightEdge>, Fault> {
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
    async fn edge_from_entries(&mut self, size: u64) -> Result<RightEdge, Fault> {
        tracing::warn!(log = %self.log.origin, size, "files of this log are missing: they are made again from its entries");
        let mut edge = RightEdge::empty();
        while edge.size() < size {
            let upto = size.min(edge.size() + BATCH);
            let grown = self.grow(&edge, upto).await?;
            let Some((next, files)) = grown.filter(|(next, _)| next.size() == upto) else {
                return Err(Fault::Internal(format!(
                    "the log `{}` was published with {size} entries, and only {} are stored",
                    self.log.origin,
                    edge.size()
                )));
            };
            self.tiles.write(files).await?;
            edge = next;
        }
        Ok(edge)
    }

    /// Works until the node stops.
    pub(super) async fn run(mut self, pace: Duration) {
        let mut pause = FIRST_PAUSE;
        while !self.runtime.inner.stopping.load(Ordering::Relaxed) {
            match self.publish_all().await {
                Ok(()) => {
                    pause = FIRST_PAUSE;
                    self.log.bell.notified().await;
                    // What comes within this time shares a checkpoint.
                    tokio::time::sleep(pace).await;
                }
                Err(fault) => {
                    tracing::error!(log = %self.log.origin, %fault, "a log is not published; it is tried again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn publish_all(&mut self) -> Result<(), Fault> {
        while self.publish_some().await? {}
        Ok(())
    }

    /// Publishes what is committed, at most a batch; whether there was anything.
    async fn publish_some(&mut self) -> Result<bool, Fault> {
        let size = self.edge.size();
        let Some((edge, files)) = self.grow(&self.edge, size.saturating_add(BATCH)).await? else {
            return Ok(false);
        };
        self.tiles.write(files).await?;
        let checkpoint = Checkpoint::new(self.log.origin.clone(), edge.size(), edge.root());
        let at = self.runtime.now();
        let note = self.log.sign(checkpoint, at)?.into_bytes();
        let publication = Publication {
            origin: self.log.origin.as_str().to_owned(),
            expected_size: signed(size)?,
            size: signed(edge.size())?,
            checkpoint: note.clone(),
            at: at.unix_ms(),
        };
        if !self.runtime.inner.store.publish(publication).await? {
            return self.take_up_again().await;
        }
        let published = Published {
            size: edge.size(),
            checkpoint: note.into(),
            at,
        };
        self.log.published.send_replace(Some(published));
        self.runtime.inner.folds.wake(self.log.origin.as_str());
        self.drop_partial_tiles(size, edge.size()).await;
        self.edge = edge;
        Ok(true)
    }

    /// Somebody else has published, e.g. another replica of this node: goes on from there. Whether there may be more to publish.
    async fn take_up_again(&mut self) -> Result<bool, Fault> {
        let row = self.runtime.inner.store.log(self.log.origin.as_str()).await?;
        let Some(row) = row.filter(|row| row.state == LogState::Open) else {
            return Ok(false);
        };
        self.log.published.send_replace(published(&row)?);
        *self = Self::load(&self.runtime, Arc::clone(&self.log), &row).await?;
        Ok(true)
    }

    /// The edge with the entries up to `upto` as far as they are committed, and the files that are new with it; none when nothing is.
    async fn grow(&self, edge: &RightEdge, upto: u64) -> Result<Option<(RightEdge, Vec<(String, Vec<u8>)>)>, Fault> {
        let size = edge.size();
        // The last bundle is written again as a wider one, so its entries are needed too.
        let behind = size % u64::from(TILE_WIDTH);
        let limit = signed(upto.saturating_sub(size).saturating_add(behind))?;
        let store = &self.runtime.inner.store;
        let leaves = store
            .leaves_after(&self.log.source, signed(size - behind)?, limit)
            .await?;
        let Some(fresh) = usize::try_from(behind).ok().and_then(|behind| leaves.get(behind..)) else {
            return Ok(None);
        };
        if fresh.is_empty() {
            return Ok(None);
        }
        let mut edge = edge.clone();
        let hashes: Vec<_> = fresh.iter().map(|leaf| leaf_hash(leaf)).collect();
        let mut files: Vec<_> = edge
            .grow(&hashes)
            .into_iter()
            .map(|Tile { id, bytes }| (id.path(), bytes))
            .collect();
        let bundles = leaves.chunks(usize::from(TILE_WIDTH));
        for (id, entries) in tiles_of_row(Level::Entries, size, edge.size()).zip(bundles) {
            files.push((id.path(), encode_entries(entries)?));
        }
        Ok(Some((edge, files)))
    }

    /// Partial tiles whose full one is out are asked for by nobody any more (C2SP tlog-tiles, "Partial Tiles").
    async fn drop_partial_tiles(&self, before: u64, size: u64) {
        let full = |id: &TileId| id.is_full();
        let rows = tiles_between(before, size).chain(tiles_of_row(Level::Entries, before, size));
        for id in rows.filter(full) {
            if let Err(fault) = self.tiles.remove_below(&format!("{}.p", id.path())).await {
                tracing::warn!(log = %self.log.origin, %fault, "old partial tiles stay behind");
            }
        }
    }
}

/// A count as the tree has it.
pub(super) fn whole(count: i64) -> Result<u64, Fault> {
    u64::try_from(count).map_err(|_| Fault::Internal(format!("a log of {count} entries is stored")))
}

/// A count as the store has it.
pub(crate) fn signed(count: u64) -> Result<i64, Fault> {
    i64::try_from(count).map_err(|_| Fault::Internal(format!("a log of {count} entries is too long")))
}
