//! `/api`: health and version as EDC's default context has them, without a key. They tell nothing of any participant.

use crate::problem::Problem;
use crate::render::answer;
use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chapar_runtime::Runtime;
use serde_json::{Value, json};

/// The routes below `/api`.
pub fn routes() -> Router<Runtime> {
    Router::new()
        .route("/check/health", get(readiness))
        .route("/check/readiness", get(readiness))
        .route("/check/startup", get(readiness))
        .route("/check/liveness", get(liveness))
        .route("/v1/version", get(version))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
}

/// Whether the store answers. Why it does not, if so, is in the log.
async fn readiness(State(runtime): State<Runtime>) -> Response {
    match runtime.ready().await {
        Ok(()) => answer(&health(&[("store", true)])),
        Err(fault) => {
            tracing::warn!(%fault, "the node is not ready");
            (StatusCode::SERVICE_UNAVAILABLE, answer(&health(&[("store", false)]))).into_response()
        }
    }
}

/// Whether the process answers: it does.
async fn liveness() -> Response {
    answer(&health(&[("process", true)]))
}

fn health(components: &[(&str, bool)]) -> Value {
    let results = components.iter().map(|(name, healthy)| {
        let failure = (!healthy).then(|| json!({ "messages": ["it does not answer"] }));
        json!({ "component": name, "isHealthy": healthy, "failure": failure })
    });
    json!({
        "componentResults": results.collect::<Vec<_>>(),
        "isSystemHealthy": components.iter().all(|(_, healthy)| *healthy),
    })
}

/// The versions of EDC's APIs that this node has.
async fn version() -> Response {
    let version = |number: &str, path: &str, maturity: &str, updated: &str| json!({ "version": number, "urlPath": path, "maturity": maturity, "lastUpdated": updated });
    answer(&json!({
        "management": [
            version("3.1.3", "/v3", "stable", "2025-08-01T08:30:00Z"),
            version("4.0.0", "/v4", "stable", "2026-06-01T00:00:00Z"),
            version("5.0.0-beta", "/v5beta", "beta", "2026-06-01T00:00:00Z"),
        ],
        "observability": [version("1.0.0", "/v1", "stable", "2024-05-21T09:12:44Z")],
        "version": [version("1.0.0", "/v1", "stable", "2024-05-21T09:12:44Z")],
    }))
}

async fn unknown(uri: Uri) -> Problem {
    Problem::not_found(format!("there is no route `/api{}`", uri.path()))
}

async fn wrong_method(method: Method) -> Problem {
    Problem::refused(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("this route does not take `{method}`"),
    )
}
