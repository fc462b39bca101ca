//! Own logs that may be older than what was published in their name: held after a rollback, and gone on with once their entries were
//! taken back from those who mirror them.
//!
//! The entries come as those of a foreign log, under an origin of their own. They become the log's in one transaction, and only where
//! they say what is here already: until then nothing of the log is touched.

use crate::insert::series_of_log;
use crate::logs::stands;
use crate::step::Prepared;
use crate::writer::JobEnd;
use crate::{Committed, Put, Retrieval, Store, StoreFault};
use sqlx::SqliteConnection;

/// The kind of a log whose entries are on their way back.
pub const RETRIEVED: &str = "retrieved";

/// Holds every own log whose entries others have too. What evidence says is only ours: nobody could give it back.
pub(crate) async fn hold_own(connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    if chapar_terms::sabotaged("publish-after-a-rollback") {
        return Ok(());
    }
    sqlx::query(
        "UPDATE logs SET state = 'held', config = '{\"held\":{\"code\":\"restored\"}}'
         WHERE participant IS NOT NULL AND kind <> 'evidence' AND state = 'open'",
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Store {
    /// Names entries that were taken back as their own log names them, all or none: each by its position.
    ///
    /// # Errors
    /// [`StoreFault::Constraint`] when two have one name; otherwise as for [`Store::commit_step`].
    pub async fn name_retrieved(&self, stored_as: &str, names: Vec<(i64, String)>) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            for (position, name) in names {
                script.statement("UPDATE log_entries SET id = ");
                script.value(name);
                script.text(" WHERE origin = ").value(stored_as.to_owned());
                script.text(" AND position = ").value(position);
            }
        });
        self.share(stored_as.to_owned(), prepared).await?.committed()
    }

    /// Gives a held log what was taken back of it, and lets it go on from that checkpoint; a conflict when an entry that is here is
    /// another one than at its position there, or when the log is not held.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn take_retrieved(&self, row: Retrieval) -> Result<Put, StoreFault> {
        let lane = row.participant.clone();
        let job: crate::writer::Job = Box::new(move |connection| Box::pin(async move { take(connection, &row).await }));
        Ok(self.job(&lane, job).await?.put())
    }

    /// Lets a held log go on with what is here; false when it is not held.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn resume_log(&self, origin: &str, config: String) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE logs SET state = 'open', config = ");
            script.value(config);
            script.text(" WHERE origin = ").value(origin.to_owned());
            script.text(" AND state = 'held'");
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }
}

pub(super) async fn take(connection: &mut SqliteConnection, row: &Retrieval) -> Result<JobEnd, StoreFault> {
    if let Some(position) = first_other(connection, row).await? {
        return Ok(JobEnd::Refuse(format!(
            "entry {position} of the log `{}` is another one here than the one that was published",
            row.origin
        )));
    }
    let done = sqlx::query(
        "UPDATE logs SET state = 'open', size = $2, checkpoint = $3, published_at = $4, config = $5
         WHERE origin = $1 AND state = 'held' AND size <= $2",
    )
    .bind(&row.origin)
    .bind(row.size)
    .bind(&row.checkpoint)
    .bind(row.at)
    .bind(&row.config)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(JobEnd::Refuse(format!(
            "the log `{}` is not held, or is longer",
            row.origin
        )));
    }
    sqlx::query(
        "INSERT INTO log_entries (origin, position, id, leaf, body_hash, body, at)
         SELECT $1, position, id, leaf, body_hash, body, at FROM log_entries
         WHERE origin = $2 AND position <= $3
           AND position > COALESCE((SELECT MAX(position) FROM log_entries WHERE origin = $1), 0)",
    )
    .bind(&row.origin)
    .bind(&row.stored_as)
    .bind(row.size)
    .execute(&mut *connection)
    .await?;
    // The next entry draws the number behind the last one.
    sqlx::query(
        "INSERT INTO counters (participant, series, last) VALUES ($1, $2, $3)
         ON CONFLICT (participant, series) DO UPDATE SET last = MAX(last, excluded.last)",
    )
    .bind(&row.participant)
    .bind(series_of_log(&row.origin))
    .bind(row.size)
    .execute(connection)
    .await?;
    Ok(JobEnd::Commit)
}

/// The first position at which both have an entry, and not the same.
async fn first_other(connection: &mut SqliteConnection, row: &Retrieval) -> Result<Option<i64>, StoreFault> {
    let first = sqlx::query_scalar(
        "SELECT MIN(ours.position) FROM log_entries AS ours
         JOIN log_entries AS theirs ON theirs.origin = $2 AND theirs.position = ours.position
         WHERE ours.origin = $1 AND ours.leaf <> theirs.leaf",
    )
    .bind(&row.origin)
    .bind(&row.stored_as)
    .fetch_one(connection)
    .await?;
    Ok(first)
}
