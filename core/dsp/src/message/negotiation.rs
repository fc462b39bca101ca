//! Negotiation messages (DSP 2025-1, Contract Negotiation Protocol, message types).
//!
//! Whether a message fits the state is the machine's word (`crate::negotiation`).

use super::address::check_callback_address;
use super::contexts::name_contexts;
use super::contract::{Agreement, Offer};
use super::envelope::{check_context, digests, envelope, insert_pids, type_of, wrong_type};
use super::parts::Object;
use super::reason;
use crate::error::{Malformed, code};
use crate::json;
use crate::negotiation::Message;
use chapar_terms::{Digest, Pid, limits};
use serde_json::Value;

/// A negotiation message as it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct NegotiationMessage {
    /// The consumer's process id; absent only in a provider's first offer.
    pub consumer_pid: Option<Pid>,
    /// The provider's process id; absent only in a consumer's first request.
    pub provider_pid: Option<Pid>,
    /// What it says.
    pub content: NegotiationContent,
    /// Digest of the canonical JSON of the whole body, unknown members included.
    pub digest: Digest,
    /// The same without the message's own `@id`, which some peers give it: equal to `digest` where there is none.
    pub words: Digest,
}

/// What a negotiation message says.
#[derive(Clone, Debug, PartialEq)]
pub enum NegotiationContent {
    /// The consumer's first request or counter-offer.
    Request {
        /// The offer asked for.
        offer: Offer,
        /// Where the consumer takes messages; always there in a first request.
        callback_address: Option<String>,
    },
    /// The provider's first offer or counter-offer.
    Offer {
        /// The offer made.
        offer: Offer,
        /// Where the provider takes messages; always there in a first offer.
        callback_address: Option<String>,
    },
    /// The consumer takes the standing offer.
    Accepted,
    /// The agreement is in force.
    Finalized,
    /// The provider agrees.
    Agreement {
        /// To this.
        agreement: Agreement,
    },
    /// The consumer verified the agreement.
    Verification,
    /// The sender ends the negotiation.
    Termination {
        /// The sender's code.
        code: Option<String>,
        /// Texts for people.
        reason: Vec<String>,
    },
}

impl NegotiationMessage {
    /// Checks what only a message that opens a negotiation must fulfil: it gives a callback address and does not yet name the
    /// receiver's pid. For the paths `/negotiations/request` and `/negotiations/offers`.
    ///
    /// # Errors
    /// It is no opening message; answer 400 and open no case.
    pub fn check_opening(&self) -> Result<(), Malformed> {
        let (callback_address, receivers_pid, name) = match &self.content {
            NegotiationContent::Request { callback_address, .. } => {
                (callback_address, &self.provider_pid, "providerPid")
            }
            NegotiationContent::Offer { callback_address, .. } => (callback_address, &self.consumer_pid, "consumerPid"),
            other => return Err(wrong_type(&["ContractRequestMessage"], other.kind().as_str())),
        };
        if callback_address.is_none() {
            return Err(Malformed::new(code::MISSING_MEMBER, "`callbackAddress` is missing"));
        }
        if receivers_pid.is_some() {
            return Err(Malformed::new(
                code::WRONG_MEMBER,
                format!("`{name}` must not stand in a first message"),
            ));
        }
        Ok(())
    }
}

/// Reads a negotiation message of one of the kinds that this path takes.
///
/// # Errors
/// The bytes are no such message; answer 400 and change nothing.
pub fn parse_negotiation(bytes: &[u8], expected: &[Message]) -> Result<NegotiationMessage, Malformed> {
    let body = json::read(bytes, limits::MESSAGE_BYTES)?;
    let message = Object::root(&body)?;
    check_context(&message)?;
    let kind = kind_of(&message, expected)?;
    let consumer_pid = message.optional_id("consumerPid", Pid::parse)?;
    let provider_pid = message.optional_id("providerPid", Pid::parse)?;
    if consumer_pid.is_none() && kind != Message::Offer {
        return Err(message.missing("consumerPid"));
    }
    if provider_pid.is_none() && kind != Message::Request {
        return Err(message.missing("providerPid"));
    }
    let opening = consumer_pid.is_none() || provider_pid.is_none();
    let (digest, words) = digests(&body);
    Ok(NegotiationMessage {
        content: content(kind, &message, opening)?,
        consumer_pid,
        provider_pid,
        digest,
        words,
    })
}

fn kind_of(message: &Object<'_>, expected: &[Message]) -> Result<Message, Malformed> {
    let name = match type_of(message)? {
        event @ "ContractNegotiationEventMessage" => format!("{event}:{}", message.text("eventType")?),
        other => other.to_owned(),
    };
    Message::parse(&name)
        .filter(|kind| expected.contains(kind))
        .ok_or_else(|| {
            let expected: Vec<_> = expected.iter().map(|kind| kind.as_str()).collect();
            wrong_type(&expected, &name)
        })
}

fn content(kind: Message, message: &Object<'_>, opening: bool) -> Result<NegotiationContent, Malformed> {
    Ok(match kind {
        Message::Request => NegotiationContent::Request {
            // Only an opening request must name the target: a counter-offer stands in a negotiation that has one.
            offer: offer(message, opening)?,
            callback_address: callback_address(message, opening)?,
        },
        Message::Offer => NegotiationContent::Offer {
            offer: offer(message, true)?,
            callback_address: callback_address(message, opening)?,
        },
        Message::Accepted => NegotiationContent::Accepted,
        Message::Finalized => NegotiationContent::Finalized,
        Message::Agreement => NegotiationContent::Agreement {
            agreement: Agreement::read(&message.object("agreement")?)?,
        },
        Message::Verification => NegotiationContent::Verification,
        Message::Termination => {
            let (code, reason) = reason::read(message)?;
            NegotiationContent::Termination { code, reason }
        }
    })
}

fn offer(message: &Object<'_>, needs_target: bool) -> Result<Offer, Malformed> {
    let object = message.object("offer")?;
    let offer = Offer::read(&object)?;
    if needs_target && offer.target.is_none() {
        return Err(object.missing("target"));
    }
    Ok(offer)
}

/// Some peers repeat their callback address in counter-offers; it is checked and kept wherever it stands.
fn callback_address(message: &Object<'_>, opening: bool) -> Result<Option<String>, Malformed> {
    match message.optional_text("callbackAddress")? {
        Some(address) => {
            check_callback_address(address)?;
            Ok(Some(address.to_owned()))
        }
        None if opening => Err(message.missing("callbackAddress")),
        None => Ok(None),
    }
}

impl NegotiationContent {
    /// The machine's name of this content.
    pub const fn kind(&self) -> Message {
        match self {
            Self::Request { .. } => Message::Request,
            Self::Offer { .. } => Message::Offer,
            Self::Accepted => Message::Accepted,
            Self::Finalized => Message::Finalized,
            Self::Agreement { .. } => Message::Agreement,
            Self::Verification => Message::Verification,
            Self::Termination { .. } => Message::Termination,
        }
    }

    /// The body as it goes out. In a first request `provider_pid` is absent, in a first offer `consumer_pid`; everywhere else both are
    /// needed. The callback address goes out in first messages only: the schemas want either it or the receiver's pid.
    pub fn render(&self, consumer_pid: Option<&Pid>, provider_pid: Option<&Pid>) -> Value {
        let name = self.kind().as_str();
        let (kind, event) = match name.split_once(':') {
            Some((kind, event)) => (kind, Some(event)),
            None => (name, None),
        };
        let mut body = envelope(kind);
        insert_pids(&mut body, consumer_pid, provider_pid);
        if let Some(event) = event {
            body.insert("eventType".to_owned(), event.into());
        }
        let opening = consumer_pid.is_none() || provider_pid.is_none();
        match self {
            Self::Request {
                offer,
                callback_address,
            }
            | Self::Offer {
                offer,
                callback_address,
            } => {
                body.insert("offer".to_owned(), offer.render());
                if let Some(address) = callback_address.as_deref().filter(|_| opening) {
                    body.insert("callbackAddress".to_owned(), address.into());
                }
            }
            Self::Agreement { agreement } => {
                body.insert("agreement".to_owned(), agreement.render());
            }
            Self::Termination { code, reason } => reason::insert_both(&mut body, code.as_deref(), reason),
            Self::Accepted | Self::Finalized | Self::Verification => {}
        }
        name_contexts(&mut body);
        Value::Object(body)
    }
}
