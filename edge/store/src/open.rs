//! Opening and closing a store, and the handle that everybody else holds.

use crate::files::Removals;
use crate::generation::{Memory, Steps};
use crate::own::Ended;
use crate::readers::{Reader, Readers};
use crate::seal::{NodeKey, Place, Sealer};
use crate::step::Prepared;
use crate::writer::{Answer, CHANNEL, Command, Job, Load, Waiting, Writer};
use crate::{
    AccessEnd, AccessRow, CallbackRow, Committed, Objects, StepOutcome, StepWrite, StoreFault, files, generation,
    migrate,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// What to do when the database is older than its folder remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rollback {
    /// Do not open.
    #[default]
    Refuse,
    /// Open, and remember the present state as the newest.
    Accept,
}

/// How to open a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key that seals secret columns.
    pub node_key: NodeKey,
    /// What to do with a rolled-back store.
    pub rollback: Rollback,
    /// Connections for reading, at least 1.
    pub readers: u32,
    /// The first commit after this long steps the generation up: what a crash may leave unremembered.
    pub raise_every: Duration,
    /// Where the tiles of logs lie; none: in the folder.
    pub objects: Option<Arc<dyn Objects>>,
}

/// Each step costs two more fsyncs aside, so not with every commit; what a person copies and puts back is mostly older.
const RAISE_EVERY: Duration = Duration::from_secs(5);

impl Options {
    /// The usual options: a rollback is refused, two readers, a step of the generation every five seconds of work.
    pub const fn new(node_key: NodeKey) -> Self {
        Self {
            node_key,
            rollback: Rollback::Refuse,
            readers: 2,
            raise_every: RAISE_EVERY,
            objects: None,
        }
    }
}

/// A handle to an open store; clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Readers,
    commands: mpsc::Sender<Command>,
    sealer: Sealer,
    folder: PathBuf,
    removals: Arc<Removals>,
    memory: Arc<Memory>,
    objects: Option<Arc<dyn Objects>>,
}

const CANARY: Place<'static> = Place {
    table: "node_meta",
    participant: "",
    id: "canary",
};
const OTHER_ANSWER: StoreFault = StoreFault::Unavailable("the writer gave another answer");
const CANARY_TEXT: &[u8] = b"chapar";

impl Store {
    /// Opens the store in `folder`, creating or upgrading it; at most one process at a time. Call it inside a Tokio
    /// runtime: the writer is a task of that runtime.
    ///
    /// # Errors
    /// Any [`StoreFault`]: do not start, show its text, which says what to do.
    pub async fn open(folder: &Path, options: Options) -> Result<Self, StoreFault> {
        let sealer = Sealer::new(&options.node_key)?;
        create_folder(folder)?;
        let lock = lock(folder)?;
        let write_options = connect_options(folder);
        let mut connection = write_options.connect().await?;
        migrate::migrate(&mut connection).await?;
        if !key_fits(&mut connection, &sealer).await? {
            remember_key(&mut connection, &sealer).await?;
        }
        let generation = generation::check_and_raise(&mut connection, folder, options.rollback).await?;
        let memory = Arc::new(Memory::new(folder, generation));
        files::tidy(folder)?;
        let readers = Readers::new(read_options(folder), options.readers);
        let (commands, receiver) = mpsc::channel(CHANNEL);
        let removals = Arc::new(Removals::default());
        let writer = Writer {
            options: write_options,
            connection: Some(connection),
            sequence: 0,
            removals: Arc::clone(&removals),
            steps: Steps::new(Arc::clone(&memory), options.raise_every),
            lock,
        };
        tokio::spawn(writer.run(receiver));
        Ok(Self {
            inner: Arc::new(Inner {
                readers,
                commands,
                sealer,
                folder: folder.to_owned(),
                removals,
                memory,
                objects: options.objects,
            }),
        })
    }

    /// Writes what is queued, then closes; the folder can be opened again afterwards. Later writes through other
    /// clones of the handle are refused.
    pub async fn close(self) {
        let (closed, wait) = oneshot::channel();
        self.inner.readers.close().await;
        if self.inner.commands.send(Command::Close(closed)).await.is_ok() {
            // An error means that the writer has ended already.
            let _ = wait.await;
        }
    }

    /// Writes a step, all or nothing, together with what other callers wait to write.
    ///
    /// # Errors
    /// [`StoreFault::Unknown`]: load again, the step may be durable. Any other: nothing was written.
    pub async fn commit_step(&self, write: StepWrite) -> Result<StepOutcome, StoreFault> {
        let participant = write.case.participant().to_owned();
        let prepared = Prepared::step(&self.inner.sealer, write)?;
        self.share(participant, prepared).await
    }

    /// Notes a failed try of an effect; shares a commit with steps. An effect that is gone is no error.
    ///
    /// # Errors
    /// As for [`Store::commit_step`]; the effect keeps its old times.
    pub async fn reschedule(
        &self,
        participant: &str,
        effect_id: &str,
        attempts: i64,
        not_before: i64,
    ) -> Result<Committed, StoreFault> {
        let prepared = Prepared::reschedule(effect_id, attempts, not_before);
        self.share(participant.to_owned(), prepared).await?.committed()
    }

    /// Writes down an access to the data plane; shares a commit with steps.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn add_access(&self, row: AccessRow) -> Result<Committed, StoreFault> {
        let participant = row.participant.clone();
        self.share(participant, Prepared::access(row)).await?.committed()
    }

    /// Completes an access that was written down; shares a commit with steps. One that never was is no error.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn end_access(&self, participant: &str, id: &str, end: AccessEnd) -> Result<Committed, StoreFault> {
        let prepared = Prepared::access_end(participant, id, end);
        self.share(participant.to_owned(), prepared).await?.committed()
    }

    /// Notes how far a callback address has been told; shares a commit with steps. One whose case is gone is no error.
    ///
    /// # Errors
    /// As for [`Store::commit_step`]; it counts as told no further than before.
    pub async fn note_callback(&self, row: CallbackRow) -> Result<Committed, StoreFault> {
        let participant = row.participant.clone();
        self.share(participant, Prepared::callback(row)).await?.committed()
    }

    /// Runs a job in a transaction of its own.
    pub(crate) async fn job(&self, participant: &str, job: Job) -> Result<Ended, StoreFault> {
        match self.write(participant.to_owned(), Load::Alone(job)).await? {
            Answer::Ended(ended) => Ok(ended),
            Answer::Step(_) => Err(OTHER_ANSWER),
        }
    }

    /// Hands over a write that shares its transaction with others.
    pub(crate) async fn share(&self, participant: String, prepared: Prepared) -> Result<StepOutcome, StoreFault> {
        match self.write(participant, Load::Shared(Box::new(prepared))).await? {
            Answer::Step(outcome) => Ok(outcome),
            Answer::Ended(_) => Err(OTHER_ANSWER),
        }
    }

    async fn write(&self, participant: String, load: Load) -> Result<Answer, StoreFault> {
        let (reply, wait) = oneshot::channel();
        let waiting = Waiting {
            participant,
            load,
            reply,
        };
        self.inner
            .commands
            .send(Command::Write(waiting))
            .await
            .map_err(|_| StoreFault::Unavailable("the store is closed"))?;
        // The writer ends without an answer only with its runtime, and then perhaps in the middle of a commit.
        wait.await
            .unwrap_or_else(|ended| Err(StoreFault::Unknown(crate::fault::Source::new(ended))))
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.inner.readers
    }

    /// A connection for one read.
    pub(crate) async fn reader(&self) -> Result<Reader<'_>, StoreFault> {
        self.inner.readers.lend().await
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.inner.sealer
    }

    pub(crate) fn removals(&self) -> &Removals {
        &self.inner.removals
    }

    pub(crate) fn memory(&self) -> Arc<Memory> {
        Arc::clone(&self.inner.memory)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.inner.folder
    }

    pub(crate) fn objects(&self) -> Option<&Arc<dyn Objects>> {
        self.inner.objects.as_ref()
    }
}

pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join("chapar.db")
}

pub(crate) fn connect_options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database(folder))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if chapar_terms::sabotaged("drop-fsync") {
            SqliteSynchronous::Off
        } else {
            SqliteSynchronous::Full
        })
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // A commit changes about 18 pages, most of them the same as the one before: at the usual 1000 pages the log is written
        // back every 55 commits. 40 MB of log write a hot page back once instead.
        .pragma("wal_autocheckpoint", "10000")
        // Indexes that are written at random places, those of a log that is mirrored, do not fit into the usual 2 MB: their pages were
        // read and written anew all the time. Kibibytes where negative.
        .pragma("cache_size", "-32768")
        // A step has some dozens of shapes, each up to ten statements: room for all that are in use, not for all there could be.
        .statement_cache_capacity(128)
        .disable_statement_logging()
}

/// For readers: no journal mode is set, since that is the writer's to set and would be a write.
pub(crate) fn read_options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database(folder))
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(5))
        .pragma("query_only", "ON")
        .disable_statement_logging()
}

fn create_folder(folder: &Path) -> Result<(), StoreFault> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(StoreFault::file(folder))
}

/// The lock is the kernel's and ends with the process, so a crash leaves none behind.
pub(crate) fn lock(folder: &Path) -> Result<File, StoreFault> {
    let path = folder.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(StoreFault::file(&path))?;
    hold(file, folder)
}

/// Locks the open lock file of `folder`.
pub(crate) fn hold(file: File, folder: &Path) -> Result<File, StoreFault> {
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreFault::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreFault::file(folder)(error)),
    }
}

/// Compares the given node key with the one this store was sealed with; false when none was given yet.
pub(crate) async fn key_fits(connection: &mut SqliteConnection, sealer: &Sealer) -> Result<bool, StoreFault> {
    let stored: Option<String> = sqlx::query_scalar("SELECT value FROM node_meta WHERE name = 'key_id'")
        .fetch_optional(&mut *connection)
        .await?;
    let Some(stored) = stored else { return Ok(false) };
    let canary: String = sqlx::query_scalar("SELECT value FROM node_meta WHERE name = 'canary'")
        .fetch_one(connection)
        .await?;
    let opens = unhex(&canary).is_some_and(|sealed| sealer.open(CANARY, &sealed).is_ok_and(|text| text == CANARY_TEXT));
    if stored == sealer.key_id() && opens {
        return Ok(true);
    }
    Err(StoreFault::WrongKey {
        stored,
        given: sealer.key_id(),
    })
}

async fn remember_key(connection: &mut SqliteConnection, sealer: &Sealer) -> Result<(), StoreFault> {
    sqlx::query("INSERT INTO node_meta (name, value) VALUES ('key_id', $1), ('canary', $2)")
        .bind(sealer.key_id())
        .bind(crate::seal::hex(&sealer.seal(CANARY, CANARY_TEXT)?))
        .execute(connection)
        .await?;
    Ok(())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
