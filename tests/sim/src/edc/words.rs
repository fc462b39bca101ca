//! What an EDC writes: its messages and its answers, in the forms that were seen of that family and others that are as legal.
//!
//! Built of plain JSON; refuses to use `chapar_dsp`, which reads them.

use super::process::Process;
use super::state::State;
use crate::case::Kind;
use crate::prng::Die;
use crate::world::{ASSET, OFFER};
use chapar_dsp::Role;
use serde_json::{Value, json};

/// The contexts that it names.
const DSP_CONTEXT: &str = "https://w3id.org/dspace/2025/1/context.jsonld";
const EDC_CONTEXT: &str = "https://w3id.org/edc/dspace/v0.0.1";
/// How it spells names out.
const EDC_NAMES: &str = "https://w3id.org/edc/v0.0.1/ns/";

/// Members of an object, in the order of writing.
pub(super) type Members = Vec<(String, Value)>;

/// A message: its type, the path behind our base, and what it says.
pub(super) struct Said {
    pub kind: &'static str,
    pub path: String,
    pub members: Members,
}

/// Who speaks to whom about a row.
pub(super) struct Speaker<'a> {
    pub role: Role,
    pub base: &'a str,
    pub process: &'a Process,
}

impl Speaker<'_> {
    /// What it says in the state of the row, under the name `id`; `die` chooses among legal forms, the same for the same move.
    pub fn says(&self, id: &str, die: &mut Die) -> Said {
        let process = self.process;
        let noun = process.kind.noun();
        // Without a name of ours it takes its own, which leads nowhere.
        let pid = process.peer_pid.as_deref().unwrap_or(&process.pid);
        let (kind, tail, own) = self.content(die);
        let path = if process.state == State::Requesting {
            format!("/{noun}/request")
        } else {
            format!("/{noun}/{pid}/{tail}")
        };
        let mut members = vec![
            ("@context".to_owned(), contexts(die)),
            ("@type".to_owned(), json!(kind)),
            ("@id".to_owned(), json!(id)),
        ];
        members.extend(self.pids());
        members.extend(own);
        if die.chance(30) {
            members.push((format!("{EDC_NAMES}note"), json!({ "@type": "Set", "permission": [] })));
        }
        Said { kind, path, members }
    }

    fn pids(&self) -> Members {
        let (own, other) = match self.role {
            Role::Consumer => ("consumerPid", "providerPid"),
            Role::Provider => ("providerPid", "consumerPid"),
        };
        let mut pids = vec![(own.to_owned(), json!(self.process.pid))];
        pids.extend(self.process.peer_pid.iter().map(|pid| (other.to_owned(), json!(pid))));
        pids
    }

    /// Type, end of the path, and members of the message of this state.
    fn content(&self, die: &mut Die) -> (&'static str, &'static str, Members) {
        let process = self.process;
        match (process.state, process.kind) {
            (State::Requesting, Kind::Negotiation) => ("ContractRequestMessage", "request", self.request(die)),
            (State::Requesting, Kind::Transfer) => ("TransferRequestMessage", "request", self.transfer_request()),
            (State::Agreeing, _) => {
                let agreement = process.agreement.clone().unwrap_or_default();
                let members = one("agreement", agreement);
                ("ContractAgreementMessage", "agreement", members)
            }
            (State::Verifying, _) => (
                "ContractAgreementVerificationMessage",
                "agreement/verification",
                Vec::new(),
            ),
            (State::Finalizing, _) => {
                let event = one("eventType", json!("FINALIZED"));
                ("ContractNegotiationEventMessage", "events", event)
            }
            (State::Suspending, _) => ("TransferSuspensionMessage", "suspension", self.reason(die)),
            (State::Completing, _) => ("TransferCompletionMessage", "completion", Vec::new()),
            (State::Terminating, Kind::Negotiation) => {
                ("ContractNegotiationTerminationMessage", "termination", self.reason(die))
            }
            (State::Terminating, Kind::Transfer) => ("TransferTerminationMessage", "termination", self.reason(die)),
            _ if self.role == Role::Provider => {
                ("TransferStartMessage", "start", one("dataAddress", self.data_address()))
            }
            _ => ("TransferStartMessage", "start", Vec::new()),
        }
    }

    fn request(&self, die: &mut Die) -> Members {
        let mut offer = self.process.terms.clone();
        offer["@id"] = json!(OFFER);
        offer["@type"] = json!("Offer");
        offer["target"] = json!(ASSET);
        if die.chance(50) {
            offer["assigner"] = json!("did:web:provider.example");
            offer["prohibition"] = json!([]);
            offer["obligation"] = json!([]);
        }
        let mut members = one("offer", offer);
        members.push(("callbackAddress".to_owned(), json!(self.base)));
        members
    }

    fn transfer_request(&self) -> Members {
        let mut members = one("agreementId", self.process.terms.clone());
        members.push(("format".to_owned(), json!("HttpData-PULL")));
        members.push(("callbackAddress".to_owned(), json!(self.base)));
        members
    }

    /// One text or several, plain, tagged or none.
    fn reason(&self, die: &mut Die) -> Members {
        let text = self
            .process
            .why
            .clone()
            .unwrap_or_else(|| "no longer wanted".to_owned());
        let reason = match die.below(4) {
            0 => json!(text),
            1 => json!([text]),
            2 => json!({ "@value": text, "@language": "en" }),
            _ => return Vec::new(),
        };
        let mut members = one("reason", reason);
        if die.chance(50) {
            members.push(("code".to_owned(), json!("409")));
        }
        members
    }

    /// Place and token among the properties, their names spelled out.
    fn data_address(&self) -> Value {
        let kind = "https://w3id.org/idsa/v4.1/HTTP";
        let token = format!("{}@{}", self.process.pid, self.process.moves);
        let values = [
            ("endpoint", "https://provider.example/public"),
            ("authType", "bearer"),
            ("endpointType", kind),
            ("authorization", token.as_str()),
        ];
        let properties = values.map(
            |(name, value)| json!({ "@type": "EndpointProperty", "name": format!("{EDC_NAMES}{name}"), "value": value }),
        );
        json!({ "@type": "DataAddress", "endpointType": kind, "endpointProperties": properties })
    }
}

fn one(name: &str, value: Value) -> Members {
    vec![(name.to_owned(), value)]
}

/// Both contexts, in either order.
fn contexts(die: &mut Die) -> Value {
    if die.chance(50) {
        json!([DSP_CONTEXT, EDC_CONTEXT])
    } else {
        json!([EDC_CONTEXT, DSP_CONTEXT])
    }
}

/// An agreement to `terms`: its time to the second, the kinds of rule that it has none of written down as empty.
pub(super) fn agreement(id: &str, terms: &Value, at: &str, die: &mut Die) -> Value {
    let mut agreement = terms.clone();
    let whole_seconds = at.split('.').next().unwrap_or(at).trim_end_matches('Z');
    for (name, value) in [
        ("@id", id),
        ("@type", "Agreement"),
        ("target", ASSET),
        ("assigner", "did:web:provider.example"),
        ("assignee", "did:web:consumer.example"),
    ] {
        agreement[name] = json!(value);
    }
    agreement["timestamp"] = json!(format!("{whole_seconds}Z"));
    if die.chance(50) {
        agreement["prohibition"] = json!([]);
        agreement["obligation"] = json!([]);
    }
    agreement
}

/// An object as text, its members in an order that is as good as any.
pub(super) fn spelled(mut members: Members, die: &mut Die) -> Vec<u8> {
    let mut text = Vec::with_capacity(members.len());
    while !members.is_empty() {
        let count = u64::try_from(members.len()).unwrap_or(1);
        let at = usize::try_from(die.below(count)).unwrap_or(0);
        let (name, value) = members.swap_remove(at);
        text.push(format!("{}:{value}", Value::String(name)));
    }
    format!("{{{}}}", text.join(" ,\n")).into_bytes()
}

/// The message made unlawful in one of the ways that a careless writer would find.
pub(super) fn malformed(mut members: Members, die: &mut Die) -> Members {
    let spoil = |members: &mut Members, name: &str, value: Option<Value>| {
        members.retain(|(other, _)| other != name);
        members.extend(value.map(|value| (name.to_owned(), value)));
    };
    match die.below(6) {
        0 => spoil(&mut members, "@context", Some(json!(DSP_CONTEXT))),
        1 => spoil(&mut members, "@context", Some(json!([EDC_CONTEXT]))),
        2 => {
            let kinds: Vec<Value> = members
                .iter()
                .filter(|(name, _)| name == "@type")
                .map(|(_, kind)| kind.clone())
                .collect();
            spoil(&mut members, "@type", Some(json!(kinds)));
        }
        3 => spoil(&mut members, "consumerPid", None),
        4 => spoil(&mut members, "consumerPid", Some(json!(["urn:a", "urn:b"]))),
        _ => spoil(&mut members, "@type", Some(json!("CatalogRequestMessage"))),
    }
    members
}

/// What it tells of a row; one context or several, and members of its own. `plain` is what a first answer needs.
pub(super) fn told(role: Role, process: &Process, plain: bool, die: &mut Die) -> Vec<u8> {
    let kind = match process.kind {
        Kind::Negotiation => "ContractNegotiation",
        Kind::Transfer => "TransferProcess",
    };
    let base = "";
    let mut members = vec![
        ("@context".to_owned(), answer_context(die)),
        ("@type".to_owned(), json!(kind)),
        ("@id".to_owned(), json!(process.pid)),
        ("state".to_owned(), json!(process.state.told())),
        ("createdAt".to_owned(), json!(1_795_658_659_424_u64)),
    ];
    members.extend(Speaker { role, base, process }.pids());
    if !plain && die.chance(20) {
        members.retain(|(name, _)| name != "state");
        members.push(("state".to_owned(), json!([process.state.told()])));
    }
    spelled(members, die)
}

/// A refusal, which names no case and has one reason without its list, or several.
pub(super) fn refusal(kind: Kind, status: u16, why: &str, die: &mut Die) -> (u16, Vec<u8>) {
    let kind = match kind {
        Kind::Negotiation => "ContractNegotiationError",
        Kind::Transfer => "TransferError",
    };
    let reason = if die.chance(50) { json!(why) } else { json!([why]) };
    let members = vec![
        ("@context".to_owned(), answer_context(die)),
        ("@type".to_owned(), json!(kind)),
        ("code".to_owned(), json!(status.to_string())),
        ("reason".to_owned(), reason),
    ];
    (status, spelled(members, die))
}

fn answer_context(die: &mut Die) -> Value {
    if die.chance(50) {
        json!(DSP_CONTEXT)
    } else {
        contexts(die)
    }
}
