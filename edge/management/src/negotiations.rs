//! Contract negotiations: begun as their consumer, read, terminated, removed.

use crate::access::{Editor, Reader};
use crate::body::{Id, Json, OptionalJson, Wanted};
use crate::node::Node;
use crate::problem::Problem;
use crate::query::{Query, STATE_NUMBER};
use crate::render::{Out, done, made, many, millis, one};
use crate::version::{EDC, ODRL, Version};
use crate::{agreements, callbacks, odrl, protocol, states};
use crate::{refusals, shapes};
use axum::response::Response;
use chapar_dsp::{Offer, Role};
use chapar_runtime::desk::{
    CallbackAddress, CaseQuery, Mode, NegotiationDecision, NewEdr, NewNegotiation, bare_reason,
};
use chapar_runtime::{CaseKind, Desk};
use chapar_terms::{AssetId, Invalid, OfferId, ParticipantId};
use serde_json::{Map, Value, json};

const KIND: CaseKind = CaseKind::Negotiation;
const NAME: &str = "ContractNegotiation";
/// What can be asked of a negotiation in a query.
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
    "contractAgreement",
    "contractAgreementId",
    "contractOffers",
    "correlationId",
    "errorDetail",
    "privateProperties",
];

/// A negotiation to begin.
pub struct ContractRequest {
    peer: ParticipantId,
    address: String,
    id: OfferId,
    target: AssetId,
    /// As the protocol writes it; without rules it stands for the provider's own offer of that id.
    offer: Map<String, Value>,
    callbacks: Vec<CallbackAddress>,
}

impl Wanted for ContractRequest {
    const SCHEMA: &'static str = "contract-request-schema.json";

    fn read(node: Node<'_>, version: Version) -> Option<Self> {
        let protocol = protocol::check(node, version);
        let address = node.needed_text("counterPartyAddress");
        let callbacks = callbacks::read(node);
        let policy = node.needed_node("policy")?;
        let mut offer = odrl::read(policy.members(), "Offer", &format!("{EDC}policy"))
            .map_err(|detail| policy.note(detail))
            .ok()?;
        let id = policy
            .needed_id()
            .and_then(|id| policy.parsed("@id", id, OfferId::parse));
        let target = named(policy, &offer, "target", AssetId::parse);
        let peer = named(policy, &offer, "assigner", ParticipantId::parse);
        // It goes without saying in a message to the provider.
        offer.remove("assigner");
        protocol?;
        Some(Self {
            peer: peer?,
            address: address?,
            id: id?,
            target: target?,
            offer,
            callbacks,
        })
    }
}

impl ContractRequest {
    /// What is asked of whom, as the desk takes it.
    ///
    /// # Errors
    /// The rules are none of the protocol's.
    pub fn asked(self) -> Result<NewEdr, Problem> {
        let offer = if odrl::has_rules(&self.offer) {
            let offer = Offer::parse_in_message(&Value::Object(self.offer));
            offer.map_err(|malformed| Problem::bad_request(malformed.why))?
        } else {
            Offer::named(self.id, Some(self.target))
        };
        Ok(NewEdr {
            peer: self.peer,
            address: Some(self.address),
            offer,
            callback_addresses: self.callbacks,
        })
    }
}

/// The one whom the policy names in `word`, which must be there.
fn named<T>(
    policy: Node<'_>,
    offer: &Map<String, Value>,
    word: &str,
    parse: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Option<T> {
    let at = format!("{ODRL}{word}");
    match offer.get(word).and_then(Value::as_str) {
        Some(name) => policy.parsed(&at, name, parse),
        None => {
            policy.refuse(&at, format!("mandatory object '{EDC}policy/{at}' is missing"));
            None
        }
    }
}

/// Why something ends.
#[derive(Default)]
pub struct Termination {
    reason: Vec<String>,
}

impl Wanted for Termination {
    const SCHEMA: &'static str = "contract-terminate-schema.json";

    fn read(node: Node<'_>, version: Version) -> Option<Self> {
        reason(node, version).map(|reason| Self { reason })
    }
}

/// The reason of an end; version 3 insists on one.
pub fn reason(node: Node<'_>, version: Version) -> Option<Vec<String>> {
    match version {
        Version::V3 => node.needed_text("reason").map(|reason| vec![reason]),
        Version::V4 => Some(node.text("reason").into_iter().collect()),
    }
}

/// `POST /contractnegotiations`
#[utoipa::path(
    post, path = "/contractnegotiations", tag = "Contract negotiations", operation_id = "beginContractNegotiation",
    summary = "Begin a negotiation",
    description = "As its consumer. A policy without rules stands for the offer of that id in the catalogue of the provider, who is asked for it.",
    request_body(content = shapes::ContractRequest),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The negotiation is stored, and its first message on its way.", body = shapes::IdResponse), refusals::BegunWithPeer),
)]
pub async fn begin(
    Editor(desk): Editor,
    version: Version,
    Json(request): Json<ContractRequest>,
) -> Result<Response, Problem> {
    let asked = request.asked()?;
    let new = NewNegotiation {
        role: Role::Consumer,
        peer: asked.peer,
        address: asked.address,
        offer: asked.offer,
        mode: Mode::Auto,
        callback_addresses: asked.callback_addresses,
    };
    let view = desk.open_negotiation(new).await?;
    made(version, id_of(&view)?, millis(view.get("createdAt"))?)
}

/// `POST /contractnegotiations/request`
#[utoipa::path(
    post, path = "/contractnegotiations/request", tag = "Contract negotiations", operation_id = "queryContractNegotiations",
    summary = "Query negotiations",
    description = "A `state` in a criterion may be a name or the number that EDC gives it.",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The negotiations that are meant.", body = Vec<shapes::ContractNegotiation>), refusals::Queried),
)]
pub async fn query(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    let query = query.with_states(states::negotiation_name)?;
    query.only_fields(NAME, &FIELDS)?;
    let wanted = CaseQuery {
        role: role_of(&query),
        state: None,
        phase: query.pinned("state"),
        peer: query.pinned("counterPartyId"),
        agreement: query.pinned("contractAgreementId"),
    };
    let read = |page| {
        let (desk, wanted) = (desk.clone(), wanted.clone());
        async move { desk.list_cases(KIND, wanted, &page).await }
    };
    let found = query.run(read, negotiation).await?;
    many(
        version,
        &query,
        found.iter().map(|found| rendered(found, version)).collect(),
    )
}

/// `GET /contractnegotiations/{id}`
#[utoipa::path(
    get, path = "/contractnegotiations/{id}", tag = "Contract negotiations", operation_id = "readContractNegotiation",
    summary = "Read a negotiation",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The negotiation as it stands.", body = shapes::ContractNegotiation), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    one(version, rendered(&find(&desk, &id).await?, version))
}

/// `GET /contractnegotiations/{id}/state`
#[utoipa::path(
    get, path = "/contractnegotiations/{id}/state", tag = "Contract negotiations", operation_id = "readContractNegotiationState",
    summary = "Read the state of a negotiation",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The state.", body = shapes::NegotiationState), refusals::Read),
)]
pub async fn state(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let found = find(&desk, &id).await?;
    one(
        version,
        Out::new("NegotiationState").maybe("state", found.get("state").cloned()),
    )
}

/// `GET /contractnegotiations/{id}/agreement`
#[utoipa::path(
    get, path = "/contractnegotiations/{id}/agreement", tag = "Contract negotiations", operation_id = "readAgreementOfNegotiation",
    summary = "Read the agreement of a negotiation",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The agreement.", body = shapes::ContractAgreement), refusals::Read),
)]
pub async fn agreement(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let found = find(&desk, &id).await?;
    let none = || Problem::no_object(NAME, &id);
    let agreement = found
        .get("contractAgreementId")
        .and_then(Value::as_str)
        .ok_or_else(none)?;
    let view = desk
        .agreement(agreement)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    one(version, agreements::rendered(&view, version)?)
}

/// `POST /contractnegotiations/{id}/terminate`
#[utoipa::path(
    post, path = "/contractnegotiations/{id}/terminate", tag = "Contract negotiations", operation_id = "terminateContractNegotiation",
    summary = "Terminate a negotiation",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded.")),
    request_body(content = shapes::TerminateNegotiation),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The decision is stored, and its message on its way."), refusals::Decided),
)]
pub async fn terminate(
    Editor(desk): Editor,
    Id(id): Id,
    Json(termination): Json<Termination>,
) -> Result<Response, Problem> {
    let decision = NegotiationDecision::Terminate {
        code: None,
        reason: termination.reason,
    };
    desk.decide_negotiation(&id, decision)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// `DELETE /contractnegotiations/{id}`
#[utoipa::path(
    delete, path = "/contractnegotiations/{id}", tag = "Contract negotiations", operation_id = "deleteContractNegotiation",
    summary = "Delete a negotiation",
    description = "Only one that was terminated without an agreement, and whose peer is not still to be told: what is under way to it \
                   is answered first, or its deadline passes.",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The negotiation is gone; what is written down of it stays."), refusals::Removed),
)]
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    desk.remove_negotiation(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// A negotiation with the names of EDC.
pub async fn find(desk: &Desk, id: &str) -> Result<Value, Problem> {
    let view = desk.case(KIND, id).await;
    negotiation(&view.map_err(|fault| Problem::from(fault).about(NAME, id))?)
}

/// A negotiation of the desk with the names of EDC; what only queries look at is among them.
pub fn negotiation(view: &Value) -> Result<Value, Problem> {
    let mut members = case_members(view, states::negotiation_number)?;
    members.insert("counterPartyId".to_owned(), member(view, "peer"));
    members.insert("counterPartyAddress".to_owned(), member(view, "peerAddress"));
    members.insert("contractAgreementId".to_owned(), member(view, "agreementId"));
    if let Some(agreement) = view.get("agreement") {
        members.insert("contractAgreement".to_owned(), agreed(agreement));
    }
    if let Some(offer) = view.get("offer").or_else(|| view.get("proposed")) {
        let offer = json!({ "id": offer.get("@id"), "assetId": offer.get("target") });
        members.insert("contractOffers".to_owned(), json!([offer]));
    }
    members.retain(|_, value| !value.is_null());
    Ok(Value::Object(members))
}

/// What negotiations and transfers have in common.
pub fn case_members(view: &Value, number_of: impl Fn(&str) -> Option<i64>) -> Result<Map<String, Value>, Problem> {
    let state = view.get("phase").and_then(Value::as_str).unwrap_or_default();
    let members = json!({
        "id": member(view, "id"),
        "type": member(view, "role").as_str().map(str::to_uppercase),
        "protocol": protocol::PROTOCOL,
        "state": state,
        STATE_NUMBER: number_of(state),
        "stateTimestamp": millis(view.get("updatedAt"))?,
        "createdAt": millis(view.get("createdAt"))?,
        "updatedAt": millis(view.get("updatedAt"))?,
        "assetId": member(view, "dataset"),
        "callbackAddresses": member(view, "callbackAddresses"),
        "correlationId": peer_pid(view),
        "errorDetail": bare_reason(view),
    });
    match members {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// As it is answered.
pub fn rendered(negotiation: &Value, version: Version) -> Value {
    let text = |name: &str| negotiation.get(name).cloned();
    let out = Out::new(NAME)
        .id(text("id").as_ref().and_then(Value::as_str).unwrap_or_default())
        .maybe("type", text("type"))
        .maybe("protocol", text("protocol"))
        .maybe("state", text("state"))
        .maybe("counterPartyId", text("counterPartyId"))
        .maybe("counterPartyAddress", text("counterPartyAddress"))
        .list(
            "callbackAddresses",
            callbacks::rendered(negotiation.get("callbackAddresses")),
        )
        .maybe("createdAt", text("createdAt"))
        .maybe("assetId", text("assetId"))
        .maybe("contractAgreementId", text("contractAgreementId"))
        .maybe("correlationId", text("correlationId"))
        .maybe("errorDetail", text("errorDetail"));
    match version {
        Version::V3 => out.maybe("stateTimestamp", text("stateTimestamp")),
        // The schema wants both; the profile of this node is its protocol.
        Version::V4 => out.maybe("profile", text("protocol")),
    }
    .into()
}

/// The role that a query asks for.
pub fn role_of(query: &Query) -> Option<String> {
    query
        .pinned("type")
        .map(|kind| kind.to_lowercase())
        .filter(|role| matches!(role.as_str(), "consumer" | "provider"))
}

/// The id of a case of the desk.
pub fn id_of(view: &Value) -> Result<&str, Problem> {
    let id = view.get("id").and_then(Value::as_str);
    id.ok_or_else(|| Problem::internal(&"a case without an id"))
}

/// A member of a view, or null.
pub fn member(view: &Value, name: &str) -> Value {
    view.get(name).cloned().unwrap_or_default()
}

fn agreed(agreement: &Value) -> Value {
    json!({
        "id": agreement.get("@id"),
        "assetId": agreement.get("target"),
        "providerId": agreement.get("assigner"),
        "consumerId": agreement.get("assignee"),
    })
}

/// The peer's own name of the case.
fn peer_pid(view: &Value) -> Value {
    match view.get("role").and_then(Value::as_str) {
        Some("consumer") => member(view, "providerPid"),
        _ => member(view, "consumerPid"),
    }
}
