//! Policies: ODRL Sets.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, ok};
use super::refusals;
use super::views::{CheckedPolicy, Page, Policy};
use crate::problem::Problem;
use axum::response::Response;
use chapar_runtime::desk::{Expect, PolicySet};
use serde_json::Value;

/// `GET /policies`
#[utoipa::path(
    get, path = "/policies", tag = "Policies", operation_id = "listPolicies",
    summary = "List policies",
    params(Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of policies, by id.", body = Page<Policy>), refusals::Listed),
)]
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_policies(&paging.page()?).await)
}

/// `GET /policies/{id}`
#[utoipa::path(
    get, path = "/policies/{id}", tag = "Policies", operation_id = "readPolicy",
    summary = "Read a policy",
    params(("id" = String, Path, description = "The policy's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The policy, with what this node cannot judge in it.", body = CheckedPolicy), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.policy(&id).await)
}

/// `PUT /policies/{id}`: the body is the Set. Members of ODRL that we do not know are kept: they may be meant for the receiver.
#[utoipa::path(
    put, path = "/policies/{id}", tag = "Policies", operation_id = "putPolicy",
    summary = "Put a policy",
    description = "Adds or replaces a policy. Agreements made under an earlier one keep theirs. A rule that this node cannot judge is kept and told in `findings`, since it may be meant for the receiver; here it denies.",
    params(("id" = String, Path, description = "The policy's id, percent-encoded.")),
    request_body(content = Object, description = "An ODRL Set: `@type` is `Set`, and there is a `permission` or a `prohibition`. `target`, `assigner` and `assignee` have no place in it: the offer and the agreement name them. It takes at most 64 KiB.", example = json!({ "@type": "Set", "permission": [{ "action": "use", "constraint": [{ "leftOperand": "dateTime", "operator": "lt", "rightOperand": "2027-01-01T00:00:00Z" }] }] })),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The policy, with what this node cannot judge in it.", body = CheckedPolicy), refusals::PutPolicy),
)]
pub async fn put(Editor(desk): Editor, Id(id): Id, Json(body): Json<Value>) -> Result<Response, Problem> {
    ok(desk.put_policy(PolicySet::parse(&id, body)?, Expect::Anything).await)
}

/// `DELETE /policies/{id}`
#[utoipa::path(
    delete, path = "/policies/{id}", tag = "Policies", operation_id = "deletePolicy",
    summary = "Delete a policy",
    description = "Refused while a contract definition names it.",
    params(("id" = String, Path, description = "The policy's id, percent-encoded.")),
    security(("bearer" = ["editor"])),
    responses((status = 204, description = "The policy is gone."), refusals::RemovedUnused),
)]
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    done(desk.delete_policy(&id).await)
}
