//! Reads of agreements, each with its retirement where there is one.

use crate::batch::list;
use crate::{AgreementRow, Retirement, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

const ONE: &str = "SELECT a.*, r.reason, r.at FROM agreements a LEFT JOIN retirements r \
     ON r.participant = a.participant AND r.agreement_id = a.agreement_id WHERE a.participant = $1 AND a.agreement_id = $2";

const OF_NEGOTIATION: &str = "SELECT a.*, r.reason, r.at FROM agreements a LEFT JOIN retirements r \
     ON r.participant = a.participant AND r.agreement_id = a.agreement_id WHERE a.participant = $1 AND a.negotiation_id = $2";

/// `$2` is our side.
const WITH: &str = "SELECT a.*, r.reason, r.at FROM agreements a LEFT JOIN retirements r \
     ON r.participant = a.participant AND r.agreement_id = a.agreement_id \
     WHERE a.participant = $1 AND a.peer = $3 AND a.asset_id = $4 AND a.role = $2 ORDER BY a.signed_at DESC LIMIT $5";

const LIST: &str = "SELECT a.*, r.reason, r.at FROM agreements a LEFT JOIN retirements r \
     ON r.participant = a.participant AND r.agreement_id = a.agreement_id \
     WHERE a.participant = $1 AND a.agreement_id > $2 ORDER BY a.agreement_id LIMIT $3";

const RETIRED: &str = "SELECT a.*, r.reason, r.at FROM retirements r CROSS JOIN agreements a \
     WHERE a.participant = r.participant AND a.agreement_id = r.agreement_id AND r.participant = $1 AND r.agreement_id > $2 \
     ORDER BY r.agreement_id LIMIT $3";

impl Store {
    /// One agreement.
    ///
    /// # Errors
    /// Try again later.
    pub async fn agreement(&self, participant: &str, agreement_id: &str) -> Result<Option<AgreementRow>, StoreFault> {
        self.one_agreement(ONE, participant, agreement_id).await
    }

    /// The agreement that a negotiation made.
    ///
    /// # Errors
    /// Try again later.
    pub async fn agreement_of_negotiation(
        &self,
        participant: &str,
        negotiation_id: &str,
    ) -> Result<Option<AgreementRow>, StoreFault> {
        self.one_agreement(OF_NEGOTIATION, participant, negotiation_id).await
    }

    async fn one_agreement(
        &self,
        sql: &'static str,
        participant: &str,
        id: &str,
    ) -> Result<Option<AgreementRow>, StoreFault> {
        let query = sqlx::query(sql).bind(participant).bind(id);
        let found = query.fetch_optional(&mut *self.reader().await?).await?;
        found.as_ref().map(agreement_row).transpose()
    }

    /// The agreements with one peer about one asset in which our side is `role`, the newest first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn agreements_with(
        &self,
        participant: &str,
        role: &str,
        peer: &str,
        asset_id: &str,
        limit: i64,
    ) -> Result<Vec<AgreementRow>, StoreFault> {
        let query = sqlx::query(WITH).bind(participant).bind(role).bind(peer);
        let query = query.bind(asset_id).bind(limit);
        let rows = query.fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(agreement_row).collect()
    }

    /// Agreements by id, beginning behind `after`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_agreements(
        &self,
        participant: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<AgreementRow>, StoreFault> {
        self.some_agreements(LIST, participant, after, limit).await
    }

    /// Retired agreements by id, beginning behind `after`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_retired(
        &self,
        participant: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<AgreementRow>, StoreFault> {
        self.some_agreements(RETIRED, participant, after, limit).await
    }

    async fn some_agreements(
        &self,
        sql: &'static str,
        participant: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<AgreementRow>, StoreFault> {
        let query = sqlx::query(sql).bind(participant).bind(after.unwrap_or_default());
        let rows = query.bind(limit).fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(agreement_row).collect()
    }

    /// The cases of one kind under an agreement that are in one of `states`, by id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn cases_under(
        &self,
        participant: &str,
        kind: &str,
        agreement_id: &str,
        states: &[&str],
    ) -> Result<Vec<String>, StoreFault> {
        let query = sqlx::query_scalar(AssertSqlSafe(under_sql(states.len())))
            .bind(participant)
            .bind(kind)
            .bind(agreement_id);
        let query = states.iter().fold(query, |query, state| query.bind(*state));
        Ok(query.fetch_all(&mut *self.reader().await?).await?)
    }
}

/// The states stand behind `$3`.
fn under_sql(states: usize) -> String {
    let mut sql =
        "SELECT id FROM cases WHERE participant = $1 AND kind = $2 AND agreement_id = $3 AND state IN (".to_owned();
    list(&mut sql, 4, states);
    sql.push(')');
    sql
}

fn agreement_row(row: &SqliteRow) -> Result<AgreementRow, StoreFault> {
    let reason: Option<String> = row.try_get("reason")?;
    let retired = match reason {
        Some(reason) => Some(Retirement {
            reason,
            at: row.try_get("at")?,
        }),
        None => None,
    };
    Ok(AgreementRow {
        participant: row.try_get("participant")?,
        agreement_id: row.try_get("agreement_id")?,
        negotiation_id: row.try_get("negotiation_id")?,
        role: row.try_get("role")?,
        peer: row.try_get("peer")?,
        asset_id: row.try_get("asset_id")?,
        definition_id: row.try_get("definition_id")?,
        mode: row.try_get("mode")?,
        body: row.try_get("body")?,
        signed_at: row.try_get("signed_at")?,
        retired,
    })
}

/// The statements, for the test of their query plans.
#[cfg(test)]
pub(crate) mod plans {
    use super::{LIST, OF_NEGOTIATION, ONE, RETIRED, WITH, under_sql};

    pub(crate) fn statements() -> Vec<String> {
        let fixed = [ONE, OF_NEGOTIATION, WITH, LIST, RETIRED];
        fixed
            .iter()
            .map(|sql| (*sql).to_owned())
            .chain([under_sql(4)])
            .collect()
    }
}
