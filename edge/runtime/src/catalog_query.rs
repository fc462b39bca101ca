//! What a catalogue request's `filter` asks for: DSP leaves its language open, and connectors of the EDC family send a query
//! object with every request, also when they ask for nothing in particular.
//!
//! Refuses to choose among datasets: a query that would is answered as unsupported.

use chapar_terms::limits;
use serde_json::Value;

/// Which part of the catalogue is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// How many datasets are passed over first.
    pub offset: usize,
    /// How many a page is to hold.
    pub size: usize,
}

impl Wanted {
    /// Reads a filter; none where it asks for more than a part by its place.
    pub(crate) fn read(filter: &[Value]) -> Option<Self> {
        let mut wanted = Self {
            offset: 0,
            size: limits::CATALOG_PAGE,
        };
        let query = match filter {
            [] => return Some(wanted),
            [Value::Object(query)] => query,
            _ => return None,
        };
        for (name, value) in query {
            match name.as_str() {
                "@type" => {}
                "limit" => wanted.size = number(value).filter(|limit| *limit > 0)?.min(wanted.size),
                "offset" => wanted.offset = number(value)?,
                // Without a field to sort by there is only our order.
                "sortOrder" if !query.contains_key("sortField") => {}
                "filterExpression" if value.as_array().is_some_and(Vec::is_empty) => {}
                _ => return None,
            }
        }
        Some(wanted)
    }
}

fn number(value: &Value) -> Option<usize> {
    value.as_u64()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(filter: Value) -> Option<(usize, usize)> {
        Wanted::read(filter.as_array().unwrap()).map(|wanted| (wanted.offset, wanted.size))
    }

    #[test]
    fn a_query_that_chooses_nothing_is_a_place_and_a_size() {
        let query = |limit: u64, offset: u64| json!([{ "@type": "QuerySpec", "limit": limit, "offset": offset, "sortOrder": "ASC", "filterExpression": [] }]);
        assert_eq!(asked(query(7, 0)), Some((0, 7)));
        assert_eq!(asked(query(50, 150)), Some((150, 50)));
        assert_eq!(asked(json!([])), Some((0, limits::CATALOG_PAGE)));
        assert_eq!(asked(json!([{ "limit": 1_000_000 }])), Some((0, limits::CATALOG_PAGE)));
    }

    #[test]
    fn a_query_that_chooses_is_none_of_ours() {
        for filter in [
            json!([{}, {}]),
            json!(["all"]),
            json!([{ "offset": -1 }]),
            json!([{ "limit": 0 }]),
            json!([{ "limit": "7" }]),
            json!([{ "sortOrder": "ASC", "sortField": "id" }]),
            json!([{ "filterExpression": [{ "operandLeft": "id", "operator": "=", "operandRight": "a" }] }]),
            json!([{ "colour": "red" }]),
        ] {
            assert_eq!(asked(filter.clone()), None, "{filter}");
        }
    }
}
