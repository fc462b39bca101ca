//! What a catalogue request's `filter` asks for: DSP leaves its language open, and connectors of the EDC family send a query
//! object with every request, also when they ask for nothing in particular.
//!
//! Refuses to choose among datasets: a query that would is answered as unsupported.

use chapar_terms::limits;
use serde_json::Value;

/// How many datasets a page is to hold under this filter; none where the filter asks for more than that.
pub(crate) fn page_size(filter: &[Value]) -> Option<usize> {
    let query = match filter {
        [] => return Some(limits::CATALOG_PAGE),
        [Value::Object(query)] => query,
        _ => return None,
    };
    let mut size = limits::CATALOG_PAGE;
    for (name, value) in query {
        match name.as_str() {
            "@type" => {}
            "limit" => {
                size = usize::try_from(value.as_u64().filter(|limit| *limit > 0)?)
                    .ok()?
                    .min(size)
            }
            "offset" if value.as_u64() == Some(0) => {}
            // Without a field to sort by there is only our order.
            "sortOrder" if !query.contains_key("sortField") => {}
            "filterExpression" if value.as_array().is_some_and(Vec::is_empty) => {}
            _ => return None,
        }
    }
    Some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(filter: Value) -> Option<usize> {
        page_size(filter.as_array().unwrap())
    }

    #[test]
    fn a_query_that_chooses_nothing_is_a_page_size() {
        let edc =
            json!([{ "@type": "QuerySpec", "limit": 7, "offset": 0, "sortOrder": "ASC", "filterExpression": [] }]);
        assert_eq!(asked(edc), Some(7));
        assert_eq!(asked(json!([])), Some(limits::CATALOG_PAGE));
        assert_eq!(asked(json!([{ "limit": 1_000_000 }])), Some(limits::CATALOG_PAGE));
    }

    #[test]
    fn a_query_that_chooses_is_none_of_ours() {
        for filter in [
            json!([{}, {}]),
            json!(["all"]),
            json!([{ "offset": 50 }]),
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
