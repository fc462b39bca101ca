//! Participants that this node hosts.

use super::keys::{insert_api_key, insert_signing_key};
use crate::logs::{insert_log_with_keys, insert_policy};
use crate::writer::{Job, JobEnd};
use crate::{
    ApiKeyRow, Committed, LogKeyRow, LogPolicyRow, LogRow, ParticipantRow, Put, SigningKeyRow, Store, StoreFault,
};
use chapar_terms::Slug;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

impl Store {
    /// Adds a participant with its first keys, all or nothing; a conflict when slug or participant id is taken.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_participant(
        &self,
        row: ParticipantRow,
        signing: Vec<SigningKeyRow>,
        api: Vec<ApiKeyRow>,
    ) -> Result<Put, StoreFault> {
        if let Err(invalid) = Slug::parse(&row.slug) {
            return Ok(Put::Conflict(invalid.to_string()));
        }
        let signing = signing
            .into_iter()
            .map(|key| self.seal_key(key))
            .collect::<Result<Vec<_>, _>>()?;
        let slug = row.slug.clone();
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                Ok(insert(connection, &row, &signing, &api)
                    .await?
                    .unwrap_or(JobEnd::Commit))
            })
        });
        Ok(self.job(&slug, job).await?.put())
    }

    /// Adds a participant that comes back with its keys and its register, all or nothing; a conflict when slug, participant id or
    /// origin is taken.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_returned_participant(
        &self,
        row: ParticipantRow,
        signing: Vec<SigningKeyRow>,
        log: LogRow,
        keys: Vec<LogKeyRow>,
        policy: Option<LogPolicyRow>,
    ) -> Result<Put, StoreFault> {
        let signing = signing.into_iter().map(|key| self.seal_key(key));
        let signing = signing.collect::<Result<Vec<_>, _>>()?;
        let keys = keys.into_iter().map(|key| self.seal_log_key(&log.origin, key));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let slug = row.slug.clone();
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                if let Some(refusal) = insert(connection, &row, &signing, &[]).await? {
                    return Ok(refusal);
                }
                if let Some(refusal) = insert_log_with_keys(connection, &log, &keys).await? {
                    return Ok(refusal);
                }
                if let Some(policy) = policy {
                    insert_policy(connection, &policy).await?;
                }
                Ok(JobEnd::Commit)
            })
        });
        Ok(self.job(&slug, job).await?.put())
    }

    /// Replaces a participant's configuration.
    ///
    /// # Errors
    /// [`StoreFault::Broken`] when there is no such participant; otherwise as for [`Store::commit_step`].
    pub async fn set_participant_config(&self, slug: &str, config: String) -> Result<Committed, StoreFault> {
        let own = slug.to_owned();
        self.job(
            slug,
            Box::new(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query("UPDATE participants SET config = $2 WHERE slug = $1")
                        .bind(own)
                        .bind(config)
                        .execute(connection)
                        .await?;
                    Ok(if done.rows_affected() == 0 {
                        JobEnd::Absent
                    } else {
                        JobEnd::Commit
                    })
                })
            }),
        )
        .await?
        .committed()
    }

    /// One participant by its slug.
    ///
    /// # Errors
    /// Try again later.
    pub async fn participant(&self, slug: &str) -> Result<Option<ParticipantRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM participants WHERE slug = $1")
            .bind(slug)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(participant_row).transpose()
    }

    /// One participant by its participant id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn participant_by_id(&self, participant_id: &str) -> Result<Option<ParticipantRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM participants WHERE participant_id = $1")
            .bind(participant_id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(participant_row).transpose()
    }

    /// All participants by slug: for the operator and for start.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_participants(&self) -> Result<Vec<ParticipantRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM participants ORDER BY slug")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(participant_row).collect()
    }
}

/// Why a participant cannot be added, where it cannot.
async fn insert(
    connection: &mut SqliteConnection,
    row: &ParticipantRow,
    signing: &[SigningKeyRow],
    api: &[ApiKeyRow],
) -> Result<Option<JobEnd>, StoreFault> {
    let done = sqlx::query(
        "INSERT INTO participants (slug, participant_id, identity, config, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(&row.slug)
    .bind(&row.participant_id)
    .bind(&row.identity)
    .bind(&row.config)
    .bind(row.created_at)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Some(JobEnd::Refuse(format!(
            "slug `{}` or participant id `{}` is taken",
            row.slug, row.participant_id
        ))));
    }
    for key in signing {
        insert_signing_key(connection, key).await?;
    }
    for key in api {
        insert_api_key(connection, key).await?;
    }
    Ok(None)
}

fn participant_row(row: &SqliteRow) -> Result<ParticipantRow, StoreFault> {
    Ok(ParticipantRow {
        slug: row.try_get("slug")?,
        participant_id: row.try_get("participant_id")?,
        identity: row.try_get("identity")?,
        config: row.try_get("config")?,
        created_at: row.try_get("created_at")?,
    })
}
