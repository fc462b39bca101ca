//! Reads of evidence entries, in the participant's order of commits.

use crate::seal::{Place, Sealer};
use crate::{EvidenceRow, Store, StoreFault, StoredEvidence};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Store {
    /// Entries of one case behind `position`, in order, at most `limit`. Raw messages stay where they are: a peer decides
    /// how long they are, and whoever reads a time line wants to know only whether there is one.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when an entry was altered; otherwise try again later.
    pub async fn timeline(
        &self,
        participant: &str,
        case_id: &str,
        position: i64,
        limit: i64,
    ) -> Result<Vec<StoredEvidence>, StoreFault> {
        let rows = sqlx::query(
            "SELECT participant, id, position, case_id, kind, at, case_digest, leaf, salt, sealed_body,
                 sealed_raw IS NOT NULL AS has_raw, NULL AS sealed_raw
             FROM evidence WHERE participant = $1 AND case_id = $2 AND position > $3 ORDER BY position LIMIT $4",
        )
        .bind(participant)
        .bind(case_id)
        .bind(position)
        .bind(limit)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(|row| evidence_row(self.sealer(), row)).collect()
    }

    /// The position of the participant's last entry; 0 where there is none.
    ///
    /// # Errors
    /// Try again later.
    pub async fn last_evidence(&self, participant: &str) -> Result<i64, StoreFault> {
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(position) FROM evidence WHERE participant = $1")
            .bind(participant)
            .fetch_one(&mut *self.reader().await?)
            .await?;
        Ok(last.unwrap_or(0))
    }

    /// Entries of a participant behind `position`, in order, with what belongs to them.
    ///
    /// # Errors
    /// As for [`Store::timeline`].
    pub async fn evidence_after(
        &self,
        participant: &str,
        position: i64,
        limit: i64,
    ) -> Result<Vec<StoredEvidence>, StoreFault> {
        let rows =
            sqlx::query("SELECT *, sealed_raw IS NOT NULL AS has_raw FROM evidence WHERE participant = $1 AND position > $2 ORDER BY position LIMIT $3")
                .bind(participant)
                .bind(position)
                .bind(limit)
                .fetch_all(&mut *self.reader().await?)
                .await?;
        rows.iter().map(|row| evidence_row(self.sealer(), row)).collect()
    }
}

fn evidence_row(sealer: &Sealer, row: &SqliteRow) -> Result<StoredEvidence, StoreFault> {
    let (participant, id): (String, String) = (row.try_get("participant")?, row.try_get("id")?);
    let place = |table| Place {
        table,
        participant: &participant,
        id: &id,
    };
    let body = sealer.open(place("evidence.body"), row.try_get("sealed_body")?)?;
    let raw = row
        .try_get::<Option<&[u8]>, _>("sealed_raw")?
        .map(|sealed| sealer.open(place("evidence.raw"), sealed))
        .transpose()?;
    Ok(StoredEvidence {
        position: row.try_get("position")?,
        has_raw: row.try_get("has_raw")?,
        row: EvidenceRow {
            case_id: row.try_get("case_id")?,
            kind: row.try_get("kind")?,
            at: row.try_get("at")?,
            case_digest: row.try_get("case_digest")?,
            leaf: row.try_get("leaf")?,
            salt: row.try_get("salt")?,
            id,
            participant,
            body,
            raw,
        },
    })
}
