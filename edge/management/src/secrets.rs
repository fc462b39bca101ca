//! Secrets: texts under a name that assets and callbacks refer to. Who may read them back is few: the participant's admins.

use crate::access::Admin;
use crate::body::{Id, Json, Wanted};
use crate::node::Node;
use crate::problem::{Detail, Problem};
use crate::render::{Out, done, made, one};
use crate::version::Version;
use crate::{refusals, shapes};
use axum::extract::State;
use axum::response::Response;
use chapar_runtime::{Fault, Runtime};

const NAME: &str = "Secret";

/// A secret to be kept.
pub struct Secret {
    id: Option<String>,
    value: String,
}

impl Wanted for Secret {
    const SCHEMA: &'static str = "secret-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let id = node.id().map(str::to_owned);
        let value = node.needed_text("value")?;
        Some(Self { id, value })
    }
}

/// `POST /secrets`
#[utoipa::path(
    post, path = "/secrets", tag = "Secrets", operation_id = "createSecret",
    summary = "Create a secret",
    request_body(content = shapes::SecretInput),
    security(("apiKey" = ["admin"])),
    responses((status = 200, description = "The secret is kept, sealed.", body = shapes::IdResponse), refusals::Made),
)]
pub async fn create(
    Admin(desk): Admin,
    State(runtime): State<Runtime>,
    version: Version,
    Json(new): Json<Secret>,
) -> Result<Response, Problem> {
    let id = new.id.unwrap_or_else(crate::fresh_id);
    desk.create_secret(&id, &new.value).await.map_err(|fault| match fault {
        Fault::Conflict(_) => Problem::conflict(format!("{NAME} with ID {id} already exists")),
        fault => fault.into(),
    })?;
    made(version, &id, runtime.now().unix_ms())
}

/// `PUT /secrets`
#[utoipa::path(
    put, path = "/secrets", tag = "Secrets", operation_id = "updateSecret",
    summary = "Replace a secret",
    description = "The `@id` in the body says which.",
    request_body(content = shapes::SecretInput),
    security(("apiKey" = ["admin"])),
    responses((status = 204, description = "The secret is replaced."), refusals::Changed),
)]
pub async fn update(Admin(desk): Admin, Json(new): Json<Secret>) -> Result<Response, Problem> {
    let Some(id) = new.id else {
        return Err(Problem::invalid(vec![Detail::at("@id", "mandatory `@id` is missing")]));
    };
    desk.update_secret(&id, &new.value)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// `GET /secrets/{id}`
#[utoipa::path(
    get, path = "/secrets/{id}", tag = "Secrets", operation_id = "readSecret",
    summary = "Read a secret",
    params(("id" = String, Path, description = "The secret's id, percent-encoded.")),
    security(("apiKey" = ["admin"])),
    responses((status = 200, description = "The secret.", body = shapes::Secret), refusals::Read),
)]
pub async fn show(Admin(desk): Admin, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let value = desk.secret(&id).await;
    let value = value.map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    one(version, Out::new(NAME).id(&id).value("value", value))
}

/// `DELETE /secrets/{id}`
#[utoipa::path(
    delete, path = "/secrets/{id}", tag = "Secrets", operation_id = "deleteSecret",
    summary = "Delete a secret",
    params(("id" = String, Path, description = "The secret's id, percent-encoded.")),
    security(("apiKey" = ["admin"])),
    responses((status = 204, description = "The secret is gone."), refusals::Removed),
)]
pub async fn delete(Admin(desk): Admin, Id(id): Id) -> Result<Response, Problem> {
    desk.delete_secret(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}
