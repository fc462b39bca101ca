//! The catalogue of a peer, asked for in our name, a page at a time.

use crate::links::links;
use crate::peer_call::{Call, CallFault};
use crate::{Fault, Runtime};
use chapar_client::decode_gzip;
use chapar_dsp::catalog::{CATALOG_BYTES, Catalog, CatalogRequest, parse_catalog};
use chapar_terms::ParticipantId;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Method};

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
    /// [`Fault::Invalid`] when the peer refuses or `page` is not below `address`; [`Fault::Unavailable`] when it does not answer.
    pub async fn peer_catalog(
        &self,
        slug: &str,
        peer: &ParticipantId,
        address: &str,
        page: Option<&str>,
    ) -> Result<PeerCatalog, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let base = address.trim_end_matches('/');
        let own = format!("{base}/catalog/request");
        let url = match page {
            None => own,
            Some(page) if page.starts_with(&own) => page.to_owned(),
            Some(_) => {
                let reason = "a page's address must be below the peer's own".to_owned();
                return Err(Fault::Invalid {
                    code: "page-foreign".to_owned(),
                    reason,
                });
            }
        };
        let body = CatalogRequest { filter: Vec::new() }.render().to_string().into_bytes();
        let call = Call {
            peer,
            method: Method::POST,
            url: &url,
            body,
            effect: None,
            max_response_bytes: CATALOG_BYTES as u64,
            takes: Some("gzip"),
        };
        let called = self.call(&hosted, call).await.map_err(call_fault)?;
        let body = decoded(&called.headers, called.body)?;
        if !(200..300).contains(&called.status) {
            let error = chapar_dsp::parse_error(&body);
            let reason = format!("the peer answered {}: {}", called.status, error.reason.join("; "));
            return Err(peer_refused(
                &error.code.unwrap_or_else(|| "peer-refused".to_owned()),
                reason,
            ));
        }
        let catalog = parse_catalog(&body).map_err(|malformed| peer_refused(malformed.code, malformed.why))?;
        let (next, previous) = links(&called.headers, &url);
        Ok(PeerCatalog {
            catalog,
            next,
            previous,
        })
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
    Fault::Invalid {
        code: code.to_owned(),
        reason,
    }
}

fn call_fault(fault: CallFault) -> Fault {
    match fault {
        CallFault::Own(fault) => fault,
        CallFault::Unproven(why) => peer_refused("answer-unproven", why),
        CallFault::Send(fault) if fault.is_retryable() => Fault::Unavailable(fault.to_string()),
        CallFault::Send(fault) => peer_refused(fault.code(), fault.to_string()),
    }
}
