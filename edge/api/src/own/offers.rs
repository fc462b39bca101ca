//! Offers: contract definitions.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, mode, ok};
use crate::problem::Problem;
use axum::response::Response;
use chapar_runtime::Fault;
use chapar_runtime::desk::{Criterion, Expect, Filter, NewOffer};
use chapar_terms::{DefinitionId, PolicyId};
use serde::Deserialize;
use serde_json::Value;

/// A contract definition as it is put. An empty selector picks every document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    access_policy: String,
    contract_policy: String,
    selector: Vec<CriterionBody>,
    mode: Option<String>,
}

/// One condition of a selector.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CriterionBody {
    operand_left: String,
    operator: String,
    operand_right: Value,
}

/// `GET /offers`
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_offers(&paging.page()?).await)
}

/// `GET /offers/{id}`
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.offer(&id).await)
}

/// `PUT /offers/{id}`
pub async fn put(Editor(desk): Editor, Id(id): Id, Json(body): Json<Body>) -> Result<Response, Problem> {
    let new = NewOffer {
        id: DefinitionId::parse(&id)?,
        access_policy: PolicyId::parse(&body.access_policy)?,
        contract_policy: PolicyId::parse(&body.contract_policy)?,
        selector: selector(body.selector)?,
        mode: mode(body.mode.as_deref())?,
    };
    ok(desk.put_offer(new, Expect::Anything).await)
}

/// `DELETE /offers/{id}`
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
