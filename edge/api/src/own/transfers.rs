//! Transfers: lists, one case with its time line and address, beginnings and decisions.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, answer, malformed, mode, ok};
use super::negotiations::{Callback, Filter, Reasons, reasons, refuse_reasons, short};
use super::refusals;
use super::views::{self, Access, Decider, Page, TimelineEntry, ToldAddress, Transfer};
use super::words::TransferMove;
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_dsp::DataAddress;
use chapar_runtime::CaseKind;
use chapar_runtime::desk::{NewTransfer, TransferDecision as Decision};
use chapar_terms::{AgreementId, limits};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

const KIND: CaseKind = CaseKind::Transfer;
/// What is meant when no format is given: the consumer fetches.
const USUAL_FORMAT: &str = "HttpData-PULL";

/// A transfer to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewTransfer)]
pub struct Body {
    /// Id of an agreement whose consumer we are.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement: String,
    /// How the bytes travel: 1 to 2048 bytes; `HttpData-PULL`, where the consumer fetches, when nothing is said.
    #[schema(example = "HttpData-PULL", min_length = 1, max_length = 2048)]
    format: Option<String>,
    /// The provider's DSP base, or the root of its version document; as known from the agreement when left out.
    #[schema(format = "uri")]
    address: Option<String>,
    /// Where to push to, for a push: a DSP data address, whose `@type` may be left out.
    data_address: Option<Map<String, Value>>,
    /// Who decides our later moves; `auto` when nothing is said.
    #[schema(value_type = Option<Decider>)]
    mode: Option<String>,
    /// Who is told of its events, at most 16 addresses.
    #[serde(default)]
    callback_addresses: Vec<Callback>,
}

/// A decision about a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferDecision)]
pub struct DecisionBody {
    /// What to do: `start`, `suspend`, `complete` or `terminate`. A start after a suspension resumes.
    #[schema(value_type = TransferMove)]
    decision: String,
    /// A code for the peer, with `suspend` and `terminate`: at most 1024 bytes.
    code: Option<String>,
    /// Why, for the peer, with `suspend` and `terminate`: at most 16 texts of 1024 bytes.
    reason: Option<Reasons>,
}

/// `GET /transfers`
#[utoipa::path(
    get, path = "/transfers", tag = "Transfers", operation_id = "listTransfers",
    summary = "List transfers",
    params(Filter),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of transfers, in the order of their creation.", body = Page<Transfer>), refusals::ListCases),
)]
pub async fn list(Reader(desk): Reader, Params(filter): Params<Filter>) -> Result<Response, Problem> {
    let (query, page) = filter.split()?;
    ok(desk.list_cases(KIND, query, &page).await)
}

/// `GET /transfers/{id}`
#[utoipa::path(
    get, path = "/transfers/{id}", tag = "Transfers", operation_id = "readTransfer",
    summary = "Read a transfer",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The transfer as it stands.", body = Transfer), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.case(KIND, &id).await)
}

/// `GET /transfers/{id}/callbacks`
#[utoipa::path(
    get, path = "/transfers/{id}/callbacks", tag = "Transfers", operation_id = "listTransferCallbacks",
    summary = "See how far the callback addresses of a transfer have been told",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "Its callback addresses, in the order in which they were given.", body = views::Whole<ToldAddress>), refusals::Read),
)]
pub async fn callbacks(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.callbacks(KIND, &id).await)
}

/// `GET /transfers/{id}/timeline`
#[utoipa::path(
    get, path = "/transfers/{id}/timeline", tag = "Transfers", operation_id = "readTransferTimeline",
    summary = "Read what is written down of a transfer",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded."), Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of entries, oldest first.", body = Page<TimelineEntry>), refusals::ListOfCase),
)]
pub async fn timeline(Reader(desk): Reader, Id(id): Id, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.timeline(KIND, &id, &paging.page()?).await)
}

/// `GET /transfers/{id}/accesses`
#[utoipa::path(
    get, path = "/transfers/{id}/accesses", tag = "Transfers", operation_id = "listAccesses",
    summary = "List accesses to the data of a transfer",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded."), Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of accesses, oldest first. Only the provider has any.", body = Page<Access>), refusals::ListOfCase),
)]
pub async fn accesses(Reader(desk): Reader, Id(id): Id, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.accesses(&id, &paging.page()?).await)
}

/// `GET /transfers/{id}/data-address`: an editor's, since the token in it opens the data.
#[utoipa::path(
    get, path = "/transfers/{id}/data-address", tag = "Transfers", operation_id = "readDataAddress",
    summary = "Read where the data may be fetched",
    description = "Only the consumer has it, and only while access is open. An editor's, since the token in it opens the data. One whose time is almost over is renewed first, where the provider has a way for that.",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The address, with the token that opens the data.", body = views::DataAddress), refusals::ReadAddress),
)]
pub async fn data_address(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.data_address(&id).await)
}

/// `POST /transfers/{id}/data-address`
#[utoipa::path(
    post, path = "/transfers/{id}/data-address", tag = "Transfers", operation_id = "renewDataAddress",
    summary = "Renew where the data may be fetched",
    description = "Asks the provider for a fresh token while the transfer goes on. A provider that has no way for that gives a fresh one after a suspension and a start.",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The address, with the fresh token.", body = views::DataAddress), refusals::RenewAddress),
)]
pub async fn renew(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.renew_access(&id).await)
}

/// `POST /transfers`
#[utoipa::path(
    post, path = "/transfers", tag = "Transfers", operation_id = "openTransfer",
    summary = "Begin a transfer",
    description = "Only the consumer of an agreement begins one. The answer does not wait for the peer: follow the case by `GET /events`.",
    request_body(content = Body),
    security(("bearer" = ["editor"])),
    responses((status = 201, description = "The transfer is stored, and its request on its way.", body = Transfer), refusals::OpenTransfer),
)]
pub async fn open(Editor(desk): Editor, Json(body): Json<Body>) -> Result<Response, Problem> {
    let format = body.format.unwrap_or_else(|| USUAL_FORMAT.to_owned());
    if format.is_empty() || format.len() > limits::ID_BYTES {
        return Err(Problem::bad_request(
            "wrong-member",
            format!("`format` has 1 to {} bytes", limits::ID_BYTES),
        ));
    }
    let new = NewTransfer {
        agreement: AgreementId::parse(&body.agreement)?,
        format,
        address: body.address,
        data_address: body.data_address.map(destination).transpose()?,
        mode: mode(body.mode.as_deref())?,
        callback_addresses: body.callback_addresses.into_iter().map(Callback::read).collect(),
        private_properties: serde_json::Map::new(),
    };
    Ok(answer(StatusCode::CREATED, &desk.open_transfer(new).await?))
}

/// `POST /transfers/{id}/decisions`
#[utoipa::path(
    post, path = "/transfers/{id}/decisions", tag = "Transfers", operation_id = "decideTransfer",
    summary = "Decide about a transfer",
    description = "What can be decided now stands in the `decisions` of the transfer. The answer does not wait for the peer: until it has taken the message, `pending` names it.",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    request_body(content = DecisionBody),
    security(("bearer" = ["editor"])),
    responses((status = 202, description = "The decision is stored, and its message on its way.", body = Transfer), refusals::DecideTransfer),
)]
pub async fn decide(Editor(desk): Editor, Id(id): Id, Json(body): Json<DecisionBody>) -> Result<Response, Problem> {
    let decision = decision(body)?;
    Ok(answer(
        StatusCode::ACCEPTED,
        &desk.decide_transfer(&id, decision).await?,
    ))
}

fn decision(body: DecisionBody) -> Result<Decision, Problem> {
    let DecisionBody { decision, code, reason } = body;
    if !matches!(decision.as_str(), "suspend" | "terminate") {
        refuse_reasons(&decision, code.as_deref(), reason.as_ref())?;
    }
    Ok(match decision.as_str() {
        "start" => Decision::Start,
        "suspend" => Decision::Suspend {
            code: short(code)?,
            reason: reasons(reason)?,
        },
        "complete" => Decision::Complete,
        "terminate" => Decision::Terminate {
            code: short(code)?,
            reason: reasons(reason)?,
        },
        other => {
            let known = "`start`, `suspend`, `complete`, `terminate`";
            return Err(Problem::bad_request(
                "wrong-decision",
                format!("`{other}` is none of {known}"),
            ));
        }
    })
}

/// A data address; the type goes without saying here.
fn destination(mut members: Map<String, Value>) -> Result<DataAddress, Problem> {
    members.entry("@type").or_insert_with(|| "DataAddress".into());
    DataAddress::parse(&Value::Object(members)).map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Decision, Problem> {
        decision(serde_json::from_value(value).unwrap())
    }

    #[test]
    fn decisions() {
        assert!(matches!(read(json!({ "decision": "start" })), Ok(Decision::Start)));
        assert!(matches!(
            read(json!({ "decision": "complete" })),
            Ok(Decision::Complete)
        ));
        let suspend = read(json!({ "decision": "suspend", "reason": ["a", "b"] }));
        assert!(matches!(suspend, Ok(Decision::Suspend { code: None, reason }) if reason == ["a", "b"]));
        assert!(matches!(
            read(json!({ "decision": "terminate" })),
            Ok(Decision::Terminate { .. })
        ));
        for bad in [
            json!({ "decision": "resume" }),
            json!({ "decision": "start", "reason": "r" }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
