//! The witness of this node, and the logs that it cosigns: the operator's.

use super::access::{Anyone, Operator};
use super::input::{Id, Json, answer, done, ok};
use super::refusals;
use super::views::{SeenFork, Whole, Witness, WitnessedLog};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_runtime::Runtime;
use serde::Deserialize;
use utoipa::ToSchema;

/// A log as it is put on the list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWitnessedLog)]
pub struct Body {
    /// The keys by which it signs (C2SP signed-note), each named like the log: one, or while it changes keys two.
    vkeys: Vec<String>,
}

/// `GET /witness`
#[utoipa::path(
    get, path = "/witness", tag = "Witness", operation_id = "readWitness",
    summary = "Read the witness's key",
    description = "What others write into their policies. Everybody reads the same at this path of the public listener.",
    security(("bearer" = [])),
    responses((status = 200, description = "The witness.", body = Witness), refusals::Told),
)]
pub async fn show(State(runtime): State<Runtime>, _: Anyone) -> Response {
    answer(StatusCode::OK, &runtime.describe_witness())
}

/// `GET /witness/logs`
#[utoipa::path(
    get, path = "/witness/logs", tag = "Witness", operation_id = "listWitnessedLogs",
    summary = "List the logs that are cosigned",
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The logs, by origin.", body = Whole<WitnessedLog>), refusals::ListWitnessed),
)]
pub async fn list(State(runtime): State<Runtime>, _: Operator) -> Result<Response, Problem> {
    ok(runtime.witnessed_logs().await)
}

/// `PUT /witness/logs/{origin}`
#[utoipa::path(
    put, path = "/witness/logs/{origin}", tag = "Witness", operation_id = "putWitnessedLog",
    summary = "Cosign a log",
    description = "Or give it other keys. What was cosigned of it before still counts. Logs of this node are refused.",
    params(("origin" = String, Path, description = "The origin line of its checkpoints, percent-encoded.")),
    request_body(content = Body),
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The log.", body = WitnessedLog), refusals::PutWitnessed),
)]
pub async fn put(
    State(runtime): State<Runtime>,
    _: Operator,
    Id(origin): Id,
    Json(body): Json<Body>,
) -> Result<Response, Problem> {
    ok(runtime.put_witnessed_log(&origin, &body.vkeys).await)
}

/// `DELETE /witness/logs/{origin}`
#[utoipa::path(
    delete, path = "/witness/logs/{origin}", tag = "Witness", operation_id = "deleteWitnessedLog",
    summary = "Cosign a log no more",
    description = "What was cosigned of it stays, for monitors and for the day when it is put again.",
    params(("origin" = String, Path, description = "The origin line of its checkpoints, percent-encoded.")),
    security(("bearer" = ["operator"])),
    responses((status = 204, description = "It is cosigned no more."), refusals::Removed),
)]
pub async fn delete(State(runtime): State<Runtime>, _: Operator, Id(origin): Id) -> Result<Response, Problem> {
    done(runtime.remove_witnessed_log(&origin).await)
}

/// `GET /witness/forks`
#[utoipa::path(
    get, path = "/witness/forks", tag = "Witness", operation_id = "listForks",
    summary = "List the forks that were shown to the witness",
    description = "Each is a proof by itself: two notes that one log signed and that cannot both be true; of different sizes, with what the newer tree begins with.",
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The forks, newest first.", body = Whole<SeenFork>), refusals::ListWitnessed),
)]
pub async fn forks(State(runtime): State<Runtime>, _: Operator) -> Result<Response, Problem> {
    ok(runtime.forks().await)
}
