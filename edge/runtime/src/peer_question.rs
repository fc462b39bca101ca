//! A question to a peer in our name, which changes nothing there: its answer comes back with the call, or not at all.
//!
//! A person waits behind it. Who is slow is waited for; who is gone is told of sooner, and what tells them apart is a second, small
//! question: a peer that answers anything at all is there.

use crate::hosted::Hosted;
use crate::peer_call::{Call, CallFault};
use crate::peer_version::PLACE;
use crate::{Fault, Runtime};
use chapar_client::{Outgoing, SendFault, decode_gzip};
use chapar_dsp::catalog::CATALOG_BYTES;
use chapar_terms::{ParticipantId, limits};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Method};
use std::time::Duration;
use url::Url;

/// How long an answer may take before the peer is asked whether it is there at all.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longest wait for that: together below the three seconds in which a person is to hear that a peer is gone.
const SIGN_OF_LIFE: Duration = Duration::from_millis(1_700);

/// What a peer is asked.
pub(crate) struct Question<'a> {
    pub peer: &'a ParticipantId,
    pub method: Method,
    pub url: &'a str,
    pub body: Vec<u8>,
}

impl Runtime {
    /// Asks a peer: the headers of its answer and the body without its coding.
    ///
    /// # Errors
    /// [`Fault::PeerRefused`] when the peer refuses or its answer cannot be read; [`Fault::PeerSilent`] when it does not answer.
    pub(crate) async fn ask_peer(&self, hosted: &Hosted, asked: Question<'_>) -> Result<(HeaderMap, Vec<u8>), Fault> {
        let call = Call {
            peer: asked.peer,
            method: asked.method,
            url: asked.url,
            body: asked.body,
            effect: None,
            max_response_bytes: CATALOG_BYTES as u64,
            takes: Some("gzip"),
        };
        let url = call.url;
        let called = tokio::select! {
            called = self.call(hosted, call) => called.map_err(call_fault)?,
            fault = self.found_gone(url) => return Err(fault),
        };
        let body = decoded(&called.headers, called.body)?;
        if (200..300).contains(&called.status) {
            return Ok((called.headers, body));
        }
        let error = chapar_dsp::parse_error(&body);
        let reason = format!("the peer answered {}: {}", called.status, error.reason.join("; "));
        Err(peer_refused(
            &error.code.unwrap_or_else(|| "peer-refused".to_owned()),
            reason,
        ))
    }
}

impl Runtime {
    /// Ends once whoever is asked at `url` has given no answer for a while and then no sign of life either.
    async fn found_gone(&self, url: &str) -> Fault {
        tokio::time::sleep(PATIENCE).await;
        let asked = Outgoing {
            method: Method::GET,
            url: version_document(url),
            headers: HeaderMap::new(),
            body: Vec::new().into(),
            deadline: SIGN_OF_LIFE,
            max_response_bytes: limits::MESSAGE_BYTES as u64,
        };
        match self.inner.client.send(asked).await {
            Err(fault) if fault.is_retryable() && !fault.is_our_own_crowd() => Fault::PeerSilent(format!(
                "no answer from `{url}`, and no sign of life from its host: {fault}"
            )),
            // It is there, and may take the time that a call may take.
            _ => std::future::pending().await,
        }
    }
}

/// Where the host of `url` says which versions it speaks: small, and open to everybody.
fn version_document(url: &str) -> String {
    let joined = Url::parse(url).and_then(|url| url.join(PLACE));
    joined.map_or_else(|_| url.to_owned(), Into::into)
}

/// An address that a peer gave us, which may be anywhere on the peer's own origin (RFC 6454: scheme, host and port): a token in our
/// name is sent there.
pub(crate) fn at_origin(own: &str, page: &str) -> Result<String, Fault> {
    match (Url::parse(own), Url::parse(page)) {
        // Sent as it was judged, so that nothing else can be read into it.
        (Ok(own), Ok(page)) if own.origin() == page.origin() => Ok(page.into()),
        _ => Err(peer_refused(
            "page-foreign",
            format!("`{page:.200}` is not at the origin of `{own}`"),
        )),
    }
}

/// The body without its coding. The answer's digest and signature were verified before, over the bytes as they came; their
/// bound is the same as that of the decoded bytes.
fn decoded(headers: &HeaderMap, body: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let unfit = |why: String| peer_refused("answer-encoding", why);
    let coding = headers
        .get(CONTENT_ENCODING)
        .map_or("identity", |coding| coding.to_str().unwrap_or_default())
        .to_ascii_lowercase();
    match coding.as_str() {
        "identity" => Ok(body),
        "gzip" | "x-gzip" => match decode_gzip(&body, CATALOG_BYTES) {
            Ok(decoded) => Ok(decoded.into()),
            Err(fault) => Err(unfit(fault.to_string())),
        },
        other => Err(unfit(format!(
            "the answer is encoded as `{other:.40}`, which was not asked for"
        ))),
    }
}

pub(crate) fn peer_refused(code: &str, reason: String) -> Fault {
    Fault::PeerRefused {
        code: code.to_owned(),
        reason,
    }
}

fn call_fault(fault: CallFault) -> Fault {
    match fault {
        CallFault::Own(fault) => fault,
        CallFault::Unproven(why, _) => peer_refused("answer-unproven", why),
        CallFault::Send(fault, _) if fault.is_retryable() => Fault::PeerSilent(fault.to_string()),
        CallFault::Send(fault @ SendFault::EgressRefused { .. }, _) => Fault::Invalid {
            code: fault.code().to_owned(),
            reason: fault.to_string(),
        },
        CallFault::Send(fault, _) => peer_refused(fault.code(), fault.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_anywhere_at_the_peers_origin() {
        let own = "https://peer.example/a/dsp/2025-1/catalog/request";
        let table = [
            ("https://peer.example/a/dsp/2025-1/catalog/request?token=1", true),
            ("https://peer.example/pages/2", true),
            ("https://PEER.example:443/pages/2", true),
            ("http://peer.example/pages/2", false),
            ("https://peer.example:8443/pages/2", false),
            ("https://peer.example.evil.example/a/dsp/2025-1/catalog/request", false),
            ("https://peer.example@evil.example/a", false),
            ("/pages/2", false),
            ("data:text/plain,x", false),
        ];
        for (page, taken) in table {
            assert_eq!(at_origin(own, page).is_ok(), taken, "{page}");
        }
    }
}
