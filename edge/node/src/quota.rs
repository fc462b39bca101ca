//! How much one address may ask of the public door, before anything of it is read: a token bucket per peer.
//!
//! Keyed by the peer's IP address (IPv6: its /64), since nobody is authenticated yet; behind a reverse proxy that is the
//! proxy, so set the quota there. Bounded in memory: an address that has rested is forgotten.

use crate::config::Quota;
use crate::metrics::Metrics;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Most addresses remembered; when there are more, those with a full bucket are forgotten, and then the longest at rest.
const ADDRESSES: usize = 16 * 1024;

/// The buckets of all addresses.
pub struct Buckets {
    quota: Quota,
    began: Instant,
    buckets: Mutex<BTreeMap<IpAddr, Bucket>>,
    metrics: Arc<Metrics>,
}

#[derive(Clone, Copy)]
struct Bucket {
    /// Thousandths of a token.
    level: u64,
    /// Since the beginning.
    touched: Duration,
}

impl Buckets {
    /// Full buckets for everybody.
    pub fn new(quota: Quota, metrics: Arc<Metrics>) -> Self {
        Self {
            quota,
            began: Instant::now(),
            buckets: Mutex::default(),
            metrics,
        }
    }

    /// Takes a token of `address`, or says after how many seconds there is one.
    fn take(&self, address: IpAddr, now: Duration) -> Result<(), u64> {
        let key = key_of(address);
        let full = u64::from(self.quota.burst).saturating_mul(1000);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES && !buckets.contains_key(&key) {
            self.forget(&mut buckets, now);
        }
        let bucket = buckets.entry(key).or_insert(Bucket {
            level: full,
            touched: now,
        });
        bucket.level = self.level(bucket, now);
        bucket.touched = now;
        match bucket.level.checked_sub(1000) {
            Some(rest) => {
                bucket.level = rest;
                Ok(())
            }
            None => Err((1000 - bucket.level)
                .div_ceil(u64::from(self.quota.per_second) * 1000)
                .max(1)),
        }
    }

    fn level(&self, bucket: &Bucket, now: Duration) -> u64 {
        let full = u64::from(self.quota.burst).saturating_mul(1000);
        let passed_ms = u64::try_from(now.saturating_sub(bucket.touched).as_millis()).unwrap_or(u64::MAX);
        // So many tokens a second are as many thousandths a millisecond.
        bucket
            .level
            .saturating_add(passed_ms.saturating_mul(u64::from(self.quota.per_second)))
            .min(full)
    }

    fn forget(&self, buckets: &mut BTreeMap<IpAddr, Bucket>, now: Duration) {
        let full = u64::from(self.quota.burst).saturating_mul(1000);
        buckets.retain(|_, bucket| self.level(bucket, now) < full);
        if buckets.len() >= ADDRESSES
            && let Some(oldest) = buckets
                .iter()
                .min_by_key(|(_, bucket)| bucket.touched)
                .map(|(key, _)| *key)
        {
            buckets.remove(&oldest);
        }
    }
}

/// All addresses of a usual IPv6 site are one: it could otherwise ask from 2^64 of them.
fn key_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let site = u128::from(v6) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(site))
        }
        v4 => v4,
    }
}

/// The middleware. 429 with `Retry-After` when the bucket is empty; nothing of the request is read then.
pub async fn limit(
    State(buckets): State<Arc<Buckets>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response<Body> {
    match buckets.take(peer.ip(), buckets.began.elapsed()) {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            buckets.metrics.count_quota();
            let mut response = (StatusCode::TOO_MANY_REQUESTS, "too many requests from this address\n").into_response();
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(per_second: u32, burst: u32) -> Buckets {
        Buckets::new(Quota { per_second, burst }, Arc::default())
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_burst_is_let_in_and_then_the_steady_rate() {
        let buckets = buckets(2, 3);
        let (here, there) = (address("192.0.2.1"), address("192.0.2.2"));
        let at = Duration::from_millis;
        for _ in 0..3 {
            assert_eq!(buckets.take(here, at(0)), Ok(()));
        }
        assert_eq!(buckets.take(here, at(0)), Err(1));
        assert_eq!(buckets.take(there, at(0)), Ok(()), "another address has its own bucket");
        assert_eq!(buckets.take(here, at(499)), Err(1));
        assert_eq!(buckets.take(here, at(500)), Ok(()));
        assert_eq!(buckets.take(here, at(500)), Err(1));
        for _ in 0..3 {
            assert_eq!(buckets.take(here, at(60_000)), Ok(()));
        }
        assert_eq!(
            buckets.take(here, at(60_000)),
            Err(1),
            "a rest fills the bucket, no more"
        );
    }

    #[test]
    fn one_site_is_one_peer() {
        let buckets = buckets(1, 1);
        assert_eq!(buckets.take(address("2001:db8::1"), Duration::ZERO), Ok(()));
        assert!(buckets.take(address("2001:db8::2"), Duration::ZERO).is_err());
        assert_eq!(buckets.take(address("2001:db8:0:1::1"), Duration::ZERO), Ok(()));
        assert_eq!(buckets.take(address("192.0.2.1"), Duration::ZERO), Ok(()));
        assert!(buckets.take(address("::ffff:192.0.2.1"), Duration::ZERO).is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = buckets(1, 2);
        for number in 0..u32::try_from(ADDRESSES + 100).unwrap() {
            assert_eq!(buckets.take(IpAddr::V4(number.into()), Duration::ZERO), Ok(()));
        }
        assert!(buckets.buckets.lock().unwrap().len() <= ADDRESSES);
    }
}
