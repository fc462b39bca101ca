//! Alarms: what was seen of foreign logs that no honest log shows. The operator's noun.

use super::access::Operator;
use super::input::ok;
use super::refusals;
use super::views::{Alarm, Whole};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use chapar_runtime::Runtime;

/// `GET /alarms`
#[utoipa::path(
    get, path = "/alarms", tag = "Mirrors", operation_id = "listAlarms",
    summary = "List alarms about logs",
    description = "What this node saw of foreign logs that no honest log shows, and what others tell in their registers. Of the latter only what \
                   the notes themselves prove counts; an alarm that proves nothing is shown with who told it.",
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The alarms, what was seen last first; 1000 at most.", body = Whole<Alarm>), refusals::ListMirrors),
)]
pub async fn list(_: Operator, State(runtime): State<Runtime>) -> Result<Response, Problem> {
    ok(runtime.list_alarms().await)
}
