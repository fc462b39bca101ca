//! Alarms about foreign logs: those that this node saw itself and those that it was told of, each with what proves it.

use crate::logs::stands;
use crate::script::Script;
use crate::step::Prepared;
use crate::{AlarmCount, AlarmRow, Committed, Store, StoreFault};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Alarms of one log and verdict: one that is proven suffices, and whoever tells lies about a log fills no disk.
const OF_A_LOG: i64 = 64;
/// Alarms that are shown.
const SHOWN: i64 = 1000;
const ALL: &str = "SELECT * FROM alarms ORDER BY last_at DESC, id LIMIT $1";
const OF: &str = "SELECT * FROM alarms WHERE origin = $1 ORDER BY last_at DESC, id LIMIT $2";

impl Store {
    /// Keeps an alarm. One that is kept already was seen once more, and is not cleared any longer.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn keep_alarm(&self, row: AlarmRow) -> Result<Committed, StoreFault> {
        let lane = row.origin.clone();
        let prepared = Prepared::plain(|script| insert_alarm(script, row));
        self.share(lane, prepared).await?.committed()
    }

    /// Says that a place does no more what alarms of this sort say of it; false when none was open.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn clear_alarm(&self, id: &str, at: i64) -> Result<bool, StoreFault> {
        let prepared = Prepared::swap(|script| {
            let place = script.statement("UPDATE alarms SET cleared_at = ");
            script.value(at).text(" WHERE cleared_at IS NULL AND id = ");
            script.value(id.to_owned());
            place
        });
        self.share(id.to_owned(), prepared).await.map(stands)
    }

    /// Says by which record others were told of an alarm.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn set_alarm_told(&self, id: &str, record_id: &str) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("UPDATE alarms SET due = 0, record_id = ");
            script.value(record_id.to_owned()).text(" WHERE id = ");
            script.value(id.to_owned());
        });
        self.share(id.to_owned(), prepared).await?.committed()
    }

    /// Says what an alarm that was told proves.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn set_alarm_verdict(&self, id: &str, verdict: &str, why: &str) -> Result<Committed, StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("UPDATE alarms SET verdict = ");
            script.value(verdict.to_owned()).text(", why = ");
            script.value(why.to_owned()).text(" WHERE id = ");
            script.value(id.to_owned());
        });
        self.share(id.to_owned(), prepared).await?.committed()
    }

    /// The alarms, what was seen last first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_alarms(&self) -> Result<Vec<AlarmRow>, StoreFault> {
        let rows = sqlx::query(ALL)
            .bind(SHOWN)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(alarm_row).collect()
    }

    /// The alarms of one log, what was seen last first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn alarms_of(&self, origin: &str) -> Result<Vec<AlarmRow>, StoreFault> {
        let rows = sqlx::query(OF)
            .bind(origin)
            .bind(SHOWN)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(alarm_row).collect()
    }

    /// The alarms of which others are to be told, oldest first.
    ///
    /// # Errors
    /// Try again later.
    pub async fn due_alarms(&self) -> Result<Vec<AlarmRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM alarms WHERE due = 1 ORDER BY seen_at, id")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(alarm_row).collect()
    }

    /// How many alarms are open, by what was seen and what it proves.
    ///
    /// # Errors
    /// Try again later.
    pub async fn count_alarms(&self) -> Result<Vec<AlarmCount>, StoreFault> {
        let rows = sqlx::query(
            "SELECT alarm, verdict, COUNT(*) AS number FROM alarms WHERE cleared_at IS NULL
             GROUP BY alarm, verdict ORDER BY alarm, verdict",
        )
        .fetch_all(&mut *self.reader().await?)
        .await?;
        let count = |row: &SqliteRow| {
            Ok(AlarmCount {
                alarm: row.try_get("alarm")?,
                verdict: row.try_get("verdict")?,
                count: row.try_get("number")?,
            })
        };
        rows.iter().map(count).collect()
    }
}

/// Keeps an alarm, unless there are enough of the log.
pub(super) fn insert_alarm(script: &mut Script, row: AlarmRow) {
    let (id, origin, verdict) = (row.id.clone(), row.origin.clone(), row.verdict.clone());
    script.statement(
        "INSERT INTO alarms (id, origin, alarm, place, body, told_by, verdict, why, seen_at, last_at, times, due) SELECT ",
    );
    for text in [row.id, row.origin, row.alarm, row.place, row.body] {
        script.value(text).text(", ");
    }
    script.value(row.told_by).text(", ").value(row.verdict).text(", ");
    script.value(row.why).text(", ").value(row.seen_at).text(", ");
    script.value(row.last_at).text(", ").value(row.times).text(", ");
    script.value(i64::from(row.is_due));
    script.text(" WHERE EXISTS (SELECT 1 FROM alarms WHERE id = ").value(id);
    script.text(") OR (SELECT COUNT(*) FROM alarms WHERE origin = ");
    script.value(origin).text(" AND verdict = ").value(verdict);
    script.text(") < ").value(OF_A_LOG);
    script.text(
        " ON CONFLICT (id) DO UPDATE SET last_at = excluded.last_at, times = alarms.times + 1, cleared_at = NULL, \
         due = CASE WHEN alarms.record_id IS NULL THEN MAX(alarms.due, excluded.due) ELSE 0 END",
    );
}

fn alarm_row(row: &SqliteRow) -> Result<AlarmRow, StoreFault> {
    let due: i64 = row.try_get("due")?;
    Ok(AlarmRow {
        id: row.try_get("id")?,
        origin: row.try_get("origin")?,
        alarm: row.try_get("alarm")?,
        place: row.try_get("place")?,
        body: row.try_get("body")?,
        told_by: row.try_get("told_by")?,
        verdict: row.try_get("verdict")?,
        why: row.try_get("why")?,
        seen_at: row.try_get("seen_at")?,
        last_at: row.try_get("last_at")?,
        times: row.try_get("times")?,
        cleared_at: row.try_get("cleared_at")?,
        is_due: due != 0,
        record_id: row.try_get("record_id")?,
    })
}
