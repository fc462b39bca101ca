//! The catalogue of this node as a whole: the operator's noun.

use super::access::Operator;
use super::input::{done, ok};
use super::refusals;
use super::views::Views;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use chapar_runtime::Runtime;

/// `GET /views`
#[utoipa::path(
    get, path = "/views", tag = "Records", operation_id = "readViews",
    summary = "Read the digest of the catalogue",
    description = "The same on every node that holds the same logs. It reads all of the catalogue.",
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The digest, and how far each log is in the catalogue.", body = Views), refusals::ListParticipants),
)]
pub async fn show(_: Operator, State(runtime): State<Runtime>) -> Result<Response, Problem> {
    ok(runtime.describe_views().await)
}

/// `POST /views/rebuild`
#[utoipa::path(
    post, path = "/views/rebuild", tag = "Records", operation_id = "rebuildViews",
    summary = "Make the catalogue again",
    description = "Throws the catalogue away; it is made again from the logs, which takes its time. Searches find less meanwhile.",
    security(("bearer" = ["operator"])),
    responses((status = 204, description = "It is thrown away, and being made again."), refusals::ListParticipants),
)]
pub async fn rebuild(_: Operator, State(runtime): State<Runtime>) -> Result<Response, Problem> {
    done(runtime.rebuild_views().await)
}
