//! A log as files in a folder, each at the path below the log's prefix.

use crate::source::{Found, Unreadable, most_bytes};
use chapar_tlog::Resource;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tokio::io::AsyncReadExt;

/// A folder with the resources of one log.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The log in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The file of a resource.
    pub(crate) fn place(&self, resource: Resource) -> PathBuf {
        self.0.join(resource.path())
    }

    pub(crate) async fn read(&self, resource: Resource) -> Result<Found, Unreadable> {
        let place = self.place(resource);
        match read(&place, most_bytes(resource)).await {
            Ok(found) => Ok(found),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Found::Missing),
            Err(error) => Err(Unreadable::new(format!("`{}`: {error}", place.display()))),
        }
    }
}

async fn read(place: &Path, most: usize) -> std::io::Result<Found> {
    let beyond = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let file = tokio::fs::File::open(place).await?;
    file.take(beyond).read_to_end(&mut bytes).await?;
    Ok(match bytes.len() > most {
        true => Found::TooLong,
        false => Found::Bytes(bytes),
    })
}
