//! An example of what a schema asks for: what it says itself, put together.

use super::{Schemas, list, name_of, text, types};
use serde_json::{Map, Value, json};

/// Deepest part of an example.
const DEPTH: usize = 6;

/// A value that fits, as far as the schema tells how one looks. Optional members stand in it only where their schema has an
/// example of its own.
pub fn example(schemas: Schemas<'_>, schema: &Value) -> Value {
    Maker {
        schemas,
        names: Vec::new(),
    }
    .make(schema)
    .unwrap_or_default()
}

struct Maker<'a> {
    schemas: Schemas<'a>,
    names: Vec<&'a str>,
}

impl<'a> Maker<'a> {
    /// None where the schemas lead in circles or too deep.
    fn make(&mut self, schema: &'a Value) -> Option<Value> {
        let name = name_of(schema);
        if self.names.len() >= DEPTH || name.is_some_and(|name| self.names.contains(&name)) {
            return None;
        }
        let whole = self.schemas.resolve(schema);
        if let Some(said) = said(schema).or_else(|| said(whole)) {
            return Some(said.clone());
        }
        self.names.push(name.unwrap_or_default());
        let made = self.put_together(schema, whole);
        self.names.pop();
        made
    }

    fn put_together(&mut self, schema: &'a Value, whole: &'a Value) -> Option<Value> {
        let members = self.schemas.members(schema);
        if !members.properties.is_empty() {
            let shown = members
                .properties
                .iter()
                .filter(|(name, member)| members.required.contains(&name.as_str()) || said(member).is_some());
            let shown = shown.filter_map(|(name, member)| Some(((*name).clone(), self.make(member)?)));
            return Some(Value::Object(shown.collect::<Map<_, _>>()));
        }
        let choice = list(whole, "oneOf")
            .chain(list(whole, "anyOf"))
            .find(|choice| types(choice) != ["null"]);
        if let Some(choice) = choice {
            return self.make(choice);
        }
        Some(match (types(whole).first(), whole.get("items")) {
            (Some(&"array"), Some(items)) => self.make(items).into_iter().collect(),
            (Some(&"array"), None) => json!([]),
            (Some(&"object"), _) => json!({}),
            (Some(&"integer" | &"number"), _) => whole.get("minimum").cloned().unwrap_or_else(|| json!(1)),
            (Some(&"boolean"), _) => json!(true),
            (Some(&"string"), _) => json!(a_text(text(whole, "format"))),
            _ => Value::Null,
        })
    }
}

/// What a schema itself says would fit.
fn said(schema: &Value) -> Option<&Value> {
    let own = ["example", "const", "default"]
        .into_iter()
        .find_map(|name| schema.get(name));
    own.or_else(|| list(schema, "examples").next())
        .or_else(|| list(schema, "enum").next())
}

fn a_text(format: Option<&str>) -> &'static str {
    match format {
        Some("date-time") => "2026-01-31T09:30:00.000Z",
        Some("uri") => "https://peer.example.org/a",
        _ => "…",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_and_what_must_be_there() {
        let document = json!({ "components": { "schemas": {
            "Key": {
                "properties": {
                    "role": { "$ref": "#/components/schemas/Role", "description": "d" },
                    "label": { "type": "string", "example": "wall" },
                    "note": { "type": "string" },
                    "at": { "type": "string", "format": "date-time" },
                    "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Key" } },
                },
                "required": ["role", "at", "parts"],
            },
            "Role": { "type": "string", "enum": ["viewer", "editor"] },
        } } });
        let schema = json!({ "$ref": "#/components/schemas/Key" });
        assert_eq!(
            example(Schemas::of(&document), &schema),
            json!({ "role": "viewer", "label": "wall", "at": "2026-01-31T09:30:00.000Z", "parts": [] })
        );
    }
}
