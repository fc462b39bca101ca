//! Signing keys and keys to our own API. Private halves are sealed.

use crate::seal::{Place, Sealer};
use crate::writer::JobEnd;
use crate::{ApiKeyRow, Committed, Deleted, KeyState, Put, SigningKeyRow, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

impl Store {
    /// Retires every active signing key of a participant and adds `fresh`, all or nothing. Also adds the first keys.
    ///
    /// # Errors
    /// As for [`Store::commit_step`]; [`StoreFault::Constraint`] when a key id is taken.
    pub async fn rotate_signing_keys(
        &self,
        participant: &str,
        fresh: Vec<SigningKeyRow>,
    ) -> Result<Committed, StoreFault> {
        if fresh.iter().any(|key| key.participant != participant) {
            return Err(StoreFault::Broken(format!(
                "a rotation of `{participant}` brings a key of another participant"
            )));
        }
        let fresh = fresh
            .into_iter()
            .map(|key| self.seal_key(key))
            .collect::<Result<Vec<_>, _>>()?;
        let own = participant.to_owned();
        self.job(
            participant,
            Box::new(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE signing_keys SET state = 'retired' WHERE participant = $1")
                        .bind(own)
                        .execute(&mut *connection)
                        .await?;
                    for key in &fresh {
                        insert_signing_key(connection, key).await?;
                    }
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()
    }

    /// Says of a signing key that others have it: it signs no more, and what is `fresh` signs in its place, all or nothing. One of which
    /// that was said before stays lost since then.
    ///
    /// # Errors
    /// As for [`Store::rotate_signing_keys`].
    pub async fn give_up_signing_key(
        &self,
        participant: &str,
        kid: &str,
        at: i64,
        fresh: Option<SigningKeyRow>,
    ) -> Result<Deleted, StoreFault> {
        if fresh.as_ref().is_some_and(|key| key.participant != participant) {
            return Err(StoreFault::Broken(format!(
                "a key of `{participant}` is replaced by one of another participant"
            )));
        }
        let fresh = fresh.map(|key| self.seal_key(key)).transpose()?;
        let (own, kid) = (participant.to_owned(), kid.to_owned());
        let ended = self
            .job(
                participant,
                Box::new(move |connection| {
                    Box::pin(async move {
                        let done = sqlx::query(
                            "UPDATE signing_keys SET state = 'retired', compromised_at = COALESCE(compromised_at, $3)
                             WHERE participant = $1 AND kid = $2",
                        )
                        .bind(own)
                        .bind(kid)
                        .bind(at)
                        .execute(&mut *connection)
                        .await?;
                        if done.rows_affected() == 0 {
                            return Ok(JobEnd::Absent);
                        }
                        if let Some(key) = &fresh {
                            insert_signing_key(connection, key).await?;
                        }
                        Ok(JobEnd::Commit)
                    })
                }),
            )
            .await?;
        Ok(ended.deleted())
    }

    /// Every signing key of a participant, retired ones too, oldest first.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when a key was altered: do not sign. Otherwise try again later.
    pub async fn signing_keys(&self, participant: &str) -> Result<Vec<SigningKeyRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM signing_keys WHERE participant = $1 ORDER BY created_at, kid")
            .bind(participant)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(|row| signing_key_row(self.sealer(), row)).collect()
    }

    /// Adds a key to our own API; a conflict when its id is taken.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_api_key(&self, row: ApiKeyRow) -> Result<Put, StoreFault> {
        let participant = row.participant.clone().unwrap_or_default();
        let ended = self
            .job(
                &participant,
                Box::new(move |connection| {
                    Box::pin(async move {
                        Ok(if insert_api_key(connection, &row).await? == 0 {
                            JobEnd::Refuse(format!("key id `{}` is taken", row.id))
                        } else {
                            JobEnd::Commit
                        })
                    })
                }),
            )
            .await?;
        Ok(ended.put())
    }

    /// A key by the public half of its text, revoked or not: the caller compares the hash in constant time.
    ///
    /// # Errors
    /// Try again later; let nobody in meanwhile.
    pub async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM api_keys WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(api_key_row).transpose()
    }

    /// Keys of a participant, or the operator's own with none, oldest first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_api_keys(&self, participant: Option<&str>) -> Result<Vec<ApiKeyRow>, StoreFault> {
        let query = match participant {
            Some(slug) => {
                sqlx::query("SELECT * FROM api_keys WHERE participant = $1 ORDER BY created_at, id").bind(slug)
            }
            None => sqlx::query("SELECT * FROM api_keys WHERE participant IS NULL ORDER BY created_at, id"),
        };
        query
            .fetch_all(&mut *self.reader().await?)
            .await?
            .iter()
            .map(api_key_row)
            .collect()
    }

    /// Revokes a key of a participant, or one of the operator's own with none. A key revoked before stays as it is.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn revoke_api_key(&self, participant: Option<&str>, id: &str, at: i64) -> Result<Deleted, StoreFault> {
        let (own, id) = (participant.map(str::to_owned), id.to_owned());
        let ended = self
            .job(
                participant.unwrap_or_default(),
                Box::new(move |connection| {
                    Box::pin(async move {
                        let done = sqlx::query(
                            "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $3)
                             WHERE id = $1 AND COALESCE(participant, '') = $2",
                        )
                        .bind(id)
                        .bind(own.unwrap_or_default())
                        .bind(at)
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
            .await?;
        Ok(ended.deleted())
    }

    pub(super) fn seal_key(&self, mut key: SigningKeyRow) -> Result<SigningKeyRow, StoreFault> {
        let place = Place {
            table: "signing_keys",
            participant: &key.participant,
            id: &key.kid,
        };
        key.private = self.sealer().seal(place, &key.private)?;
        Ok(key)
    }
}

pub(super) async fn insert_signing_key(
    connection: &mut SqliteConnection,
    key: &SigningKeyRow,
) -> Result<(), StoreFault> {
    sqlx::query(
        "INSERT INTO signing_keys (participant, kid, algorithm, public, sealed_private, state, created_at, compromised_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&key.participant)
    .bind(&key.kid)
    .bind(&key.algorithm)
    .bind(&key.public)
    .bind(&key.private)
    .bind(key.state.as_str())
    .bind(key.created_at)
    .bind(key.compromised_at)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn insert_api_key(connection: &mut SqliteConnection, key: &ApiKeyRow) -> Result<u64, StoreFault> {
    let done = sqlx::query(
        "INSERT INTO api_keys (id, participant, role, hash, label, created_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(&key.id)
    .bind(&key.participant)
    .bind(&key.role)
    .bind(&key.hash)
    .bind(&key.label)
    .bind(key.created_at)
    .bind(key.revoked_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

fn signing_key_row(sealer: &Sealer, row: &SqliteRow) -> Result<SigningKeyRow, StoreFault> {
    let (participant, kid): (String, String) = (row.try_get("participant")?, row.try_get("kid")?);
    let place = Place {
        table: "signing_keys",
        participant: &participant,
        id: &kid,
    };
    let private = sealer.open(place, row.try_get("sealed_private")?)?;
    let state = match row.try_get("state")? {
        "active" => KeyState::Active,
        "retired" => KeyState::Retired,
        other => return Err(StoreFault::Broken(format!("state `{other}` of signing key `{kid}`"))),
    };
    Ok(SigningKeyRow {
        algorithm: row.try_get("algorithm")?,
        public: row.try_get("public")?,
        created_at: row.try_get("created_at")?,
        compromised_at: row.try_get("compromised_at")?,
        participant,
        kid,
        private,
        state,
    })
}

fn api_key_row(row: &SqliteRow) -> Result<ApiKeyRow, StoreFault> {
    Ok(ApiKeyRow {
        id: row.try_get("id")?,
        participant: row.try_get("participant")?,
        role: row.try_get("role")?,
        hash: row.try_get("hash")?,
        label: row.try_get("label")?,
        created_at: row.try_get("created_at")?,
        revoked_at: row.try_get("revoked_at")?,
    })
}
