//! Many offers in the database of a stopped node. Through the own API each document would be a commit and a file of its own; a
//! million of them would measure the disk for an hour. So one document, one policy and one definition are put through the API, and
//! their rows are repeated here in one statement each.
//!
//! Knows the names of four tables and of the columns that tell rows apart, nothing else. The node must not be running.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};
use std::path::Path;

/// What is repeated: tables, and the columns that get a number each time.
pub type Tables = &'static [(&'static str, &'static [&'static str])];

/// Documents, all of them offered by the one definition.
pub const DOCUMENTS: Tables = &[("assets", &["id"]), ("offers", &["asset_id"])];
/// Documents, each offered by a definition of its own, which rests on a policy of its own.
pub const DEFINITIONS: Tables = &[
    ("assets", &["id"]),
    ("policies", &["id"]),
    ("definitions", &["id", "access_policy", "contract_policy"]),
    ("offers", &["asset_id", "definition_id"]),
];

/// Repeats the one row that the participant `slug` has in each of these tables until there are `count`.
pub fn repeat(data: &Path, slug: &str, tables: Tables, count: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    runtime
        .block_on(fill(&data.join("chapar.db"), slug, tables, count))
        .expect("the rows can be repeated");
}

async fn fill(database: &Path, slug: &str, tables: Tables, count: usize) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let mut transaction = connection.begin().await?;
    for (table, numbered) in tables {
        let columns: Vec<String> = sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({table})")))
            .fetch_all(&mut *transaction)
            .await?
            .iter()
            .map(|row| row.try_get("name"))
            .collect::<Result<_, _>>()?;
        let names = columns.join(", ");
        let values: Vec<String> = columns
            .iter()
            .map(|name| {
                if numbered.contains(&name.as_str()) {
                    format!("printf('%s-%07d', {name}, n.number)")
                } else {
                    name.clone()
                }
            })
            .collect();
        let statement = format!(
            "WITH RECURSIVE n (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < $1)
             INSERT INTO {table} ({names}) SELECT {} FROM n, {table} WHERE participant = $2",
            values.join(", ")
        );
        let more = i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX);
        sqlx::query(AssertSqlSafe(statement))
            .bind(more)
            .bind(slug)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    connection.close().await
}
