//! The answers to messages: `ContractNegotiation` and `TransferProcess`, also the bodies of GET on a process.

use super::envelope::{envelope, insert_pids};
use super::parts::Object;
use crate::error::{Malformed, code, quote};
use crate::{json, negotiation, transfer};
use chapar_terms::{Pid, limits};
use serde_json::Value;

/// What a peer answered. Read leniently, for peers differ: what is absent is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ack {
    /// The consumer's process id.
    pub consumer_pid: Option<Pid>,
    /// The provider's process id, which a first answer teaches.
    pub provider_pid: Option<Pid>,
    /// The wire name of a state of this machine, checked.
    pub state: Option<String>,
}

/// The [`Ack`] of a negotiation message.
pub type NegotiationAck = Ack;
/// The [`Ack`] of a transfer message.
pub type TransferAck = Ack;

impl Ack {
    /// The state, when this answers a negotiation message.
    pub fn negotiation_state(&self) -> Option<negotiation::State> {
        negotiation::State::parse(self.state.as_deref()?)
    }

    /// The state, when this answers a transfer message.
    pub fn transfer_state(&self) -> Option<transfer::State> {
        transfer::State::parse(self.state.as_deref()?)
    }
}

/// Renders a `ContractNegotiation`.
pub fn render_negotiation(consumer_pid: &Pid, provider_pid: &Pid, state: negotiation::State) -> Value {
    render("ContractNegotiation", consumer_pid, provider_pid, state.as_str())
}

/// Renders a `TransferProcess`.
pub fn render_transfer(consumer_pid: &Pid, provider_pid: &Pid, state: transfer::State) -> Value {
    render("TransferProcess", consumer_pid, provider_pid, state.as_str())
}

fn render(kind: &str, consumer_pid: &Pid, provider_pid: &Pid, state: &str) -> Value {
    let mut body = envelope(kind);
    insert_pids(&mut body, Some(consumer_pid), Some(provider_pid));
    body.insert("state".to_owned(), state.into());
    Value::Object(body)
}

/// Reads the body of a 2xx to a negotiation message.
///
/// # Errors
/// The body (possibly empty) is no answer; the 2xx counts all the same, but nothing is learnt.
pub fn parse_negotiation_ack(bytes: &[u8]) -> Result<Ack, Malformed> {
    parse(bytes, "ContractNegotiation", |text| {
        negotiation::State::parse(text).is_some()
    })
}

/// Reads the body of a 2xx to a transfer message.
///
/// # Errors
/// The body (possibly empty) is no answer; the 2xx counts all the same, but nothing is learnt.
pub fn parse_transfer_ack(bytes: &[u8]) -> Result<Ack, Malformed> {
    parse(bytes, "TransferProcess", |text| transfer::State::parse(text).is_some())
}

fn parse(bytes: &[u8], kind: &str, is_state: impl Fn(&str) -> bool) -> Result<Ack, Malformed> {
    let body = json::read(bytes, limits::MESSAGE_BYTES)?;
    let answer = Object::root(&body)?;
    // Peers leave `@context` or `@type` out of answers; another `@type`, say of an error, is no answer.
    if let Some(other) = answer.optional_text("@type")?.filter(|got| *got != kind) {
        return Err(super::envelope::wrong_type(&[kind], other));
    }
    let state = answer.optional_text("state")?;
    if let Some(unknown) = state.filter(|text| !is_state(text)) {
        return Err(Malformed::new(
            code::WRONG_MEMBER,
            format!("`state` {} is no state of `{kind}`", quote(unknown)),
        ));
    }
    Ok(Ack {
        consumer_pid: answer.optional_id("consumerPid", Pid::parse)?,
        provider_pid: answer.optional_id("providerPid", Pid::parse)?,
        state: state.map(str::to_owned),
    })
}
