//! The hint: "this log grew", told to those who may mirror us and heard from those whom we mirror.
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
use tokio::task::JoinSet;

/// Longest time for one: there will be another, or the other side looks by itself.
const DEADLINE: Duration = Duration::from_secs(5);
/// Pause behind a round: whoever is told looks once a second at most.
const PACE: Duration = Duration::from_secs(1);
/// Nodes that are told at a time.
const AT_A_TIME: usize = 8;
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

    /// Tells of every log that grows, from now on.
    pub(crate) fn send_hints(&self) {
        let runtime = self.clone();
        tokio::spawn(async move {
            while !runtime.inner.stopping.load(Ordering::Relaxed) {
                runtime.inner.hints.bell.notified().await;
                let grown = runtime.inner.hints.take();
                if !grown.is_empty() {
                    runtime.hint_all(&grown).await;
                    tokio::time::sleep(PACE).await;
                }
            }
        });
    }

    /// Tells every node, several at a time: one that is down keeps none waiting that is up.
    async fn hint_all(&self, grown: &BTreeSet<String>) {
        let mut calls = JoinSet::new();
        for node in self.nodes_to_tell() {
            if calls.len() >= AT_A_TIME {
                calls.join_next().await;
            }
            let (runtime, grown) = (self.clone(), grown.clone());
            calls.spawn(async move {
                for origin in &grown {
                    runtime.send_hint(&node, origin).await;
                }
            });
        }
        calls.join_all().await;
    }

    /// Who is told: the nodes that the operator named for it, and those whose logs are mirrored here, for they are likely to mirror ours.
    fn nodes_to_tell(&self) -> BTreeSet<String> {
        let mut nodes: BTreeSet<String> = self.inner.config.mirrors.hint.iter().cloned().collect();
        let mirrors = self.inner.mirrors.all();
        let alive = mirrors.iter().filter(|mirror| !mirror.standing().is_over());
        if chapar_terms::sabotaged("tell-whom-the-operator-named") {
            return nodes;
        }
        nodes.extend(alive.filter_map(|mirror| node_of(&mirror.address).map(str::to_owned)));
        nodes
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

/// The node that publishes a register at this address: what stands before the participant; none where the address is of another form.
fn node_of(address: &str) -> Option<&str> {
    let (before, last) = address.rsplit_once('/')?;
    let before = match last {
        "log" => before,
        number if number.parse::<u32>().is_ok() => before.strip_suffix("/log")?,
        _ => return None,
    };
    let (node, slug) = before.rsplit_once('/')?;
    let is_host = node.split_once("://").is_some_and(|(_, host)| !host.is_empty());
    (is_host && !slug.is_empty()).then_some(node)
}

#[cfg(test)]
mod tests {
    use super::node_of;

    #[test]
    fn a_node_is_what_stands_before_the_participant() {
        for (address, node) in [
            ("https://uz.example/plant/log", Some("https://uz.example")),
            ("https://uz.example/plant/log/2", Some("https://uz.example")),
            ("http://127.0.0.1:8443/a/b/plant/log", Some("http://127.0.0.1:8443/a/b")),
            ("https://uz.example/log", None),
            ("https://log", None),
            ("https://uz.example/plant/log/", None),
            ("https://uz.example/plant/2", None),
            ("https://kz.example/chapar/v1/mirrors/5d41", None),
            ("https://go.example/2026h2", None),
        ] {
            assert_eq!(node_of(address), node, "{address}");
        }
    }
}
