//! The query: a filter, an order and a part.

use crate::compare::bare;
use crate::filter::Filter;
use crate::malformed::{Malformed, code, quote};
use crate::path::{Found, Path};
use serde_json::{Number, Value};
use std::cmp::Ordering;

/// Objects in an answer when the asker does not say.
const LIMIT_USUAL: u64 = 50;
/// Greatest offset and limit: what a 32-bit integer of the clients holds. How many objects fit one answer is the runtime's.
const NUMBER_MOST: u64 = i32::MAX as u64;

/// Which way to sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// The least first.
    #[default]
    Ascending,
    /// The greatest first.
    Descending,
}

/// A query over objects of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct QuerySpec {
    /// How many of those that are meant to leave out.
    pub offset: u64,
    /// How many to give at most.
    pub limit: u64,
    /// Which way to sort by the field.
    pub sort_order: SortOrder,
    /// What to sort by; none for the usual order.
    pub sort_field: Option<Path>,
    /// Which objects are meant.
    pub filter: Filter,
}

impl Default for QuerySpec {
    fn default() -> Self {
        Self {
            offset: 0,
            limit: LIMIT_USUAL,
            sort_order: SortOrder::Ascending,
            sort_field: None,
            filter: Filter::default(),
        }
    }
}

impl QuerySpec {
    /// Reads the JSON form: `offset`, `limit`, `sortOrder`, `sortField` and `filterExpression`, each of which may be left
    /// out. As JSON-LD has it, one criterion and an array of one are the same; members with other names are left alone.
    ///
    /// # Errors
    /// Names the member that does not fit.
    pub fn from_json(value: &Value) -> Result<Self, Malformed> {
        let Value::Object(members) = value else {
            return Err(Malformed::new(code::WRONG_QUERY, "a query is an object"));
        };
        let given = |name: &str| members.get(name).filter(|value| !value.is_null());
        let usual = Self::default();
        Ok(Self {
            offset: number(given("offset"), usual.offset, 0, code::WRONG_OFFSET)?,
            limit: number(given("limit"), usual.limit, 1, code::WRONG_LIMIT)?,
            sort_order: given("sortOrder").map_or(Ok(usual.sort_order), sort_order)?,
            sort_field: given("sortField").map(sort_field).transpose()?,
            filter: given("filterExpression").map_or(Ok(usual.filter), Filter::from_json)?,
        })
    }

    /// What an object, which lies in `places`, is sorted by.
    pub fn sort_key(&self, places: &[&Value]) -> SortKey {
        let found = self.sort_field.as_ref().and_then(|field| field.find(places));
        match found {
            None => SortKey::Absent,
            Some(Found::Many(_)) => SortKey::Other,
            Some(Found::One(value)) => match bare(value) {
                Value::Bool(flag) => SortKey::Flag(*flag),
                Value::Number(number) => SortKey::Number(number.clone()),
                Value::String(text) => SortKey::Text(text.clone()),
                Value::Null | Value::Array(_) | Value::Object(_) => SortKey::Other,
            },
        }
    }

    /// Which of two objects comes first by their keys; equal when the usual order decides.
    pub fn order(&self, one: &SortKey, other: &SortKey) -> Ordering {
        match (one, other) {
            (SortKey::Absent, _) | (_, SortKey::Absent) => one.rank().cmp(&other.rank()),
            _ => match self.sort_order {
                SortOrder::Ascending => one.order(other),
                SortOrder::Descending => other.order(one),
            },
        }
    }
}

/// What an object is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub enum SortKey {
    /// A truth value.
    Flag(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// Something without an order.
    Other,
    /// Nothing.
    Absent,
}

impl SortKey {
    const fn rank(&self) -> u8 {
        match self {
            Self::Flag(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Other => 3,
            Self::Absent => 4,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Flag(one), Self::Flag(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => number_order(one, other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (one, other) => one.rank().cmp(&other.rank()),
        }
    }
}

/// Numbers by the nearest float, then whole ones by themselves, so that the order is total.
fn number_order(one: &Number, other: &Number) -> Ordering {
    let float = |number: &Number| number.as_f64().unwrap_or_default() + 0.0;
    float(one)
        .total_cmp(&float(other))
        .then_with(|| match (one.as_i128(), other.as_i128()) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => Ordering::Equal,
        })
}

fn number(given: Option<&Value>, usual: u64, least: u64, code: &'static str) -> Result<u64, Malformed> {
    let Some(value) = given else { return Ok(usual) };
    // Whole numbers that came as floats, such as `10.0`, are whole.
    let whole = value.as_u64().or_else(|| {
        let float = value.as_f64().filter(|float| float.fract() == 0.0)?;
        format!("{float:.0}").parse().ok()
    });
    whole
        .filter(|number| (least..=NUMBER_MOST).contains(number))
        .ok_or_else(|| {
            let why = format!(
                "{} is no whole number from {least} to {NUMBER_MOST}",
                quote(&value.to_string())
            );
            Malformed::new(code, why)
        })
}

fn sort_order(value: &Value) -> Result<SortOrder, Malformed> {
    match value.as_str() {
        Some("ASC") => Ok(SortOrder::Ascending),
        Some("DESC") => Ok(SortOrder::Descending),
        _ => {
            let why = format!("{} is neither `ASC` nor `DESC`", quote(&value.to_string()));
            Err(Malformed::new(code::WRONG_SORT_ORDER, why))
        }
    }
}

fn sort_field(value: &Value) -> Result<Path, Malformed> {
    let text = value
        .as_str()
        .ok_or_else(|| Malformed::new(code::WRONG_SORT_FIELD, "`sortField` is a text"))?;
    Path::parse(text, code::WRONG_SORT_FIELD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Criterion;
    use serde_json::json;

    #[test]
    fn what_is_left_out_is_usual() {
        let usual = QuerySpec::from_json(&json!({ "@type": "QuerySpec" })).unwrap();
        assert_eq!(usual, QuerySpec::default());
        assert_eq!((usual.offset, usual.limit), (0, 50));
    }

    #[test]
    fn all_members() {
        let spec = QuerySpec::from_json(&json!({
            "offset": 5, "limit": 10.0, "sortOrder": "DESC", "sortField": "createdAt",
            "filterExpression": { "operandLeft": "id", "operator": "=", "operandRight": "x" },
        }))
        .unwrap();
        assert_eq!(
            (spec.offset, spec.limit, spec.sort_order),
            (5, 10, SortOrder::Descending)
        );
        assert_eq!(spec.sort_field.unwrap().name(), Some("createdAt"));
        assert_eq!(
            spec.filter.criteria(),
            [Criterion::parse("id", "=", json!("x")).unwrap()]
        );
    }

    #[test]
    fn wrong_ones_are_refused_with_their_code() {
        for (spec, code) in [
            (json!([]), code::WRONG_QUERY),
            (json!({ "offset": -1 }), code::WRONG_OFFSET),
            (json!({ "offset": 1.5 }), code::WRONG_OFFSET),
            (json!({ "limit": 0 }), code::WRONG_LIMIT),
            (json!({ "limit": "5" }), code::WRONG_LIMIT),
            (json!({ "limit": 1_u64 << 31 }), code::WRONG_LIMIT),
            (json!({ "sortOrder": "asc" }), code::WRONG_SORT_ORDER),
            (json!({ "sortField": " " }), code::WRONG_SORT_FIELD),
            (json!({ "filterExpression": "x" }), code::WRONG_QUERY),
            (
                json!({ "filterExpression": [{ "operandLeft": "x" }] }),
                code::WRONG_OPERATOR,
            ),
        ] {
            let refused = QuerySpec::from_json(&spec).map_err(|malformed| malformed.code);
            assert_eq!(refused, Err(code), "{spec}");
        }
    }

    #[test]
    fn order_of_keys() {
        let sorted = |order: &str| {
            let spec = QuerySpec::from_json(&json!({ "sortField": "x", "sortOrder": order })).unwrap();
            let values = [
                json!("b"),
                json!(10),
                json!(null),
                json!(true),
                json!(2.5),
                json!([1]),
                json!("a"),
                json!(2),
            ];
            let mut keys: Vec<_> = values.iter().map(|x| spec.sort_key(&[&json!({ "x": x })])).collect();
            keys.sort_by(|one, other| spec.order(one, other));
            keys.iter()
                .map(|key| match key {
                    SortKey::Flag(flag) => flag.to_string(),
                    SortKey::Number(number) => number.to_string(),
                    SortKey::Text(text) => text.clone(),
                    SortKey::Other => "other".to_owned(),
                    SortKey::Absent => "absent".to_owned(),
                })
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(sorted("ASC"), "true 2 2.5 10 a b other absent");
        assert_eq!(sorted("DESC"), "other b a 10 2.5 2 true absent");
    }
}
