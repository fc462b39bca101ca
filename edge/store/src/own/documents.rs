//! Document rows. Their contents are files and arrive first (`files`); a row never names content that is not there.

use super::offers::write_offers;
use crate::files::content_path;
use crate::writer::JobEnd;
use crate::{Deleted, DocumentRow, Put, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::path::PathBuf;

impl Store {
    /// Adds or replaces a document together with the contract definitions that offer it now; a conflict when one of
    /// those is gone. Content that no row names any more is removed.
    ///
    /// # Errors
    /// [`StoreFault::NoContent`]: receive the content again, then put the row again. Otherwise as for
    /// [`Store::commit_step`].
    pub async fn put_document(&self, row: DocumentRow, offered_by: Vec<String>) -> Result<Put, StoreFault> {
        let participant = row.participant.clone();
        let folder = self.folder().to_owned();
        let ended = self
            .job(
                &participant,
                Box::new(move |connection| Box::pin(write_document(connection, folder, row, offered_by))),
            )
            .await;
        match ended {
            Ok(ended) => Ok(ended.put()),
            Err(StoreFault::Constraint(_)) => {
                Ok(Put::Conflict("a contract definition that it names is gone".to_owned()))
            }
            Err(fault) => Err(fault),
        }
    }

    /// One document's row.
    ///
    /// # Errors
    /// Try again later.
    pub async fn document(&self, participant: &str, id: &str) -> Result<Option<DocumentRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM documents WHERE participant = $1 AND id = $2")
            .bind(participant)
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(document_row).transpose()
    }

    /// Documents by id, beginning behind `after`.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_documents(
        &self,
        participant: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DocumentRow>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM documents WHERE participant = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(participant)
            .bind(after.unwrap_or_default())
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(document_row).collect()
    }

    /// Removes a document, its offers and, when no other row names it, its content; refused when we have an agreement
    /// as its provider.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn delete_document(&self, participant: &str, id: &str) -> Result<Deleted, StoreFault> {
        let (folder, own, id) = (self.folder().to_owned(), participant.to_owned(), id.to_owned());
        let ended = self
            .job(
                participant,
                Box::new(move |connection| Box::pin(remove_document(connection, folder, own, id))),
            )
            .await?;
        Ok(ended.deleted())
    }
}

async fn write_document(
    connection: &mut SqliteConnection,
    folder: PathBuf,
    row: DocumentRow,
    offered_by: Vec<String>,
) -> Result<JobEnd, StoreFault> {
    // Content is removed by the writer alone, so what is there now is there when this commits.
    if !tokio::fs::try_exists(content_path(&folder, &row.participant, &row.digest)?)
        .await
        .unwrap_or(false)
    {
        return Err(StoreFault::NoContent(row.digest));
    }
    let before = digest_of(connection, &row.participant, &row.id).await?;
    sqlx::query(
        "INSERT INTO documents (participant, id, digest, media_type, size, properties, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (participant, id) DO UPDATE SET digest = excluded.digest, media_type = excluded.media_type,
             size = excluded.size, properties = excluded.properties, updated_at = excluded.updated_at",
    )
    .bind(&row.participant)
    .bind(&row.id)
    .bind(&row.digest)
    .bind(&row.media_type)
    .bind(row.size)
    .bind(&row.properties)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM offers WHERE participant = $1 AND asset_id = $2")
        .bind(&row.participant)
        .bind(&row.id)
        .execute(&mut *connection)
        .await?;
    let pairs = offered_by
        .iter()
        .map(|definition| (row.id.as_str(), definition.as_str()))
        .collect();
    write_offers(connection, &row.participant, pairs).await?;
    end_without(connection, folder, &row.participant, before).await
}

async fn remove_document(
    connection: &mut SqliteConnection,
    folder: PathBuf,
    own: String,
    id: String,
) -> Result<JobEnd, StoreFault> {
    let user: Option<String> = sqlx::query_scalar(
        "SELECT agreement_id FROM agreements WHERE participant = $1 AND asset_id = $2 AND role = 'provider' LIMIT 1",
    )
    .bind(&own)
    .bind(&id)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(user) = user {
        return Ok(JobEnd::Refuse(format!("agreement `{user}` is about document `{id}`")));
    }
    let Some(digest) = digest_of(connection, &own, &id).await? else {
        return Ok(JobEnd::Absent);
    };
    sqlx::query("DELETE FROM documents WHERE participant = $1 AND id = $2")
        .bind(&own)
        .bind(&id)
        .execute(&mut *connection)
        .await?;
    end_without(connection, folder, &own, Some(digest)).await
}

/// Ends the job; content `before` goes after the commit when no row names it any more.
async fn end_without(
    connection: &mut SqliteConnection,
    folder: PathBuf,
    participant: &str,
    before: Option<String>,
) -> Result<JobEnd, StoreFault> {
    let Some(before) = before else {
        return Ok(JobEnd::Commit);
    };
    let named: Option<String> =
        sqlx::query_scalar("SELECT id FROM documents WHERE participant = $1 AND digest = $2 LIMIT 1")
            .bind(participant)
            .bind(&before)
            .fetch_optional(connection)
            .await?;
    Ok(match named {
        Some(_) => JobEnd::Commit,
        None => JobEnd::CommitThenUnlink(vec![content_path(&folder, participant, &before)?]),
    })
}

async fn digest_of(
    connection: &mut SqliteConnection,
    participant: &str,
    id: &str,
) -> Result<Option<String>, StoreFault> {
    let digest = sqlx::query_scalar("SELECT digest FROM documents WHERE participant = $1 AND id = $2")
        .bind(participant)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    Ok(digest)
}

pub(super) fn document_row(row: &SqliteRow) -> Result<DocumentRow, StoreFault> {
    Ok(DocumentRow {
        participant: row.try_get("participant")?,
        id: row.try_get("id")?,
        digest: row.try_get("digest")?,
        media_type: row.try_get("media_type")?,
        size: row.try_get("size")?,
        properties: row.try_get("properties")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
