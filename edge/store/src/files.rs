//! Contents of documents: files named by their digest, one folder per participant.
//!
//! A content is received into a temporary file, synced, renamed and its folder synced before its row is put, so a row
//! never names half a content. Removal is the writer's, after the commit that dropped the last row.

use crate::{Store, StoreFault};
use aws_lc_rs::{digest, rand};
use chapar_terms::{Digest, Slug};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const TEMPORARY: &str = ".incoming-";

/// A content that is durably in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// How many bytes.
    pub size: u64,
}

/// A content that is being received. Dropped before [`Incoming::finish`], it leaves nothing behind.
pub struct Incoming {
    file: Option<tokio::fs::File>,
    temporary: PathBuf,
    folder: PathBuf,
    hash: digest::Context,
    size: u64,
}

impl Incoming {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`StoreFault::File`]: the disk failed or is full; drop this and answer "try again later".
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreFault> {
        let Some(file) = &mut self.file else {
            return Err(StoreFault::Unavailable("the content is finished"));
        };
        file.write_all(bytes).await.map_err(StoreFault::file(&self.temporary))?;
        self.hash.update(bytes);
        self.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Bytes taken so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Makes the content durable under its digest.
    ///
    /// # Errors
    /// As for [`Incoming::write`].
    pub async fn finish(mut self) -> Result<Content, StoreFault> {
        let Some(mut file) = self.file.take() else {
            return Err(StoreFault::Unavailable("the content is finished"));
        };
        let sync = async {
            file.flush().await?;
            file.sync_all().await
        };
        sync.await.map_err(StoreFault::file(&self.temporary))?;
        let hash = self.hash.clone().finish();
        let bytes = <[u8; 32]>::try_from(hash.as_ref()).map_err(|_| StoreFault::Cipher)?;
        let digest = Digest::from_bytes(bytes);
        let place = self.folder.join(digest.hex());
        tokio::fs::rename(&self.temporary, &place)
            .await
            .map_err(StoreFault::file(&place))?;
        sync_folder(&self.folder).await?;
        Ok(Content {
            digest,
            size: self.size,
        })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After `finish` the name is gone already; at worst the next start tidies up.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

impl Store {
    /// Begins to receive a content of a participant.
    ///
    /// # Errors
    /// [`StoreFault::Broken`] when the slug is none; otherwise as for [`Incoming::write`].
    pub async fn receive(&self, participant: &str) -> Result<Incoming, StoreFault> {
        let folder = participant_folder(self.folder(), participant)?;
        if !tokio::fs::try_exists(&folder)
            .await
            .map_err(StoreFault::file(&folder))?
        {
            tokio::fs::create_dir_all(&folder)
                .await
                .map_err(StoreFault::file(&folder))?;
            sync_folder(&documents(self.folder())).await?;
            sync_folder(self.folder()).await?;
        }
        let mut random = [0_u8; 12];
        rand::fill(&mut random).map_err(|_| StoreFault::Cipher)?;
        let temporary = folder.join(format!("{TEMPORARY}{}", crate::seal::hex(&random)));
        let file = tokio::fs::File::create_new(&temporary)
            .await
            .map_err(StoreFault::file(&temporary))?;
        Ok(Incoming {
            file: Some(file),
            temporary,
            folder,
            hash: digest::Context::new(&digest::SHA256),
            size: 0,
        })
    }

    /// Opens a content for reading, named by the hexadecimal digest in a document's row. An open file stays readable
    /// when its document is removed.
    ///
    /// # Errors
    /// [`StoreFault::File`] when it is not there; [`StoreFault::Broken`] when slug or digest is none.
    pub async fn content(&self, participant: &str, digest: &str) -> Result<tokio::fs::File, StoreFault> {
        let path = content_path(self.folder(), participant, digest)?;
        tokio::fs::File::open(&path).await.map_err(StoreFault::file(&path))
    }
}

pub(crate) fn documents(folder: &Path) -> PathBuf {
    folder.join("documents")
}

/// Both parts are parsed, so that no text from outside can leave the folder.
pub(crate) fn content_path(folder: &Path, participant: &str, digest: &str) -> Result<PathBuf, StoreFault> {
    let digest = Digest::from_hex(digest).map_err(|invalid| StoreFault::Broken(invalid.to_string()))?;
    Ok(participant_folder(folder, participant)?.join(digest.hex()))
}

fn participant_folder(folder: &Path, participant: &str) -> Result<PathBuf, StoreFault> {
    let slug = Slug::parse(participant).map_err(|invalid| StoreFault::Broken(invalid.to_string()))?;
    Ok(documents(folder).join(slug.as_str()))
}

async fn sync_folder(folder: &Path) -> Result<(), StoreFault> {
    let sync = async { tokio::fs::File::open(folder).await?.sync_all().await };
    sync.await.map_err(StoreFault::file(folder))
}

/// Removes what a crash left half received.
pub(crate) fn tidy(folder: &Path) -> Result<(), StoreFault> {
    let documents = documents(folder);
    if !documents.is_dir() {
        return Ok(());
    }
    let tidy = || {
        for participant in std::fs::read_dir(&documents)? {
            let participant = participant?.path();
            if !participant.is_dir() {
                continue;
            }
            for entry in std::fs::read_dir(participant)? {
                let entry = entry?;
                if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                    std::fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    };
    tidy().map_err(StoreFault::file(&documents))
}

/// Contents to be removed while a backup copies: they wait, or the backup would miss what its rows name.
#[derive(Default)]
pub(crate) struct Removals {
    /// Held by the one backup that runs.
    pub backup: tokio::sync::Mutex<()>,
    /// The paths that wait; none while no backup runs.
    waiting: std::sync::Mutex<Option<Vec<PathBuf>>>,
}

impl Removals {
    pub(crate) fn pause(&self) {
        *self.waiting() = Some(Vec::new());
    }

    pub(crate) fn resume(&self) -> Vec<PathBuf> {
        self.waiting().take().unwrap_or_default()
    }

    /// Removes the contents now, or lets them wait.
    pub(crate) fn remove(&self, paths: Vec<PathBuf>) {
        if let Some(waiting) = self.waiting().as_mut() {
            waiting.extend(paths);
            return;
        }
        for path in paths {
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "content without a row was left behind");
            }
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Option<Vec<PathBuf>>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Reads a file that the operator named, of at most `limit` bytes; none when it is not there.
///
/// # Errors
/// [`StoreFault::File`]: it cannot be read, or is longer.
pub async fn read_carried(place: &Path, limit: u64) -> Result<Option<Vec<u8>>, StoreFault> {
    let failed = StoreFault::file(place);
    let file = match tokio::fs::File::open(place).await {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).await;
    match read {
        Ok(read) if u64::try_from(read).is_ok_and(|read| read <= limit) => Ok(Some(bytes)),
        Ok(_) => Err(failed(ErrorKind::FileTooLarge.into())),
        Err(error) => Err(failed(error)),
    }
}
