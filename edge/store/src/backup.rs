//! Backup of a running store into a folder, and restore of such a folder.
//!
//! A backup holds `chapar.db`, the contents of its documents, `generation`, and `SHA256SUMS` over all of them (so
//! `sha256sum -c SHA256SUMS` checks it as well). Secret columns stay sealed: the node key is not part of a backup, and
//! a backup without it cannot be read. A restored store is a rolled-back store: its first opening has to say so.

use crate::open::{connect_options, database};
use crate::writer::JobEnd;
use crate::{Store, StoreFault, files, generation, open};
use aws_lc_rs::digest;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

const SUMS: &str = "SHA256SUMS";

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Generation of the store at the backup; the running store has gone on to a later one.
    pub generation: i64,
    /// Files beside the sums.
    pub files: usize,
    /// Bytes of those files.
    pub bytes: u64,
}

impl Store {
    /// Copies the store, while it runs, into the folder `to`, which must not exist yet; it appears when complete.
    ///
    /// # Errors
    /// [`StoreFault::Backup`] when `to` exists or a content is damaged; otherwise look at the disk and try again.
    pub async fn backup(&self, to: &Path) -> Result<Backup, StoreFault> {
        let _one_at_a_time = self.removals().backup.lock().await;
        if to.exists() {
            return Err(StoreFault::Backup(format!(
                "`{}` exists already: name a new folder",
                to.display()
            )));
        }
        let partial = partial(to)?;
        self.removals().pause();
        let result = self.copy_to(&partial, to).await;
        let deferred = self.removals().resume();
        self.job(
            "",
            Box::new(move |connection| Box::pin(remove_unnamed(connection, deferred))),
        )
        .await?
        .committed()?;
        if result.is_err() {
            // The original fault matters more than a left-over folder.
            let _ = std::fs::remove_dir_all(&partial);
        }
        result
    }

    async fn copy_to(&self, partial: &Path, to: &Path) -> Result<Backup, StoreFault> {
        std::fs::create_dir_all(partial).map_err(StoreFault::file(partial))?;
        let mut connection = connect_options(self.folder()).connect().await?;
        let copy = database(partial);
        sqlx::query("VACUUM INTO $1")
            .bind(copy.to_string_lossy().into_owned())
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        let mut copied = open::read_options(partial).connect().await?;
        let named = contents_named(&mut copied).await?;
        let stored = generation::stored(&mut copied).await?;
        copied.close().await?;
        // From here on the running store is ahead of the copy, so the copy put in its place will be noticed.
        self.raise_generation().await?;
        generation::write(partial, stored + 1)?;
        let (folder, partial, to) = (self.folder().to_owned(), partial.to_owned(), to.to_owned());
        let (files, bytes) = blocking(move || complete(&folder, &partial, &to, &named)).await?;
        Ok(Backup {
            generation: stored,
            files,
            bytes,
        })
    }

    async fn raise_generation(&self) -> Result<(), StoreFault> {
        let job: crate::writer::Job = Box::new(|connection| {
            Box::pin(async move {
                generation::raise(connection).await?;
                Ok(JobEnd::Commit)
            })
        });
        self.job("", job).await?.committed()?;
        let mut connection = self.reader().await?;
        let next = generation::stored(&mut connection).await?;
        let memory = self.memory();
        blocking(move || memory.keep(next)).await
    }
}

/// Puts a backup into the folder `to`, which must hold no database. The first opening afterwards is refused as rolled
/// back unless the rollback is accepted.
///
/// # Errors
/// [`StoreFault::Backup`] when the backup is incomplete or altered, or `to` holds a database: nothing was put there.
pub async fn restore(from: &Path, to: &Path) -> Result<Backup, StoreFault> {
    let (from, to) = (from.to_owned(), to.to_owned());
    blocking(move || restore_blocking(&from, &to)).await
}

fn restore_blocking(from: &Path, to: &Path) -> Result<Backup, StoreFault> {
    std::fs::create_dir_all(to).map_err(StoreFault::file(to))?;
    let _lock = open::lock(to)?;
    if database(to).exists() || to.join("chapar.db-wal").exists() {
        return Err(StoreFault::Backup(format!(
            "`{}` holds a database: name another folder",
            to.display()
        )));
    }
    let sums = read_sums(from)?;
    for (path, sum) in &sums {
        if hash_file(&from.join(path))?.0 != *sum {
            return Err(StoreFault::Backup(format!("`{}` is altered", path.display())));
        }
    }
    let seen = generation::read(from)?.ok_or_else(|| StoreFault::Backup("`generation` is missing".to_owned()))?;
    let before = generation::read(to)?.unwrap_or(0);
    let mut bytes = 0;
    // The database comes last: a restore that was cut short leaves no database and can be repeated.
    let (last, first): (Vec<_>, Vec<_>) = sums.keys().partition(|path| **path == database(Path::new("")));
    for path in first
        .into_iter()
        .filter(|path| *path != &generation::path(Path::new("")))
    {
        bytes += copy_file(&from.join(path), &to.join(path))?;
    }
    generation::write(to, seen.max(before))?;
    for path in last {
        bytes += copy_file(&from.join(path), &to.join(path))?;
    }
    sync_tree(to)?;
    Ok(Backup {
        generation: seen - 1,
        files: sums.len(),
        bytes,
    })
}

/// Contents, sums, and the rename that makes the backup appear.
fn complete(folder: &Path, partial: &Path, to: &Path, named: &[PathBuf]) -> Result<(usize, u64), StoreFault> {
    let mut sums = BTreeMap::new();
    let mut bytes = 0;
    for path in [database(Path::new("")), generation::path(Path::new(""))] {
        let (sum, size) = hash_file(&partial.join(&path))?;
        bytes += size;
        sums.insert(path, sum);
    }
    for path in named {
        bytes += copy_file(&folder.join(path), &partial.join(path))?;
        let (sum, _) = hash_file(&partial.join(path))?;
        if path.file_name().is_none_or(|name| name.to_string_lossy() != sum) {
            return Err(StoreFault::Backup(format!(
                "content `{}` is damaged in the store",
                path.display()
            )));
        }
        sums.insert(path.clone(), sum);
    }
    let place = partial.join(SUMS);
    let write = || {
        let mut file = File::create(&place)?;
        for (path, sum) in &sums {
            writeln!(file, "{sum}  {}", path.display())?;
        }
        file.sync_all()
    };
    write().map_err(StoreFault::file(&place))?;
    sync_tree(partial)?;
    std::fs::rename(partial, to).map_err(StoreFault::file(to))?;
    if let Some(parent) = to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(parent)
            .and_then(|folder| folder.sync_all())
            .map_err(StoreFault::file(parent))?;
    }
    Ok((sums.len(), bytes))
}

async fn contents_named(connection: &mut SqliteConnection) -> Result<Vec<PathBuf>, StoreFault> {
    let rows = sqlx::query(
        "SELECT DISTINCT participant, digest FROM assets WHERE digest IS NOT NULL ORDER BY participant, digest",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| files::content_path(Path::new(""), row.try_get("participant")?, row.try_get("digest")?))
        .collect()
}

/// Removes contents whose removal waited for the backup, unless a row names them again.
async fn remove_unnamed(connection: &mut SqliteConnection, deferred: Vec<PathBuf>) -> Result<JobEnd, StoreFault> {
    let mut unnamed = Vec::new();
    for path in deferred {
        let part = |path: Option<&Path>| {
            path.and_then(Path::file_name)
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        let named: Option<String> =
            sqlx::query_scalar("SELECT id FROM assets WHERE participant = $1 AND digest = $2 LIMIT 1")
                .bind(part(path.parent()))
                .bind(part(Some(&path)))
                .fetch_optional(&mut *connection)
                .await?;
        if named.is_none() {
            unnamed.push(path);
        }
    }
    Ok(JobEnd::CommitThenUnlink(unnamed))
}

fn partial(to: &Path) -> Result<PathBuf, StoreFault> {
    let name = to
        .file_name()
        .ok_or_else(|| StoreFault::Backup(format!("`{}` is no folder's name", to.display())))?;
    let mut partial = name.to_owned();
    partial.push(".partial");
    let partial = to.with_file_name(partial);
    match std::fs::remove_dir_all(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreFault::file(&partial)(error)),
        _ => Ok(partial),
    }
}

fn read_sums(from: &Path) -> Result<BTreeMap<PathBuf, String>, StoreFault> {
    let place = from.join(SUMS);
    let text = std::fs::read_to_string(&place).map_err(StoreFault::file(&place))?;
    let mut sums = BTreeMap::new();
    for line in text.lines() {
        let (sum, path) = line
            .split_once("  ")
            .ok_or_else(|| StoreFault::Backup(format!("`{SUMS}` has a line without two spaces")))?;
        let path = PathBuf::from(path);
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(StoreFault::Backup(format!(
                "`{}` leads out of the backup",
                path.display()
            )));
        }
        sums.insert(path, sum.to_owned());
    }
    if sums.contains_key(&database(Path::new(""))) && sums.contains_key(&generation::path(Path::new(""))) {
        Ok(sums)
    } else {
        Err(StoreFault::Backup(format!("`{SUMS}` does not name the database")))
    }
}

fn hash_file(path: &Path) -> Result<(String, u64), StoreFault> {
    let hash = || {
        let mut file = File::open(path)?;
        let mut context = digest::Context::new(&digest::SHA256);
        let mut buffer = vec![0_u8; 64 * 1024];
        let mut size = 0_u64;
        loop {
            let count = file.read(&mut buffer)?;
            let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
                break;
            };
            context.update(read);
            size += u64::try_from(count).unwrap_or(u64::MAX);
        }
        Ok((crate::seal::hex(context.finish().as_ref()), size))
    };
    hash().map_err(StoreFault::file(path))
}

fn copy_file(from: &Path, to: &Path) -> Result<u64, StoreFault> {
    let copy = || {
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let size = std::fs::copy(from, to)?;
        File::open(to)?.sync_all()?;
        Ok(size)
    };
    copy().map_err(StoreFault::file(from))
}

/// Syncs a folder and the folders in it, so that the names of their files are durable.
fn sync_tree(folder: &Path) -> Result<(), StoreFault> {
    let sync = || {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                sync_tree(&entry.path()).map_err(std::io::Error::other)?;
            }
        }
        File::open(folder)?.sync_all()
    };
    sync().map_err(StoreFault::file(folder))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreFault> + Send + 'static,
) -> Result<T, StoreFault> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(StoreFault::Backup("the copying task ended early".to_owned())))
}
