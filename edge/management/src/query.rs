//! `QuerySpec` on every list: read out of a request, and run over the desk's pages.
//!
//! The language is `chapar_query`'s. Refuses to hold what the members of an object are called: that is in the file of each noun.

use crate::body::Wanted;
use crate::node::Node;
use crate::problem::{Detail, Problem};
use crate::properties;
use crate::version::{EDC, Version};
use chapar_query::{Gather, More, Path, QuerySpec, code};
use chapar_runtime::Fault;
use chapar_runtime::desk::{PAGE_MOST, Page};
use serde_json::{Map, Value, json};
use std::future::Future;

/// The member under which an object has the number of its state.
pub const STATE_NUMBER: &str = "stateNumber";

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// As the language reads it.
    document: Map<String, Value>,
    spec: QuerySpec,
}

impl Wanted for Query {
    const SCHEMA: &'static str = "query-spec-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        Self::of(node)
    }
}

impl Query {
    /// Reads a query, also where it stands in another request.
    pub fn of(node: Node<'_>) -> Option<Self> {
        let mut document = Map::new();
        for name in ["offset", "limit", "sortOrder", "sortField"] {
            if let [value, ..] = node.values(name) {
                document.insert(name.to_owned(), plain(std::slice::from_ref(value)));
            }
        }
        let criteria = node.nodes("filterExpression").into_iter().map(criterion);
        let criteria = criteria.collect::<Option<Vec<_>>>()?;
        document.insert("filterExpression".to_owned(), Value::Array(criteria));
        match QuerySpec::from_json(&Value::Object(document.clone())) {
            Ok(spec) => Some(Self { document, spec }),
            Err(malformed) => {
                node.refuse(member_of(malformed.code), malformed.why);
                None
            }
        }
    }

    /// Reads the part of a list that an address asks for, where the list is had without a body.
    ///
    /// # Errors
    /// Names the member.
    pub fn of_address(words: &str) -> Result<Self, Problem> {
        let mut document = Map::new();
        let pairs = words.split('&').filter_map(|pair| pair.split_once('='));
        for (name, text) in pairs.filter(|(name, _)| ["offset", "limit"].contains(name)) {
            let value = text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number));
            document.insert(name.to_owned(), value);
        }
        let spec = QuerySpec::from_json(&Value::Object(document.clone())).map_err(|malformed| {
            let member = format!("{EDC}{}", member_of(malformed.code));
            Problem::invalid(vec![Detail::at(member, malformed.why)])
        })?;
        Ok(Self { document, spec })
    }

    /// The asked part of a list that is at hand.
    pub fn part<T>(&self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        let bound = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let all = all.into_iter().skip(bound(self.spec.offset));
        all.take(bound(self.spec.limit)).collect()
    }

    /// As it was asked.
    pub fn spec(&self) -> &QuerySpec {
        &self.spec
    }

    /// With the numbers of states taken for their names: clients know both.
    ///
    /// # Errors
    /// A number is no state's.
    pub fn with_states(mut self, name_of: impl Fn(i64) -> Option<&'static str>) -> Result<Self, Problem> {
        let criteria = self.document.get_mut("filterExpression").and_then(Value::as_array_mut);
        for criterion in criteria.into_iter().flatten() {
            rename_state(criterion, &name_of)?;
        }
        self.spec = QuerySpec::from_json(&Value::Object(self.document.clone()))
            .map_err(|malformed| Problem::bad_request(malformed.why))?;
        Ok(self)
    }

    /// Refuses fields that objects of `kind` do not have. Of a path into members only the first is looked at.
    ///
    /// # Errors
    /// Names the field.
    pub fn only_fields(&self, kind: &str, known: &[&str]) -> Result<(), Problem> {
        let criteria = self.spec.filter.criteria().iter().map(|criterion| criterion.left());
        let mut asked = criteria.chain(&self.spec.sort_field).map(Path::root);
        match asked.find(|name| !known.contains(name)) {
            Some(name) => Err(Problem::bad_request(format!("Field {name} not found on {kind}"))),
            None => Ok(()),
        }
    }

    /// The one text that the field must have, if the filter says so: what the desk can look up.
    pub fn pinned(&self, name: &str) -> Option<String> {
        match self.spec.filter.pinned(name)?.as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        }
    }

    /// Everything that it asks for out of a list of the desk. `read` gives a page of `{items, next?}`; `object` is an item as the
    /// query knows it.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn run<F>(
        &self,
        read: impl Fn(Page) -> F + Send,
        object: impl Fn(&Value) -> Result<Value, Problem> + Send,
    ) -> Result<Vec<Value>, Problem>
    where
        F: Future<Output = Result<Value, Fault>> + Send,
    {
        let mut gather = Gather::new(&self.spec);
        let mut after = None;
        loop {
            let mut page = read(Page::new(after, Some(self.page_size()))?).await?;
            let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
            let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) else {
                return Err(Problem::internal(&"a list without items"));
            };
            for item in items {
                let object = object(&item)?;
                if gather.offer(&[&object], || object.clone()) == More::Unneeded {
                    return Ok(gather.finish());
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(gather.finish()),
            }
        }
    }

    /// Where the next list begins after one of so many things; none when it is shorter than it may be, so nothing is left.
    pub fn offset_after(&self, found: usize) -> Option<u64> {
        let found = u64::try_from(found).unwrap_or(u64::MAX);
        (found >= self.spec.limit).then(|| self.spec.offset.saturating_add(found))
    }

    /// Rows read at a time: no more than the answer can need where that is known.
    fn page_size(&self) -> usize {
        let spec = &self.spec;
        if spec.sort_field.is_some() || !spec.filter.criteria().is_empty() {
            return PAGE_MOST;
        }
        let end = spec.offset.saturating_add(spec.limit);
        usize::try_from(end).unwrap_or(usize::MAX).min(PAGE_MOST)
    }
}

/// One criterion as the query language reads it.
pub fn criterion(node: Node<'_>) -> Option<Value> {
    let left = node.needed_text("operandLeft");
    let operator = node.needed_text("operator");
    let right = node.values("operandRight");
    if right.is_empty() {
        node.refuse(
            "operandRight",
            format!("mandatory array '{EDC}operandRight' is missing"),
        );
        return None;
    }
    Some(json!({ "operandLeft": left?, "operator": operator?, "operandRight": plain(right) }))
}

/// Expanded values as plain JSON: a single one as itself.
fn plain(values: &[Value]) -> Value {
    let members = Map::from_iter([("x".to_owned(), Value::Array(values.to_vec()))]);
    let mut stored = properties::stored(&members);
    stored.remove("x").unwrap_or_default()
}

fn member_of(malformed: &str) -> &'static str {
    match malformed {
        code::WRONG_OFFSET => "offset",
        code::WRONG_LIMIT => "limit",
        code::WRONG_SORT_ORDER => "sortOrder",
        code::WRONG_SORT_FIELD => "sortField",
        _ => "filterExpression",
    }
}

/// A number stands for the state of that number where states are told apart; where they are compared, it is a number.
fn rename_state(criterion: &mut Value, name_of: &impl Fn(i64) -> Option<&'static str>) -> Result<(), Problem> {
    let text = |name: &str| criterion.get(name).and_then(Value::as_str).unwrap_or_default();
    let left = text("operandLeft");
    if left.strip_prefix(EDC).unwrap_or(left) != "state" {
        return Ok(());
    }
    let is_ordered = text("operator").starts_with(['<', '>']);
    if is_ordered && criterion.get("operandRight").is_some_and(Value::is_number) {
        if let Some(members) = criterion.as_object_mut() {
            members.insert("operandLeft".to_owned(), json!(STATE_NUMBER));
        }
        return Ok(());
    }
    let rename = |value: &mut Value| {
        let Some(number) = value.as_i64() else { return Ok(()) };
        let name = name_of(number).ok_or_else(|| {
            let detail = Detail::at(format!("{EDC}operandRight"), "is the number of no state");
            Problem::invalid(vec![detail.showing(value)])
        })?;
        *value = json!(name);
        Ok(())
    };
    match criterion.get_mut("operandRight") {
        Some(Value::Array(items)) => items.iter_mut().try_for_each(rename),
        Some(value) => rename(value),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::wanted;
    use crate::states;

    fn query(document: Value) -> Result<Query, Problem> {
        wanted(document, Version::V3)
    }

    #[test]
    fn all_members_are_read_under_short_and_full_names() {
        let short = query(json!({
            "offset": 5, "limit": 10, "sortField": "createdAt", "sortOrder": "DESC",
            "filterExpression": [{ "operandLeft": "id", "operator": "in", "operandRight": ["a", "b"] }],
        }));
        let full = query(json!({
            "@context": {}, format!("{EDC}offset"): 5, format!("{EDC}limit"): 10, format!("{EDC}sortField"): "createdAt",
            format!("{EDC}sortOrder"): "DESC",
            format!("{EDC}filterExpression"): { "edc:operandLeft": "id", "edc:operator": "in", "edc:operandRight": ["a", "b"] },
        }));
        assert_eq!(short.as_ref().unwrap().spec(), full.unwrap().spec());
        assert_eq!(short.unwrap().spec().filter.pinned("id"), Some(vec!["a", "b"]));
        assert_eq!(Query::default().spec(), &QuerySpec::default());
    }

    #[test]
    fn an_address_asks_for_a_part() {
        let part = |words: &str| Query::of_address(words).map(|query| query.part(0..60));
        assert_eq!(part("").unwrap(), (0..50).collect::<Vec<_>>());
        assert_eq!(part("offset=1&limit=2&other=x").unwrap(), [1, 2]);
        assert_eq!(part("offset=99").unwrap(), [] as [i32; 0]);
        for (bad, member) in [
            ("offset=-1", "offset"),
            ("limit=0", "limit"),
            ("limit=x", "limit"),
            ("limit=", "limit"),
        ] {
            let problem = format!("{:?}", part(bad).unwrap_err());
            assert!(problem.contains(&format!("{EDC}{member}")), "{bad}: {problem}");
        }
    }

    #[test]
    fn wrong_ones_are_refused_at_their_member() {
        for (bad, member) in [
            (json!({ "offset": -1 }), "offset"),
            (json!({ "limit": 0 }), "limit"),
            (json!({ "limit": "x" }), "limit"),
            (json!({ "sortOrder": "SIDEWAYS" }), "sortOrder"),
            (
                json!({ "filterExpression": [{ "operator": "=", "operandRight": 1 }] }),
                "operandLeft",
            ),
            (
                json!({ "filterExpression": [{ "operandLeft": "a", "operandRight": 1 }] }),
                "operator",
            ),
            (
                json!({ "filterExpression": [{ "operandLeft": "a", "operator": "=" }] }),
                "operandRight",
            ),
            (
                json!({ "filterExpression": [{ "operandLeft": "a", "operator": "~", "operandRight": 1 }] }),
                "filterExpression",
            ),
            (json!({ "filterExpression": "x" }), "filterExpression"),
        ] {
            let problem = format!("{:?}", query(bad.clone()).unwrap_err());
            assert!(problem.contains(&format!("{EDC}{member}")), "{bad}: {problem}");
        }
    }

    #[test]
    fn states_may_be_numbers() {
        let of = |operator: &str, right: Value| {
            let criterion = json!({ "operandLeft": "state", "operator": operator, "operandRight": right });
            query(json!({ "filterExpression": [criterion] }))
                .unwrap()
                .with_states(states::negotiation_name)
        };
        assert_eq!(
            of("=", json!(1200)).unwrap().pinned("state").as_deref(),
            Some("FINALIZED")
        );
        assert_eq!(
            of("=", json!("FINALIZED")).unwrap().pinned("state").as_deref(),
            Some("FINALIZED")
        );
        assert_eq!(
            of("in", json!([200, 1400])).unwrap().spec().filter.pinned("state"),
            Some(vec!["REQUESTED", "TERMINATED"])
        );
        assert!(of("=", json!(7)).is_err());
        let finished = of(">=", json!(1200)).unwrap();
        let holds = |number: i64| {
            finished
                .spec()
                .filter
                .holds(&[&json!({ "state": "X", STATE_NUMBER: number })])
        };
        assert!(holds(1400) && !holds(1100));
    }

    #[test]
    fn unknown_fields_are_named() {
        let asked = |document: Value| {
            query(document)
                .unwrap()
                .only_fields("Thing", &["id", "state", "contractAgreement"])
        };
        assert!(asked(json!({ "sortField": "state" })).is_ok());
        assert!(format!("{:?}", asked(json!({ "sortField": "nosuch" })).unwrap_err()).contains("nosuch"));
        let filter =
            |left: &str| json!({ "filterExpression": [{ "operandLeft": left, "operator": "=", "operandRight": 1 }] });
        assert!(asked(filter("nosuch")).is_err());
        assert!(asked(filter("@id")).is_ok());
        assert!(asked(filter("contractAgreement.assetId")).is_ok());
        assert!(asked(filter("no.such")).is_err());
    }
}
