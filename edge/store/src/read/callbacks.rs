//! Reads of callback addresses and of the events that they are still to be told of.

use super::events::event_row;
use crate::{CallbackRow, EventRow, Store, StoreFault};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A callback address to which events may still come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCallback {
    /// Slug of the participant.
    pub participant: String,
    /// The case.
    pub case_id: String,
    /// Its place in the case's list of addresses.
    pub number: i64,
    /// Whether effects of the case wait for it.
    pub transactional: bool,
    /// Whether there are events that it was not told of.
    pub is_due: bool,
}

const OPEN: &str = "SELECT c.participant, c.case_id, c.number, c.transactional, EXISTS (
        SELECT 1 FROM events e WHERE e.participant = c.participant AND e.case_id = c.case_id
            AND e.callback_events IS NOT NULL AND e.number > c.position) AS is_due
    FROM callbacks c WHERE c.is_done = 0 ORDER BY c.participant, c.case_id, c.number";

const WAITS: &str = "SELECT 1 FROM callbacks c WHERE c.participant = $1 AND c.case_id = $2 AND c.transactional = 1
    AND c.is_done = 0 AND EXISTS (
        SELECT 1 FROM events e WHERE e.participant = c.participant AND e.case_id = c.case_id
            AND e.callback_events IS NOT NULL AND e.number > c.position) LIMIT 1";

const UNTOLD: &str = "SELECT c.case_id FROM callbacks c WHERE c.participant = $1 AND c.is_done = 0 AND EXISTS (
        SELECT 1 FROM events e WHERE e.participant = c.participant AND e.case_id = c.case_id
            AND e.callback_events IS NOT NULL AND e.number > c.position) ORDER BY c.case_id LIMIT 1";

const EVENTS: &str = "SELECT * FROM events WHERE participant = $1 AND case_id = $2 AND callback_events IS NOT NULL
    AND number > $3 ORDER BY number LIMIT $4";

impl Store {
    /// Every callback address of every participant to which events may still come: what the loop asks once, at start.
    ///
    /// # Errors
    /// Do not start without the answer: events would never be told.
    pub async fn open_callbacks(&self) -> Result<Vec<OpenCallback>, StoreFault> {
        let rows = sqlx::query(OPEN).fetch_all(&mut *self.reader().await?).await?;
        rows.iter()
            .map(|row| {
                Ok(OpenCallback {
                    participant: row.try_get("participant")?,
                    case_id: row.try_get("case_id")?,
                    number: row.try_get("number")?,
                    transactional: row.try_get("transactional")?,
                    is_due: row.try_get("is_due")?,
                })
            })
            .collect()
    }

    /// The callback addresses of one case, by their place.
    ///
    /// # Errors
    /// Try again later.
    pub async fn callbacks(&self, participant: &str, case_id: &str) -> Result<Vec<CallbackRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM callbacks WHERE participant = $1 AND case_id = $2 ORDER BY number")
            .bind(participant)
            .bind(case_id)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(callback_row).collect()
    }

    /// Whether effects of a case wait for a callback address that was not told of everything.
    ///
    /// # Errors
    /// Try again later; run no effect meanwhile.
    pub async fn waits_for_callback(&self, participant: &str, case_id: &str) -> Result<bool, StoreFault> {
        let found = sqlx::query(WAITS)
            .bind(participant)
            .bind(case_id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        Ok(found.is_some())
    }

    /// A case of the participant with events that a callback address was not told of, if there is one.
    ///
    /// # Errors
    /// Try again later.
    pub async fn any_untold(&self, participant: &str) -> Result<Option<String>, StoreFault> {
        let row = sqlx::query(UNTOLD)
            .bind(participant)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| Ok(row.try_get("case_id")?)).transpose()
    }

    /// Events of a case behind `number` that its callback addresses are told of, in order.
    ///
    /// # Errors
    /// Try again later.
    pub async fn callback_events(
        &self,
        participant: &str,
        case_id: &str,
        number: i64,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreFault> {
        let rows = sqlx::query(EVENTS)
            .bind(participant)
            .bind(case_id)
            .bind(number)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(event_row).collect()
    }
}

fn callback_row(row: &SqliteRow) -> Result<CallbackRow, StoreFault> {
    Ok(CallbackRow {
        participant: row.try_get("participant")?,
        case_id: row.try_get("case_id")?,
        number: row.try_get("number")?,
        transactional: row.try_get("transactional")?,
        position: row.try_get("position")?,
        told: row.try_get("told")?,
        given_up: row.try_get("given_up")?,
        attempts: row.try_get("attempts")?,
        not_before: row.try_get("not_before")?,
        obstacle: row.try_get("obstacle")?,
        is_done: row.try_get("is_done")?,
    })
}

/// The statements that are asked while cases go on, for the test of their query plans.
#[cfg(test)]
pub(crate) mod plans {
    pub(crate) const STATEMENTS: [&str; 3] = [super::WAITS, super::UNTOLD, super::EVENTS];
}
