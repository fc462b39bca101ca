//! Logs, and the middleware that gives every request an id, one log line and its place in the metrics.
//!
//! Never logged: tokens, keys, bodies, and addresses with their parameters (the template of the route stands for them).

use crate::config::{Log, LogFormat};
use crate::metrics::{Door, Metrics};
use crate::span_body::SpanBody;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// The header that carries a request's id in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id taken over from a caller; proxies use UUIDs or shorter.
const REQUEST_ID_BYTES: usize = 64;

/// Starts logging to the standard error output. A second call has no effect.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE);
    // An error means that logging has been started before: the first one stays.
    let _ = match log.format {
        LogFormat::Human => builder
            .with_target(false)
            .with_ansi(std::io::stderr().is_terminal())
            .try_init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init(),
    };
}

/// What the middleware of one door holds.
#[derive(Clone)]
pub struct Observer {
    /// Which door it stands at.
    pub door: Door,
    /// Where it counts.
    pub metrics: Arc<Metrics>,
}

/// The middleware: outermost, so that refusals of the quota are seen too. The duration is that to the head of the answer.
pub async fn observe(State(observer): State<Observer>, mut request: Request, next: Next) -> Response<Body> {
    let began = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str)
        .to_owned();
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    async {
        let mut response = next.run(request).await;
        let took = began.elapsed();
        let status = response.status().as_u16();
        observer.metrics.count(observer.door, &method, status, took);
        let took_ms = took.as_secs_f64() * 1000.0;
        tracing::info!(door = observer.door.as_str(), %method, route, status, took_ms = format!("{took_ms:.1}"), "answered");
        response.headers_mut().insert(REQUEST_ID, id);
        response.map(SpanBody::in_current_span)
    }
    .instrument(span)
    .await
}

/// The caller's id if it is short and plain, a fresh one otherwise: it goes into logs, so it may not carry anything.
fn request_id(request: &Request) -> HeaderValue {
    let plain = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=REQUEST_ID_BYTES).contains(&bytes.len())
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match request.headers().get(REQUEST_ID).filter(plain) {
        Some(value) => value.clone(),
        None => HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).unwrap_or(HeaderValue::from_static("none")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(value: Option<&str>) -> String {
        let mut request = Request::new(Body::empty());
        if let Some(value) = value {
            request
                .headers_mut()
                .insert(REQUEST_ID, HeaderValue::from_str(value).unwrap());
        }
        request_id(&request).to_str().unwrap().to_owned()
    }

    #[test]
    fn only_a_plain_id_is_taken_over() {
        assert_eq!(id_for(Some("abc-1.2_3")), "abc-1.2_3");
        for bad in [None, Some("a b"), Some("a\"b"), Some(""), Some(&*"x".repeat(65))] {
            let id = id_for(bad);
            assert!(uuid::Uuid::parse_str(&id).is_ok(), "{bad:?} gave {id}");
        }
        assert_ne!(id_for(None), id_for(None));
    }
}
