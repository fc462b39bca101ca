//! Schemas as a reader needs them: references followed, parts joined, members in rows, and an example of what would fit.
//!
//! Any schema may come: what is not understood is left out, references that lead in circles are followed once, and everything
//! is bounded.

mod example;
mod rows;

pub use example::example;
pub use rows::{Row, Word, kind, rows};

use serde_json::{Map, Value};

/// Most references and parts followed from one place.
const FOLLOWED: usize = 16;

/// The schemas of a document.
#[derive(Clone, Copy)]
pub struct Schemas<'a> {
    document: &'a Value,
}

impl<'a> Schemas<'a> {
    /// Those of `document`.
    pub fn of(document: &'a Value) -> Self {
        Self { document }
    }

    /// The named ones, by name.
    pub fn named(self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let schemas = self.document.pointer("/components/schemas").and_then(Value::as_object);
        schemas.into_iter().flatten()
    }

    /// Whether there is one of this name.
    pub fn has(self, name: &str) -> bool {
        self.named().any(|(known, _)| known == name)
    }

    /// What a value of the document is when its references are followed: parameters and answers may be references too.
    pub fn resolve(self, value: &'a Value) -> &'a Value {
        let mut here = value;
        for _ in 0..FOLLOWED {
            let target = here
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|to| to.strip_prefix('#'));
            match target.and_then(|pointer| self.document.pointer(pointer)) {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }

    /// The members of an object's schema with its references and parts, and the names of those that must be there.
    pub fn members(self, schema: &'a Value) -> Members<'a> {
        let mut found = Members::default();
        self.gather(schema, &mut found, 0);
        found
    }

    /// Whether it has any members.
    pub fn has_members(self, schema: &'a Value) -> bool {
        !self.members(schema).properties.is_empty()
    }

    fn gather(self, schema: &'a Value, found: &mut Members<'a>, depth: usize) {
        if depth > FOLLOWED {
            return;
        }
        let schema = self.resolve(schema);
        for part in list(schema, "allOf") {
            self.gather(part, found, depth + 1);
        }
        for (name, member) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            // A later part says more precisely what an earlier one said.
            match found.properties.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = member,
                None => found.properties.push((name, member)),
            }
        }
        found
            .required
            .extend(list(schema, "required").filter_map(Value::as_str));
    }
}

/// What an object is made of.
#[derive(Default)]
pub struct Members<'a> {
    /// Members and their schemas.
    pub properties: Vec<(&'a String, &'a Value)>,
    /// Names of those that must be there.
    pub required: Vec<&'a str>,
}

/// The last word of a reference: what its target is called.
pub fn name_of(schema: &Value) -> Option<&str> {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|to| to.rsplit('/').next())
}

/// The items of a member that is a list.
pub fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The text of a member.
pub fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// The members of a member that is an object.
pub fn object<'a>(value: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    value.get(name).and_then(Value::as_object)
}

/// The types that a schema names.
pub fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
