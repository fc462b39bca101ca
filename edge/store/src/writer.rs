//! The one writer: a task that owns the one writing connection and commits in groups.
//!
//! A group is what queued while the previous group was being committed; there is no timer. Callers hear of success
//! only after COMMIT has returned, which at `synchronous=FULL` is after the fsync. What a group does inside its
//! transaction is in `step`; who waits and in which order is in `queue`; when the generation steps up is in `generation`.

use crate::append::together;
use crate::files::Removals;
use crate::generation::{self, Steps};
use crate::own::Ended;
use crate::queue::{Bound, Company, Lanes};
use crate::step::{self, Prepared, Verdict};
use crate::{StepOutcome, StoreFault, fault::Source};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::collections::BTreeMap;
use std::fs::File;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Writes in one transaction at most, and the bytes after which it takes no more: bounds how long the first caller of a group waits.
pub(crate) const GROUP: Bound = Bound {
    items: 256,
    bytes: 16 * 1024 * 1024,
};
/// Writes that one participant may have waiting; beyond it the store says "try again".
const LANE: usize = 4096;
/// Commands between two looks of the writer; callers beyond it wait in turn.
pub(crate) const CHANNEL: usize = 1024;

/// What goes before the writes of a group.
struct Manner {
    /// Which writes are written as one.
    runs: fn(&[Prepared]) -> Vec<Vec<usize>>,
    begin: &'static [&'static str],
    /// When the write before stands.
    keep: &'static [&'static str],
    /// When it does not; none where that ends the group.
    undo: Option<&'static [&'static str]>,
}

const HOPEFUL: Manner = Manner {
    runs: together,
    begin: &["BEGIN IMMEDIATE"],
    keep: &[],
    undo: None,
};
const CAREFUL: Manner = Manner {
    runs: |writes| (0..writes.len()).map(|place| vec![place]).collect(),
    begin: &["BEGIN IMMEDIATE", "SAVEPOINT write"],
    keep: &["RELEASE write", "SAVEPOINT write"],
    undo: Some(&[UNDO]),
};
const UNDO: &str = "ROLLBACK TO write";

/// Proof that a write is durable. Only the writer makes it, after COMMIT (and its fsync) has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Committed {
    sequence: u64,
}

impl Committed {
    /// Number of the COMMIT since this store was opened; writes of one group share it.
    pub const fn sequence(self) -> u64 {
        self.sequence
    }
}

/// A write that fits no group because it reads, decides and writes; it has a transaction of its own.
pub(crate) type Job = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c> + Send>;
pub(crate) type JobFuture<'c> = Pin<Box<dyn Future<Output = Result<JobEnd, StoreFault>> + Send + 'c>>;

/// How a job wants its transaction to end.
pub(crate) enum JobEnd {
    Commit,
    /// Commit, then remove files that no row names any more.
    CommitThenUnlink(Vec<PathBuf>),
    /// Roll back: the reason is for a person.
    Refuse(String),
    /// Roll back: what the job is about is not there.
    Absent,
}

/// What a caller hands to the writer.
pub(crate) enum Load {
    /// Shares its transaction with others.
    Shared(Box<Prepared>),
    /// Has a transaction of its own.
    Alone(Job),
}

pub(crate) enum Answer {
    /// To a shared write.
    Step(StepOutcome),
    /// To a job.
    Ended(Ended),
}

type Reply = oneshot::Sender<Result<Answer, StoreFault>>;

pub(crate) struct Waiting {
    pub participant: String,
    pub load: Load,
    pub reply: Reply,
}

pub(crate) enum Command {
    Write(Waiting),
    Close(oneshot::Sender<()>),
}

pub(crate) struct Writer {
    pub options: SqliteConnectOptions,
    pub connection: Option<SqliteConnection>,
    pub sequence: u64,
    pub removals: Arc<Removals>,
    pub steps: Steps,
    /// Held so that the folder stays locked until the last write is done.
    pub lock: File,
}

impl Writer {
    /// Runs until every handle is dropped or one of them closes the store; what is queued by then is still written.
    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut lanes = Lanes::new();
        let mut closing = Vec::new();
        loop {
            if lanes.is_empty() {
                match commands.recv().await {
                    Some(command) => self.accept(&mut lanes, &mut closing, command),
                    None => break,
                }
            }
            while let Ok(command) = commands.try_recv() {
                self.accept(&mut lanes, &mut closing, command);
            }
            if !closing.is_empty() {
                commands.close();
            }
            let group = lanes.take(GROUP, |waiting: &Waiting| match &waiting.load {
                Load::Alone(_) => Company::Alone,
                Load::Shared(write) => Company::Shared(write.bytes()),
            });
            self.serve(group).await;
        }
        self.step_up().await;
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "closing the database failed");
        }
        drop(self.lock);
        for closed in closing {
            // The caller may have gone; the store is closed all the same.
            let _ = closed.send(());
        }
    }

    /// At the orderly end: a copy of this run put back later is to be older than what the folder remembers.
    async fn step_up(&mut self) {
        if self.steps.is_behind() {
            let job: Job = Box::new(|_| Box::pin(async { Ok(JobEnd::Commit) }));
            if let Err(fault) = self.transact_job(job, true).await {
                tracing::warn!(%fault, "the last generation of this run was not written");
            }
        }
        self.steps.settle().await;
    }

    fn accept(&self, lanes: &mut Lanes<Waiting>, closing: &mut Vec<oneshot::Sender<()>>, command: Command) {
        match command {
            Command::Close(closed) => closing.push(closed),
            Command::Write(waiting) => {
                let participant = waiting.participant.clone();
                if let Err(refused) = lanes.push(&participant, waiting, LANE) {
                    answer(
                        refused.reply,
                        Err(StoreFault::Unavailable(
                            "too many writes of this participant are waiting",
                        )),
                    );
                }
            }
        }
    }

    async fn serve(&mut self, group: Vec<Waiting>) {
        let (mut writes, mut replies) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
        for waiting in group {
            // A caller that has gone before its write began gets no write: nobody would act on it.
            if waiting.reply.is_closed() {
                continue;
            }
            match waiting.load {
                Load::Shared(write) => {
                    writes.push(*write);
                    replies.push(waiting.reply);
                }
                Load::Alone(job) => {
                    let result = self.run_job(job).await;
                    answer(waiting.reply, result.map(Answer::Ended));
                }
            }
        }
        if !writes.is_empty() {
            self.serve_shared(writes, replies).await;
        }
    }

    async fn serve_shared(&mut self, writes: Vec<Prepared>, replies: Vec<Reply>) {
        let count = writes.len();
        match self.transact(&writes).await {
            Ok((verdicts, committed)) => {
                for (reply, verdict) in replies.into_iter().zip(verdicts) {
                    answer(reply, verdict.into_answer(committed));
                }
            }
            Err(fault) => {
                // What state the connection is in is not known: the next write opens a new one, and this one's rolls back.
                self.connection = None;
                tracing::error!(error = %fault, writes = count, "a group of writes failed");
                for reply in replies {
                    answer(reply, Err(fault.clone()));
                }
            }
        }
    }

    /// One transaction for all the writes; one verdict per write, in order. Nearly always all of them stand, and then nobody has
    /// paid for a savepoint, which has the database keep every page that a write changes as it was.
    async fn transact(&mut self, writes: &[Prepared]) -> Result<(Vec<Verdict>, Committed), StoreFault> {
        if let Some(done) = self.run_group(writes, &HOPEFUL).await? {
            return Ok(done);
        }
        let careful = self.run_group(writes, &CAREFUL).await?;
        careful.ok_or(StoreFault::Unavailable("a group of writes gave no verdicts"))
    }

    /// None when a write does not stand and there is nothing to roll it back to: then nothing was written.
    async fn run_group(
        &mut self,
        writes: &[Prepared],
        manner: &Manner,
    ) -> Result<Option<(Vec<Verdict>, Committed)>, StoreFault> {
        let due = self.steps.is_due();
        let connection = self.connection().await?;
        let mut before = manner.begin;
        let mut verdicts = BTreeMap::new();
        for places in (manner.runs)(writes) {
            let run: Vec<&Prepared> = places.iter().filter_map(|place| writes.get(*place)).collect();
            let found = step::run(&run, before, connection).await?;
            let stand = found.iter().all(|verdict| matches!(verdict, Verdict::Stands(_)));
            before = match (stand, manner.undo) {
                (true, _) => manner.keep,
                (false, Some(undo)) => undo,
                (false, None) => {
                    sqlx::query("ROLLBACK").execute(connection).await?;
                    return Ok(None);
                }
            };
            verdicts.extend(places.into_iter().zip(found));
        }
        if manner.undo == Some(before) {
            sqlx::query(UNDO).execute(&mut *connection).await?;
        }
        let raised = raise_if(due, &mut *connection).await?;
        sqlx::query("COMMIT")
            .execute(connection)
            .await
            .map_err(|error| StoreFault::Unknown(Source::new(error)))?;
        self.steps.committed(raised);
        Ok(Some((verdicts.into_values().collect(), self.next())))
    }

    async fn run_job(&mut self, job: Job) -> Result<Ended, StoreFault> {
        let due = self.steps.is_due();
        let result = self.transact_job(job, due).await;
        // After anything but a constraint the connection's state is not known: the next write opens a new one.
        if let Err(StoreFault::Database(_) | StoreFault::Unknown(_)) = &result {
            self.connection = None;
        }
        result
    }

    async fn transact_job(&mut self, job: Job, due: bool) -> Result<Ended, StoreFault> {
        let mut transaction = self.connection().await?.begin_with("BEGIN IMMEDIATE").await?;
        let done = async {
            let end = job(&mut transaction).await?;
            Ok((end, raise_if(due, &mut transaction).await?))
        };
        let (end, raised) = match done.await {
            Ok(done) => done,
            Err(fault) => {
                transaction.rollback().await?;
                return Err(fault);
            }
        };
        let end = match end {
            JobEnd::Refuse(reason) => {
                transaction.rollback().await?;
                return Ok(Ended::Refused(reason));
            }
            JobEnd::Absent => {
                transaction.rollback().await?;
                return Ok(Ended::Absent);
            }
            end => end,
        };
        transaction
            .commit()
            .await
            .map_err(|error| StoreFault::Unknown(Source::new(error)))?;
        self.steps.committed(raised);
        if let JobEnd::CommitThenUnlink(paths) = end {
            self.removals.remove(paths);
        }
        Ok(Ended::Committed(self.next()))
    }

    async fn connection(&mut self) -> Result<&mut SqliteConnection, StoreFault> {
        if self.connection.is_none() {
            self.connection = Some(self.options.connect().await?);
        }
        self.connection.as_mut().ok_or(StoreFault::Unavailable("no connection"))
    }

    const fn next(&mut self) -> Committed {
        self.sequence += 1;
        Committed {
            sequence: self.sequence,
        }
    }
}

async fn raise_if(due: bool, connection: &mut SqliteConnection) -> Result<Option<i64>, StoreFault> {
    Ok(if due {
        Some(generation::raise(connection).await?)
    } else {
        None
    })
}

impl Verdict {
    fn into_answer(self, committed: Committed) -> Result<Answer, StoreFault> {
        match self {
            Self::Stands(numbers) => Ok(Answer::Step(StepOutcome::Committed(committed, numbers))),
            Self::Conflict => Ok(Answer::Step(StepOutcome::Conflict)),
            Self::Replayed(row) => Ok(Answer::Step(StepOutcome::Replayed(row))),
            Self::Broken(fault) => Err(fault),
        }
    }
}

fn answer(reply: Reply, result: Result<Answer, StoreFault>) {
    // A caller that no longer waits reads the store again before it decides anything.
    let _ = reply.send(result);
}
