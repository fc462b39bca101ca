//! A look at a store that changes nothing: no migration, no step of the generation, no tidying, no lock file made.
//!
//! For a person who asks what a start would meet. Refuses to hand out rows: whoever wants those opens the store. After a crash
//! SQLite may make its index of the log (`chapar.db-shm`) anew, which holds no data and which it makes anew whenever it likes.

use crate::open::{database, hold, key_fits};
use crate::seal::{NodeKey, Sealer};
use crate::{Store, StoreFault, generation, migrate};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// What a look has found: the store would open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The schema is that of this release.
    Current {
        /// How many participants there are.
        participants: i64,
    },
    /// The schema is older: the next opening brings it up.
    Older {
        /// How many migrations that takes.
        migrations: usize,
    },
}

impl Store {
    /// Looks at the store in `folder`, which holds a database.
    ///
    /// # Errors
    /// The fault that [`Store::open`] would answer with; show its text, which says what to do.
    pub async fn look(folder: &Path, node_key: &NodeKey) -> Result<Look, StoreFault> {
        let sealer = Sealer::new(node_key)?;
        let lock = match File::open(folder.join("lock")) {
            Ok(file) => Some(hold(file, folder)?),
            Err(_) => None,
        };
        let mut connection = options(folder).connect().await?;
        let found = look(&mut connection, folder, &sealer).await;
        connection.close().await?;
        drop(lock);
        found
    }
}

async fn look(connection: &mut SqliteConnection, folder: &Path, sealer: &Sealer) -> Result<Look, StoreFault> {
    let applied = if migrate::is_begun(connection).await? {
        migrate::applied(connection).await?
    } else {
        0
    };
    if applied > 0 {
        key_fits(connection, sealer).await?;
        generation::check(connection, folder).await?;
    }
    match migrate::to_come(applied) {
        0 => Ok(Look::Current {
            participants: sqlx::query_scalar("SELECT COUNT(*) FROM participants")
                .fetch_one(connection)
                .await?,
        }),
        migrations => Ok(Look::Older { migrations }),
    }
}

/// A database that was closed in an orderly way has no log beside it and is read as it lies there. One with a log needs the log.
fn options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database(folder))
        .read_only(true)
        .immutable(!folder.join("chapar.db-wal").exists())
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging()
}
