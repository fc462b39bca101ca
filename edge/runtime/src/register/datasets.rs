//! What the register tells of datasets in the exchange, as the protocol writes them: what many providers offer, without asking one of them.
//!
//! Only what is offered to everybody stands there, as it was when its log was looked at last; the age is told with it. A record that names
//! no offer or no address is left out: nobody could ask for it. So are those of a log that was caught.

use super::search::{RegisterQuery, mark};
use crate::desk::{InExchange, in_exchange};
use crate::{Fault, Runtime};
use chapar_dsp::Offer;
use chapar_dsp::catalog::{AccessService, DataService, Dataset, Distribution};
use chapar_store::StoredRecord;
use chapar_terms::{Digest, Instant, OfferId, ParticipantId};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a dataset is told with: the id of the record that says it.
const RECORD: &str = "urn:chapar:terms:record";
/// Times that one page looks for more when what it found is no dataset that can be had.
const LOOKS: usize = 10;

/// A dataset as the register tells of it.
pub(crate) struct Known {
    pub provider: ParticipantId,
    /// Where it is negotiated.
    pub service: DataService,
    pub dataset: Dataset,
    /// When its log was known to say no more than that.
    pub as_of: Instant,
}

/// Some of them.
pub(crate) struct KnownPage {
    pub datasets: Vec<Known>,
    /// How to go on; none when there are no more.
    pub next: Option<String>,
}

impl Runtime {
    /// Datasets of one provider, or of all, the newest record first; `after` is the `next` of the page before. A page may be short, and
    /// even empty, where there are more.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when `after` is no such mark.
    pub(crate) async fn known_datasets(
        &self,
        provider: Option<&ParticipantId>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<KnownPage, Fault> {
        let mut facets = BTreeMap::from([("exchange".to_owned(), vec!["offered".to_owned()])]);
        facets.extend(provider.map(|provider| ("issuer".to_owned(), vec![provider.as_str().to_owned()])));
        let query = RegisterQuery {
            facets,
            in_force_at: Some(self.now()),
            newest_first: true,
            after: after.map(str::to_owned),
            ..RegisterQuery::default()
        };
        let search = query.search()?;
        let (mut datasets, mut order) = (Vec::new(), Some(query.order()?));
        for _ in 0..LOOKS {
            let Some(from) = order.filter(|_| datasets.is_empty()) else {
                break;
            };
            let found = self.inner.store.search(&search, from, limit).await?;
            for stored in &found.records {
                datasets.extend(self.known_dataset(stored).await?);
            }
            order = found.next;
        }
        Ok(KnownPage {
            datasets,
            next: order.map(mark),
        })
    }

    async fn known_dataset(&self, stored: &StoredRecord) -> Result<Option<Known>, Fault> {
        let (Some(as_of), Ok(provider)) = (self.log_known_at(stored), ParticipantId::parse(&stored.row.issuer)) else {
            return Ok(None);
        };
        let entry = self.entry_of(stored).await?;
        let Some(body) = self.open_body_of(stored, &entry).await? else {
            return Ok(None);
        };
        let Some(told) = in_exchange(provider, &body) else {
            return Ok(None);
        };
        Ok(known(told, &stored.row.record_id, &body, as_of))
    }

    /// When the log of a record was last known to have nothing newer: now for our own, for a mirror when it was looked at. None where the
    /// log was caught.
    fn log_known_at(&self, stored: &StoredRecord) -> Option<Instant> {
        let Some(mirror) = self.inner.mirrors.find(&Digest::of(stored.row.origin.as_bytes())) else {
            return Some(self.now());
        };
        let standing = mirror.standing();
        let checked_at = standing.checked_at.unwrap_or(Instant::from_unix_ms(stored.row.issued));
        standing.caught.is_none().then_some(checked_at)
    }
}

/// A record as a dataset that can be asked for; none where it names no address, no offer or no format.
fn known(told: InExchange, record: &str, body: &Map<String, Value>, as_of: Instant) -> Option<Known> {
    let service = DataService {
        id: format!("{}#dsp", told.provider),
        endpoint_url: told.address.clone()?,
        members: Map::new(),
    };
    Some(Known {
        dataset: dataset(&told, &service, record, body)?,
        provider: told.provider,
        service,
        as_of,
    })
}

fn dataset(told: &InExchange, service: &DataService, record: &str, body: &Map<String, Value>) -> Option<Dataset> {
    let list = |name: &str| body.get(name).and_then(Value::as_array).into_iter().flatten();
    let offer = |offer: &Value| {
        let id = OfferId::parse(offer.get("id")?.as_str()?).ok()?;
        Some(Offer::from_rules(id, None, offer.get("rules")?.as_object()?))
    };
    let offers: Vec<Offer> = list("dataspaceOffers").filter_map(offer).collect();
    let form = list("distribution").next().map(representation).unwrap_or_default();
    let formats = list("dataspaceFormats").filter_map(Value::as_str);
    let distributions: Vec<Distribution> = formats
        .map(|format| Distribution {
            format: format.to_owned(),
            access_service: AccessService::Id(service.id.clone()),
            members: form.clone(),
        })
        .collect();
    if offers.is_empty() || distributions.is_empty() {
        return None;
    }
    let mut members = Map::from_iter([(RECORD.to_owned(), json!(record))]);
    for (term, member) in [
        ("dct:title", "title"),
        ("dct:description", "description"),
        ("dcat:keyword", "keyword"),
    ] {
        members.extend(body.get(member).and_then(texts).map(|texts| (term.to_owned(), texts)));
    }
    Some(Dataset {
        id: told.dataset.clone(),
        offers,
        distributions,
        members,
    })
}

/// What is said of the bytes, in the words that a catalogue of ours has for them.
fn representation(form: &Value) -> Map<String, Value> {
    let mut members = Map::new();
    if let Some(media_type) = form.get("mediaType") {
        members.insert("dcat:mediaType".to_owned(), media_type.clone());
    }
    if let Some(size) = form.get("byteSize").and_then(Value::as_u64) {
        members.insert("dcat:byteSize".to_owned(), json!(size.to_string()));
    }
    if let Some(digest) = form.pointer("/checksum/checksumValue") {
        let checksum = json!({ "spdx:algorithm": "sha256", "spdx:checksumValue": digest });
        members.insert("spdx:checksum".to_owned(), checksum);
    }
    members
}

/// Texts by language as JSON-LD; one of no language is a plain text, as it was in the catalogue that it came from.
fn texts(by_language: &Value) -> Option<Value> {
    let mut found = Vec::new();
    for (tag, texts) in by_language.as_object()? {
        let texts = std::iter::once(texts).chain(texts.as_array().into_iter().flatten());
        found.extend(texts.filter_map(Value::as_str).map(|text| match tag.as_str() {
            "und" => json!(text),
            tag => json!({ "@value": text, "@language": tag }),
        }));
    }
    match found.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(found.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_told_as_a_dataset_of_the_protocol() {
        let example = include_str!("../../../../kinds/dataset/examples/water-levels-offered.json");
        let body: Map<String, Value> = serde_json::from_str(example).unwrap();
        let as_of = Instant::from_unix_ms(0);
        let tell = |body: &Map<String, Value>| {
            let told = in_exchange(ParticipantId::parse("did:web:node.uz.example:water").unwrap(), body)?;
            known(told, "urn:record", body, as_of)
        };
        let whole = tell(&body).unwrap();
        assert_eq!(whole.service.endpoint_url, body["dataspaceAddress"]);
        let told = whole.dataset.render();
        assert_eq!((&told["@id"], &told[RECORD]), (&json!("levels"), &json!("urn:record")));
        assert_eq!(
            told["dct:title"],
            json!({ "@value": "Water levels (sample)", "@language": "en" })
        );
        let offer = &told["hasPolicy"][0];
        assert_eq!(
            (&offer["@id"], &offer["@type"]),
            (&body["dataspaceOffers"][0]["id"], &json!("Offer"))
        );
        assert_eq!(offer["permission"], body["dataspaceOffers"][0]["rules"]["permission"]);
        let forms = told["distribution"].as_array().unwrap();
        assert_eq!((forms.len(), &forms[0]["dcat:byteSize"]), (2, &json!("1200")));
        assert_eq!(forms[0]["accessService"], whole.service.id.as_str());
        assert!(
            chapar_dsp::catalog::parse_dataset(told.to_string().as_bytes()).is_ok(),
            "the protocol's own reader takes it: {told}"
        );
        for lacking in [
            "dataspaceAddress",
            "dataspaceOffers",
            "dataspaceFormats",
            "dataspaceDataset",
        ] {
            let mut body = body.clone();
            body.remove(lacking);
            assert!(tell(&body).is_none(), "{lacking}");
        }
        assert_eq!(texts(&json!({ "und": "t" })), Some(json!("t")));
        assert_eq!(texts(&json!({ "ru": ["а", "б"] })).unwrap()[1]["@value"], "б");
    }
}
