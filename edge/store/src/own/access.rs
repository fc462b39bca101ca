//! Access records of the data plane. They are added through the writer's groups (`Store::add_access`).

use crate::{AccessRow, Store, StoreFault};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Store {
    /// Accesses of one transfer, oldest first, at most `limit`, from time `since` on.
    ///
    /// # Errors
    /// Try again later.
    pub async fn accesses(
        &self,
        participant: &str,
        transfer_id: &str,
        since: i64,
        limit: i64,
    ) -> Result<Vec<AccessRow>, StoreFault> {
        let rows = sqlx::query(
            "SELECT * FROM access_records WHERE participant = $1 AND transfer_id = $2 AND at >= $3
             ORDER BY at, id LIMIT $4",
        )
        .bind(participant)
        .bind(transfer_id)
        .bind(since)
        .bind(limit)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(access_row).collect()
    }
}

fn access_row(row: &SqliteRow) -> Result<AccessRow, StoreFault> {
    Ok(AccessRow {
        id: row.try_get("id")?,
        participant: row.try_get("participant")?,
        transfer_id: row.try_get("transfer_id")?,
        agreement_id: row.try_get("agreement_id")?,
        consumer: row.try_get("consumer")?,
        at: row.try_get("at")?,
        range: row.try_get("byte_range")?,
        status: row.try_get("status")?,
        bytes: row.try_get("bytes")?,
    })
}
