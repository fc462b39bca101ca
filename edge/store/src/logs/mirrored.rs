//! Taking entries of foreign logs: they are staged behind the size that is published, and count only once a checkpoint covers them.

use crate::step::Prepared;
use crate::{Committed, MirroredEntry, Store, StoreFault};

impl Store {
    /// The position of the last entry that is here, staged ones too.
    ///
    /// # Errors
    /// Try again later.
    pub async fn last_position(&self, origin: &str) -> Result<i64, StoreFault> {
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(position) FROM log_entries WHERE origin = $1")
            .bind(origin)
            .fetch_one(&mut *self.reader().await?)
            .await?;
        Ok(last.unwrap_or(0))
    }

    /// Stages entries behind `position`, where the last one stands that is here; all or nothing. A bundle at a time: each is a row of
    /// one statement.
    ///
    /// # Errors
    /// [`StoreFault::Constraint`] when there are entries behind it already: read again. Otherwise as for [`Store::commit_step`].
    pub async fn stage_entries(
        &self,
        origin: &str,
        position: i64,
        entries: Vec<MirroredEntry>,
        at: i64,
    ) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            if entries.is_empty() {
                return;
            }
            script.statement("INSERT INTO log_entries (origin, position, leaf, body_hash, body, at) VALUES ");
            for (number, (entry, position)) in entries.into_iter().zip(position + 1..).enumerate() {
                script.row(number == 0, |to| {
                    to.value(origin.to_owned())
                        .value(position)
                        .value(entry.leaf)
                        .value(entry.body_hash)
                        .value(entry.body)
                        .value(at);
                });
            }
        });
        self.share(origin.to_owned(), prepared).await?.committed()
    }

    /// Drops what is staged of a foreign log behind the published size: it was not what a checkpoint covers.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn drop_staged(&self, origin: &str) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("DELETE FROM log_entries WHERE origin = ");
            script.value(origin.to_owned());
            script
                .text(" AND position > (SELECT size FROM logs WHERE participant IS NULL AND origin = ")
                .value(origin.to_owned());
            script.text(")");
        });
        self.share(origin.to_owned(), prepared).await?.committed()
    }

    /// Puts a body beside a mirrored entry that has none, e.g. when another mirror still had it.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_body(&self, origin: &str, position: i64, body: Vec<u8>) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("UPDATE log_entries SET body = ");
            script.value(body);
            script.text(" WHERE origin = ").value(origin.to_owned());
            script.text(" AND position = ").value(position);
            script.text(" AND id IS NULL AND body IS NULL AND purged_at IS NULL");
        });
        self.share(origin.to_owned(), prepared).await?.committed()
    }
}
