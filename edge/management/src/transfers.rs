//! Transfer processes: begun as their consumer, read, suspended, resumed, terminated.

use crate::access::{Editor, Reader};
use crate::body::{Id, Json, OptionalJson, Wanted};
use crate::negotiations::{case_members, id_of, member, reason, role_of};
use crate::node::Node;
use crate::problem::Problem;
use crate::query::{Query, STATE_NUMBER};
use crate::render::{Out, done, made, many, millis, one};
use crate::version::Version;
use crate::{addresses, callbacks, properties, protocol, states};
use crate::{refusals, shapes};
use axum::response::Response;
use chapar_dsp::DataAddress;
use chapar_runtime::desk::{CallbackAddress, CaseQuery, Mode, NewTransfer, TransferDecision};
use chapar_runtime::{CaseKind, Desk, Fault};
use chapar_terms::{AgreementId, limits};
use serde_json::{Map, Value};

const KIND: CaseKind = CaseKind::Transfer;
const NAME: &str = "TransferProcess";
/// The transfer types in which the provider delivers end so.
const PUSH: &str = "-PUSH";
/// What can be asked of a transfer in a query.
const FIELDS: [&str; 18] = [
    "id",
    "type",
    "protocol",
    "state",
    STATE_NUMBER,
    "stateTimestamp",
    "counterPartyId",
    "counterPartyAddress",
    "callbackAddresses",
    "createdAt",
    "updatedAt",
    "assetId",
    "contractId",
    "correlationId",
    "transferType",
    "dataDestination",
    "errorDetail",
    "privateProperties",
];

/// A transfer to begin.
pub struct TransferRequest {
    agreement: AgreementId,
    address: String,
    format: String,
    destination: Option<DataAddress>,
    callbacks: Vec<CallbackAddress>,
    private_properties: Map<String, Value>,
}

impl Wanted for TransferRequest {
    const SCHEMA: &'static str = "transfer-request-schema.json";

    fn read(node: Node<'_>, version: Version) -> Option<Self> {
        let protocol = protocol::check(node, version);
        let address = node.needed_text("counterPartyAddress");
        let agreement = node.needed_text("contractId");
        let agreement = agreement.and_then(|id| node.parsed("contractId", &id, AgreementId::parse));
        let format = node.needed_text("transferType").filter(|format| {
            let fits = format.len() <= limits::ID_BYTES;
            if !fits {
                node.refuse("transferType", format!("has at most {} bytes", limits::ID_BYTES));
            }
            fits
        });
        let callbacks = callbacks::read(node);
        let destination = match node.node("dataDestination") {
            Some(destination) => Some(addresses::to_protocol(destination)?),
            None => None,
        };
        protocol?;
        let format = format?;
        Some(Self {
            agreement: agreement?,
            address: address?,
            // A consumer that fetches names no place; some clients name one all the same.
            destination: destination.filter(|_| format.ends_with(PUSH)),
            format,
            callbacks,
            private_properties: properties::private(node),
        })
    }
}

/// Why a transfer pauses; nobody insists on a reason.
#[derive(Default)]
pub struct Suspension {
    reason: Vec<String>,
}

impl Wanted for Suspension {
    const SCHEMA: &'static str = "transfer-suspend-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        Some(Self {
            reason: node.text("reason").into_iter().collect(),
        })
    }
}

/// Why a transfer ends.
pub struct Termination {
    reason: Vec<String>,
}

impl Wanted for Termination {
    const SCHEMA: &'static str = "transfer-terminate-schema.json";

    fn read(node: Node<'_>, version: Version) -> Option<Self> {
        reason(node, version).map(|reason| Self { reason })
    }
}

/// `POST /transferprocesses`
#[utoipa::path(
    post, path = "/transferprocesses", tag = "Transfer processes", operation_id = "beginTransferProcess",
    summary = "Begin a transfer",
    description = "As the consumer of an agreement.",
    request_body(content = shapes::TransferRequest),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The transfer is stored, and its request on its way.", body = shapes::IdResponse), refusals::BegunWithPeer),
)]
pub async fn begin(
    Editor(desk): Editor,
    version: Version,
    Json(request): Json<TransferRequest>,
) -> Result<Response, Problem> {
    let new = NewTransfer {
        agreement: request.agreement,
        format: request.format,
        address: Some(request.address),
        data_address: request.destination,
        mode: Mode::Auto,
        callback_addresses: request.callbacks,
        private_properties: request.private_properties,
    };
    let agreement = new.agreement.clone();
    let view = desk.open_transfer(new).await.map_err(|fault| match fault {
        // It is the request that names what is not there.
        Fault::NotFound => Problem::bad_request(format!("Contract agreement with id {agreement} not found")),
        fault => fault.into(),
    })?;
    made(version, id_of(&view)?, millis(view.get("createdAt"))?)
}

/// `POST /transferprocesses/request`
#[utoipa::path(
    post, path = "/transferprocesses/request", tag = "Transfer processes", operation_id = "queryTransferProcesses",
    summary = "Query transfers",
    description = "A `state` in a criterion may be a name or the number that EDC gives it.",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The transfers that are meant.", body = Vec<shapes::TransferProcess>), refusals::Queried),
)]
pub async fn query(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    let query = query.with_states(states::transfer_name)?;
    query.only_fields(NAME, &FIELDS)?;
    let wanted = CaseQuery {
        role: role_of(&query),
        state: None,
        phase: query.pinned("state"),
        peer: query.pinned("counterPartyId"),
        agreement: query.pinned("contractId"),
    };
    let read = |page| {
        let (desk, wanted) = (desk.clone(), wanted.clone());
        async move { desk.list_cases(KIND, wanted, &page).await }
    };
    let found = query.run(read, transfer).await?;
    many(
        version,
        &query,
        found.iter().map(|found| rendered(found, version)).collect(),
    )
}

/// `GET /transferprocesses/{id}`
#[utoipa::path(
    get, path = "/transferprocesses/{id}", tag = "Transfer processes", operation_id = "readTransferProcess",
    summary = "Read a transfer",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The transfer as it stands.", body = shapes::TransferProcess), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    one(version, rendered(&find(&desk, &id).await?, version))
}

/// `GET /transferprocesses/{id}/state`
#[utoipa::path(
    get, path = "/transferprocesses/{id}/state", tag = "Transfer processes", operation_id = "readTransferProcessState",
    summary = "Read the state of a transfer",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The state.", body = shapes::TransferState), refusals::Read),
)]
pub async fn state(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let found = find(&desk, &id).await?;
    one(
        version,
        Out::new("TransferState").maybe("state", found.get("state").cloned()),
    )
}

/// `POST /transferprocesses/{id}/terminate`
#[utoipa::path(
    post, path = "/transferprocesses/{id}/terminate", tag = "Transfer processes", operation_id = "terminateTransferProcess",
    summary = "Terminate a transfer",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    request_body(content = shapes::TerminateTransfer),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The decision is stored, and its message on its way."), refusals::Decided),
)]
pub async fn terminate(
    Editor(desk): Editor,
    Id(id): Id,
    Json(termination): Json<Termination>,
) -> Result<Response, Problem> {
    let decision = TransferDecision::Terminate {
        code: None,
        reason: termination.reason,
    };
    decide(&desk, &id, decision).await
}

/// `POST /transferprocesses/{id}/suspend`
#[utoipa::path(
    post, path = "/transferprocesses/{id}/suspend", tag = "Transfer processes", operation_id = "suspendTransferProcess",
    summary = "Suspend a transfer",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    request_body(content = Option<shapes::SuspendTransfer>),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The decision is stored, and its message on its way."), refusals::Decided),
)]
pub async fn suspend(
    Editor(desk): Editor,
    Id(id): Id,
    OptionalJson(suspension): OptionalJson<Suspension>,
) -> Result<Response, Problem> {
    let decision = TransferDecision::Suspend {
        code: None,
        reason: suspension.reason,
    };
    decide(&desk, &id, decision).await
}

/// `POST /transferprocesses/{id}/resume`
#[utoipa::path(
    post, path = "/transferprocesses/{id}/resume", tag = "Transfer processes", operation_id = "resumeTransferProcess",
    summary = "Resume a transfer",
    description = "Only one that is suspended.",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The decision is stored, and its message on its way."), refusals::Resumed),
)]
pub async fn resume(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    // A start is meant that follows a suspension, not the first one of a provider.
    let state = find(&desk, &id).await?;
    let state = state.get("state").and_then(Value::as_str).unwrap_or_default();
    if state != "SUSPENDED" {
        return Err(Problem::conflict(format!(
            "transfer `{id}` cannot be resumed because it is {state}"
        )));
    }
    decide(&desk, &id, TransferDecision::Start).await
}

/// `POST /transferprocesses/{id}/deprovision`: nothing is provisioned here, so there is nothing to be done for what is over.
#[utoipa::path(
    post, path = "/transferprocesses/{id}/deprovision", tag = "Transfer processes", operation_id = "deprovisionTransferProcess",
    summary = "Deprovision a transfer",
    description = "Only one that is over.",
    params(("id" = String, Path, description = "The transfer's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "Nothing was provisioned, so nothing is done."), refusals::Resumed),
)]
pub async fn deprovision(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    let found = find(&desk, &id).await?;
    let state = found.get("state").and_then(Value::as_str).unwrap_or_default();
    if !matches!(state, "COMPLETED" | "TERMINATED") {
        let why = format!("transfer `{id}` cannot be deprovisioned because it is {state}");
        return Err(Problem::conflict(why));
    }
    Ok(done())
}

async fn decide(desk: &Desk, id: &str, decision: TransferDecision) -> Result<Response, Problem> {
    desk.decide_transfer(id, decision)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, id))?;
    Ok(done())
}

/// A transfer with the names of EDC.
pub async fn find(desk: &Desk, id: &str) -> Result<Value, Problem> {
    let view = desk.case(KIND, id).await;
    transfer(&view.map_err(|fault| Problem::from(fault).about(NAME, id))?)
}

/// A transfer of the desk with the names of EDC; what only queries look at is among them.
pub fn transfer(view: &Value) -> Result<Value, Problem> {
    let mut members = case_members(view, states::transfer_number)?;
    members.insert("counterPartyId".to_owned(), member(view, "peer"));
    members.insert("counterPartyAddress".to_owned(), member(view, "peerAddress"));
    members.insert("contractId".to_owned(), member(view, "agreementId"));
    members.insert("transferType".to_owned(), member(view, "format"));
    for name in ["accessOpen", "dataDestination", "privateProperties"] {
        members.insert(name.to_owned(), member(view, name));
    }
    members.retain(|_, value| !value.is_null());
    Ok(Value::Object(members))
}

fn rendered(transfer: &Value, version: Version) -> Value {
    let text = |name: &str| transfer.get(name).cloned();
    let out = Out::new(NAME)
        .id(transfer.get("id").and_then(Value::as_str).unwrap_or_default())
        .maybe("type", text("type"))
        .maybe("state", text("state"))
        .maybe("stateTimestamp", text("stateTimestamp"))
        .list(
            "callbackAddresses",
            callbacks::rendered(transfer.get("callbackAddresses")),
        )
        .maybe("correlationId", text("correlationId"))
        .maybe("assetId", text("assetId"))
        .maybe("contractId", text("contractId"))
        .maybe("transferType", text("transferType"))
        .maybe("errorDetail", text("errorDetail"))
        .private(transfer);
    match (version, transfer.get("dataDestination")) {
        // The schema of version 4 has neither.
        (Version::V4, _) => out,
        (Version::V3, None) => out.maybe("createdAt", text("createdAt")),
        (Version::V3, Some(destination)) => out
            .maybe("createdAt", text("createdAt"))
            .node("dataDestination", addresses::of_protocol(destination)),
    }
    .into()
}
