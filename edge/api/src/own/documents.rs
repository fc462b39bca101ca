//! Documents: contents stream through, neither way held whole.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, ok};
use super::refusals;
use super::views::{self, Document, Page};
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chapar_runtime::desk::Content;
use futures_util::stream::{StreamExt, unfold};
use serde_json::{Map, Value};

/// Media type of a content that comes without one.
const UNNAMED: &str = "application/octet-stream";

/// `GET /documents`
#[utoipa::path(
    get, path = "/documents", tag = "Documents", operation_id = "listDocuments",
    summary = "List documents",
    params(Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of documents, by id.", body = Page<Document>), refusals::Listed),
)]
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_documents(&paging.page()?).await)
}

/// `GET /documents/{id}`
#[utoipa::path(
    get, path = "/documents/{id}", tag = "Documents", operation_id = "readDocument",
    summary = "Read a document",
    params(("id" = String, Path, description = "The document's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The document, with the contract definitions that offer it now.", body = Document), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.document(&id).await)
}

/// `PUT /documents/{id}`: the body as it is, of any length.
#[utoipa::path(
    put, path = "/documents/{id}", tag = "Documents", operation_id = "putDocument",
    summary = "Put the content of a document",
    description = "Adds a document or replaces its content. The body streams to the disk and is not held in memory; one that breaks off changes nothing.",
    params(("id" = String, Path, description = "The document's id, percent-encoded.")),
    request_body(content = views::Content, content_type = "*/*", description = "The content as it is, of any length. Its `Content-Type` is kept; without one it is `application/octet-stream`."),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The content is kept. Properties of an earlier content stay.", body = Document), refusals::PutDocument),
)]
pub async fn receive(Editor(desk): Editor, Id(id): Id, request: Request) -> Result<Response, Problem> {
    let media_type = match request.headers().get(header::CONTENT_TYPE) {
        None => UNNAMED,
        Some(value) => value
            .to_str()
            .map_err(|_| Problem::bad_request("wrong-media-type", "the `Content-Type` is no text"))?,
    };
    let mut upload = desk.receive_document(&id, media_type).await?;
    let mut body = request.into_body().into_data_stream();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("body-incomplete", "the body ended early"))?;
        upload.write(&chunk).await?;
    }
    ok(upload.finish().await)
}

/// `PUT /documents/{id}/properties`
#[utoipa::path(
    put, path = "/documents/{id}/properties", tag = "Documents", operation_id = "describeDocument",
    summary = "Replace the properties of a document",
    description = "What offers the document is worked out anew with it.",
    params(("id" = String, Path, description = "The document's id, percent-encoded.")),
    request_body(content = Object, description = "Any JSON object of at most 16 KiB. Selectors look at its members, catalogues show them.", example = json!({ "title": "Certificate 17", "kind": "certificate" })),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The document with its new properties.", body = Document), refusals::DescribeDocument),
)]
pub async fn describe(
    Editor(desk): Editor,
    Id(id): Id,
    Json(properties): Json<Map<String, Value>>,
) -> Result<Response, Problem> {
    ok(desk.describe_document(&id, &properties).await)
}

/// `GET /documents/{id}/content`
#[utoipa::path(
    get, path = "/documents/{id}/content", tag = "Documents", operation_id = "readContent",
    summary = "Read the content of a document",
    params(("id" = String, Path, description = "The document's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The content, streamed, under the media type that it was put with.", body = views::Content, content_type = "*/*", headers(("ETag" = String, description = "SHA-256 of the content, hexadecimal, in quotation marks."))), refusals::Read),
)]
pub async fn content(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    let content = desk.open_document(&id).await?;
    let headers = [
        (header::CONTENT_TYPE, content.media_type.clone()),
        (header::CONTENT_LENGTH, content.size.to_string()),
        (header::ETAG, format!("\"{}\"", content.digest)),
        // The content is somebody's; a browser must not take it for a page of ours.
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
    ];
    Ok((headers, streamed(content)).into_response())
}

fn streamed(content: Content) -> Body {
    Body::from_stream(unfold(Some(content), |content| async move {
        let mut content = content?;
        match content.read().await {
            Ok(chunk) if chunk.is_empty() => None,
            Ok(chunk) => Some((Ok(Bytes::from(chunk)), Some(content))),
            Err(error) => Some((Err(error), None)),
        }
    }))
}

/// `DELETE /documents/{id}`
#[utoipa::path(
    delete, path = "/documents/{id}", tag = "Documents", operation_id = "deleteDocument",
    summary = "Delete a document",
    description = "Refused while an agreement or an open negotiation is about it.",
    params(("id" = String, Path, description = "The document's id, percent-encoded.")),
    security(("bearer" = ["editor"])),
    responses((status = 204, description = "The document is gone, and its offers with it."), refusals::RemovedUnused),
)]
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    done(desk.delete_document(&id).await)
}
