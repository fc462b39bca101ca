//! How far one has to count for an offset into our catalogue: every thousandth dataset is remembered with its place, so that an offset
//! costs the same wherever it is and however many datasets there are.
//!
//! The store counts the writes of offers in the transaction of the write; what was counted here stays right while that number stays.

use crate::policy_cache::Allowed;
use crate::{Fault, Runtime};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Datasets between two that are remembered.
const STEP: usize = 1000;
/// Catalogues remembered, by participant and by what is seen of it.
const CATALOGUES: usize = 64;

type Ids = BTreeSet<Arc<str>>;

/// What is remembered.
#[derive(Default)]
pub(crate) struct CatalogPlaces(Mutex<BTreeMap<(String, u64), Counted>>);

/// Places in one catalogue.
struct Counted {
    epoch: i64,
    ids: Ids,
    /// Id of the dataset at each of these places, counted from 0.
    stones: BTreeMap<usize, String>,
}

impl CatalogPlaces {
    /// The last remembered place that is not behind `place`, with its dataset.
    fn before(&self, slug: &str, ids: &Ids, epoch: i64, place: usize) -> Option<(usize, String)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = kept.get(&(slug.to_owned(), mark(ids)))?;
        let stones = (counted.epoch == epoch && counted.ids == *ids).then_some(&counted.stones)?;
        stones.range(..=place).next_back().map(|(at, id)| (*at, id.clone()))
    }

    fn note(&self, slug: &str, ids: &Ids, epoch: i64, place: usize, id: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (slug.to_owned(), mark(ids));
        let is_right = |counted: &Counted| counted.epoch == epoch && counted.ids == *ids;
        if !kept.get(&key).is_some_and(is_right) {
            if kept.len() >= CATALOGUES && !kept.contains_key(&key) {
                // Which one goes is all the same: it is counted again.
                kept.pop_first();
            }
            let counted = Counted {
                epoch,
                ids: ids.clone(),
                stones: BTreeMap::new(),
            };
            kept.insert(key.clone(), counted);
        }
        if let Some(counted) = kept.get_mut(&key) {
            counted.stones.insert(place, id.to_owned());
        }
    }
}

fn mark(ids: &Ids) -> u64 {
    let mut hasher = DefaultHasher::new();
    ids.hash(&mut hasher);
    hasher.finish()
}

impl Runtime {
    /// The id of the dataset at `place`, counted from 0, among those that are `allowed`.
    pub(crate) async fn dataset_at(
        &self,
        slug: &str,
        allowed: &Allowed,
        place: usize,
    ) -> Result<Option<String>, Fault> {
        let (store, places, ids) = (&self.inner.store, &self.inner.catalog_places, allowed.ids());
        // Before anything is counted: what is written meanwhile makes the count old.
        let epoch = store.offers_epoch(slug).await?;
        let mut at = places.before(slug, ids, epoch, place);
        loop {
            let (next, after) = match &at {
                Some((known, id)) if *known == place => return Ok(Some(id.clone())),
                Some((known, id)) => (known.saturating_add(1), Some(id.as_str())),
                None => (0, None),
            };
            let far = place.saturating_sub(next);
            if far < STEP {
                return Ok(store.dataset_at(slug, ids, after, far).await?);
            }
            let Some(id) = store.dataset_at(slug, ids, after, STEP - 1).await? else {
                return Ok(None);
            };
            let stone = next.saturating_add(STEP - 1);
            places.note(slug, ids, epoch, stone, &id);
            at = Some((stone, id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Ids {
        names.iter().map(|name| Arc::from(*name)).collect()
    }

    #[test]
    fn what_was_counted_is_right_for_one_catalogue_at_one_count_of_writes() {
        let places = CatalogPlaces::default();
        let (one, two) = (ids(&["one"]), ids(&["one", "two"]));
        places.note("uz", &one, 7, 999, "a");
        places.note("uz", &one, 7, 1999, "b");
        let found = |slug: &str, ids: &Ids, epoch, place| places.before(slug, ids, epoch, place);
        assert_eq!(found("uz", &one, 7, 998), None);
        assert_eq!(found("uz", &one, 7, 1998), Some((999, "a".to_owned())));
        assert_eq!(found("uz", &one, 7, 9999), Some((1999, "b".to_owned())));
        assert_eq!(found("kz", &one, 7, 9999), None, "another participant");
        assert_eq!(found("uz", &two, 7, 9999), None, "who sees more");
        assert_eq!(found("uz", &one, 8, 9999), None, "something was written");
        places.note("uz", &one, 8, 999, "c");
        assert_eq!(
            found("uz", &one, 8, 9999),
            Some((999, "c".to_owned())),
            "what was counted before is forgotten"
        );
    }

    #[test]
    fn no_more_catalogues_are_remembered_than_there_is_room_for() {
        let places = CatalogPlaces::default();
        for number in 0..=CATALOGUES {
            places.note(&format!("{number:03}"), &ids(&["one"]), 1, 999, "a");
        }
        assert_eq!(places.0.lock().unwrap().len(), CATALOGUES);
        let newest = format!("{CATALOGUES:03}");
        assert!(places.before(&newest, &ids(&["one"]), 1, 999).is_some());
    }
}
