//! Searches among assets: by their place in the list, by a key of a property, or by a stretch of keys.
//!
//! A page seeks in an index and walks it; none scans, none sorts. What keys mean, and whether an asset that is found is
//! meant, is decided outside.

use super::assets::{in_reach, write_keys};
use crate::batch::cut;
use crate::rows::{AssetFacts, IndexKey};
use crate::writer::JobEnd;
use crate::{Store, StoreFault};
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeSet;

/// The mark of how far the keys of assets are up to date, in `node_meta`.
const VERSION: &str = "asset_index";

/// A place in the list of assets: when one was created, and its id.
pub type AssetPlace = (i64, String);

/// Which way to walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The oldest first.
    Forth,
    /// The newest first.
    Back,
}

impl Way {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Forth => (">", "ASC"),
            Self::Back => ("<", "DESC"),
        }
    }

    /// Ahead of every asset.
    fn start(self) -> AssetPlace {
        match self {
            Self::Forth => (i64::MIN, String::new()),
            Self::Back => (i64::MAX, String::new()),
        }
    }
}

impl Store {
    /// Assets in the order of their places behind `from`, or from the first on, leaving out `skip`; at most `limit`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn asset_places(
        &self,
        participant: &str,
        way: Way,
        from: Option<AssetPlace>,
        skip: i64,
        limit: i64,
    ) -> Result<Vec<AssetPlace>, StoreFault> {
        let (created_at, id) = from.unwrap_or_else(|| way.start());
        let rows = sqlx::query(AssertSqlSafe(places_sql(way)))
            .bind(participant)
            .bind(created_at)
            .bind(id)
            .bind(limit)
            .bind(skip)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(place_of).collect()
    }

    /// Ids of assets in their own order behind `from`, or from the first on, leaving out `skip`; at most `limit`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn asset_ids(
        &self,
        participant: &str,
        way: Way,
        from: Option<&str>,
        skip: i64,
        limit: i64,
    ) -> Result<Vec<String>, StoreFault> {
        let ids = sqlx::query_scalar(AssertSqlSafe(ids_sql(way, from.is_some())))
            .bind(participant)
            .bind(from.unwrap_or_default())
            .bind(limit)
            .bind(skip)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        Ok(ids)
    }

    /// Assets that have one of these keys under `name`, as [`Self::asset_places`] gives them.
    ///
    /// # Errors
    /// Try again later.
    pub async fn asset_places_by_key(
        &self,
        participant: &str,
        (name, keys): (&str, &[String]),
        way: Way,
        from: Option<AssetPlace>,
        limit: i64,
    ) -> Result<Vec<AssetPlace>, StoreFault> {
        let (created_at, id) = from.unwrap_or_else(|| way.start());
        let mut found = BTreeSet::new();
        for run in cut(keys) {
            let query = sqlx::query(AssertSqlSafe(by_key_sql(way, run.len())))
                .bind(participant)
                .bind(name)
                .bind(created_at)
                .bind(&id)
                .bind(limit);
            let query = run.iter().fold(query, |query, key| query.bind(key));
            for row in query.fetch_all(&mut *self.reader().await?).await? {
                found.insert(place_of(&row)?);
            }
            // Each of the first `limit` of all is among the first `limit` of the key that it has.
            while found.len() > usize::try_from(limit).unwrap_or_default() {
                match way {
                    Way::Forth => found.pop_last(),
                    Way::Back => found.pop_first(),
                };
            }
        }
        Ok(match way {
            Way::Forth => found.into_iter().collect(),
            Way::Back => found.into_iter().rev().collect(),
        })
    }

    /// Assets that have a key from `least` to `most` under `name`, in no order worth naming, at most `limit`; one that has
    /// several comes as often.
    ///
    /// # Errors
    /// Try again later.
    pub async fn asset_places_between(
        &self,
        participant: &str,
        name: &str,
        (least, most): (&str, &str),
        limit: i64,
    ) -> Result<Vec<AssetPlace>, StoreFault> {
        let rows = sqlx::query(BETWEEN)
            .bind(participant)
            .bind(name)
            .bind(least)
            .bind(most)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(place_of).collect()
    }

    /// What a search looks at of these assets; those that are gone are left out.
    ///
    /// # Errors
    /// Try again later.
    pub async fn asset_facts(&self, participant: &str, ids: &[&str]) -> Result<Vec<AssetFacts>, StoreFault> {
        let mut facts = Vec::with_capacity(ids.len());
        let mut reader = self.reader().await?;
        for run in cut(ids) {
            let query = sqlx::query(AssertSqlSafe(facts_sql(run.len()))).bind(participant);
            let query = run.iter().fold(query, |query, id| query.bind(*id));
            for row in query.fetch_all(&mut *reader).await? {
                facts.push(AssetFacts {
                    id: row.try_get("id")?,
                    properties: row.try_get("properties")?,
                    private_properties: row.try_get("private_properties")?,
                    in_reach: in_reach(&row)?,
                    created_at: row.try_get("created_at")?,
                });
            }
        }
        Ok(facts)
    }

    /// By which rules the keys of assets were made; 0 when they were not made yet.
    ///
    /// # Errors
    /// Try again later.
    pub async fn asset_keys_version(&self) -> Result<i64, StoreFault> {
        let value: Option<String> = sqlx::query_scalar("SELECT value FROM node_meta WHERE name = $1")
            .bind(VERSION)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
    }

    /// Notes by which rules they were made, once all are.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn note_asset_keys_version(&self, version: i64) -> Result<(), StoreFault> {
        self.job(
            "",
            Box::new(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO node_meta (name, value) VALUES ($1, $2)
                         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    )
                    .bind(VERSION)
                    .bind(version.to_string())
                    .execute(connection)
                    .await?;
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()?;
        Ok(())
    }

    /// Makes the keys of some assets of a participant anew.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn put_asset_keys(
        &self,
        participant: &str,
        assets: Vec<(AssetFacts, Vec<IndexKey>)>,
    ) -> Result<(), StoreFault> {
        let own = participant.to_owned();
        self.job(
            participant,
            Box::new(move |connection| {
                Box::pin(async move {
                    for (facts, keys) in &assets {
                        write_keys(connection, &own, (facts.created_at, &facts.id), keys).await?;
                    }
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()?;
        Ok(())
    }
}

fn place_of(row: &sqlx::sqlite::SqliteRow) -> Result<AssetPlace, StoreFault> {
    Ok((row.try_get("created_at")?, row.try_get("asset_id")?))
}

fn places_sql(way: Way) -> String {
    let (compare, order) = way.words();
    format!(
        "SELECT created_at, id AS asset_id FROM assets WHERE participant = $1 AND (created_at, id) {compare} ($2, $3)
         ORDER BY created_at {order}, id {order} LIMIT $4 OFFSET $5"
    )
}

/// Ahead of every id is the empty one, behind every id is none: there the bound is left out.
fn ids_sql(way: Way, bounded: bool) -> String {
    let (compare, order) = way.words();
    let bound = match (way, bounded) {
        (Way::Back, false) => "$2 = ''".to_owned(),
        _ => format!("id {compare} $2"),
    };
    format!("SELECT id FROM assets WHERE participant = $1 AND {bound} ORDER BY id {order} LIMIT $3 OFFSET $4")
}

/// The keys stand behind `$5`.
fn by_key_sql(way: Way, keys: usize) -> String {
    let (compare, order) = way.words();
    let one = |number: usize| {
        format!(
            "SELECT created_at, asset_id FROM (SELECT created_at, asset_id FROM asset_index
             WHERE participant = $1 AND name = $2 AND value = ${number} AND (created_at, asset_id) {compare} ($3, $4)
             ORDER BY created_at {order}, asset_id {order} LIMIT $5) AS s{number}"
        )
    };
    (6..6 + keys).map(one).collect::<Vec<_>>().join(" UNION ALL ")
}

const BETWEEN: &str = "SELECT created_at, asset_id FROM asset_index
    WHERE participant = $1 AND name = $2 AND value >= $3 AND value <= $4 LIMIT $5";

fn facts_sql(ids: usize) -> String {
    let mut sql =
        "SELECT id, properties, private_properties, in_reach, created_at FROM assets WHERE participant = $1 AND id IN ("
            .to_owned();
    crate::batch::list(&mut sql, 2, ids);
    sql.push(')');
    sql
}

/// The statements of searches, for the test of their query plans.
#[cfg(test)]
pub(crate) mod plans {
    use super::{BETWEEN, Way, by_key_sql, facts_sql, ids_sql, places_sql};

    pub(crate) fn statements() -> Vec<String> {
        let mut all = vec![BETWEEN.to_owned(), facts_sql(1), facts_sql(64)];
        for way in [Way::Forth, Way::Back] {
            all.extend([ids_sql(way, true), ids_sql(way, false)]);
            all.extend([places_sql(way), by_key_sql(way, 1), by_key_sql(way, 64)]);
        }
        all
    }
}
