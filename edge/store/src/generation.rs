//! The generation: a number that only grows, kept in the database and in a file beside it, so that a database put
//! back from an older copy is noticed at start.
//!
//! The database goes first on each step up, so a crash in between leaves the file behind, which is harmless; a file
//! ahead of its database is never harmless.

use crate::{Rollback, StoreFault};
use sqlx::{Row, SqliteConnection};
use std::io::Write;
use std::path::{Path, PathBuf};

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
            "a rolled-back store is accepted: acknowledged messages may be gone"
        );
    }
    let next = seen.database.max(seen.file.unwrap_or(0)) + 1;
    store(connection, next).await?;
    write(folder, next)?;
    Ok(next)
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
