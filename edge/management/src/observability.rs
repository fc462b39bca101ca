//! `/api`: health and version as EDC's default context has them, without a key. They tell nothing of any participant.

use crate::problem::Problem;
use crate::render::answer;
use crate::{refusals, shapes};
use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chapar_runtime::Runtime;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes below `/api`.
pub fn routes() -> Router<Runtime> {
    Router::from(described())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
}

/// The same, with what they say of themselves.
pub fn described() -> OpenApiRouter<Runtime> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(readiness))
        .routes(routes!(startup))
        .routes(routes!(liveness))
        .routes(routes!(version))
}

/// Makes a handler of each of the questions that have one answer here.
macro_rules! whether_ready {
    ($($name:ident, $path:literal, $id:literal;)+) => {$(
        #[utoipa::path(
            get, path = $path, tag = "Health and version", operation_id = $id,
            summary = "Whether the node works",
            responses(
                (status = 200, description = "It does.", body = shapes::HealthStatus),
                (status = 503, description = "It does not.", body = shapes::HealthStatus),
            ),
        )]
        async fn $name(State(runtime): State<Runtime>) -> Response {
            ready(&runtime).await
        }
    )+};
}

whether_ready! {
    health, "/check/health", "readHealth";
    readiness, "/check/readiness", "readReadiness";
    startup, "/check/startup", "readStartup";
}

/// Whether the store answers. Why it does not, if so, is in the log.
async fn ready(runtime: &Runtime) -> Response {
    match runtime.ready().await {
        Ok(()) => answer(&status(&[("store", true)])),
        Err(fault) => {
            tracing::warn!(%fault, "the node is not ready");
            (StatusCode::SERVICE_UNAVAILABLE, answer(&status(&[("store", false)]))).into_response()
        }
    }
}

/// Whether the process answers: it does.
#[utoipa::path(
    get, path = "/check/liveness", tag = "Health and version", operation_id = "readLiveness",
    summary = "Whether the process answers",
    responses((status = 200, description = "It does.", body = shapes::HealthStatus), refusals::Free),
)]
async fn liveness() -> Response {
    answer(&status(&[("process", true)]))
}

fn status(components: &[(&str, bool)]) -> Value {
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
#[utoipa::path(
    get, path = "/v1/version", tag = "Health and version", operation_id = "readVersions",
    summary = "Which versions of EDC's interfaces there are",
    responses((status = 200, description = "The versions.", body = shapes::ApiVersions), refusals::Free),
)]
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
