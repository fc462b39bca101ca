//! Two desks and no network: each test hands the messages over itself. Every case that a step leaves is stored and read back.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "shared by test files that use parts of it and may stop loudly"
)]

use chapar_dsp::{Ack, Agreement, DataAddress, NegotiationMessage, Offer, PeerError, Role, TransferMessage};
use chapar_dsp::{negotiation, transfer};
use chapar_exchange::negotiation::{Negotiation, Published};
use chapar_exchange::transfer::{Bound, Transfer};
use chapar_exchange::{
    Access, Actor, Answer, CallbackAddress, Effect, Facts, Fresh, Me, Mode, Received, Refusal, Reply, Step,
};
use chapar_terms::{AgreementId, AssetId, CaseId, DefinitionId, Instant, OfferId, ParticipantId};
use chapar_trust::development::DevelopmentIdentity;
use chapar_trust::{Peer, Proof, Verified};
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub const ASSET: &str = "urn:asset:1";
pub const NOW: Instant = Instant::from_unix_ms(1_800_000_000_000);

pub fn id(role: Role) -> ParticipantId {
    ParticipantId::parse(&format!("did:web:{role}.example")).unwrap()
}

pub fn base(role: Role) -> String {
    format!("https://{role}.example/dsp")
}

pub fn peer(role: Role) -> Verified<Peer> {
    DevelopmentIdentity { peer: id(role) }.verify(Some("x")).unwrap()
}

pub fn person() -> Actor {
    Actor::Key {
        id: "key-1".to_owned(),
        role: "editor".to_owned(),
    }
}

/// Addresses that name their opening.
struct Tokens;

impl Access for Tokens {
    fn grant(&self, _transfer: &Transfer, opening: u64, _now: Instant, _until: Option<Instant>) -> DataAddress {
        DataAddress {
            endpoint_type: "https://w3id.org/idsa/v4.1/HTTP".to_owned(),
            endpoint: Some("https://provider.example/data".to_owned()),
            properties: vec![("authorization".to_owned(), format!("token-{opening}"))],
            members: Map::new(),
        }
    }
}

/// The facts of the moment [`NOW`] at the desk of `role`.
pub fn with<T>(role: Role, step: impl FnOnce(&Facts<'_>) -> T) -> T {
    at(NOW, role, step)
}

/// The facts of another moment at the desk of `role`.
pub fn at<T>(now: Instant, role: Role, step: impl FnOnce(&Facts<'_>) -> T) -> T {
    let me = Me {
        id: id(role),
        dsp_address: base(role),
    };
    let fresh = Fresh {
        case: CaseId::parse(&format!("urn:{role}:case")).unwrap(),
        agreement: AgreementId::parse("urn:agreement:1").unwrap(),
    };
    step(&Facts {
        now,
        me: &me,
        fresh,
        federations: Arc::default(),
        access: &Tokens,
    })
}

/// Who is told of the events of what we begin.
pub fn callbacks() -> Vec<CallbackAddress> {
    vec![CallbackAddress {
        uri: "https://backend.example/told".to_owned(),
        events: vec!["contract.negotiation".to_owned(), "transfer.process.started".to_owned()],
        transactional: true,
        auth_key: Some("x-api-key".to_owned()),
        auth_code_id: None,
    }]
}

/// Rules that permit, until the end of 2098.
pub fn permitting() -> Value {
    json!({ "permission": [{ "action": "use", "constraint": [
        { "leftOperand": "dateTime", "operator": "lt", "rightOperand": "2099-01-01T00:00:00Z" }
    ] }] })
}

/// Rules that permit nobody whom we know.
pub fn denying() -> Value {
    json!({ "permission": [{ "action": "use", "constraint": [
        { "leftOperand": "participantId", "operator": "eq", "rightOperand": "did:web:nobody.example" }
    ] }] })
}

pub fn offer(rules: &Value) -> Offer {
    let id = OfferId::parse("urn:offer:1").unwrap();
    Offer::from_rules(id, Some(AssetId::parse(ASSET).unwrap()), rules.as_object().unwrap())
}

pub fn published(rules: &Value, mode: Mode) -> Published {
    Published {
        definition: DefinitionId::parse("definition").unwrap(),
        asset: AssetId::parse(ASSET).unwrap(),
        offer: offer(rules),
        mode,
    }
}

pub fn agreement(rules: &Value) -> Agreement {
    let asset = AssetId::parse(ASSET).unwrap();
    let agreed = AgreementId::parse("urn:agreement:1").unwrap();
    Agreement::from_offer(
        &offer(rules),
        agreed,
        asset,
        id(Role::Provider),
        id(Role::Consumer),
        NOW,
    )
}

pub fn bound(rules: &Value) -> Bound {
    Bound {
        agreement: agreement(rules),
        retired: None,
    }
}

/// A kind of case that can be stored and read back.
pub trait Stored: Sized + Clone + PartialEq + std::fmt::Debug {
    fn again(&self) -> Self;
}

impl Stored for Negotiation {
    fn again(&self) -> Self {
        let text = self.to_stored().to_string();
        Self::from_stored(&serde_json::from_str(&text).unwrap()).unwrap()
    }
}

impl Stored for Transfer {
    fn again(&self) -> Self {
        let text = self.to_stored().to_string();
        Self::from_stored(&serde_json::from_str(&text).unwrap()).unwrap()
    }
}

/// The case that the step leaves, which is what was stored.
pub fn kept<C: Stored>(step: &Step<C>) -> C {
    let case = step.case.clone().unwrap_or_else(|| panic!("no case in {step:?}"));
    assert_eq!(case.again(), case);
    assert!(!step.records.is_empty(), "a case is kept with a record");
    case
}

/// The one message that the step sends.
#[derive(Clone, Debug)]
pub struct Sent {
    pub effect: String,
    pub url: String,
    pub message: &'static str,
    pub body: Vec<u8>,
}

impl Sent {
    /// As the effect had it.
    pub fn outgoing(&self) -> chapar_exchange::Sent<'_> {
        chapar_exchange::Sent {
            effect: &self.effect,
            message: self.message,
            body: &self.body,
        }
    }

    /// As a peer would say it that gives its messages no `@id`.
    pub fn without_name(&self) -> Self {
        let mut body: Value = serde_json::from_slice(&self.body).unwrap();
        body.as_object_mut().unwrap().remove("@id");
        Self {
            body: body.to_string().into_bytes(),
            ..self.clone()
        }
    }
}

pub fn sent<C: std::fmt::Debug>(step: &Step<C>) -> Sent {
    match step.effects.as_slice() {
        [
            Effect::Send {
                id, url, message, body, ..
            },
        ] => Sent {
            effect: id.clone(),
            url: url.clone(),
            message,
            body: body.clone(),
        },
        other => panic!("not one effect: {other:?}"),
    }
}

pub fn refused<C: std::fmt::Debug>(step: &Step<C>) -> Refusal {
    match &step.reply {
        Reply::Refused(refusal) => refusal.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

pub fn code<C: std::fmt::Debug>(step: &Step<C>) -> String {
    match &step.reply {
        Reply::Refused(refusal) => refusal.code.clone(),
        Reply::Taken { state, .. } => (*state).to_owned(),
        Reply::None => "none".to_owned(),
    }
}

/// What the step writes down: each kind with the word that tells it from others of its kind.
pub fn written<C>(step: &Step<C>) -> Vec<(&'static str, &str)> {
    step.records
        .iter()
        .map(|record| (record.kind.as_str(), told(&record.body)))
        .collect()
}

/// A refusal's code, a delivery's outcome, a decision, or else the message's name.
fn told(body: &Value) -> &str {
    let places = ["/refused/code", "/outcome", "/decision", "/message"];
    places
        .iter()
        .find_map(|place| body.pointer(place)?.as_str())
        .unwrap_or_default()
}

/// What `sent` says, as it comes in at the other desk.
pub fn negotiation_message(body: &[u8]) -> NegotiationMessage {
    chapar_dsp::parse_negotiation(body, &negotiation::Message::ALL).unwrap()
}

pub fn transfer_message(body: &[u8]) -> TransferMessage {
    chapar_dsp::parse_transfer(body, &transfer::Message::ALL).unwrap()
}

/// A message from `sender` without a number.
pub fn from<M>(message: M, peer: &Verified<Peer>) -> Received<'_, M> {
    Received {
        message,
        peer,
        effect: None,
    }
}

/// The success that `step` answers.
pub fn success<C: std::fmt::Debug>(step: &Step<C>) -> Answer {
    match &step.reply {
        Reply::Taken {
            consumer_pid,
            provider_pid,
            state,
            ..
        } => Answer::Taken {
            ack: Some(Ack {
                consumer_pid: consumer_pid.clone(),
                provider_pid: provider_pid.clone(),
                state: Some((*state).to_owned()),
            }),
            proof: proven(),
        },
        other => panic!("no success: {other:?}"),
    }
}

/// The states that the step brings its case to, and whose moves did.
pub fn came_to<C>(step: &Step<C>) -> Vec<(&'static str, Role)> {
    step.reached.iter().map(|reached| (reached.state, reached.by)).collect()
}

/// A success that says no more, and proves nothing.
pub fn bare_success() -> Answer {
    Answer::Taken {
        ack: None,
        proof: Proof::Asserted,
    }
}

pub fn proven() -> Proof {
    Proof::Proven {
        key_id: "did:web:peer.example#key".to_owned(),
    }
}

pub fn refusal() -> Answer {
    Answer::Refused {
        status: 400,
        error: PeerError {
            code: Some("no".to_owned()),
            reason: vec!["because".to_owned()],
        },
        proof: Proof::Asserted,
    }
}
