//! What a log shows: its checkpoint, its tiles and bundles, and the bodies beside it.

use super::sequencer::{signed, whole};
use super::{REGISTER, book::OwnLog};
use crate::{Fault, Runtime};
use chapar_store::LogRow;
use chapar_terms::{Digest, Instant};
use chapar_tlog::{Level, TILE_WIDTH, TileId, encode_bodies};
use std::sync::Arc;

/// A checkpoint that is out.
#[derive(Clone, Debug)]
pub struct Published {
    /// Entries under it.
    pub size: u64,
    /// The signed note.
    pub checkpoint: Arc<[u8]>,
    /// When it was signed here.
    pub at: Instant,
}

impl Runtime {
    /// The newest checkpoint of a participant's register; none when it has no log, or nothing in it yet.
    pub fn log_checkpoint(&self, participant: &str) -> Option<Published> {
        let log = self.inner.logs.find(participant, REGISTER)?;
        log.published.borrow().clone()
    }

    /// A tile or a bundle of a participant's register; none when there is none in the tree that is published.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn log_tile(&self, participant: &str, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        let Some((log, size)) = self.published_log(participant) else {
            return Ok(None);
        };
        if !is_within(id, size) {
            return Ok(None);
        }
        match id.level() {
            Level::Bodies => self.log_bodies(&log, id).await.map(Some),
            Level::Hashes(_) | Level::Entries => {
                let tiles = self.inner.store.tiles(log.origin.as_str());
                Ok(tiles.read(&id.path()).await?)
            }
        }
    }

    /// An open body of a participant's register by its hash.
    ///
    /// # Errors
    /// As for [`Runtime::log_tile`].
    pub async fn log_body(&self, participant: &str, hash: &Digest) -> Result<Option<Vec<u8>>, Fault> {
        match self.published_log(participant) {
            Some((log, _)) => Ok(self.inner.store.body(log.origin.as_str(), &hash.hex()).await?),
            None => Ok(None),
        }
    }

    fn published_log(&self, participant: &str) -> Option<(Arc<OwnLog>, u64)> {
        let log = self.inner.logs.find(participant, REGISTER)?;
        let size = log.published.borrow().as_ref()?.size;
        Some((log, size))
    }

    async fn log_bodies(&self, log: &OwnLog, id: TileId) -> Result<Vec<u8>, Fault> {
        let first = signed(id.index() * u64::from(TILE_WIDTH))?;
        let rows = self
            .inner
            .store
            .bodies(log.origin.as_str(), first, first + i64::from(id.width()))
            .await?;
        if rows.len() != usize::from(id.width()) {
            return Err(Fault::Internal(format!(
                "entries of the log `{}` are missing",
                log.origin
            )));
        }
        let bodies: Vec<Option<Vec<u8>>> = rows.into_iter().map(|row| row.body).collect();
        Ok(encode_bodies(&bodies)?)
    }
}

/// Whether a tile belongs to a tree of this size. A partial one does while it is the tree's, or was: whoever verified a checkpoint may
/// ask for the tiles that it had.
fn is_within(id: TileId, size: u64) -> bool {
    let row = match id.level() {
        Level::Hashes(level) => size.checked_shr(u32::from(level) * 8).unwrap_or(0),
        Level::Entries | Level::Bodies => size,
    };
    let end = id
        .index()
        .checked_mul(u64::from(TILE_WIDTH))
        .and_then(|start| start.checked_add(u64::from(id.width())));
    end.is_some_and(|end| end <= row)
}

/// What is out of a log, as it is stored.
pub(super) fn published(row: &LogRow) -> Result<Option<Published>, Fault> {
    let (Some(checkpoint), Some(at)) = (&row.checkpoint, row.published_at) else {
        return Ok(None);
    };
    Ok(Some(Published {
        size: whole(row.size)?,
        checkpoint: checkpoint.as_slice().into(),
        at: Instant::from_unix_ms(at),
    }))
}
