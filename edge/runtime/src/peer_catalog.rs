//! The catalogue of a peer, asked for in our name, a page or one dataset at a time.

use crate::catalog::APPLIED;
use crate::links::links;
use crate::peer_question::{Question, at_origin, peer_refused};
use crate::{Fault, Runtime};
use chapar_dsp::catalog::{Catalog, CatalogRequest, Dataset, parse_catalog, parse_dataset};
use chapar_exchange::join;
use chapar_terms::{AssetId, ParticipantId};
use http::Method;
use serde_json::Value;

/// A page of a peer's catalogue.
pub struct PeerCatalog {
    /// What could be read of it.
    pub catalog: Catalog,
    /// Where the next page is.
    pub next: Option<String>,
    /// Where the page before is.
    pub previous: Option<String>,
    /// Whether the peer says that it has heeded the filter.
    pub(crate) is_filtered: bool,
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
        self.filtered_peer_catalog(slug, peer, address, page, Vec::new()).await
    }

    /// The same with a filter, which goes along with every page.
    pub(crate) async fn filtered_peer_catalog(
        &self,
        slug: &str,
        peer: &ParticipantId,
        address: &str,
        page: Option<&str>,
        filter: Vec<Value>,
    ) -> Result<PeerCatalog, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let own = format!("{}/catalog/request", address.trim_end_matches('/'));
        let url = match page {
            None => own,
            Some(page) => at_origin(&own, page)?,
        };
        let body = CatalogRequest { filter }.render().to_string().into_bytes();
        let question = Question {
            peer,
            method: Method::POST,
            url: &url,
            body,
        };
        let (headers, body) = self.ask_peer(&hosted, question).await?;
        let catalog = parse_catalog(&body).map_err(|malformed| peer_refused(malformed.code, malformed.why))?;
        let (next, previous) = links(&headers, &url);
        Ok(PeerCatalog {
            catalog,
            next,
            previous,
            is_filtered: headers.contains_key(APPLIED),
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
        let question = Question {
            peer,
            method: Method::GET,
            url: &url,
            body: Vec::new(),
        };
        let (_, body) = self.ask_peer(&hosted, question).await?;
        parse_dataset(&body).map_err(|malformed| peer_refused(malformed.code, malformed.why))
    }
}
