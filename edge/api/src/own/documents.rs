//! Documents: contents stream through, neither way held whole.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, ok};
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
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_documents(&paging.page()?).await)
}

/// `GET /documents/{id}`
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.document(&id).await)
}

/// `PUT /documents/{id}`: the body as it is, of any length.
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
pub async fn describe(
    Editor(desk): Editor,
    Id(id): Id,
    Json(properties): Json<Map<String, Value>>,
) -> Result<Response, Problem> {
    ok(desk.describe_document(&id, &properties).await)
}

/// `GET /documents/{id}/content`
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
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    done(desk.delete_document(&id).await)
}
