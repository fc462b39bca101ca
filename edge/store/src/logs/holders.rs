//! By whom each log is mirrored, as far as that was known last. What a place says and what it showed is told apart by the row.

use crate::script::Script;
use crate::step::Prepared;
use crate::{Committed, HolderRow, Store, StoreFault};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Store {
    /// Keeps the places of a log, in the place of those that were kept before. The caller bounds them.
    ///
    /// # Errors
    /// [`StoreFault::Constraint`] when there is no such log. Otherwise as for [`Store::commit_step`].
    pub async fn keep_holders(&self, origin: &str, rows: Vec<HolderRow>) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            remove_holders(script, origin);
            if rows.is_empty() {
                return;
            }
            script.statement("INSERT INTO log_holders (origin, address, claimed_at, shown_size, shown_at) VALUES ");
            for (number, row) in rows.into_iter().enumerate() {
                script.row(number == 0, |to| {
                    to.value(origin.to_owned())
                        .value(row.address)
                        .value(row.claimed_at)
                        .value(row.shown.map(|(size, _)| size))
                        .value(row.shown.map(|(_, at)| at));
                });
            }
        });
        self.share(origin.to_owned(), prepared).await?.committed()
    }

    /// The places of every log, by origin and address.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_holders(&self) -> Result<Vec<(String, HolderRow)>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM log_holders ORDER BY origin, address")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(holder_row).collect()
    }
}

pub(super) fn remove_holders(script: &mut Script, origin: &str) {
    script.statement("DELETE FROM log_holders WHERE origin = ");
    script.value(origin.to_owned());
}

fn holder_row(row: &SqliteRow) -> Result<(String, HolderRow), StoreFault> {
    let size: Option<i64> = row.try_get("shown_size")?;
    let at: Option<i64> = row.try_get("shown_at")?;
    let holder = HolderRow {
        address: row.try_get("address")?,
        claimed_at: row.try_get("claimed_at")?,
        shown: size.zip(at),
    };
    Ok((row.try_get("origin")?, holder))
}
