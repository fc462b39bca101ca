//! The caller's own participant, and its identity.

use super::access::{Admin, Anyone};
use super::input::{answer, ok};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

/// `GET /self`: whom the key stands for, and with which role. The operator's key stands for nobody by itself.
pub async fn show(Anyone(caller, desk): Anyone) -> Response {
    let mut view = desk.map_or_else(|| json!({}), |desk| desk.describe());
    if let Value::Object(members) = &mut view {
        members.insert("role".to_owned(), json!(caller.role.as_str()));
    }
    answer(StatusCode::OK, &view)
}

/// `POST /identity/rotate`: a fresh signing key.
pub async fn rotate(Admin(desk): Admin) -> Result<Response, Problem> {
    ok(desk.rotate_identity().await)
}
