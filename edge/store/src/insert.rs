//! Multi-row inserts of the tables that a group of steps fills, and how their rows are bound.

use crate::batch::{cut, values};
use crate::{AccessRow, AgreementRow, EventRow, EvidenceRow, OutboxRow, ReplayRow, StoreFault};
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};

pub(crate) type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Inserts all rows with as few statements as the fixed sizes allow.
pub(crate) async fn insert<T>(
    connection: &mut SqliteConnection,
    into: &'static str,
    columns: usize,
    rows: &[T],
    bind: impl for<'q> Fn(Bound<'q>, &T) -> Bound<'q>,
) -> Result<(), StoreFault> {
    for run in cut(rows) {
        let sql = format!("INSERT INTO {into} VALUES {}", values(run.len(), columns));
        let query = run.iter().fold(sqlx::query(AssertSqlSafe(sql)), &bind);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

pub(crate) async fn insert_accesses(connection: &mut SqliteConnection, rows: &[&AccessRow]) -> Result<(), StoreFault> {
    insert(
        connection,
        "access_records (participant, id, transfer_id, agreement_id, consumer, at, byte_range, status, bytes)",
        9,
        rows,
        bind_access,
    )
    .await
}

pub(crate) fn bind_outbox<'q>(query: Bound<'q>, row: &&OutboxRow) -> Bound<'q> {
    query
        .bind(row.effect_id.clone())
        .bind(row.participant.clone())
        .bind(row.case_id.clone())
        .bind(row.position)
        .bind(row.kind.clone())
        .bind(row.body.clone())
        .bind(row.target.clone())
        .bind(row.deadline_at)
        .bind(row.attempts)
        .bind(row.not_before)
        .bind(row.created_at)
}

pub(crate) fn bind_agreement<'q>(query: Bound<'q>, row: &&AgreementRow) -> Bound<'q> {
    query
        .bind(row.participant.clone())
        .bind(row.agreement_id.clone())
        .bind(row.negotiation_id.clone())
        .bind(row.role.clone())
        .bind(row.peer.clone())
        .bind(row.asset_id.clone())
        .bind(row.definition_id.clone())
        .bind(row.mode.clone())
        .bind(row.body.clone())
        .bind(row.signed_at)
}

pub(crate) fn bind_replay<'q>(query: Bound<'q>, row: &&ReplayRow) -> Bound<'q> {
    query
        .bind(row.participant.clone())
        .bind(row.issuer.clone())
        .bind(row.jti.clone())
        .bind(row.digest.clone())
        .bind(row.case_id.clone())
        .bind(row.status)
        .bind(row.answer.clone())
        .bind(row.expires_at)
}

pub(crate) fn bind_evidence<'q>(query: Bound<'q>, (position, row): &(i64, &EvidenceRow)) -> Bound<'q> {
    query
        .bind(row.participant.clone())
        .bind(row.id.clone())
        .bind(*position)
        .bind(row.case_id.clone())
        .bind(row.kind.clone())
        .bind(row.at)
        .bind(row.case_digest.clone())
        .bind(row.leaf.clone())
        .bind(row.salt.clone())
        .bind(row.body.clone())
        .bind(row.raw.clone())
}

pub(crate) fn bind_event<'q>(query: Bound<'q>, row: &EventRow) -> Bound<'q> {
    query
        .bind(row.participant.clone())
        .bind(row.number)
        .bind(row.event_type.clone())
        .bind(row.case_id.clone())
        .bind(row.data.clone())
        .bind(row.at)
}

fn bind_access<'q>(query: Bound<'q>, row: &&AccessRow) -> Bound<'q> {
    query
        .bind(row.participant.clone())
        .bind(row.id.clone())
        .bind(row.transfer_id.clone())
        .bind(row.agreement_id.clone())
        .bind(row.consumer.clone())
        .bind(row.at)
        .bind(row.range.clone())
        .bind(row.status)
        .bind(row.bytes)
}
