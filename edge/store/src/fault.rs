//! What can go wrong in the store. All of it is ours (a *Fault*), never the peer's; no fault carries row contents.

use crate::ObjectFault;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A fault of the store.
#[derive(Clone, Debug)]
pub enum StoreFault {
    /// COMMIT returned an error: the writes may be durable or not. Read again before deciding.
    Unknown(Source),
    /// The writer is closed or overloaded; nothing was written. Try again later.
    Unavailable(&'static str),
    /// A row other than the case breaks a constraint (e.g. a taken evidence or agreement id); nothing was written.
    /// Trying the same again fails the same way.
    Constraint(Source),
    /// The database answered with an error; nothing was written. Try again later, and look at the disk.
    Database(Source),
    /// A file could not be read or written.
    File(PathBuf, Source),
    /// The object storage did not do what it was asked. Try again later.
    Objects(ObjectFault),
    /// A sealed column does not open: it was altered, or moved from another row.
    Sealed {
        /// The table.
        table: &'static str,
        /// Participant and id of the row.
        row: String,
    },
    /// A stored value is not what the schema promises.
    Broken(String),
    /// The node key given at open is not the one this store was sealed with.
    WrongKey {
        /// Id of the key that the store was sealed with.
        stored: String,
        /// Id of the key that was given.
        given: String,
    },
    /// The database is older than the last one that was open in this folder.
    RolledBack {
        /// Generation that the database holds.
        database: i64,
        /// Generation that the file beside it holds; none when the file is missing.
        file: Option<i64>,
    },
    /// Another process (or another handle) has this folder open.
    InUse(PathBuf),
    /// The database was made by a newer release, or one of its migrations has been altered.
    Schema(String),
    /// A backup is incomplete or altered, or the place to restore to is not empty.
    Backup(String),
    /// The content was not received, or was removed again, before its row was put: send it again.
    NoContent(String),
    /// The random source or a cipher failed.
    Cipher,
}

/// The error underneath, shared by all callers of a failed group.
#[derive(Clone, Debug)]
pub struct Source(Arc<dyn Error + Send + Sync>);

impl Source {
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<sqlx::Error> for StoreFault {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind::{CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation};
        let constraint = error.as_database_error().is_some_and(|inner| {
            matches!(
                inner.kind(),
                UniqueViolation | ForeignKeyViolation | NotNullViolation | CheckViolation
            )
        });
        let source = Source::new(error);
        if constraint {
            Self::Constraint(source)
        } else {
            Self::Database(source)
        }
    }
}

impl StoreFault {
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File(path, Source::new(error))
    }
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(source) => write!(f, "the outcome of a commit is unknown, read again: {source}"),
            Self::Unavailable(why) => write!(f, "the store takes no writes now: {why}"),
            Self::Constraint(source) => write!(f, "a row breaks a constraint: {source}"),
            Self::Database(source) => write!(f, "the database failed: {source}"),
            Self::File(path, source) => write!(f, "file `{}`: {source}", path.display()),
            Self::Objects(fault) => fault.fmt(f),
            Self::Sealed { table, row } => write!(f, "sealed column of `{table}` row `{row}` does not open"),
            Self::Broken(what) => write!(f, "stored value is broken: {what}"),
            Self::WrongKey { stored, given } => write!(
                f,
                "the store is sealed with node key `{stored}` but key `{given}` was given: start with the key file or \
                 environment variable that this folder was created with; without that key its contents cannot be read"
            ),
            Self::RolledBack { database, file } => write_rolled_back(f, *database, *file),
            Self::InUse(path) => write!(
                f,
                "folder `{}` is open in another process: stop that one first",
                path.display()
            ),
            Self::Schema(why) => write!(f, "the database schema does not fit this release: {why}"),
            Self::Backup(why) => write!(f, "backup: {why}"),
            Self::NoContent(digest) => write!(f, "content `{digest}` is not in the store: send it again"),
            Self::Cipher => f.write_str("the random source or a cipher failed"),
        }
    }
}

fn write_rolled_back(f: &mut fmt::Formatter<'_>, database: i64, file: Option<i64>) -> fmt::Result {
    match file {
        Some(file) => write!(
            f,
            "the database is at generation {database} but this folder has seen generation {file}"
        )?,
        None => write!(
            f,
            "the database is at generation {database} but the file `generation` beside it is missing"
        )?,
    }
    f.write_str(
        ": an older copy was put in its place, so acknowledged messages may be gone and peers may be ahead; put the \
         newest database back, or accept the loss by starting once with the rollback accepted",
    )
}

impl Error for StoreFault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unknown(source) | Self::Constraint(source) | Self::Database(source) | Self::File(_, source) => {
                Some(source.0.as_ref())
            }
            Self::Objects(fault) => Some(fault),
            _ => None,
        }
    }
}
