//! Peers that a participant knows.

use crate::writer::JobEnd;
use crate::{Committed, Deleted, PeerRow, Store, StoreFault};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Store {
    /// Adds or replaces a peer.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn put_peer(&self, row: PeerRow) -> Result<Committed, StoreFault> {
        let participant = row.participant.clone();
        self.job(
            &participant,
            Box::new(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO peers (participant, id, dsp, name, config, created_at, updated_at)
                         VALUES ($1, $2, $3, $4, $5, $6, $7)
                         ON CONFLICT (participant, id) DO UPDATE SET dsp = excluded.dsp, name = excluded.name,
                             config = excluded.config, updated_at = excluded.updated_at",
                    )
                    .bind(&row.participant)
                    .bind(&row.id)
                    .bind(&row.dsp)
                    .bind(&row.name)
                    .bind(&row.config)
                    .bind(row.created_at)
                    .bind(row.updated_at)
                    .execute(connection)
                    .await?;
                    Ok(JobEnd::Commit)
                })
            }),
        )
        .await?
        .committed()
    }

    /// One peer.
    ///
    /// # Errors
    /// Try again later.
    pub async fn peer(&self, participant: &str, id: &str) -> Result<Option<PeerRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM peers WHERE participant = $1 AND id = $2")
            .bind(participant)
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(peer_row).transpose()
    }

    /// Peers by id, beginning behind `after`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_peers(
        &self,
        participant: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<PeerRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM peers WHERE participant = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(participant)
            .bind(after.unwrap_or_default())
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(peer_row).collect()
    }

    /// Removes a peer. Cases with it go on: they keep its address themselves.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn delete_peer(&self, participant: &str, id: &str) -> Result<Deleted, StoreFault> {
        let (own, id) = (participant.to_owned(), id.to_owned());
        let ended = self
            .job(
                participant,
                Box::new(move |connection| {
                    Box::pin(async move {
                        let done = sqlx::query("DELETE FROM peers WHERE participant = $1 AND id = $2")
                            .bind(own)
                            .bind(id)
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
}

fn peer_row(row: &SqliteRow) -> Result<PeerRow, StoreFault> {
    Ok(PeerRow {
        participant: row.try_get("participant")?,
        id: row.try_get("id")?,
        dsp: row.try_get("dsp")?,
        name: row.try_get("name")?,
        config: row.try_get("config")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
