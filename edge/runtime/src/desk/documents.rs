//! Built-in documents: contents that stream in and out, and the properties that selectors look at.
//!
//! Which definitions offer a document is written with the document itself, so the catalogue never shows a stale answer.

use super::{Desk, Page, invalid, removed, stored, through, time, written};
use crate::Fault;
use chapar_query::Filter;
use chapar_store::{DefinitionRow, DocumentRow, Incoming};
use chapar_terms::{AssetId, canonical_json};
use serde_json::{Map, Value, json};
use tokio::io::AsyncReadExt;
use tokio::sync::MutexGuard;

/// Longest properties of a document, in bytes; they are part of every catalogue page that shows it.
const PROPERTIES_BYTES: usize = 16 * 1024;
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
        let before = desk.runtime.inner.store.document(desk.slug(), self.id.as_str()).await?;
        let now = desk.now_ms();
        let row = DocumentRow {
            participant: desk.slug().to_owned(),
            id: self.id.as_str().to_owned(),
            digest: content.digest.hex(),
            media_type: self.media_type,
            size: i64::try_from(content.size).unwrap_or(i64::MAX),
            properties: before
                .as_ref()
                .map_or_else(|| "{}".to_owned(), |row| row.properties.clone()),
            created_at: before.map_or(now, |row| row.created_at),
            updated_at: now,
        };
        desk.put_document(row).await
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
        let bytes = canonical_json(&Value::Object(properties.clone()));
        if bytes.len() > PROPERTIES_BYTES {
            return Err(invalid(
                "properties-too-long",
                format!("properties take at most {PROPERTIES_BYTES} bytes"),
            ));
        }
        let text = String::from_utf8(bytes).map_err(|error| Fault::Internal(error.to_string()))?;
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move {
            let _turn = desk.index_turn().await;
            let before = desk.document_row(&id).await?;
            desk.put_document(DocumentRow {
                properties: text,
                updated_at: desk.now_ms(),
                ..before
            })
            .await
        })
        .await
    }

    /// One document with the contract definitions that offer it.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn document(&self, id: &str) -> Result<Value, Fault> {
        let row = self.document_row(id).await?;
        let mut view = document_view(&row)?;
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
        page.list(rows, |row| row.id.clone(), document_view)
    }

    /// The content of a document.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn open_document(&self, id: &str) -> Result<Content, Fault> {
        let row = self.document_row(id).await?;
        let file = self.runtime.inner.store.content(self.slug(), &row.digest).await?;
        let size = u64::try_from(row.size).unwrap_or(0);
        Ok(Content {
            media_type: row.media_type,
            size,
            digest: row.digest,
            file,
        })
    }

    /// Removes a document and its offers.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when an agreement is about it.
    pub async fn delete_document(&self, id: &str) -> Result<(), Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move {
            let _turn = desk.index_turn().await;
            removed(desk.runtime.inner.store.delete_document(desk.slug(), &id).await?)?;
            desk.note("delete", "document", &id);
            Ok(())
        })
        .await
    }

    /// Writers of documents and definitions take turns, so that neither decides on rows that the other is replacing.
    pub(super) async fn index_turn(&self) -> Option<MutexGuard<'_, ()>> {
        // No case id holds a control character.
        self.runtime.inner.locks.hold(self.slug(), "\u{1}offers").await
    }

    async fn document_row(&self, id: &str) -> Result<DocumentRow, Fault> {
        self.runtime
            .inner
            .store
            .document(self.slug(), id)
            .await?
            .ok_or(Fault::NotFound)
    }

    async fn put_document(&self, row: DocumentRow) -> Result<Value, Fault> {
        let view = document_view(&row)?;
        let id = row.id.clone();
        let offered_by = self.definitions_that_pick(&row).await?;
        written(self.runtime.inner.store.put_document(row, offered_by).await?)?;
        self.note("put", "document", &id);
        Ok(view)
    }

    async fn definitions_that_pick(&self, row: &DocumentRow) -> Result<Vec<String>, Fault> {
        let properties = Value::Object(properties(row)?);
        let mut picked = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self
                .runtime
                .inner
                .store
                .list_definitions(self.slug(), after.as_deref(), STRIDE)
                .await?;
            for definition in &page {
                if picks(&stored_selector(&definition.selector)?, &row.id, &properties) {
                    picked.push(definition.id.clone());
                }
            }
            match next_after(&page, |definition: &DefinitionRow| &definition.id) {
                Some(last) => after = Some(last),
                None => return Ok(picked),
            }
        }
    }
}

/// Where the next stride begins; none when this one was the last.
pub(super) fn next_after<T>(page: &[T], id: impl Fn(&T) -> &String) -> Option<String> {
    let full = i64::try_from(page.len()).unwrap_or(i64::MAX) >= STRIDE;
    page.last().filter(|_| full).map(|last| id(last).clone())
}

pub(super) fn properties(row: &DocumentRow) -> Result<Map<String, Value>, Fault> {
    match stored(&row.properties)? {
        Value::Object(properties) => Ok(properties),
        _ => Err(Fault::Internal(format!(
            "the properties of document `{}` are no object",
            row.id
        ))),
    }
}

/// Whether a selector means the document.
pub(super) fn picks(selector: &Filter, id: &str, properties: &Value) -> bool {
    selector.holds(&[&json!({ "id": id }), properties])
}

fn stored_selector(text: &str) -> Result<Filter, Fault> {
    Filter::from_json(&stored(text)?).map_err(|malformed| Fault::Internal(format!("a stored selector: {malformed}")))
}

fn document_view(row: &DocumentRow) -> Result<Value, Fault> {
    Ok(json!({
        "id": row.id,
        "digest": row.digest,
        "size": row.size,
        "mediaType": row.media_type,
        "properties": properties(row)?,
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
