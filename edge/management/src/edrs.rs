//! Endpoint data references: where we, the consumer, may fetch now. Version 3 alone has them.
//!
//! Nothing is cached here: an access is part of its transfer, open while the provider says so. One whose time is almost over is
//! renewed when it is asked for, where its provider has a way for that.

use crate::access::{Editor, Reader};
use crate::addresses;
use crate::body::{Id, Json, OptionalJson};
use crate::negotiations::ContractRequest;
use crate::problem::Problem;
use crate::query::Query;
use crate::render::{Out, done, made, many, millis, one};
use crate::transfers::transfer;
use crate::version::Version;
use crate::{refusals, shapes};
use axum::response::Response;
use chapar_runtime::desk::{CaseQuery, TransferDecision};
use chapar_runtime::{CaseKind, Desk, Fault};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NAME: &str = "EndpointDataReferenceEntry";
/// What can be asked of a reference in a query.
const FIELDS: [&str; 7] = [
    "id",
    "transferProcessId",
    "agreementId",
    "contractNegotiationId",
    "assetId",
    "providerId",
    "createdAt",
];

/// `POST /edrs`: the data behind an offer in one call. Under an agreement to it that still holds, or else after a negotiation; the
/// transfer begins by itself, and its access is among the references once it has started. The answer names the negotiation.
#[utoipa::path(
    post, path = "/edrs", tag = "Endpoint data references", operation_id = "openEdr",
    summary = "Get data in one call",
    description = "Under an agreement to the same offer that still holds, or else after a negotiation. The transfer begins by itself, and its access is among those that can be queried by `contractNegotiationId` once it has started.",
    request_body(content = shapes::ContractRequest),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "Begun; the id is the negotiation's.", body = shapes::IdResponse), refusals::BegunWithPeer),
)]
pub async fn open(
    Editor(desk): Editor,
    version: Version,
    Json(request): Json<ContractRequest>,
) -> Result<Response, Problem> {
    let opened = desk.open_edr(request.asked()?).await?;
    let negotiation = opened.get("negotiation").and_then(Value::as_str).unwrap_or_default();
    made(version, negotiation, millis(opened.get("createdAt"))?)
}

/// `POST /edrs/{id}/refresh`: a fresh access in place of the one there is.
#[utoipa::path(
    post, path = "/edrs/{id}/refresh", tag = "Endpoint data references", operation_id = "refreshEdr",
    summary = "Ask for a fresh access",
    description = "The provider is asked for a token in place of the one there is; a provider that has no way for that is told with 409.",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The address, with the fresh token.", body = shapes::EdrAddress), refusals::RefreshedByPeer),
)]
pub async fn refresh(Editor(desk): Editor, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let address = desk.renew_access(&id).await.map_err(|fault| absent(fault, &id))?;
    one(version, addresses::of_protocol(&address))
}

/// `POST /edrs/request`
#[utoipa::path(
    post, path = "/edrs/request", tag = "Endpoint data references", operation_id = "queryEdrs",
    summary = "Query open accesses",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The accesses that are open now.", body = Vec<shapes::EndpointDataReferenceEntry>), refusals::Queried),
)]
pub async fn query(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    query.only_fields(NAME, &FIELDS)?;
    let wanted = CaseQuery {
        role: Some("consumer".to_owned()),
        state: Some("STARTED".to_owned()),
        peer: query.pinned("providerId"),
        agreement: query.pinned("agreementId"),
        ..CaseQuery::default()
    };
    let read = |page| {
        let (desk, wanted) = (desk.clone(), wanted.clone());
        async move {
            let page = desk.list_cases(CaseKind::Transfer, wanted, &page).await?;
            open_ones(&desk, page).await
        }
    };
    let found = query.run(read, |entry| Ok(entry.clone())).await?;
    many(version, &query, found.iter().map(rendered).collect())
}

/// `GET /edrs/{id}/dataaddress`
#[utoipa::path(
    get, path = "/edrs/{id}/dataaddress", tag = "Endpoint data references", operation_id = "readEdr",
    summary = "Read where the data may be fetched",
    description = "An editor's, since the token in it opens the data.",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The address, with the token that opens the data.", body = shapes::EdrAddress), refusals::Read),
)]
pub async fn address(Editor(desk): Editor, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let address = desk.data_address(&id).await.map_err(|fault| absent(fault, &id))?;
    one(version, addresses::of_protocol(&address))
}

/// `DELETE /edrs/{id}`
#[utoipa::path(
    delete, path = "/edrs/{id}", tag = "Endpoint data references", operation_id = "deleteEdr",
    summary = "Forget an access",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The address is forgotten; the transfer goes on."), refusals::Removed),
)]
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    let forgotten = desk.decide_transfer(&id, TransferDecision::Forget).await;
    forgotten.map_err(|fault| absent(fault, &id))?;
    Ok(done())
}

/// An access that is not open now is none.
fn absent(fault: Fault, id: &str) -> Problem {
    match fault {
        Fault::Conflict(_) => Problem::no_object(NAME, id),
        fault => Problem::from(fault).about(NAME, id),
    }
}

/// The transfers of a page to which access is open, as references.
async fn open_ones(desk: &Desk, mut page: Value) -> Result<Value, Fault> {
    let mut negotiations = BTreeMap::new();
    let mut entries = Vec::new();
    let items = page.get_mut("items").map(Value::take);
    for item in items.as_ref().and_then(Value::as_array).into_iter().flatten() {
        if item.get("accessOpen").and_then(Value::as_bool) != Some(true) {
            continue;
        }
        let agreement = item.get("agreementId").and_then(Value::as_str).unwrap_or_default();
        let negotiation = match negotiations.get(agreement) {
            Some(known) => Value::clone(known),
            None => {
                let view = desk.agreement(agreement).await?;
                let negotiation = view.get("negotiation").cloned().unwrap_or_default();
                negotiations.insert(agreement.to_owned(), negotiation.clone());
                negotiation
            }
        };
        entries.push(entry(item, &negotiation).map_err(|_| Fault::Internal("a transfer without times".to_owned()))?);
    }
    if let Some(members) = page.as_object_mut() {
        members.insert("items".to_owned(), Value::Array(entries));
    }
    Ok(page)
}

fn entry(view: &Value, negotiation: &Value) -> Result<Value, Problem> {
    let transfer = transfer(view)?;
    Ok(json!({
        "id": transfer.get("id"),
        "transferProcessId": transfer.get("id"),
        "agreementId": transfer.get("contractId"),
        "contractNegotiationId": negotiation,
        "assetId": transfer.get("assetId"),
        "providerId": transfer.get("counterPartyId"),
        // The access is as old as the start that opened it.
        "createdAt": transfer.get("stateTimestamp"),
    }))
}

fn rendered(entry: &Value) -> Value {
    let out = Out::new(NAME).id(entry.get("id").and_then(Value::as_str).unwrap_or_default());
    let members = FIELDS.iter().filter(|name| **name != "id");
    let out = members.fold(out, |out, name| out.maybe(name, entry.get(*name).cloned()));
    out.into()
}
