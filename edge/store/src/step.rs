//! What a write is to the writer: a script made beforehand, and where in it the writer reads whether the write may stand.
//!
//! A step's script asks first whether its token was used before, then compares and swaps its case; a step that loses at
//! either is rolled back as if it had never been.

use crate::append::{self, Append};
use crate::insert;
use crate::logs::{BODY, SALT};
use crate::script::{Ran, Script};
use crate::seal::{Place, Sealer};
use crate::{AccessEnd, AccessRow, CallbackRow, CaseWrite, ReplayRow, StepWrite, StoreFault};
use sqlx::{Row, SqliteConnection};

/// A write, ready to be run: the writer's time is everybody's.
pub(crate) struct Prepared {
    work: Work,
    /// Bytes of what may be large in it.
    bytes: usize,
}

enum Work {
    Scripted(Scripted),
    /// A script of its own, or one with others.
    Append(Append),
}

/// A script, and what it asks.
struct Scripted {
    script: Script,
    token: Option<Token>,
    /// The statement that must change something: the case, or what else is compared and swapped.
    case: Option<usize>,
}

/// The token that a step answers.
struct Token {
    statement: usize,
    participant: String,
    issuer: String,
    jti: String,
}

/// Whether a write stands.
pub(crate) enum Verdict {
    /// It does; the numbers are those of its events.
    Stands(Vec<i64>),
    Conflict,
    Replayed(ReplayRow),
    /// It breaks a constraint; the others of its group are not to suffer.
    Broken(StoreFault),
}

impl Prepared {
    /// A write that stands whatever it finds.
    pub(crate) fn access(row: AccessRow) -> Self {
        Self::plain(|script| insert::access(script, row))
    }

    /// As [`Self::access`].
    pub(crate) fn access_end(participant: &str, id: &str, end: AccessEnd) -> Self {
        Self::plain(|script| insert::access_end(script, participant.to_owned(), id.to_owned(), end))
    }

    /// As [`Self::access`].
    pub(crate) fn reschedule(effect_id: &str, attempts: i64, not_before: i64) -> Self {
        Self::plain(|script| insert::reschedule(script, effect_id.to_owned(), attempts, not_before))
    }

    /// As [`Self::access`].
    pub(crate) fn callback(row: CallbackRow) -> Self {
        Self::plain(|script| insert::callback_progress(script, row))
    }

    /// A write that stands when the statement whose place `write` gives changes something.
    pub(crate) fn swap(write: impl FnOnce(&mut Script) -> usize) -> Self {
        let mut script = Script::new();
        let case = Some(write(&mut script));
        Self::scripted(script, None, case)
    }

    /// A write that stands whatever it finds.
    pub(crate) fn plain(write: impl FnOnce(&mut Script)) -> Self {
        let mut script = Script::new();
        write(&mut script);
        Self::scripted(script, None, None)
    }

    const fn scripted(script: Script, token: Option<Token>, case: Option<usize>) -> Self {
        let work = Work::Scripted(Scripted { script, token, case });
        Self { work, bytes: 0 }
    }

    /// Entries of a log, with their events.
    pub(crate) const fn appended(append: Append) -> Self {
        let work = Work::Append(append);
        Self { work, bytes: 0 }
    }

    /// What it appends, where it does nothing else.
    pub(crate) const fn append(&self) -> Option<&Append> {
        match &self.work {
            Work::Append(append) => Some(append),
            Work::Scripted(_) => None,
        }
    }

    /// The same with so many bytes.
    pub(crate) fn of_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// Bytes of what may be large in it.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// A step, its secret columns sealed.
    ///
    /// # Errors
    /// The step writes rows of another participant, or sealing failed: nothing is to be written.
    pub(crate) fn step(sealer: &Sealer, mut write: StepWrite) -> Result<Self, StoreFault> {
        check_participant(&write)?;
        let body = seal(sealer, &mut write)?;
        let bytes = body.len().saturating_add(bytes_of(&write));
        if let Some(append) = Append::of(&mut write) {
            return Ok(Self::appended(append).of_bytes(bytes));
        }
        let participant = write.case.participant().to_owned();
        let mut script = Script::new();
        let token = write.replay.map(|row| Token {
            participant: row.participant.clone(),
            issuer: row.issuer.clone(),
            jti: row.jti.clone(),
            statement: insert::replay(&mut script, row),
        });
        let case = match write.case {
            CaseWrite::Insert(row) => Some(insert::new_case(&mut script, row, body)),
            CaseWrite::Update { row, expected_version } => {
                Some(insert::next_case(&mut script, row, body, expected_version))
            }
            CaseWrite::Remove {
                participant,
                kind,
                id,
                expected_version,
            } => Some(insert::no_case(&mut script, participant, kind, id, expected_version)),
            CaseWrite::Retire {
                participant,
                agreement_id,
                retirement,
            } => Some(insert::retirement(&mut script, participant, agreement_id, retirement)),
            CaseWrite::Reactivate {
                participant,
                agreement_id,
            } => Some(insert::no_retirement(&mut script, participant, agreement_id)),
            CaseWrite::Untouched { .. } => None,
        };
        let log = write.entries.first().map(|entry| insert::series_of_log(&entry.origin));
        let numbered = [
            (insert::EVENTS, write.events.len()),
            (insert::EVIDENCE, write.evidence.len()),
            (log.as_deref().unwrap_or_default(), write.entries.len()),
        ];
        insert::counters(&mut script, &participant, &numbered);
        insert::effects_done(&mut script, write.outbox_done);
        insert::effects(&mut script, write.outbox_add);
        if let Some(row) = write.agreement {
            insert::agreement(&mut script, row);
        }
        insert::evidence(&mut script, write.evidence);
        insert::entries(&mut script, &participant, write.entries);
        insert::callbacks(&mut script, write.callbacks);
        insert::events(&mut script, &participant, write.events);
        Ok(Self::scripted(script, token, case).of_bytes(bytes))
    }
}

impl Scripted {
    /// Runs the write behind the statements of `before` and reads whether it stands.
    ///
    /// # Errors
    /// The database failed: the whole group fails.
    async fn run(&self, before: &[&str], connection: &mut SqliteConnection) -> Result<Verdict, StoreFault> {
        let ran = self.script.run(before, connection).await;
        // A statement that failed has not said what it changed: what stands before it decides.
        let unchanged = |statement: usize| ran.changes.get(statement) == Some(&0);
        if let Some(token) = self.token.as_ref().filter(|token| unchanged(token.statement)) {
            return token.used(connection).await.map(Verdict::Replayed);
        }
        if self.case.is_some_and(unchanged) {
            return Ok(Verdict::Conflict);
        }
        read(ran)
    }
}

/// Runs writes of a group that are written as one, behind the statements of `before`; one verdict on each, or on the first that does not
/// stand.
///
/// # Errors
/// The database failed: the whole group fails.
pub(crate) async fn run(
    writes: &[&Prepared],
    before: &[&str],
    connection: &mut SqliteConnection,
) -> Result<Vec<Verdict>, StoreFault> {
    let mut verdicts = Vec::with_capacity(writes.len());
    for write in writes {
        if let Work::Scripted(scripted) = &write.work {
            verdicts.push(scripted.run(before, connection).await?);
        }
    }
    let appends: Vec<&Append> = writes.iter().filter_map(|write| write.append()).collect();
    if appends.is_empty() {
        return Ok(verdicts);
    }
    let ran = append::script(&appends).run(before, connection).await;
    Ok(match read(ran)? {
        Verdict::Stands(numbers) => {
            let mut numbers = numbers.into_iter();
            let own = |append: &&Append| Verdict::Stands(numbers.by_ref().take(append.events()).collect());
            appends.iter().map(own).collect()
        }
        other => vec![other],
    })
}

/// Bytes of what a step writes besides its case.
fn bytes_of(write: &StepWrite) -> usize {
    let evidence = write
        .evidence
        .iter()
        .map(|row| row.body.len() + row.raw.as_ref().map_or(0, Vec::len));
    let entries = write.entries.iter().map(|row| row.leaf.len() + row.body.len());
    let effects = write.outbox_add.iter().map(|row| row.body.len());
    evidence.chain(entries).chain(effects).sum()
}

fn read(ran: Ran) -> Result<Verdict, StoreFault> {
    match ran.fault {
        Some(fault @ StoreFault::Constraint(_)) => Ok(Verdict::Broken(fault)),
        Some(fault) => Err(fault),
        None => {
            let numbers: Result<Vec<i64>, _> = ran.rows.iter().map(|row| row.try_get("number")).collect();
            let mut numbers = numbers?;
            // A statement promises no order of the rows that it gives back.
            numbers.sort_unstable();
            Ok(Verdict::Stands(numbers))
        }
    }
}

impl Token {
    /// What it was used for.
    async fn used(&self, connection: &mut SqliteConnection) -> Result<ReplayRow, StoreFault> {
        let row = sqlx::query("SELECT * FROM replays WHERE participant = $1 AND issuer = $2 AND jti = $3")
            .bind(&self.participant)
            .bind(&self.issuer)
            .bind(&self.jti)
            .fetch_one(connection)
            .await?;
        crate::read::replay_row(&row)
    }
}

/// Seals a step's secret columns in place; gives back the sealed body of the case.
fn seal(sealer: &Sealer, write: &mut StepWrite) -> Result<Vec<u8>, StoreFault> {
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
    for row in &mut write.entries {
        if let Some(salt) = &row.salt {
            let place = |table| Place {
                table,
                participant: &row.origin,
                id: &row.id,
            };
            let sealed = sealer.seal(place(SALT), salt)?;
            row.body = sealer.seal(place(BODY), &row.body)?;
            row.salt = Some(sealed);
        }
    }
    for row in &mut write.outbox_add {
        let place = Place {
            table: "outbox",
            participant: &row.participant,
            id: &row.effect_id,
        };
        row.body = sealer.seal(place, &row.body)?;
    }
    match &mut write.case {
        CaseWrite::Insert(row) | CaseWrite::Update { row, .. } => {
            let body = std::mem::take(&mut row.body);
            let place = Place {
                table: "cases",
                participant: &row.participant,
                id: &row.id,
            };
            sealer.seal(place, body.as_bytes())
        }
        CaseWrite::Remove { .. }
        | CaseWrite::Retire { .. }
        | CaseWrite::Reactivate { .. }
        | CaseWrite::Untouched { .. } => Ok(Vec::new()),
    }
}

fn check_participant(write: &StepWrite) -> Result<(), StoreFault> {
    let own = write.case.participant();
    let all_own = write.agreement.iter().all(|row| row.participant == own)
        && write.evidence.iter().all(|row| row.participant == own)
        && write.outbox_add.iter().all(|row| row.participant == own)
        && write.callbacks.iter().all(|row| row.participant == own)
        && write.replay.iter().all(|row| row.participant == own);
    let first = write.entries.first();
    if write
        .entries
        .iter()
        .any(|entry| first.is_some_and(|first| first.origin != entry.origin))
    {
        return Err(StoreFault::Broken(format!("a step of `{own}` writes into two logs")));
    }
    if all_own {
        Ok(())
    } else {
        Err(StoreFault::Broken(format!(
            "a step of `{own}` writes rows of another participant"
        )))
    }
}
