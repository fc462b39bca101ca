//! The catalogue's index: which definition offers which asset, and pages over it.
//!
//! Whether a selector picks an asset, and who may see a definition, is decided outside; the index is given. A page
//! costs the same however many offers there are: it seeks in the index once per definition asked for, or, when many
//! are asked for, walks the assets in order and falls back on seeking when the walk finds too little.

use super::policies::count;
use crate::batch::{cut, list, values};
use crate::readers::Readers;
use crate::writer::JobEnd;
use crate::{DatasetRow, Keyset, Put, Store, StoreFault};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Up to this many definitions, seeking once per definition is cheaper than walking.
const SEEKS: usize = 64;
/// Index rows per stride of a walk.
const STRIDE: i64 = 512;
/// Strides after which a walk that has not filled its page gives up.
const STRIDES: usize = 16;

/// The series of numbers that counts the writes of a participant's offers.
const OFFERS: &str = "offers";

/// Assets of a page with their definitions, in order of id.
type Found = BTreeMap<String, BTreeSet<String>>;

impl Store {
    /// Replaces what one definition offers; a conflict when the definition or an asset is gone.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn replace_offers_for_definition(
        &self,
        participant: &str,
        definition_id: &str,
        assets: Vec<String>,
    ) -> Result<Put, StoreFault> {
        let pairs = assets
            .into_iter()
            .map(|asset| (asset, definition_id.to_owned()))
            .collect();
        let clear = "DELETE FROM offers WHERE participant = $1 AND definition_id = $2";
        self.replace_offers(participant, clear, definition_id, pairs).await
    }

    /// Replaces which definitions offer one asset; a conflict when the asset or a definition is gone.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn replace_offers_for_asset(
        &self,
        participant: &str,
        asset_id: &str,
        definitions: Vec<String>,
    ) -> Result<Put, StoreFault> {
        let pairs = definitions
            .into_iter()
            .map(|definition| (asset_id.to_owned(), definition))
            .collect();
        let clear = "DELETE FROM offers WHERE participant = $1 AND asset_id = $2";
        self.replace_offers(participant, clear, asset_id, pairs).await
    }

    async fn replace_offers(
        &self,
        participant: &str,
        clear: &'static str,
        id: &str,
        pairs: Vec<(String, String)>,
    ) -> Result<Put, StoreFault> {
        let (own, id) = (participant.to_owned(), id.to_owned());
        let ended = self
            .job(
                participant,
                Box::new(move |connection| {
                    Box::pin(async move {
                        sqlx::query(clear)
                            .bind(&own)
                            .bind(&id)
                            .execute(&mut *connection)
                            .await?;
                        let pairs = pairs
                            .iter()
                            .map(|(asset, definition)| (asset.as_str(), definition.as_str()))
                            .collect();
                        write_offers(&mut *connection, &own, pairs).await?;
                        count_offers(connection, &own).await?;
                        Ok(JobEnd::Commit)
                    })
                }),
            )
            .await;
        match ended {
            Ok(ended) => Ok(ended.put()),
            Err(StoreFault::Constraint(_)) => Ok(Put::Conflict(
                "a definition or an asset that it names is gone".to_owned(),
            )),
            Err(fault) => Err(fault),
        }
    }

    /// The definitions that offer one asset, sorted.
    ///
    /// # Errors
    /// Try again later.
    pub async fn definitions_of_asset(&self, participant: &str, asset_id: &str) -> Result<Vec<String>, StoreFault> {
        let ids = sqlx::query_scalar(
            "SELECT definition_id FROM offers WHERE participant = $1 AND asset_id = $2 ORDER BY definition_id",
        )
        .bind(participant)
        .bind(asset_id)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        Ok(ids)
    }

    /// The assets that one definition offers, sorted.
    ///
    /// # Errors
    /// Try again later.
    pub async fn assets_of_definition(
        &self,
        participant: &str,
        definition_id: &str,
    ) -> Result<Vec<String>, StoreFault> {
        Ok(sqlx::query_scalar(ALL_OF_ONE)
            .bind(participant)
            .bind(definition_id)
            .fetch_all(&mut *self.reader().await?)
            .await?)
    }

    /// A page of the assets that the `allowed` definitions offer, in order of asset id, at most `limit`. To know whether
    /// there are more, ask for one more than needed.
    ///
    /// # Errors
    /// Try again later.
    pub async fn datasets_page(
        &self,
        participant: &str,
        allowed: &BTreeSet<Arc<str>>,
        from: &Keyset,
        limit: usize,
    ) -> Result<Vec<DatasetRow>, StoreFault> {
        if allowed.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let search = Search {
            readers: self.readers(),
            participant,
            from,
            limit,
        };
        let mut found = Found::new();
        if allowed.len() <= SEEKS || !search.walk(allowed, &mut found).await? {
            search.seek(allowed, &mut found).await?;
        }
        self.datasets_of(participant, found).await
    }

    /// The asset at a place, counted from 0, among those that the `allowed` definitions offer behind `after`, or from the first on, in
    /// order of asset id. Only an index is walked.
    ///
    /// # Errors
    /// Try again later.
    pub async fn dataset_at(
        &self,
        participant: &str,
        allowed: &BTreeSet<Arc<str>>,
        after: Option<&str>,
        place: usize,
    ) -> Result<Option<String>, StoreFault> {
        // Every text is greater than the empty one.
        let after = after.unwrap_or_default();
        let sql = match allowed.len() {
            0 => return Ok(None),
            1 => AT_OF_ONE.to_owned(),
            few if few <= SEEKS => at_sql(few),
            _ => return self.dataset_at_of_many(participant, allowed, after, place).await,
        };
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        let query = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(participant)
            .bind(place)
            .bind(after);
        let query = allowed
            .iter()
            .fold(query, |query, definition| query.bind(definition.as_ref()));
        Ok(query.fetch_optional(&mut *self.reader().await?).await?)
    }

    /// The same where the definitions are too many for one statement.
    async fn dataset_at_of_many(
        &self,
        participant: &str,
        allowed: &BTreeSet<Arc<str>>,
        after: &str,
        place: usize,
    ) -> Result<Option<String>, StoreFault> {
        let mut reader = self.reader().await?;
        let query = sqlx::query(ALL_IN_ORDER).bind(participant).bind(after);
        let mut rows = query.fetch(&mut *reader);
        let (mut left, mut last) = (place, None);
        while let Some(row) = rows.try_next().await? {
            let (asset, definition): (String, String) = (row.try_get("asset_id")?, row.try_get("definition_id")?);
            if !allowed.contains(definition.as_str()) || last.as_ref() == Some(&asset) {
                continue;
            }
            if left == 0 {
                return Ok(Some(asset));
            }
            left -= 1;
            last = Some(asset);
        }
        Ok(None)
    }

    /// How often what a participant offers was written: whoever counted datasets after reading this number may keep the count while
    /// the number stays, as with [`Store::catalog_epoch`].
    ///
    /// # Errors
    /// Try again later.
    pub async fn offers_epoch(&self, participant: &str) -> Result<i64, StoreFault> {
        self.epoch(participant, OFFERS).await
    }

    /// Those of these assets that the `allowed` definitions offer, in order of asset id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn datasets_among(
        &self,
        participant: &str,
        allowed: &BTreeSet<Arc<str>>,
        ids: &[&str],
    ) -> Result<Vec<DatasetRow>, StoreFault> {
        let mut found = Found::new();
        for run in cut(ids) {
            let query = sqlx::query(AssertSqlSafe(among_sql(run.len()))).bind(participant);
            let query = run.iter().fold(query, |query, id| query.bind(*id));
            for row in query.fetch_all(&mut *self.reader().await?).await? {
                let definition: String = row.try_get("definition_id")?;
                if allowed.contains(definition.as_str()) {
                    found.entry(row.try_get("asset_id")?).or_default().insert(definition);
                }
            }
        }
        self.datasets_of(participant, found).await
    }

    async fn datasets_of(&self, participant: &str, mut found: Found) -> Result<Vec<DatasetRow>, StoreFault> {
        let ids: Vec<&str> = found.keys().map(String::as_str).collect();
        let assets = self.assets(participant, &ids).await?;
        Ok(assets
            .into_iter()
            .filter_map(|asset| {
                let definitions = found.remove(&asset.id)?.into_iter().collect();
                Some(DatasetRow { asset, definitions })
            })
            .collect())
    }
}

const ALL_IN_ORDER: &str = "SELECT asset_id, definition_id FROM offers WHERE participant = $1 AND asset_id > $2 ORDER BY asset_id, definition_id";

const ALL_OF_ONE: &str = "SELECT asset_id FROM offers WHERE participant = $1 AND definition_id = $2 ORDER BY asset_id";

const AT_OF_ONE: &str = "SELECT asset_id FROM offers WHERE participant = $1 AND definition_id = $4 \
     AND asset_id > $3 ORDER BY asset_id LIMIT 1 OFFSET $2";

/// Where a definition must be among these: without an index on it, so that the assets come in their order.
fn at_sql(definitions: usize) -> String {
    let mut sql = "SELECT asset_id FROM offers WHERE participant = $1 AND asset_id > $3 AND (definition_id || '') IN ("
        .to_owned();
    list(&mut sql, 4, definitions);
    sql.push_str(") GROUP BY asset_id ORDER BY asset_id LIMIT 1 OFFSET $2");
    sql
}

/// The assets stand behind `$1`.
fn among_sql(assets: usize) -> String {
    let mut sql = "SELECT asset_id, definition_id FROM offers WHERE participant = $1 AND asset_id IN (".to_owned();
    list(&mut sql, 2, assets);
    sql.push(')');
    sql
}

struct Search<'a> {
    readers: &'a Readers,
    participant: &'a str,
    from: &'a Keyset,
    limit: usize,
}

impl Search<'_> {
    /// Comparison, order and bound of this page; every text is greater than the empty one.
    fn direction(&self) -> (&'static str, &'static str, &str) {
        match self.from {
            Keyset::Start => (">", "ASC", ""),
            Keyset::After(key) => (">", "ASC", key),
            Keyset::Before(key) => ("<", "DESC", key),
        }
    }

    /// One seek per definition, many per statement. An asset within the first `limit` of all is within the first
    /// `limit` of each definition that offers it, so nothing is missed.
    async fn seek(&self, allowed: &BTreeSet<Arc<str>>, found: &mut Found) -> Result<(), StoreFault> {
        found.clear();
        let (_, _, bound) = self.direction();
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let allowed: Vec<&str> = allowed.iter().map(AsRef::as_ref).collect();
        for run in cut(&allowed) {
            let query = sqlx::query(AssertSqlSafe(self.seek_sql(run.len())))
                .bind(self.participant)
                .bind(bound)
                .bind(limit);
            let query = run.iter().fold(query, |query, definition| query.bind(*definition));
            for row in query.fetch_all(&mut *self.readers.lend().await?).await? {
                found
                    .entry(row.try_get("asset_id")?)
                    .or_default()
                    .insert(row.try_get("definition_id")?);
            }
            self.trim(found);
        }
        Ok(())
    }

    fn seek_sql(&self, definitions: usize) -> String {
        let (compare, order, _) = self.direction();
        let one = |number: usize| {
            format!(
                "SELECT asset_id, definition_id FROM (SELECT asset_id, definition_id FROM offers
                 WHERE participant = $1 AND definition_id = ${number} AND asset_id {compare} $2
                 ORDER BY asset_id {order} LIMIT $3) AS s{number}"
            )
        };
        (4..4 + definitions).map(one).collect::<Vec<_>>().join(" UNION ALL ")
    }

    /// Walks the assets in order; true when the page is full or the assets are at their end.
    async fn walk(&self, allowed: &BTreeSet<Arc<str>>, found: &mut Found) -> Result<bool, StoreFault> {
        let (_, _, bound) = self.direction();
        let mut last = (bound.to_owned(), String::new());
        let mut tie = "";
        for _ in 0..STRIDES {
            let rows = sqlx::query(AssertSqlSafe(self.walk_sql(tie)))
                .bind(self.participant)
                .bind(&last.0)
                .bind(STRIDE)
                .bind(&last.1)
                .fetch_all(&mut *self.readers.lend().await?)
                .await?;
            for row in &rows {
                last = (row.try_get("asset_id")?, row.try_get("definition_id")?);
                if allowed.contains(last.1.as_str()) {
                    found.entry(last.0.clone()).or_default().insert(last.1.clone());
                }
            }
            tie = "next";
            let at_end = i64::try_from(rows.len()).unwrap_or(i64::MAX) < STRIDE;
            // One asset more than wanted proves that the wanted ones have all their definitions.
            if at_end || found.len() > self.limit {
                self.trim(found);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The first stride begins behind the bound, each next one behind the last row, be it in the middle of an asset.
    fn walk_sql(&self, tie: &str) -> String {
        let (compare, order, _) = self.direction();
        let begin = if tie.is_empty() {
            format!("asset_id {compare} $2 AND $4 = ''")
        } else {
            format!("(asset_id, definition_id) {compare} ($2, $4)")
        };
        format!(
            "SELECT asset_id, definition_id FROM offers WHERE participant = $1 AND {begin}
             ORDER BY asset_id {order}, definition_id {order} LIMIT $3"
        )
    }

    fn trim(&self, found: &mut Found) {
        while found.len() > self.limit {
            match self.from {
                Keyset::Start | Keyset::After(_) => found.pop_last(),
                Keyset::Before(_) => found.pop_first(),
            };
        }
    }
}

/// Counts a write of what a participant offers, in its own transaction.
pub(super) async fn count_offers(connection: &mut SqliteConnection, participant: &str) -> Result<(), StoreFault> {
    count(connection, participant, OFFERS).await
}

/// Adds (asset, definition) pairs; a pair that is there already is no error.
pub(super) async fn write_offers(
    connection: &mut SqliteConnection,
    participant: &str,
    pairs: Vec<(&str, &str)>,
) -> Result<(), StoreFault> {
    for run in cut(&pairs) {
        let sql = format!(
            "INSERT INTO offers (participant, asset_id, definition_id) VALUES {} ON CONFLICT DO NOTHING",
            values(run.len(), 3)
        );
        let query = run
            .iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |query, (asset, definition)| {
                query.bind(participant).bind(*asset).bind(*definition)
            });
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// The statements of a page, for the test of their query plans.
#[cfg(test)]
pub(crate) mod plans {
    use super::{ALL_IN_ORDER, ALL_OF_ONE, AT_OF_ONE, Keyset, Readers, Search, among_sql, at_sql};

    pub(crate) fn statements(readers: &Readers) -> Vec<String> {
        let mut all = vec![
            ALL_IN_ORDER.to_owned(),
            ALL_OF_ONE.to_owned(),
            AT_OF_ONE.to_owned(),
            at_sql(2),
            at_sql(64),
            among_sql(64),
        ];
        for from in [
            Keyset::Start,
            Keyset::After("a".to_owned()),
            Keyset::Before("a".to_owned()),
        ] {
            let search = Search {
                readers,
                participant: "uz",
                from: &from,
                limit: 51,
            };
            all.extend([
                search.seek_sql(1),
                search.seek_sql(64),
                search.walk_sql(""),
                search.walk_sql("next"),
            ]);
        }
        all
    }
}
