//! A part of a peer's catalogue: by its place, or those datasets that a query means.
//!
//! A peer is asked for the part, and one of our kind says that it gave it. Others may heed a query, as the EDC family does, or pass it
//! over: what they answer is looked at, and where it is not what was asked for, the whole catalogue is read and the part taken here.

use crate::catalog_query::render;
use crate::peer_catalog::PeerCatalog;
use crate::peer_places::Walk;
use crate::{Fault, Runtime};
use chapar_dsp::catalog::{Catalog, Dataset};
use chapar_query::{Filter, Gather, More, QuerySpec};
use chapar_terms::ParticipantId;
use serde_json::{Map, Value};

/// Pages of a peer that are read for one answer at most: whoever wants more asks for a part.
const PAGES: usize = 1000;
/// The namespace of names that queries know by their short form.
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

/// Whom to ask, in whose name.
struct Asking<'a> {
    runtime: &'a Runtime,
    slug: &'a str,
    peer: &'a ParticipantId,
    address: &'a str,
}

impl Runtime {
    /// The part of the catalogue of `peer`, whose DSP base is `address`, that `spec` asks for. What a query knows of a dataset is its
    /// `id` and its descriptive members.
    ///
    /// # Errors
    /// As for [`Self::peer_catalog`]; [`Fault::Invalid`] when the peer's catalogue is too long to be looked through.
    pub async fn peer_catalog_part(
        &self,
        slug: &str,
        peer: &ParticipantId,
        address: &str,
        spec: &QuerySpec,
    ) -> Result<Catalog, Fault> {
        let asking = Asking {
            runtime: self,
            slug,
            peer,
            address,
        };
        let is_chosen = spec.offset > 0 || !spec.filter.criteria().is_empty();
        if is_chosen
            && spec.sort_field.is_none()
            && let Some(catalog) = asking.for_part(spec).await?
        {
            return Ok(catalog);
        }
        asking.for_all(spec).await
    }
}

impl Asking<'_> {
    async fn page(&self, page: Option<&str>, filter: Vec<Value>) -> Result<PeerCatalog, Fault> {
        let Self {
            runtime,
            slug,
            peer,
            address,
        } = self;
        runtime.filtered_peer_catalog(slug, peer, address, page, filter).await
    }

    /// The walk through what a filter means.
    fn walk(&self, filter: &Filter) -> Walk {
        let filter = filter.to_json().to_string();
        [self.slug, self.peer.as_str(), self.address, &filter].map(str::to_owned)
    }

    /// Notes where the next page of a walk begins.
    fn note(&self, walk: &Walk, place: u64, next: Option<&str>) {
        if let Some(next) = next {
            let inner = &self.runtime.inner;
            inner.peer_places.note(walk, place, next, self.runtime.now());
        }
    }

    /// The last page that is known to begin at `latest` or before it, but not before `earliest`, and behind how many datasets it
    /// begins; none where its link leads nowhere any more.
    async fn known_page(
        &self,
        walk: &Walk,
        (earliest, latest): (u64, u64),
        filter: &[Value],
    ) -> Result<Option<(u64, PeerCatalog)>, Fault> {
        let places = &self.runtime.inner.peer_places;
        let known = places.before(walk, latest, self.runtime.now());
        let Some((place, link)) = known.filter(|(place, _)| *place >= earliest) else {
            return Ok(None);
        };
        match self.page(Some(&link), filter.to_vec()).await {
            Ok(page) => Ok(Some((place, page))),
            Err(Fault::PeerRefused { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The part as the peer chose it; none when it did not.
    async fn for_part(&self, spec: &QuerySpec) -> Result<Option<Catalog>, Fault> {
        let walk = self.walk(&spec.filter);
        let filter = vec![render(spec)];
        let first = match self.known_page(&walk, (spec.offset, spec.offset), &filter).await? {
            Some((_, page)) => page,
            None => match self.page(None, filter.clone()).await {
                Ok(first) => first,
                // It may not take a filter at all.
                Err(Fault::PeerRefused { .. }) => return Ok(None),
                Err(fault) => return Err(fault),
            },
        };
        // Only what the peer itself has said is a place.
        let is_placed = first.is_filtered;
        if !is_placed && !self.is_as_asked(&first.catalog, spec).await? {
            return Ok(None);
        }
        let limit = usize::try_from(spec.limit).unwrap_or(usize::MAX);
        let (mut catalog, mut next, mut pages) = (first.catalog, first.next, 1);
        loop {
            if is_placed {
                let place = spec.offset.saturating_add(catalog.datasets.len() as u64);
                self.note(&walk, place, next.as_deref());
            }
            let Some(page) = next.take().filter(|_| catalog.datasets.len() < limit) else {
                break;
            };
            let more = self.page(Some(&page), filter.clone()).await?;
            catalog.datasets.extend(more.catalog.datasets);
            next = more.next;
            pages += 1;
            check_length(pages)?;
        }
        catalog.datasets.truncate(limit);
        Ok(Some(catalog))
    }

    /// Whether an answer is the part that was asked for, of a peer that does not say so.
    async fn is_as_asked(&self, catalog: &Catalog, spec: &QuerySpec) -> Result<bool, Fault> {
        let datasets = &catalog.datasets;
        let fits = datasets.len() as u64 <= spec.limit;
        if !fits || !datasets.iter().all(|dataset| spec.filter.holds(&[&as_asked(dataset)])) {
            return Ok(false);
        }
        if spec.offset == 0 {
            return Ok(true);
        }
        // Where it begins at the beginning all the same, the offset was passed over.
        let beginning = QuerySpec {
            offset: 0,
            ..spec.clone()
        };
        let beginning = self.page(None, vec![render(&beginning)]).await?.catalog.datasets;
        Ok(match (beginning.first(), datasets.first()) {
            (Some(one), Some(other)) => one.id != other.id,
            _ => true,
        })
    }

    /// The part out of the whole catalogue, or out of what lies behind the last page that is known to begin before it.
    async fn for_all(&self, spec: &QuerySpec) -> Result<Catalog, Fault> {
        let walk = self.walk(&Filter::default());
        // Where datasets are chosen or sorted, a place among all of them says nothing.
        let is_placed = spec.sort_field.is_none() && spec.filter.criteria().is_empty();
        let latest = if is_placed { spec.offset } else { 0 };
        let known = self.known_page(&walk, (1, latest), &[]).await?;
        let (mut place, mut known) = known.map_or((0, None), |(place, page)| (place, Some(page)));
        let spec = QuerySpec {
            offset: spec.offset.saturating_sub(place),
            ..spec.clone()
        };
        let (mut gather, mut link, mut pages) = (Gather::new(&spec), None, 0);
        loop {
            let page = match known.take() {
                Some(page) => page,
                None => self.page(link.as_deref(), Vec::new()).await?,
            };
            let PeerCatalog { mut catalog, next, .. } = page;
            place = place.saturating_add(catalog.datasets.len() as u64);
            self.note(&walk, place, next.as_deref());
            let mut more = More::Wanted;
            for dataset in std::mem::take(&mut catalog.datasets) {
                let object = as_asked(&dataset);
                more = gather.offer(&[&object], || dataset);
                if more == More::Unneeded {
                    break;
                }
            }
            pages += 1;
            if more == More::Unneeded || next.is_none() || next == link {
                catalog.datasets = gather.finish();
                return Ok(catalog);
            }
            check_length(pages)?;
            link = next;
        }
    }
}

fn check_length(pages: usize) -> Result<(), Fault> {
    if pages < PAGES {
        return Ok(());
    }
    Err(Fault::Invalid {
        code: "answer-too-long".to_owned(),
        reason: format!("the peer's catalogue goes on after {PAGES} pages; ask for less of it"),
    })
}

/// A dataset as a query knows it: its id is a property, and EDC's properties have short names.
fn as_asked(dataset: &Dataset) -> Value {
    let members = dataset.members.iter().map(|(name, value)| {
        let short = name.strip_prefix("edc:").or_else(|| name.strip_prefix(EDC));
        (short.unwrap_or(name).to_owned(), value.clone())
    });
    let mut named: Map<String, Value> = members.collect();
    named.insert("id".to_owned(), dataset.id.as_str().into());
    Value::Object(named)
}
