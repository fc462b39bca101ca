//! Shapes of expanded JSON-LD, and adding to an object.
//!
//! Refuses to hold what each shape means where.

use serde_json::{Map, Value};

/// The members of an object.
pub(crate) type Members = Map<String, Value>;

/// Whether `value` is an object with a member `name`.
pub(crate) fn has(value: &Value, name: &str) -> bool {
    value.get(name).is_some()
}

/// Whether `value` is a graph object: `@graph`, and beside it at most an id and an index.
pub(crate) fn is_graph(value: &Value) -> bool {
    let Some(members) = value.as_object() else { return false };
    members.contains_key("@graph")
        && members
            .keys()
            .all(|name| matches!(name.as_str(), "@graph" | "@id" | "@index"))
}

/// Whether `value` is a string, a number or a boolean.
pub(crate) fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))
}

/// The items of an array; anything else is an array of one.
pub(crate) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// As [`items`], taken.
pub(crate) fn into_items(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        one => vec![one],
    }
}

/// What expansion left of an element, as an array: nothing left is an empty one.
pub(crate) fn left_of(expanded: Value) -> Vec<Value> {
    if expanded.is_null() {
        Vec::new()
    } else {
        into_items(expanded)
    }
}

/// Adds `value` to the member `name`, an array item by item: one alone stays alone, unless it is to be an array.
pub(crate) fn add(to: &mut Members, name: &str, value: Value, as_array: bool) {
    if let Some(there) = to.get_mut(name) {
        return join(there, value);
    }
    let first = match value {
        one if !as_array && !one.is_array() => one,
        value => {
            let mut all = into_items(value);
            match all.pop() {
                None if !as_array => return,
                Some(one) if all.is_empty() && !as_array => one,
                last => {
                    all.extend(last);
                    Value::Array(all)
                }
            }
        }
    };
    to.insert(name.to_owned(), first);
}

fn join(there: &mut Value, value: Value) {
    let mut all = into_items(there.take());
    all.extend(into_items(value));
    *there = Value::Array(all);
}

/// An object of one member.
pub(crate) fn one(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}
