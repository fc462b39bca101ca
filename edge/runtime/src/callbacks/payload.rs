//! An event as callback addresses are told of it: the envelope and the payload of the connectors whose clients wait there
//! (`eclipse-edc`, `EventEnvelope` with the events of `contract.negotiation` and `transfer.process`).
//!
//! Made of the event's row, which says how things stood then, and of the case: only there are the addresses and the token of a pull.
//! Refuses to say which event a step is (`kind`) and who wants it.

use super::Told;
use super::policy::{Parties, policy};
use crate::Fault;
use crate::reasons::bare_reason;
use chapar_dsp::{DataAddress, Role};
use chapar_exchange::CallbackAddress;
use chapar_store::EventRow;
use chapar_terms::{Digest, Instant};
use serde_json::{Map, Value, json};

/// What their `protocol` members say of ours.
const PROTOCOL: &str = "dataspace-protocol-http:2025-1";
/// Their namespace, in which plain names of an address's properties are understood.
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

/// What is posted.
pub(super) struct Envelope(Value);

impl Envelope {
    pub fn body(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }
}

/// The envelope of `event` under its name `name`, the one at `index` of its names.
pub(super) fn envelope(
    participant: &str,
    event: &EventRow,
    index: usize,
    name: &str,
    told: &Told,
) -> Result<Envelope, Fault> {
    let view: Value = serde_json::from_str(&event.data).map_err(|error| Fault::Internal(error.to_string()))?;
    let payload = match name.rsplit_once('.') {
        Some(("contract.negotiation", word)) => negotiation(participant, word, &view, told),
        Some((_, word)) => transfer(participant, word, &view, told),
        None => Value::Null,
    };
    Ok(Envelope(json!({
        "id": envelope_id(participant, event.number, index),
        "at": event.at,
        "payload": payload,
        "type": class(name),
    })))
}

/// The same in each try, so that who is told twice can know it.
fn envelope_id(participant: &str, number: i64, index: usize) -> String {
    let digest = Digest::of(json!([participant, number, index]).to_string().as_bytes());
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(digest.as_bytes())
        .for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// Their class for an event's name: `transfer.process.started` is a `TransferProcessStarted`.
fn class(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('.').map(capital).collect()
}

fn negotiation(participant: &str, word: &str, view: &Value, told: &Told) -> Value {
    let head = &told.head;
    let offers: Vec<Value> = offer(view, told).into_iter().collect();
    let mut payload = json!({
        "contractNegotiationId": head.id.as_str(),
        "counterPartyAddress": head.peer_address,
        "counterPartyId": head.peer.as_str(),
        "callbackAddresses": addresses(told),
        "contractOffers": offers,
        "lastContractOffer": offers.last(),
        "participantContextId": participant,
        "protocol": PROTOCOL,
    });
    if let Some(members) = payload.as_object_mut() {
        match word {
            "finalized" => members.extend([("contractAgreement".to_owned(), agreement(participant, view))]),
            "terminated" => members.extend([("reason".to_owned(), json!(bare_reason(view)))]),
            _ => {}
        }
    }
    payload
}

fn transfer(participant: &str, word: &str, view: &Value, told: &Told) -> Value {
    let kind = match told.head.role {
        Role::Consumer => "CONSUMER",
        Role::Provider => "PROVIDER",
    };
    let mut payload = json!({
        "transferProcessId": told.head.id.as_str(),
        "callbackAddresses": addresses(told),
        "assetId": view.get("dataset"),
        "type": kind,
        "contractId": view.get("agreementId"),
        "participantContextId": participant,
        "protocol": PROTOCOL,
    });
    if let Some(members) = payload.as_object_mut() {
        match word {
            // The address that is good now: one that was closed meanwhile would be good for nothing.
            "started" => {
                let source = told.transfer.as_ref().and_then(|transfer| transfer.source.as_ref());
                members.extend([("dataAddress".to_owned(), source.map_or(Value::Null, data_address))]);
            }
            "suspended" | "terminated" => members.extend([("reason".to_owned(), json!(bare_reason(view)))]),
            _ => {}
        }
    }
    payload
}

fn addresses(told: &Told) -> Vec<Value> {
    told.head.callbacks.iter().map(CallbackAddress::to_json).collect()
}

/// The offer on the table, or the one on its way. Whose it is goes without saying in the protocol; their readers want it said.
fn offer(view: &Value, told: &Told) -> Option<Value> {
    let members = view.get("offer").or_else(|| view.get("proposed"))?.as_object()?;
    let target = text(members, "target").or_else(|| view.get("dataset")?.as_str())?;
    let said = parties(members);
    let parties = Parties {
        assigner: said.assigner.or(told.provider.as_deref()),
        ..said
    };
    let policy = policy(members, "offer", target, parties);
    Some(json!({ "id": members.get("@id"), "policy": policy, "assetId": target }))
}

fn agreement(participant: &str, view: &Value) -> Value {
    let Some(members) = view.get("agreement").and_then(Value::as_object) else {
        return Value::Null;
    };
    let target = text(members, "target").unwrap_or_default();
    let signed_at = text(members, "timestamp").and_then(|text| Instant::parse_rfc3339(text).ok());
    json!({
        "id": members.get("@id"),
        "agreementId": members.get("@id"),
        "providerId": members.get("assigner"),
        "consumerId": members.get("assignee"),
        "contractSigningDate": signed_at.map(|at| at.unix_s()),
        "assetId": target,
        "policy": policy(members, "contract", target, parties(members)),
        "participantContextId": participant,
    })
}

/// The properties under the names that their clients look for.
fn data_address(address: &DataAddress) -> Value {
    let mut properties = Map::new();
    properties.insert(format!("{EDC}type"), address.endpoint_type.as_str().into());
    if let Some(endpoint) = &address.endpoint {
        properties.insert(format!("{EDC}endpoint"), endpoint.as_str().into());
    }
    for (name, value) in &address.properties {
        let name = if name.contains(':') {
            name.clone()
        } else {
            format!("{EDC}{name}")
        };
        properties.insert(name, value.as_str().into());
    }
    json!({ "properties": properties })
}

fn parties(members: &Map<String, Value>) -> Parties<'_> {
    Parties {
        assigner: text(members, "assigner"),
        assignee: text(members, "assignee"),
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_classes() {
        assert_eq!(class("transfer.process.started"), "TransferProcessStarted");
        assert_eq!(class("contract.negotiation.finalized"), "ContractNegotiationFinalized");
    }

    #[test]
    fn an_envelope_keeps_its_id_and_shares_it_with_none() {
        let id = envelope_id("uz-plant", 7, 0);
        assert_eq!(id, envelope_id("uz-plant", 7, 0));
        for other in [("uz-plant", 7, 1), ("uz-plant", 8, 0), ("kz-border", 7, 0)] {
            assert_ne!(id, envelope_id(other.0, other.1, other.2));
        }
        assert!(uuid::Uuid::parse_str(&id).is_ok());
    }
}
