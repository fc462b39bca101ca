//! The one HTTP/1.1 client: pooled connections, one deadline per request, bounded answers, no redirects, no proxies.

use crate::connect::{Dial, Gate, check_form};
use crate::fault::FREE_SLOT;
use crate::slots::{Slot, Slots};
use crate::upload::{Outbound, Pulse, Upload, whole};
use crate::{Download, EgressPolicy, Refused, Resolve, SendFault, SystemResolver, TlsTrust};
use bytes::Bytes;
use chapar_terms::Invalid;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Longest head of an answer, in bytes; hyper adds its own bound of 100 lines. Signed answers carry a kilobyte or two. Judged
/// when the buffer is full, so that a head of up to twice the length may pass when it comes at once.
const HEAD_BYTES: usize = 64 * 1024;
/// How many streams there are to one origin for each message under way: a stream lasts as long as its reader takes, and a few slow
/// ones must not keep the others from a source. Who may have how many is settled before one is asked for.
const STREAMS: usize = 8;

/// How the client is set up; [`Settings::new`] gives the usual values.
#[derive(Clone)]
pub struct Settings {
    /// Where it may connect to.
    pub egress: EgressPolicy,
    /// Whom it believes.
    pub trust: TlsTrust,
    /// Who resolves names.
    pub resolver: Arc<dyn Resolve>,
    /// Most requests under way to one origin; further ones wait, within their deadline. At least 1. What is streamed has places of
    /// its own, so that it keeps no message waiting.
    pub per_peer: usize,
    /// Idle connections are closed after this. Below the idle limit of common servers (Jetty 30 s, nginx 75 s), so that it is
    /// mostly we who close.
    pub idle_limit: Duration,
    /// Longest silence within the body of a [`Client::stream`].
    pub stall_limit: Duration,
}

impl Settings {
    /// The usual values with `egress`.
    pub fn new(egress: EgressPolicy) -> Self {
        Self {
            egress,
            trust: TlsTrust::Public,
            resolver: Arc::new(SystemResolver),
            per_peer: 32,
            idle_limit: Duration::from_secs(25),
            stall_limit: Duration::from_secs(30),
        }
    }
}

/// A request to send.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// Absolute `https` URL, or `http` where the egress policy permits it.
    pub url: String,
    /// Headers; `Host` and `Content-Length` are added.
    pub headers: HeaderMap,
    /// The body, as it is digested and signed.
    pub body: Bytes,
    /// Longest time for everything: a free slot, the connection and the whole answer (in [`Client::stream`]: its head).
    pub deadline: Duration,
    /// Longest body taken, in bytes as they come over the wire.
    pub max_response_bytes: u64,
}

/// A whole answer. A redirect is an answer like any other.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came, encoded as `Content-Encoding` says.
    pub body: Bytes,
}

/// The node's one way out. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Client {
    pool: Pool<Dial, Outbound>,
    gate: Arc<Gate>,
    slots: Arc<Slots>,
    streams: Arc<Slots>,
    stall_limit: Duration,
}

impl Client {
    /// Sets the client up; opens nothing yet.
    ///
    /// # Errors
    /// An authority's certificate is unusable; show it to the operator and do not start.
    pub fn new(settings: Settings) -> Result<Self, Invalid> {
        let gate = Arc::new(Gate {
            policy: settings.egress,
            resolver: settings.resolver,
        });
        let dial = Dial::new(Arc::clone(&gate), settings.trust.client_config()?);
        let pool = Pool::builder(TokioExecutor::new())
            .pool_idle_timeout(settings.idle_limit)
            .pool_max_idle_per_host(settings.per_peer)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(HEAD_BYTES)
            .build(dial);
        Ok(Self {
            pool,
            gate,
            slots: Arc::new(Slots::new(settings.per_peer)),
            streams: Arc::new(Slots::new(settings.per_peer.saturating_mul(STREAMS))),
            stall_limit: settings.stall_limit,
        })
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// No whole answer within the deadline and the bounds; [`SendFault::is_retryable`] says whether to try again.
    pub async fn send(&self, mut outgoing: Outgoing) -> Result<Incoming, SendFault> {
        let body = whole(std::mem::take(&mut outgoing.body));
        self.exchange(outgoing, body).await
    }

    /// As [`Self::send`], with `content` in the place of the body: read as fast as the other side takes it.
    ///
    /// # Errors
    /// As for [`Self::send`], and when the content ends early or cannot be read.
    pub async fn send_content(&self, outgoing: Outgoing, content: Upload) -> Result<Incoming, SendFault> {
        self.exchange(outgoing, content.outbound()).await
    }

    async fn exchange(&self, outgoing: Outgoing, body: Outbound) -> Result<Incoming, SendFault> {
        let (deadline, limit) = (outgoing.deadline, outgoing.max_response_bytes);
        let mut waiting_for = FREE_SLOT;
        let exchange = async {
            let (request, slot) = self.prepare(&self.slots, outgoing, body).await?;
            waiting_for = "the answer";
            let response = self.request(request).await?;
            waiting_for = "the rest of the answer";
            Download::new(response, slot, limit, deadline)?.whole().await
        };
        let outcome = tokio::time::timeout(deadline, exchange).await;
        outcome.unwrap_or(Err(SendFault::Timeout { waiting_for }))
    }

    /// Sends a request and hands over the answer's head with its body still on the way.
    ///
    /// # Errors
    /// No head within the deadline; [`SendFault::is_retryable`] says whether to try again.
    pub async fn stream(&self, mut outgoing: Outgoing) -> Result<Download, SendFault> {
        let body = whole(std::mem::take(&mut outgoing.body));
        let (deadline, limit) = (outgoing.deadline, outgoing.max_response_bytes);
        let mut waiting_for = FREE_SLOT;
        let exchange = async {
            let (request, slot) = self.prepare(&self.streams, outgoing, body).await?;
            waiting_for = "the answer";
            let response = self.request(request).await?;
            Download::new(response, slot, limit, self.stall_limit)
        };
        let outcome = tokio::time::timeout(deadline, exchange).await;
        outcome.unwrap_or(Err(SendFault::Timeout { waiting_for }))
    }

    /// As [`Self::stream`], with `content` in the place of the body: read as fast as the other side takes it, however long that
    /// is. The deadline bounds each silence of the other side.
    ///
    /// # Errors
    /// As for [`Self::stream`], and when the content ends early or cannot be read.
    pub async fn stream_content(&self, outgoing: Outgoing, content: Upload) -> Result<Download, SendFault> {
        let (deadline, limit, pulse) = (outgoing.deadline, outgoing.max_response_bytes, content.pulse());
        let exchange = async {
            let (request, slot) = self.prepare(&self.streams, outgoing, content.outbound()).await?;
            let response = self.request(request).await?;
            Download::new(response, slot, limit, self.stall_limit)
        };
        unless_silent(exchange, &pulse, deadline).await
    }

    /// Resolves `url` and judges it as a call to it would be, without connecting: for an address that a peer hands us.
    ///
    /// # Errors
    /// The guard refuses it ([`SendFault::EgressRefused`]), or its name was not resolved within the deadline.
    pub async fn check(&self, url: &str, deadline: Duration) -> Result<(), SendFault> {
        let uri = parse_url(url)?;
        match tokio::time::timeout(deadline, self.gate.addresses(&uri)).await {
            Ok(addresses) => addresses.map(|_| ()),
            Err(_) => Err(SendFault::Timeout {
                waiting_for: "the name to be resolved",
            }),
        }
    }

    async fn prepare(
        &self,
        slots: &Slots,
        outgoing: Outgoing,
        body: Outbound,
    ) -> Result<(Request<Outbound>, Slot), SendFault> {
        let uri = parse_url(&outgoing.url)?;
        let slot = slots.take(&origin(&uri)).await?;
        let mut request = Request::new(body);
        *request.method_mut() = outgoing.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = outgoing.headers;
        Ok((request, slot))
    }

    async fn request(&self, request: Request<Outbound>) -> Result<Response<hyper::body::Incoming>, SendFault> {
        self.pool
            .request(request)
            .await
            .map_err(|error| SendFault::from_pool(&error))
    }
}

/// Waits for the exchange as long as `pulse` beats within every `silence`.
async fn unless_silent<T>(
    exchange: impl Future<Output = Result<T, SendFault>>,
    pulse: &Pulse,
    silence: Duration,
) -> Result<T, SendFault> {
    let mut exchange = std::pin::pin!(exchange);
    loop {
        let beats = pulse.beats();
        match tokio::time::timeout(silence, &mut exchange).await {
            Ok(outcome) => return outcome,
            Err(_) if pulse.beats() == beats => {
                return Err(SendFault::Timeout {
                    waiting_for: "the other side to take more, or to answer",
                });
            }
            Err(_) => {}
        }
    }
}

fn parse_url(url: &str) -> Result<Uri, Refused> {
    let refused = || Refused {
        code: "egress.url",
        what: url.to_owned(),
    };
    let uri: Uri = url.parse().map_err(|_| refused())?;
    if uri.scheme().is_none() {
        return Err(refused());
    }
    check_form(&uri)?;
    Ok(uri)
}

fn origin(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    format!("{scheme}://{}", authority.to_ascii_lowercase())
}
