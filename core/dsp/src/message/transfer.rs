//! Transfer messages (DSP 2025-1, Transfer Process Protocol, message types).
//!
//! Whether a message fits the state is the machine's word (`crate::transfer`); whether a format needs a data address is `exchange`'s.

use super::address::check_callback_address;
use super::data_address::DataAddress;
use super::envelope::{check_context, digests, envelope, insert_pids, type_of, wrong_type};
use super::parts::Object;
use super::reason;
use crate::error::Malformed;
use crate::json;
use crate::transfer::Message;
use chapar_terms::{AgreementId, Digest, Pid, limits};
use serde_json::Value;

/// A transfer message as it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct TransferMessage {
    /// The consumer's process id; always there.
    pub consumer_pid: Option<Pid>,
    /// The provider's process id; absent only in a request.
    pub provider_pid: Option<Pid>,
    /// What it says.
    pub content: TransferContent,
    /// Digest of the canonical JSON of the whole body, unknown members included.
    pub digest: Digest,
    /// The same without the message's own `@id`, which some peers give it: equal to `digest` where there is none.
    pub words: Digest,
}

/// What a transfer message says.
#[derive(Clone, Debug, PartialEq)]
pub enum TransferContent {
    /// The consumer asks for the data of an agreement.
    Request {
        /// Under which agreement.
        agreement_id: AgreementId,
        /// In which of the distribution's formats.
        format: String,
        /// Where the consumer takes messages.
        callback_address: String,
        /// Where the provider shall push to; absent for pull.
        data_address: Option<DataAddress>,
    },
    /// The data may flow; from the consumer, the wish to go on.
    Start {
        /// Where to pull from; absent for push and from the consumer.
        data_address: Option<DataAddress>,
    },
    /// The flow rests.
    Suspension {
        /// The sender's code.
        code: Option<String>,
        /// Texts for people.
        reason: Vec<String>,
    },
    /// The data is handed over.
    Completion,
    /// The sender ends the transfer.
    Termination {
        /// The sender's code.
        code: Option<String>,
        /// Texts for people.
        reason: Vec<String>,
    },
}

/// Reads a transfer message of one of the kinds that this path takes.
///
/// # Errors
/// The bytes are no such message; answer 400 and change nothing.
pub fn parse_transfer(bytes: &[u8], expected: &[Message]) -> Result<TransferMessage, Malformed> {
    let body = json::read(bytes, limits::MESSAGE_BYTES)?;
    let message = Object::root(&body)?;
    check_context(&message)?;
    let kind = kind_of(&message, expected)?;
    let provider_pid = message.optional_id("providerPid", Pid::parse)?;
    if provider_pid.is_none() && kind != Message::Request {
        return Err(message.missing("providerPid"));
    }
    let (digest, words) = digests(&body);
    Ok(TransferMessage {
        consumer_pid: Some(message.id("consumerPid", Pid::parse)?),
        provider_pid,
        content: content(kind, &message)?,
        digest,
        words,
    })
}

fn kind_of(message: &Object<'_>, expected: &[Message]) -> Result<Message, Malformed> {
    let name = type_of(message)?;
    Message::parse(name)
        .filter(|kind| expected.contains(kind))
        .ok_or_else(|| {
            let expected: Vec<_> = expected.iter().map(|kind| kind.as_str()).collect();
            wrong_type(&expected, name)
        })
}

fn content(kind: Message, message: &Object<'_>) -> Result<TransferContent, Malformed> {
    Ok(match kind {
        Message::Request => {
            let callback_address = message.text("callbackAddress")?;
            check_callback_address(callback_address)?;
            TransferContent::Request {
                agreement_id: message.id("agreementId", AgreementId::parse)?,
                format: message.filled_text("format")?.to_owned(),
                callback_address: callback_address.to_owned(),
                data_address: data_address(message)?,
            }
        }
        Message::Start => TransferContent::Start {
            data_address: data_address(message)?,
        },
        Message::Suspension => {
            let (code, reason) = reason::read(message)?;
            TransferContent::Suspension { code, reason }
        }
        Message::Completion => TransferContent::Completion,
        Message::Termination => {
            let (code, reason) = reason::read(message)?;
            TransferContent::Termination { code, reason }
        }
    })
}

fn data_address(message: &Object<'_>) -> Result<Option<DataAddress>, Malformed> {
    message
        .optional_object("dataAddress")?
        .map(|object| DataAddress::read(&object))
        .transpose()
}

impl TransferContent {
    /// The machine's name of this content.
    pub const fn kind(&self) -> Message {
        match self {
            Self::Request { .. } => Message::Request,
            Self::Start { .. } => Message::Start,
            Self::Suspension { .. } => Message::Suspension,
            Self::Completion => Message::Completion,
            Self::Termination { .. } => Message::Termination,
        }
    }

    /// The body as it goes out. In a request `provider_pid` is absent; everywhere else both are needed.
    pub fn render(&self, consumer_pid: Option<&Pid>, provider_pid: Option<&Pid>) -> Value {
        let mut body = envelope(self.kind().as_str());
        insert_pids(&mut body, consumer_pid, provider_pid);
        match self {
            Self::Request {
                agreement_id,
                format,
                callback_address,
                ..
            } => {
                body.insert("agreementId".to_owned(), agreement_id.as_str().into());
                body.insert("format".to_owned(), format.as_str().into());
                body.insert("callbackAddress".to_owned(), callback_address.as_str().into());
            }
            Self::Suspension { code, reason } | Self::Termination { code, reason } => {
                reason::insert_both(&mut body, code.as_deref(), reason);
            }
            Self::Start { .. } | Self::Completion => {}
        }
        if let Self::Request {
            data_address: Some(address),
            ..
        }
        | Self::Start {
            data_address: Some(address),
        } = self
        {
            body.insert("dataAddress".to_owned(), address.render());
        }
        Value::Object(body)
    }
}
