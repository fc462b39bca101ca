//! Keys to this API. An admin keeps its participant's; the operator, naming no participant, keeps the node's own.

use super::access::Anyone;
use super::input::{Id, Json, answer, done, ok};
use super::refusals;
use super::views::{Key, MadeKey, Role, Whole};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_runtime::desk::NewKey;
use chapar_runtime::{Desk, KeyRole, Runtime};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// A key as it is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey)]
pub struct Body {
    /// What it may do. A participant's key is `admin`, `editor` or `viewer`, the node's own is `operator`.
    #[schema(value_type = Role)]
    role: String,
    /// What people call it: at most 200 bytes, no control characters.
    #[serde(default)]
    #[schema(example = "nightly export")]
    label: String,
}

/// Whose keys are meant.
enum Holder {
    Participant(Desk),
    Node,
}

fn holder(Anyone(caller, desk): Anyone) -> Result<Holder, Problem> {
    match (caller.role, desk) {
        (KeyRole::Admin | KeyRole::Operator, Some(desk)) => Ok(Holder::Participant(desk)),
        (KeyRole::Operator, None) => Ok(Holder::Node),
        _ => Err(Problem::forbidden(format!(
            "this needs the role `admin`; the key is `{}`",
            caller.role.as_str()
        ))),
    }
}

/// `GET /keys`
#[utoipa::path(
    get, path = "/keys", tag = "Keys", operation_id = "listKeys",
    summary = "List keys",
    description = "Of the participant; to the operator that names none, the node's own.",
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The keys, revoked ones too; never their secrets.", body = Whole<Key>), refusals::Read),
)]
pub async fn list(State(runtime): State<Runtime>, anyone: Anyone) -> Result<Response, Problem> {
    match holder(anyone)? {
        Holder::Participant(desk) => ok(desk.list_keys().await),
        Holder::Node => ok(runtime.list_api_keys(None).await),
    }
}

/// `POST /keys`: the text of the key is shown this once.
#[utoipa::path(
    post, path = "/keys", tag = "Keys", operation_id = "addKey",
    summary = "Make a key",
    description = "For the participant; by the operator that names none, for the node itself.",
    request_body(content = Body),
    security(("bearer" = ["admin"])),
    responses((status = 201, description = "The key. Its text is shown this once.", body = MadeKey), refusals::AddKey),
)]
pub async fn add(State(runtime): State<Runtime>, anyone: Anyone, Json(body): Json<Body>) -> Result<Response, Problem> {
    let holder = holder(anyone)?;
    let role = KeyRole::parse(&body.role)
        .ok_or_else(|| Problem::bad_request("wrong-role", format!("`{}` is no role of a key", body.role)))?;
    let NewKey { id, text } = match holder {
        Holder::Participant(desk) => desk.add_key(role, &body.label).await?,
        Holder::Node => runtime.add_api_key(None, role, &body.label).await?,
    };
    Ok(answer(
        StatusCode::CREATED,
        &json!({ "id": id, "key": text, "role": role.as_str(), "label": body.label }),
    ))
}

/// `DELETE /keys/{id}`
#[utoipa::path(
    delete, path = "/keys/{id}", tag = "Keys", operation_id = "revokeKey",
    summary = "Revoke a key",
    params(("id" = String, Path, description = "The key's id.")),
    security(("bearer" = ["admin"])),
    responses((status = 204, description = "The key is good for nothing any more. Streams that it opened end."), refusals::Removed),
)]
pub async fn revoke(State(runtime): State<Runtime>, anyone: Anyone, Id(id): Id) -> Result<Response, Problem> {
    match holder(anyone)? {
        Holder::Participant(desk) => done(desk.revoke_key(&id).await),
        Holder::Node => done(runtime.revoke_api_key(None, &id).await),
    }
}
