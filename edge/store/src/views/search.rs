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

/// Matches that are counted, the newest ones: a person looks through no more, and it takes a few milliseconds.
const COUNTED: usize = 1_000;
/// Matches that are asked at once whether they are in force.
const STRIDE: usize = 500;
/// Matches that are asked at most for one page, so that a search for what is never in force ends.
const EXAMINED: usize = 10_000;

/// A match, and whether it is in force when that is asked.
struct Match {
    document: i64,
    is_in_force: bool,
}

impl Store {
    /// The records that a search finds, at most `limit`. A page may be short, and there may still be more: see [`Found::next`].
    ///
    /// # Errors
    /// Try again later.
    pub async fn search(&self, search: &Search, order: SearchOrder, limit: usize) -> Result<Found, StoreFault> {
        let mut reader = self.reader().await?;
        let mut documents = Vec::new();
        let mut next = Some(order);
        while let Some(order) = next.filter(|_| documents.len() < limit) {
            let part = newest(&mut reader, search, order, limit - documents.len()).await?;
            documents.extend(part.documents);
            next = part.next;
            if !part.is_whole {
                break;
            }
        }
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
            .bind(bound(COUNTED));
        if let Some(expression) = &expression {
            query = query.bind(expression);
        }
        let mut reader = self.reader().await?;
        let row = query.bind(search.in_force_at).fetch_one(&mut *reader).await?;
        let (seen, oldest): (i64, Option<i64>) = (row.try_get("seen")?, row.try_get("oldest")?);
        let more = match oldest.filter(|_| seen == bound(COUNTED)) {
            Some(oldest) => !matches(&mut reader, search, Texts::All, oldest, 1).await?.is_empty(),
            None => false,
        };
        let lists: Option<&str> = row.try_get("lists")?;
        let (mut records, mut counts) = (0, BTreeMap::new());
        for list in lists.unwrap_or_default().lines() {
            records += 1;
            // A translation may give a facet once more.
            for word in list.split(' ').collect::<BTreeSet<_>>() {
                *counts.entry(word).or_default() += 1;
            }
        }
        Ok(Counts {
            records,
            more,
            facets: by_frequency(counts),
        })
    }
}

fn by_frequency(counts: BTreeMap<&str, usize>) -> Vec<(Facet, usize)> {
    let mut facets: Vec<(Facet, usize)> = counts
        .into_iter()
        .filter_map(|(word, count)| Some((lists::facet(word)?, count)))
        .collect();
    facets.sort_by(|(one, fewer), (other, more)| more.cmp(fewer).then_with(|| one.cmp(other)));
    facets
}

/// Some of those that a search finds in one of its orders.
struct Part {
    documents: Vec<i64>,
    /// How to go on; none at the end.
    next: Option<SearchOrder>,
    /// There are so many as were wanted, or no more: nobody gave up.
    is_whole: bool,
}

/// The newest matches of one order, at most `limit`.
async fn newest(
    connection: &mut SqliteConnection,
    search: &Search,
    order: SearchOrder,
    limit: usize,
) -> Result<Part, StoreFault> {
    let mut documents = Vec::new();
    let mut last = order.before().unwrap_or(i64::MAX);
    let stride = match search.in_force_at {
        Some(_) => STRIDE,
        None => limit,
    };
    let mut examined = 0;
    while documents.len() < limit && examined < EXAMINED {
        let matches = matches(connection, search, order.texts(), last, stride).await?;
        let is_end = matches.len() < stride;
        examined += matches.len();
        for one in &matches {
            last = one.document;
            if one.is_in_force {
                documents.push(one.document);
            }
            if documents.len() == limit {
                return Ok(Part {
                    documents,
                    next: Some(order.behind(last)),
                    is_whole: true,
                });
            }
        }
        if is_end {
            return Ok(Part {
                documents,
                next: order.rest(search),
                is_whole: true,
            });
        }
    }
    Ok(Part {
        documents,
        next: Some(order.behind(last)),
        is_whole: false,
    })
}

impl SearchOrder {
    const fn before(self) -> Option<i64> {
        match self {
            Self::Newest { before } | Self::Titles { before } | Self::Others { before } => before,
        }
    }

    const fn texts(self) -> Texts {
        match self {
            Self::Newest { .. } => Texts::All,
            Self::Titles { .. } => Texts::Titles,
            Self::Others { .. } => Texts::Others,
        }
    }

    const fn behind(self, last: i64) -> Self {
        let before = Some(last);
        match self {
            Self::Newest { .. } => Self::Newest { before },
            Self::Titles { .. } => Self::Titles { before },
            Self::Others { .. } => Self::Others { before },
        }
    }

    /// What comes when all of this order is told. Without words there is nothing that is not in the titles.
    const fn rest(self, search: &Search) -> Option<Self> {
        match self {
            Self::Titles { .. } if !search.words.is_empty() => Some(Self::Others { before: None }),
            Self::Newest { .. } | Self::Titles { .. } | Self::Others { .. } => None,
        }
    }
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
    let rows = query.bind(search.in_force_at).fetch_all(connection).await?;
    let mut matches = rows.iter().map(match_of).collect::<Result<Vec<_>, _>>()?;
    // The subquery is in order; that a join keeps it is not promised.
    matches.sort_by_key(|one| std::cmp::Reverse(one.document));
    Ok(matches)
}

fn match_of(row: &sqlx::sqlite::SqliteRow) -> Result<Match, StoreFault> {
    Ok(Match {
        document: row.try_get("document")?,
        is_in_force: row.try_get("is_in_force")?,
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

/// Whether a record is in force at the parameter behind those of the subquery; everything is where none is given.
fn in_force(has_expression: bool) -> String {
    let at = if has_expression { "$4" } else { "$3" };
    format!("({at} IS NULL OR (COALESCE(f.valid_from, {at}) <= {at} AND {at} < COALESCE(f.valid_until, {at} + 1)))")
}

fn matches_sql(has_expression: bool) -> String {
    format!(
        "SELECT f.document, {} AS is_in_force FROM {} AS s1 CROSS JOIN catalog_found AS f ON f.document = s1.document",
        in_force(has_expression),
        documents(has_expression)
    )
}

/// The lists of facets of those in force, a line each, as one row: a thousand rows would cross from the database's
/// thread one by one. No list has an end of line in it, see `lists`.
fn facets_sql(has_expression: bool) -> String {
    format!(
        "SELECT COUNT(*) AS seen, MIN(f.document) AS oldest, group_concat(CASE WHEN {} THEN f.facets END, char(10)) AS lists
         FROM {} AS s1 CROSS JOIN catalog_found AS f ON f.document = s1.document",
        in_force(has_expression),
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
