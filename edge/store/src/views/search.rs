//! Searching the catalogue: pages of records, and counts of what there is to choose from.
//!
//! Nothing here looks at more than a bounded number of matches: who asks is told that there are more.

use super::lists;
use super::records::stored_record;
use super::words::{Texts, documents, expression};
use crate::batch::{cut, list};
use crate::{Counts, Facet, Found, Search, SearchOrder, Store, StoreFault, StoredRecord};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// Matches that are ranked or counted, the newest ones: a person looks through no more, and it takes a few milliseconds.
const COUNTED: usize = 1_000;
/// Matches that are asked at once whether they are in force.
const STRIDE: usize = 500;
/// Matches that are asked at most for one page, so that a search for what is never in force ends.
const EXAMINED: usize = 10_000;

/// A match, and when it is in force.
struct Match {
    document: i64,
    valid_from: Option<i64>,
    valid_until: Option<i64>,
}

impl Match {
    fn is_in_force(&self, at: Option<i64>) -> bool {
        at.is_none_or(|at| {
            self.valid_from.is_none_or(|from| from <= at) && self.valid_until.is_none_or(|until| at < until)
        })
    }
}

impl Store {
    /// The records that a search finds, at most `limit`. A page may be short, and there may still be more: see [`Found::next`].
    ///
    /// # Errors
    /// Try again later.
    pub async fn search(&self, search: &Search, order: SearchOrder, limit: usize) -> Result<Found, StoreFault> {
        let mut reader = self.reader().await?;
        let (documents, next) = match order {
            SearchOrder::Newest { before } => newest(&mut reader, search, before, limit).await?,
            SearchOrder::Ranked { skip } => ranked(&mut reader, search, skip, limit).await?,
        };
        Ok(Found {
            records: read(&mut reader, &documents).await?,
            next,
        })
    }

    /// How many records a search finds and which facets they have, counted over the newest thousand.
    ///
    /// # Errors
    /// Try again later.
    pub async fn search_counts(&self, search: &Search) -> Result<Counts, StoreFault> {
        let expression = expression(search, Texts::All);
        let mut query = sqlx::query(AssertSqlSafe(facets_sql(expression.is_some())))
            .bind(i64::MAX)
            .bind(bound(COUNTED + 1));
        if let Some(expression) = &expression {
            query = query.bind(expression);
        }
        let rows = query.fetch_all(&mut *self.reader().await?).await?;
        let more = rows.len() > COUNTED;
        let (mut records, mut counts) = (0, BTreeMap::<String, usize>::new());
        for row in rows.iter().take(COUNTED) {
            if !match_of(row)?.is_in_force(search.in_force_at) {
                continue;
            }
            records += 1;
            let words: &str = row.try_get("facets")?;
            // A translation may give a facet once more.
            for word in words.split(' ').collect::<BTreeSet<_>>() {
                *counts.entry(word.to_owned()).or_default() += 1;
            }
        }
        Ok(Counts {
            records,
            more,
            facets: by_frequency(counts),
        })
    }
}

fn by_frequency(counts: BTreeMap<String, usize>) -> Vec<(Facet, usize)> {
    let mut facets: Vec<(Facet, usize)> = counts
        .into_iter()
        .filter_map(|(word, count)| Some((lists::facet(&word)?, count)))
        .collect();
    facets.sort_by(|(one, fewer), (other, more)| more.cmp(fewer).then_with(|| one.cmp(other)));
    facets
}

async fn newest(
    connection: &mut SqliteConnection,
    search: &Search,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<i64>, Option<SearchOrder>), StoreFault> {
    let mut found = Vec::new();
    let mut last = before.unwrap_or(i64::MAX);
    let stride = match search.in_force_at {
        Some(_) => STRIDE,
        None => limit,
    };
    let mut examined = 0;
    while found.len() < limit && examined < EXAMINED {
        let matches = matches(connection, search, Texts::All, last, stride).await?;
        let is_end = matches.len() < stride;
        examined += matches.len();
        for one in &matches {
            last = one.document;
            if one.is_in_force(search.in_force_at) {
                found.push(one.document);
            }
            if found.len() == limit {
                return Ok((found, Some(SearchOrder::Newest { before: Some(last) })));
            }
        }
        if is_end {
            return Ok((found, None));
        }
    }
    Ok((found, Some(SearchOrder::Newest { before: Some(last) })))
}

/// Titles first, then the others; what is in both counts once, as a title.
async fn ranked(
    connection: &mut SqliteConnection,
    search: &Search,
    skip: usize,
    limit: usize,
) -> Result<(Vec<i64>, Option<SearchOrder>), StoreFault> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for texts in [Texts::Titles, Texts::All] {
        for one in matches(connection, search, texts, i64::MAX, COUNTED).await? {
            if one.is_in_force(search.in_force_at) && seen.insert(one.document) {
                order.push(one.document);
            }
        }
    }
    order.truncate(COUNTED);
    let next = skip.saturating_add(limit);
    let next = (next < order.len()).then_some(SearchOrder::Ranked { skip: next });
    Ok((order.into_iter().skip(skip).take(limit).collect(), next))
}

/// Matches below `before`, newest first, at most `limit`.
async fn matches(
    connection: &mut SqliteConnection,
    search: &Search,
    texts: Texts,
    before: i64,
    limit: usize,
) -> Result<Vec<Match>, StoreFault> {
    let expression = expression(search, texts);
    let mut query = sqlx::query(AssertSqlSafe(matches_sql(expression.is_some())))
        .bind(before)
        .bind(bound(limit));
    if let Some(expression) = &expression {
        query = query.bind(expression);
    }
    let rows = query.fetch_all(connection).await?;
    let mut matches = rows.iter().map(match_of).collect::<Result<Vec<_>, _>>()?;
    // The subquery is in order; that a join keeps it is not promised.
    matches.sort_by_key(|one| std::cmp::Reverse(one.document));
    Ok(matches)
}

fn match_of(row: &sqlx::sqlite::SqliteRow) -> Result<Match, StoreFault> {
    Ok(Match {
        document: row.try_get("document")?,
        valid_from: row.try_get("valid_from")?,
        valid_until: row.try_get("valid_until")?,
    })
}

/// The records of these documents, in their order.
async fn read(connection: &mut SqliteConnection, documents: &[i64]) -> Result<Vec<StoredRecord>, StoreFault> {
    let mut records = BTreeMap::new();
    for run in cut(documents) {
        let query = sqlx::query(AssertSqlSafe(records_sql(run.len())));
        let query = run.iter().fold(query, |query, document| query.bind(*document));
        for row in query.fetch_all(&mut *connection).await? {
            let document: i64 = row.try_get("document")?;
            records.insert(document, stored_record(&row)?);
        }
    }
    Ok(documents
        .iter()
        .filter_map(|document| records.remove(document))
        .collect())
}

fn bound(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn matches_sql(has_expression: bool) -> String {
    format!(
        "SELECT f.document, f.valid_from, f.valid_until FROM {} AS s1
         CROSS JOIN catalog_found AS f ON f.document = s1.document",
        documents(has_expression)
    )
}

fn facets_sql(has_expression: bool) -> String {
    format!(
        "SELECT f.document, f.valid_from, f.valid_until, f.facets FROM {} AS s1
         CROSS JOIN catalog_found AS f ON f.document = s1.document",
        documents(has_expression)
    )
}

fn records_sql(count: usize) -> String {
    let mut sql = "SELECT f.document, r.* FROM catalog_found AS f CROSS JOIN catalog_records AS r
         ON r.record_id = f.record_id AND r.version = f.version WHERE f.document IN ("
        .to_owned();
    list(&mut sql, 1, count);
    sql.push(')');
    sql
}

#[cfg(test)]
pub(crate) mod plans {
    use super::{facets_sql, matches_sql, records_sql};

    pub(crate) fn statements() -> Vec<String> {
        let mut all = vec![records_sql(1), records_sql(64)];
        for has_expression in [true, false] {
            all.extend([matches_sql(has_expression), facets_sql(has_expression)]);
        }
        all
    }
}
