//! How much one address may ask of the public door, before anything of it is read: a token bucket per address. The buckets
//! themselves, and the quota of a peer once it is known, are in `edge/runtime`.
//!
//! Keyed by the peer's IP address (IPv6: its /64), since nobody is authenticated yet; behind a reverse proxy that is the
//! proxy, so set the quota there. Bounded in memory: an address that has rested is forgotten.

use crate::metrics::Metrics;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chapar_api::site_of;
use chapar_runtime::{Buckets, Quota, Runtime};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// What the middleware holds.
pub struct Addresses {
    buckets: Buckets<IpAddr>,
    runtime: Runtime,
    metrics: Arc<Metrics>,
}

impl Addresses {
    /// Full buckets for everybody.
    pub fn new(quota: Quota, runtime: Runtime, metrics: Arc<Metrics>) -> Self {
        Self {
            buckets: Buckets::new(quota),
            runtime,
            metrics,
        }
    }
}

/// The middleware. 429 with `Retry-After` when the bucket is empty; nothing of the request is read then.
pub async fn limit(
    State(addresses): State<Arc<Addresses>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response<Body> {
    match addresses.buckets.take(site_of(peer.ip()), addresses.runtime.now()) {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            addresses.metrics.count_quota();
            let mut response = (StatusCode::TOO_MANY_REQUESTS, "too many requests from this address\n").into_response();
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
    }
}
