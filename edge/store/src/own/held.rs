//! Bodies of records of others that a participant was given: sealed, read by it alone.

use crate::seal::Place;
use crate::writer::JobEnd;
use crate::{Committed, HeldBodyRow, Store, StoreFault};
use sqlx::Row;

const VERSION: &str = "SELECT * FROM held_bodies WHERE participant = $1 AND record_id = $2 AND version = $3";
const NEWEST: &str =
    "SELECT * FROM held_bodies WHERE participant = $1 AND record_id = $2 ORDER BY version DESC LIMIT 1";

impl Store {
    /// Keeps a body that a participant was given, in the place of one of the same version.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn hold_body(&self, row: HeldBodyRow) -> Result<Committed, StoreFault> {
        let name = name(&row.record_id, row.version);
        let sealed = self.sealer().seal(place(&row.participant, &name), &row.document)?;
        let lane = row.participant.clone();
        self.job(
            &lane,
            Box::new(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO held_bodies (participant, record_id, version, sealed_document, got_at) VALUES ($1, $2, $3, $4, $5)
                         ON CONFLICT (participant, record_id, version)
                         DO UPDATE SET sealed_document = excluded.sealed_document, got_at = excluded.got_at",
                    )
                    .bind(row.participant)
                    .bind(row.record_id)
                    .bind(row.version)
                    .bind(sealed)
                    .bind(row.at)
                    .execute(connection)
                    .await?;
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()
    }

    /// The body that a participant holds of this version, or of the newest of which it holds one.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when it was altered. Otherwise try again later.
    pub async fn held_body(
        &self,
        participant: &str,
        record_id: &str,
        version: Option<i64>,
    ) -> Result<Option<HeldBodyRow>, StoreFault> {
        let query = match version {
            Some(version) => sqlx::query(VERSION).bind(participant).bind(record_id).bind(version),
            None => sqlx::query(NEWEST).bind(participant).bind(record_id),
        };
        let Some(row) = query.fetch_optional(&mut *self.reader().await?).await? else {
            return Ok(None);
        };
        let version = row.try_get("version")?;
        let sealed: Vec<u8> = row.try_get("sealed_document")?;
        Ok(Some(HeldBodyRow {
            participant: participant.to_owned(),
            record_id: record_id.to_owned(),
            version,
            document: self
                .sealer()
                .open(place(participant, &name(record_id, version)), &sealed)?,
            at: row.try_get("got_at")?,
        }))
    }
}

fn name(record_id: &str, version: i64) -> String {
    format!("{record_id}@{version}")
}

const fn place<'a>(participant: &'a str, id: &'a str) -> Place<'a> {
    Place {
        table: "held_bodies.sealed_document",
        participant,
        id,
    }
}
