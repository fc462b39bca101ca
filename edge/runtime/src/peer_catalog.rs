//! The catalogue of a peer, asked for in our name, a page or one dataset at a time.

use crate::hosted::Hosted;
use crate::links::links;
use crate::peer_call::{Call, CallFault};
use crate::{Fault, Runtime};
use chapar_client::{SendFault, decode_gzip};
use chapar_dsp::catalog::{CATALOG_BYTES, Catalog, CatalogRequest, Dataset, parse_catalog, parse_dataset};
use chapar_exchange::join;
use chapar_terms::{AssetId, ParticipantId};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Method};
use url::Url;

/// A page of a peer's catalogue.
pub struct PeerCatalog {
    /// What could be read of it.
    pub catalog: Catalog,
    /// Where the next page is.
    pub next: Option<String>,
    /// Where the page before is.
    pub previous: Option<String>,
}

impl Runtime {
    /// A page of the catalogue of `peer`, whose DSP base is `address`. `page` is a `next` or `previous` of an earlier call.
    ///
    /// # Errors
    /// [`Fault::PeerRefused`] when the peer refuses or `page` is at another origin than `address`; [`Fault::PeerSilent`] when it does not
    /// answer.
    pub async fn peer_catalog(
        &self,
        slug: &str,
        peer: &ParticipantId,
        address: &str,
        page: Option<&str>,
    ) -> Result<PeerCatalog, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let own = format!("{}/catalog/request", address.trim_end_matches('/'));
        let url = match page {
            None => own,
            Some(page) => page_of(&own, page)?,
        };
        let body = CatalogRequest { filter: Vec::new() }.render().to_string().into_bytes();
        let asked = Asked {
            peer,
            method: Method::POST,
            url: &url,
            body,
        };
        let (headers, body) = self.ask_for_catalog(&hosted, asked).await?;
        let catalog = parse_catalog(&body).map_err(|malformed| peer_refused(malformed.code, malformed.why))?;
        let (next, previous) = links(&headers, &url);
        Ok(PeerCatalog {
            catalog,
            next,
            previous,
        })
    }

    /// The dataset `id` of `peer`, whose DSP base is `address`.
    ///
    /// # Errors
    /// As for [`Self::peer_catalog`].
    pub async fn peer_dataset(
        &self,
        slug: &str,
        peer: &ParticipantId,
        address: &str,
        id: &AssetId,
    ) -> Result<Dataset, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let url = join(address, &["catalog", "datasets", id.as_str()]);
        let asked = Asked {
            peer,
            method: Method::GET,
            url: &url,
            body: Vec::new(),
        };
        let (_, body) = self.ask_for_catalog(&hosted, asked).await?;
        parse_dataset(&body).map_err(|malformed| peer_refused(malformed.code, malformed.why))
    }

    /// Asks a peer for a part of its catalogue: the headers of its answer and the body without its coding.
    async fn ask_for_catalog(&self, hosted: &Hosted, asked: Asked<'_>) -> Result<(HeaderMap, Vec<u8>), Fault> {
        let call = Call {
            peer: asked.peer,
            method: asked.method,
            url: asked.url,
            body: asked.body,
            effect: None,
            max_response_bytes: CATALOG_BYTES as u64,
            takes: Some("gzip"),
        };
        let called = self.call(hosted, call).await.map_err(call_fault)?;
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

/// What a peer is asked.
struct Asked<'a> {
    peer: &'a ParticipantId,
    method: Method,
    url: &'a str,
    body: Vec<u8>,
}

/// The address of a page, which may be anywhere on the peer's own origin (RFC 6454: scheme, host and port): a token in our name
/// is sent there.
fn page_of(own: &str, page: &str) -> Result<String, Fault> {
    match (Url::parse(own), Url::parse(page)) {
        // Sent as it was judged, so that nothing else can be read into it.
        (Ok(own), Ok(page)) if own.origin() == page.origin() => Ok(page.into()),
        _ => Err(peer_refused(
            "page-foreign",
            format!("the page `{page:.200}` is not at the origin of `{own}`"),
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

fn peer_refused(code: &str, reason: String) -> Fault {
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
    fn a_page_may_be_anywhere_at_the_peers_origin() {
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
            assert_eq!(page_of(own, page).is_ok(), taken, "{page}");
        }
    }
}
