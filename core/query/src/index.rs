//! What an index of an object holds, and what a criterion asks of it.
//!
//! Keys are texts that sort as the values do, so that any ordered index will do: a letter for the kind, then the value. What
//! an index finds is tried with the criterion itself; it may find too much, never too little.

use crate::compare::bare;
use serde_json::{Map, Number, Value};

/// Longest text in a key, in bytes: enough to tell nearly all apart, and the index stays small.
const KEY_BYTES: usize = 200;
const FLAG: &str = "b";
const NUMBER: &str = "n";
const TEXT: &str = "t";
/// Sort behind every key of their kind.
const NUMBER_END: &str = "o";
const TEXT_END: &str = "u";

/// Which keys the values have that can satisfy a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// One of these.
    OneOf(Vec<String>),
    /// At least the first and at most the second.
    Between(String, String),
}

/// The keys of an object: name and value of every text, number and truth value among its members, single or in a list.
pub fn index_keys(members: &Map<String, Value>) -> impl Iterator<Item = (String, String)> {
    members.iter().flat_map(|(name, value)| {
        let values: Vec<&Value> = match bare(value) {
            Value::Array(items) => items.iter().collect(),
            single => vec![single],
        };
        values
            .into_iter()
            .filter_map(move |value| Some((index_name(name), value_key(value)?)))
    })
}

/// The name under which an index has a member.
pub fn index_name(name: &str) -> String {
    cut(name).to_owned()
}

/// The key of a value; none when it has no place in an index.
pub(crate) fn value_key(value: &Value) -> Option<String> {
    match bare(value) {
        Value::Bool(flag) => Some(format!("{FLAG}{}", u8::from(*flag))),
        Value::Number(number) => Some(number_key(number)),
        Value::String(text) => Some(format!("{TEXT}{}", cut(text))),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The keys from a value's on, of its kind.
pub(crate) fn from(value: &Value) -> Option<Reach> {
    let most = match bare(value) {
        Value::Number(_) => NUMBER_END,
        Value::String(_) => TEXT_END,
        _ => return None,
    };
    Some(Reach::Between(value_key(value)?, most.to_owned()))
}

/// The keys up to a value's, of its kind.
pub(crate) fn to(value: &Value) -> Option<Reach> {
    let least = match bare(value) {
        Value::Number(_) => NUMBER,
        Value::String(_) => TEXT,
        _ => return None,
    };
    Some(Reach::Between(least.to_owned(), value_key(value)?))
}

/// The bits of the nearest float in the order of the numbers: a negative one has them turned round, any other the sign's.
fn number_key(number: &Number) -> String {
    // Adding zero makes of a negative zero the other one.
    let bits = (number.as_f64().unwrap_or_default() + 0.0).to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    format!("{NUMBER}{ordered:016x}")
}

/// The beginning of a text, cut at a character's border.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(KEY_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Criterion;
    use proptest::prelude::*;
    use serde_json::json;

    fn keys(object: &Value) -> Vec<(String, String)> {
        index_keys(object.as_object().unwrap()).collect()
    }

    #[test]
    fn keys_of_an_object() {
        let object = json!({
            "a": "x", "b": [1, { "@value": 2 }, { "c": 3 }, null], "d": { "@list": [true] }, "e": { "f": 1 }, "g": null,
        });
        let pair = |name: &str, key: &str| (name.to_owned(), key.to_owned());
        assert_eq!(
            keys(&object),
            [
                pair("a", "tx"),
                pair("b", "nbff0000000000000"),
                pair("b", "nc000000000000000"),
                pair("d", "b1")
            ]
        );
    }

    #[test]
    fn long_names_and_values_are_cut_at_a_border() {
        let long = "я".repeat(KEY_BYTES);
        let [(name, value)] = keys(&json!({ (long.clone()): long })).try_into().unwrap();
        assert_eq!((name.len(), value.len()), (KEY_BYTES, KEY_BYTES + 1));
        assert_eq!(value, format!("{TEXT}{}", index_name(&long)));
        let odd = format!("a{long}");
        assert_eq!(index_name(&odd).len(), KEY_BYTES - 1);
    }

    fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            (-3..4).prop_map(|number| json!(number)),
            any::<f64>().prop_filter_map("no number of JSON", |float| Number::from_f64(float).map(Value::Number)),
            any::<i64>().prop_map(|number| json!(number)),
            "[a-c]{0,2}".prop_map(Value::String),
            "[a-b]{199,203}".prop_map(Value::String),
            any::<bool>().prop_map(Value::Bool),
            (0..4).prop_map(|number| json!({ "@value": f64::from(number) })),
        ];
        prop_oneof![
            scalar.clone(),
            prop::collection::vec(scalar.clone(), 0..3).prop_map(Value::Array),
            scalar.prop_map(|item| json!({ "@list": [item] })),
        ]
    }

    fn operand() -> impl Strategy<Value = Value> {
        value().prop_filter("a number or a text", |value| value.is_number() || value.is_string())
    }

    proptest! {
        /// An index misses nothing that a criterion would pick.
        #[test]
        fn no_criterion_picks_what_its_reach_does_not_find(
            held in value(),
            right in operand(),
            operator in prop::sample::select(vec!["=", "in", "contains", "<", "<=", ">", ">="]),
        ) {
            let object = json!({ "m": held });
            let operand = if operator == "in" { json!([right]) } else { right };
            let criterion = Criterion::parse("m", operator, operand).unwrap();
            let reach = criterion.reach().unwrap();
            let found = keys(&object).iter().any(|(_, key)| match &reach {
                Reach::OneOf(keys) => keys.contains(key),
                Reach::Between(least, most) => least <= key && key <= most,
            });
            prop_assert!(found || !criterion.holds(&[&object]));
        }

        /// Keys of numbers sort as the numbers do.
        #[test]
        fn keys_sort_as_numbers_do(one in any::<f64>(), other in any::<f64>()) {
            if let (Some(one), Some(other)) = (Number::from_f64(one), Number::from_f64(other)) {
                let order = one.as_f64().unwrap().partial_cmp(&other.as_f64().unwrap()).unwrap();
                prop_assert_eq!(number_key(&one).cmp(&number_key(&other)), order);
            }
        }
    }
}
