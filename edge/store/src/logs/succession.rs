//! The end of a log: it is closed and its successor begun in one transaction, with what was taken back of it by then.

use super::book::insert_log_with_keys;
use super::retrieved::take;
use super::witness::insert_policy;
use crate::logs::stands;
use crate::step::Prepared;
use crate::writer::{Job, JobEnd};
use crate::{LogKeyRow, Put, Store, StoreFault, Succession};
use sqlx::SqliteConnection;

impl Store {
    /// Ends a held log and begins another in its place; a conflict when it is not held, when the other's origin is taken, or when what was
    /// taken back is not what is here: then nothing was written.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn succeed_log(&self, row: Succession, keys: Vec<LogKeyRow>) -> Result<Put, StoreFault> {
        let seal = |key| self.seal_log_key(&row.successor.origin, key);
        let keys = keys.into_iter().map(seal).collect::<Result<Vec<_>, _>>()?;
        let lane = row.participant.clone();
        let job: Job = Box::new(move |connection| Box::pin(async move { succeed(connection, &row, &keys).await }));
        Ok(self.job(&lane, job).await?.put())
    }

    /// Says of a mirrored log that it has ended, and by what that is known; false when it was known, or the log is no open mirror.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn end_mirror(&self, origin: &str, config: String) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE logs SET state = 'closed', config = ");
            script.value(config);
            script.text(" WHERE participant IS NULL AND state = 'open' AND origin = ");
            script.value(origin.to_owned());
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }
}

async fn succeed(
    connection: &mut SqliteConnection,
    row: &Succession,
    keys: &[LogKeyRow],
) -> Result<JobEnd, StoreFault> {
    let before = match &row.retrieval {
        Some(retrieval) => match take(connection, retrieval).await? {
            JobEnd::Commit => "open",
            refused => return Ok(refused),
        },
        None => "held",
    };
    let ended = sqlx::query("UPDATE logs SET state = 'closed', config = $2 WHERE origin = $1 AND state = $3")
        .bind(&row.origin)
        .bind(&row.config)
        .bind(before)
        .execute(&mut *connection)
        .await?;
    if ended.rows_affected() == 0 {
        return Ok(JobEnd::Refuse(format!("the log `{}` is not held", row.origin)));
    }
    if let Some(refused) = insert_log_with_keys(connection, &row.successor, keys).await? {
        return Ok(refused);
    }
    if let Some(policy) = &row.policy {
        insert_policy(connection, policy).await?;
    }
    Ok(JobEnd::Commit)
}
