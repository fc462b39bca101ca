//! The federations that are followed here, and what verified records say to proposals in any of them.

use crate::logs::stands;
use crate::step::Prepared;
use crate::{ActRow, Committed, FederationRow, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

const ACTS: &str =
    "SELECT * FROM federation_acts WHERE federation = $1 AND previous = $2 AND origin = $3 ORDER BY position LIMIT $4";
/// What a place of a log says never changes: its body may come late, but it is the one that the leaf commits to.
const PUT_ACT: &str =
    "INSERT INTO federation_acts (origin, position, federation, previous, record_id, answer, proposal)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";

impl Store {
    /// Follows a federation; false when it is followed already.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_federation(&self, row: FederationRow) -> Result<bool, StoreFault> {
        let lane = row.id.clone();
        let prepared = Prepared::swap(|script| {
            let place = script.statement("INSERT INTO federations (id, genesis, held, joined_at) VALUES ");
            script.row(true, |to| {
                to.value(row.id).value(row.genesis).value(row.held).value(row.joined_at);
            });
            script.text(" ON CONFLICT DO NOTHING");
            place
        });
        self.share(lane, prepared).await.map(stands)
    }

    /// Follows a federation no more; false when it is not followed. What records say stays.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn remove_federation(&self, id: &str) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("DELETE FROM federations WHERE id = ");
            script.value(id.to_owned());
            place
        });
        self.share(id.to_owned(), prepared).await.map(stands)
    }

    /// The federations that are followed, by id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_federations(&self) -> Result<Vec<FederationRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM federations ORDER BY id")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let row = |row: &SqliteRow| {
            Ok(FederationRow {
                id: row.try_get("id")?,
                genesis: row.try_get("genesis")?,
                held: row.try_get("held")?,
                joined_at: row.try_get("joined_at")?,
            })
        };
        rows.iter().map(row).collect()
    }

    /// Keeps how far a federation is folded.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn hold_federation(&self, id: &str, held: Vec<u8>) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("UPDATE federations SET held = ");
            script.value(held);
            script.text(" WHERE id = ").value(id.to_owned());
        });
        self.share(id.to_owned(), prepared).await?.committed()
    }

    /// What the records of one log say to proposals about one state of a federation, in the order of the log.
    ///
    /// # Errors
    /// Try again later.
    pub async fn federation_acts(
        &self,
        federation: &str,
        previous: &str,
        origin: &str,
        limit: i64,
    ) -> Result<Vec<ActRow>, StoreFault> {
        let rows = sqlx::query(ACTS)
            .bind(federation)
            .bind(previous)
            .bind(origin)
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(act_row).collect()
    }
}

pub(super) async fn put_act(connection: &mut SqliteConnection, row: &ActRow) -> Result<(), StoreFault> {
    sqlx::query(PUT_ACT)
        .bind(&row.origin)
        .bind(row.position)
        .bind(&row.federation)
        .bind(&row.previous)
        .bind(&row.record_id)
        .bind(&row.answer)
        .bind(&row.proposal)
        .execute(connection)
        .await?;
    Ok(())
}

fn act_row(row: &SqliteRow) -> Result<ActRow, StoreFault> {
    Ok(ActRow {
        origin: row.try_get("origin")?,
        position: row.try_get("position")?,
        federation: row.try_get("federation")?,
        previous: row.try_get("previous")?,
        record_id: row.try_get("record_id")?,
        answer: row.try_get("answer")?,
        proposal: row.try_get("proposal")?,
    })
}

#[cfg(test)]
pub(crate) const PLANS: [&str; 1] = [ACTS];
