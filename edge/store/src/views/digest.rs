//! The digest of the catalogue: the same on every node that holds the same logs.
//!
//! It covers every row as an array of canonical JSON, one a line, table by table in the order of their keys. Numbers that a node gives for
//! itself, and when something came to it, have no part in it.

use crate::{Store, StoreFault};
use aws_lc_rs::digest::{Context, SHA256};
use chapar_terms::{Digest, canonical_json};
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

/// A table, its key, and its columns: those with text, then those with numbers.
type Table = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const TABLES: [Table; 6] = [
    (
        "catalog_records",
        "record_id, version",
        &[
            "record_id",
            "origin",
            "leaf_hash",
            "kind",
            "issuer",
            "visibility",
            "languages",
            "title",
            "description",
            "withdrawn_code",
            "replaced_by",
        ],
        &[
            "version",
            "position",
            "issued",
            "valid_from",
            "valid_until",
            "withdrawn_by",
            "opened_by",
            "opened_at",
            "purged",
        ],
    ),
    (
        "catalog_parts",
        "record_id, version",
        &["record_id", "about", "title_words", "words", "facets"],
        &["version"],
    ),
    (
        "catalog_links",
        "record_id, version, rel, target",
        &["record_id", "rel", "target"],
        &["version"],
    ),
    (
        "catalog_openings",
        "origin, position",
        &["origin", "record_id", "title", "description"],
        &["position", "version", "opened_at"],
    ),
    (
        "catalog_replaced",
        "record_id, origin, position",
        &["record_id", "replaced_by", "origin"],
        &["position"],
    ),
    (
        "federation_acts",
        "origin, position",
        &["origin", "federation", "previous", "record_id", "answer", "proposal"],
        &["position"],
    ),
];

impl Store {
    /// The SHA-256 of the sorted canonical export of all rows. It reads all of them.
    ///
    /// # Errors
    /// Try again later.
    pub async fn views_digest(&self) -> Result<Digest, StoreFault> {
        let mut context = Context::new(&SHA256);
        let mut reader = self.reader().await?;
        for table in TABLES {
            let (name, key, texts, numbers) = table;
            let columns = [texts, numbers].concat().join(", ");
            let sql = format!("SELECT {columns} FROM {name} ORDER BY {key}");
            let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *reader);
            while let Some(row) = rows.try_next().await? {
                context.update(&line(&row, table)?);
            }
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        Ok(Digest::from_bytes(bytes))
    }
}

fn line(row: &SqliteRow, (name, _, texts, numbers): Table) -> Result<Vec<u8>, StoreFault> {
    let mut values = vec![name.into()];
    for column in texts {
        values.push(row.try_get::<Option<&str>, _>(*column)?.into());
    }
    for column in numbers {
        values.push(row.try_get::<Option<i64>, _>(*column)?.into());
    }
    let mut line = canonical_json(&serde_json::Value::Array(values));
    line.push(b'\n');
    Ok(line)
}
