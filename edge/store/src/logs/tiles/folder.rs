//! The tiles of a log as files of the data folder.

use super::other_bytes;
use crate::StoreFault;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes them; the paths are below the folder.
pub(super) async fn write(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Result<(), StoreFault> {
    let folder = folder.to_owned();
    blocking(move || write_all(&folder, files)).await
}

/// Reads one; none when it is not there.
pub(super) async fn read(place: &Path) -> Result<Option<Vec<u8>>, StoreFault> {
    match tokio::fs::read(place).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(StoreFault::file(place)(error)),
    }
}

/// Removes everything below a path. Nothing there is no error.
pub(super) async fn remove(place: &Path) -> Result<(), StoreFault> {
    match tokio::fs::remove_dir_all(place).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreFault::file(place)(error)),
        _ => Ok(()),
    }
}

/// The names are made durable once for all files, folder by folder.
fn write_all(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Result<(), StoreFault> {
    let mut touched = BTreeSet::new();
    for (path, bytes) in files {
        let place = folder.join(&path);
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
        Ok(_) => Err(other_bytes(&place.display())),
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
