//! What an index of an object holds.

use crate::compare::bare;
use serde_json::{Map, Value};

/// Every text, number and truth value that a criterion on one member can be satisfied by, with the member's name: single
/// values, and the items of lists.
pub fn scalars(members: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    members.iter().flat_map(|(name, value)| {
        let values: Vec<&Value> = match bare(value) {
            Value::Array(items) => items.iter().map(bare).collect(),
            single => vec![single],
        };
        let scalar = |value: &&Value| value.is_string() || value.is_number() || value.is_boolean();
        values
            .into_iter()
            .filter(scalar)
            .map(move |value| (name.as_str(), value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Criterion, Reach};
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn scalars_of_an_object() {
        let object = json!({
            "a": "x", "b": [1, { "@value": 2 }, { "c": 3 }, null], "d": { "@list": [true] }, "e": { "f": 1 }, "g": null,
        });
        let found: Vec<_> = scalars(object.as_object().unwrap())
            .map(|(name, value)| (name, value.clone()))
            .collect();
        assert_eq!(
            found,
            [("a", json!("x")), ("b", json!(1)), ("b", json!(2)), ("d", json!(true))]
        );
    }

    fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            (0..4).prop_map(|number| json!(number)),
            "[a-c]{0,2}".prop_map(Value::String),
            any::<bool>().prop_map(Value::Bool),
            (0..4).prop_map(|number| json!({ "@value": f64::from(number) })),
        ];
        prop_oneof![
            scalar.clone(),
            prop::collection::vec(scalar.clone(), 0..3).prop_map(Value::Array),
            scalar.prop_map(|item| json!({ "@list": [item] })),
        ]
    }

    proptest! {
        /// An index that holds the scalars misses nothing that a criterion would pick.
        #[test]
        fn no_criterion_picks_what_its_reach_does_not_find(
            held in value(),
            right in prop_oneof![(0..4).prop_map(|number| json!(number)), "[a-c]{0,2}".prop_map(Value::String)],
            operator in prop::sample::select(vec!["=", "in", "contains", "<", "<=", ">", ">="]),
        ) {
            let object = json!({ "m": held });
            let operand = if operator == "in" { json!([right]) } else { right.clone() };
            let criterion = Criterion::parse("m", operator, operand).unwrap();
            let reached = |value: &Value| match criterion.reach().unwrap() {
                Reach::OneOf(values) => values.iter().any(|wanted| crate::compare::equal(wanted, value)),
                Reach::From(low) => crate::compare::order(value, low).is_some_and(|order| order.is_ge()),
                Reach::To(high) => crate::compare::order(value, high).is_some_and(|order| order.is_le()),
            };
            let indexed = scalars(object.as_object().unwrap()).any(|(_, value)| reached(value));
            prop_assert!(indexed || !criterion.holds(&[&object]));
        }
    }
}
