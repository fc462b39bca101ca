//! `GET /health/live` and `/health/ready` on the private listener, without a key: whether the process answers, and whether its
//! store does. They tell nothing of any participant.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chapar_runtime::Runtime;
use http::StatusCode;
use serde_json::json;

/// The routes.
pub fn router(runtime: Runtime) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(runtime)
}

async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}

/// Why it is not ready, if not, is in the log.
async fn ready(State(runtime): State<Runtime>) -> Response {
    match runtime.ready().await {
        Ok(()) => Json(json!({ "status": "ready" })).into_response(),
        Err(fault) => {
            tracing::warn!(%fault, "the node is not ready");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not-ready" }))).into_response()
        }
    }
}
