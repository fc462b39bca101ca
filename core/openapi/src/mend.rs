//! What a generated document says too loosely or too often.
//!
//! - An optional member or body of ours is left out when it has nothing to say, never null; the types of Rust do not tell the two
//!   apart.
//! - A schema that stands in full where a named one of the same content exists is named instead.
//! - That the names of members are texts goes without saying.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Members that hold examples or values, in which nothing is a schema.
const VALUES: [&str; 5] = ["example", "examples", "default", "enum", "const"];

/// Mends `document` in place.
pub fn mend(document: &mut Value) {
    in_schemas(document, &mut |members| {
        never_null(members);
        body_never_null(members);
        if members.get("propertyNames") == Some(&json!({ "type": "string" })) {
            members.remove("propertyNames");
        }
    });
    name_what_is_named(document);
}

/// Hands every object that is no value to `act`, the inner ones first.
fn in_schemas(value: &mut Value, act: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            let inner = members.iter_mut().filter(|(name, _)| !VALUES.contains(&name.as_str()));
            inner.for_each(|(_, value)| in_schemas(value, act));
            act(members);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| in_schemas(item, act)),
        _ => {}
    }
}

/// Takes the null from the optional members of an object's schema.
fn never_null(schema: &mut Map<String, Value>) {
    let required: Vec<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    let optional = properties.iter_mut().filter(|(name, _)| !required.contains(name));
    optional.for_each(|(_, property)| without_null(property));
}

/// A request may come without a body, but none is null.
fn body_never_null(operation: &mut Map<String, Value>) {
    let content = operation
        .get_mut("requestBody")
        .and_then(|body| body.get_mut("content"));
    let media = content
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|content| content.values_mut());
    media.filter_map(|media| media.get_mut("schema")).for_each(without_null);
}

fn without_null(schema: &mut Value) {
    let null = json!({ "type": "null" });
    if let Some(Value::Array(choices)) = schema.get_mut("oneOf") {
        choices.retain(|choice| *choice != null);
        if let [only] = choices.as_slice() {
            *schema = only.clone();
        }
    } else if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|one| one != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema["type"] = only;
        }
    }
}

/// Puts references to the named schemas where their content stands in full.
fn name_what_is_named(document: &mut Value) {
    let Some(Value::Object(schemas)) = document.pointer("/components/schemas").cloned() else {
        return;
    };
    let objects = schemas
        .into_iter()
        .filter(|(_, schema)| schema.get("properties").is_some());
    let names: BTreeMap<String, String> = objects.map(|(name, schema)| (schema.to_string(), name)).collect();
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.values_mut().for_each(|schema| name_within(schema, &names));
    }
    if let Some(paths) = document.get_mut("paths") {
        name_within(paths, &names);
    }
}

/// Names what stands inside of `value`; itself it stays.
fn name_within(value: &mut Value, names: &BTreeMap<String, String>) {
    let inner: Vec<&mut Value> = match value {
        Value::Object(members) => {
            let inner = members.iter_mut().filter(|(name, _)| !VALUES.contains(&name.as_str()));
            inner.map(|(_, value)| value).collect()
        }
        Value::Array(items) => items.iter_mut().collect(),
        _ => Vec::new(),
    };
    for one in inner {
        match names.get(&one.to_string()) {
            Some(name) => *one = json!({ "$ref": format!("#/components/schemas/{name}") }),
            None => name_within(one, names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(schemas: Value) -> Value {
        let mut document = json!({ "components": { "schemas": schemas } });
        mend(&mut document);
        document["components"]["schemas"].clone()
    }

    #[test]
    fn an_optional_member_is_never_null_and_a_required_one_may_be() {
        let side = json!({ "$ref": "#/components/schemas/Side", "description": "d" });
        let schemas = json!({ "A": {
            "properties": {
                "a": { "type": ["string", "null"] },
                "b": { "type": ["string", "null"] },
                "c": { "oneOf": [side, { "type": "null" }] },
                "d": { "type": "object", "example": { "properties": { "x": { "type": ["string", "null"] } } } },
            },
            "required": ["b"],
        } });
        let properties = mended(schemas)["A"]["properties"].clone();
        assert_eq!(properties["a"], json!({ "type": "string" }));
        assert_eq!(properties["b"], json!({ "type": ["string", "null"] }));
        assert_eq!(properties["c"], side);
        assert_eq!(
            properties["d"]["example"]["properties"]["x"]["type"],
            json!(["string", "null"]),
            "an example is no schema"
        );
    }

    #[test]
    fn an_optional_body_is_never_null() {
        let named = json!({ "$ref": "#/components/schemas/A" });
        let body = json!({ "content": { "a/b": { "schema": { "oneOf": [{ "type": "null" }, named] } } } });
        let mut document = json!({ "paths": { "/a": { "post": { "requestBody": body } } } });
        mend(&mut document);
        assert_eq!(
            document["paths"]["/a"]["post"]["requestBody"]["content"]["a/b"]["schema"],
            named
        );
    }

    #[test]
    fn what_stands_in_full_is_named() {
        let item = json!({ "properties": { "id": { "type": "string" } }, "required": ["id"] });
        let page = json!({ "properties": { "items": { "type": "array", "items": item } }, "required": ["items"] });
        let schemas = mended(json!({ "Item": item, "Page": page }));
        assert_eq!(schemas["Item"], item);
        assert_eq!(
            schemas["Page"]["properties"]["items"]["items"],
            json!({ "$ref": "#/components/schemas/Item" })
        );
    }
}
