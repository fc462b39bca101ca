//! The ways in which sending fails, told apart so that the runtime knows whether to try again.

use crate::Refused;
use std::error::Error;
use std::fmt;
use std::io;

/// A request did not bring an answer. After every kind but the first two it is unknown whether the peer acted on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendFault {
    /// The egress guard refused the URL or an address behind its name; nothing was sent.
    EgressRefused {
        /// Stable code, e.g. `egress.private`.
        code: &'static str,
        /// What was refused.
        what: String,
    },
    /// The host name has no address now; nothing was sent.
    Resolve {
        /// The host name.
        host: String,
        /// What the system said.
        why: String,
    },
    /// No connection to any address of the host.
    Connect {
        /// The last address's error.
        why: String,
    },
    /// The TLS handshake failed: certificate, name or version.
    Tls {
        /// What rustls said.
        why: String,
    },
    /// The deadline passed.
    Timeout {
        /// What was being waited for.
        waiting_for: &'static str,
    },
    /// The answer's body is longer than the caller takes; its status, if needed, is here.
    TooLarge {
        /// The caller's bound in bytes.
        limit: u64,
        /// The status of the answer that came with the body.
        status: u16,
    },
    /// The connection ended before the whole answer was there.
    Broken {
        /// What the transport said.
        why: String,
    },
    /// The content that was to be sent could not be read to its end; the fault is at this end.
    Content {
        /// What was wrong.
        why: String,
    },
    /// What came back is not HTTP/1.1, or its head is over the bounds.
    Protocol {
        /// What the parser said.
        why: String,
    },
}

/// What [`SendFault::Timeout`] says it waited for while as many calls to the peer as may be were under way.
pub(crate) const FREE_SLOT: &str = "a free slot of this peer";

impl SendFault {
    /// Whether the peer was not even asked, because of our own calls to it: that says nothing of the peer.
    pub fn is_our_own_crowd(&self) -> bool {
        matches!(self, Self::Timeout { waiting_for } if *waiting_for == FREE_SLOT)
    }

    /// Whether sending the same bytes again later may succeed.
    ///
    /// A failed handshake counts: certificates are renewed. A refused address does not, although a name may move: trying
    /// again is then a person's decision.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Resolve { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Timeout { .. }
            | Self::Broken { .. } => true,
            Self::EgressRefused { .. } | Self::TooLarge { .. } | Self::Content { .. } | Self::Protocol { .. } => false,
        }
    }

    /// The stable code of this fault, for logs, counters and the error shown to a person.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EgressRefused { code, .. } => code,
            Self::Resolve { .. } => "send.resolve",
            Self::Connect { .. } => "send.connect",
            Self::Tls { .. } => "send.tls",
            Self::Timeout { .. } => "send.timeout",
            Self::TooLarge { .. } => "send.too-large",
            Self::Broken { .. } => "send.broken",
            Self::Content { .. } => "send.content",
            Self::Protocol { .. } => "send.protocol",
        }
    }

    /// Reads what the pooled client reports; a fault of our own connector travels inside it.
    pub(crate) fn from_pool(error: &hyper_util::client::legacy::Error) -> Self {
        let mut source: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(inner) = source {
            if let Some(own) = inner.downcast_ref::<Self>() {
                return own.clone();
            }
            if let Some(hyper) = inner.downcast_ref::<hyper::Error>() {
                return Self::from_hyper(hyper);
            }
            source = inner.source();
        }
        if error.is_connect() {
            return Self::Connect { why: chain(error) };
        }
        Self::Protocol { why: chain(error) }
    }

    /// Reads what the HTTP machinery reports.
    pub(crate) fn from_hyper(error: &hyper::Error) -> Self {
        // Only a content that is read while it is sent fails on our side.
        if let (true, Some(own)) = (
            error.is_user(),
            error.source().and_then(|own| own.downcast_ref::<io::Error>()),
        ) {
            return Self::Content { why: own.to_string() };
        }
        let why = chain(error);
        if error.is_parse() || error.is_user() {
            return Self::Protocol { why };
        }
        Self::Broken { why }
    }
}

impl From<Refused> for SendFault {
    fn from(refused: Refused) -> Self {
        Self::EgressRefused {
            code: refused.code,
            what: refused.what,
        }
    }
}

impl fmt::Display for SendFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EgressRefused { code, what } => write!(f, "`{what}` is refused by the egress guard ({code})"),
            Self::Resolve { host, why } => write!(f, "the name `{host}` was not resolved: {why}"),
            Self::Connect { why } => write!(f, "no connection: {why}"),
            Self::Tls { why } => write!(f, "the TLS handshake failed: {why}"),
            Self::Timeout { waiting_for } => write!(f, "the deadline passed while waiting for {waiting_for}"),
            Self::TooLarge { limit, status } => {
                write!(
                    f,
                    "the body of the answer (status {status}) is longer than {limit} bytes"
                )
            }
            Self::Broken { why } => write!(f, "the connection ended early: {why}"),
            Self::Content { why } => write!(f, "the content was not read: {why}"),
            Self::Protocol { why } => write!(f, "the answer is not the HTTP expected: {why}"),
        }
    }
}

impl Error for SendFault {}

/// An error with all its causes on one line; the outer one alone mostly says only where it happened.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        source = inner.source();
    }
    text
}
