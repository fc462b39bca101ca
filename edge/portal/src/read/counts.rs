//! What a search finds, counted.

use super::{number, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// Counts by facet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that were counted.
    pub records: u64,
    /// Whether there are more than were counted.
    pub is_cut: bool,
    facets: BTreeMap<String, Vec<(String, u64)>>,
}

impl Counts {
    /// Reads them.
    pub fn read(view: &Value) -> Self {
        let facets = view.get("facets").and_then(Value::as_object).into_iter().flatten();
        let values = |values: &Value| {
            let list = values.as_array().into_iter().flatten();
            list.filter_map(|one| Some((text(one, "value")?, number(one, "count")?)))
                .collect()
        };
        Self {
            records: number(view, "records").unwrap_or_default(),
            is_cut: view.get("more").and_then(Value::as_bool).unwrap_or(false),
            facets: facets.map(|(name, list)| (name.clone(), values(list))).collect(),
        }
    }

    /// The values of a facet with how many have them, the most frequent first.
    pub fn of(&self, facet: &str) -> &[(String, u64)] {
        self.facets.get(facet).map_or(&[], Vec::as_slice)
    }

    /// How many have this value.
    pub fn count(&self, facet: &str, value: &str) -> u64 {
        let found = self.of(facet).iter().find(|(one, _)| one == value);
        found.map_or(0, |(_, count)| *count)
    }
}
