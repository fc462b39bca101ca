//! Negotiations: lists, one case with its time line, beginnings and decisions.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, answer, malformed, mode, ok, page};
use super::refusals;
use super::views::{self, Decider, Negotiation, Side, TimelineEntry, ToldAddress};
use super::words::NegotiationMove;
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_dsp::{Offer, Role};
use chapar_runtime::CaseKind;
use chapar_runtime::desk::{
    CallbackAddress, CaseQuery, NegotiationDecision as Decision, NegotiationOfRecord, NewNegotiation, Page,
};
use chapar_terms::{ParticipantId, limits};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

const KIND: CaseKind = CaseKind::Negotiation;

/// Which cases are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Those in which this is our side.
    #[param(value_type = Option<Side>)]
    role: Option<String>,
    /// Those in this state, which both sides know.
    #[param(example = "REQUESTED")]
    state: Option<String>,
    /// Those in this phase: state and move under way in one word.
    #[param(example = "REQUESTING")]
    phase: Option<String>,
    /// Those with this participant.
    peer: Option<String>,
    /// Those that made or use this agreement.
    agreement: Option<String>,
    /// Begin behind the case with this id: the `next` of the page before.
    after: Option<String>,
    /// Most items on the page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl Filter {
    /// What to look for, and which part of it.
    pub fn split(self) -> Result<(CaseQuery, Page), Problem> {
        let page = page(self.after, self.limit)?;
        let Self {
            role,
            state,
            phase,
            peer,
            agreement,
            ..
        } = self;
        Ok((
            CaseQuery {
                role,
                state,
                phase,
                peer,
                agreement,
            },
            page,
        ))
    }
}

/// A negotiation to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewNegotiation)]
pub struct Body {
    /// Id of a record of the register that tells of a dataset: it says whom to ask, where and for what, and stands in the place of
    /// `peer`, `address`, `offer` and `role`. What is offered is asked of the provider, and an offer that the record names preferred.
    #[schema(
        example = "did:web:peer.example.org:kz-border/records/0f3c5a7e9b1d2f40/offered-5e884898da28047151d0e56f-000001"
    )]
    record: Option<String>,
    /// Participant id of the other side; needed where there is no `record`.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    peer: Option<String>,
    /// Its DSP base, or the root of its version document; may be left out for a known peer.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1", format = "uri")]
    address: Option<String>,
    /// The ODRL Offer that we ask for or make, with its `@id` and its `target`, the dataset's id. It may be in no catalogue. A
    /// consumer may leave its rules out, and the `target` where the id tells it: then the peer's own offer of that id is asked for.
    /// Needed where there is no `record`.
    #[schema(example = json!({ "@id": "certificates:certificate-17:1", "target": "certificate-17", "permission": [{ "action": "use" }] }))]
    offer: Option<Map<String, Value>>,
    /// Our side: a consumer asks for the offer, a provider makes it; `consumer` when nothing is said.
    #[schema(value_type = Option<Side>)]
    role: Option<String>,
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
#[schema(as = NegotiationDecision)]
pub struct DecisionBody {
    /// What to do: `request`, `accept`, `verify` for a consumer; `offer`, `agree`, `finalize` for a provider; `terminate` for
    /// either.
    #[schema(value_type = NegotiationMove)]
    decision: String,
    /// The ODRL Offer of `request` and `offer`, which need one.
    offer: Option<Map<String, Value>>,
    /// A code for the peer, with `terminate`: at most 1024 bytes.
    code: Option<String>,
    /// Why, for the peer, with `terminate`: at most 16 texts of 1024 bytes.
    reason: Option<Reasons>,
}

/// Who is to be told of the events of a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = CallbackAddress)]
pub struct Callback {
    /// Where events are sent by `POST`.
    #[schema(example = "https://desk.example.org/told", format = "uri")]
    uri: String,
    /// Names of events, or what they begin with: at most 64.
    #[schema(example = json!(["contract.negotiation", "transfer.process.started"]))]
    events: Vec<String>,
    /// Whether the next message to the peer waits until the address has been told; `false` when nothing is said.
    #[serde(default)]
    transactional: bool,
    /// Header that carries a secret.
    #[schema(example = "X-Api-Key")]
    auth_key: Option<String>,
    /// Name of that secret.
    auth_code_id: Option<String>,
}

impl Callback {
    /// The address that is meant.
    pub fn read(self) -> CallbackAddress {
        CallbackAddress {
            uri: self.uri,
            events: self.events,
            transactional: self.transactional,
            auth_key: self.auth_key,
            auth_code_id: self.auth_code_id,
        }
    }
}

/// One reason or several.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Reasons {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// `GET /negotiations`
#[utoipa::path(
    get, path = "/negotiations", tag = "Negotiations", operation_id = "listNegotiations",
    summary = "List negotiations",
    params(Filter),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of negotiations, in the order of their creation.", body = views::Page<Negotiation>), refusals::ListCases),
)]
pub async fn list(Reader(desk): Reader, Params(filter): Params<Filter>) -> Result<Response, Problem> {
    let (query, page) = filter.split()?;
    ok(desk.list_cases(KIND, query, &page).await)
}

/// `GET /negotiations/{id}`
#[utoipa::path(
    get, path = "/negotiations/{id}", tag = "Negotiations", operation_id = "readNegotiation",
    summary = "Read a negotiation",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The negotiation as it stands.", body = Negotiation), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.case(KIND, &id).await)
}

/// `GET /negotiations/{id}/callbacks`
#[utoipa::path(
    get, path = "/negotiations/{id}/callbacks", tag = "Negotiations", operation_id = "listNegotiationCallbacks",
    summary = "See how far the callback addresses of a negotiation have been told",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "Its callback addresses, in the order in which they were given.", body = views::Whole<ToldAddress>), refusals::Read),
)]
pub async fn callbacks(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.callbacks(KIND, &id).await)
}

/// `GET /negotiations/{id}/timeline`
#[utoipa::path(
    get, path = "/negotiations/{id}/timeline", tag = "Negotiations", operation_id = "readNegotiationTimeline",
    summary = "Read what is written down of a negotiation",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded."), Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of entries, oldest first.", body = views::Page<TimelineEntry>), refusals::ListOfCase),
)]
pub async fn timeline(Reader(desk): Reader, Id(id): Id, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.timeline(KIND, &id, &paging.page()?).await)
}

/// `POST /negotiations`
#[utoipa::path(
    post, path = "/negotiations", tag = "Negotiations", operation_id = "openNegotiation",
    summary = "Begin a negotiation",
    description = "As a consumer, asks for an offer; as a provider, makes one. What a record of the register tells of is asked for by the record's id alone. The answer does not wait for the peer: follow the case by `GET /events`.",
    request_body(content = Body),
    security(("bearer" = ["editor"])),
    responses((status = 201, description = "The negotiation is stored, and its first message on its way.", body = Negotiation), refusals::OpenNegotiation),
)]
pub async fn open(Editor(desk): Editor, Json(body): Json<Body>) -> Result<Response, Problem> {
    if body.record.is_some() {
        let new = of_record(body)?;
        return Ok(answer(
            StatusCode::CREATED,
            &desk.open_negotiation_of_record(new).await?,
        ));
    }
    let role = match body.role.as_deref() {
        None => Role::Consumer,
        Some(text) => Role::parse(text).ok_or_else(|| {
            Problem::bad_request("wrong-role", format!("`{text}` is neither `consumer` nor `provider`"))
        })?,
    };
    let new = NewNegotiation {
        role,
        peer: ParticipantId::parse(&needed(body.peer, "peer")?)?,
        address: body.address,
        offer: match role {
            Role::Consumer => wanted(needed(body.offer, "offer")?)?,
            Role::Provider => offer(needed(body.offer, "offer")?)?,
        },
        mode: mode(body.mode.as_deref())?,
        callback_addresses: body.callback_addresses.into_iter().map(Callback::read).collect(),
    };
    Ok(answer(StatusCode::CREATED, &desk.open_negotiation(new).await?))
}

/// What a record tells of.
fn of_record(body: Body) -> Result<NegotiationOfRecord, Problem> {
    let said = [
        ("peer", body.peer.is_some()),
        ("address", body.address.is_some()),
        ("offer", body.offer.is_some()),
        ("role", body.role.is_some()),
    ];
    if let Some((name, _)) = said.into_iter().find(|(_, is_said)| *is_said) {
        let detail = format!("`{name}` is the record's to say: leave it out, or `record`");
        return Err(Problem::bad_request("wrong-member", detail));
    }
    Ok(NegotiationOfRecord {
        record: needed(body.record, "record")?,
        mode: mode(body.mode.as_deref())?,
        callback_addresses: body.callback_addresses.into_iter().map(Callback::read).collect(),
    })
}

fn needed<T>(member: Option<T>, name: &str) -> Result<T, Problem> {
    member.ok_or_else(|| Problem::bad_request("missing-member", format!("`{name}` is missing")))
}

/// `POST /negotiations/{id}/decisions`
#[utoipa::path(
    post, path = "/negotiations/{id}/decisions", tag = "Negotiations", operation_id = "decideNegotiation",
    summary = "Decide about a negotiation",
    description = "What can be decided now stands in the `decisions` of the negotiation. The answer does not wait for the peer: until it has taken the message, `pending` names it.",
    params(("id" = String, Path, description = "The negotiation's id, percent-encoded.")),
    request_body(content = DecisionBody),
    security(("bearer" = ["editor"])),
    responses((status = 202, description = "The decision is stored, and its message on its way.", body = Negotiation), refusals::DecideNegotiation),
)]
pub async fn decide(Editor(desk): Editor, Id(id): Id, Json(body): Json<DecisionBody>) -> Result<Response, Problem> {
    let decision = decision(body)?;
    Ok(answer(
        StatusCode::ACCEPTED,
        &desk.decide_negotiation(&id, decision).await?,
    ))
}

fn decision(body: DecisionBody) -> Result<Decision, Problem> {
    let DecisionBody {
        decision,
        offer: offered,
        code,
        reason,
    } = body;
    let with_offer = matches!(decision.as_str(), "request" | "offer");
    if offered.is_some() && !with_offer {
        return Err(misplaced("offer", &decision));
    }
    if decision != "terminate" {
        refuse_reasons(&decision, code.as_deref(), reason.as_ref())?;
    }
    let needed = || {
        let offered =
            offered.ok_or_else(|| Problem::bad_request("missing-member", format!("`{decision}` needs an `offer`")))?;
        offer(offered)
    };
    Ok(match decision.as_str() {
        "request" => Decision::Request(needed()?),
        "offer" => Decision::Offer(needed()?),
        "accept" => Decision::Accept,
        "agree" => Decision::Agree,
        "verify" => Decision::Verify,
        "finalize" => Decision::Finalize,
        "terminate" => Decision::Terminate {
            code: short(code)?,
            reason: reasons(reason)?,
        },
        other => {
            let known = "`request`, `offer`, `accept`, `agree`, `verify`, `finalize`, `terminate`";
            return Err(Problem::bad_request(
                "wrong-decision",
                format!("`{other}` is none of {known}"),
            ));
        }
    })
}

/// Refuses reasons where the message has no place for them.
pub fn refuse_reasons(decision: &str, code: Option<&str>, reason: Option<&Reasons>) -> Result<(), Problem> {
    match (code, reason) {
        (Some(_), _) => Err(misplaced("code", decision)),
        (None, Some(_)) => Err(misplaced("reason", decision)),
        (None, None) => Ok(()),
    }
}

fn misplaced(member: &str, decision: &str) -> Problem {
    Problem::bad_request(
        "wrong-member",
        format!("`{member}` says nothing with the decision `{decision}`"),
    )
}

/// The reasons as a list, within the bounds that we ask of peers.
pub fn reasons(given: Option<Reasons>) -> Result<Vec<String>, Problem> {
    let reasons = match given {
        None => Vec::new(),
        Some(Reasons::One(reason)) => vec![reason],
        Some(Reasons::Several(reasons)) => reasons,
    };
    if reasons.len() > limits::REASONS || reasons.iter().any(|reason| reason.len() > limits::REASON_BYTES) {
        let detail = format!(
            "`reason` is at most {} texts of {} bytes",
            limits::REASONS,
            limits::REASON_BYTES
        );
        return Err(Problem::bad_request("reason-too-long", detail));
    }
    Ok(reasons)
}

/// The code for the peer, bounded.
pub fn short(code: Option<String>) -> Result<Option<String>, Problem> {
    match code {
        Some(code) if code.len() > limits::REASON_BYTES => Err(Problem::bad_request(
            "code-too-long",
            format!("`code` has at most {} bytes", limits::REASON_BYTES),
        )),
        code => Ok(code),
    }
}

/// An offer as a message carries it; the type goes without saying here.
fn offer(members: Map<String, Value>) -> Result<Offer, Problem> {
    Offer::parse_in_message(&typed(members)).map_err(malformed)
}

/// An offer that is asked for, which may leave its rules to the peer.
pub fn wanted(members: Map<String, Value>) -> Result<Offer, Problem> {
    Offer::parse_or_named(&typed(members)).map_err(malformed)
}

fn typed(mut members: Map<String, Value>) -> Value {
    members.entry("@type").or_insert_with(|| "Offer".into());
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Decision, Problem> {
        decision(serde_json::from_value(value).unwrap())
    }

    #[test]
    fn every_decision_is_read() {
        let offer = json!({ "@id": "o", "target": "a", "permission": [{ "action": "use" }] });
        assert!(matches!(
            read(json!({ "decision": "request", "offer": offer })),
            Ok(Decision::Request(_))
        ));
        assert!(matches!(
            read(json!({ "decision": "offer", "offer": offer })),
            Ok(Decision::Offer(_))
        ));
        assert!(matches!(read(json!({ "decision": "accept" })), Ok(Decision::Accept)));
        assert!(matches!(read(json!({ "decision": "agree" })), Ok(Decision::Agree)));
        assert!(matches!(read(json!({ "decision": "verify" })), Ok(Decision::Verify)));
        assert!(matches!(
            read(json!({ "decision": "finalize" })),
            Ok(Decision::Finalize)
        ));
        let Ok(Decision::Terminate { code, reason }) =
            read(json!({ "decision": "terminate", "code": "c", "reason": "r" }))
        else {
            panic!()
        };
        assert_eq!(
            (code.as_deref(), reason.as_slice()),
            (Some("c"), ["r".to_owned()].as_slice())
        );
    }

    #[test]
    fn decisions_with_members_at_odds_are_refused() {
        for bad in [
            json!({ "decision": "ACCEPT" }),
            json!({ "decision": "request" }),
            json!({ "decision": "accept", "offer": {} }),
            json!({ "decision": "accept", "reason": "r" }),
            json!({ "decision": "verify", "code": "c" }),
            json!({ "decision": "offer", "offer": { "@id": "o" } }),
            json!({ "decision": "terminate", "reason": vec!["r"; limits::REASONS + 1] }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
