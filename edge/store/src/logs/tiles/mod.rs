//! Tiles and bundles of a log's tree: each is written once, durable before anything names it, and never changed.
//!
//! A tile that is lost can be made again from the entries, so a backup leaves them out. What a path means is the caller's matter;
//! that it stays below the log is this room's. They lie in the data folder, or in object storage where one was given.

mod folder;
mod objects;

pub use objects::{ObjectFault, Objects};

use crate::{Store, StoreFault};
use chapar_terms::Digest;
use objects::Below;
use std::fmt::Display;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The tiles and bundles of one log.
#[derive(Clone, Debug)]
pub struct Tiles(Place);

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    Objects(Below),
}

impl Store {
    /// The tiles of the log of this origin. Their place is named by the hash of the origin, as witnesses name logs (C2SP tlog-witness).
    pub fn tiles(&self, origin: &str) -> Tiles {
        let name = Digest::of(origin.as_bytes()).hex();
        Tiles(match self.objects() {
            Some(objects) => Place::Objects(Below::new(Arc::clone(objects), format!("logs/{name}/"))),
            None => Place::Folder(self.folder().join("logs").join(name)),
        })
    }
}

impl Tiles {
    /// Writes tiles, each whole or not at all, and all durable when this returns. One that is there already with the same bytes is no
    /// error: an earlier run may have ended before it published.
    ///
    /// # Errors
    /// [`StoreFault::File`], [`StoreFault::Objects`]: the disk failed or is full, or the object storage does not answer; what was
    /// written by then stays and does no harm. [`StoreFault::Broken`]: one has other bytes already, so the entries are not those that
    /// this log once had: an old copy was put back. Stop.
    pub async fn write(&self, files: Vec<(String, Vec<u8>)>) -> Result<(), StoreFault> {
        for (path, _) in &files {
            below(path)?;
        }
        match &self.0 {
            Place::Folder(folder) => folder::write(folder, files).await,
            Place::Objects(objects) => objects.write(files).await,
        }
    }

    /// Reads one; none when it is not there.
    ///
    /// # Errors
    /// [`StoreFault::File`], [`StoreFault::Objects`]; [`StoreFault::Broken`] when the path leaves the log.
    pub async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        let path = below(path)?;
        match &self.0 {
            Place::Folder(folder) => folder::read(&folder.join(path)).await,
            Place::Objects(objects) => objects.read(path).await,
        }
    }

    /// Removes everything below a path: partial tiles whose full one is there. Nothing there is no error.
    ///
    /// # Errors
    /// As for [`Tiles::read`].
    pub async fn remove_below(&self, path: &str) -> Result<(), StoreFault> {
        let path = below(path)?;
        match &self.0 {
            Place::Folder(folder) => folder::remove(&folder.join(path)).await,
            Place::Objects(objects) => objects.remove(&format!("{path}/")).await,
        }
    }

    /// Removes all tiles of the log. Nothing there is no error.
    ///
    /// # Errors
    /// As for [`Tiles::read`].
    pub async fn remove(&self) -> Result<(), StoreFault> {
        match &self.0 {
            Place::Folder(folder) => folder::remove(folder).await,
            Place::Objects(objects) => objects.remove("").await,
        }
    }
}

/// The path, if it stays below a log.
fn below(path: &str) -> Result<&str, StoreFault> {
    let mut parts = Path::new(path).components();
    match !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_))) {
        true => Ok(path),
        false => Err(StoreFault::Broken(format!("`{path}` is no path below a log"))),
    }
}

fn other_bytes(place: &dyn Display) -> StoreFault {
    StoreFault::Broken(format!(
        "`{place}` of a log has other bytes already: an older copy of the database was put back"
    ))
}
