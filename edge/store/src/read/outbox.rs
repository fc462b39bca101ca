//! Reads of effects that are still to be run.

use crate::seal::{Place, Sealer};
use crate::{OutboxRow, Store, StoreFault};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A case that has effects to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxCase {
    /// Slug of the participant.
    pub participant: String,
    /// The case.
    pub case_id: String,
}

/// An effect that is still to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueEffect {
    /// Of which case.
    pub case_id: String,
    /// What it is.
    pub kind: String,
}

const ANY: &str =
    "SELECT case_id, kind FROM outbox WHERE participant = $1 ORDER BY case_id, position, effect_id LIMIT 1";

impl Store {
    /// An effect of the participant that is not done, if there is one.
    ///
    /// # Errors
    /// Try again later.
    pub async fn any_effect(&self, participant: &str) -> Result<Option<DueEffect>, StoreFault> {
        let row = sqlx::query(ANY)
            .bind(participant)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| {
            Ok(DueEffect {
                case_id: row.try_get("case_id")?,
                kind: row.try_get("kind")?,
            })
        })
        .transpose()
    }

    /// The effects of one case that are not done, in order.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when a row was altered: refuse to send it. Otherwise try again later.
    pub async fn outbox(&self, participant: &str, case_id: &str) -> Result<Vec<OutboxRow>, StoreFault> {
        let rows =
            sqlx::query("SELECT * FROM outbox WHERE participant = $1 AND case_id = $2 ORDER BY position, effect_id")
                .bind(participant)
                .bind(case_id)
                .fetch_all(&mut *self.reader().await?)
                .await?;
        rows.iter().map(|row| outbox_row(self.sealer(), row)).collect()
    }

    /// Every case of every participant with effects to run: what the loop asks once, at start.
    ///
    /// # Errors
    /// Do not start without the answer: promised messages would never be sent.
    pub async fn outbox_cases(&self) -> Result<Vec<OutboxCase>, StoreFault> {
        let rows = sqlx::query("SELECT DISTINCT participant, case_id FROM outbox ORDER BY participant, case_id")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(OutboxCase {
                    participant: row.try_get("participant")?,
                    case_id: row.try_get("case_id")?,
                })
            })
            .collect()
    }
}

fn outbox_row(sealer: &Sealer, row: &SqliteRow) -> Result<OutboxRow, StoreFault> {
    let (effect_id, participant): (String, String) = (row.try_get("effect_id")?, row.try_get("participant")?);
    let place = Place {
        table: "outbox",
        participant: &participant,
        id: &effect_id,
    };
    let body = sealer.open(place, row.try_get("sealed_body")?)?;
    Ok(OutboxRow {
        case_id: row.try_get("case_id")?,
        position: row.try_get("position")?,
        kind: row.try_get("kind")?,
        target: row.try_get("target")?,
        deadline_at: row.try_get("deadline_at")?,
        attempts: row.try_get("attempts")?,
        not_before: row.try_get("not_before")?,
        created_at: row.try_get("created_at")?,
        effect_id,
        participant,
        body,
    })
}

/// The statement that asks for no single case, for the test of its query plan.
#[cfg(test)]
pub(crate) mod plans {
    pub(crate) const STATEMENTS: [&str; 1] = [super::ANY];
}
