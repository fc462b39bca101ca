//! The generation: a number that only grows, kept in the database and in a file beside it, so that a database put
//! back from an older copy is noticed at start.
//!
//! It steps up at each opening, at each backup, during a run with the first commit after a while, and at an orderly end. The
//! database goes first on each step, and the file follows when that is durable: a crash in between leaves the file behind, which
//! is harmless; a file ahead of its database is never harmless.
//!
//! Noticed is so every copy that the folder has since left behind by a step. Not noticed: a copy of the whole folder put back
//! whole, for then nothing here remembers more (the peers do); and, after a crash, a copy from after the last step.

use crate::{Rollback, StoreFault, logs};
use sqlx::{Row, SqliteConnection};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("generation")
}

/// Both numbers.
struct Seen {
    database: i64,
    file: Option<i64>,
}

impl Seen {
    async fn read(connection: &mut SqliteConnection, folder: &Path) -> Result<Self, StoreFault> {
        Ok(Self {
            database: stored(connection).await?,
            file: read(folder)?,
        })
    }

    fn compare(&self) -> Result<(), StoreFault> {
        let Self { database, file } = *self;
        let behind = match file {
            Some(file) => file > database,
            // Before the file's first write the database has been opened once at most.
            None => database > 1,
        };
        if behind {
            return Err(StoreFault::RolledBack { database, file });
        }
        Ok(())
    }
}

/// Compares both numbers.
pub(crate) async fn check(connection: &mut SqliteConnection, folder: &Path) -> Result<(), StoreFault> {
    Seen::read(connection, folder).await?.compare()
}

/// Compares both numbers and steps both up.
pub(crate) async fn check_and_raise(
    connection: &mut SqliteConnection,
    folder: &Path,
    rollback: Rollback,
) -> Result<i64, StoreFault> {
    let seen = Seen::read(connection, folder).await?;
    if let Err(fault) = seen.compare() {
        if rollback == Rollback::Refuse {
            return Err(fault);
        }
        tracing::warn!(
            database = seen.database,
            file = ?seen.file,
            "a rolled-back store is accepted: acknowledged messages may be gone, and own logs are held until it is known what was published last"
        );
        // Before the number steps up: after a crash in between it is noticed once more.
        logs::hold_own(connection).await?;
    }
    let next = seen.database.max(seen.file.unwrap_or(0)) + 1;
    store(connection, next).await?;
    write(folder, next)?;
    Ok(next)
}

/// Steps the database's number up within its transaction; the file's follows by [`Memory::keep`] once that is durable.
pub(crate) async fn raise(connection: &mut SqliteConnection) -> Result<i64, StoreFault> {
    let next = stored(connection).await? + 1;
    store(connection, next).await?;
    Ok(next)
}

/// The file's number while the store is open. It is written by one at a time and never goes down.
pub(crate) struct Memory {
    folder: PathBuf,
    written: Mutex<i64>,
}

impl Memory {
    pub(crate) fn new(folder: &Path, written: i64) -> Self {
        Self {
            folder: folder.to_owned(),
            written: Mutex::new(written),
        }
    }

    /// Remembers a number that is durable in the database. Waits for the disk.
    pub(crate) fn keep(&self, generation: i64) -> Result<(), StoreFault> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if generation > *written {
            write(&self.folder, generation)?;
            *written = generation;
        }
        Ok(())
    }
}

/// When a running store steps up. The number travels in a transaction that is written anyway; the file is written aside.
pub(crate) struct Steps {
    memory: Arc<Memory>,
    every: Duration,
    last: Instant,
    /// Whether something was committed since the last step.
    behind: bool,
    writing: Option<JoinHandle<()>>,
}

impl Steps {
    pub(crate) fn new(memory: Arc<Memory>, every: Duration) -> Self {
        Self {
            memory,
            every,
            last: Instant::now(),
            behind: false,
            writing: None,
        }
    }

    /// Whether the next transaction is to raise the number. Not before the file has the last one.
    pub(crate) fn is_due(&self) -> bool {
        self.last.elapsed() >= self.every && self.writing.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Whether an orderly end has to step up once more.
    pub(crate) const fn is_behind(&self) -> bool {
        self.behind
    }

    /// A transaction is durable; `raised` is the number it raised, if it did.
    pub(crate) fn committed(&mut self, raised: Option<i64>) {
        self.behind = raised.is_none();
        let Some(generation) = raised else { return };
        self.last = Instant::now();
        let memory = Arc::clone(&self.memory);
        self.writing = Some(tokio::task::spawn_blocking(move || {
            if let Err(fault) = memory.keep(generation) {
                tracing::warn!(%fault, "the folder does not remember the newest generation");
            }
        }));
    }

    /// Waits until the file has the last number.
    pub(crate) async fn settle(&mut self) {
        if let Some(writing) = self.writing.take() {
            // A task that panicked or was given up leaves the file behind, which is harmless.
            let _ = writing.await;
        }
    }
}

pub(crate) async fn store(connection: &mut SqliteConnection, generation: i64) -> Result<(), StoreFault> {
    sqlx::query(
        "INSERT INTO node_meta (name, value) VALUES ('generation', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(generation.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn stored(connection: &mut SqliteConnection) -> Result<i64, StoreFault> {
    let row = sqlx::query("SELECT value FROM node_meta WHERE name = 'generation'")
        .fetch_optional(connection)
        .await?;
    row.map_or(Ok(0), |row| parse(&row.try_get::<String, _>("value")?))
}

pub(crate) fn read(folder: &Path) -> Result<Option<i64>, StoreFault> {
    let path = path(folder);
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(text.trim()).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreFault::file(&path)(error)),
    }
}

fn parse(text: &str) -> Result<i64, StoreFault> {
    text.parse()
        .map_err(|_| StoreFault::Broken("the generation is not a number".to_owned()))
}

/// Writes the file so that after a crash either the old or the new number stands there.
pub(crate) fn write(folder: &Path, generation: i64) -> Result<(), StoreFault> {
    let (path, fresh) = (path(folder), folder.join("generation.new"));
    let write = || {
        let mut file = std::fs::File::create(&fresh)?;
        writeln!(file, "{generation}")?;
        file.sync_all()?;
        std::fs::rename(&fresh, &path)?;
        std::fs::File::open(folder)?.sync_all()
    };
    write().map_err(StoreFault::file(&path))
}
