//! Federations: which this node follows, who their members are by now, and what a member says to a change.
//!
//! Pinning is the operator's: it says whose word counts here. Speaking in a federation is the administrator's of the member.

use super::access::{Admin, Anyone, Operator};
use super::input::{Id, Json, answer, done, ok};
use super::refusals;
use super::views::{Federation, FederationProposal, Whole};
use crate::problem::Problem;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chapar_runtime::{NewProposal, Runtime};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A change as it is proposed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewFederationProposal)]
pub struct Body {
    /// `admit`, `leave`, `expel` or `change`.
    #[schema(example = "expel")]
    action: String,
    /// Participant id of the member that is to be put out; who leaves need not say it.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    participant: Option<String>,
    /// The entry of a member that is admitted, or that takes the place of its entry before: `participant`, `name`, `state`, `vkey`,
    /// `address`.
    member: Option<Map<String, Value>>,
    /// The witnesses that take the place of those before (C2SP tlog-policy).
    witnesses: Option<String>,
}

/// What a member says to a proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FederationAnswer)]
pub struct AnswerBody {
    /// `consent` or `decline`.
    #[schema(example = "consent")]
    answer: String,
}

/// `GET /federations`
#[utoipa::path(
    get, path = "/federations", tag = "Federations", operation_id = "listFederations",
    summary = "List federations",
    security(("bearer" = [])),
    responses((status = 200, description = "Every federation that this node follows, by id.", body = Whole<Federation>), refusals::ListFederations),
)]
pub async fn list(State(runtime): State<Runtime>, _: Anyone) -> Result<Response, Problem> {
    let items = runtime.list_federations().await?;
    Ok(answer(StatusCode::OK, &json!({ "items": items })))
}

/// `POST /federations`
#[utoipa::path(
    post, path = "/federations", tag = "Federations", operation_id = "joinFederation",
    summary = "Follow a federation",
    description = "The body is its genesis, had by a way that is trusted: it says whose records decide on the members. Their logs are mirrored from now on.",
    request_body(content = Map<String, Value>, example = json!({ "v": 1, "name": { "en": "Federation of registers (sample)" }, "members": [], "createdAt": "2026-11-26T09:00:00.000Z" })),
    security(("bearer" = ["operator"])),
    responses((status = 201, description = "The federation.", body = Federation), refusals::JoinFederation),
)]
pub async fn join(
    _: Operator,
    State(runtime): State<Runtime>,
    Json(genesis): Json<Map<String, Value>>,
) -> Result<Response, Problem> {
    let joined = runtime.join_federation(&Value::Object(genesis)).await?;
    Ok(answer(StatusCode::CREATED, &joined))
}

/// `GET /federations/{id}`
#[utoipa::path(
    get, path = "/federations/{id}", tag = "Federations", operation_id = "readFederation",
    summary = "Read a federation",
    description = "As this node folded it from the records of the members: members of states of the Shanghai Cooperation Organisation in the order of the Russian alphabet, the others by name.",
    params(("id" = String, Path, description = "Its id, percent-encoded.")),
    security(("bearer" = [])),
    responses((status = 200, description = "The federation.", body = Federation), refusals::ReadFederation),
)]
pub async fn show(State(runtime): State<Runtime>, _: Anyone, Id(id): Id) -> Result<Response, Problem> {
    ok(runtime.show_federation(&id).await)
}

/// `DELETE /federations/{id}`
#[utoipa::path(
    delete, path = "/federations/{id}", tag = "Federations", operation_id = "forgetFederation",
    summary = "Follow a federation no more",
    description = "Nobody is its member for the policies of this node from now on. Mirrors stay.",
    params(("id" = String, Path, description = "Its id, percent-encoded.")),
    security(("bearer" = ["operator"])),
    responses((status = 204, description = "It is followed no more."), refusals::Removed),
)]
pub async fn forget(_: Operator, State(runtime): State<Runtime>, Id(id): Id) -> Result<Response, Problem> {
    done(runtime.forget_federation(&id).await)
}

/// `POST /federations/{id}/proposals`
#[utoipa::path(
    post, path = "/federations/{id}/proposals", tag = "Federations", operation_id = "proposeInFederation",
    summary = "Propose a change of a federation",
    description = "It is the member's own yes, published as a record in its register. In force when all members have said yes; for an expulsion, all but the one concerned. Who leaves is out at once.",
    params(("id" = String, Path, description = "The federation's id, percent-encoded.")),
    request_body(content = Body),
    security(("bearer" = ["admin"])),
    responses((status = 201, description = "The proposal.", body = FederationProposal), refusals::Propose),
)]
pub async fn propose(Admin(desk): Admin, Id(id): Id, Json(body): Json<Body>) -> Result<Response, Problem> {
    let new = NewProposal {
        action: body.action,
        participant: body.participant,
        member: body.member.map(Value::Object),
        witnesses: body.witnesses,
    };
    let proposed = desk.propose(&id, new).await?;
    Ok(answer(StatusCode::CREATED, &proposed))
}

/// `POST /federations/{id}/proposals/{hash}`
#[utoipa::path(
    post, path = "/federations/{id}/proposals/{hash}", tag = "Federations", operation_id = "answerProposal",
    summary = "Say yes or no to a proposal",
    description = "Once and for good, published as a record. A yes binds until the proposal is in force or somebody declines it; a no makes that it never comes about.",
    params(
        ("id" = String, Path, description = "The federation's id, percent-encoded."),
        ("hash" = String, Path, description = "SHA-256 of the proposal, hexadecimal."),
    ),
    request_body(content = AnswerBody),
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The proposal.", body = FederationProposal), refusals::AnswerProposal),
)]
pub async fn reply(
    Admin(desk): Admin,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
    Json(body): Json<AnswerBody>,
) -> Result<Response, Problem> {
    let Path((id, hash)) = path.map_err(|_| Problem::not_found())?;
    ok(desk.answer_proposal(&id, &hash, &body.answer).await)
}
