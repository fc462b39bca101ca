//! Reading records by their names: a version, the history, what names what, what a log holds.

use crate::batch::{cut, values};
use crate::logs::record_row;
use crate::{MirroredRecord, OpenedBody, RecordLink, RecordRow, Store, StoreFault, StoredRecord, Withdrawn};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

const NEWEST: &str = "SELECT * FROM catalog_records WHERE record_id = $1 ORDER BY version DESC LIMIT 1";
const VERSION: &str = "SELECT * FROM catalog_records WHERE record_id = $1 AND version = $2";
const HISTORY: &str = "SELECT * FROM catalog_records WHERE record_id = $1 AND version > $2 ORDER BY version LIMIT $3";
const LINKS_FROM: &str =
    "SELECT record_id, rel, target FROM catalog_links WHERE record_id = $1 ORDER BY version, rel, target LIMIT $2";
const LINKS_TO: &str = "SELECT record_id, rel, target FROM catalog_links
     WHERE target = $1 AND (record_id, rel) > ($2, $3) ORDER BY record_id, rel LIMIT $4";
const REPLACED_BY: &str =
    "SELECT replaced_by FROM catalog_replaced WHERE record_id = $1 ORDER BY origin, position LIMIT 1";

impl Store {
    /// The record that was issued in the place of this one, in the successor of its log.
    ///
    /// # Errors
    /// Try again later.
    pub async fn replaced_by(&self, record_id: &str) -> Result<Option<String>, StoreFault> {
        Ok(sqlx::query_scalar(REPLACED_BY)
            .bind(record_id)
            .fetch_optional(&mut *self.reader().await?)
            .await?)
    }

    /// A version of a record, or the newest one, withdrawn or not.
    ///
    /// # Errors
    /// Try again later.
    pub async fn record(&self, record_id: &str, version: Option<i64>) -> Result<Option<StoredRecord>, StoreFault> {
        let query = match version {
            Some(version) => sqlx::query(VERSION).bind(record_id).bind(version),
            None => sqlx::query(NEWEST).bind(record_id),
        };
        let row = query.fetch_optional(&mut *self.reader().await?).await?;
        row.as_ref().map(stored_record).transpose()
    }

    /// Versions of a record behind `version`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn record_history(
        &self,
        record_id: &str,
        version: i64,
        limit: i64,
    ) -> Result<Vec<StoredRecord>, StoreFault> {
        let rows = sqlx::query(HISTORY)
            .bind(record_id)
            .bind(version)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(stored_record).collect()
    }

    /// The versions of some records in the log `origin` that stand at `position` or before and are not after the version `last`; by record,
    /// oldest first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn folded_versions(
        &self,
        (origin, position): (&str, i64),
        record_ids: &[String],
        last: i64,
    ) -> Result<Vec<MirroredRecord>, StoreFault> {
        let mut reader = self.reader().await?;
        let mut found = Vec::new();
        for run in cut(record_ids) {
            let query = sqlx::query(AssertSqlSafe(versions_sql(run.len())));
            let query = run.iter().fold(query, |query, id| query.bind(id)).bind(last);
            for row in query.fetch_all(&mut *reader).await? {
                let place: (&str, i64) = (row.try_get("origin")?, row.try_get("position")?);
                // Looked at here: it is not what the rows are found by.
                if place.0 == origin && place.1 <= position {
                    found.push(record_row(&row)?);
                }
            }
        }
        found.sort_by(|one, other| (&one.record_id, one.version).cmp(&(&other.record_id, other.version)));
        Ok(found)
    }

    /// What a record names, by relation and target, at most `limit`; nothing when it is withdrawn.
    ///
    /// # Errors
    /// Try again later.
    pub async fn links_from(&self, record_id: &str, limit: i64) -> Result<Vec<RecordLink>, StoreFault> {
        let rows = sqlx::query(LINKS_FROM)
            .bind(record_id)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(record_link).collect()
    }

    /// What names a record or resource, by record and relation behind `after`, at most `limit`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn links_to(
        &self,
        target: &str,
        after: Option<&RecordLink>,
        limit: i64,
    ) -> Result<Vec<RecordLink>, StoreFault> {
        let (record_id, rel) = after.map_or(("", ""), |link| (&link.record_id, &link.rel));
        let rows = sqlx::query(LINKS_TO)
            .bind(target)
            .bind(record_id)
            .bind(rel)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(record_link).collect()
    }
}

fn versions_sql(records: usize) -> String {
    let named = values(records, 1);
    format!(
        "SELECT r.origin, r.position, r.record_id, r.kind, r.version, r.leaf_hash, e.body_hash FROM (VALUES {named}) AS s1
         CROSS JOIN catalog_records AS r ON r.record_id = s1.column1
         CROSS JOIN log_entries AS e ON e.origin = r.origin AND e.position = r.position WHERE r.version <= ?"
    )
}

pub(super) fn stored_record(row: &SqliteRow) -> Result<StoredRecord, StoreFault> {
    let withdrawn_by: Option<i64> = row.try_get("withdrawn_by")?;
    let withdrawn = match withdrawn_by {
        Some(position) => Some(Withdrawn {
            position,
            code: row.try_get("withdrawn_code")?,
            replaced_by: row.try_get("replaced_by")?,
        }),
        None => None,
    };
    let opened = match (row.try_get("opened_by")?, row.try_get("opened_at")?) {
        (Some(position), Some(at)) => Some(OpenedBody { position, at }),
        _ => None,
    };
    Ok(StoredRecord {
        row: RecordRow {
            record_id: row.try_get("record_id")?,
            version: row.try_get("version")?,
            origin: row.try_get("origin")?,
            position: row.try_get("position")?,
            leaf_hash: row.try_get("leaf_hash")?,
            kind: row.try_get("kind")?,
            issuer: row.try_get("issuer")?,
            issued: row.try_get("issued")?,
            valid_from: row.try_get("valid_from")?,
            valid_until: row.try_get("valid_until")?,
            visibility: row.try_get("visibility")?,
            languages: row.try_get("languages")?,
            title: row.try_get("title")?,
            description: row.try_get("description")?,
        },
        withdrawn,
        opened,
        purged: row.try_get::<i64, _>("purged")? != 0,
    })
}

fn record_link(row: &SqliteRow) -> Result<RecordLink, StoreFault> {
    Ok(RecordLink {
        record_id: row.try_get("record_id")?,
        rel: row.try_get("rel")?,
        target: row.try_get("target")?,
    })
}

#[cfg(test)]
pub(crate) mod plans {
    use super::{HISTORY, LINKS_FROM, LINKS_TO, NEWEST, VERSION, versions_sql};

    pub(crate) fn statements() -> Vec<String> {
        let all = [NEWEST, VERSION, HISTORY, LINKS_FROM, LINKS_TO].map(str::to_owned);
        all.into_iter().chain([versions_sql(1), versions_sql(64)]).collect()
    }
}
