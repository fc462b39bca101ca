//! Writing what a fold made of some entries: all of it, with how far the views now are, in one transaction.
//!
//! What stands at the end follows from the versions and withdrawals alone: parts and links are those of the newest version of a record,
//! where that is not withdrawn. So a change that comes twice changes nothing, and logs may be folded in any order.

use super::{federations, words};
use crate::batch::{cut, values};
use crate::own::Ended;
use crate::views::lists;
use crate::writer::JobEnd;
use crate::{CatalogChange, FoldWrite, OpeningRow, PartRow, Store, StoreFault, VersionName, VersionWrite, Withdrawn};
use sqlx::{AssertSqlSafe, SqliteConnection};

const SWAP: &str = "UPDATE logs SET folded = $1 WHERE origin = $2 AND folded = $3 AND size >= $1";
const TOUCH_ABOUT: &str =
    "INSERT INTO catalog_touched SELECT p.about FROM catalog_touched CROSS JOIN catalog_parts AS p
     ON p.record_id = catalog_touched.record_id WHERE p.about IS NOT NULL ON CONFLICT DO NOTHING";
/// The first withdrawal in the log counts, though its body may come after that of a later one.
const WITHDRAW: &str = "UPDATE catalog_records SET withdrawn_by = $1, withdrawn_code = $2, replaced_by = $3
     WHERE record_id = $4 AND leaf_hash = $5 AND (withdrawn_by IS NULL OR withdrawn_by > $1)";
/// The versions before the named one go with it: what the law wants gone mostly stood in them too.
const PURGE: &str = "UPDATE catalog_records SET purged = 1, title = NULL, description = NULL
     WHERE record_id = $1 AND version <= (SELECT r.version FROM catalog_records AS r WHERE r.record_id = $1 AND r.leaf_hash = $2)";
const PURGE_BODY: &str =
    "UPDATE log_entries SET body = NULL, sealed_salt = NULL, purged_at = COALESCE(purged_at, $1) WHERE origin = $2
     AND position IN (SELECT position FROM catalog_records WHERE record_id = $3 AND version <=
         (SELECT r.version FROM catalog_records AS r WHERE r.record_id = $3 AND r.leaf_hash = $4))";
/// One that comes again, or whose body was purged meanwhile, changes nothing.
const PUT_OPENING: &str =
    "INSERT INTO catalog_openings (origin, position, record_id, version, opened_at, title, description)
     SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM catalog_records AS r
         WHERE r.origin = $1 AND r.position = $2 AND r.purged = 1) ON CONFLICT DO NOTHING";
/// What participants here were given of it is purged with it.
const PURGE_HELD: &str = "DELETE FROM held_bodies WHERE record_id = $1 AND version <=
     (SELECT r.version FROM catalog_records AS r WHERE r.record_id = $1 AND r.leaf_hash = $2)";
/// What openings whose bodies are purged have opened, and these openings.
const TOUCH_PURGED: &str = "INSERT INTO catalog_touched SELECT o.record_id FROM catalog_openings AS o
     WHERE o.origin = $1 AND o.position IN (SELECT position FROM catalog_records WHERE record_id = $2 AND version <=
         (SELECT r.version FROM catalog_records AS r WHERE r.record_id = $2 AND r.leaf_hash = $3)) ON CONFLICT DO NOTHING";
const PURGE_OPENING: &str = "DELETE FROM catalog_openings
     WHERE origin = $1 AND position IN (SELECT position FROM catalog_records WHERE record_id = $2 AND version <=
         (SELECT r.version FROM catalog_records AS r WHERE r.record_id = $2 AND r.leaf_hash = $3))";
/// A closed version says what its first opening shows, and nothing when it has none or is purged.
const REFRESH_OPENED: &str = "UPDATE catalog_records SET (opened_by, opened_at, title, description) =
     (SELECT o.position, o.opened_at, o.title, o.description FROM catalog_openings AS o
      WHERE o.record_id = catalog_records.record_id AND o.version = catalog_records.version AND o.origin = catalog_records.origin
          AND catalog_records.purged = 0 ORDER BY o.position LIMIT 1)
     WHERE visibility <> 'open' AND record_id IN (SELECT record_id FROM catalog_touched)";
/// Only the newest version counts, and only while it is not withdrawn.
const PRUNE_PARTS: &str = "DELETE FROM catalog_parts WHERE record_id IN (SELECT record_id FROM catalog_touched)
     AND version IS NOT (SELECT CASE WHEN withdrawn_by IS NULL THEN r.version END FROM catalog_records AS r
         WHERE r.record_id = catalog_parts.record_id ORDER BY r.version DESC LIMIT 1)";
const PRUNE_LINKS: &str = "DELETE FROM catalog_links WHERE record_id IN (SELECT record_id FROM catalog_touched)
     AND version IS NOT (SELECT CASE WHEN withdrawn_by IS NULL THEN r.version END FROM catalog_records AS r
         WHERE r.record_id = catalog_links.record_id ORDER BY r.version DESC LIMIT 1)";
/// Whoever folds compares how far the views are, and finds that there is nothing left to do.
const FOLD_NO_MORE: &str = "UPDATE logs SET folded = size WHERE origin = $1";
const DROP_ACTS: &str = "DELETE FROM federation_acts WHERE origin = $1";
const DROP_OPENINGS: &str = "DELETE FROM catalog_openings WHERE origin = $1";
const TOUCH_LOG: &str =
    "INSERT INTO catalog_touched SELECT DISTINCT record_id FROM catalog_records WHERE origin = $1 LIMIT 1000";
const DROP_TOUCHED: &str =
    "DELETE FROM catalog_records WHERE origin = $1 AND record_id IN (SELECT record_id FROM catalog_touched)";
/// What takes the place of others goes: these are found again.
const TOUCH_REPLACED: &str =
    "INSERT INTO catalog_touched SELECT DISTINCT x.record_id FROM catalog_touched CROSS JOIN catalog_replaced AS x
     ON x.replaced_by = catalog_touched.record_id WHERE x.origin = $1 ON CONFLICT DO NOTHING";
const DROP_REPLACED: &str =
    "DELETE FROM catalog_replaced WHERE origin = $1 AND replaced_by IN (SELECT record_id FROM catalog_touched)";
const REPLACE: &str = "INSERT INTO catalog_replaced (record_id, replaced_by, origin, position) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const UNTOUCH: &str = "DELETE FROM catalog_touched";

impl Store {
    /// Writes what some entries make of the catalogue, and how far the views are then; false when they are elsewhere by now, or the
    /// published checkpoint does not cover so many entries: then nothing was written. Where `folded` is what it was, an entry is folded
    /// again, e.g. because its body came late. A bundle at a time: others wait meanwhile.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn fold(&self, write: FoldWrite) -> Result<bool, StoreFault> {
        let lane = write.origin.clone();
        let job = self.job(
            &lane,
            Box::new(move |connection| Box::pin(async move { write_all(connection, &write).await })),
        );
        Ok(matches!(job.await?, Ended::Committed(_)))
    }

    /// Takes a log out of the catalogue, some records at a time; nothing of it is folded from now on. A crash in between leaves some: do it
    /// again.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn unfold(&self, origin: &str) -> Result<(), StoreFault> {
        let own = origin.to_owned();
        let ended = self.job(
            origin,
            Box::new(move |connection| {
                Box::pin(async move {
                    sqlx::query(FOLD_NO_MORE).bind(&own).execute(&mut *connection).await?;
                    sqlx::query(DROP_ACTS).bind(&own).execute(&mut *connection).await?;
                    sqlx::query(DROP_OPENINGS).bind(own).execute(connection).await?;
                    Ok(JobEnd::Commit)
                })
            }),
        );
        ended.await?.committed()?;
        while self.unfold_some(origin).await? {}
        Ok(())
    }

    /// Whether there was anything left.
    async fn unfold_some(&self, origin: &str) -> Result<bool, StoreFault> {
        let own = origin.to_owned();
        let job = self.job(
            origin,
            Box::new(move |connection| Box::pin(async move { unfold_some(connection, &own).await })),
        );
        Ok(matches!(job.await?, Ended::Committed(_)))
    }

    /// Throws the catalogue away; every log is to be folded from its first entry on.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn drop_views(&self) -> Result<(), StoreFault> {
        let job = self.job("", Box::new(|connection| Box::pin(drop_all(connection))));
        job.await?.committed()?;
        Ok(())
    }

    /// Throws the catalogue away where another revision of the folds made it; whether it did.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn renew_views(&self, revision: u32) -> Result<bool, StoreFault> {
        let job = self.job("", Box::new(move |connection| Box::pin(renew(connection, revision))));
        Ok(matches!(job.await?, Ended::Committed(_)))
    }
}

async fn renew(connection: &mut SqliteConnection, revision: u32) -> Result<JobEnd, StoreFault> {
    let changed = sqlx::query("UPDATE views SET revision = $1 WHERE revision <> $1")
        .bind(i64::from(revision))
        .execute(&mut *connection)
        .await?;
    match changed.rows_affected() {
        0 => Ok(JobEnd::Absent),
        _ => drop_all(connection).await,
    }
}

async fn drop_all(connection: &mut SqliteConnection) -> Result<JobEnd, StoreFault> {
    for sql in [
        "DELETE FROM catalog_links",
        "DELETE FROM catalog_parts",
        "DELETE FROM catalog_openings",
        "DELETE FROM catalog_records",
        "DELETE FROM federation_acts",
        "DELETE FROM catalog_replaced",
        "DELETE FROM fold_states",
        "UPDATE logs SET folded = 0",
    ] {
        sqlx::query(sql).execute(&mut *connection).await?;
    }
    words::drop_all(connection).await?;
    Ok(JobEnd::Commit)
}

/// Absent when nothing is left.
async fn unfold_some(connection: &mut SqliteConnection, origin: &str) -> Result<JobEnd, StoreFault> {
    let touched = sqlx::query(TOUCH_LOG).bind(origin).execute(&mut *connection).await?;
    if touched.rows_affected() == 0 {
        return Ok(JobEnd::Absent);
    }
    run(connection, TOUCH_ABOUT).await?;
    sqlx::query(TOUCH_REPLACED)
        .bind(origin)
        .execute(&mut *connection)
        .await?;
    sqlx::query(DROP_REPLACED)
        .bind(origin)
        .execute(&mut *connection)
        .await?;
    sqlx::query(DROP_TOUCHED).bind(origin).execute(&mut *connection).await?;
    run(connection, PRUNE_PARTS).await?;
    run(connection, PRUNE_LINKS).await?;
    words::refresh(connection).await?;
    run(connection, UNTOUCH).await?;
    Ok(JobEnd::Commit)
}

async fn write_all(connection: &mut SqliteConnection, write: &FoldWrite) -> Result<JobEnd, StoreFault> {
    let swapped = sqlx::query(SWAP)
        .bind(write.folded)
        .bind(&write.origin)
        .bind(write.expected_folded)
        .execute(&mut *connection)
        .await?;
    if swapped.rows_affected() == 0 {
        return Ok(JobEnd::Absent);
    }
    if write.changes.is_empty() {
        return Ok(JobEnd::Commit);
    }
    let puts: Vec<&VersionWrite> = write.changes.iter().filter_map(put).collect();
    touch(connection, &write.changes).await?;
    // What a record was about before must be found without it from now on.
    run(connection, TOUCH_ABOUT).await?;
    put_records(connection, &puts).await?;
    for change in &write.changes {
        match change {
            CatalogChange::Put(_) => {}
            CatalogChange::Withdraw { version, withdrawn } => withdraw(connection, version, withdrawn).await?,
            CatalogChange::Open(opening) => put_opening(connection, opening).await?,
            CatalogChange::Purge(version) => purge(connection, write, version).await?,
            CatalogChange::Replace {
                record_id,
                by,
                position,
            } => replace(connection, write, (record_id, by, *position)).await?,
            CatalogChange::Act(row) => federations::put_act(connection, row).await?,
        }
    }
    run(connection, REFRESH_OPENED).await?;
    put_parts(connection, &puts).await?;
    put_links(connection, &puts).await?;
    run(connection, PRUNE_PARTS).await?;
    run(connection, PRUNE_LINKS).await?;
    run(connection, TOUCH_ABOUT).await?;
    words::refresh(connection).await?;
    run(connection, UNTOUCH).await?;
    Ok(JobEnd::Commit)
}

const fn put(change: &CatalogChange) -> Option<&VersionWrite> {
    match change {
        CatalogChange::Put(write) => Some(write),
        CatalogChange::Withdraw { .. }
        | CatalogChange::Open(_)
        | CatalogChange::Purge(_)
        | CatalogChange::Replace { .. }
        | CatalogChange::Act(_) => None,
    }
}

pub(crate) async fn run(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreFault> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}

async fn touch(connection: &mut SqliteConnection, changes: &[CatalogChange]) -> Result<(), StoreFault> {
    let names: Vec<&str> = changes.iter().map(record_id).collect();
    for run in cut(&names) {
        let sql = format!(
            "INSERT INTO catalog_touched (record_id) VALUES {} ON CONFLICT DO NOTHING",
            values(run.len(), 1)
        );
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = run.iter().fold(query, |query, name| query.bind(*name));
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn record_id(change: &CatalogChange) -> &str {
    match change {
        CatalogChange::Put(write) => &write.row.record_id,
        CatalogChange::Withdraw { version, .. } | CatalogChange::Purge(version) => &version.record_id,
        CatalogChange::Open(opening) => &opening.record_id,
        CatalogChange::Replace { record_id, .. } => record_id,
        CatalogChange::Act(row) => &row.record_id,
    }
}

/// A version that is there keeps its row, but for a text that could not be read before.
async fn put_records(connection: &mut SqliteConnection, puts: &[&VersionWrite]) -> Result<(), StoreFault> {
    for run in cut(puts) {
        let sql = format!(
            "INSERT INTO catalog_records (record_id, version, origin, position, leaf_hash, kind, issuer, issued, valid_from, valid_until,
             visibility, languages, title, description) VALUES {} ON CONFLICT (record_id, version) DO UPDATE
             SET title = COALESCE(catalog_records.title, excluded.title),
                 description = COALESCE(catalog_records.description, excluded.description)
             WHERE catalog_records.purged = 0 AND catalog_records.leaf_hash = excluded.leaf_hash",
            values(run.len(), 14)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for write in run {
            let row = &write.row;
            query = query
                .bind(&row.record_id)
                .bind(row.version)
                .bind(&row.origin)
                .bind(row.position)
                .bind(&row.leaf_hash)
                .bind(&row.kind)
                .bind(&row.issuer)
                .bind(row.issued)
                .bind(row.valid_from)
                .bind(row.valid_until)
                .bind(&row.visibility)
                .bind(&row.languages)
                .bind(&row.title)
                .bind(&row.description);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn withdraw(
    connection: &mut SqliteConnection,
    version: &VersionName,
    withdrawn: &Withdrawn,
) -> Result<(), StoreFault> {
    sqlx::query(WITHDRAW)
        .bind(withdrawn.position)
        .bind(&withdrawn.code)
        .bind(&withdrawn.replaced_by)
        .bind(&version.record_id)
        .bind(&version.leaf_hash)
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_opening(connection: &mut SqliteConnection, opening: &OpeningRow) -> Result<(), StoreFault> {
    sqlx::query(PUT_OPENING)
        .bind(&opening.origin)
        .bind(opening.position)
        .bind(&opening.record_id)
        .bind(opening.version)
        .bind(opening.at)
        .bind(&opening.title)
        .bind(&opening.description)
        .execute(connection)
        .await?;
    Ok(())
}

async fn purge(connection: &mut SqliteConnection, write: &FoldWrite, version: &VersionName) -> Result<(), StoreFault> {
    for sql in [TOUCH_PURGED, PURGE_OPENING] {
        sqlx::query(sql)
            .bind(&write.origin)
            .bind(&version.record_id)
            .bind(&version.leaf_hash)
            .execute(&mut *connection)
            .await?;
    }
    for sql in [PURGE, PURGE_HELD] {
        sqlx::query(sql)
            .bind(&version.record_id)
            .bind(&version.leaf_hash)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(PURGE_BODY)
        .bind(write.at)
        .bind(&write.origin)
        .bind(&version.record_id)
        .bind(&version.leaf_hash)
        .execute(connection)
        .await?;
    Ok(())
}

async fn replace(
    connection: &mut SqliteConnection,
    write: &FoldWrite,
    (record_id, by, position): (&str, &str, i64),
) -> Result<(), StoreFault> {
    sqlx::query(REPLACE)
        .bind(record_id)
        .bind(by)
        .bind(&write.origin)
        .bind(position)
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_parts(connection: &mut SqliteConnection, puts: &[&VersionWrite]) -> Result<(), StoreFault> {
    let parts: Vec<(&VersionWrite, &PartRow)> = puts
        .iter()
        .filter_map(|write| Some((*write, write.part.as_ref()?)))
        .collect();
    for run in cut(&parts) {
        let sql = format!(
            "INSERT INTO catalog_parts (record_id, version, about, title_words, words, facets) VALUES {}
             ON CONFLICT (record_id, version) DO UPDATE SET title_words = excluded.title_words, words = excluded.words,
             facets = excluded.facets, about = excluded.about",
            values(run.len(), 6)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (write, part) in run {
            let facets: Vec<String> = part.facets.iter().map(lists::word).collect();
            query = query
                .bind(&write.row.record_id)
                .bind(write.row.version)
                .bind(&part.about)
                .bind(lists::list(&part.title_words))
                .bind(lists::list(&part.words))
                .bind(facets.join(" "));
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn put_links(connection: &mut SqliteConnection, puts: &[&VersionWrite]) -> Result<(), StoreFault> {
    let links: Vec<(&VersionWrite, &(String, String))> = puts
        .iter()
        .flat_map(|write| write.links.iter().map(|link| (*write, link)))
        .collect();
    for run in cut(&links) {
        let sql = format!(
            "INSERT INTO catalog_links (record_id, version, rel, target) VALUES {} ON CONFLICT DO NOTHING",
            values(run.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (write, (rel, target)) in run {
            query = query
                .bind(&write.row.record_id)
                .bind(write.row.version)
                .bind(rel)
                .bind(target);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod plans {
    use super::{
        DROP_REPLACED, PRUNE_LINKS, PRUNE_PARTS, PURGE, PURGE_BODY, PURGE_HELD, PURGE_OPENING, PUT_OPENING,
        REFRESH_OPENED, SWAP, TOUCH_ABOUT, TOUCH_PURGED, TOUCH_REPLACED, WITHDRAW,
    };

    pub(crate) const STATEMENTS: [&str; 14] = [
        SWAP,
        TOUCH_ABOUT,
        WITHDRAW,
        PURGE,
        PURGE_HELD,
        PURGE_BODY,
        PUT_OPENING,
        TOUCH_PURGED,
        PURGE_OPENING,
        REFRESH_OPENED,
        PRUNE_PARTS,
        PRUNE_LINKS,
        TOUCH_REPLACED,
        DROP_REPLACED,
    ];
}
