//! Asset rows, and the documents among them: those with content. Contents are files and arrive first (`files`); a row never
//! names content that is not there. How assets are found by their properties is `find`.

use super::offers::{count_offers, write_offers};
use crate::batch::{cut, list, values};
use crate::files::content_path;
use crate::rows::IndexKey;
use crate::seal::Place;
use crate::writer::JobEnd;
use crate::{AssetRow, ContentRow, Deleted, Put, Store, StoreFault};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use std::path::PathBuf;

/// What is written of an asset, its data address sealed.
struct Writing {
    row: AssetRow,
    sealed_data_address: Option<Vec<u8>>,
    keys: Vec<IndexKey>,
    offered_by: Vec<String>,
}

impl Store {
    /// Adds or replaces an asset together with what it is found by and the contract definitions that offer it now; a
    /// conflict when one of those is gone. Content that no row names any more is removed.
    ///
    /// # Errors
    /// [`StoreFault::NoContent`]: receive the content again, then put the row again. Otherwise as for
    /// [`Store::commit_step`].
    pub async fn put_asset(
        &self,
        row: AssetRow,
        keys: Vec<IndexKey>,
        offered_by: Vec<String>,
    ) -> Result<Put, StoreFault> {
        let participant = row.participant.clone();
        let folder = self.folder().to_owned();
        let address = row.data_address.as_deref().map(str::as_bytes);
        let writing = Writing {
            sealed_data_address: address
                .map(|address| self.sealer().seal(place(&participant, &row.id), address))
                .transpose()?,
            row,
            keys,
            offered_by,
        };
        let ended = self
            .job(
                &participant,
                Box::new(move |connection| Box::pin(write_asset(connection, folder, writing))),
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

    /// One asset's row.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`] when its data address was altered. Otherwise try again later.
    pub async fn asset(&self, participant: &str, id: &str) -> Result<Option<AssetRow>, StoreFault> {
        let found = sqlx::query("SELECT * FROM assets WHERE participant = $1 AND id = $2")
            .bind(participant)
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        found.as_ref().map(|row| self.asset_row(row)).transpose()
    }

    /// The assets of these ids that are there, by id.
    ///
    /// # Errors
    /// As for [`Store::asset`].
    pub async fn assets(&self, participant: &str, ids: &[&str]) -> Result<Vec<AssetRow>, StoreFault> {
        let mut assets = Vec::with_capacity(ids.len());
        for run in cut(ids) {
            let mut sql = "SELECT * FROM assets WHERE participant = $1 AND id IN (".to_owned();
            list(&mut sql, 2, run.len());
            sql.push(')');
            let query = sqlx::query(AssertSqlSafe(sql)).bind(participant);
            let query = run.iter().fold(query, |query, id| query.bind(*id));
            for row in query.fetch_all(&mut *self.reader().await?).await? {
                assets.push(self.asset_row(&row)?);
            }
        }
        assets.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(assets)
    }

    /// Documents by id, beginning behind `after`.
    ///
    /// # Errors
    /// As for [`Store::asset`].
    pub async fn list_documents(
        &self,
        participant: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<AssetRow>, StoreFault> {
        let rows = sqlx::query(DOCUMENTS)
            .bind(participant)
            .bind(after.unwrap_or_default())
            .bind(limit)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(|row| self.asset_row(row)).collect()
    }

    /// Removes an asset, its offers and, when no other row names it, its content; refused when we have an agreement about
    /// it as its provider, or a case of kind `kind` in one of `states`.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn delete_asset(
        &self,
        participant: &str,
        id: &str,
        kind: &'static str,
        states: &[&'static str],
    ) -> Result<Deleted, StoreFault> {
        let (folder, own, id) = (self.folder().to_owned(), participant.to_owned(), id.to_owned());
        let states = states.to_vec();
        let ended = self
            .job(
                participant,
                Box::new(move |connection| {
                    Box::pin(async move {
                        if let Some(user) = user_of(connection, &own, &id, kind, &states).await? {
                            return Ok(JobEnd::Refuse(user));
                        }
                        remove_asset(connection, folder, own, id).await
                    })
                }),
            )
            .await?;
        Ok(ended.deleted())
    }

    pub(super) fn asset_row(&self, row: &SqliteRow) -> Result<AssetRow, StoreFault> {
        let (participant, id): (String, String) = (row.try_get("participant")?, row.try_get("id")?);
        let sealed: Option<Vec<u8>> = row.try_get("sealed_data_address")?;
        let open = |sealed: Vec<u8>| self.sealer().open_text(place(&participant, &id), &sealed);
        Ok(AssetRow {
            content: content_row(row)?,
            properties: row.try_get("properties")?,
            private_properties: row.try_get("private_properties")?,
            data_address: sealed.map(open).transpose()?,
            in_reach: in_reach(row)?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            participant,
            id,
        })
    }
}

const DOCUMENTS: &str = "SELECT * FROM assets WHERE participant = $1 AND id > $2 AND digest IS NOT NULL
    ORDER BY id LIMIT $3";

const fn place<'a>(participant: &'a str, id: &'a str) -> Place<'a> {
    Place {
        table: "assets",
        participant,
        id,
    }
}

fn content_row(row: &SqliteRow) -> Result<Option<ContentRow>, StoreFault> {
    let digest: Option<String> = row.try_get("digest")?;
    let Some(digest) = digest else { return Ok(None) };
    Ok(Some(ContentRow {
        digest,
        media_type: row.try_get("media_type")?,
        size: row.try_get("size")?,
    }))
}

pub(super) fn in_reach(row: &SqliteRow) -> Result<bool, StoreFault> {
    let stored: i64 = row.try_get("in_reach")?;
    Ok(stored != 0)
}

async fn write_asset(
    connection: &mut SqliteConnection,
    folder: PathBuf,
    writing: Writing,
) -> Result<JobEnd, StoreFault> {
    let row = &writing.row;
    if let Some(content) = &row.content {
        // Content is removed by the writer alone, so what is there now is there when this commits.
        let path = content_path(&folder, &row.participant, &content.digest)?;
        if !tokio::fs::try_exists(path).await.unwrap_or(false) {
            return Err(StoreFault::NoContent(content.digest.clone()));
        }
    }
    let before = digest_of(connection, &row.participant, &row.id).await?.flatten();
    write_row(connection, row, writing.sealed_data_address).await?;
    write_keys(connection, &row.participant, (row.created_at, &row.id), &writing.keys).await?;
    sqlx::query("DELETE FROM offers WHERE participant = $1 AND asset_id = $2")
        .bind(&row.participant)
        .bind(&row.id)
        .execute(&mut *connection)
        .await?;
    let pairs = writing
        .offered_by
        .iter()
        .map(|definition| (row.id.as_str(), definition.as_str()))
        .collect();
    write_offers(&mut *connection, &row.participant, pairs).await?;
    count_offers(&mut *connection, &row.participant).await?;
    end_without(connection, folder, &row.participant, before).await
}

async fn write_row(
    connection: &mut SqliteConnection,
    row: &AssetRow,
    sealed_data_address: Option<Vec<u8>>,
) -> Result<(), StoreFault> {
    let content = row.content.as_ref();
    sqlx::query(
        "INSERT INTO assets (participant, id, digest, media_type, size, properties, private_properties,
             sealed_data_address, in_reach, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (participant, id) DO UPDATE SET digest = excluded.digest, media_type = excluded.media_type,
             size = excluded.size, properties = excluded.properties, private_properties = excluded.private_properties,
             sealed_data_address = excluded.sealed_data_address, in_reach = excluded.in_reach,
             updated_at = excluded.updated_at",
    )
    .bind(&row.participant)
    .bind(&row.id)
    .bind(content.map(|content| &content.digest))
    .bind(content.map(|content| &content.media_type))
    .bind(content.map(|content| content.size))
    .bind(&row.properties)
    .bind(&row.private_properties)
    .bind(sealed_data_address)
    .bind(i64::from(row.in_reach))
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces what an asset is found by. The same key twice is one.
pub(super) async fn write_keys(
    connection: &mut SqliteConnection,
    participant: &str,
    (created_at, id): (i64, &str),
    keys: &[IndexKey],
) -> Result<(), StoreFault> {
    sqlx::query("DELETE FROM asset_index WHERE participant = $1 AND asset_id = $2")
        .bind(participant)
        .bind(id)
        .execute(&mut *connection)
        .await?;
    for run in cut(keys) {
        let sql = format!(
            "INSERT INTO asset_index (participant, name, value, created_at, asset_id) VALUES {} ON CONFLICT DO NOTHING",
            values(run.len(), 5)
        );
        let query = run.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, key| {
            query
                .bind(participant)
                .bind(&key.name)
                .bind(&key.value)
                .bind(created_at)
                .bind(id)
        });
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Who needs the asset, for a person.
async fn user_of(
    connection: &mut SqliteConnection,
    own: &str,
    id: &str,
    kind: &str,
    states: &[&str],
) -> Result<Option<String>, StoreFault> {
    let agreement: Option<String> = sqlx::query_scalar(
        "SELECT agreement_id FROM agreements WHERE participant = $1 AND asset_id = $2 AND role = 'provider' LIMIT 1",
    )
    .bind(own)
    .bind(id)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(agreement) = agreement {
        return Ok(Some(format!("agreement `{agreement}` is about asset `{id}`")));
    }
    let mut sql = "SELECT id FROM cases WHERE participant = $1 AND kind = $2 AND asset_id = $3 AND role = 'provider'
        AND state IN ("
        .to_owned();
    list(&mut sql, 4, states.len());
    sql.push_str(") LIMIT 1");
    let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(own).bind(kind).bind(id);
    let query = states.iter().fold(query, |query, state| query.bind(*state));
    let case: Option<String> = query.fetch_optional(connection).await?;
    Ok(case.map(|case| format!("{kind} `{case}` about asset `{id}` is not over")))
}

async fn remove_asset(
    connection: &mut SqliteConnection,
    folder: PathBuf,
    own: String,
    id: String,
) -> Result<JobEnd, StoreFault> {
    let Some(digest) = digest_of(connection, &own, &id).await? else {
        return Ok(JobEnd::Absent);
    };
    sqlx::query("DELETE FROM assets WHERE participant = $1 AND id = $2")
        .bind(&own)
        .bind(&id)
        .execute(&mut *connection)
        .await?;
    count_offers(&mut *connection, &own).await?;
    end_without(connection, folder, &own, digest).await
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
        sqlx::query_scalar("SELECT id FROM assets WHERE participant = $1 AND digest = $2 LIMIT 1")
            .bind(participant)
            .bind(&before)
            .fetch_optional(connection)
            .await?;
    Ok(match named {
        Some(_) => JobEnd::Commit,
        None => JobEnd::CommitThenUnlink(vec![content_path(&folder, participant, &before)?]),
    })
}

/// Of an asset that is there, the digest of its content if it has any.
async fn digest_of(
    connection: &mut SqliteConnection,
    participant: &str,
    id: &str,
) -> Result<Option<Option<String>>, StoreFault> {
    let digest = sqlx::query_scalar("SELECT digest FROM assets WHERE participant = $1 AND id = $2")
        .bind(participant)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    Ok(digest)
}

/// The statements of lists, for the test of their query plans.
#[cfg(test)]
pub(crate) mod plans {
    pub(crate) fn statements() -> Vec<String> {
        vec![super::DOCUMENTS.to_owned()]
    }
}
