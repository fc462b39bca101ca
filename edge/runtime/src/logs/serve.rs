//! What a log shows: its checkpoint, its tiles and bundles, and the bodies beside it.

use super::EVIDENCE;
use super::sequencer::{signed, whole};
use crate::{Fault, Runtime};
use chapar_store::LogRow;
use chapar_terms::{Digest, Instant};
use chapar_tlog::{Level, Resource, TILE_WIDTH, TileId, encode_bodies};
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

/// Which public log is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogName {
    /// A register of the participant with this slug: its first, or the one with a number that took another's place.
    Own {
        /// The slug.
        participant: String,
        /// 1 for the first.
        number: u32,
    },
    /// The mirror of the log whose origin has this hash.
    Mirror(Digest),
}

/// A log that has something out.
struct Shown {
    origin: String,
    published: Published,
    checked_at: Option<Instant>,
}

impl Runtime {
    /// The newest checkpoint of a log that is here, and for a mirror when the log last said that it is its newest; none when there is
    /// no such log, or nothing in it yet.
    pub fn log_checkpoint(&self, log: &LogName) -> Option<(Published, Option<Instant>)> {
        let shown = self.shown_log(log)?;
        Some((shown.published, shown.checked_at))
    }

    /// A tile or a bundle of a log; none when there is none in the tree that is published.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn log_tile(&self, log: &LogName, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        let Some(shown) = self.shown_log(log) else {
            return Ok(None);
        };
        if !is_within(id, shown.published.size) {
            return Ok(None);
        }
        match id.level() {
            Level::Bodies => self.log_bodies(&shown.origin, id).await.map(Some),
            Level::Hashes(_) | Level::Entries => Ok(self.inner.store.tiles(&shown.origin).read(&id.path()).await?),
        }
    }

    /// An open body of a log by its hash.
    ///
    /// # Errors
    /// As for [`Runtime::log_tile`].
    pub async fn log_body(&self, log: &LogName, hash: &Digest) -> Result<Option<Vec<u8>>, Fault> {
        match self.shown_log(log) {
            Some(shown) => Ok(self.inner.store.body(&shown.origin, &hash.hex()).await?),
            None => Ok(None),
        }
    }

    /// A resource of a participant's log of evidence, for its own people; bodies are not among them.
    pub(crate) async fn evidence_resource(
        &self,
        participant: &str,
        resource: Resource,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let Some(log) = self.inner.logs.find(participant, EVIDENCE) else {
            return Ok(None);
        };
        let Some(published) = log.published.borrow().clone() else {
            return Ok(None);
        };
        match resource {
            Resource::Checkpoint => Ok(Some(published.checkpoint.to_vec())),
            Resource::Tile(id) if id.level() != Level::Bodies && is_within(id, published.size) => {
                let tiles = self.inner.store.tiles(log.origin.as_str());
                Ok(tiles.read(&id.path()).await?)
            }
            Resource::Timestamp(size) => self.timestamp_of(log.origin.as_str(), size).await,
            Resource::TimestampSizes(before) => {
                let sizes = self.timestamp_sizes_of(log.origin.as_str(), before).await?;
                Ok(Some(sizes))
            }
            Resource::Tile(_) | Resource::Body(_) | Resource::Successor => Ok(None),
        }
    }

    fn shown_log(&self, log: &LogName) -> Option<Shown> {
        match log {
            LogName::Own { participant, number } => {
                let log = self.inner.logs.numbered(participant, *number)?;
                let published = log.published.borrow().clone()?;
                Some(Shown {
                    origin: log.origin.as_str().to_owned(),
                    published,
                    checked_at: None,
                })
            }
            LogName::Mirror(id) => {
                let mirror = self.inner.mirrors.find(id)?;
                let published = mirror.published.borrow().clone()?;
                let checked_at = mirror.standing().checked_at;
                Some(Shown {
                    origin: mirror.origin.as_str().to_owned(),
                    published,
                    checked_at,
                })
            }
        }
    }

    async fn log_bodies(&self, origin: &str, id: TileId) -> Result<Vec<u8>, Fault> {
        let first = signed(id.index() * u64::from(TILE_WIDTH))?;
        let rows = self
            .inner
            .store
            .bodies(origin, first, first + i64::from(id.width()))
            .await?;
        if rows.len() != usize::from(id.width()) {
            return Err(Fault::Internal(format!("entries of the log `{origin}` are missing")));
        }
        let mut bodies: Vec<Option<Vec<u8>>> = rows.into_iter().map(|row| row.body).collect();
        if chapar_terms::sabotaged("serve-bodies-of-the-next") {
            bodies.rotate_left(1);
        }
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
pub(crate) fn published(row: &LogRow) -> Result<Option<Published>, Fault> {
    let (Some(checkpoint), Some(at)) = (&row.checkpoint, row.published_at) else {
        return Ok(None);
    };
    Ok(Some(Published {
        size: whole(row.size)?,
        checkpoint: checkpoint.as_slice().into(),
        at: Instant::from_unix_ms(at),
    }))
}
