//! Resolution of `did:web` documents over the one client: cached, one fetch per DID at a time, bounded in time and number.
//!
//! How a DID becomes a URL and what a document must hold is in `trust`; whether a key in it is believed is decided there too.

use crate::did_cache::{Bounds, Cache, Found};
use crate::{Client, Clock, Outgoing, SendFault};
use bytes::Bytes;
use chapar_terms::{Invalid, limits};
use chapar_trust::did::{DidDocument, Insecure, document_url};
use http::header::{ACCEPT, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// What we take for a DID document (DID Core section 6, did:web section 2.5.2).
const MEDIA_TYPES: HeaderValue =
    HeaderValue::from_static("application/did+json, application/did+ld+json, application/json");

/// How long what is remembered, and how much at once.
#[derive(Clone, Copy, Debug)]
pub struct DidSettings {
    /// Most documents remembered; the least used goes first.
    pub documents: usize,
    /// Most failures remembered.
    pub failures: usize,
    /// How long a document is believed without asking again: a key withdrawn by its owner works here at most this long.
    pub expiry: Duration,
    /// How long a failure is answered without trying again.
    pub failure_expiry: Duration,
    /// Least time between two fetches of one document because of keys that it does not name.
    pub min_refresh: Duration,
    /// Longest time for one fetch.
    pub deadline: Duration,
    /// Most fetches under way; beyond it only DIDs are fetched that were resolved before and are still remembered.
    pub flights: usize,
}

impl Default for DidSettings {
    fn default() -> Self {
        Self {
            documents: 1024,
            failures: 1024,
            expiry: Duration::from_secs(5 * 60),
            failure_expiry: Duration::from_secs(5),
            min_refresh: Duration::from_secs(10),
            deadline: Duration::from_secs(5),
            flights: 64,
        }
    }
}

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

type Outcome = Result<Arc<DidDocument>, DidFault>;

/// Resolves DIDs. Cheap to clone; clones share what is remembered.
#[derive(Clone)]
pub struct DidResolver(Arc<Shared>);

struct Shared {
    client: Client,
    clock: Arc<dyn Clock>,
    settings: DidSettings,
    insecure: Insecure,
    desk: Mutex<Desk>,
}

struct Desk {
    cache: Cache<DidDocument, DidFault>,
    flights: BTreeMap<String, watch::Receiver<Option<Outcome>>>,
}

impl DidResolver {
    /// A resolver that remembers nothing yet. `insecure` says which hosts are asked over plain `http`; the client's egress
    /// policy must permit it too.
    pub fn new(client: Client, clock: Arc<dyn Clock>, insecure: Insecure, settings: DidSettings) -> Self {
        let bounds = Bounds {
            documents: settings.documents,
            failures: settings.failures,
            expiry_ms: whole_ms(settings.expiry),
            failure_expiry_ms: whole_ms(settings.failure_expiry),
            min_refresh_ms: whole_ms(settings.min_refresh),
        };
        let desk = Mutex::new(Desk {
            cache: Cache::new(bounds),
            flights: BTreeMap::new(),
        });
        Self(Arc::new(Shared {
            client,
            clock,
            settings,
            insecure,
            desk,
        }))
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

    async fn resolve(&self, did: &str, suffices: impl Fn(&DidDocument) -> bool) -> Outcome {
        let mut landing = {
            let mut desk = self.0.desk();
            match desk.cache.find(did, self.0.clock.now(), suffices) {
                Found::Document(document) => return Ok(document),
                Found::Failure(fault) => return Err(fault),
                Found::Nothing => self.board(&mut desk, did)?,
            }
        };
        match landing.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or(Err(DidFault::Busy)),
            Err(_) => Err(DidFault::Busy),
        }
    }

    /// Joins the fetch of `did` that is under way, or starts one. It runs on its own, so that a caller who hangs up does
    /// not take it away from the others.
    fn board(&self, desk: &mut Desk, did: &str) -> Result<watch::Receiver<Option<Outcome>>, DidFault> {
        // A flight whose sender is gone was lost with its task.
        desk.flights.retain(|_, landing| landing.has_changed().is_ok());
        if let Some(landing) = desk.flights.get(did) {
            return Ok(landing.clone());
        }
        // Nothing needs the network to see that a DID is unfit; it takes no flight and no memory.
        let url = document_url(did, &self.0.insecure).map_err(DidFault::Unfit)?;
        // Who was resolved before is resolved again however many strangers are in the air.
        if desk.flights.len() >= self.0.settings.flights && !desk.cache.remembers(did) {
            return Err(DidFault::Busy);
        }
        let (landed, landing) = watch::channel(None);
        desk.flights.insert(did.to_owned(), landing.clone());
        let (shared, did) = (Arc::clone(&self.0), did.to_owned());
        tokio::spawn(async move {
            let outcome = shared.fetch(&did, url).await;
            shared.land(&did, &outcome);
            landed.send_replace(Some(outcome));
        });
        Ok(landing)
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn land(&self, did: &str, outcome: &Outcome) {
        let now = self.clock.now();
        let mut desk = self.desk();
        desk.flights.remove(did);
        match outcome {
            Ok(document) => desk.cache.keep(did, Arc::clone(document), now),
            Err(fault) => desk.cache.fail(did, fault.clone(), now),
        }
    }

    async fn fetch(&self, did: &str, url: String) -> Outcome {
        let outgoing = Outgoing {
            method: Method::GET,
            url,
            headers: HeaderMap::from_iter([(ACCEPT, MEDIA_TYPES)]),
            body: Bytes::new(),
            deadline: self.settings.deadline,
            max_response_bytes: u64::try_from(limits::DID_DOCUMENT_BYTES).unwrap_or(u64::MAX),
        };
        let incoming = self.client.send(outgoing).await.map_err(DidFault::Send)?;
        if incoming.status != StatusCode::OK {
            return Err(DidFault::Status(incoming.status.as_u16()));
        }
        let document = DidDocument::parse(&incoming.body).map_err(DidFault::Malformed)?;
        if document.id.as_str() != did {
            return Err(DidFault::OtherSubject);
        }
        Ok(Arc::new(document))
    }
}

fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
