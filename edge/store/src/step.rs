//! What a group of writes does inside its one transaction.
//!
//! First, step by step: was the token used before, then the compare-and-swap of the case. A step that loses there
//! writes nothing more. Then, for all winners together, one multi-row statement per table.

use crate::batch::{cut, list, values};
use crate::insert::{bind_agreement, bind_event, bind_evidence, bind_outbox, bind_replay, insert, insert_accesses};
use crate::seal::{Place, Sealer};
use crate::writer::Write;
use crate::{
    AccessRow, AgreementRow, CaseRow, CaseWrite, EventRow, EvidenceRow, OutboxRow, ReplayRow, StepWrite, StoreFault,
};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use std::collections::BTreeMap;

/// A step whose secret columns are sealed already: the writer's time is everybody's.
pub(crate) struct SealedStep {
    write: StepWrite,
    case_body: Vec<u8>,
}

pub(crate) enum Verdict {
    Step(Vec<i64>),
    Conflict,
    Replayed(ReplayRow),
    Done,
}

type ReplayKey = (String, String, String);

fn replay_key(row: &ReplayRow) -> ReplayKey {
    (row.participant.clone(), row.issuer.clone(), row.jti.clone())
}

/// Seals a step's secret columns.
pub(crate) fn seal(sealer: &Sealer, mut write: StepWrite) -> Result<SealedStep, StoreFault> {
    check_participant(&write)?;
    let case_body = match &mut write.case {
        CaseWrite::Insert(row) | CaseWrite::Update { row, .. } => {
            let body = std::mem::take(&mut row.body);
            sealer.seal(
                Place {
                    table: "cases",
                    participant: &row.participant,
                    id: &row.id,
                },
                body.as_bytes(),
            )?
        }
        CaseWrite::Untouched { .. } => Vec::new(),
    };
    for row in &mut write.evidence {
        let place = |table| Place {
            table,
            participant: &row.participant,
            id: &row.id,
        };
        row.body = sealer.seal(place("evidence.body"), &row.body)?;
        row.raw = match &row.raw {
            Some(raw) => Some(sealer.seal(place("evidence.raw"), raw)?),
            None => None,
        };
    }
    for row in &mut write.outbox_add {
        let place = Place {
            table: "outbox",
            participant: &row.participant,
            id: &row.effect_id,
        };
        row.body = sealer.seal(place, &row.body)?;
    }
    Ok(SealedStep { write, case_body })
}

fn check_participant(write: &StepWrite) -> Result<(), StoreFault> {
    let own = write.case.participant();
    let all_own = write.agreement.iter().all(|row| row.participant == own)
        && write.evidence.iter().all(|row| row.participant == own)
        && write.outbox_add.iter().all(|row| row.participant == own)
        && write.replay.iter().all(|row| row.participant == own);
    if all_own {
        Ok(())
    } else {
        Err(StoreFault::Broken(format!(
            "a step of `{own}` writes rows of another participant"
        )))
    }
}

/// Applies the group; one verdict per write, in order.
pub(crate) async fn apply(connection: &mut SqliteConnection, writes: &[Write]) -> Result<Vec<Verdict>, StoreFault> {
    let mut used = used_tokens(connection, writes).await?;
    let mut verdicts = Vec::with_capacity(writes.len());
    let mut winners: Vec<&SealedStep> = Vec::new();
    let mut accesses: Vec<&AccessRow> = Vec::new();
    for write in writes {
        verdicts.push(match write {
            Write::Step(step) => {
                let verdict = begin_step(connection, step, &mut used).await?;
                if matches!(verdict, Verdict::Step(_)) {
                    winners.push(step);
                }
                verdict
            }
            Write::Reschedule {
                effect_id,
                attempts,
                not_before,
            } => {
                reschedule(connection, effect_id, *attempts, *not_before).await?;
                Verdict::Done
            }
            Write::Access(row) => {
                accesses.push(row);
                Verdict::Done
            }
        });
    }
    write_rest(connection, &winners).await?;
    insert_accesses(connection, &accesses).await?;
    let numbers = write_numbered(connection, &winners).await?;
    let committed = verdicts.iter_mut().filter_map(|verdict| match verdict {
        Verdict::Step(own) => Some(own),
        _ => None,
    });
    for (own, given) in committed.zip(numbers) {
        *own = given;
    }
    Ok(verdicts)
}

async fn used_tokens(
    connection: &mut SqliteConnection,
    writes: &[Write],
) -> Result<BTreeMap<ReplayKey, ReplayRow>, StoreFault> {
    let wanted: Vec<&ReplayRow> = writes
        .iter()
        .filter_map(|write| match write {
            Write::Step(step) => step.write.replay.as_ref(),
            _ => None,
        })
        .collect();
    let mut used = BTreeMap::new();
    for run in cut(&wanted) {
        let sql = format!(
            "WITH wanted (participant, issuer, jti) AS (VALUES {})
             SELECT r.* FROM wanted w JOIN replays r
             ON r.participant = w.participant AND r.issuer = w.issuer AND r.jti = w.jti",
            values(run.len(), 3)
        );
        let query = run.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, row| {
            query.bind(&row.participant).bind(&row.issuer).bind(&row.jti)
        });
        for found in query.fetch_all(&mut *connection).await? {
            let row = crate::read::replay_row(&found)?;
            used.insert(replay_key(&row), row);
        }
    }
    Ok(used)
}

async fn begin_step(
    connection: &mut SqliteConnection,
    step: &SealedStep,
    used: &mut BTreeMap<ReplayKey, ReplayRow>,
) -> Result<Verdict, StoreFault> {
    if let Some(replay) = &step.write.replay
        && let Some(stored) = used.get(&replay_key(replay))
    {
        return Ok(Verdict::Replayed(stored.clone()));
    }
    let taken = match &step.write.case {
        CaseWrite::Insert(row) => insert_case(connection, row, &step.case_body).await?,
        CaseWrite::Update { row, expected_version } => {
            update_case(connection, row, &step.case_body, *expected_version).await?
        }
        CaseWrite::Untouched { .. } => 1,
    };
    if taken == 0 {
        return Ok(Verdict::Conflict);
    }
    if let Some(replay) = &step.write.replay {
        used.insert(replay_key(replay), replay.clone());
    }
    Ok(Verdict::Step(Vec::new()))
}

async fn insert_case(connection: &mut SqliteConnection, row: &CaseRow, body: &[u8]) -> Result<u64, StoreFault> {
    let done = sqlx::query(
        "INSERT INTO cases (participant, id, kind, role, state, pending, phase, peer, consumer_pid, provider_pid,
             agreement_id, asset_id, first_key, version, sealed_body, evidence_id, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         ON CONFLICT DO NOTHING",
    )
    .bind(&row.participant)
    .bind(&row.id)
    .bind(&row.kind)
    .bind(&row.role)
    .bind(&row.state)
    .bind(&row.pending)
    .bind(&row.phase)
    .bind(&row.peer)
    .bind(&row.consumer_pid)
    .bind(&row.provider_pid)
    .bind(&row.agreement_id)
    .bind(&row.asset_id)
    .bind(&row.first_key)
    .bind(row.version)
    .bind(body)
    .bind(&row.evidence_id)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

async fn update_case(
    connection: &mut SqliteConnection,
    row: &CaseRow,
    body: &[u8],
    expected_version: i64,
) -> Result<u64, StoreFault> {
    let done = sqlx::query(
        "UPDATE cases SET state = $5, pending = $6, phase = $7, consumer_pid = $8, provider_pid = $9,
             agreement_id = $10, asset_id = $11, version = $12, sealed_body = $13, evidence_id = $14, updated_at = $15
         WHERE participant = $1 AND id = $2 AND kind = $3 AND version = $4",
    )
    .bind(&row.participant)
    .bind(&row.id)
    .bind(&row.kind)
    .bind(expected_version)
    .bind(&row.state)
    .bind(&row.pending)
    .bind(&row.phase)
    .bind(&row.consumer_pid)
    .bind(&row.provider_pid)
    .bind(&row.agreement_id)
    .bind(&row.asset_id)
    .bind(row.version)
    .bind(body)
    .bind(&row.evidence_id)
    .bind(row.updated_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

async fn reschedule(
    connection: &mut SqliteConnection,
    effect_id: &str,
    attempts: i64,
    not_before: i64,
) -> Result<(), StoreFault> {
    sqlx::query("UPDATE outbox SET attempts = $2, not_before = $3 WHERE effect_id = $1")
        .bind(effect_id)
        .bind(attempts)
        .bind(not_before)
        .execute(connection)
        .await?;
    Ok(())
}

/// Everything of the winners that needs no number.
async fn write_rest(connection: &mut SqliteConnection, winners: &[&SealedStep]) -> Result<(), StoreFault> {
    let done: Vec<&String> = winners.iter().flat_map(|step| &step.write.outbox_done).collect();
    for run in cut(&done) {
        let mut sql = "DELETE FROM outbox WHERE effect_id IN (".to_owned();
        list(&mut sql, 1, run.len());
        sql.push(')');
        let query = run
            .iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |query, id| query.bind(*id));
        query.execute(&mut *connection).await?;
    }
    let added: Vec<&OutboxRow> = winners.iter().flat_map(|step| &step.write.outbox_add).collect();
    insert(
        connection,
        "outbox (effect_id, participant, case_id, position, kind, sealed_body, target, deadline_at, attempts, \
         not_before, created_at)",
        11,
        &added,
        bind_outbox,
    )
    .await?;
    let agreements: Vec<&AgreementRow> = winners
        .iter()
        .filter_map(|step| step.write.agreement.as_ref())
        .collect();
    insert(
        connection,
        "agreements (participant, agreement_id, negotiation_id, role, peer, asset_id, definition_id, mode, body, signed_at)",
        10,
        &agreements,
        bind_agreement,
    )
    .await?;
    let replays: Vec<&ReplayRow> = winners.iter().filter_map(|step| step.write.replay.as_ref()).collect();
    insert(
        connection,
        "replays (participant, issuer, jti, digest, case_id, status, answer, expires_at)",
        8,
        &replays,
        bind_replay,
    )
    .await
}

/// Evidence and events, numbered per participant without gaps. Gives back the event numbers of each winner.
async fn write_numbered(
    connection: &mut SqliteConnection,
    winners: &[&SealedStep],
) -> Result<Vec<Vec<i64>>, StoreFault> {
    let mut wanted: BTreeMap<(&str, &'static str), i64> = BTreeMap::new();
    for step in winners {
        let participant = step.write.case.participant();
        for (series, count) in [
            ("events", step.write.events.len()),
            ("evidence", step.write.evidence.len()),
        ] {
            if count > 0 {
                *wanted.entry((participant, series)).or_default() += i64::try_from(count).unwrap_or(i64::MAX);
            }
        }
    }
    let mut next = draw_numbers(connection, &wanted).await?;
    let mut draw = |participant: &str, series: &str| {
        let number = next.entry((participant.to_owned(), series.to_owned())).or_default();
        *number += 1;
        *number
    };
    let mut evidence: Vec<(i64, &EvidenceRow)> = Vec::new();
    let mut events: Vec<EventRow> = Vec::new();
    let mut given = Vec::with_capacity(winners.len());
    for step in winners {
        let participant = step.write.case.participant();
        evidence.extend(
            step.write
                .evidence
                .iter()
                .map(|row| (draw(participant, "evidence"), row)),
        );
        let own: Vec<EventRow> = step
            .write
            .events
            .iter()
            .map(|event| EventRow {
                participant: participant.to_owned(),
                number: draw(participant, "events"),
                event_type: event.event_type.clone(),
                case_id: event.case_id.clone(),
                data: event.data.clone(),
                at: event.at,
            })
            .collect();
        given.push(own.iter().map(|event| event.number).collect());
        events.extend(own);
    }
    insert(
        connection,
        "evidence (participant, id, position, case_id, kind, at, case_digest, leaf, salt, sealed_body, sealed_raw)",
        11,
        &evidence,
        bind_evidence,
    )
    .await?;
    insert(
        connection,
        "events (participant, number, event_type, case_id, data, at)",
        6,
        &events,
        bind_event,
    )
    .await?;
    Ok(given)
}

/// Raises the counters; the answer holds, per participant and series, the last number that is already taken.
async fn draw_numbers(
    connection: &mut SqliteConnection,
    wanted: &BTreeMap<(&str, &'static str), i64>,
) -> Result<BTreeMap<(String, String), i64>, StoreFault> {
    let wanted: Vec<(&str, &str, i64)> = wanted
        .iter()
        .map(|((slug, series), count)| (*slug, *series, *count))
        .collect();
    let mut last = BTreeMap::new();
    for run in cut(&wanted) {
        let sql = format!(
            "INSERT INTO counters (participant, series, last) VALUES {}
             ON CONFLICT (participant, series) DO UPDATE SET last = counters.last + excluded.last
             RETURNING participant, series, last",
            values(run.len(), 3)
        );
        let query = run.iter().fold(
            sqlx::query(AssertSqlSafe(sql)),
            |query, (participant, series, count)| query.bind(*participant).bind(*series).bind(*count),
        );
        for row in query.fetch_all(&mut *connection).await? {
            let key: (String, String) = (row.try_get("participant")?, row.try_get("series")?);
            let drawn = run
                .iter()
                .find(|(participant, series, _)| *participant == key.0 && *series == key.1)
                .map_or(0, |(_, _, count)| *count);
            last.insert(key, row.try_get::<i64, _>("last")? - drawn);
        }
    }
    Ok(last)
}
