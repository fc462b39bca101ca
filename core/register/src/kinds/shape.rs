//! What a schema lets a body have: its members, and where texts for people stand.
//!
//! Refuses to validate (`validate`). It follows only references within the schema and to the shared definitions.

use chapar_terms::{Lang, limits};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The name of the shared definitions in a reference.
const SHARED: &str = "urn:chapar:kind:common";
/// What the keys of a language map refer to.
const LANGUAGE: &str = "#/$defs/language";
/// Words that hold further schemas of the same place.
const SAME_PLACE: [&str; 3] = ["allOf", "anyOf", "oneOf"];

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Member(String),
    /// Any item of an array, or any member of an open object.
    Any,
}

/// The members and texts of one kind's bodies.
#[derive(Debug, Default)]
pub(super) struct Shape {
    members: BTreeSet<String>,
    texts: BTreeSet<Vec<Step>>,
}

impl Shape {
    /// Reads a schema.
    pub(super) fn of(schema: &Value, shared: &Value) -> Self {
        let mut walk = Walk {
            shared,
            shape: Self::default(),
        };
        walk.enter(schema, schema, &[], limits::JSON_DEPTH);
        walk.shape
    }

    pub(super) fn members(&self) -> &BTreeSet<String> {
        &self.members
    }

    pub(super) fn languages(&self, body: &Value) -> BTreeSet<Lang> {
        self.maps(body)
            .into_iter()
            .flat_map(Map::keys)
            .filter_map(|tag| Lang::parse(tag).ok())
            .collect()
    }

    /// Each text or word of the language maps, with its language.
    pub(super) fn texts<'b>(&self, body: &'b Value) -> Vec<(Lang, &'b str)> {
        let mut texts = Vec::new();
        for (tag, value) in self.maps(body).into_iter().flatten() {
            if let Ok(language) = Lang::parse(tag) {
                texts.extend(strings(value).map(|text| (language.clone(), text)));
            }
        }
        texts
    }

    fn maps<'b>(&self, body: &'b Value) -> Vec<&'b Map<String, Value>> {
        let mut found = Vec::new();
        for text in &self.texts {
            gather(body, text, &mut found);
        }
        found
    }
}

/// A string, or the strings of an array.
pub(crate) fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let many = value.as_array().into_iter().flatten();
    many.chain(std::iter::once(value)).filter_map(Value::as_str)
}

fn gather<'b>(value: &'b Value, steps: &[Step], found: &mut Vec<&'b Map<String, Value>>) {
    match (steps, value) {
        ([], Value::Object(texts)) => found.push(texts),
        ([Step::Member(name), rest @ ..], Value::Object(members)) => {
            if let Some(inner) = members.get(name) {
                gather(inner, rest, found);
            }
        }
        ([Step::Any, rest @ ..], Value::Array(items)) => items.iter().for_each(|item| gather(item, rest, found)),
        ([Step::Any, rest @ ..], Value::Object(members)) => {
            members.values().for_each(|member| gather(member, rest, found));
        }
        _ => {}
    }
}

struct Walk<'a> {
    shared: &'a Value,
    shape: Shape,
}

impl<'a> Walk<'a> {
    /// Reads the schema `node` of document `home` for the place `path`; `left` bounds references that go round.
    fn enter(&mut self, node: &'a Value, home: &'a Value, path: &[Step], left: usize) {
        let Some(left) = left.checked_sub(1) else { return };
        if let Some((target, home)) = self.referred(node, home) {
            self.enter(target, home, path, left);
        }
        if is_language_map(node) {
            self.shape.texts.insert(path.to_vec());
            return;
        }
        for (name, inner) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = [path, &[Step::Member(name.clone())]].concat();
            self.shape.members.insert(dotted(&path));
            self.enter(inner, home, &path, left);
        }
        let any = || [path, &[Step::Any]].concat();
        for inner in ["items", "additionalProperties"]
            .iter()
            .filter_map(|word| node.get(*word))
        {
            self.enter(inner, home, &any(), left);
        }
        let branches = SAME_PLACE.iter().filter_map(|word| node.get(*word)?.as_array());
        for inner in branches.flatten() {
            self.enter(inner, home, path, left);
        }
        for inner in ["then", "else"].iter().filter_map(|word| node.get(*word)) {
            self.enter(inner, home, path, left);
        }
    }

    fn referred(&self, node: &Value, home: &'a Value) -> Option<(&'a Value, &'a Value)> {
        let (document, fragment) = node.get("$ref")?.as_str()?.split_once('#')?;
        let home = match document {
            "" => home,
            SHARED => self.shared,
            _ => return None,
        };
        Some((home.pointer(fragment)?, home))
    }
}

/// An object whose keys are language tags.
fn is_language_map(node: &Value) -> bool {
    let keys = node.pointer("/propertyNames/$ref").and_then(Value::as_str);
    keys.is_some_and(|keys| keys.strip_prefix(SHARED).unwrap_or(keys) == LANGUAGE)
}

fn dotted(path: &[Step]) -> String {
    let names = path.iter().filter_map(|step| match step {
        Step::Member(name) => Some(name.as_str()),
        Step::Any => None,
    });
    names.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shared() -> Value {
        json!({"$defs": {
            "language": {"type": "string"},
            "text": {"type": "object", "propertyNames": {"$ref": "#/$defs/language"}},
            "office": {"properties": {"name": {"$ref": "#/$defs/text"}}},
        }})
    }

    #[test]
    fn members_and_languages_are_found_through_arrays_branches_and_references() {
        let text = json!({"$ref": "urn:chapar:kind:common#/$defs/text"});
        let schema = json!({
            "properties": {
                "title": text,
                "id": {"type": "string"},
                "steps": {"type": "array", "items": {"properties": {"note": text}}},
                "open": {"additionalProperties": text},
                "office": {"$ref": "urn:chapar:kind:common#/$defs/office"},
                "part": {"$ref": "#/$defs/part"},
                "elsewhere": {"$ref": "urn:other#/$defs/text"},
            },
            "allOf": [{"properties": {"branch": text}}],
            "if": {"properties": {"not-a-member": {}}},
            "then": {"properties": {"then": text}},
            "$defs": {"part": {"properties": {"part": {"$ref": "#/$defs/part"}, "text": text}}},
        });
        let shape = Shape::of(&schema, &shared());
        for member in [
            "title",
            "steps.note",
            "office.name",
            "part.part.text",
            "branch",
            "then",
            "id",
        ] {
            assert!(shape.members().contains(member), "{member}");
        }
        assert!(!shape.members().contains("not-a-member"));
        let body = json!({
            "title": {"ru": "а", "no-tag!": "b"}, "id": {"en": "no text here"}, "steps": [{"note": {"zh": "a"}}, {"note": {"kk": "b"}}],
            "open": {"x": {"fa": "c"}}, "office": {"name": {"be": "d"}}, "part": {"part": {"text": {"uz-Cyrl": "e"}}},
            "branch": {"tg": "f"}, "then": {"ky": "g"}, "elsewhere": {"hi": "h"},
        });
        let found: Vec<String> = shape.languages(&body).iter().map(Lang::to_string).collect();
        assert_eq!(found, ["be", "fa", "kk", "ky", "ru", "tg", "uz-Cyrl", "zh"]);
        let body = json!({
            "title": {"ru": "а", "no-tag!": "b"}, "steps": [{"note": {"zh": ["a", "c", 1]}}], "id": {"en": "no text here"},
        });
        let texts: Vec<String> = shape
            .texts(&body)
            .iter()
            .map(|(language, text)| format!("{language} {text}"))
            .collect();
        assert_eq!(texts, ["zh a", "zh c", "ru а"]);
    }
}
