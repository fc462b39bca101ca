//! Agreements in force.

use super::access::Reader;
use super::input::{Id, Paging, Params, ok};
use super::refusals;
use super::views::{Agreement, Page};
use crate::problem::Problem;
use axum::response::Response;

/// `GET /agreements`
#[utoipa::path(
    get, path = "/agreements", tag = "Agreements", operation_id = "listAgreements",
    summary = "List agreements",
    params(Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of agreements, by id.", body = Page<Agreement>), refusals::Listed),
)]
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_agreements(&paging.page()?).await)
}

/// `GET /agreements/{id}`
#[utoipa::path(
    get, path = "/agreements/{id}", tag = "Agreements", operation_id = "readAgreement",
    summary = "Read an agreement",
    params(("id" = String, Path, description = "The agreement's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The agreement.", body = Agreement), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.agreement(&id).await)
}
