//! Reads of cases.

use crate::batch::list;
use crate::seal::{Place, Sealer};
use crate::{CaseRow, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// A case with what its last evidence entry says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedCase {
    /// The row; not to be trusted before its digest is compared.
    pub row: CaseRow,
    /// Hexadecimal digest of the case in the evidence entry named by the row; none when the entry is missing.
    pub case_digest: Option<String>,
}

/// Which cases to list; an empty filter means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Our side.
    pub role: Option<String>,
    /// The state that both sides know.
    pub state: Option<String>,
    /// State and pending move in one name.
    pub phase: Option<String>,
    /// Participant id of the other side.
    pub peer: Option<String>,
    /// The agreement made or used.
    pub agreement_id: Option<String>,
}

const COLUMNS: &str = "c.participant, c.id, c.kind, c.role, c.state, c.pending, c.phase, c.peer, c.consumer_pid, \
    c.provider_pid, c.agreement_id, c.asset_id, c.first_key, c.version, c.sealed_body, c.evidence_id, c.created_at, \
    c.updated_at, c.since";

/// A case that stays in its state until something happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingCase {
    /// The case.
    pub id: String,
    /// Milliseconds of the Unix epoch: since when it is in its state.
    pub since: i64,
}

/// How many cases there are of one kind in one phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseCount {
    /// The kind.
    pub kind: String,
    /// The phase.
    pub phase: String,
    /// How many, over all participants.
    pub cases: i64,
}

/// Walks the index of phases in its order: the participant is named so that nothing has to be sorted.
const COUNTS: &str = "SELECT kind, phase, COUNT(*) AS cases FROM cases GROUP BY participant, kind, phase";

impl Store {
    /// The cases of all participants by kind and phase, in this order; a phase without cases is left out.
    ///
    /// # Errors
    /// Try again later.
    pub async fn count_cases(&self) -> Result<Vec<CaseCount>, StoreFault> {
        let rows = sqlx::query(COUNTS).fetch_all(&mut *self.reader().await?).await?;
        let mut counts: BTreeMap<(String, String), i64> = BTreeMap::new();
        for row in &rows {
            let count: i64 = row.try_get("cases")?;
            *counts.entry((row.try_get("kind")?, row.try_get("phase")?)).or_default() += count;
        }
        let count = |((kind, phase), cases)| CaseCount { kind, phase, cases };
        Ok(counts.into_iter().map(count).collect())
    }

    /// One case with the digest that its last evidence entry holds.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when the row was altered: refuse to act on the case. Otherwise try again later.
    pub async fn load_case(&self, participant: &str, kind: &str, id: &str) -> Result<Option<LoadedCase>, StoreFault> {
        let whose = if chapar_terms::sabotaged("leak-case-to-other-participant") {
            "$1 <> ''"
        } else {
            "c.participant = $1"
        };
        let sql = format!(
            "SELECT {COLUMNS}, e.case_digest FROM cases c
             LEFT JOIN evidence e ON e.participant = c.participant AND e.id = c.evidence_id AND e.case_id = c.id
             WHERE {whose} AND c.id = $2 AND c.kind = $3"
        );
        self.one_case(&sql, participant, id, kind).await
    }

    /// The case that a first request with this key has made already.
    ///
    /// # Errors
    /// As for [`Store::load_case`].
    pub async fn case_by_first_key(
        &self,
        participant: &str,
        kind: &str,
        first_key: &str,
    ) -> Result<Option<LoadedCase>, StoreFault> {
        let sql = format!(
            "SELECT {COLUMNS}, e.case_digest FROM cases c
             LEFT JOIN evidence e ON e.participant = c.participant AND e.id = c.evidence_id AND e.case_id = c.id
             WHERE c.participant = $1 AND c.first_key = $2 AND c.kind = $3"
        );
        self.one_case(&sql, participant, first_key, kind).await
    }

    async fn one_case(
        &self,
        sql: &str,
        participant: &str,
        key: &str,
        kind: &str,
    ) -> Result<Option<LoadedCase>, StoreFault> {
        let found = sqlx::query(AssertSqlSafe(sql))
            .bind(participant)
            .bind(key)
            .bind(kind)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found
            .map(|row| {
                Ok(LoadedCase {
                    row: case_row(self.sealer(), &row)?,
                    case_digest: row.try_get("case_digest")?,
                })
            })
            .transpose()
    }

    /// Cases of one kind in the order of their creation, beginning behind the case with id `after`.
    ///
    /// # Errors
    /// As for [`Store::load_case`].
    pub async fn list_cases(
        &self,
        participant: &str,
        kind: &str,
        filter: &CaseFilter,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<CaseRow>, StoreFault> {
        let (sql, bound) = list_sql(filter, after);
        let query = sqlx::query(AssertSqlSafe(sql)).bind(participant).bind(kind).bind(limit);
        let query = bound.into_iter().fold(query, |query, value| query.bind(value));
        let rows = query.fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(|row| case_row(self.sealer(), row)).collect()
    }

    /// How many cases of one kind a peer has in one of `states`, counted up to `most`.
    ///
    /// # Errors
    /// Try again later; begin nothing meanwhile.
    pub async fn open_cases(
        &self,
        participant: &str,
        kind: &str,
        peer: &str,
        states: &[&str],
        most: i64,
    ) -> Result<i64, StoreFault> {
        let sql = open_sql(states.len());
        let query = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(participant)
            .bind(kind)
            .bind(peer)
            .bind(most);
        let query = states.iter().fold(query, |query, state| query.bind(*state));
        Ok(query.fetch_one(&mut *self.reader().await?).await?)
    }

    /// The cases of one kind that a participant has in one of `states`, each with the time since when: what is asked once, at start,
    /// by whoever waits for them.
    ///
    /// # Errors
    /// Try again later.
    pub async fn waiting_cases(
        &self,
        participant: &str,
        kind: &str,
        states: &[&str],
    ) -> Result<Vec<WaitingCase>, StoreFault> {
        let sql = waiting_sql(states.len());
        let query = sqlx::query(AssertSqlSafe(sql)).bind(participant).bind(kind);
        let query = states.iter().fold(query, |query, state| query.bind(*state));
        let rows = query.fetch_all(&mut *self.reader().await?).await?;
        rows.iter()
            .map(|row| {
                Ok(WaitingCase {
                    id: row.try_get("id")?,
                    since: row.try_get("since")?,
                })
            })
            .collect()
    }
}

/// The states stand behind `$4`.
fn open_sql(states: usize) -> String {
    let mut sql =
        "SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE participant = $1 AND kind = $2 AND peer = $3 AND state IN ("
            .to_owned();
    list(&mut sql, 5, states);
    sql.push_str(") LIMIT $4) AS s1");
    sql
}

/// The states stand behind `$2`.
fn waiting_sql(states: usize) -> String {
    let mut sql = "SELECT id, since FROM cases WHERE participant = $1 AND kind = $2 AND state IN (".to_owned();
    list(&mut sql, 3, states);
    sql.push(')');
    sql
}

/// The statement and the values behind `$3`.
fn list_sql<'a>(filter: &'a CaseFilter, after: Option<&'a str>) -> (String, Vec<&'a str>) {
    let mut sql = format!("SELECT {COLUMNS} FROM cases c WHERE c.participant = $1 AND c.kind = $2");
    let mut bound = Vec::new();
    let equal = [
        ("c.role", &filter.role),
        ("c.state", &filter.state),
        ("c.phase", &filter.phase),
        ("c.peer", &filter.peer),
        ("c.agreement_id", &filter.agreement_id),
    ];
    for (column, value) in equal {
        if let Some(value) = value {
            bound.push(value.as_str());
            sql.push_str(&format!(" AND {column} = ${}", bound.len() + 3));
        }
    }
    if let Some(after) = after {
        bound.push(after);
        let place = bound.len() + 3;
        sql.push_str(&format!(
            " AND (c.created_at, c.id) > ((SELECT a.created_at FROM cases a WHERE a.participant = $1 AND a.id = ${place}), ${place})"
        ));
    }
    sql.push_str(" ORDER BY c.created_at, c.id LIMIT $3");
    (sql, bound)
}

fn case_row(sealer: &Sealer, row: &SqliteRow) -> Result<CaseRow, StoreFault> {
    let (participant, id): (String, String) = (row.try_get("participant")?, row.try_get("id")?);
    let place = Place {
        table: "cases",
        participant: &participant,
        id: &id,
    };
    let body = sealer.open_text(place, row.try_get("sealed_body")?)?;
    Ok(CaseRow {
        kind: row.try_get("kind")?,
        role: row.try_get("role")?,
        state: row.try_get("state")?,
        pending: row.try_get("pending")?,
        phase: row.try_get("phase")?,
        peer: row.try_get("peer")?,
        consumer_pid: row.try_get("consumer_pid")?,
        provider_pid: row.try_get("provider_pid")?,
        agreement_id: row.try_get("agreement_id")?,
        asset_id: row.try_get("asset_id")?,
        first_key: row.try_get("first_key")?,
        version: row.try_get("version")?,
        evidence_id: row.try_get("evidence_id")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        since: row.try_get("since")?,
        participant,
        id,
        body,
    })
}

/// The statements of a list, for the test of their query plans.
#[cfg(test)]
pub(crate) mod plans {
    use super::{CaseFilter, list_sql, open_sql, waiting_sql};

    pub(crate) const COUNTS: &str = super::COUNTS;

    pub(crate) fn statements() -> Vec<String> {
        let some = || Some("x".to_owned());
        let all = CaseFilter::default();
        let filters = [
            all.clone(),
            CaseFilter {
                state: some(),
                ..all.clone()
            },
            CaseFilter {
                phase: some(),
                ..all.clone()
            },
            CaseFilter {
                peer: some(),
                ..all.clone()
            },
            CaseFilter {
                agreement_id: some(),
                ..all.clone()
            },
        ];
        filters
            .iter()
            .flat_map(|filter| [list_sql(filter, None).0, list_sql(filter, Some("n1")).0])
            .chain([open_sql(6), waiting_sql(5)])
            .collect()
    }
}
