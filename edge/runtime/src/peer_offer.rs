//! One offer of a peer, found by its id: a request names what it asks for, and the rules that stand there are the peer's to say.
//!
//! Refuses to choose: of several offers the one with this id is meant, and where there is none, none is.

use crate::{Fault, Runtime, offer_id};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_dsp::Offer;
use chapar_dsp::catalog::Dataset;
use chapar_terms::{AssetId, OfferId, ParticipantId};
use uuid::Uuid;

/// Pages of a catalogue that are looked through for an offer that does not say what it is about. Of a greater catalogue the
/// dataset must be named.
const PAGES: usize = 200;

impl Runtime {
    /// The offer `id` that `peer`, whose DSP base is `address`, makes to us, with the rules that it has there. `target` is the
    /// dataset, where the asker knows it.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the peer makes no such offer; otherwise as for [`Self::peer_catalog`].
    pub(crate) async fn peer_offer(
        &self,
        slug: &str,
        peer: &ParticipantId,
        address: &str,
        id: &OfferId,
        target: Option<&AssetId>,
    ) -> Result<Offer, Fault> {
        let unknown = || Fault::Invalid {
            code: "offer-unknown".to_owned(),
            reason: match target {
                Some(target) => format!("`{peer}` makes no offer `{id}` of `{target}` to us"),
                None => format!("`{peer}` makes no offer `{id}` to us"),
            },
        };
        for dataset in datasets(id, target) {
            match self.peer_dataset(slug, peer, address, &dataset).await {
                Ok(dataset) => match pick(dataset, id) {
                    Some(offer) => return Ok(offer),
                    None if target.is_some() => return Err(unknown()),
                    None => {}
                },
                // Not every peer shows its datasets one by one.
                Err(Fault::PeerRefused { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        self.offer_in_catalog(slug, peer, address, id, target)
            .await?
            .ok_or_else(unknown)
    }

    async fn offer_in_catalog(
        &self,
        slug: &str,
        peer: &ParticipantId,
        address: &str,
        id: &OfferId,
        target: Option<&AssetId>,
    ) -> Result<Option<Offer>, Fault> {
        let mut page: Option<String> = None;
        for _ in 0..PAGES {
            let found = self.peer_catalog(slug, peer, address, page.as_deref()).await?;
            let datasets = found.catalog.datasets.into_iter();
            let mut meant = datasets.filter(|dataset| target.is_none_or(|target| *target == dataset.id));
            if let Some(offer) = meant.find_map(|dataset| pick(dataset, id)) {
                return Ok(Some(offer));
            }
            if found.next.is_none() || found.next == page {
                return Ok(None);
            }
            page = found.next;
        }
        Ok(None)
    }
}

/// The datasets that an offer may be of: the one that is named, or those that its id can mean.
fn datasets(id: &OfferId, target: Option<&AssetId>) -> Vec<AssetId> {
    if let Some(target) = target {
        return vec![target.clone()];
    }
    let mut found: Vec<AssetId> = Vec::new();
    for (_, asset) in offer_id::readings(id.as_str(), None) {
        if let Ok(asset) = AssetId::parse(&asset)
            && !found.contains(&asset)
        {
            found.push(asset);
        }
    }
    found
}

/// The offer of `dataset` that is meant by `id`.
fn pick(dataset: Dataset, id: &OfferId) -> Option<Offer> {
    let mut offer = dataset
        .offers
        .into_iter()
        .find(|offer| is_same(offer.id.as_str(), id.as_str()))?;
    offer.target = Some(dataset.id);
    Some(offer)
}

/// Whether two ids mean one offer. Connectors of the EDC family end an id with a number that is another in every answer.
fn is_same(one: &str, other: &str) -> bool {
    one == other || without_number(one).is_some_and(|stem| without_number(other) == Some(stem))
}

/// An id of three encoded parts without the last, where that is a UUID and so says nothing of the rules.
fn without_number(id: &str) -> Option<&str> {
    let (stem, number) = id.rsplit_once(':')?;
    let number = String::from_utf8(STANDARD.decode(number).ok()?).ok()?;
    (stem.split(':').count() == 2 && Uuid::parse_str(&number).is_ok()).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    #[test]
    fn an_id_that_ends_with_a_fresh_number_means_the_same_offer() {
        let id = |number: &str| format!("ZGVm:YXNzZXQ=:{}", STANDARD.encode(number));
        let first = id("6c1b7e3e-0f0b-4b7a-9a53-1c1f8f2b7a11");
        let second = id("0b1d2c3e-1f0b-4b7a-8a53-2c1f8f2b7a22");
        assert!(is_same(&first, &second));
        assert!(is_same("o", "o"));
        assert!(!is_same("o", "p"));
        assert!(!is_same(&first, &second.replace("ZGVm", "ZGVn")), "another definition");
        let ours = |rules: &str| offer_id::render("d", "a", &Map::from_iter([(rules.to_owned(), true.into())]));
        assert!(!is_same(&ours("x"), &ours("y")), "other rules");
    }

    #[test]
    fn the_datasets_looked_at_are_the_named_one_or_those_of_the_id() {
        let id = OfferId::parse("ZGVm:YXNzZXQ=:eA==").unwrap();
        let names = |target: Option<&str>| {
            let target = target.map(|target| AssetId::parse(target).unwrap());
            let found = datasets(&id, target.as_ref());
            found.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(Some("b")), ["b"]);
        assert_eq!(names(None).first().map(String::as_str), Some("asset"));
        assert!(datasets(&OfferId::parse("nothing").unwrap(), None).is_empty());
    }
}
