//! Agreements that we go by no more, as Tractus-X has them. Version 3 alone has them.

use crate::access::{Editor, Reader};
use crate::body::{Id, Json, NO_SCHEMA, OptionalJson, Wanted};
use crate::node::Node;
use crate::problem::Problem;
use crate::query::Query;
use crate::render::{Out, done, many_in, millis};
use crate::version::Version;
use crate::{refusals, shapes};
use axum::response::Response;
use serde_json::{Value, json};

/// The namespace of Tractus-X.
const TX: &str = "https://w3id.org/tractusx/v0.0.1/ns/";
const NAME: &str = "AgreementsRetirementEntry";
/// What an entry is told by when it is not there.
const AGREEMENT: &str = "ContractAgreement";
/// What can be asked of an entry in a query.
const FIELDS: [&str; 4] = ["id", "agreementId", "reason", "agreementRetirementDate"];
/// Where no reason is given; the peer of a transfer that ends is to be told one.
const NO_REASON: &str = "the agreement was retired";

/// An agreement to retire.
pub struct Entry {
    agreement: String,
    reason: String,
}

impl Wanted for Entry {
    const SCHEMA: &'static str = NO_SCHEMA;

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let agreement = node.needed_text("agreementId");
        let reason = node.text(&format!("{TX}reason")).or_else(|| node.text("reason"));
        Some(Self {
            agreement: agreement?,
            reason: reason.unwrap_or_else(|| NO_REASON.to_owned()),
        })
    }
}

/// `POST /contractagreements/retirements`
#[utoipa::path(
    post, path = "/contractagreements/retirements", tag = "Contract agreements", operation_id = "retireContractAgreement",
    summary = "Go by an agreement no more",
    description = "Nothing begins under it any more. The data of its transfers stop at once, and they are ended with the reason told to the peer.",
    request_body(content = shapes::AgreementsRetirement),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "It is retired."), refusals::Decided),
)]
pub async fn retire(Editor(desk): Editor, Json(entry): Json<Entry>) -> Result<Response, Problem> {
    let retired = desk.retire_agreement(&entry.agreement, &entry.reason).await;
    retired.map_err(|fault| Problem::from(fault).about(AGREEMENT, &entry.agreement))?;
    Ok(done())
}

/// `POST /contractagreements/retirements/request`
#[utoipa::path(
    post, path = "/contractagreements/retirements/request", tag = "Contract agreements", operation_id = "queryRetirements",
    summary = "Query retired agreements",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The retirements that are meant.", body = Vec<shapes::AgreementsRetirementEntry>), refusals::Queried),
)]
pub async fn query(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    query.only_fields(NAME, &FIELDS)?;
    let read = |page| {
        let desk = desk.clone();
        async move { desk.list_retirements(&page).await }
    };
    let found = query.run(read, entry).await?;
    many_in(&context(version), &query, found.iter().map(rendered).collect())
}

/// The context of the version, and a prefix for what is Tractus-X's own.
fn context(version: Version) -> Value {
    let mut context = version.context().clone();
    if let Some(terms) = context.as_object_mut() {
        terms.insert("tx".to_owned(), json!(TX));
    }
    context
}

/// `DELETE /contractagreements/retirements/{id}`
#[utoipa::path(
    delete, path = "/contractagreements/retirements/{id}", tag = "Contract agreements", operation_id = "reactivateContractAgreement",
    summary = "Go by a retired agreement again",
    description = "What was ended stays ended.",
    params(("id" = String, Path, description = "The agreement's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "It is in force again."), refusals::Removed),
)]
pub async fn reactivate(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    let again = desk.reactivate_agreement(&id).await;
    again.map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

fn entry(view: &Value) -> Result<Value, Problem> {
    Ok(json!({
        "id": view.get("agreement"),
        "agreementId": view.get("agreement"),
        "reason": view.get("reason"),
        // In seconds, as the dates of agreements are.
        "agreementRetirementDate": millis(view.get("at"))? / 1000,
    }))
}

fn rendered(entry: &Value) -> Value {
    let member = |name: &str| entry.get(name).cloned();
    let mut node = Value::from(
        Out::untyped()
            .id(entry.get("id").and_then(Value::as_str).unwrap_or_default())
            .maybe("agreementId", member("agreementId")),
    );
    if let Some(members) = node.as_object_mut() {
        members.insert("@type".to_owned(), json!([format!("{TX}{NAME}")]));
        for name in ["reason", "agreementRetirementDate"] {
            members.insert(format!("{TX}{name}"), json!([{ "@value": entry.get(name) }]));
        }
    }
    node
}
