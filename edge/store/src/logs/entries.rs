//! Entries of logs: what a sequencer reads, what lies beside the tree, and what is purged of it.

use crate::seal::{Place, Sealer};
use crate::{BodyRow, EntryRow, Store, StoreFault};
use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// What the salt of an entry is sealed under.
pub(crate) const SALT: &str = "log_entries.salt";
/// What the body of an entry is sealed under, where it has a salt.
pub(crate) const BODY: &str = "log_entries.body";

const LEAVES: &str = "SELECT leaf FROM log_entries WHERE origin = $1 AND position > $2 ORDER BY position LIMIT $3";
const EVIDENCE_LEAVES: &str =
    "SELECT leaf FROM evidence WHERE participant = $1 AND position > $2 ORDER BY position LIMIT $3";
/// Sizes are of published trees, so what is beyond them is not asked for.
const BODIES: &str = "SELECT position, CASE WHEN sealed_salt IS NULL THEN body END AS body FROM log_entries
     WHERE origin = $1 AND position > $2 AND position <= $3 ORDER BY position";
const BODY_OF_HASH: &str = "SELECT body FROM log_entries WHERE origin = $1 AND body_hash = $2 AND sealed_salt IS NULL AND body IS NOT NULL LIMIT 1";
const ENTRIES: &str = "SELECT * FROM log_entries WHERE origin = $1 AND position > $2 ORDER BY position LIMIT $3";
/// Not those whose bodies were purged: with them went their salts.
const CLOSED: &str = "SELECT * FROM log_entries WHERE origin = $1 AND position > $2 AND sealed_salt IS NOT NULL ORDER BY position LIMIT $3";
const ENTRY_OF_ID: &str = "SELECT * FROM log_entries WHERE origin = $1 AND id = $2";
const LAST_OF_IDS: &str =
    "SELECT * FROM log_entries WHERE origin = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT 1";
const IDS: &str = "SELECT * FROM log_entries WHERE origin = $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $4";

/// Bytes of leaves after which no more are read at a time: more than the longest ones of a whole bundle have.
const LEAVES_BYTES: usize = 16 * 1024 * 1024;

/// Where the leaves of a log come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The entries of a register log, by its origin.
    Register(String),
    /// The evidence of a participant, by its slug.
    Evidence(String),
}

impl Store {
    /// Leaves behind `position` in their order, at most `limit` and fewer where they are long: what a sequencer puts into the tree.
    ///
    /// # Errors
    /// Try again later.
    pub async fn leaves_after(&self, source: &Source, position: i64, limit: i64) -> Result<Vec<Vec<u8>>, StoreFault> {
        let (sql, name) = match source {
            Source::Register(origin) => (LEAVES, origin),
            Source::Evidence(participant) => (EVIDENCE_LEAVES, participant),
        };
        let mut reader = self.reader().await?;
        let query = sqlx::query_scalar(sql).bind(name).bind(position).bind(limit);
        let mut rows = query.fetch(&mut *reader);
        let (mut leaves, mut bytes): (Vec<Vec<u8>>, _) = (Vec::new(), 0_usize);
        while bytes < LEAVES_BYTES
            && let Some(leaf) = rows.try_next().await?
        {
            let leaf: Vec<u8> = leaf;
            bytes = bytes.saturating_add(leaf.len());
            leaves.push(leaf);
        }
        Ok(leaves)
    }

    /// The open bodies of the entries behind `position` up to `last`, in order; an entry whose body may not be shown, or is not
    /// here, has none.
    ///
    /// # Errors
    /// Try again later.
    pub async fn bodies(&self, origin: &str, position: i64, last: i64) -> Result<Vec<BodyRow>, StoreFault> {
        let rows = sqlx::query(BODIES)
            .bind(origin)
            .bind(position)
            .bind(last)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let row = |row: &SqliteRow| {
            Ok(BodyRow {
                position: row.try_get("position")?,
                body: row.try_get("body")?,
            })
        };
        rows.iter().map(row).collect()
    }

    /// An open body by its hexadecimal hash.
    ///
    /// # Errors
    /// Try again later.
    pub async fn body(&self, origin: &str, hash: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(sqlx::query_scalar(BODY_OF_HASH)
            .bind(origin)
            .bind(hash)
            .fetch_optional(&mut *self.reader().await?)
            .await?)
    }

    /// Entries behind `position` in their order, at most `limit`, with what is kept beside them.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when one was altered; otherwise try again later.
    pub async fn entries_after(&self, origin: &str, position: i64, limit: i64) -> Result<Vec<EntryRow>, StoreFault> {
        let rows = sqlx::query(ENTRIES)
            .bind(origin)
            .bind(position)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(|row| entry_row(self.sealer(), row)).collect()
    }

    /// Own entries behind `position` whose bodies are not open and are here, in their order, at most `limit`.
    ///
    /// # Errors
    /// As for [`Store::entries_after`].
    pub async fn closed_entries(&self, origin: &str, position: i64, limit: i64) -> Result<Vec<EntryRow>, StoreFault> {
        let rows = sqlx::query(CLOSED)
            .bind(origin)
            .bind(position)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(|row| entry_row(self.sealer(), row)).collect()
    }

    /// The own entry of this id, sequenced or not.
    ///
    /// # Errors
    /// As for [`Store::entries_after`].
    pub async fn entry(&self, origin: &str, id: &str) -> Result<Option<EntryRow>, StoreFault> {
        let row = sqlx::query(ENTRY_OF_ID)
            .bind(origin)
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(|row| entry_row(self.sealer(), row)).transpose()
    }

    /// The own entry with the last id from `first` on and before `beyond`.
    ///
    /// # Errors
    /// As for [`Store::entries_after`].
    pub async fn last_entry(&self, origin: &str, first: &str, beyond: &str) -> Result<Option<EntryRow>, StoreFault> {
        let row = sqlx::query(LAST_OF_IDS)
            .bind(origin)
            .bind(first)
            .bind(beyond)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(|row| entry_row(self.sealer(), row)).transpose()
    }

    /// The own entries with ids from `first` on and before `beyond`, by id, at most `limit`.
    ///
    /// # Errors
    /// As for [`Store::entries_after`].
    pub async fn entries_between(
        &self,
        origin: &str,
        first: &str,
        beyond: &str,
        limit: i64,
    ) -> Result<Vec<EntryRow>, StoreFault> {
        let rows = sqlx::query(IDS)
            .bind(origin)
            .bind(first)
            .bind(beyond)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(|row| entry_row(self.sealer(), row)).collect()
    }
}

fn entry_row(sealer: &Sealer, row: &SqliteRow) -> Result<EntryRow, StoreFault> {
    let (origin, id): (String, Option<String>) = (row.try_get("origin")?, row.try_get("id")?);
    let place = |table| Place {
        table,
        participant: &origin,
        id: id.as_deref().unwrap_or_default(),
    };
    let (body, salt): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.try_get("body")?, row.try_get("sealed_salt")?);
    let (body, salt) = match (body, salt) {
        (Some(body), Some(salt)) => (
            Some(sealer.open(place(BODY), &body)?),
            Some(sealer.open(place(SALT), &salt)?),
        ),
        (body, _) => (body, None),
    };
    Ok(EntryRow {
        position: row.try_get("position")?,
        leaf: row.try_get("leaf")?,
        at: row.try_get("at")?,
        purged_at: row.try_get("purged_at")?,
        body,
        salt,
        id,
    })
}

#[cfg(test)]
pub(crate) mod plans {
    /// What must seek.
    pub(crate) const STATEMENTS: [&str; 9] = [
        super::LEAVES,
        super::EVIDENCE_LEAVES,
        super::BODIES,
        super::BODY_OF_HASH,
        super::ENTRIES,
        super::CLOSED,
        super::ENTRY_OF_ID,
        super::LAST_OF_IDS,
        super::IDS,
    ];
}
