//! Where a log is read from, and what is found there.

use crate::{Address, Folder};
use chapar_register::SUCCESSOR_BYTES;
use chapar_timestamp::REPLY_BYTES;
use chapar_tlog::{
    BODY_BUNDLE_BYTES, BODY_BYTES, ENTRY_BUNDLE_BYTES, HASH_BYTES, Level, NOTE_BYTES, Resource, TILE_WIDTH, TileId,
};
use std::fmt;

/// Longest list of sizes: a thousand lines.
const SIZES_BYTES: usize = 32 * 1024;

/// Told how many entries are done, and of how many.
pub type Progress<'a> = dyn Fn(u64, u64) + 'a;

/// The resources of one log.
pub enum Source {
    /// Files.
    Folder(Folder),
    /// What a server answers.
    Address(Box<Address>),
}

/// What was found at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// Nothing.
    Missing,
    /// More bytes than any such resource has.
    TooLong,
}

impl Found {
    /// The bytes, or why there are none that could be read.
    pub(crate) fn bytes(&self) -> Result<&[u8], &'static str> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Missing => Err("is missing"),
            Self::TooLong => Err("is longer than it can be"),
        }
    }
}

/// It could not be looked at; that says nothing of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    why: String,
}

impl Unreadable {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Unreadable {}

impl Source {
    /// Reads a resource.
    ///
    /// # Errors
    /// It could not be looked for.
    pub async fn read(&self, resource: Resource) -> Result<Found, Unreadable> {
        match self {
            Self::Folder(folder) => folder.read(resource).await,
            Self::Address(address) => address.read(resource).await,
        }
    }

    /// Reads a tile or a bundle; the full one stands in for a partial one that made room for it (C2SP tlog-tiles, "Partial Tiles").
    ///
    /// # Errors
    /// As for [`Source::read`].
    pub async fn tile(&self, id: TileId) -> Result<Found, Unreadable> {
        match self.read(Resource::Tile(id)).await? {
            Found::Missing if !id.is_full() => self.read(Resource::Tile(id.full())).await,
            found => Ok(found),
        }
    }
}

/// The most bytes that a resource can have.
pub(crate) fn most_bytes(resource: Resource) -> usize {
    match resource {
        Resource::Checkpoint => NOTE_BYTES,
        Resource::Body(_) => BODY_BYTES,
        Resource::Timestamp(_) => REPLY_BYTES,
        Resource::TimestampSizes(_) => SIZES_BYTES,
        Resource::Successor => SUCCESSOR_BYTES,
        Resource::Tile(id) => match id.level() {
            Level::Hashes(_) => usize::from(TILE_WIDTH) * HASH_BYTES,
            Level::Entries => ENTRY_BUNDLE_BYTES,
            Level::Bodies => BODY_BUNDLE_BYTES,
        },
    }
}
