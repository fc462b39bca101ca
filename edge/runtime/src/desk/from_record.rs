//! From a record to a negotiation: the register says who offers a dataset, under which id and where; what is offered, the provider says.
//!
//! A record was verified with its log before it was folded, and only its participant can sign it. So its address is better founded than
//! one that a person typed, and no peer needs to be put before. Where the participant's DID document names services, the address must be
//! one of theirs: that document is what peers go by.

use super::peers::dsp_address;
use super::{Desk, NewNegotiation, invalid};
use crate::{Fault, Runtime};
use chapar_dsp::catalog::Dataset;
use chapar_dsp::{Offer, Role};
use chapar_exchange::{CallbackAddress, Mode};
use chapar_query::{Criterion, Filter, QuerySpec};
use chapar_register::ClosedBody;
use chapar_terms::{AssetId, ParticipantId};
use serde_json::{Map, Value};

/// The code where a record says nothing that could be negotiated, as far as everybody can read it.
const NOT_NEGOTIABLE: &str = "not-negotiable";

/// A negotiation about what a record tells of.
#[derive(Clone, Debug)]
pub struct NegotiationOfRecord {
    /// The id of the record.
    pub record: String,
    /// Who decides our later moves.
    pub mode: Mode,
    /// Who is told of its events.
    pub callback_addresses: Vec<CallbackAddress>,
}

/// What a record says of a dataset in the exchange.
pub(crate) struct InExchange {
    pub provider: ParticipantId,
    pub dataset: AssetId,
    /// Where its provider speaks the protocol, if that is said.
    pub address: Option<String>,
    /// The ids of its offers, so far as they are told.
    pub offers: Vec<String>,
}

impl Desk {
    /// Begins a negotiation, as its consumer, about the dataset that a record of the register tells of.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the record is not here, was withdrawn, tells of nothing that can be negotiated, or its address is none of its
    /// participant's, and when the provider offers it to us no more; otherwise as for [`Self::open_negotiation`].
    pub async fn open_negotiation_of_record(&self, new: NegotiationOfRecord) -> Result<Value, Fault> {
        let told = match self.runtime.in_exchange(&new.record).await {
            Err(Fault::Invalid { code, reason }) if code == NOT_NEGOTIABLE => {
                let told = self.in_exchange_as_fetched(&new.record).await?;
                told.ok_or(Fault::Invalid { code, reason })?
            }
            told => told?,
        };
        let address = self.address_of_record(&told).await?;
        let silent = |fault| said_of_silence(&told, &address, fault);
        let spoken = self.runtime.speaking_at(&address).await.map_err(silent)?;
        let dataset = self.dataset_of_record(&told, &spoken).await.map_err(silent)?;
        let offer = chosen(dataset, &told.offers).ok_or_else(|| not_offered(&told))?;
        self.open_negotiation(NewNegotiation {
            role: Role::Consumer,
            peer: told.provider,
            address: Some(spoken),
            offer,
            mode: new.mode,
            callback_addresses: new.callback_addresses,
        })
        .await
    }

    /// What the body says that this participant got of a closed record.
    async fn in_exchange_as_fetched(&self, id: &str) -> Result<Option<InExchange>, Fault> {
        let held = self.runtime.inner.store.held_body(self.slug(), id, None).await?;
        let body = held.and_then(|held| ClosedBody::parse(&held.document).ok());
        let Some(body) = body else { return Ok(None) };
        let provider = body.record().participant().clone();
        Ok(body
            .body()
            .value()
            .as_object()
            .and_then(|body| in_exchange(provider, body)))
    }

    /// Where to ask the provider: as the record says; where it does not say it, as we know it or as its DID document says.
    pub(super) async fn address_of_record(&self, told: &InExchange) -> Result<String, Fault> {
        let services = match told.provider.as_str().starts_with("did:") {
            true => self.services_of_peer(&told.provider).await,
            false => Ok(Vec::new()),
        };
        // One that does not answer now is heard of where it is asked.
        let services = services.or_else(|fault| match fault {
            Fault::NotFound | Fault::PeerSilent(_) => Ok(Vec::new()),
            other => Err(other),
        })?;
        if let Some(address) = &told.address {
            let address = dsp_address(address, "dataspaceAddress")?;
            if services.is_empty() || services.iter().any(|service| is_at(&address, service)) {
                return Ok(address);
            }
            return Err(invalid(
                "record-address",
                format!(
                    "the record says that `{}` is reached at `{address}`, and its DID document names `{}` alone",
                    told.provider,
                    services.join("`, `")
                ),
            ));
        }
        match self
            .runtime
            .inner
            .store
            .peer(self.slug(), told.provider.as_str())
            .await?
        {
            Some(row) => Ok(row.dsp),
            None => match services.first() {
                Some(service) => dsp_address(root(service), "serviceEndpoint"),
                None => Err(invalid(
                    "address-missing",
                    format!(
                        "neither the record nor the DID document of `{}` says where it is reached: put it as a peer",
                        told.provider
                    ),
                )),
            },
        }
    }

    /// The dataset as the provider offers it to us.
    pub(super) async fn dataset_of_record(&self, told: &InExchange, address: &str) -> Result<Dataset, Fault> {
        let (runtime, peer) = (&self.runtime, &told.provider);
        match runtime.peer_dataset(self.slug(), peer, address, &told.dataset).await {
            // Not every peer shows its datasets one by one.
            Err(Fault::PeerRefused { .. }) => {}
            shown => return shown,
        }
        let this = Criterion::parse("id", "=", told.dataset.as_str().into());
        let filter = this.and_then(|this| Filter::new(vec![this]));
        let spec = QuerySpec {
            limit: 1,
            filter: filter.map_err(|malformed| invalid("not-negotiable", malformed.why))?,
            ..QuerySpec::default()
        };
        let catalog = runtime.peer_catalog_part(self.slug(), peer, address, &spec).await?;
        catalog.datasets.into_iter().next().ok_or_else(|| not_offered(told))
    }
}

impl Runtime {
    /// What a record says of a dataset in the exchange.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when it is not here, was withdrawn, or says nothing of the kind.
    pub(crate) async fn in_exchange(&self, id: &str) -> Result<InExchange, Fault> {
        let stored = self.inner.store.record(id, None).await?.ok_or_else(|| {
            invalid(
                "record-unknown",
                format!("no log that this node holds has the record `{id}`: mirror its log, or name peer and dataset"),
            )
        })?;
        if let Some(withdrawn) = &stored.withdrawn {
            let reason = format!(
                "the record `{id}` was withdrawn (`{}`): it is offered no more",
                withdrawn.code
            );
            return Err(invalid("record-withdrawn", reason));
        }
        let not_negotiable = || {
            let kind = &stored.row.kind;
            let reason = format!("the record `{id}` of the kind `{kind}` tells of no dataset that can be negotiated");
            invalid(NOT_NEGOTIABLE, reason)
        };
        let entry = self.entry_of(&stored).await?;
        let body = self.open_body_of(&stored, &entry).await?.ok_or_else(not_negotiable)?;
        let provider = ParticipantId::parse(&stored.row.issuer)?;
        in_exchange(provider, &body).ok_or_else(not_negotiable)
    }
}

/// What the body of a record says of a dataset in the exchange; none where it says nothing of the kind.
pub(crate) fn in_exchange(provider: ParticipantId, body: &Map<String, Value>) -> Option<InExchange> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let offers = body
        .get("dataspaceOffers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    Some(InExchange {
        provider,
        dataset: AssetId::parse(text("dataspaceDataset")?).ok()?,
        address: text("dataspaceAddress").map(str::to_owned),
        offers: offers
            .filter_map(|offer| Some(offer.get("id")?.as_str()?.to_owned()))
            .collect(),
    })
}

/// The offer that is asked for: one that the record tells of where it still stands, otherwise the first.
pub(super) fn chosen(dataset: Dataset, told: &[String]) -> Option<Offer> {
    let Dataset { id, mut offers, .. } = dataset;
    let known = offers
        .iter()
        .position(|offer| told.iter().any(|told| told == offer.id.as_str()));
    let place = known.unwrap_or(0);
    if place >= offers.len() {
        return None;
    }
    let mut offer = offers.swap_remove(place);
    offer.target = Some(id);
    Some(offer)
}

pub(super) fn not_offered(told: &InExchange) -> Fault {
    let reason = format!(
        "`{}` offers `{}` to us no more, or not to us",
        told.provider, told.dataset
    );
    invalid("not-offered", reason)
}

/// Who is silent, by name: the person named a record and no peer.
pub(super) fn said_of_silence(told: &InExchange, address: &str, fault: Fault) -> Fault {
    match fault {
        Fault::PeerSilent(why) => {
            Fault::PeerSilent(format!("`{}` does not answer at `{address}`: {why}", told.provider))
        }
        other => other,
    }
}

/// What a service endpoint of a DID document is the root of.
fn root(service: &str) -> &str {
    service
        .strip_suffix(crate::peer_version::PLACE)
        .unwrap_or(service)
        .trim_end_matches('/')
}

/// Whether an address lies at or below a service.
fn is_at(address: &str, service: &str) -> bool {
    let below = address.strip_prefix(root(service));
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_terms::OfferId;
    use serde_json::json;

    fn dataset(offers: &[&str]) -> Dataset {
        let offer = |id: &&str| Offer::named(OfferId::parse(id).unwrap(), None);
        Dataset {
            id: AssetId::parse("levels").unwrap(),
            offers: offers.iter().map(offer).collect(),
            distributions: Vec::new(),
            members: Map::new(),
        }
    }

    #[test]
    fn an_address_must_be_at_a_service_and_not_merely_begin_like_one() {
        let service = "https://node.example.org/uz/dsp/.well-known/dspace-version";
        for good in [
            "https://node.example.org/uz/dsp",
            "https://node.example.org/uz/dsp/2025-1",
        ] {
            assert!(is_at(good, service), "{good}");
        }
        for bad in [
            "https://node.example.org/uz/dsp-2",
            "https://node.example.org/kz/dsp",
            "https://other.example/uz/dsp",
        ] {
            assert!(!is_at(bad, service), "{bad}");
        }
    }

    #[test]
    fn the_offer_of_the_record_comes_before_the_first() {
        let of = |offers: &[&str], told: &[&str]| {
            let told: Vec<String> = told.iter().map(|id| (*id).to_owned()).collect();
            let offer = chosen(dataset(offers), &told)?;
            assert_eq!(offer.target.unwrap().as_str(), "levels");
            Some(offer.id.as_str().to_owned())
        };
        assert_eq!(of(&["a", "b"], &["b"]).as_deref(), Some("b"));
        assert_eq!(of(&["a", "b"], &["gone"]).as_deref(), Some("a"));
        assert_eq!(of(&[], &["b"]), None);
    }

    #[test]
    fn only_what_names_a_dataset_can_be_negotiated() {
        let read = |body: Value| in_exchange(ParticipantId::parse("did:web:a").unwrap(), body.as_object().unwrap());
        assert!(read(json!({ "title": { "en": "t" }, "dataspaceAddress": "https://a.example" })).is_none());
        assert!(read(json!({ "dataspaceDataset": "" })).is_none());
        let found = read(json!({ "dataspaceDataset": "d", "dataspaceOffers": [{ "id": "o" }, {}] })).unwrap();
        assert_eq!((found.address, found.offers), (None, vec!["o".to_owned()]));
    }
}
