//! Many offers in the database of a stopped node. Through the own API each document would be a commit and a file of its own; a
//! million of them would measure the disk for an hour. So one document and one offer are put through the API, and their rows are
//! repeated here in one statement each.
//!
//! Knows the names of two tables and of the columns that tell rows apart, nothing else. The node must not be running.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};
use std::path::Path;

/// Repeats the document `seed` of the participant `slug`, and what offers it, until there are `count` of each.
pub fn repeat(data: &Path, slug: &str, seed: &str, count: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    runtime
        .block_on(fill(&data.join("chapar.db"), slug, seed, count))
        .expect("the rows can be repeated");
}

async fn fill(database: &Path, slug: &str, seed: &str, count: usize) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let mut transaction = connection.begin().await?;
    for (table, key) in [("documents", "id"), ("offers", "asset_id")] {
        let columns: Vec<String> = sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({table})")))
            .fetch_all(&mut *transaction)
            .await?
            .iter()
            .map(|row| row.try_get("name"))
            .collect::<Result<_, _>>()?;
        let names = columns.join(", ");
        let values: Vec<&str> = columns
            .iter()
            .map(|name| {
                if name == key {
                    "printf('%s-%07d', $3, n.number)"
                } else {
                    name
                }
            })
            .collect();
        let statement = format!(
            "WITH RECURSIVE n (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < $1)
             INSERT INTO {table} ({names}) SELECT {} FROM n, {table} WHERE participant = $2 AND {key} = $3",
            values.join(", ")
        );
        let more = i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX);
        sqlx::query(AssertSqlSafe(statement))
            .bind(more)
            .bind(slug)
            .bind(seed)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    connection.close().await
}
