//! Replies as DSP answers: bodies, statuses, error objects of the right type.

use crate::authenticate::Unauthenticated;
use crate::http::Outbound;
use chapar_dsp::{Malformed, negotiation, transfer};
use chapar_exchange::{Created, Refusal, RefusalKind, Reply};
use chapar_terms::Pid;
use serde_json::Value;

/// Which family of messages an answer belongs to: it decides the error object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Negotiation,
    Transfer,
    Catalog,
}

impl Family {
    fn error(self, consumer: Option<&Pid>, provider: Option<&Pid>, code: &str, reason: &[String]) -> Value {
        match self {
            Self::Negotiation => chapar_dsp::render_negotiation_error(consumer, provider, code, reason),
            Self::Transfer => chapar_dsp::render_transfer_error(consumer, provider, code, reason),
            Self::Catalog => chapar_dsp::render_catalog_error(code, reason),
        }
    }

    /// An error that names no process.
    pub fn plain_error(self, status: u16, code: &str, why: impl Into<String>) -> Outbound {
        Outbound::json(status, &self.error(None, None, code, &[why.into()]))
    }

    pub fn unauthenticated(self, failure: &Unauthenticated) -> Outbound {
        let answer = self.plain_error(failure.status, &failure.code, failure.why.clone());
        match failure.retry_after_s {
            Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
            None => answer.with_header("www-authenticate", "Bearer"),
        }
    }

    pub fn malformed(self, malformed: &Malformed) -> Outbound {
        let status = if malformed.code == chapar_dsp::code::BODY_TOO_LARGE {
            413
        } else {
            400
        };
        self.plain_error(status, malformed.code, malformed.why.clone())
    }

    pub fn refusal(self, refusal: &Refusal) -> Outbound {
        let status = match refusal.kind {
            RefusalKind::BadRequest => 400,
            RefusalKind::Denied => 403,
            RefusalKind::NotFound => 404,
            RefusalKind::Conflict => 409,
        };
        let (consumer, provider) = (refusal.consumer_pid.as_ref(), refusal.provider_pid.as_ref());
        Outbound::json(status, &self.error(consumer, provider, &refusal.code, &refusal.reason))
    }

    /// The answer to a step.
    pub fn reply(self, reply: &Reply) -> Outbound {
        match reply {
            Reply::Taken {
                created,
                consumer_pid: Some(consumer),
                provider_pid: Some(provider),
                state,
            } => {
                let status = if *created == Created::Yes { 201 } else { 200 };
                match self.process(consumer, provider, state) {
                    Some(body) => Outbound::json(status, &body),
                    None => Outbound::empty(status),
                }
            }
            Reply::Refused(refusal) => self.refusal(refusal),
            Reply::Taken { .. } | Reply::None => Outbound::empty(200),
        }
    }

    /// A `ContractNegotiation` or `TransferProcess`; none before the process has a state.
    pub fn process(self, consumer: &Pid, provider: &Pid, state: &str) -> Option<Value> {
        match self {
            Self::Negotiation => {
                negotiation::State::parse(state).map(|state| chapar_dsp::render_negotiation(consumer, provider, state))
            }
            Self::Transfer => {
                transfer::State::parse(state).map(|state| chapar_dsp::render_transfer(consumer, provider, state))
            }
            Self::Catalog => None,
        }
    }
}
