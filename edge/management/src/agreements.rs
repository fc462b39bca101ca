//! Contract agreements: what was concluded, and in which negotiation.
//!
//! `@id` and `agreementId` are one here: the identifier that both sides know.

use crate::access::Reader;
use crate::body::{Id, OptionalJson};
use crate::problem::Problem;
use crate::query::Query;
use crate::render::{Out, many, millis, one};
use crate::version::{ODRL, Version};
use crate::{negotiations, odrl};
use crate::{refusals, shapes};
use axum::response::Response;
use serde_json::{Map, Value, json};

const NAME: &str = "ContractAgreement";
/// What can be asked of an agreement in a query.
const FIELDS: [&str; 8] = [
    "id",
    "agreementId",
    "assetId",
    "providerId",
    "consumerId",
    "contractSigningDate",
    "policy",
    "negotiationId",
];

/// `POST /contractagreements/request`
#[utoipa::path(
    post, path = "/contractagreements/request", tag = "Contract agreements", operation_id = "queryContractAgreements",
    summary = "Query agreements",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The agreements that are meant.", body = Vec<shapes::ContractAgreement>), refusals::Queried),
)]
pub async fn query(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    query.only_fields(NAME, &FIELDS)?;
    let read = |page| {
        let desk = desk.clone();
        async move { desk.list_agreements(&page).await }
    };
    let found = query.run(read, agreement).await?;
    let found = found.iter().map(|found| render(found, version));
    many(version, &query, found.collect::<Result<_, _>>()?)
}

/// `GET /contractagreements/{id}`
#[utoipa::path(
    get, path = "/contractagreements/{id}", tag = "Contract agreements", operation_id = "readContractAgreement",
    summary = "Read an agreement",
    params(("id" = String, Path, description = "The agreement's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The agreement.", body = shapes::ContractAgreement), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let view = desk.agreement(&id).await;
    one(
        version,
        rendered(&view.map_err(|fault| Problem::from(fault).about(NAME, &id))?, version)?,
    )
}

/// `GET /contractagreements/{id}/negotiation`
#[utoipa::path(
    get, path = "/contractagreements/{id}/negotiation", tag = "Contract agreements", operation_id = "readNegotiationOfAgreement",
    summary = "Read the negotiation of an agreement",
    params(("id" = String, Path, description = "The agreement's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The negotiation.", body = shapes::ContractNegotiation), refusals::Read),
)]
pub async fn negotiation(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let view = desk.agreement(&id).await;
    let view = view.map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    let negotiation = view.get("negotiation").and_then(Value::as_str).unwrap_or_default();
    let found = negotiations::find(&desk, negotiation).await?;
    one(version, negotiations::rendered(&found, version))
}

/// An agreement of the desk as it is answered.
pub fn rendered(view: &Value, version: Version) -> Result<Value, Problem> {
    render(&agreement(view)?, version)
}

/// An agreement of the desk with the names of EDC.
fn agreement(view: &Value) -> Result<Value, Problem> {
    let terms = view.get("agreement");
    let term = |name: &str| terms.and_then(|terms| terms.get(name)).cloned().unwrap_or_default();
    Ok(json!({
        "id": view.get("id"),
        "agreementId": view.get("id"),
        "assetId": view.get("dataset"),
        "providerId": term("assigner"),
        "consumerId": term("assignee"),
        // Alone among EDC's times it is in seconds.
        "contractSigningDate": millis(view.get("signedAt"))?.div_euclid(1000),
        "negotiationId": view.get("negotiation"),
        "policy": terms,
    }))
}

fn render(agreement: &Value, version: Version) -> Result<Value, Problem> {
    let text = |name: &str| agreement.get(name).cloned();
    let terms = agreement
        .get("policy")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let out = Out::new(NAME)
        .id(agreement.get("id").and_then(Value::as_str).unwrap_or_default())
        .maybe("agreementId", text("agreementId"))
        .maybe("assetId", text("assetId"))
        .maybe("providerId", text("providerId"))
        .maybe("consumerId", text("consumerId"))
        .maybe("contractSigningDate", text("contractSigningDate"))
        .node("policy", policy(&terms, version)?);
    Ok(out.into())
}

/// The terms. Clients of version 3 know the parties as texts.
fn policy(terms: &Map<String, Value>, version: Version) -> Result<Value, Problem> {
    let mut policy = odrl::expanded(terms, version)?;
    if let (Version::V3, Some(members)) = (version, policy.as_object_mut()) {
        for party in ["assigner", "assignee"] {
            if let Some(name) = terms.get(party) {
                members.insert(format!("{ODRL}{party}"), json!([{ "@value": name }]));
            }
        }
    }
    Ok(policy)
}
