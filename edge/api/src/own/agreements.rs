//! Agreements in force.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, ok};
use super::refusals;
use super::views::{Agreement, Page, RetiredAgreement};
use crate::problem::Problem;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

/// Why an agreement is to be gone by no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementRetirement)]
pub struct Body {
    /// For people, also the peer's: at most 1024 bytes.
    #[schema(example = "the plant has closed", min_length = 1)]
    reason: String,
}

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

/// `POST /agreements/{id}/retirement`
#[utoipa::path(
    post, path = "/agreements/{id}/retirement", tag = "Agreements", operation_id = "retireAgreement",
    summary = "Go by an agreement no more",
    description = "The agreement stays as it was concluded. No transfer begins under it any more, from either side; those that go on are ended, with the reason told to the peer, and their data stops at once.",
    params(("id" = String, Path, description = "The agreement's id, percent-encoded.")),
    request_body(content = Body),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The agreement, with its retirement.", body = Agreement), refusals::RetireAgreement),
)]
pub async fn retire(Editor(desk): Editor, Id(id): Id, Json(body): Json<Body>) -> Result<Response, Problem> {
    ok(desk.retire_agreement(&id, &body.reason).await)
}

/// `DELETE /agreements/{id}/retirement`
#[utoipa::path(
    delete, path = "/agreements/{id}/retirement", tag = "Agreements", operation_id = "reactivateAgreement",
    summary = "Go by a retired agreement again",
    description = "What was ended stays ended; transfers may begin under the agreement again.",
    params(("id" = String, Path, description = "The agreement's id, percent-encoded.")),
    security(("bearer" = ["editor"])),
    responses((status = 204, description = "The agreement is gone by again."), refusals::Removed),
)]
pub async fn reactivate(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    done(desk.reactivate_agreement(&id).await.map(|_| ()))
}

/// `GET /retirements`
#[utoipa::path(
    get, path = "/retirements", tag = "Agreements", operation_id = "listRetirements",
    summary = "List retired agreements",
    params(Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of retired agreements, by id.", body = Page<RetiredAgreement>), refusals::Listed),
)]
pub async fn retired(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_retirements(&paging.page()?).await)
}
