//! Which protocol versions a peer speaks, and where: its version document (DSP 2025-1, Common Functionalities, exposure of
//! versions), read before a case is opened with it or its catalogue is asked for, and remembered for a while.
//!
//! A peer that lists no version of ours is left alone. One that lists nothing at all is talked to where a person said, for that
//! address is explicit. What a document holds is read in `dsp`.

use crate::{Fault, Runtime};
use chapar_client::{Client, Clock, FetchSettings, Fetches, Outgoing, SendFault};
use chapar_dsp::version::{self, ProtocolVersion};
use chapar_dsp::{Malformed, VERSION};
use chapar_terms::limits;
use http::header::{ACCEPT, HeaderValue};
use http::{HeaderMap, Method};
use std::sync::Arc;
use std::time::Duration;

/// Where the document is, below a root.
pub(crate) const PLACE: &str = "/.well-known/dspace-version";

/// Longest wait for one document: it is small, and people wait behind it to hear that a peer is gone.
const ANSWER_LIMIT: Duration = Duration::from_millis(2500);

/// What a root says of itself.
enum Document {
    Lists(Vec<ProtocolVersion>),
    /// It answers, but has no such document.
    None,
}

/// A document that may or may not be there was not had.
#[derive(Clone, Debug)]
enum VersionFault {
    Send(SendFault),
    /// The host has no time for us.
    Status(u16),
    Malformed(Malformed),
    Busy,
}

impl VersionFault {
    /// Whether every root of the host would fare the same.
    fn is_about_the_host(&self) -> bool {
        match self {
            Self::Send(fault) => fault.is_retryable() || matches!(fault, SendFault::EgressRefused { .. }),
            Self::Busy => true,
            Self::Status(_) | Self::Malformed(_) => false,
        }
    }

    fn into_fault(self, root: &str) -> Fault {
        let refused = |code: &str, why: String| Fault::PeerRefused {
            code: code.to_owned(),
            reason: format!("the version document of `{root}` was not read: {why}"),
        };
        let silent = |why: String| Fault::PeerSilent(format!("the version document of `{root}` was not had: {why}"));
        match self {
            Self::Send(fault) if fault.is_retryable() => silent(fault.to_string()),
            Self::Send(fault @ SendFault::EgressRefused { .. }) => Fault::Invalid {
                code: "address-refused".to_owned(),
                reason: fault.to_string(),
            },
            Self::Send(fault) => refused(fault.code(), fault.to_string()),
            Self::Status(status) => silent(format!("status {status}")),
            Self::Malformed(malformed) => refused("version-document", malformed.to_string()),
            Self::Busy => Fault::Unavailable(format!(
                "the version document of `{root}` was not asked for: too many are being fetched"
            )),
        }
    }
}

/// The version documents of peers, by root.
pub(crate) struct PeerVersions {
    client: Client,
    deadline: Duration,
    fetches: Fetches<Document, VersionFault>,
}

impl PeerVersions {
    pub(crate) fn new(client: Client, clock: Arc<dyn Clock>) -> Self {
        let settings = FetchSettings {
            deadline: ANSWER_LIMIT,
            ..FetchSettings::default()
        };
        Self {
            client,
            deadline: settings.deadline,
            fetches: Fetches::new(clock, &settings, VersionFault::Busy),
        }
    }

    async fn of(&self, root: &str) -> Result<Arc<Document>, VersionFault> {
        let flight = || Ok(fetch(self.client.clone(), self.deadline, format!("{root}{PLACE}")));
        self.fetches.get(root, |_| true, flight).await
    }
}

impl Runtime {
    /// Everything that the peer at `address` lists, at the root nearest to it that lists anything.
    ///
    /// # Errors
    /// [`Fault::PeerRefused`] `version-document` when no root does; [`Fault::PeerSilent`] when the peer does not answer.
    pub(crate) async fn versions_at(&self, address: &str) -> Result<Vec<ProtocolVersion>, Fault> {
        // What was named is asked first: it may be the root itself.
        for root in std::iter::once(address).chain(roots(address)) {
            match self.inner.peer_versions.of(root).await {
                Ok(document) => {
                    if let Document::Lists(entries) = document.as_ref() {
                        return Ok(entries.clone());
                    }
                }
                Err(fault) if fault.is_about_the_host() => return Err(fault.into_fault(root)),
                Err(_) => {}
            }
        }
        Err(Fault::PeerRefused {
            code: "version-document".to_owned(),
            reason: format!("the peer at `{address}` lists no versions"),
        })
    }

    /// Where to talk to the peer of whom a person said `address`: a DSP base, or a root whose document names the base.
    ///
    /// # Errors
    /// [`Fault::PeerRefused`] `version-unsupported` when the peer speaks no version of ours; [`Fault::PeerSilent`] when it does not answer.
    pub(crate) async fn speaking_at(&self, address: &str) -> Result<String, Fault> {
        let mut others = None;
        let mut elsewhere = false;
        let mut silent = None;
        for (distance, root) in roots(address).into_iter().enumerate() {
            let document = match self.inner.peer_versions.of(root).await {
                Ok(document) => document,
                Err(fault) if fault.is_about_the_host() => return Err(fault.into_fault(root)),
                // What stands further up may be somebody else's: only at the nearest root does it say anything about this peer.
                Err(fault) => {
                    silent = silent.or_else(|| (distance == 0).then(|| fault.into_fault(root)));
                    continue;
                }
            };
            let Document::Lists(entries) = document.as_ref() else {
                continue;
            };
            match version::spoken(entries) {
                _ if leads_to(root, entries, address) => return Ok(address.to_owned()),
                Some(entry) if root == address => return Ok(below(root, entry)),
                Some(_) => elsewhere = true,
                None => others = others.or_else(|| Some(version::in_words(entries))),
            }
        }
        match others {
            Some(words) if !elsewhere => Err(Fault::PeerRefused {
                code: "version-unsupported".to_owned(),
                reason: format!(
                    "the peer at `{address}` speaks {words}; this node speaks `{VERSION}` over `{}`",
                    version::HTTPS
                ),
            }),
            // A document about another address of the same host says nothing against this one.
            _ if elsewhere => Ok(address.to_owned()),
            _ => silent.map_or_else(|| Ok(address.to_owned()), Err),
        }
    }
}

/// Where a document about `address` may be found: at the participant's root, at that of its host, at the address itself.
fn roots(address: &str) -> Vec<&str> {
    let host_at = address.find("://").map_or(0, |at| at + 3);
    let host_end = address
        .get(host_at..)
        .and_then(|rest| rest.find('/'))
        .map_or(address.len(), |at| host_at + at);
    let parent = address
        .rsplit_once('/')
        .map(|(root, _)| root)
        .filter(|root| root.len() > host_end);
    let mut roots = Vec::new();
    for root in [parent, address.get(..host_end), Some(address)].into_iter().flatten() {
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    roots
}

/// Whether an entry in a version of ours is at `address`.
fn leads_to(root: &str, entries: &[ProtocolVersion], address: &str) -> bool {
    entries
        .iter()
        .any(|entry| version::spoken(std::slice::from_ref(entry)).is_some() && below(root, entry) == address)
}

fn below(root: &str, entry: &ProtocolVersion) -> String {
    format!("{root}{}", entry.path.trim_end_matches('/'))
}

async fn fetch(client: Client, deadline: Duration, url: String) -> Result<Document, VersionFault> {
    let outgoing = Outgoing {
        method: Method::GET,
        url,
        headers: HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]),
        body: Vec::new().into(),
        deadline,
        max_response_bytes: u64::try_from(limits::MESSAGE_BYTES).unwrap_or(u64::MAX),
    };
    let incoming = client.send(outgoing).await.map_err(VersionFault::Send)?;
    match incoming.status.as_u16() {
        200 => version::parse(&incoming.body)
            .map(Document::Lists)
            .map_err(VersionFault::Malformed),
        busy @ (408 | 425 | 429 | 500..=599) => Err(VersionFault::Status(busy)),
        // Not found, not allowed, moved: there is no such document here.
        _ => Ok(Document::None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_sought_from_the_participant_to_the_host() {
        let table: [(&str, &[&str]); 4] = [
            (
                "https://h:8443/p/dsp/2025-1",
                &["https://h:8443/p/dsp", "https://h:8443", "https://h:8443/p/dsp/2025-1"],
            ),
            ("https://h/p", &["https://h", "https://h/p"]),
            ("https://h", &["https://h"]),
            (
                "https://[::1]:80/a/b",
                &["https://[::1]:80/a", "https://[::1]:80", "https://[::1]:80/a/b"],
            ),
        ];
        for (address, expected) in table {
            assert_eq!(roots(address), expected, "{address}");
        }
    }

    #[test]
    fn an_entry_leads_to_the_address_below_its_root() {
        let old = ProtocolVersion {
            version: "v0.8".to_owned(),
            ..ProtocolVersion::at("/old")
        };
        let entries = [
            old,
            ProtocolVersion::at("/2025-1/"),
            ProtocolVersion::at("/other/2025-1"),
        ];
        let leads = |address| leads_to("https://h/p", &entries, address);
        assert!(leads("https://h/p/2025-1") && leads("https://h/p/other/2025-1"));
        assert!(!leads("https://h/p/old"), "another version");
        assert!(!leads("https://h/2025-1") && !leads("https://h/p"));
    }
}
