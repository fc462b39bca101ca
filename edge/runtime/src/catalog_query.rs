//! What a catalogue request's `filter` asks for. DSP leaves its language open; here it is the query of EDC's management API,
//! which connectors of that family send with every request, also when they ask for nothing in particular
//! (`docs/formats/catalog-filter.md`).
//!
//! Refuses to choose among datasets (`catalog_rows`).

use chapar_query::{Filter, QuerySpec};
use chapar_terms::limits;
use serde_json::{Map, Value, json};

/// The namespace of the words of a query, as it may be spelled out.
const NAMESPACES: [&str; 2] = ["https://w3id.org/edc/v0.0.1/ns/", "edc:"];

/// Which part of the catalogue is wanted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    /// How many of the datasets that are meant are passed over first.
    pub offset: usize,
    /// How many a page is to hold.
    pub size: usize,
    /// Which datasets are meant.
    pub filter: Filter,
}

/// Why a filter is not understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    pub code: &'static str,
    pub why: String,
}

impl Wanted {
    /// Reads a filter.
    ///
    /// # Errors
    /// It is not understood; answer 400.
    pub(crate) fn read(filter: &[Value]) -> Result<Self, Unfit> {
        let query = match filter {
            [] => return Ok(Self::of(usize::MAX, QuerySpec::default())),
            [Value::Object(query)] => plain(query),
            _ => return Err(unsupported("one query object".to_owned())),
        };
        let known = ["limit", "offset", "sortOrder", "sortField", "filterExpression"];
        let other = query.keys().find(|name| !known.contains(&name.as_str()));
        if let Some(other) = other.filter(|name| !name.starts_with('@')) {
            return Err(unsupported(format!("a query, which has no `{other:.100}`")));
        }
        let limit = query.get("limit").is_some_and(|limit| !limit.is_null());
        let spec = QuerySpec::from_json(&Value::Object(query)).map_err(|malformed| Unfit {
            code: malformed.code,
            why: malformed.why,
        })?;
        if spec.sort_field.is_some() {
            return Err(unsupported(
                "a query in the order of the ids, without `sortField`".to_owned(),
            ));
        }
        let most = if limit { whole(spec.limit) } else { usize::MAX };
        Ok(Self::of(most, spec))
    }

    fn of(most: usize, spec: QuerySpec) -> Self {
        Self {
            offset: whole(spec.offset),
            size: most.min(limits::CATALOG_PAGE),
            filter: spec.filter,
        }
    }
}

/// The filter that asks a peer for this part.
pub(crate) fn render(spec: &QuerySpec) -> Value {
    let criteria = spec.filter.to_json();
    let criteria = criteria.as_array().into_iter().flatten().cloned();
    let criteria: Vec<Value> = criteria
        .map(|mut criterion| {
            if let Some(members) = criterion.as_object_mut() {
                members.insert("@type".to_owned(), json!("Criterion"));
            }
            criterion
        })
        .collect();
    json!({
        "@type": "QuerySpec",
        "offset": spec.offset,
        "limit": spec.limit,
        "sortOrder": "ASC",
        "filterExpression": criteria,
    })
}

/// With the short names of the words of a query, in its criteria too.
fn plain(members: &Map<String, Value>) -> Map<String, Value> {
    let members = members.iter().map(|(name, value)| {
        let short = NAMESPACES.iter().find_map(|namespace| name.strip_prefix(namespace));
        let name = short.unwrap_or(name);
        (name.to_owned(), plain_criteria(name, value))
    });
    members.collect()
}

fn plain_criteria(name: &str, value: &Value) -> Value {
    match value {
        Value::Array(items) if name == "filterExpression" => {
            items.iter().map(|item| plain_criteria(name, item)).collect()
        }
        Value::Object(members) if name == "filterExpression" => Value::Object(plain(members)),
        other => other.clone(),
    }
}

fn unsupported(understood: String) -> Unfit {
    Unfit {
        code: "filter-unsupported",
        why: format!("as a filter this catalogue understands {understood}"),
    }
}

fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(filter: Value) -> Result<(usize, usize, usize), &'static str> {
        Wanted::read(filter.as_array().unwrap())
            .map(|wanted| (wanted.offset, wanted.size, wanted.filter.criteria().len()))
            .map_err(|unfit| unfit.code)
    }

    #[test]
    fn a_query_is_a_place_a_size_and_criteria() {
        let query = |limit: u64, offset: u64| json!([{ "@type": "QuerySpec", "limit": limit, "offset": offset, "sortOrder": "ASC", "filterExpression": [] }]);
        assert_eq!(asked(query(7, 0)), Ok((0, 7, 0)));
        assert_eq!(asked(query(50, 150)), Ok((150, 50, 0)));
        assert_eq!(asked(json!([])), Ok((0, limits::CATALOG_PAGE, 0)));
        assert_eq!(asked(json!([{}])), Ok((0, limits::CATALOG_PAGE, 0)));
        assert_eq!(asked(json!([{ "limit": 1_000_000 }])), Ok((0, limits::CATALOG_PAGE, 0)));
        let criterion = json!({ "operandLeft": "id", "operator": "=", "operandRight": "a" });
        assert_eq!(
            asked(json!([{ "filterExpression": [criterion, criterion] }])),
            Ok((0, 50, 2))
        );
        assert_eq!(
            asked(json!([{ "filterExpression": criterion, "offset": 3 }])),
            Ok((3, 50, 1))
        );
    }

    #[test]
    fn words_may_be_spelled_out() {
        let ns = "https://w3id.org/edc/v0.0.1/ns/";
        let spelled = json!([{
            format!("{ns}limit"): 7, "edc:offset": 2,
            "edc:filterExpression": [{ format!("{ns}operandLeft"): "id", "edc:operator": "=", "edc:operandRight": "a" }],
        }]);
        assert_eq!(asked(spelled), Ok((2, 7, 1)));
    }

    #[test]
    fn what_is_not_understood_is_refused_by_its_code() {
        for (filter, code) in [
            (json!([{}, {}]), "filter-unsupported"),
            (json!(["all"]), "filter-unsupported"),
            (json!([{ "sortOrder": "ASC", "sortField": "id" }]), "filter-unsupported"),
            (json!([{ "colour": "red" }]), "filter-unsupported"),
            (json!([{ "offset": -1 }]), "wrong-offset"),
            (json!([{ "limit": 0 }]), "wrong-limit"),
            (json!([{ "limit": "7" }]), "wrong-limit"),
            (
                json!([{ "filterExpression": [{ "operandLeft": "id" }] }]),
                "wrong-operator",
            ),
            (
                json!([{ "filterExpression": [{ "operandLeft": "id", "operator": "~", "operandRight": 1 }] }]),
                "wrong-operator",
            ),
        ] {
            assert_eq!(asked(filter.clone()), Err(code), "{filter}");
        }
    }

    #[test]
    fn what_we_ask_for_is_what_we_understand() {
        let spec = json!({
            "offset": 3, "limit": 7,
            "filterExpression": [{ "operandLeft": "kind", "operator": "like", "operandRight": "c%" }],
        });
        let spec = QuerySpec::from_json(&spec).unwrap();
        let wanted = Wanted::read(&[render(&spec)]).unwrap();
        assert_eq!((wanted.offset, wanted.size, wanted.filter), (3, 7, spec.filter));
    }
}
