//! Searching the register by words and facets.

use super::checked_limit;
use crate::desk::invalid;
use crate::{Fault, Runtime};
use chapar_register::{Kind, KindName, Kinds, LOG_ALARM, asked};
use chapar_store::{Facet, Search, SearchOrder};
use chapar_terms::{Instant, Lang};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Longest question, in bytes: words behind the sixteenth count no more anyway.
const QUESTION_BYTES: usize = 1024;
/// Values of one facet that are told with the counts: a page has room for no more.
const VALUES: usize = 50;
/// The facets that can be asked for.
const FACETS: [&str; 10] = [
    "kind",
    "group",
    "clause",
    "state",
    "language",
    "translated",
    "topic",
    "issuer",
    "visibility",
    "exchange",
];

/// The names of the facets.
pub const fn facet_names() -> &'static [&'static str] {
    &FACETS
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct RegisterQuery {
    /// Words, all of which are to be found.
    pub words: Option<String>,
    /// Facets and their values; of several values of one facet one is to hold.
    pub facets: BTreeMap<String, Vec<String>>,
    /// In force at this instant.
    pub in_force_at: Option<Instant>,
    /// The newest first, whatever words there are.
    pub newest_first: bool,
    /// Where the page before ended: its `next`.
    pub after: Option<String>,
    /// Most records on the page.
    pub limit: Option<usize>,
    /// The language that the reader would rather have.
    pub lang: Option<Lang>,
}

impl RegisterQuery {
    pub(super) fn search(&self) -> Result<Search, Fault> {
        let words = self.words.as_deref().unwrap_or_default();
        if words.len() > QUESTION_BYTES {
            return Err(invalid(
                "wrong-query",
                format!("a question has at most {QUESTION_BYTES} bytes"),
            ));
        }
        if let Some(unknown) = self.facets.keys().find(|name| !FACETS.contains(&name.as_str())) {
            return Err(invalid("wrong-query", format!("there is no facet `{unknown}`")));
        }
        for kind in self.facets.get("kind").into_iter().flatten() {
            must_be_searched(kind)?;
        }
        let facets = self.facets.iter().map(|(name, values)| {
            let facet = |value: &String| Facet {
                name: name.clone(),
                value: value.clone(),
            };
            values.iter().map(facet).collect()
        });
        let groups = asked(words);
        if groups.is_empty() && !words.trim().is_empty() {
            return Err(invalid("wrong-query", "there is no word in the question"));
        }
        Ok(Search {
            words: groups,
            facets: facets.collect(),
            in_force_at: self.in_force_at.map(Instant::unix_ms),
        })
    }

    pub(super) fn order(&self) -> Result<SearchOrder, Fault> {
        let Some(after) = &self.after else {
            let ranked = !self.newest_first && self.words.as_deref().is_some_and(|words| !words.trim().is_empty());
            return Ok(match ranked {
                true => SearchOrder::Titles { before: None },
                false => SearchOrder::Newest { before: None },
            });
        };
        let wrong = || invalid("wrong-query", "`after` is no `next` of this list");
        let (order, place) = after.split_at_checked(1).ok_or_else(wrong)?;
        let before = match place {
            "" => None,
            place => Some(place.parse().map_err(|_| wrong())?),
        };
        match order {
            "n" => Ok(SearchOrder::Newest { before }),
            "t" => Ok(SearchOrder::Titles { before }),
            "o" => Ok(SearchOrder::Others { before }),
            _ => Err(wrong()),
        }
    }
}

/// Refuses what nodes write for each other, which no search finds: nothing found would say that there is none.
fn must_be_searched(kind: &str) -> Result<(), Fault> {
    let known = KindName::parse(kind)
        .ok()
        .and_then(|name| Kinds::built_in().find(&name));
    if !known.is_some_and(Kind::is_system) {
        return Ok(());
    }
    let instead = match kind {
        LOG_ALARM => "`chapar mirror alarms` lists what is told of logs",
        _ => "`chapar verify` goes through all entries of a log",
    };
    let reason =
        format!("records of the kind `{kind}` are written by nodes for each other and not searched: {instead}");
    Err(invalid("wrong-query", reason))
}

/// How a reader says where the page before ended.
pub(super) fn mark(next: SearchOrder) -> String {
    let (order, before) = match next {
        SearchOrder::Newest { before } => ('n', before),
        SearchOrder::Titles { before } => ('t', before),
        SearchOrder::Others { before } => ('o', before),
    };
    let place = before.map(|before| before.to_string()).unwrap_or_default();
    format!("{order}{place}")
}

impl Runtime {
    /// The records that a query finds, a page of them.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the query is none.
    pub async fn search_register(&self, query: &RegisterQuery) -> Result<Value, Fault> {
        let limit = checked_limit(query.limit)?;
        let found = self.inner.store.search(&query.search()?, query.order()?, limit).await?;
        let items: Vec<Value> = found
            .records
            .iter()
            .map(|record| self.item(record, query.lang.as_ref()))
            .collect();
        let mut page = json!({ "items": items });
        if let (Some(next), Some(members)) = (found.next, page.as_object_mut()) {
            members.insert("next".to_owned(), mark(next).into());
        }
        Ok(page)
    }

    /// How many records a query finds, and by what they can be sorted out further.
    ///
    /// # Errors
    /// As for [`Runtime::search_register`].
    pub async fn count_register(&self, query: &RegisterQuery) -> Result<Value, Fault> {
        let counts = self.inner.store.search_counts(&query.search()?).await?;
        let mut facets: Map<String, Value> = FACETS.iter().map(|name| ((*name).to_owned(), json!([]))).collect();
        for (facet, count) in counts.facets {
            let values = facets.get_mut(&facet.name).and_then(Value::as_array_mut);
            if let Some(values) = values.filter(|values| values.len() < VALUES) {
                values.push(json!({ "value": facet.value, "count": count }));
            }
        }
        Ok(json!({ "records": counts.records, "more": counts.more, "facets": facets }))
    }
}
