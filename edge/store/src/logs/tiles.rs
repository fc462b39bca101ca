//! Files of a log's tree: each is written once, durable before anything names it, and never changed.
//!
//! A tile that is lost can be made again from the entries, so a backup leaves them out. What a path means is the caller's matter;
//! that it stays below the log's folder is this file's.

use crate::{Store, StoreFault};
use chapar_terms::Digest;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

/// The files of one log.
#[derive(Clone, Debug)]
pub struct Tiles {
    folder: PathBuf,
}

impl Store {
    /// The files of the log of this origin. Its folder is named by the hash of the origin, as witnesses name logs (C2SP tlog-witness).
    pub fn tiles(&self, origin: &str) -> Tiles {
        Tiles {
            folder: self.folder().join("logs").join(Digest::of(origin.as_bytes()).hex()),
        }
    }
}

impl Tiles {
    /// Writes files, each whole or not at all, and all durable when this returns. One that is there already with the same bytes is no
    /// error: an earlier run may have ended before it published.
    ///
    /// # Errors
    /// [`StoreFault::File`]: the disk failed or is full; what was written by then stays and does no harm. [`StoreFault::Broken`]: a
    /// file has other bytes already, so the entries are not those that this log once had: an old copy was put back. Stop.
    pub async fn write(&self, files: Vec<(String, Vec<u8>)>) -> Result<(), StoreFault> {
        let folder = self.folder.clone();
        blocking(move || write_all(&folder, files)).await
    }

    /// Reads a file; none when it is not there.
    ///
    /// # Errors
    /// [`StoreFault::File`]; [`StoreFault::Broken`] when the path leaves the folder.
    pub async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        let place = place(&self.folder, path)?;
        match tokio::fs::read(&place).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(StoreFault::file(&place)(error)),
        }
    }

    /// Removes everything below a path: partial tiles whose full one is there. Nothing there is no error.
    ///
    /// # Errors
    /// As for [`Tiles::read`].
    pub async fn remove_below(&self, path: &str) -> Result<(), StoreFault> {
        remove(&place(&self.folder, path)?).await
    }

    /// Removes all files of the log. Nothing there is no error.
    ///
    /// # Errors
    /// As for [`Tiles::read`].
    pub async fn remove(&self) -> Result<(), StoreFault> {
        remove(&self.folder).await
    }
}

async fn remove(place: &Path) -> Result<(), StoreFault> {
    match tokio::fs::remove_dir_all(place).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreFault::file(place)(error)),
        _ => Ok(()),
    }
}

fn place(folder: &Path, path: &str) -> Result<PathBuf, StoreFault> {
    let relative = Path::new(path);
    let stays = !path.is_empty() && relative.components().all(|part| matches!(part, Component::Normal(_)));
    match stays {
        true => Ok(folder.join(relative)),
        false => Err(StoreFault::Broken(format!("`{path}` is no path below a log"))),
    }
}

/// The names are made durable once for all files, folder by folder.
fn write_all(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Result<(), StoreFault> {
    let mut touched = BTreeSet::new();
    for (path, bytes) in files {
        let place = place(folder, &path)?;
        let parent = place.parent().unwrap_or(folder);
        if !is_there(&place, &bytes)? {
            make_folders(parent, &mut touched)?;
            write_one(&place, parent, &bytes)?;
        }
        // An earlier try may have ended between a name and the sync that makes it durable.
        touched.insert(parent.to_owned());
    }
    for folder in touched {
        File::open(&folder)
            .and_then(|folder| folder.sync_all())
            .map_err(StoreFault::file(&folder))?;
    }
    Ok(())
}

/// Whether the file is there; with other bytes it must not be.
fn is_there(place: &Path, bytes: &[u8]) -> Result<bool, StoreFault> {
    match std::fs::read(place) {
        Ok(there) if there == bytes => Ok(true),
        Ok(_) => Err(StoreFault::Broken(format!(
            "`{}` of a log has other bytes already: an older copy of the database was put back",
            place.display()
        ))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreFault::file(place)(error)),
    }
}

/// Makes the folders that are missing; each one made has to be durable in the one above it.
fn make_folders(folder: &Path, touched: &mut BTreeSet<PathBuf>) -> Result<(), StoreFault> {
    let mut missing = folder;
    while !missing.is_dir() {
        match missing.parent() {
            Some(above) => {
                touched.insert(above.to_owned());
                missing = above;
            }
            None => break,
        }
    }
    std::fs::create_dir_all(folder).map_err(StoreFault::file(folder))
}

fn write_one(place: &Path, parent: &Path, bytes: &[u8]) -> Result<(), StoreFault> {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let temporary = parent.join(format!(".{name}"));
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, place)
    };
    write().map_err(StoreFault::file(place))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreFault> + Send + 'static,
) -> Result<T, StoreFault> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(StoreFault::Unavailable("a task that writes files ended early")))
}
