//! Secrets by name: the node's own and each participant's. Values are sealed.

use crate::seal::Place;
use crate::writer::JobEnd;
use crate::{Deleted, Put, Store, StoreFault};

impl Store {
    /// The secret of this name; `fresh` becomes it when there is none yet. `scope` is a participant's slug, or empty
    /// for the node's own secrets.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when it was altered: do not start. Otherwise as for [`Store::commit_step`].
    pub async fn secret_or_insert(&self, scope: &str, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreFault> {
        if let Some(known) = self.secret(scope, name).await? {
            return Ok(known);
        }
        let sealed = self.sealer().seal(place(scope, name), fresh)?;
        let (own, id) = (scope.to_owned(), name.to_owned());
        self.job(
            scope,
            Box::new(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO secrets (scope, name, sealed_value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    )
                    .bind(own)
                    .bind(id)
                    .bind(sealed)
                    .execute(connection)
                    .await?;
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()?;
        // Read again: another caller may have been first.
        self.secret(scope, name)
            .await?
            .ok_or_else(|| StoreFault::Broken(format!("secret `{name}` is gone")))
    }

    /// The secret of this name, if there is one.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when it was altered: do not use it. Otherwise try again later.
    pub async fn secret(&self, scope: &str, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        let sealed: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT sealed_value FROM secrets WHERE scope = $1 AND name = $2")
                .bind(scope)
                .bind(name)
                .fetch_optional(&mut *self.reader().await?)
                .await?;
        let open = |sealed: Vec<u8>| self.sealer().open(place(scope, name), &sealed);
        sealed.map(open).transpose()
    }

    /// Adds a secret of a participant; a conflict when there is one of its name.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_secret(&self, participant: &str, name: &str, value: &[u8]) -> Result<Put, StoreFault> {
        let sql = "INSERT INTO secrets (scope, name, sealed_value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let taken = JobEnd::Refuse(format!("secret `{name}` exists"));
        self.write_secret(sql, taken, participant, name, value).await
    }

    /// Replaces the value of a secret of a participant; a conflict when there is none of its name.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn replace_secret(&self, participant: &str, name: &str, value: &[u8]) -> Result<Put, StoreFault> {
        let sql = "UPDATE secrets SET sealed_value = $3 WHERE scope = $1 AND name = $2";
        self.write_secret(sql, JobEnd::Absent, participant, name, value).await
    }

    async fn write_secret(
        &self,
        sql: &'static str,
        otherwise: JobEnd,
        participant: &str,
        name: &str,
        value: &[u8],
    ) -> Result<Put, StoreFault> {
        let sealed = self.sealer().seal(place(participant, name), value)?;
        let (own, id) = (participant.to_owned(), name.to_owned());
        let ended = self
            .job(
                participant,
                Box::new(move |connection| {
                    Box::pin(async move {
                        let query = sqlx::query(sql).bind(own).bind(id).bind(sealed);
                        let done = query.execute(connection).await?;
                        Ok(if done.rows_affected() == 0 {
                            otherwise
                        } else {
                            JobEnd::Commit
                        })
                    })
                }),
            )
            .await?;
        Ok(ended.put())
    }

    /// Removes a secret of a participant.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn delete_secret(&self, participant: &str, name: &str) -> Result<Deleted, StoreFault> {
        let (own, id) = (participant.to_owned(), name.to_owned());
        let ended = self
            .job(
                participant,
                Box::new(move |connection| {
                    Box::pin(async move {
                        let query = sqlx::query("DELETE FROM secrets WHERE scope = $1 AND name = $2");
                        let done = query.bind(own).bind(id).execute(connection).await?;
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
}

const fn place<'a>(scope: &'a str, name: &'a str) -> Place<'a> {
    Place {
        table: "secrets",
        participant: scope,
        id: name,
    }
}
