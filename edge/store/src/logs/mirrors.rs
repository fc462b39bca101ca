//! The mirrors of this node: foreign logs that it keeps, how far each is verified, and what was found in them.

use crate::batch::{cut, values};
use crate::logs::stands;
use crate::step::Prepared;
use crate::writer::JobEnd;
use crate::{AlarmRow, Committed, LogRow, MirrorReject, MirrorRow, MirroredRecord, Put, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

const MIRROR: &str = "SELECT * FROM mirrors WHERE origin = $1";
const REJECTS: &str = "SELECT * FROM mirror_rejects WHERE origin = $1 AND position > $2 ORDER BY position LIMIT $3";
const REJECTS_COUNT: &str = "SELECT COUNT(*) FROM mirror_rejects WHERE origin = $1";
/// What is taken of a mirrored log, with how many of its rows are removed in one transaction, for others wait meanwhile: an entry may have a
/// body of a quarter of a megabyte.
pub(super) const PARTS: [(&str, i64); 3] = [
    ("log_entries", 256),
    ("mirrored_records", 5_000),
    ("mirror_rejects", 5_000),
];

impl Store {
    /// Adds a foreign log to be mirrored; a conflict when its origin is here already.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_mirror(&self, log: LogRow, row: MirrorRow) -> Result<Put, StoreFault> {
        let lane = log.origin.clone();
        let ended = self
            .job(
                &lane,
                Box::new(move |connection| {
                    Box::pin(async move {
                        if super::book::insert_log(connection, &log).await? == 0 {
                            return Ok(JobEnd::Refuse(format!("there is a log `{}` already", log.origin)));
                        }
                        sqlx::query("INSERT INTO mirrors (origin, address, places, state) VALUES ($1, $2, $3, $4)")
                            .bind(&row.origin)
                            .bind(&row.address)
                            .bind(&row.places)
                            .bind(&row.state)
                            .execute(connection)
                            .await?;
                        Ok(JobEnd::Commit)
                    })
                }),
            )
            .await?;
        Ok(ended.put())
    }

    /// What is known of the mirror of this origin.
    ///
    /// # Errors
    /// Try again later.
    pub async fn mirror(&self, origin: &str) -> Result<Option<MirrorRow>, StoreFault> {
        let row = sqlx::query(MIRROR)
            .bind(origin)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(mirror_row).transpose()
    }

    /// Keeps the newest checkpoint that a foreign log signed and that goes on from the published one.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn set_seen(&self, origin: &str, note: Vec<u8>) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("UPDATE mirrors SET seen = ");
            script.value(note);
            script.text(" WHERE origin = ").value(origin.to_owned());
        });
        self.share(origin.to_owned(), prepared).await?.committed()
    }

    /// Says when a foreign log last answered that what is known is its newest.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn set_checked(&self, origin: &str, at: i64) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("UPDATE mirrors SET checked_at = ");
            script.value(at);
            script.text(" WHERE origin = ").value(origin.to_owned());
        });
        self.share(origin.to_owned(), prepared).await?.committed()
    }

    /// Keeps the proof that a foreign log lied, with the alarm that tells others of it, and takes nothing more of it; false when it was
    /// caught before.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn catch_mirror(
        &self,
        origin: &str,
        caught: String,
        alarm: Option<AlarmRow>,
    ) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE logs SET state = 'caught' WHERE participant IS NULL AND origin = ");
            script.value(origin.to_owned()).text(" AND state = 'open'");
            script.statement("UPDATE mirrors SET caught = ");
            script.value(caught);
            script.text(" WHERE origin = ").value(origin.to_owned());
            if let Some(alarm) = alarm {
                super::alarms::insert_alarm(script, alarm);
            }
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }

    /// The versions of some records of a mirrored log up to the version `last`, staged ones too; by record, oldest first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn mirrored_versions(
        &self,
        origin: &str,
        record_ids: &[String],
        last: i64,
    ) -> Result<Vec<MirroredRecord>, StoreFault> {
        let mut reader = self.reader().await?;
        let mut found = Vec::new();
        for run in cut(record_ids) {
            let query = sqlx::query(AssertSqlSafe(versions_sql(run.len())));
            let query = run
                .iter()
                .fold(query, |query, id| query.bind(id))
                .bind(origin)
                .bind(last);
            for row in query.fetch_all(&mut *reader).await? {
                found.push(record_row(&row)?);
            }
        }
        found.sort_by(|one, other| (&one.record_id, one.version).cmp(&(&other.record_id, other.version)));
        Ok(found)
    }

    /// Entries of a mirrored log behind `position` that are no records or came with a wrong body.
    ///
    /// # Errors
    /// Try again later.
    pub async fn mirror_rejects(
        &self,
        origin: &str,
        position: i64,
        limit: i64,
    ) -> Result<Vec<MirrorReject>, StoreFault> {
        let rows = sqlx::query(REJECTS)
            .bind(origin)
            .bind(position)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let row = |row: &SqliteRow| {
            Ok(MirrorReject {
                position: row.try_get("position")?,
                code: row.try_get("code")?,
                why: row.try_get("why")?,
            })
        };
        rows.iter().map(row).collect()
    }

    /// How many there are of them.
    ///
    /// # Errors
    /// Try again later.
    pub async fn count_mirror_rejects(&self, origin: &str) -> Result<i64, StoreFault> {
        Ok(sqlx::query_scalar(REJECTS_COUNT)
            .bind(origin)
            .fetch_one(&mut *self.reader().await?)
            .await?)
    }

    /// Removes a mirrored log with all that was taken of it, rows first and then files; false when there is none. A crash in between
    /// leaves less of it: remove it again. Nobody may write to it meanwhile.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn remove_mirror(&self, origin: &str) -> Result<bool, StoreFault> {
        if self.mirror(origin).await?.is_none() {
            return Ok(false);
        }
        self.unfold(origin).await?;
        self.remove_behind(origin, 0).await?;
        let prepared = Prepared::plain(|script| {
            for table in ["fold_states", "log_holders", "mirrors", "logs"] {
                script.statement("DELETE FROM ");
                script.text(table).text(" WHERE origin = ").value(origin.to_owned());
            }
        });
        self.share(origin.to_owned(), prepared).await?.committed()?;
        self.tiles(origin).remove().await?;
        Ok(true)
    }

    /// Removes what was taken of a foreign log behind `position`, the last of it first, so that what a crash leaves is a beginning.
    pub(super) async fn remove_behind(&self, origin: &str, position: i64) -> Result<(), StoreFault> {
        for part in PARTS {
            while self.remove_slice(part, origin, position).await? {}
        }
        Ok(())
    }

    /// Whether rows were removed.
    async fn remove_slice(
        &self,
        (table, rows): (&'static str, i64),
        origin: &str,
        position: i64,
    ) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("DELETE FROM ");
            script.text(table).text(" WHERE origin = ").value(origin.to_owned());
            script.text(" AND position IN (SELECT position FROM ").text(table);
            script.text(" WHERE origin = ").value(origin.to_owned());
            script.text(" AND position > ").value(position);
            script.text(" ORDER BY position DESC LIMIT ").value(rows);
            script.text(")");
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }
}

fn mirror_row(row: &SqliteRow) -> Result<MirrorRow, StoreFault> {
    Ok(MirrorRow {
        origin: row.try_get("origin")?,
        address: row.try_get("address")?,
        places: row.try_get("places")?,
        state: row.try_get("state")?,
        staged: row.try_get("staged")?,
        seen: row.try_get("seen")?,
        checked_at: row.try_get("checked_at")?,
        caught: row.try_get("caught")?,
    })
}

fn versions_sql(records: usize) -> String {
    let named = values(records, 1);
    format!(
        "SELECT m.* FROM (VALUES {named}) AS s1
         CROSS JOIN mirrored_records AS m ON m.record_id = s1.column1 AND m.origin = ? WHERE m.version <= ?"
    )
}

pub(crate) fn record_row(row: &SqliteRow) -> Result<MirroredRecord, StoreFault> {
    Ok(MirroredRecord {
        position: row.try_get("position")?,
        record_id: row.try_get("record_id")?,
        kind: row.try_get("kind")?,
        version: row.try_get("version")?,
        leaf_hash: row.try_get("leaf_hash")?,
        body_hash: row.try_get("body_hash")?,
    })
}

#[cfg(test)]
pub(crate) fn plans() -> Vec<String> {
    let mut all = [MIRROR, REJECTS, REJECTS_COUNT].map(str::to_owned).to_vec();
    all.extend([versions_sql(1), versions_sql(64)]);
    all
}
