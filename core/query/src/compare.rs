//! When two JSON values are equal, and which comes first.

use serde_json::{Number, Value};
use std::cmp::Ordering;

/// What a value is compared as: typed and tagged ones as their value, lists of JSON-LD as their list.
pub(crate) fn bare(value: &Value) -> &Value {
    let Value::Object(members) = value else {
        return value;
    };
    members.get("@value").or_else(|| members.get("@list")).unwrap_or(value)
}

/// Equality of two single values.
pub(crate) fn equal(one: &Value, other: &Value) -> bool {
    match (bare(one), bare(other)) {
        (Value::Number(one), Value::Number(other)) => number(one, other) == Some(Ordering::Equal),
        (one, other) => one == other,
    }
}

/// Order of two numbers or two texts; none for anything else.
pub(crate) fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (bare(one), bare(other)) {
        (Value::Number(one), Value::Number(other)) => number(one, other),
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

/// Whole numbers are compared as such: not all of them fit a float.
fn number(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_by_value() {
        assert!(equal(&json!(1), &json!(1.0)));
        assert!(!equal(
            &json!(9_007_199_254_740_993_u64),
            &json!(9_007_199_254_740_992_u64)
        ));
        assert_eq!(order(&json!(2), &json!(10)), Some(Ordering::Less));
        assert_eq!(order(&json!("2"), &json!("10")), Some(Ordering::Greater));
        assert_eq!(order(&json!(2), &json!("10")), None);
        assert!(!equal(&json!(1), &json!("1")));
    }

    #[test]
    fn typed_and_tagged_values_are_as_their_value() {
        assert!(equal(
            &json!({ "@value": "2026", "@type": "http://www.w3.org/2001/XMLSchema#gYear" }),
            &json!("2026")
        ));
        assert!(!equal(&json!({ "@id": "x" }), &json!("x")));
    }
}
