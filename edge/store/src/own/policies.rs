//! Policy definitions and contract definitions, and the count of their writes.

use super::offers::{count_offers, write_offers};
use crate::insert;
use crate::script::Script;
use crate::writer::JobEnd;
use crate::{Committed, DefinitionRow, Deleted, PolicyRow, Put, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// The series of numbers that counts the writes of a participant's policies and definitions.
const WRITES: &str = "catalog";

impl Store {
    /// How often the policies and definitions of a participant were written. It grows in the transaction of the write, so
    /// whoever read rows after reading this number may keep them while the number stays: whichever process wrote, and
    /// whether or not the writer heard how its write ended.
    ///
    /// # Errors
    /// Try again later.
    pub async fn catalog_epoch(&self, participant: &str) -> Result<i64, StoreFault> {
        self.epoch(participant, WRITES).await
    }

    pub(super) async fn epoch(&self, participant: &str, series: &str) -> Result<i64, StoreFault> {
        let last: Option<i64> = sqlx::query_scalar("SELECT last FROM counters WHERE participant = $1 AND series = $2")
            .bind(participant)
            .bind(series)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        Ok(last.unwrap_or(0))
    }

    /// Adds or replaces a policy.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn put_policy(&self, row: PolicyRow) -> Result<Committed, StoreFault> {
        let participant = row.participant.clone();
        self.job(
            &participant,
            Box::new(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO policies (participant, id, body, private_properties, created_at, updated_at)
                         VALUES ($1, $2, $3, $4, $5, $6)
                         ON CONFLICT (participant, id) DO UPDATE SET body = excluded.body,
                             private_properties = excluded.private_properties, updated_at = excluded.updated_at",
                    )
                    .bind(&row.participant)
                    .bind(&row.id)
                    .bind(&row.body)
                    .bind(&row.private_properties)
                    .bind(row.created_at)
                    .bind(row.updated_at)
                    .execute(&mut *connection)
                    .await?;
                    written(connection, &row.participant).await
                })
            }),
        )
        .await?
        .committed()
    }

    /// One policy.
    ///
    /// # Errors
    /// Try again later.
    pub async fn policy(&self, participant: &str, id: &str) -> Result<Option<PolicyRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM policies WHERE participant = $1 AND id = $2")
            .bind(participant)
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(policy_row).transpose()
    }

    /// Policies by id, beginning behind `after`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_policies(
        &self,
        participant: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<PolicyRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM policies WHERE participant = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(participant)
            .bind(after.unwrap_or_default())
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(policy_row).collect()
    }

    /// Removes a policy that no contract definition names.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn delete_policy(&self, participant: &str, id: &str) -> Result<Deleted, StoreFault> {
        let (own, id) = (participant.to_owned(), id.to_owned());
        let ended = self
            .job(
                participant,
                Box::new(move |connection| Box::pin(remove_policy(connection, own, id))),
            )
            .await?;
        Ok(ended.deleted())
    }

    /// The contract definitions that name a policy, sorted.
    ///
    /// # Errors
    /// Try again later.
    pub async fn definitions_with_policy(&self, participant: &str, policy: &str) -> Result<Vec<String>, StoreFault> {
        let ids = sqlx::query_scalar(
            "SELECT id FROM definitions WHERE participant = $1 AND access_policy = $2
             UNION SELECT id FROM definitions WHERE participant = $1 AND contract_policy = $2 ORDER BY id",
        )
        .bind(participant)
        .bind(policy)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        Ok(ids)
    }

    /// Adds or replaces a contract definition together with the assets that it offers now; a conflict when one of those is
    /// gone. Its policies need not be there.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn put_definition(&self, row: DefinitionRow, assets: Vec<String>) -> Result<Put, StoreFault> {
        let participant = row.participant.clone();
        let ended = self
            .job(
                &participant,
                Box::new(move |connection| Box::pin(write_definition(connection, row, assets))),
            )
            .await;
        match ended {
            Ok(ended) => Ok(ended.put()),
            Err(StoreFault::Constraint(_)) => Ok(Put::Conflict("an asset that it offers is gone".to_owned())),
            Err(fault) => Err(fault),
        }
    }

    /// One contract definition.
    ///
    /// # Errors
    /// Try again later.
    pub async fn definition(&self, participant: &str, id: &str) -> Result<Option<DefinitionRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM definitions WHERE participant = $1 AND id = $2")
            .bind(participant)
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(definition_row).transpose()
    }

    /// Contract definitions by id, beginning behind `after`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_definitions(
        &self,
        participant: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DefinitionRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM definitions WHERE participant = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(participant)
            .bind(after.unwrap_or_default())
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(definition_row).collect()
    }

    /// Removes a contract definition and its offers. Agreements made from it stay.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn delete_definition(&self, participant: &str, id: &str) -> Result<Deleted, StoreFault> {
        let (own, id) = (participant.to_owned(), id.to_owned());
        let ended = self
            .job(
                participant,
                Box::new(move |connection| Box::pin(remove_definition(connection, own, id))),
            )
            .await?;
        Ok(ended.deleted())
    }
}

async fn remove_policy(connection: &mut SqliteConnection, own: String, id: String) -> Result<JobEnd, StoreFault> {
    let user: Option<String> = sqlx::query_scalar(
        "SELECT id FROM definitions WHERE participant = $1 AND access_policy = $2
         UNION ALL SELECT id FROM definitions WHERE participant = $1 AND contract_policy = $2 LIMIT 1",
    )
    .bind(&own)
    .bind(&id)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(user) = user {
        return Ok(JobEnd::Refuse(format!(
            "contract definition `{user}` names policy `{id}`"
        )));
    }
    let done = sqlx::query("DELETE FROM policies WHERE participant = $1 AND id = $2")
        .bind(&own)
        .bind(id)
        .execute(&mut *connection)
        .await?;
    removed(connection, &own, done.rows_affected()).await
}

async fn remove_definition(connection: &mut SqliteConnection, own: String, id: String) -> Result<JobEnd, StoreFault> {
    let done = sqlx::query("DELETE FROM definitions WHERE participant = $1 AND id = $2")
        .bind(&own)
        .bind(id)
        .execute(&mut *connection)
        .await?;
    count_offers(&mut *connection, &own).await?;
    removed(connection, &own, done.rows_affected()).await
}

/// Ends a removal of so many rows.
async fn removed(connection: &mut SqliteConnection, participant: &str, rows: u64) -> Result<JobEnd, StoreFault> {
    if rows == 0 {
        return Ok(JobEnd::Absent);
    }
    written(connection, participant).await
}

/// Counts a write, in its own transaction.
async fn written(connection: &mut SqliteConnection, participant: &str) -> Result<JobEnd, StoreFault> {
    count(connection, participant, WRITES).await?;
    Ok(JobEnd::Commit)
}

/// Raises a count of writes, in the transaction of the write.
pub(super) async fn count(
    connection: &mut SqliteConnection,
    participant: &str,
    series: &'static str,
) -> Result<(), StoreFault> {
    let mut script = Script::new();
    insert::counters(&mut script, participant, &[(series, 1)]);
    script.run(&[], connection).await.fault.map_or(Ok(()), Err)
}

async fn write_definition(
    connection: &mut SqliteConnection,
    row: DefinitionRow,
    assets: Vec<String>,
) -> Result<JobEnd, StoreFault> {
    sqlx::query(
        "INSERT INTO definitions (participant, id, access_policy, contract_policy, selector, mode, private_properties,
             created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (participant, id) DO UPDATE SET access_policy = excluded.access_policy,
             contract_policy = excluded.contract_policy, selector = excluded.selector, mode = excluded.mode,
             private_properties = excluded.private_properties, updated_at = excluded.updated_at",
    )
    .bind(&row.participant)
    .bind(&row.id)
    .bind(&row.access_policy)
    .bind(&row.contract_policy)
    .bind(&row.selector)
    .bind(&row.mode)
    .bind(&row.private_properties)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute(&mut *connection)
    .await?;
    let pairs = assets.iter().map(|asset| (asset.as_str(), row.id.as_str())).collect();
    sqlx::query("DELETE FROM offers WHERE participant = $1 AND definition_id = $2")
        .bind(&row.participant)
        .bind(&row.id)
        .execute(&mut *connection)
        .await?;
    write_offers(&mut *connection, &row.participant, pairs).await?;
    count_offers(&mut *connection, &row.participant).await?;
    written(connection, &row.participant).await
}

fn policy_row(row: &SqliteRow) -> Result<PolicyRow, StoreFault> {
    Ok(PolicyRow {
        participant: row.try_get("participant")?,
        id: row.try_get("id")?,
        body: row.try_get("body")?,
        private_properties: row.try_get("private_properties")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

fn definition_row(row: &SqliteRow) -> Result<DefinitionRow, StoreFault> {
    Ok(DefinitionRow {
        participant: row.try_get("participant")?,
        id: row.try_get("id")?,
        access_policy: row.try_get("access_policy")?,
        contract_policy: row.try_get("contract_policy")?,
        selector: row.try_get("selector")?,
        mode: row.try_get("mode")?,
        private_properties: row.try_get("private_properties")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
