//! Which datasets a page of our catalogue holds: those at a place, or those that a query means.
//!
//! A query is asked of what a dataset's asset says of itself in public and of what the catalogue shows of it, and of nothing else: by
//! what is found, nothing private can be told. An index narrows down what is looked at where it can.

use crate::catalog::{description, is_word_of_catalogs};
use crate::catalog_query::Wanted;
use crate::desk::{Narrowed, stored_object};
use crate::policy_cache::Allowed;
use crate::{Fault, Runtime};
use chapar_query::{Criterion, Filter};
use chapar_store::{DatasetRow, Keyset};
use serde_json::{Value, json};

/// Most datasets looked at in one go: enough for few ways to the store, few enough to hold.
const STRIDE: usize = 500;
/// Strides of one page, after which it ends where it is: the next page goes on from there.
const STRIDES: usize = 200;

/// The datasets of a page.
#[derive(Default)]
pub(crate) struct Rows {
    /// In order of id, one more than a page holds where there are more.
    pub rows: Vec<DatasetRow>,
    /// Where to go on, when the page was ended before it was full or at the end.
    pub unfinished: Option<Keyset>,
}

/// A page that is being filled.
struct Filling<'a> {
    filter: &'a Filter,
    skip: usize,
    limit: usize,
    rows: Vec<DatasetRow>,
}

impl Filling<'_> {
    /// Takes a row if it is meant; true when the page is full.
    fn take(&mut self, row: DatasetRow) -> Result<bool, Fault> {
        if is_meant(self.filter, &row)? {
            if self.skip > 0 {
                self.skip -= 1;
            } else {
                self.rows.push(row);
            }
        }
        Ok(self.rows.len() >= self.limit)
    }
}

impl Runtime {
    /// The page of what is `wanted`; a `from` that continues an earlier page has passed over the offset.
    pub(crate) async fn dataset_rows(
        &self,
        slug: &str,
        allowed: &Allowed,
        from: Keyset,
        wanted: &Wanted,
    ) -> Result<Rows, Fault> {
        let limit = wanted.size.saturating_add(1);
        let skip = match from {
            Keyset::Start => wanted.offset,
            Keyset::After(_) | Keyset::Before(_) => 0,
        };
        if !wanted.filter.criteria().is_empty() {
            let filling = Filling {
                filter: &wanted.filter,
                skip,
                limit,
                rows: Vec::new(),
            };
            return self.meant_rows(slug, allowed, from, filling).await;
        }
        let store = &self.inner.store;
        let from = match skip.checked_sub(1) {
            None => from,
            Some(last) => match self.dataset_at(slug, allowed, last).await? {
                Some(id) => Keyset::After(id),
                None => return Ok(Rows::default()),
            },
        };
        Ok(Rows {
            rows: store.datasets_page(slug, allowed.ids(), &from, limit).await?,
            unfinished: None,
        })
    }

    async fn meant_rows(
        &self,
        slug: &str,
        allowed: &Allowed,
        mut from: Keyset,
        mut filling: Filling<'_>,
    ) -> Result<Rows, Fault> {
        if let Narrowed::Known(places) = self.narrowed(slug, &on_assets(filling.filter)).await? {
            let mut ids: Vec<String> = places.into_iter().map(|(_, id)| id).collect();
            ids.sort_unstable();
            ids.dedup();
            return self.known_rows(slug, allowed, &from, ids, filling).await;
        }
        let (backwards, mut stride) = (matches!(from, Keyset::Before(_)), filling.limit);
        for _ in 0..STRIDES {
            let rows = self
                .inner
                .store
                .datasets_page(slug, allowed.ids(), &from, stride)
                .await?;
            let is_last = rows.len() < stride;
            for row in turned(rows, backwards) {
                let id = row.asset.id.clone();
                let is_full = filling.take(row)?;
                from = if backwards {
                    Keyset::Before(id)
                } else {
                    Keyset::After(id)
                };
                if is_full {
                    return Ok(Rows::of(filling, backwards, None));
                }
            }
            if is_last {
                return Ok(Rows::of(filling, backwards, None));
            }
            // The first few are enough where most are meant.
            stride = stride.saturating_mul(2).min(STRIDE);
        }
        if filling.skip > 0 {
            // The next page would not know how many are still to be passed over.
            return Err(Fault::Invalid {
                code: "filter-too-wide".to_owned(),
                reason: "the offset is too great for this filter: ask for the pages before, and follow their links"
                    .to_owned(),
            });
        }
        Ok(Rows::of(filling, backwards, Some(from)))
    }

    /// The same among assets that an index has found.
    async fn known_rows(
        &self,
        slug: &str,
        allowed: &Allowed,
        from: &Keyset,
        mut ids: Vec<String>,
        mut filling: Filling<'_>,
    ) -> Result<Rows, Fault> {
        ids.retain(|id| match from {
            Keyset::Start => true,
            Keyset::After(key) => id > key,
            Keyset::Before(key) => id < key,
        });
        let backwards = matches!(from, Keyset::Before(_));
        let ids: Vec<String> = turned(ids, backwards).collect();
        for some in ids.chunks(STRIDE) {
            let some: Vec<&str> = some.iter().map(String::as_str).collect();
            let rows = self.inner.store.datasets_among(slug, allowed.ids(), &some).await?;
            for row in turned(rows, backwards) {
                if filling.take(row)? {
                    return Ok(Rows::of(filling, backwards, None));
                }
            }
        }
        Ok(Rows::of(filling, backwards, None))
    }
}

impl Rows {
    fn of(filled: Filling<'_>, backwards: bool, unfinished: Option<Keyset>) -> Self {
        Self {
            rows: turned(filled.rows, backwards).collect(),
            unfinished,
        }
    }
}

/// The part of a filter by which an index finds assets: it knows their own words, not those of a catalogue.
fn on_assets(filter: &Filter) -> Filter {
    let own = |criterion: &&Criterion| !criterion.left().name().is_some_and(is_word_of_catalogs);
    let criteria = filter.criteria().iter().filter(own).cloned().collect();
    // Fewer than were allowed are allowed.
    Filter::new(criteria).unwrap_or_default()
}

/// In this order, or in the other.
fn turned<T>(mut items: Vec<T>, backwards: bool) -> impl Iterator<Item = T> {
    if backwards {
        items.reverse();
    }
    items.into_iter()
}

fn is_meant(filter: &Filter, row: &DatasetRow) -> Result<bool, Fault> {
    let mut said = stored_object(&row.asset.properties)?;
    said.insert("id".to_owned(), json!(row.asset.id));
    let shown = Value::Object(description(&row.asset)?);
    Ok(filter.holds(&[&Value::Object(said), &shown]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_store::AssetRow;

    #[test]
    fn nothing_private_answers_a_query() {
        let row = DatasetRow {
            asset: AssetRow {
                participant: "uz".to_owned(),
                id: "a".to_owned(),
                content: None,
                properties: json!({ "kind": "x", "title": "T" }).to_string(),
                private_properties: json!({ "secret": "s" }).to_string(),
                data_address: Some(json!({ "authCode": "c" }).to_string()),
                in_reach: true,
                created_at: 7,
                updated_at: 7,
            },
            definitions: Vec::new(),
        };
        let meant = |left: &str, right: Value| {
            let criterion = json!({ "operandLeft": left, "operator": "=", "operandRight": right });
            is_meant(&Filter::from_json(&criterion).unwrap(), &row).unwrap()
        };
        for (left, right) in [("id", "a"), ("kind", "x"), ("title", "T"), ("dct:title", "T")] {
            assert!(meant(left, json!(right)), "{left}");
        }
        for (left, right) in [
            ("secret", json!("s")),
            ("privateProperties.secret", json!("s")),
            ("authCode", json!("c")),
            ("createdAt", json!(7)),
        ] {
            assert!(!meant(left, right), "{left}");
        }
    }
}
