//! Resolution of `did:web` documents over the one client, remembered by `fetches`.
//!
//! How a DID becomes a URL and what a document must hold is in `trust`; whether a key in it is believed is decided there too.

use crate::{Client, Clock, FetchSettings, Fetches, Outgoing, SendFault};
use bytes::Bytes;
use chapar_terms::{Invalid, limits};
use chapar_trust::did::{DidDocument, Insecure, document_url};
use http::header::{ACCEPT, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What we take for a DID document (DID Core section 6, did:web section 2.5.2).
const MEDIA_TYPES: HeaderValue =
    HeaderValue::from_static("application/did+json, application/did+ld+json, application/json");

/// A DID was not resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DidFault {
    /// It is no `did:web`, or one that may not be called; refuse the message.
    Unfit(Invalid),
    /// The document was not fetched.
    Send(SendFault),
    /// The host answered, but not with a document.
    Status(u16),
    /// What the host served is no DID document that we can read.
    Malformed(Invalid),
    /// The document is about another DID.
    OtherSubject,
    /// Too many fetches are under way, or this one was given up.
    Busy,
}

impl DidFault {
    /// Whether the same DID may be resolved later: answer "unavailable" then, "not authenticated" otherwise.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::Send(fault) => fault.is_retryable(),
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Unfit(_) | Self::Malformed(_) | Self::OtherSubject => false,
        }
    }

    /// The stable code of this fault.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unfit(_) => "did.unfit",
            Self::Send(fault) => fault.code(),
            Self::Status(_) => "did.status",
            Self::Malformed(_) => "did.malformed",
            Self::OtherSubject => "did.other-subject",
            Self::Busy => "did.busy",
        }
    }
}

impl fmt::Display for DidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit(invalid) => write!(f, "the DID cannot be resolved: {invalid}"),
            Self::Send(fault) => write!(f, "the DID document was not fetched: {fault}"),
            Self::Status(status) => write!(f, "the DID document was not served: status {status}"),
            Self::Malformed(invalid) => write!(f, "the DID document is malformed: {invalid}"),
            Self::OtherSubject => f.write_str("the DID document is about another DID"),
            Self::Busy => f.write_str("too many DIDs are being resolved"),
        }
    }
}

impl std::error::Error for DidFault {}

/// Resolves DIDs. Cheap to clone; clones share what is remembered.
#[derive(Clone)]
pub struct DidResolver {
    client: Client,
    deadline: Duration,
    insecure: Insecure,
    fetches: Fetches<DidDocument, DidFault>,
}

impl DidResolver {
    /// A resolver that remembers nothing yet. `insecure` says which hosts are asked over plain `http`; the client's egress
    /// policy must permit it too.
    pub fn new(client: Client, clock: Arc<dyn Clock>, insecure: Insecure, settings: FetchSettings) -> Self {
        Self {
            client,
            deadline: settings.deadline,
            insecure,
            fetches: Fetches::new(clock, &settings, DidFault::Busy),
        }
    }

    /// The document of `did`, remembered or fetched.
    ///
    /// # Errors
    /// It was not resolved; [`DidFault::is_retryable`] says whether to answer "unavailable" or "not authenticated".
    pub async fn document(&self, did: &str) -> Result<Arc<DidDocument>, DidFault> {
        self.resolve(did, |_| true).await
    }

    /// The document of `did`, fetched again if the remembered one does not name the key `key_id` and the
    /// last fetch is not too recent. The result may still lack the key: verification refuses then.
    ///
    /// # Errors
    /// As [`Self::document`].
    pub async fn document_naming(&self, did: &str, key_id: &str) -> Result<Arc<DidDocument>, DidFault> {
        self.resolve(did, |document| document.method(key_id).is_some()).await
    }

    async fn resolve(&self, did: &str, suffices: impl Fn(&DidDocument) -> bool) -> Result<Arc<DidDocument>, DidFault> {
        let flight = || {
            let url = document_url(did, &self.insecure).map_err(DidFault::Unfit)?;
            Ok(fetch(self.client.clone(), self.deadline, did.to_owned(), url))
        };
        self.fetches.get(did, suffices, flight).await
    }
}

async fn fetch(client: Client, deadline: Duration, did: String, url: String) -> Result<DidDocument, DidFault> {
    let outgoing = Outgoing {
        method: Method::GET,
        url,
        headers: HeaderMap::from_iter([(ACCEPT, MEDIA_TYPES)]),
        body: Bytes::new(),
        deadline,
        max_response_bytes: u64::try_from(limits::DID_DOCUMENT_BYTES).unwrap_or(u64::MAX),
    };
    let incoming = client.send(outgoing).await.map_err(DidFault::Send)?;
    if incoming.status != StatusCode::OK {
        return Err(DidFault::Status(incoming.status.as_u16()));
    }
    let document = DidDocument::parse(&incoming.body).map_err(DidFault::Malformed)?;
    if document.id.as_str() != did {
        return Err(DidFault::OtherSubject);
    }
    Ok(document)
}
