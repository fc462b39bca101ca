//! `POST /chapar/v1/backups` on the private listener: lets the running node copy itself, since its data folder is locked.
//!
//! For the operator's key alone. What a backup holds is `edge/store`'s matter; the command is `commands/backup`.

use crate::assemble::Node;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chapar_runtime::{KeyRole, Runtime};
use chapar_store::{Backup, Store};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Clone)]
struct Inside {
    runtime: Runtime,
    store: Store,
}

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    /// A folder on the node's machine that does not exist yet, as an absolute path.
    to: PathBuf,
}

/// The route.
pub fn router(node: &Node) -> Router {
    let inside = Inside {
        runtime: node.runtime.clone(),
        store: node.store.clone(),
    };
    Router::new()
        .route("/chapar/v1/backups", post(back_up))
        .with_state(inside)
}

async fn back_up(State(inside): State<Inside>, headers: HeaderMap, Json(order): Json<Order>) -> Response {
    match inside.runtime.caller(key_of(&headers)).await {
        Ok(Some(caller)) if caller.role == KeyRole::Operator => {}
        Ok(Some(_)) => return problem(StatusCode::FORBIDDEN, "forbidden", "a backup takes the operator's key"),
        Ok(None) => return problem(StatusCode::UNAUTHORIZED, "unauthorized", "no such key"),
        Err(fault) => {
            tracing::error!(%fault, "a backup was not begun");
            return problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "the store does not answer",
            );
        }
    }
    if !order.to.is_absolute() {
        return problem(
            StatusCode::BAD_REQUEST,
            "wrong-folder",
            "`to` must be an absolute path on the node's machine",
        );
    }
    match inside.store.backup(&order.to).await {
        Ok(backup) => (StatusCode::CREATED, Json(view(&backup))).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "a backup failed");
            problem(StatusCode::CONFLICT, "backup-failed", &fault.to_string())
        }
    }
}

/// The key in either of the two headers that the own API takes.
fn key_of(headers: &HeaderMap) -> &str {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    text(AUTHORIZATION.as_str())
        .and_then(|value| value.strip_prefix("Bearer "))
        .or_else(|| text("x-api-key"))
        .unwrap_or_default()
}

/// A backup as the API and the command show it.
pub fn view(backup: &Backup) -> Value {
    json!({ "generation": backup.generation, "files": backup.files, "bytes": backup.bytes })
}

fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    let body = json!({ "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "code": code, "detail": detail });
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}
