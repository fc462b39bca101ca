//! Offers: contract definitions.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, mode, ok};
use super::refusals;
use super::views::{Announced, Decider, Offer, Page, Whole};
use super::words::Operator;
use crate::problem::Problem;
use axum::response::Response;
use chapar_runtime::Fault;
use chapar_runtime::desk::{Criterion, Expect, Filter, NewOffer};
use chapar_terms::{DefinitionId, PolicyId};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A contract definition as it is put. An empty selector picks every document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewOffer)]
pub struct Body {
    /// Id of the policy that says who sees the offer.
    #[schema(example = "members-only")]
    access_policy: String,
    /// Id of the policy that is offered.
    #[schema(example = "members-only")]
    contract_policy: String,
    /// Which documents are offered: those that meet every condition. Without any, all are.
    #[schema(max_items = 32)]
    selector: Vec<CriterionBody>,
    /// Who decides this side's moves in negotiations about it; `auto` when nothing is said.
    #[schema(value_type = Option<Decider>)]
    mode: Option<String>,
}

/// One condition of a selector.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewCriterion, example = json!({ "operandLeft": "kind", "operator": "=", "operandRight": "certificate" }))]
struct CriterionBody {
    /// What is looked at: `id`, or a path into the document's properties, e.g. `kind` or `origin.country`.
    operand_left: String,
    /// How it is compared. `=` and `!=` go by value, `in` and `not in` take an array, `like` and `ilike` a pattern in which `%`
    /// stands for any run of characters and `_` for one. An absent member satisfies `!=` and `not in` alone.
    #[schema(value_type = Operator)]
    operator: String,
    /// What is compared with; for `in` and `not in` an array of at most 1000 items.
    operand_right: Value,
}

/// `GET /offers`
#[utoipa::path(
    get, path = "/offers", tag = "Offers", operation_id = "listOffers",
    summary = "List offers",
    params(Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of contract definitions, by id.", body = Page<Offer>), refusals::Listed),
)]
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_offers(&paging.page()?).await)
}

/// `GET /offers/{id}`
#[utoipa::path(
    get, path = "/offers/{id}", tag = "Offers", operation_id = "readOffer",
    summary = "Read an offer",
    params(("id" = String, Path, description = "The contract definition's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The contract definition.", body = Offer), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.offer(&id).await)
}

/// `PUT /offers/{id}`
#[utoipa::path(
    put, path = "/offers/{id}", tag = "Offers", operation_id = "putOffer",
    summary = "Put an offer",
    description = "Adds or replaces a contract definition and what it offers. Negotiations under way go on with what they began with.",
    params(("id" = String, Path, description = "The contract definition's id, percent-encoded.")),
    request_body(content = Body),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The contract definition.", body = Offer), refusals::PutOffer),
)]
pub async fn put(Editor(desk): Editor, Id(id): Id, Json(body): Json<Body>) -> Result<Response, Problem> {
    let new = NewOffer {
        id: DefinitionId::parse(&id)?,
        access_policy: PolicyId::parse(&body.access_policy)?,
        contract_policy: PolicyId::parse(&body.contract_policy)?,
        selector: selector(body.selector)?,
        mode: mode(body.mode.as_deref())?,
        private_properties: None,
    };
    ok(desk.put_offer(new, Expect::Anything).await)
}

/// What of an offer is announced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAnnouncement)]
pub struct AnnouncementBody {
    /// One dataset; all that it offers, at most 20, when nothing is said.
    #[schema(example = "water-levels")]
    dataset: Option<String>,
}

/// `POST /offers/{id}/announcement`
#[utoipa::path(
    post, path = "/offers/{id}/announcement", tag = "Offers", operation_id = "announceOffer",
    summary = "Announce an offer that is not for everybody",
    description = "Publishes a record of each dataset whose body those alone may have whom the access policy names: `parties` or `members`. Where that cannot be told from the policy, the record is `sealed`, and `whySealed` says why. What is announced again says what is so now. The record is withdrawn by itself, with its body, when the offer goes or is for others.",
    params(("id" = String, Path, description = "The contract definition's id, percent-encoded.")),
    request_body(content = AnnouncementBody),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The records.", body = Whole<Announced>), refusals::AnnounceOffer),
)]
pub async fn announce(
    Editor(desk): Editor,
    Id(id): Id,
    Json(body): Json<AnnouncementBody>,
) -> Result<Response, Problem> {
    ok(desk.announce_offer(&id, body.dataset.as_deref()).await)
}

/// `DELETE /offers/{id}`
#[utoipa::path(
    delete, path = "/offers/{id}", tag = "Offers", operation_id = "deleteOffer",
    summary = "Delete an offer",
    params(("id" = String, Path, description = "The contract definition's id, percent-encoded.")),
    security(("bearer" = ["editor"])),
    responses((status = 204, description = "The contract definition is gone, and what it offered with it. Agreements made from it stay."), refusals::Removed),
)]
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    done(desk.delete_offer(&id).await)
}

fn selector(bodies: Vec<CriterionBody>) -> Result<Filter, Fault> {
    let criterion = |body: CriterionBody| Criterion::parse(&body.operand_left, &body.operator, body.operand_right);
    let criteria = bodies.into_iter().map(criterion).collect::<Result<_, _>>();
    criteria.and_then(Filter::new).map_err(|malformed| Fault::Invalid {
        code: "wrong-selector".to_owned(),
        reason: malformed.why,
    })
}
