//! How far a log is verified by the one who folds it: opaque bytes, beside the views and as easily made again.

use crate::step::Prepared;
use crate::{Committed, Store, StoreFault};

impl Store {
    /// The state that was saved last for a log.
    ///
    /// # Errors
    /// Try again later.
    pub async fn fold_state(&self, origin: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(sqlx::query_scalar("SELECT state FROM fold_states WHERE origin = $1")
            .bind(origin)
            .fetch_optional(&mut *self.reader().await?)
            .await?)
    }

    /// Saves the state of a log.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn save_fold_state(&self, origin: &str, state: Vec<u8>) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("INSERT INTO fold_states (origin, state) VALUES ");
            script.row(true, |to| {
                to.value(origin.to_owned()).value(state);
            });
            script.text(" ON CONFLICT (origin) DO UPDATE SET state = excluded.state");
        });
        self.share(origin.to_owned(), prepared).await?.committed()
    }
}
