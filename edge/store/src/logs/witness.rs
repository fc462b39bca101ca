//! What this node's witness cosigned of foreign logs, the forks that it was shown, and whom own logs ask for cosignatures.

use crate::logs::stands;
use crate::script::Script;
use crate::step::Prepared;
use crate::{AlarmRow, Committed, CosignedRow, ForkRow, LogPolicyRow, Store, StoreFault, WitnessedRow};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// Forks kept of one log: one is a proof, and a log that signs anything could fill a disk.
const FORKS_OF_A_LOG: i64 = 16;
/// What says that nothing was cosigned yet, where a size is compared: no tree has it.
const NOTHING: i64 = -1;

impl Store {
    /// Puts a log on the list of the witness, or gives it other keys. What was cosigned of it stays.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn put_witnessed(
        &self,
        origin: &str,
        origin_hash: &str,
        vkeys: &str,
        at: i64,
    ) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("INSERT INTO witnessed (origin, origin_hash, vkeys, size, added_at) VALUES ");
            script.row(true, |to| {
                to.value(origin.to_owned())
                    .value(origin_hash.to_owned())
                    .value(vkeys.to_owned())
                    .value(NOTHING)
                    .value(at);
            });
            script.text(" ON CONFLICT (origin) DO UPDATE SET vkeys = excluded.vkeys, removed_at = NULL");
        });
        self.share(origin.to_owned(), prepared).await?.committed()
    }

    /// Gives a log on the list other keys; false when it is not on it, or has others by now than before.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn replace_witnessed_keys(&self, origin: &str, before: &str, next: String) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE witnessed SET vkeys = ");
            script.value(next);
            script.text(" WHERE origin = ").value(origin.to_owned());
            script
                .text(" AND removed_at IS NULL AND vkeys = ")
                .value(before.to_owned());
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }

    /// Takes a log off the list; false when it is not on it. What was cosigned of it stays.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn remove_witnessed(&self, origin: &str, at: i64) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE witnessed SET removed_at = ");
            script.value(at);
            script
                .text(" WHERE removed_at IS NULL AND origin = ")
                .value(origin.to_owned());
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }

    /// The log of this origin, on the list or not.
    ///
    /// # Errors
    /// Try again later.
    pub async fn witnessed(&self, origin: &str) -> Result<Option<WitnessedRow>, StoreFault> {
        let row = sqlx::query("SELECT * FROM witnessed WHERE origin = $1")
            .bind(origin)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(witnessed_row).transpose()
    }

    /// The same by the hash of its origin.
    ///
    /// # Errors
    /// Try again later.
    pub async fn witnessed_by_hash(&self, origin_hash: &str) -> Result<Option<WitnessedRow>, StoreFault> {
        let row = sqlx::query("SELECT * FROM witnessed WHERE origin_hash = $1")
            .bind(origin_hash)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(witnessed_row).transpose()
    }

    /// The logs on the list, by origin.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_witnessed(&self) -> Result<Vec<WitnessedRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM witnessed WHERE removed_at IS NULL ORDER BY origin")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(witnessed_row).collect()
    }

    /// Puts what is to be cosigned in the place of what was; false when that is another by now, or the log is off the list. Compared are
    /// the size and the time, for a tree may be cosigned afresh.
    ///
    /// # Errors
    /// As for [`Store::commit_step`]; a cosignature that is not durable must not leave.
    pub async fn cosign(
        &self,
        origin: &str,
        before: Option<&CosignedRow>,
        next: CosignedRow,
    ) -> Result<bool, StoreFault> {
        let (size, at) = before.map_or((NOTHING, 0), |before| (before.size, before.at));
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE witnessed SET size = ");
            script.value(next.size);
            script.text(", root = ").value(next.root);
            script.text(", checkpoint = ").value(next.checkpoint);
            script.text(", cosigned_at = ").value(next.at);
            script.text(", reason = ").value(next.reason);
            script.text(" WHERE origin = ").value(origin.to_owned());
            script.text(" AND removed_at IS NULL AND size = ").value(size);
            script.text(" AND COALESCE(cosigned_at, 0) = ").value(at);
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }

    /// Keeps a fork, unless it is kept already or there are enough of the log, with the alarm that tells others of it.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn keep_fork(&self, row: ForkRow, alarm: AlarmRow) -> Result<Committed, StoreFault> {
        let lane = row.origin.clone();
        let prepared = Prepared::plain(|script| {
            insert_fork(script, row);
            super::alarms::insert_alarm(script, alarm);
        });
        self.share(lane, prepared).await?.committed()
    }

    /// The forks that are kept, newest first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_forks(&self) -> Result<Vec<ForkRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM forks ORDER BY seen_at DESC, origin, size, root")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(fork_row).collect()
    }

    /// How many logs were caught by a fork.
    ///
    /// # Errors
    /// Try again later.
    pub async fn count_forked_logs(&self) -> Result<i64, StoreFault> {
        Ok(sqlx::query_scalar("SELECT COUNT(DISTINCT origin) FROM forks")
            .fetch_one(&mut *self.reader().await?)
            .await?)
    }

    /// Says whom an own log asks for cosignatures.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn put_log_policy(&self, row: LogPolicyRow) -> Result<Committed, StoreFault> {
        let lane = row.origin.clone();
        let prepared = Prepared::plain(|script| {
            script.statement("INSERT INTO log_policies (origin, policy, waits, updated_at) VALUES ");
            script.row(true, |to| {
                to.value(row.origin)
                    .value(row.policy)
                    .value(i64::from(row.waits))
                    .value(row.updated_at);
            });
            script.text(
                " ON CONFLICT (origin) DO UPDATE SET policy = excluded.policy, waits = excluded.waits, \
                 updated_at = excluded.updated_at",
            );
        });
        self.share(lane, prepared).await?.committed()
    }

    /// Whom an own log asks for cosignatures; none where nobody said.
    ///
    /// # Errors
    /// Try again later.
    pub async fn log_policy(&self, origin: &str) -> Result<Option<LogPolicyRow>, StoreFault> {
        let row = sqlx::query("SELECT * FROM log_policies WHERE origin = $1")
            .bind(origin)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(policy_row).transpose()
    }

    /// Puts the published checkpoint with more signatures in its own place; false when another is published by now.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_cosignatures(&self, origin: &str, before: &[u8], next: Vec<u8>) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE logs SET checkpoint = ");
            script.value(next);
            script.text(" WHERE origin = ").value(origin.to_owned());
            script.text(" AND checkpoint = ").value(before.to_vec());
            place
        });
        self.share(origin.to_owned(), prepared).await.map(stands)
    }
}

fn insert_fork(script: &mut Script, row: ForkRow) {
    let origin = row.origin.clone();
    script.statement("INSERT INTO forks (origin, size, root, known, shown, prefix, seen_at) SELECT ");
    script.value(row.origin).text(", ").value(row.size).text(", ");
    script.value(row.root).text(", ").value(row.known).text(", ");
    script.value(row.shown).text(", ").value(row.prefix).text(", ");
    script.value(row.seen_at);
    script.text(" WHERE (SELECT COUNT(*) FROM forks WHERE origin = ");
    script.value(origin).text(") < ").value(FORKS_OF_A_LOG);
    script.text(" ON CONFLICT DO NOTHING");
}

fn witnessed_row(row: &SqliteRow) -> Result<WitnessedRow, StoreFault> {
    let (size, root): (i64, Option<String>) = (row.try_get("size")?, row.try_get("root")?);
    let (checkpoint, at): (Option<Vec<u8>>, Option<i64>) = (row.try_get("checkpoint")?, row.try_get("cosigned_at")?);
    let cosigned = match (root, checkpoint, at) {
        (Some(root), Some(checkpoint), Some(at)) => Some(CosignedRow {
            size,
            root,
            checkpoint,
            at,
            reason: row.try_get("reason")?,
        }),
        _ => None,
    };
    Ok(WitnessedRow {
        origin: row.try_get("origin")?,
        origin_hash: row.try_get("origin_hash")?,
        vkeys: row.try_get("vkeys")?,
        cosigned,
        added_at: row.try_get("added_at")?,
        removed_at: row.try_get("removed_at")?,
    })
}

fn fork_row(row: &SqliteRow) -> Result<ForkRow, StoreFault> {
    Ok(ForkRow {
        origin: row.try_get("origin")?,
        size: row.try_get("size")?,
        root: row.try_get("root")?,
        known: row.try_get("known")?,
        shown: row.try_get("shown")?,
        prefix: row.try_get("prefix")?,
        seen_at: row.try_get("seen_at")?,
    })
}

fn policy_row(row: &SqliteRow) -> Result<LogPolicyRow, StoreFault> {
    let waits: i64 = row.try_get("waits")?;
    Ok(LogPolicyRow {
        origin: row.try_get("origin")?,
        policy: row.try_get("policy")?,
        waits: waits != 0,
        updated_at: row.try_get("updated_at")?,
    })
}

/// Says whom a new log asks for cosignatures.
pub(crate) async fn insert_policy(connection: &mut SqliteConnection, row: &LogPolicyRow) -> Result<(), StoreFault> {
    sqlx::query("INSERT INTO log_policies (origin, policy, waits, updated_at) VALUES ($1, $2, $3, $4)")
        .bind(&row.origin)
        .bind(&row.policy)
        .bind(i64::from(row.waits))
        .bind(row.updated_at)
        .execute(connection)
        .await?;
    Ok(())
}
