//! Agreements in force.

use super::access::Reader;
use super::input::{Id, Paging, Params, ok};
use crate::problem::Problem;
use axum::response::Response;

/// `GET /agreements`
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_agreements(&paging.page()?).await)
}

/// `GET /agreements/{id}`
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.agreement(&id).await)
}
