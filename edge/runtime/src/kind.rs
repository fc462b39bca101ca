//! What the loop asks of every kind of case, so that loading, committing and delivering are written once.

use crate::Timeouts;
use chapar_dsp::transfer::State;
use chapar_dsp::{Ack, DataAddress, Role};
use chapar_exchange::negotiation::{Ended, Negotiation};
use chapar_exchange::protocol::Protocol;
use chapar_exchange::track::{Delivery, PeerFault, Track};
use chapar_exchange::transfer::{Opening, Transfer};
use chapar_exchange::{Answer, Broken, Facts, Head, Reached, Sent, Step};
use chapar_terms::Instant;
use serde_json::{Map, Value, json};

/// Properties of an address that are shown with a case, by the last part of their names: of others nobody knows whether they open
/// what is behind it.
const SHOWN: [&str; 6] = ["type", "baseUrl", "path", "method", "contentType", "authKey"];

/// A kind of case.
pub(crate) trait Kind: Clone + Send + Sync + 'static {
    /// `negotiation` or `transfer`: the stored word and the first word of event types.
    const NAME: &'static str;
    /// What the names begin with under which callback addresses are told of its events.
    const CALLBACK_FAMILY: &'static str;
    /// The names of the states in which it is not over.
    const OPEN_STATES: &'static [&'static str];

    fn head(&self) -> &Head;
    fn to_stored(&self) -> Value;
    fn from_stored(value: &Value) -> Result<Self, Broken>;
    fn phase(&self) -> &'static str;
    fn state(&self) -> &'static str;
    /// Whether no message can follow.
    fn is_over(&self) -> bool;
    fn pending(&self) -> Option<&'static str>;
    /// The state that the move `effect` leads to, while it is under way.
    fn leads_to(&self, effect: &str) -> Option<&'static str>;
    fn fault(&self) -> Option<&PeerFault>;
    /// How long one may stay in the state of this name.
    fn limit_ms(state: &str, timeouts: &Timeouts) -> Option<i64>;
    /// When it is ended if it may stay as it is for `limit_ms`.
    fn due_at(&self, limit_ms: i64) -> Option<Instant>;
    /// Who ended it and why; for one that is suspended, who did that.
    fn ended(&self) -> Option<&Ended>;
    fn decisions(&self) -> Vec<&'static str>;
    fn agreement_id(&self) -> Option<&str>;
    fn asset_id(&self) -> Option<&str>;
    fn deliver(self, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Self>;
    /// Reads the body of a peer's 2xx, as far as it can be read.
    fn ack(body: &[u8]) -> Option<Ack>;
    /// Whether the peer began it: then a second beginning with its pid is a conflict.
    fn begun_by_peer(&self) -> bool;
    /// The members only this kind has, as people see them.
    fn own_members(&self) -> Map<String, Value>;
    /// The opening that tokens are good for: none when closed or when this kind gives no access.
    fn opening(&self) -> Option<u64>;
    /// The word for a state that it has come to, as callback addresses know it, if they know it.
    fn callback_word(&self, reached: Reached) -> Option<String> {
        Some(reached.state.to_lowercase())
    }
}

impl Kind for Negotiation {
    const NAME: &'static str = "negotiation";
    const CALLBACK_FAMILY: &'static str = "contract.negotiation";
    const OPEN_STATES: &'static [&'static str] = &["INITIAL", "REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED"];

    fn head(&self) -> &Head {
        &self.head
    }
    fn to_stored(&self) -> Value {
        self.to_stored()
    }
    fn from_stored(value: &Value) -> Result<Self, Broken> {
        Self::from_stored(value)
    }
    fn phase(&self) -> &'static str {
        self.phase()
    }
    fn state(&self) -> &'static str {
        self.track.state_name()
    }
    fn is_over(&self) -> bool {
        is_over(&self.track)
    }
    fn pending(&self) -> Option<&'static str> {
        pending(&self.track)
    }
    fn leads_to(&self, effect: &str) -> Option<&'static str> {
        self.track.leads_to(self.head.role, effect)
    }
    fn fault(&self) -> Option<&PeerFault> {
        self.track.fault.as_ref()
    }
    fn decisions(&self) -> Vec<&'static str> {
        self.decisions()
    }
    fn limit_ms(_: &str, timeouts: &Timeouts) -> Option<i64> {
        timeouts.negotiation_ms
    }
    fn due_at(&self, limit_ms: i64) -> Option<Instant> {
        self.due_at(limit_ms)
    }
    fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }
    fn agreement_id(&self) -> Option<&str> {
        self.agreement.as_ref().map(|agreement| agreement.id.as_str())
    }
    fn asset_id(&self) -> Option<&str> {
        self.asset().map(chapar_terms::AssetId::as_str)
    }
    fn deliver(self, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Self> {
        chapar_exchange::negotiation::deliver(self, sent, answer, facts)
    }
    fn ack(body: &[u8]) -> Option<Ack> {
        chapar_dsp::parse_negotiation_ack(body).ok()
    }
    fn begun_by_peer(&self) -> bool {
        self.first.is_some()
    }
    fn own_members(&self) -> Map<String, Value> {
        members(json!({
            "offer": self.standing.as_ref().map(|standing| &standing.offer.members),
            "offeredBy": self.standing.as_ref().map(|standing| standing.by.as_str()),
            "proposed": self.proposed.as_ref().map(|offer| &offer.members),
            "agreement": self.agreement.as_ref().map(|agreement| &agreement.members),
            "definition": self.definition.as_ref().map(chapar_terms::DefinitionId::as_str),
            "followOn": self.follow_on.as_ref().map(|wished| wished.transfer.as_str()),
            "ended": self.ended.as_ref().map(ended),
        }))
    }
    fn opening(&self) -> Option<u64> {
        None
    }
}

impl Kind for Transfer {
    const NAME: &'static str = "transfer";
    const CALLBACK_FAMILY: &'static str = "transfer.process";
    const OPEN_STATES: &'static [&'static str] = &["INITIAL", "REQUESTED", "STARTED", "SUSPENDED"];

    fn head(&self) -> &Head {
        &self.head
    }
    fn to_stored(&self) -> Value {
        self.to_stored()
    }
    fn from_stored(value: &Value) -> Result<Self, Broken> {
        Self::from_stored(value)
    }
    fn phase(&self) -> &'static str {
        self.phase()
    }
    fn state(&self) -> &'static str {
        self.track.state_name()
    }
    fn is_over(&self) -> bool {
        is_over(&self.track)
    }
    fn pending(&self) -> Option<&'static str> {
        pending(&self.track)
    }
    fn leads_to(&self, effect: &str) -> Option<&'static str> {
        self.track.leads_to(self.head.role, effect)
    }
    fn fault(&self) -> Option<&PeerFault> {
        self.track.fault.as_ref()
    }
    fn decisions(&self) -> Vec<&'static str> {
        self.decisions()
    }
    fn limit_ms(state: &str, timeouts: &Timeouts) -> Option<i64> {
        match state {
            "REQUESTED" => timeouts.transfer_start_ms,
            "SUSPENDED" => timeouts.transfer_suspended_ms,
            _ => None,
        }
    }
    fn due_at(&self, limit_ms: i64) -> Option<Instant> {
        self.due_at(limit_ms)
    }
    fn ended(&self) -> Option<&Ended> {
        let is_suspended = matches!(self.track.state, Some(State::Suspended));
        self.ended.as_ref().or(self.suspended.as_ref().filter(|_| is_suspended))
    }
    fn agreement_id(&self) -> Option<&str> {
        Some(self.agreement.as_str())
    }
    fn asset_id(&self) -> Option<&str> {
        Some(self.asset.as_str())
    }
    fn deliver(self, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Self> {
        chapar_exchange::transfer::deliver(self, sent, answer, facts)
    }
    fn ack(body: &[u8]) -> Option<Ack> {
        chapar_dsp::parse_transfer_ack(body).ok()
    }
    fn begun_by_peer(&self) -> bool {
        self.first.is_some()
    }
    fn own_members(&self) -> Map<String, Value> {
        let suspended = Kind::ended(self).filter(|_| self.ended.is_none());
        members(json!({
            "format": self.format,
            "accessOpen": self.opening() .is_some() || self.source.is_some(),
            "suspended": suspended.map(ended),
            "ended": self.ended.as_ref().map(ended),
            "dataDestination": self.destination.as_ref().map(without_secrets),
            "privateProperties": Some(&self.private_properties).filter(|properties| !properties.is_empty()),
        }))
    }
    fn opening(&self) -> Option<u64> {
        match self.opening {
            Opening::Open { number, .. } => Some(number),
            Opening::Closed => None,
        }
    }
    /// A consumer's start only asks for access to be given back, and their events have no class for that; that it is comes with
    /// the provider's.
    fn callback_word(&self, reached: Reached) -> Option<String> {
        let only_asks = (reached.state, reached.by) == ("STARTED", Role::Consumer);
        (!only_asks).then(|| reached.state.to_lowercase())
    }
}

fn is_over<P: Protocol>(track: &Track<P>) -> bool {
    track.pending.is_none() && track.state.is_some_and(P::is_final)
}

fn pending<P: Protocol>(track: &Track<P>) -> Option<&'static str> {
    track
        .pending
        .as_ref()
        .filter(|pending| pending.delivery == Delivery::Sending)
        .map(|pending| P::message_name(pending.message))
}

/// An address for those who may see the case, which are more than those who may go there. A query may be what opens it.
fn without_secrets(address: &DataAddress) -> Value {
    let bare = |text: &str| text.split(['?', '#']).next().unwrap_or_default().to_owned();
    let plain = |name: &str| name.rsplit(['/', '#']).next().unwrap_or(name).to_owned();
    let properties = address.properties.iter();
    let shown = DataAddress {
        endpoint_type: address.endpoint_type.clone(),
        endpoint: address.endpoint.as_deref().map(bare),
        properties: properties
            .filter(|(name, _)| SHOWN.contains(&plain(name).as_str()))
            .map(|(name, value)| (name.clone(), bare(value)))
            .collect(),
        members: Map::new(),
    };
    shown.render()
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Map::new(),
    }
}

/// A case as people and programs see it in our own API.
pub(crate) fn view<K: Kind>(case: &K) -> Value {
    let head = case.head();
    let mut view = members(json!({
        "id": head.id.as_str(),
        "kind": K::NAME,
        "role": head.role.as_str(),
        "state": case.state(),
        "phase": case.phase(),
        "pending": case.pending(),
        "decisions": case.decisions(),
        "mode": head.mode.as_str(),
        "peer": head.peer.as_str(),
        "peerAddress": head.peer_address,
        "consumerPid": head.consumer_pid().map(|pid| pid.as_str().to_owned()),
        "providerPid": head.provider_pid().map(|pid| pid.as_str().to_owned()),
        "dataset": case.asset_id(),
        "agreementId": case.agreement_id(),
        "error": case.fault().map(fault),
        "errorDetail": error_detail(case),
        "createdAt": head.created_at.rfc3339(),
        "updatedAt": head.updated_at.rfc3339(),
        "since": head.since.rfc3339(),
    }));
    view.extend(case.own_members());
    Value::Object(view)
}

fn ended(ended: &Ended) -> Value {
    let is_lost = chapar_terms::sabotaged("lose-the-words-of-an-end");
    let reason: &[String] = if is_lost { &[] } else { &ended.reason };
    json!({ "by": ended.by.as_str(), "code": ended.code, "reason": reason })
}

/// Why a case ended, is suspended or does not go on, in one text: who said so in which words, and which move of ours had failed.
fn error_detail<K: Kind>(case: &K) -> Option<String> {
    let ended = case.ended().map(|ended| {
        let who = if ended.by == case.head().role { "we" } else { "the peer" };
        let act = if case.state() == "SUSPENDED" {
            "suspended"
        } else {
            "terminated"
        };
        told(format!("{who} {act} it"), ended.code.as_deref(), &ended.reason)
    });
    let fault = case.fault().map(|fault| match fault.status {
        Some(status) => {
            let what = format!("the peer answered `{}` with {status}", fault.message);
            told(what, Some(&fault.code), &fault.reason)
        }
        None => told(format!("`{}` was not answered", fault.message), None, &fault.reason),
    });
    let parts: Vec<String> = ended.into_iter().chain(fault).collect();
    (!parts.is_empty()).then(|| parts.join("; before that, "))
}

fn told(what: String, code: Option<&str>, reason: &[String]) -> String {
    let reason = reason.join("; ");
    let words = code.into_iter().chain((!reason.is_empty()).then_some(reason.as_str()));
    std::iter::once(what.as_str())
        .chain(words)
        .collect::<Vec<_>>()
        .join(": ")
}

fn fault(fault: &PeerFault) -> Value {
    json!({
        "message": fault.message,
        "status": fault.status,
        "code": fault.code,
        "reason": fault.reason,
        "at": fault.at.rfc3339(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_dsp::{negotiation, transfer};

    #[test]
    fn the_open_states_are_those_of_the_machines_that_are_not_final() {
        let negotiations = negotiation::State::ALL.into_iter().filter(|state| !state.is_final());
        let transfers = transfer::State::ALL.into_iter().filter(|state| !state.is_final());
        let negotiations: Vec<&str> = negotiations.map(negotiation::State::as_str).collect();
        let transfers: Vec<&str> = transfers.map(transfer::State::as_str).collect();
        assert_eq!(<Negotiation as Kind>::OPEN_STATES[1..], negotiations);
        assert_eq!(<Transfer as Kind>::OPEN_STATES[1..], transfers);
    }
}
