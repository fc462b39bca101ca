//! Lists inside a text: connectors of the EDC family write a right operand of several values as one text of JSON,
//! `[{"@value": ...}, ...]`, and compare what comes back with the list.

use crate::vocabulary::plain;
use serde_json::{Map, Value};

/// The values of a right operand that is written as one text.
pub(crate) fn packed(operand: &Value) -> Option<Vec<Value>> {
    let text = operand.as_str().filter(|text| text.starts_with("[{"))?;
    let items: Vec<Map<String, Value>> = serde_json::from_str(text).ok()?;
    let only_value = |mut item: Map<String, Value>| item.remove("@value").filter(|_| item.is_empty());
    items.into_iter().map(only_value).collect()
}

/// Writes the lists of a policy as lists, wherever one stands inside a text; their order stays. What the policy says does not
/// change.
pub fn unpack(members: &mut Map<String, Value>) {
    for (name, value) in members.iter_mut() {
        if plain(name) == "rightOperand"
            && let Some(values) = packed(value)
        {
            *value = Value::Array(values);
        } else {
            unpack_below(value);
        }
    }
}

/// Bounded: the depth of what comes from outside was measured before it was decoded.
fn unpack_below(value: &mut Value) {
    match value {
        Value::Object(members) => unpack(members),
        Value::Array(items) => items.iter_mut().for_each(unpack_below),
        _ => {}
    }
}
