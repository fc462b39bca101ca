//! The book of logs: which there are, with which keys an own one is signed, and what is published of each.

use crate::logs::{RETRIEVED, stands};
use crate::script::Script;
use crate::seal::Place;
use crate::step::Prepared;
use crate::writer::JobEnd;
use crate::{Committed, KeyState, LogKeyRow, LogRow, LogState, Publication, Put, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

impl Store {
    /// Adds a log with its keys, all or nothing; a conflict when its origin is taken or the participant has one of its kind.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_log(&self, row: LogRow, keys: Vec<LogKeyRow>) -> Result<Put, StoreFault> {
        let keys = keys
            .into_iter()
            .map(|key| self.seal_log_key(&row.origin, key))
            .collect::<Result<Vec<_>, _>>()?;
        let lane = row.participant.clone().unwrap_or_default();
        let ended = self
            .job(
                &lane,
                Box::new(move |connection| {
                    Box::pin(async move {
                        let refusal = insert_log_with_keys(connection, &row, &keys).await?;
                        Ok(refusal.unwrap_or(JobEnd::Commit))
                    })
                }),
            )
            .await?;
        Ok(ended.put())
    }

    /// The log of this origin.
    ///
    /// # Errors
    /// Try again later.
    pub async fn log(&self, origin: &str) -> Result<Option<LogRow>, StoreFault> {
        let row = sqlx::query("SELECT * FROM logs WHERE origin = $1")
            .bind(origin)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(log_row).transpose()
    }

    /// The participant's own log of this kind that goes on, or is to.
    ///
    /// # Errors
    /// Try again later.
    pub async fn own_log(&self, participant: &str, kind: &str) -> Result<Option<LogRow>, StoreFault> {
        let row = sqlx::query("SELECT * FROM logs WHERE participant = $1 AND kind = $2 AND state <> 'closed'")
            .bind(participant)
            .bind(kind)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(log_row).transpose()
    }

    /// Every log that this node holds, own and mirrored, by origin. What is only on its way back is none.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_logs(&self) -> Result<Vec<LogRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM logs WHERE kind <> $1 ORDER BY origin")
            .bind(RETRIEVED)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(log_row).collect()
    }

    /// The keys of an own log, oldest first.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when a key was altered: do not sign. Otherwise try again later.
    pub async fn log_keys(&self, origin: &str) -> Result<Vec<LogKeyRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM log_keys WHERE origin = $1 ORDER BY created_at, vkey")
            .bind(origin)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(|row| self.log_key_row(origin, row)).collect()
    }

    /// Gives logs of a participant a fresh key each, by origin, all or nothing. The keys before stay as they are, or, compromised since
    /// then, sign no more.
    ///
    /// # Errors
    /// As for [`Store::commit_step`]; [`StoreFault::Constraint`] when a log has the key already, or is none.
    pub async fn rotate_log_keys(
        &self,
        participant: &str,
        fresh: Vec<(String, LogKeyRow)>,
        compromised_at: Option<i64>,
    ) -> Result<Committed, StoreFault> {
        let seal = |(origin, key): (String, LogKeyRow)| self.seal_log_key(&origin, key).map(|key| (origin, key));
        let fresh = fresh.into_iter().map(seal).collect::<Result<Vec<_>, StoreFault>>()?;
        self.job(
            participant,
            Box::new(move |connection| {
                Box::pin(async move {
                    for (origin, key) in &fresh {
                        if let Some(at) = compromised_at {
                            retire_keys(connection, origin, at).await?;
                        }
                        insert_key(connection, origin, key).await?;
                    }
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()
    }

    /// Says what is known of a log besides, and whether it goes on; false when there is no such log.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn set_log(&self, origin: &str, state: LogState, config: String) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE logs SET state = ");
            script.value(state.as_str());
            script.text(", config = ").value(config);
            script.text(" WHERE origin = ").value(origin.to_owned());
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }

    /// Puts a checkpoint in the place of the one before; false when that is another by now, or the log does not go on.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn publish(&self, row: Publication) -> Result<bool, StoreFault> {
        let lane = row.origin.clone();
        let prepared = Prepared::swap(|script| publication(script, row));
        self.share(lane, prepared).await.map(stands)
    }

    pub(crate) fn seal_log_key(&self, origin: &str, mut key: LogKeyRow) -> Result<LogKeyRow, StoreFault> {
        key.private = self.sealer().seal(key_place(origin, &key.vkey), &key.private)?;
        Ok(key)
    }

    fn log_key_row(&self, origin: &str, row: &SqliteRow) -> Result<LogKeyRow, StoreFault> {
        let vkey: String = row.try_get("vkey")?;
        let private = self
            .sealer()
            .open(key_place(origin, &vkey), row.try_get("sealed_private")?)?;
        Ok(LogKeyRow {
            algorithm: row.try_get("algorithm")?,
            public: row.try_get("public")?,
            state: match row.try_get("state")? {
                "active" => KeyState::Active,
                "retired" => KeyState::Retired,
                other => return Err(StoreFault::Broken(format!("state `{other}` of log key `{vkey}`"))),
            },
            created_at: row.try_get("created_at")?,
            compromised_at: row.try_get("compromised_at")?,
            vkey,
            private,
        })
    }
}

/// Writes the swap of checkpoints; gives its place in the script.
pub(super) fn publication(script: &mut Script, row: Publication) -> usize {
    let place = script.statement("UPDATE logs SET size = ");
    script.value(row.size);
    script.text(", checkpoint = ").value(row.checkpoint);
    script.text(", published_at = ").value(row.at);
    script.text(" WHERE origin = ").value(row.origin);
    script.text(" AND size = ").value(row.expected_size);
    script.text(" AND state = 'open'");
    place
}

const fn key_place<'a>(origin: &'a str, vkey: &'a str) -> Place<'a> {
    Place {
        table: "log_keys",
        participant: origin,
        id: vkey,
    }
}

/// Why a log cannot be added, where it cannot.
pub(crate) async fn insert_log_with_keys(
    connection: &mut SqliteConnection,
    row: &LogRow,
    keys: &[LogKeyRow],
) -> Result<Option<JobEnd>, StoreFault> {
    if insert_log(connection, row).await? == 0 {
        return Ok(Some(JobEnd::Refuse(format!("there is a log `{}` already", row.origin))));
    }
    for key in keys {
        insert_key(connection, &row.origin, key).await?;
    }
    Ok(None)
}

pub(super) async fn insert_log(connection: &mut SqliteConnection, row: &LogRow) -> Result<u64, StoreFault> {
    let done = sqlx::query(
        "INSERT INTO logs (origin, participant, kind, owner, vkey, state, config, size, folded, checkpoint, published_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
    )
    .bind(&row.origin)
    .bind(&row.participant)
    .bind(&row.kind)
    .bind(&row.owner)
    .bind(&row.vkey)
    .bind(row.state.as_str())
    .bind(&row.config)
    .bind(row.size)
    .bind(row.folded)
    .bind(&row.checkpoint)
    .bind(row.published_at)
    .bind(row.created_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

async fn retire_keys(connection: &mut SqliteConnection, origin: &str, compromised_at: i64) -> Result<(), StoreFault> {
    sqlx::query(
        "UPDATE log_keys SET state = 'retired', compromised_at = COALESCE(compromised_at, $2) WHERE origin = $1",
    )
    .bind(origin)
    .bind(compromised_at)
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_key(connection: &mut SqliteConnection, origin: &str, key: &LogKeyRow) -> Result<(), StoreFault> {
    sqlx::query(
        "INSERT INTO log_keys (origin, vkey, algorithm, public, sealed_private, state, created_at, compromised_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(origin)
    .bind(&key.vkey)
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

fn log_row(row: &SqliteRow) -> Result<LogRow, StoreFault> {
    let origin: String = row.try_get("origin")?;
    Ok(LogRow {
        participant: row.try_get("participant")?,
        kind: row.try_get("kind")?,
        owner: row.try_get("owner")?,
        vkey: row.try_get("vkey")?,
        state: match row.try_get("state")? {
            "open" => LogState::Open,
            "held" => LogState::Held,
            "closed" => LogState::Closed,
            "caught" => LogState::Caught,
            other => return Err(StoreFault::Broken(format!("state `{other}` of log `{origin}`"))),
        },
        config: row.try_get("config")?,
        size: row.try_get("size")?,
        folded: row.try_get("folded")?,
        checkpoint: row.try_get("checkpoint")?,
        published_at: row.try_get("published_at")?,
        created_at: row.try_get("created_at")?,
        origin,
    })
}
