//! The caller's own participant, and its identity.

use super::access::{Admin, Anyone};
use super::input::{answer, ok};
use super::refusals;
use super::views::{Myself, RotatedIdentity};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

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
    responses((status = 200, description = "The participant with its keys.", body = RotatedIdentity), refusals::Rotate),
)]
pub async fn rotate(Admin(desk): Admin) -> Result<Response, Problem> {
    ok(desk.rotate_identity().await)
}
