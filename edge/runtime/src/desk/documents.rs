//! Built-in documents: assets whose contents lie here and stream in and out.

use super::assets::{properties_text, stored_object};
use super::{Desk, Page, invalid, through, time};
use crate::Fault;
use chapar_store::{AssetRow, ContentRow, Incoming};
use chapar_terms::AssetId;
use serde_json::{Map, Value, json};
use tokio::io::AsyncReadExt;

/// Longest media type, in bytes.
const MEDIA_TYPE_BYTES: usize = 255;
/// Rows read at a time when all of a kind are looked at.
pub(super) const STRIDE: i64 = 500;
/// Bytes of a content read at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// A content on its way in. Dropped before [`Upload::finish`], it leaves nothing behind.
pub struct Upload {
    desk: Desk,
    id: AssetId,
    media_type: String,
    incoming: Incoming,
}

/// A content on its way out.
pub struct Content {
    /// Its media type.
    pub media_type: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    file: tokio::fs::File,
}

impl Upload {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// The disk failed or is full; drop this and answer "try again later".
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        Ok(self.incoming.write(bytes).await?)
    }

    /// Makes the content durable and the document known, with what offers it. Properties of an earlier content stay.
    ///
    /// # Errors
    /// [`Fault::Conflict`] when the content was removed meanwhile: send it again.
    pub async fn finish(self) -> Result<Value, Fault> {
        through(self.put()).await
    }

    async fn put(self) -> Result<Value, Fault> {
        let content = self.incoming.finish().await?;
        let desk = self.desk;
        let _turn = desk.index_turn().await;
        let before = desk.runtime.inner.store.asset(desk.slug(), self.id.as_str()).await?;
        let now = desk.now_ms();
        let row = before.unwrap_or_else(|| AssetRow {
            participant: desk.slug().to_owned(),
            id: self.id.as_str().to_owned(),
            content: None,
            properties: "{}".to_owned(),
            private_properties: "{}".to_owned(),
            data_address: None,
            in_reach: true,
            created_at: now,
            updated_at: now,
        });
        let content = ContentRow {
            digest: content.digest.hex(),
            media_type: self.media_type,
            size: i64::try_from(content.size).unwrap_or(i64::MAX),
        };
        let row = AssetRow { updated_at: now, ..row };
        desk.put_document(row, content).await
    }
}

impl Content {
    /// The next bytes; empty at the end.
    ///
    /// # Errors
    /// The disk failed; cut the answer off.
    pub async fn read(&mut self) -> std::io::Result<Vec<u8>> {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        (&mut self.file)
            .take(CHUNK_BYTES as u64)
            .read_to_end(&mut chunk)
            .await?;
        Ok(chunk)
    }
}

impl Desk {
    /// Begins to receive the content of the document `id`, new or not.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when id or media type is none.
    pub async fn receive_document(&self, id: &str, media_type: &str) -> Result<Upload, Fault> {
        let id = AssetId::parse(id)?;
        if media_type.len() > MEDIA_TYPE_BYTES || !is_media_type(media_type) {
            return Err(invalid("wrong-media-type", format!("`{media_type}` is no media type")));
        }
        let incoming = self.runtime.inner.store.receive(self.slug()).await?;
        Ok(Upload {
            desk: self.clone(),
            id,
            media_type: media_type.to_owned(),
            incoming,
        })
    }

    /// Replaces the properties of a document, a JSON object, and what offers it.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] when the properties are too long.
    pub async fn describe_document(&self, id: &str, properties: &Map<String, Value>) -> Result<Value, Fault> {
        let text = properties_text(properties)?;
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move {
            let _turn = desk.index_turn().await;
            let (before, content) = desk.document_row(&id).await?;
            let row = AssetRow {
                properties: text,
                updated_at: desk.now_ms(),
                ..before
            };
            desk.put_document(row, content).await
        })
        .await
    }

    /// One document with the contract definitions that offer it.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn document(&self, id: &str) -> Result<Value, Fault> {
        let (row, content) = self.document_row(id).await?;
        let mut view = document_view(&row, &content)?;
        let offered_by = self.runtime.inner.store.definitions_of_asset(self.slug(), id).await?;
        if let Some(members) = view.as_object_mut() {
            members.insert("offeredBy".to_owned(), json!(offered_by));
        }
        Ok(view)
    }

    /// Documents by id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_documents(&self, page: &Page) -> Result<Value, Fault> {
        let rows = self
            .runtime
            .inner
            .store
            .list_documents(self.slug(), page.after(), page.reach())
            .await?;
        let view = |row: &AssetRow| {
            let content = row.content.as_ref().ok_or(Fault::NotFound)?;
            document_view(row, content)
        };
        page.list(rows, |row| row.id.clone(), view)
    }

    /// The content of a document.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn open_document(&self, id: &str) -> Result<Content, Fault> {
        let (_, content) = self.document_row(id).await?;
        let file = self.runtime.inner.store.content(self.slug(), &content.digest).await?;
        Ok(Content {
            media_type: content.media_type,
            size: u64::try_from(content.size).unwrap_or(0),
            digest: content.digest,
            file,
        })
    }

    /// Removes a document and its offers.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when an agreement or an open negotiation is about it.
    pub async fn delete_document(&self, id: &str) -> Result<(), Fault> {
        self.document_row(id).await?;
        self.delete_asset(id).await
    }

    async fn document_row(&self, id: &str) -> Result<(AssetRow, ContentRow), Fault> {
        let mut row = self.asset_row(id).await?;
        let content = row.content.take().ok_or(Fault::NotFound)?;
        Ok((row, content))
    }

    async fn put_document(&self, row: AssetRow, content: ContentRow) -> Result<Value, Fault> {
        let view = document_view(&row, &content)?;
        self.write_asset(AssetRow {
            content: Some(content),
            in_reach: true,
            ..row
        })
        .await?;
        Ok(view)
    }
}

/// Where the next stride begins; none when this one was the last.
pub(super) fn next_after<T>(page: &[T], id: impl Fn(&T) -> &String) -> Option<String> {
    let full = i64::try_from(page.len()).unwrap_or(i64::MAX) >= STRIDE;
    page.last().filter(|_| full).map(|last| id(last).clone())
}

fn document_view(row: &AssetRow, content: &ContentRow) -> Result<Value, Fault> {
    Ok(json!({
        "id": row.id,
        "digest": content.digest,
        "size": content.size,
        "mediaType": content.media_type,
        "properties": stored_object(&row.properties)?,
        "createdAt": time(row.created_at),
        "updatedAt": time(row.updated_at),
    }))
}

/// `type/subtype` with visible characters; parameters are not looked at.
fn is_media_type(text: &str) -> bool {
    let (kind, rest) = text.split_once('/').unwrap_or_default();
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    let subtype = rest.split(';').next().unwrap_or_default().trim_end();
    token(kind) && token(subtype) && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        for good in [
            "text/plain",
            "application/xml; charset=utf-8",
            "application/vnd.a+json",
            "text/plain ;a=b",
        ] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in [
            "",
            "text",
            "/plain",
            "text/",
            "te xt/plain",
            "text/plain\r\nx: y",
            "text/плоский",
        ] {
            assert!(!is_media_type(bad), "{bad}");
        }
    }
}
