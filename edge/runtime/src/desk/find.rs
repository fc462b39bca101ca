//! Queries of assets.
//!
//! Usual order: when an asset was created, then its id. An answer is never cut silently: what does not fit one answer is refused
//! with the advice to ask for less. Assets are found by their ids, by their properties, or in the order of the list; whatever
//! an index finds is tried with every criterion, and rows are read a stride at a time.

use super::assets::{Seen, asset_view};
use super::{Desk, invalid};
use crate::{Fault, Runtime};
use chapar_query::{Criterion, Filter, Gather, More, Path, QuerySpec, Reach, SortOrder, index_name};
use chapar_store::{AssetFacts, AssetPlace, AssetRow, Way};
use serde_json::Value;
use std::collections::BTreeMap;

/// Rows looked at in one go.
const STRIDE: usize = 500;
/// Assets under a key up to which all of them are taken rather than the next criterion tried.
const FEW: usize = 256;
/// The same for a stretch of keys, which does not come in the order of the list.
const FEW_BETWEEN: usize = 4096;
/// Longest answer, in bytes of what is stored: more at once would fill the memory of the node and of the asker.
const ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// How the assets are walked that can be meant.
enum Walk {
    /// These and no other.
    Known(Vec<AssetPlace>),
    /// Those that have one of the keys under the name.
    Keyed(String, Vec<String>),
    /// All, in the order of the list.
    Listed,
    /// All, by id.
    ById,
}

/// How far indexes narrow down what a filter can mean.
pub(crate) enum Narrowed {
    /// To these assets, in the order of the list.
    Known(Vec<AssetPlace>),
    /// To those that have one of the keys under the name.
    Keyed(String, Vec<String>),
    /// Not at all.
    All,
}

/// In which order, when an index gives it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Created(Way),
    Id(Way),
    /// By some field of the asset.
    Other,
}

impl Desk {
    /// Assets as [`Self::asset`] gives them.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when they are too many for one answer.
    pub async fn query_assets(&self, spec: &QuerySpec) -> Result<Vec<Value>, Fault> {
        let order = order_of(spec);
        let ids = if spec.filter.criteria().is_empty() && matches!(order, Order::Created(_)) {
            self.part_of_the_list(spec, order).await?
        } else {
            self.search(spec, order).await?
        };
        self.assets_in_order(&ids).await
    }

    /// The ids of all assets in reach that a selector means.
    pub(super) async fn assets_meant_by(&self, selector: &Filter) -> Result<Vec<String>, Fault> {
        let all = QuerySpec {
            limit: u64::MAX,
            filter: selector.clone(),
            ..QuerySpec::default()
        };
        let walk = self.walk_for(selector, Order::Created(Way::Forth)).await?;
        self.gather(&all, walk, Way::Forth, |facts| facts.in_reach).await
    }

    /// Without criteria the index is counted through, and nothing read.
    async fn part_of_the_list(&self, spec: &QuerySpec, order: Order) -> Result<Vec<String>, Fault> {
        let Order::Created(way) = order else {
            return Ok(Vec::new());
        };
        let (offset, limit) = (count(spec.offset), count(spec.limit));
        let store = &self.runtime.inner.store;
        let places = store.asset_places(self.slug(), way, None, offset, limit).await?;
        Ok(places.into_iter().map(|(_, id)| id).collect())
    }

    async fn search(&self, spec: &QuerySpec, order: Order) -> Result<Vec<String>, Fault> {
        let mut walk = self.walk_for(&spec.filter, order).await?;
        let unsorted = QuerySpec {
            sort_field: None,
            ..spec.clone()
        };
        // What a walk by key or in the order of the list gives is sorted afterwards when another order is wanted.
        let walked_so = match (&mut walk, order) {
            (Walk::Known(places), Order::Created(way)) => {
                sort(places, way, |(at, id)| (*at, id.clone()));
                true
            }
            (Walk::Known(places), Order::Id(way)) => {
                sort(places, way, |(_, id)| id.clone());
                true
            }
            (Walk::Keyed(..) | Walk::Listed, Order::Created(_)) | (Walk::ById, Order::Id(_)) => true,
            (Walk::Known(places), Order::Other) => {
                places.sort();
                false
            }
            _ => false,
        };
        let way = match order {
            Order::Created(way) | Order::Id(way) if walked_so => way,
            _ => Way::Forth,
        };
        let spec = if walked_so { &unsorted } else { spec };
        self.gather(spec, walk, way, |_| true).await
    }

    /// Walks until the query has what it asks for among those that `counts` lets through.
    async fn gather(
        &self,
        spec: &QuerySpec,
        walk: Walk,
        way: Way,
        counts: impl Fn(&AssetFacts) -> bool,
    ) -> Result<Vec<String>, Fault> {
        let mut gather = Gather::new(spec);
        let mut from: Option<AssetPlace> = None;
        let mut known = match &walk {
            Walk::Known(places) => places.chunks(STRIDE),
            _ => [].chunks(STRIDE),
        };
        loop {
            let places = match &walk {
                Walk::Known(_) => known.next().unwrap_or_default().to_vec(),
                other => self.stride(other, way, from).await?,
            };
            let Some(last) = places.last() else { break };
            from = Some(last.clone());
            if self.show(&mut gather, &places, &counts).await? == More::Unneeded {
                break;
            }
        }
        Ok(gather.finish())
    }

    async fn stride(&self, walk: &Walk, way: Way, from: Option<AssetPlace>) -> Result<Vec<AssetPlace>, Fault> {
        let (store, slug, limit) = (&self.runtime.inner.store, self.slug(), count(STRIDE as u64));
        Ok(match walk {
            Walk::Known(_) => Vec::new(),
            Walk::Keyed(name, keys) => store.asset_places_by_key(slug, (name, keys), way, from, limit).await?,
            Walk::Listed => store.asset_places(slug, way, from, 0, limit).await?,
            Walk::ById => {
                let from = from.as_ref().map(|(_, id)| id.as_str());
                let ids = store.asset_ids(slug, way, from, 0, limit).await?;
                ids.into_iter().map(|id| (0, id)).collect()
            }
        })
    }

    async fn show(
        &self,
        gather: &mut Gather<'_, String>,
        places: &[AssetPlace],
        counts: impl Fn(&AssetFacts) -> bool,
    ) -> Result<More, Fault> {
        let ids: Vec<&str> = places.iter().map(|(_, id)| id.as_str()).collect();
        let facts = self.runtime.inner.store.asset_facts(self.slug(), &ids).await?;
        let facts: BTreeMap<&str, _> = facts.iter().map(|facts| (facts.id.as_str(), facts)).collect();
        // One that is gone meanwhile is left out.
        for facts in ids.iter().filter_map(|id| facts.get(id)).filter(|facts| counts(facts)) {
            let seen = Seen::of_facts(facts)?;
            if gather.offer(&seen.places(), || facts.id.clone()) == More::Unneeded {
                return Ok(More::Unneeded);
            }
        }
        Ok(More::Wanted)
    }

    /// The narrowest way to what can be meant.
    async fn walk_for(&self, filter: &Filter, order: Order) -> Result<Walk, Fault> {
        Ok(match (self.runtime.narrowed(self.slug(), filter).await?, order) {
            (Narrowed::Known(places), _) => Walk::Known(places),
            (Narrowed::Keyed(name, keys), _) => Walk::Keyed(name, keys),
            (Narrowed::All, Order::Id(_)) => Walk::ById,
            (Narrowed::All, _) => Walk::Listed,
        })
    }

    /// The assets of these ids, in their order.
    async fn assets_in_order(&self, ids: &[String]) -> Result<Vec<Value>, Fault> {
        let store = &self.runtime.inner.store;
        let (mut views, mut answer) = (Vec::with_capacity(ids.len()), Answer::default());
        for ids in ids.chunks(STRIDE) {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let rows = store.assets(self.slug(), &ids).await?;
            let rows: BTreeMap<&str, &AssetRow> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
            for row in ids.iter().filter_map(|id| rows.get(id)) {
                let address = row.data_address.as_ref().map_or(0, String::len);
                answer.grow(row.properties.len() + row.private_properties.len() + address)?;
                views.push(asset_view(row)?);
            }
        }
        Ok(views)
    }
}

impl Runtime {
    /// What is left to look at among the assets of `slug`; what is found is still to be tried with every criterion.
    pub(crate) async fn narrowed(&self, slug: &str, filter: &Filter) -> Result<Narrowed, Fault> {
        let store = &self.inner.store;
        if let Some(ids) = filter.criteria().iter().filter(is_on_id).find_map(Criterion::texts) {
            let facts = store.asset_facts(slug, &ids).await?;
            return Ok(Narrowed::Known(once(
                facts.into_iter().map(|one| (one.created_at, one.id)),
            )));
        }
        let mut keyed = None;
        for criterion in filter.criteria() {
            let (Some(name), Some(reach)) = (indexed_name(criterion.left()), criterion.reach()) else {
                continue;
            };
            let found = match &reach {
                Reach::OneOf(keys) => {
                    let limit = count(FEW as u64);
                    let keys = (name.as_str(), keys.as_slice());
                    store.asset_places_by_key(slug, keys, Way::Forth, None, limit).await?
                }
                Reach::Between(least, most) => {
                    let limit = count(FEW_BETWEEN as u64);
                    store.asset_places_between(slug, &name, (least, most), limit).await?
                }
            };
            match reach {
                Reach::OneOf(_) if found.len() < FEW => return Ok(Narrowed::Known(found)),
                Reach::Between(..) if found.len() < FEW_BETWEEN => return Ok(Narrowed::Known(once(found.into_iter()))),
                Reach::OneOf(keys) => {
                    keyed.get_or_insert((name, keys));
                }
                Reach::Between(..) => {}
            }
        }
        Ok(match keyed {
            Some((name, keys)) => Narrowed::Keyed(name, keys),
            None => Narrowed::All,
        })
    }
}

/// How much is answered so far.
#[derive(Default)]
struct Answer {
    bytes: usize,
}

impl Answer {
    /// Takes a thing of so many bytes into the answer.
    fn grow(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > ANSWER_BYTES {
            let reason = format!("the answer would have more than {ANSWER_BYTES} bytes; ask with a smaller `limit`");
            return Err(invalid("answer-too-long", reason));
        }
        Ok(())
    }
}

fn order_of(spec: &QuerySpec) -> Order {
    let way = match spec.sort_order {
        SortOrder::Ascending => Way::Forth,
        SortOrder::Descending => Way::Back,
    };
    match spec.sort_field.as_ref().map(Path::name) {
        None => Order::Created(Way::Forth),
        Some(Some("createdAt")) => Order::Created(way),
        Some(Some("id")) => Order::Id(way),
        Some(_) => Order::Other,
    }
}

/// The property that a path means, when all assets that have it are in the index under its name.
fn indexed_name(path: &Path) -> Option<String> {
    let below = ["properties", "privateProperties"];
    let name = below.iter().find_map(|parent| path.name_in(parent)).or(path.name())?;
    let beside = ["id", "createdAt"].contains(&name) || below.contains(&name);
    (!beside).then(|| index_name(name))
}

fn is_on_id(criterion: &&Criterion) -> bool {
    let left = criterion.left();
    left.name() == Some("id") || left.name_in("properties") == Some("id")
}

/// In the order of the list, each once.
fn once(places: impl Iterator<Item = AssetPlace>) -> Vec<AssetPlace> {
    let mut places: Vec<AssetPlace> = places.collect();
    places.sort();
    places.dedup();
    places
}

fn sort<K: Ord>(places: &mut [AssetPlace], way: Way, key: impl Fn(&AssetPlace) -> K) {
    places.sort_by_cached_key(key);
    if way == Way::Back {
        places.reverse();
    }
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
