//! The hint: "this log grew", told to the nodes that mirror us and heard from those that we mirror.
//!
//! It is signed by nobody and proves nothing: whoever hears it looks for himself, sooner than he would have. So it is sent once, and
//! what becomes of it is nobody's worry.

use crate::Runtime;
use chapar_client::Outgoing;
use chapar_terms::Digest;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Longest time for one: there will be another, or the other side looks by itself.
const DEADLINE: Duration = Duration::from_secs(5);
/// Longest answer read; there is nothing in it.
const ANSWER_BYTES: u64 = 4 * 1024;
/// Where a node hears hints.
pub const HINTS: &str = "/chapar/v1/hints";

/// Logs that grew and of which nobody was told yet.
#[derive(Default)]
pub(crate) struct Hints {
    grown: Mutex<BTreeSet<String>>,
    bell: Notify,
}

impl Hints {
    /// A log of the house has published.
    pub(crate) fn grew(&self, origin: &str) {
        let mut grown = self.grown.lock().unwrap_or_else(PoisonError::into_inner);
        grown.insert(origin.to_owned());
        self.bell.notify_one();
    }

    /// Whoever waits for logs to tell of looks up.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    fn take(&self) -> BTreeSet<String> {
        let mut grown = self.grown.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut grown)
    }
}

impl Runtime {
    /// A log grew, says somebody. Its mirror, if there is one, looks soon.
    pub fn hear_hint(&self, origin: &str) {
        if let Some(mirror) = self.inner.mirrors.find(&Digest::of(origin.as_bytes())) {
            mirror.ring(false);
        }
    }

    /// Tells of every log that grows, from now on, where the operator named somebody to tell.
    pub(crate) fn send_hints(&self) {
        if self.inner.config.mirrors.hint.is_empty() {
            return;
        }
        let runtime = self.clone();
        tokio::spawn(async move {
            while !runtime.inner.stopping.load(Ordering::Relaxed) {
                runtime.inner.hints.bell.notified().await;
                let grown = runtime.inner.hints.take();
                for node in &runtime.inner.config.mirrors.hint {
                    for origin in &grown {
                        runtime.send_hint(node, origin).await;
                    }
                }
            }
        });
    }

    async fn send_hint(&self, node: &str, origin: &str) {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let outgoing = Outgoing {
            method: Method::POST,
            url: format!("{node}{HINTS}"),
            headers,
            body: json!({ "origin": origin }).to_string().into(),
            deadline: DEADLINE,
            max_response_bytes: ANSWER_BYTES,
        };
        if let Err(fault) = self.inner.mirror_client.send(outgoing).await {
            tracing::debug!(node, log = origin, %fault, "a node was not told that a log grew");
        }
    }
}
