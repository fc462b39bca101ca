//! Events and used tokens: reads, and the pruning of what is old.

use crate::writer::JobEnd;
use crate::{Committed, EventRow, ReplayRow, Store, StoreFault};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Some older ones may be left for callback addresses; nobody reads a stream through those gaps.
const OLDEST: &str = "SELECT number FROM events WHERE participant = $1 AND number > COALESCE(
        (SELECT last FROM counters WHERE participant = $1 AND series = 'events.forgotten'), 0)
    ORDER BY number LIMIT 1";

/// Forgets what stands up to `$2`, and remembers that.
const FORGET: [&str; 2] = [
    "DELETE FROM events WHERE participant = $1 AND number <= $2 AND (callback_events IS NULL OR NOT EXISTS (
        SELECT 1 FROM callbacks c WHERE c.participant = events.participant AND c.case_id = events.case_id
            AND c.is_done = 0 AND c.position < events.number))",
    "INSERT INTO counters (participant, series, last) SELECT $1, 'events.forgotten', $2 WHERE $2 > 0
     ON CONFLICT (participant, series) DO UPDATE SET last = excluded.last",
];

impl Store {
    /// Events of a participant behind `number`, in order.
    ///
    /// # Errors
    /// Try again later.
    pub async fn events_after(&self, participant: &str, number: i64, limit: i64) -> Result<Vec<EventRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM events WHERE participant = $1 AND number > $2 ORDER BY number LIMIT $3")
            .bind(participant)
            .bind(number)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(event_row).collect()
    }

    /// Number of the oldest event behind which none was forgotten; none when none is kept. A reader that asks for older ones
    /// gets a reset.
    ///
    /// # Errors
    /// Try again later.
    pub async fn oldest_event(&self, participant: &str) -> Result<Option<i64>, StoreFault> {
        let oldest = sqlx::query_scalar(OLDEST)
            .bind(participant)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        Ok(oldest)
    }

    /// Number of the newest event ever given; 0 before the first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn newest_event(&self, participant: &str) -> Result<i64, StoreFault> {
        let last: Option<i64> =
            sqlx::query_scalar("SELECT last FROM counters WHERE participant = $1 AND series = 'events'")
                .bind(participant)
                .fetch_optional(&mut *self.reader().await?)
                .await?;
        Ok(last.unwrap_or(0))
    }

    /// Forgets all but the newest `keep` events of each participant, and those that a callback address is still to be told of.
    /// Numbers go on where they were.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn prune_events(&self, keep: i64) -> Result<Committed, StoreFault> {
        self.job(
            "",
            Box::new(move |connection| {
                Box::pin(async move {
                    // A seek per participant: one statement over all of them would walk every event that is kept.
                    let ends: Vec<(String, i64)> =
                        sqlx::query_as("SELECT participant, last FROM counters WHERE series = 'events'")
                            .fetch_all(&mut *connection)
                            .await?;
                    for (participant, last) in ends {
                        for forget in FORGET {
                            sqlx::query(forget)
                                .bind(&participant)
                                .bind(last.saturating_sub(keep))
                                .execute(&mut *connection)
                                .await?;
                        }
                    }
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()
    }

    /// What a token was used for. `commit_step` asks again by itself; this is for a look ahead of the step.
    ///
    /// # Errors
    /// Try again later.
    pub async fn replay(&self, participant: &str, issuer: &str, jti: &str) -> Result<Option<ReplayRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM replays WHERE participant = $1 AND issuer = $2 AND jti = $3")
            .bind(participant)
            .bind(issuer)
            .bind(jti)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(replay_row).transpose()
    }

    /// Forgets tokens, of every participant, that expired before `now`.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn prune_replays(&self, now: i64) -> Result<Committed, StoreFault> {
        self.job(
            "",
            Box::new(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM replays WHERE expires_at < $1")
                        .bind(now)
                        .execute(connection)
                        .await?;
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()
    }
}

pub(super) fn event_row(row: &SqliteRow) -> Result<EventRow, StoreFault> {
    let names: Option<String> = row.try_get("callback_events")?;
    Ok(EventRow {
        participant: row.try_get("participant")?,
        number: row.try_get("number")?,
        event_type: row.try_get("event_type")?,
        case_id: row.try_get("case_id")?,
        data: row.try_get("data")?,
        at: row.try_get("at")?,
        callback_events: names
            .map(|names| names.split(' ').map(str::to_owned).collect())
            .unwrap_or_default(),
    })
}

pub(crate) fn replay_row(row: &SqliteRow) -> Result<ReplayRow, StoreFault> {
    Ok(ReplayRow {
        participant: row.try_get("participant")?,
        issuer: row.try_get("issuer")?,
        jti: row.try_get("jti")?,
        digest: row.try_get("digest")?,
        case_id: row.try_get("case_id")?,
        status: row.try_get("status")?,
        answer: row.try_get("answer")?,
        expires_at: row.try_get("expires_at")?,
    })
}
