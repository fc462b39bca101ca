//! Migrations: numbered SQL texts inside the binary, applied in order, each in one transaction with its own checksum.
//!
//! A migration that has been released is never edited: the checksum kept in the database would no longer fit.

use crate::StoreFault;
use chapar_terms::Digest;
use sqlx::{Connection, Executor, Row, SqliteConnection};

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "first",
        sql: include_str!("../migrations/0001_first.sql"),
    },
    Migration {
        number: 2,
        name: "open_cases",
        sql: include_str!("../migrations/0002_open_cases.sql"),
    },
];

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
)";

/// Brings the schema up to this release.
///
/// # Errors
/// [`StoreFault::Schema`] when the database was made by a newer release or a migration was altered: do not start.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    connection.execute(TABLE).await?;
    let applied = sqlx::query("SELECT number, checksum FROM schema_migrations ORDER BY number")
        .fetch_all(&mut *connection)
        .await?;
    if applied.len() > MIGRATIONS.len() {
        return Err(StoreFault::Schema(format!(
            "it is at migration {} and this release knows {}: start the newer release",
            applied.len(),
            MIGRATIONS.len()
        )));
    }
    for (row, migration) in applied.iter().zip(MIGRATIONS) {
        let (number, checksum): (i64, String) = (row.try_get("number")?, row.try_get("checksum")?);
        if number != migration.number || checksum != Digest::of(migration.sql.as_bytes()).hex() {
            return Err(StoreFault::Schema(format!(
                "migration {number} is not the one this release knows"
            )));
        }
    }
    for migration in MIGRATIONS.iter().skip(applied.len()) {
        apply(connection, migration).await?;
    }
    Ok(())
}

async fn apply(connection: &mut SqliteConnection, migration: &Migration) -> Result<(), StoreFault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    transaction.execute(sqlx::raw_sql(migration.sql)).await?;
    sqlx::query("INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)")
        .bind(migration.number)
        .bind(migration.name)
        .bind(Digest::of(migration.sql.as_bytes()).hex())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}
