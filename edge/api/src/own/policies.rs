//! Policies: ODRL Sets.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, ok};
use crate::problem::Problem;
use axum::response::Response;
use chapar_runtime::desk::{Expect, PolicySet};
use serde_json::Value;

/// `GET /policies`
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_policies(&paging.page()?).await)
}

/// `GET /policies/{id}`
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.policy(&id).await)
}

/// `PUT /policies/{id}`: the body is the Set. Members of ODRL that we do not know are kept: they may be meant for the receiver.
pub async fn put(Editor(desk): Editor, Id(id): Id, Json(body): Json<Value>) -> Result<Response, Problem> {
    ok(desk.put_policy(PolicySet::parse(&id, body)?, Expect::Anything).await)
}

/// `DELETE /policies/{id}`
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    done(desk.delete_policy(&id).await)
}
