//! Access records of the data plane. They are added and completed through the writer's groups (`Store::add_access`,
//! `Store::end_access`).

use crate::{AccessRow, Store, StoreFault};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Store {
    /// Accesses of one transfer, oldest first, at most `limit`, behind the one with this time and id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn accesses(
        &self,
        participant: &str,
        transfer_id: &str,
        after: (i64, &str),
        limit: i64,
    ) -> Result<Vec<AccessRow>, StoreFault> {
        let rows = sqlx::query(
            "SELECT * FROM access_records WHERE participant = $1 AND transfer_id = $2 AND (at, id) > ($3, $4)
             ORDER BY at, id LIMIT $5",
        )
        .bind(participant)
        .bind(transfer_id)
        .bind(after.0)
        .bind(after.1)
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
        ended_at: row.try_get("ended_at")?,
    })
}
