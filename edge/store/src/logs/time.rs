//! What authorities of time said of checkpoints of own logs, and numbers that only rise.

use crate::step::Prepared;
use crate::{Committed, Store, StoreFault, TimestampRow};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

const ONE: &str = "SELECT * FROM timestamps WHERE origin = $1 AND size = $2";
const NEWEST: &str = "SELECT * FROM timestamps WHERE origin = $1 ORDER BY size DESC LIMIT 1";
const SIZES: &str = "SELECT size FROM timestamps WHERE origin = $1 AND size < $2 ORDER BY size DESC LIMIT $3";

impl Store {
    /// Keeps a reply. The first one of a size stands.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_timestamp(&self, row: TimestampRow) -> Result<Committed, StoreFault> {
        let lane = row.origin.clone();
        let prepared = Prepared::plain(|script| {
            script.statement("INSERT INTO timestamps (origin, size, at, got_at, signer, is_verified, reply) VALUES ");
            script.row(true, |to| {
                to.value(row.origin)
                    .value(row.size)
                    .value(row.at)
                    .value(row.got_at)
                    .value(row.signer)
                    .value(i64::from(row.is_verified))
                    .value(row.reply);
            });
            script.text(" ON CONFLICT (origin, size) DO NOTHING");
        });
        self.share(lane, prepared).await?.committed()
    }

    /// The reply about the checkpoint of this size.
    ///
    /// # Errors
    /// Try again later.
    pub async fn timestamp(&self, origin: &str, size: i64) -> Result<Option<TimestampRow>, StoreFault> {
        let row = sqlx::query(ONE)
            .bind(origin)
            .bind(size)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(timestamp_row).transpose()
    }

    /// The reply about the largest tree.
    ///
    /// # Errors
    /// Try again later.
    pub async fn newest_timestamp(&self, origin: &str) -> Result<Option<TimestampRow>, StoreFault> {
        let row = sqlx::query(NEWEST)
            .bind(origin)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(timestamp_row).transpose()
    }

    /// Sizes below `before` that were stamped, the largest first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn timestamp_sizes(&self, origin: &str, before: i64, limit: i64) -> Result<Vec<i64>, StoreFault> {
        let rows = sqlx::query(SIZES)
            .bind(origin)
            .bind(before)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(|row| Ok(row.try_get("size")?)).collect()
    }

    /// The next number of this name, from 1 on. It is durable before it is handed out, so none comes twice.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn next_number(&self, name: &str) -> Result<i64, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("INSERT INTO rising_numbers (name, value) VALUES ");
            script.row(true, |to| {
                to.value(name.to_owned()).value(1_i64);
            });
            script.text(" ON CONFLICT (name) DO UPDATE SET value = rising_numbers.value + 1");
        });
        self.share(name.to_owned(), prepared).await?.committed()?;
        let row = sqlx::query("SELECT value FROM rising_numbers WHERE name = $1")
            .bind(name)
            .fetch_one(&mut *self.reader().await?)
            .await?;
        Ok(row.try_get("value")?)
    }
}

fn timestamp_row(row: &SqliteRow) -> Result<TimestampRow, StoreFault> {
    let is_verified: i64 = row.try_get("is_verified")?;
    Ok(TimestampRow {
        origin: row.try_get("origin")?,
        size: row.try_get("size")?,
        at: row.try_get("at")?,
        got_at: row.try_get("got_at")?,
        signer: row.try_get("signer")?,
        is_verified: is_verified != 0,
        reply: row.try_get("reply")?,
    })
}
