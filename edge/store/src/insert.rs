//! The statements that one step is made of, a table each.
//!
//! All of it is SQL that SQLite and PostgreSQL both understand. Numbers without gaps are drawn by the statement that needs
//! them, inside the step: what a lost step drew is rolled back with it.

use crate::script::{Row, Script};
use crate::{
    AccessEnd, AccessRow, AgreementRow, CallbackRow, CaseRow, EvidenceRow, NewEntry, NewEvent, OutboxRow, ReplayRow,
    Retirement,
};

/// The series that number a participant's events.
pub(crate) const EVENTS: &str = "events";
/// The series that number a participant's evidence entries.
pub(crate) const EVIDENCE: &str = "evidence";

/// The series that numbers the entries of a log.
pub(crate) fn series_of_log(origin: &str) -> String {
    format!("log {origin}")
}

/// Remembers a token; changes nothing when it is remembered already.
pub(crate) fn replay(script: &mut Script, row: ReplayRow) -> usize {
    let place = script.statement(
        "INSERT INTO replays (participant, issuer, jti, digest, case_id, status, answer, expires_at) VALUES ",
    );
    script.row(true, |to| {
        to.value(row.participant)
            .value(row.issuer)
            .value(row.jti)
            .value(row.digest)
            .value(row.case_id)
            .value(row.status)
            .value(row.answer)
            .value(row.expires_at);
    });
    script.text(" ON CONFLICT DO NOTHING");
    place
}

/// A new case; changes nothing when its id or its first key is taken.
pub(crate) fn new_case(script: &mut Script, row: CaseRow, body: Vec<u8>) -> usize {
    let place = script.statement(
        "INSERT INTO cases (participant, id, kind, role, state, pending, phase, peer, consumer_pid, provider_pid, \
         agreement_id, asset_id, first_key, version, sealed_body, evidence_id, created_at, updated_at, since) VALUES ",
    );
    script.row(true, |to| {
        to.value(row.participant)
            .value(row.id)
            .value(row.kind)
            .value(row.role)
            .value(row.state)
            .value(row.pending)
            .value(row.phase)
            .value(row.peer)
            .value(row.consumer_pid)
            .value(row.provider_pid)
            .value(row.agreement_id)
            .value(row.asset_id)
            .value(row.first_key)
            .value(row.version)
            .value(body)
            .value(row.evidence_id)
            .value(row.created_at)
            .value(row.updated_at)
            .value(row.since);
    });
    script.text(" ON CONFLICT DO NOTHING");
    place
}

/// The next version of a case; changes nothing when the stored one is not `expected_version`.
pub(crate) fn next_case(script: &mut Script, row: CaseRow, body: Vec<u8>, expected_version: i64) -> usize {
    let place = script.statement("UPDATE cases SET state = ");
    script.value(row.state);
    script.text(", pending = ").value(row.pending);
    script.text(", phase = ").value(row.phase);
    script.text(", consumer_pid = ").value(row.consumer_pid);
    script.text(", provider_pid = ").value(row.provider_pid);
    script.text(", agreement_id = ").value(row.agreement_id);
    script.text(", asset_id = ").value(row.asset_id);
    script.text(", version = ").value(row.version);
    script.text(", sealed_body = ").value(body);
    script.text(", evidence_id = ").value(row.evidence_id);
    script.text(", updated_at = ").value(row.updated_at);
    script.text(", since = ").value(row.since);
    script.text(" WHERE participant = ").value(row.participant);
    script.text(" AND id = ").value(row.id);
    script.text(" AND kind = ").value(row.kind);
    script.text(" AND version = ").value(expected_version);
    place
}

/// Removes a case and its callback addresses; changes nothing when the stored version is not `expected_version`.
pub(crate) fn no_case(
    script: &mut Script,
    participant: String,
    kind: String,
    id: String,
    expected_version: i64,
) -> usize {
    let place = script.statement("DELETE FROM cases WHERE participant = ");
    script.value(participant.clone());
    script.text(" AND id = ").value(id.clone());
    script.text(" AND kind = ").value(kind);
    script.text(" AND version = ").value(expected_version);
    script.statement("DELETE FROM callbacks WHERE participant = ");
    script.value(participant);
    script.text(" AND case_id = ").value(id);
    place
}

/// Notes that an agreement is gone by no more; changes nothing when that is noted already.
pub(crate) fn retirement(
    script: &mut Script,
    participant: String,
    agreement_id: String,
    retirement: Retirement,
) -> usize {
    let place = script.statement("INSERT INTO retirements (participant, agreement_id, reason, at) VALUES ");
    script.row(true, |to| {
        to.value(participant)
            .value(agreement_id)
            .value(retirement.reason)
            .value(retirement.at);
    });
    script.text(" ON CONFLICT DO NOTHING");
    place
}

/// Forgets that; changes nothing when it is not noted.
pub(crate) fn no_retirement(script: &mut Script, participant: String, agreement_id: String) -> usize {
    let place = script.statement("DELETE FROM retirements WHERE participant = ");
    script.value(participant);
    script.text(" AND agreement_id = ").value(agreement_id);
    place
}

/// Raises a participant's counters of numbered things.
pub(crate) fn counters(script: &mut Script, participant: &str, series: &[(&str, usize)]) {
    let raised: Vec<_> = series.iter().filter(|(_, count)| *count > 0).collect();
    if raised.is_empty() {
        return;
    }
    script.statement("INSERT INTO counters (participant, series, last) VALUES ");
    for (number, (series, count)) in raised.into_iter().enumerate() {
        script.row(number == 0, |to| {
            to.value(participant.to_owned())
                .value((*series).to_owned())
                .value(whole(*count));
        });
    }
    script.text(" ON CONFLICT (participant, series) DO UPDATE SET last = counters.last + excluded.last");
}

/// Removes effects that are done.
pub(crate) fn effects_done(script: &mut Script, ids: Vec<String>) {
    if ids.is_empty() {
        return;
    }
    script.statement("DELETE FROM outbox WHERE effect_id IN ");
    script.row(true, |to| {
        for id in ids {
            to.value(id);
        }
    });
}

/// Adds effects to be run.
pub(crate) fn effects(script: &mut Script, rows: Vec<OutboxRow>) {
    if rows.is_empty() {
        return;
    }
    script.statement(
        "INSERT INTO outbox (effect_id, participant, case_id, position, kind, sealed_body, target, deadline_at, \
         attempts, not_before, created_at) VALUES ",
    );
    for (number, row) in rows.into_iter().enumerate() {
        script.row(number == 0, |to| {
            to.value(row.effect_id)
                .value(row.participant)
                .value(row.case_id)
                .value(row.position)
                .value(row.kind)
                .value(row.body)
                .value(row.target)
                .value(row.deadline_at)
                .value(row.attempts)
                .value(row.not_before)
                .value(row.created_at);
        });
    }
}

/// Adds an agreement that came into force.
pub(crate) fn agreement(script: &mut Script, row: AgreementRow) {
    script.statement(
        "INSERT INTO agreements (participant, agreement_id, negotiation_id, role, peer, asset_id, definition_id, mode, \
         body, signed_at) VALUES ",
    );
    script.row(true, |to| {
        to.value(row.participant)
            .value(row.agreement_id)
            .value(row.negotiation_id)
            .value(row.role)
            .value(row.peer)
            .value(row.asset_id)
            .value(row.definition_id)
            .value(row.mode)
            .value(row.body)
            .value(row.signed_at);
    });
}

/// Adds evidence entries in order; the counter was raised by as many.
pub(crate) fn evidence(script: &mut Script, rows: Vec<EvidenceRow>) {
    if rows.is_empty() {
        return;
    }
    script.statement(
        "INSERT INTO evidence (participant, id, position, case_id, kind, at, case_digest, leaf, salt, sealed_body, \
         sealed_raw) VALUES ",
    );
    let count = rows.len();
    for (number, row) in rows.into_iter().enumerate() {
        script.row(number == 0, |to| {
            to.value(row.participant.clone()).value(row.id);
            drawn(to, EVIDENCE, row.participant, count - 1 - number);
            to.value(row.case_id)
                .value(row.kind)
                .value(row.at)
                .value(row.case_digest)
                .value(row.leaf)
                .value(row.salt)
                .value(row.body)
                .value(row.raw);
        });
    }
}

/// Adds entries of one log of a participant in order; its counter was raised by as many.
pub(crate) fn entries(script: &mut Script, participant: &str, rows: Vec<NewEntry>) {
    if rows.is_empty() {
        return;
    }
    script.statement("INSERT INTO log_entries (origin, position, id, leaf, body_hash, body, sealed_salt, at) VALUES ");
    let count = rows.len();
    for (number, row) in rows.into_iter().enumerate() {
        script.row(number == 0, |to| {
            let series = series_of_log(&row.origin);
            to.value(row.origin);
            drawn(to, &series, participant.to_owned(), count - 1 - number);
            to.value(row.id)
                .value(row.leaf)
                .value(row.body_hash)
                .value(row.body)
                .value(row.salt)
                .value(row.at);
        });
    }
}

/// Adds events in order and gives back their numbers; the counter was raised by as many.
pub(crate) fn events(script: &mut Script, participant: &str, rows: Vec<NewEvent>) {
    if rows.is_empty() {
        return;
    }
    script
        .statement("INSERT INTO events (participant, number, event_type, case_id, data, at, callback_events) VALUES ");
    let count = rows.len();
    for (number, row) in rows.into_iter().enumerate() {
        script.row(number == 0, |to| {
            to.value(participant.to_owned());
            drawn(to, EVENTS, participant.to_owned(), count - 1 - number);
            to.value(row.event_type)
                .value(row.case_id)
                .value(row.data)
                .value(row.at)
                .value((!row.callback_events.is_empty()).then(|| row.callback_events.join(" ")));
        });
    }
    script.text(" RETURNING number");
}

/// Adds the callback addresses of a new case.
pub(crate) fn callbacks(script: &mut Script, rows: Vec<CallbackRow>) {
    if rows.is_empty() {
        return;
    }
    script.statement(
        "INSERT INTO callbacks (participant, case_id, number, transactional, position, told, given_up, attempts, \
         not_before, obstacle, is_done) VALUES ",
    );
    for (number, row) in rows.into_iter().enumerate() {
        script.row(number == 0, |to| {
            to.value(row.participant)
                .value(row.case_id)
                .value(row.number)
                .value(i64::from(row.transactional))
                .value(row.position)
                .value(row.told)
                .value(row.given_up)
                .value(row.attempts)
                .value(row.not_before)
                .value(row.obstacle)
                .value(i64::from(row.is_done));
        });
    }
}

/// Notes how far a callback address has been told; changes nothing when its case is gone.
pub(crate) fn callback_progress(script: &mut Script, row: CallbackRow) {
    script.statement("UPDATE callbacks SET position = ");
    script.value(row.position);
    script.text(", told = ").value(row.told);
    script.text(", given_up = ").value(row.given_up);
    script.text(", attempts = ").value(row.attempts);
    script.text(", not_before = ").value(row.not_before);
    script.text(", obstacle = ").value(row.obstacle);
    script.text(", is_done = ").value(i64::from(row.is_done));
    script.text(" WHERE participant = ").value(row.participant);
    script.text(" AND case_id = ").value(row.case_id);
    script.text(" AND number = ").value(row.number);
}

/// The number drawn for a row with `behind` more of its step after it.
fn drawn(to: &mut Row<'_>, series: &str, participant: String, behind: usize) {
    to.expression(|script| {
        script
            .text("(SELECT last FROM counters WHERE participant = ")
            .value(participant);
        script.text(" AND series = ").value(series.to_owned());
        script.text(") - ").value(whole(behind));
    });
}

/// Adds an access to the data plane.
pub(crate) fn access(script: &mut Script, row: AccessRow) {
    script.statement(
        "INSERT INTO access_records (participant, id, transfer_id, agreement_id, consumer, at, byte_range, status, bytes, \
         ended_at) VALUES ",
    );
    script.row(true, |to| {
        to.value(row.participant)
            .value(row.id)
            .value(row.transfer_id)
            .value(row.agreement_id)
            .value(row.consumer)
            .value(row.at)
            .value(row.range)
            .value(row.status)
            .value(row.bytes)
            .value(row.ended_at);
    });
}

/// Completes an access; changes nothing when it was never written down.
pub(crate) fn access_end(script: &mut Script, participant: String, id: String, end: AccessEnd) {
    script.statement("UPDATE access_records SET status = ");
    script.value(end.status);
    script.text(", bytes = ").value(end.bytes);
    script.text(", ended_at = ").value(end.ended_at);
    script.text(" WHERE participant = ").value(participant);
    script.text(" AND id = ").value(id);
}

/// Notes a failed try of an effect.
pub(crate) fn reschedule(script: &mut Script, effect_id: String, attempts: i64, not_before: i64) {
    script.statement("UPDATE outbox SET attempts = ");
    script.value(attempts);
    script.text(", not_before = ").value(not_before);
    script.text(" WHERE effect_id = ").value(effect_id);
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
