//! Properties of assets, private properties and data addresses: between expanded JSON-LD and the form in which they are stored.
//!
//! The stored form is one JSON object. A key is the short name when its IRI is EDC's, otherwise the full IRI; a single value without
//! type or language is the plain JSON scalar; several values are an array; a nested node is an object of the same form. Keywords
//! and typed or tagged values are kept as they are.

use crate::node::Node;
use crate::version::EDC;
use serde_json::{Map, Value, json};

/// The stored form of a node's members; its own `@id` and `@type` are not among them.
pub fn stored(node: &Map<String, Value>) -> Map<String, Value> {
    let own = node
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "@id" | "@type"));
    own.map(|(name, values)| (short(name).to_owned(), stored_values(values)))
        .collect()
}

/// The stored form of a request's private properties; none is an empty one.
pub fn private(node: Node<'_>) -> Map<String, Value> {
    node.node("privateProperties")
        .map(|node| stored(node.members()))
        .unwrap_or_default()
}

fn stored_values(values: &Value) -> Value {
    match values.as_array().map(Vec::as_slice) {
        Some([only]) => stored_value(only),
        Some(several) => several.iter().map(stored_value).collect(),
        None => values.clone(),
    }
}

fn stored_value(value: &Value) -> Value {
    let Value::Object(members) = value else {
        return value.clone();
    };
    match members.get("@value") {
        Some(plain) if members.len() == 1 => return plain.clone(),
        Some(_) => return value.clone(),
        None => {}
    }
    if let Some(Value::Array(items)) = members.get("@list") {
        return json!({ "@list": items.iter().map(stored_value).collect::<Vec<_>>() });
    }
    let mut nested = stored(members);
    for keyword in ["@id", "@type"] {
        if let Some(value) = members.get(keyword) {
            nested.insert(keyword.to_owned(), value.clone());
        }
    }
    Value::Object(nested)
}

/// The expanded node of a stored form.
pub fn expanded(stored: &Map<String, Value>) -> Value {
    let members = stored.iter().map(|(name, value)| match name.as_str() {
        "@id" | "@type" => (name.clone(), value.clone()),
        name => (full(name), Value::Array(expanded_values(value))),
    });
    Value::Object(members.collect())
}

fn expanded_values(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(several) => several.iter().flat_map(expanded_values).collect(),
        Value::Object(members) if members.contains_key("@value") => vec![value.clone()],
        Value::Object(members) => match members.get("@list") {
            Some(Value::Array(items)) => {
                vec![json!({ "@list": items.iter().flat_map(expanded_values).collect::<Vec<_>>() })]
            }
            _ => vec![expanded(members)],
        },
        plain => vec![json!({ "@value": plain })],
    }
}

fn short(name: &str) -> &str {
    let short = name.strip_prefix(EDC);
    // A name that would be taken for an IRI when it is read back stays whole.
    short
        .filter(|short| !short.is_empty() && !short.contains(':'))
        .unwrap_or(name)
}

fn full(name: &str) -> String {
    if name.contains(':') {
        name.to_owned()
    } else {
        format!("{EDC}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edc(name: &str) -> String {
        format!("{EDC}{name}")
    }

    #[test]
    fn both_ways() {
        let node = json!({
            edc("name"): [{ "@value": "n" }],
            edc("rank"): [{ "@value": 7 }],
            edc("open"): [{ "@value": true }],
            edc("tags"): [{ "@value": "a" }, { "@value": "b" }],
            edc("order"): [{ "@list": [{ "@value": "a" }, { "@value": "b" }] }],
            edc("named"): [{ "@value": "x", "@language": "de" }],
            edc("typed"): [{ "@value": "3", "@type": "http://www.w3.org/2001/XMLSchema#integer" }],
            edc("none"): [],
            edc("a:b"): [{ "@value": 1 }],
            edc("nested"): [{ "@type": [edc("Kind")], edc("k"): [{ "@value": "v" }] }],
            "http://purl.org/dc/terms/type": [{ "@id": "urn:x" }],
        });
        let form = json!({
            "name": "n", "rank": 7, "open": true, "tags": ["a", "b"], "order": { "@list": ["a", "b"] },
            "named": { "@value": "x", "@language": "de" },
            "typed": { "@value": "3", "@type": "http://www.w3.org/2001/XMLSchema#integer" },
            "none": [], edc("a:b"): 1, "nested": { "@type": [edc("Kind")], "k": "v" },
            "http://purl.org/dc/terms/type": { "@id": "urn:x" },
        });
        assert_eq!(Value::Object(stored(node.as_object().unwrap())), form);
        assert_eq!(expanded(form.as_object().unwrap()), node);
    }

    #[test]
    fn the_nodes_own_name_is_no_property() {
        let node = json!({ "@id": "x", "@type": ["y"], edc("a"): [{ "@value": 1 }] });
        assert_eq!(Value::Object(stored(node.as_object().unwrap())), json!({ "a": 1 }));
    }
}
