//! The caller's own participant, and its identity.

use super::access::{Admin, Anyone, Reader};
use super::input::{Json, answer, ok};
use super::refusals;
use super::views::{Identity, Myself};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// `GET /self`: whom the key stands for, and with which role. The operator's key stands for nobody by itself.
#[utoipa::path(
    get, path = "/self", tag = "Identity", operation_id = "readSelf",
    summary = "Whom the key stands for",
    description = "The operator's key stands for nobody by itself.",
    security(("bearer" = [])),
    responses((status = 200, description = "The participant, and what the key may do.", body = Myself), refusals::Told),
)]
pub async fn show(Anyone(caller, desk): Anyone) -> Response {
    let mut view = desk.map_or_else(|| json!({}), |desk| desk.describe());
    if let Value::Object(members) = &mut view {
        members.insert("role".to_owned(), json!(caller.role.as_str()));
    }
    answer(StatusCode::OK, &view)
}

/// `POST /identity/rotate`: a fresh signing key.
#[utoipa::path(
    post, path = "/identity/rotate", tag = "Identity", operation_id = "rotateIdentity",
    summary = "Replace the signing key",
    description = "The old key stays in the DID document and verifies what it signed. A development identity has no keys.",
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The participant with its keys.", body = Identity), refusals::Rotate),
)]
pub async fn rotate(Admin(desk): Admin) -> Result<Response, Problem> {
    ok(desk.rotate_identity().await)
}

/// `GET /identity`
#[utoipa::path(
    get, path = "/identity", tag = "Identity", operation_id = "readIdentity",
    summary = "Read the signing keys",
    description = "Never their private halves. A development identity has none.",
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The participant with its keys.", body = Identity), refusals::ReadIdentity),
)]
pub async fn identity(Reader(desk): Reader) -> Response {
    answer(StatusCode::OK, &desk.identity())
}

/// A signing key that others have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LostKey)]
pub struct LostBody {
    /// Its DID URL, or what stands after the `#` of it.
    #[schema(example = "did:web:node.example.org:uz-plant#key-4a1d7c2e")]
    key: String,
}

/// `POST /identity/revoke`: a signing key that others have, or may.
#[utoipa::path(
    post, path = "/identity/revoke", tag = "Identity", operation_id = "revokeSigningKey",
    summary = "Give up a signing key that others have",
    description = "It signs nothing any more, leaves the DID document, and the register says since which entry its records count no more: what stands before stays good, by its place in the log. Where the key signed until now, a fresh one does. Saying it twice changes nothing.",
    request_body(content = LostBody),
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The participant with its keys.", body = Identity), refusals::RevokeSigningKey),
)]
pub async fn revoke(Admin(desk): Admin, Json(body): Json<LostBody>) -> Result<Response, Problem> {
    ok(desk.give_up_signing_key(&body.key).await)
}
