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
    Migration {
        number: 3,
        name: "accesses",
        sql: include_str!("../migrations/0003_accesses.sql"),
    },
    Migration {
        number: 4,
        name: "assets",
        sql: include_str!("../migrations/0004_assets.sql"),
    },
    Migration {
        number: 5,
        name: "follow_ups",
        sql: include_str!("../migrations/0005_follow_ups.sql"),
    },
    Migration {
        number: 6,
        name: "waiting",
        sql: include_str!("../migrations/0006_waiting.sql"),
    },
    Migration {
        number: 7,
        name: "agreements",
        sql: include_str!("../migrations/0007_agreements.sql"),
    },
    Migration {
        number: 8,
        name: "retirements",
        sql: include_str!("../migrations/0008_retirements.sql"),
    },
    Migration {
        number: 9,
        name: "logs",
        sql: include_str!("../migrations/0009_logs.sql"),
    },
    Migration {
        number: 10,
        name: "catalog",
        sql: include_str!("../migrations/0010_catalog.sql"),
    },
    Migration {
        number: 11,
        name: "catalog_search",
        sql: include_str!("../migrations/0011_catalog_search.sql"),
    },
    Migration {
        number: 12,
        name: "fold_states",
        sql: include_str!("../migrations/0012_fold_states.sql"),
    },
    Migration {
        number: 13,
        name: "mirrors",
        sql: include_str!("../migrations/0013_mirrors.sql"),
    },
    Migration {
        number: 14,
        name: "witness",
        sql: include_str!("../migrations/0014_witness.sql"),
    },
    Migration {
        number: 15,
        name: "timestamps",
        sql: include_str!("../migrations/0015_timestamps.sql"),
    },
    Migration {
        number: 16,
        name: "alarms",
        sql: include_str!("../migrations/0016_alarms.sql"),
    },
    Migration {
        number: 17,
        name: "federations",
        sql: include_str!("../migrations/0017_federations.sql"),
    },
    Migration {
        number: 18,
        name: "openings",
        sql: include_str!("../migrations/0018_openings.sql"),
    },
    Migration {
        number: 19,
        name: "closed bodies",
        sql: include_str!("../migrations/0019_closed_bodies.sql"),
    },
    Migration {
        number: 20,
        name: "lost_keys",
        sql: include_str!("../migrations/0020_lost_keys.sql"),
    },
    Migration {
        number: 21,
        name: "lost_signing_keys",
        sql: include_str!("../migrations/0021_lost_signing_keys.sql"),
    },
    Migration {
        number: 22,
        name: "successors",
        sql: include_str!("../migrations/0022_successors.sql"),
    },
    Migration {
        number: 23,
        name: "log_holders",
        sql: include_str!("../migrations/0023_log_holders.sql"),
    },
    Migration {
        number: 24,
        name: "views",
        sql: include_str!("../migrations/0024_views.sql"),
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
/// As for [`applied`]: do not start.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    connection.execute(TABLE).await?;
    let applied = applied(connection).await?;
    for migration in MIGRATIONS.iter().skip(applied) {
        apply(connection, migration).await?;
    }
    Ok(())
}

/// How many migrations of this release are still to come after `applied` ones.
pub(crate) const fn to_come(applied: usize) -> usize {
    MIGRATIONS.len().saturating_sub(applied)
}

/// Whether the table of migrations is there at all.
pub(crate) async fn is_begun(connection: &mut SqliteConnection) -> Result<bool, StoreFault> {
    let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_migrations'")
        .fetch_one(connection)
        .await?;
    Ok(found > 0)
}

/// How many migrations were applied, each compared with ours.
///
/// # Errors
/// [`StoreFault::Schema`] when the database was made by a newer release or a migration was altered.
pub(crate) async fn applied(connection: &mut SqliteConnection) -> Result<usize, StoreFault> {
    let applied = sqlx::query("SELECT number, checksum FROM schema_migrations ORDER BY number")
        .fetch_all(connection)
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
    Ok(applied.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Two branches may each add one of the same number; merged, no store would open.
    #[test]
    fn numbers_count_up_from_one() {
        let numbers: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.number).collect();
        let count = i64::try_from(MIGRATIONS.len()).unwrap();
        assert!(numbers.iter().copied().eq(1..=count), "{numbers:?}");
    }
}
