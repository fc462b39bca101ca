//! Reading of expanded JSON-LD: the members of a node by name, each as what it is to be. Everything that does not fit is noted
//! where it was met, so that an asker hears of all of it at once.

use crate::problem::{Detail, Problem};
use crate::version::EDC;
use chapar_terms::Invalid;
use serde_json::{Map, Value};
use std::cell::RefCell;

/// What did not fit so far.
#[derive(Debug, Default)]
pub struct Faults(RefCell<Vec<Detail>>);

impl Faults {
    /// Notes one more.
    pub fn note(&self, detail: Detail) {
        self.0.borrow_mut().push(detail);
    }

    /// What is answered, if anything did not fit.
    pub fn into_problem(self) -> Option<Problem> {
        let details = self.0.into_inner();
        (!details.is_empty()).then(|| Problem::invalid(details))
    }
}

/// An expanded node. Members without a namespace are EDC's.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    members: &'a Map<String, Value>,
    faults: &'a Faults,
}

impl<'a> Node<'a> {
    /// The node with these members.
    pub fn new(members: &'a Map<String, Value>, faults: &'a Faults) -> Self {
        Self { members, faults }
    }

    /// All members as they are.
    pub fn members(self) -> &'a Map<String, Value> {
        self.members
    }

    /// Notes what is wrong with the member `name`.
    pub fn refuse(self, name: &str, why: impl Into<String>) {
        self.faults.note(Detail::at(iri(name), why));
    }

    /// Notes what is wrong.
    pub fn note(self, detail: Detail) {
        self.faults.note(detail);
    }

    /// Reads an identifier out of the member `name`, whose text is given.
    pub fn parsed<T>(self, name: &str, text: &str, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Option<T> {
        match parse(text) {
            Ok(parsed) => Some(parsed),
            Err(invalid) => {
                self.refuse(name, invalid.to_string());
                None
            }
        }
    }

    /// Its `@id`, if it has one.
    pub fn id(self) -> Option<&'a str> {
        let id = self.members.get("@id")?.as_str()?;
        if id.trim().is_empty() {
            self.faults.note(Detail::at("@id", "id cannot be blank"));
            return None;
        }
        Some(id)
    }

    /// Its `@id`, which must be there.
    pub fn needed_id(self) -> Option<&'a str> {
        if !self.members.contains_key("@id") {
            self.faults.note(Detail::at("@id", "mandatory `@id` is missing"));
        }
        self.id()
    }

    /// The values of a member; those of a list where the value is one.
    pub fn values(self, name: &str) -> &'a [Value] {
        let values = self.members.get(&iri(name)).and_then(Value::as_array);
        let values = values.map(Vec::as_slice).unwrap_or_default();
        match values {
            [only] => match only.get("@list").and_then(Value::as_array) {
                Some(list) => list,
                None => values,
            },
            _ => values,
        }
    }

    /// Whether the member is there, even if empty.
    pub fn has(self, name: &str) -> bool {
        self.members.contains_key(&iri(name))
    }

    /// A text. One that is blank is as good as none.
    pub fn text(self, name: &str) -> Option<String> {
        let value = self.one(name)?;
        match text_of(value) {
            Some(text) if text.trim().is_empty() => None,
            Some(text) => Some(text.to_owned()),
            None => self.unfit(name, value, "must be a text"),
        }
    }

    /// A text that must be there.
    pub fn needed_text(self, name: &str) -> Option<String> {
        let before = self.faults.0.borrow().len();
        let text = self.text(name);
        if text.is_none() && self.faults.0.borrow().len() == before {
            let name = iri(name);
            let why = format!("mandatory value '{name}' is missing or it is blank");
            self.faults.note(Detail::at(name, why));
        }
        text
    }

    /// Texts; a single one is a list of one.
    pub fn texts(self, name: &str) -> Vec<String> {
        let values = self.values(name).iter();
        values
            .filter_map(|value| match text_of(value) {
                Some(text) => Some(text.to_owned()),
                None => self.unfit(name, value, "must be a text"),
            })
            .collect()
    }

    /// True or false.
    pub fn flag(self, name: &str) -> Option<bool> {
        let value = self.one(name)?;
        match value.get("@value") {
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::String(text)) if text == "true" => Some(true),
            Some(Value::String(text)) if text == "false" => Some(false),
            _ => self.unfit(name, value, "must be true or false"),
        }
    }

    /// A node.
    pub fn node(self, name: &str) -> Option<Self> {
        let value = self.one(name)?;
        match value {
            Value::Object(members) if !members.contains_key("@value") => Some(Self { members, ..self }),
            _ => self.unfit(name, value, "must be an object"),
        }
    }

    /// A node that must be there.
    pub fn needed_node(self, name: &str) -> Option<Self> {
        if self.values(name).is_empty() {
            let name = iri(name);
            let why = format!("mandatory object '{name}' is missing");
            self.faults.note(Detail::at(name, why));
            return None;
        }
        self.node(name)
    }

    /// Nodes; a single one is a list of one.
    pub fn nodes(self, name: &str) -> Vec<Self> {
        let values = self.values(name).iter();
        values
            .filter_map(|value| match value {
                Value::Object(members) if !members.contains_key("@value") => Some(Self { members, ..self }),
                _ => self.unfit(name, value, "must be an object"),
            })
            .collect()
    }

    /// The only value of a member; several are noted.
    fn one(self, name: &str) -> Option<&'a Value> {
        match self.values(name) {
            [] => None,
            [only] => Some(only),
            [first, ..] => self.unfit(name, first, "must be one value"),
        }
    }

    fn unfit<T>(self, name: &str, value: &Value, why: &str) -> Option<T> {
        let name = iri(name);
        let why = format!("'{name}' {why}");
        self.faults.note(Detail::at(name, why).showing(value));
        None
    }
}

/// The full name of a member.
fn iri(name: &str) -> String {
    if name.contains(':') || name.starts_with('@') {
        name.to_owned()
    } else {
        format!("{EDC}{name}")
    }
}

/// A text, whether it came as a value or as a reference.
pub fn text_of(value: &Value) -> Option<&str> {
    value.get("@value").or_else(|| value.get("@id"))?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read<T>(document: Value, read: impl FnOnce(Node<'_>) -> T) -> (T, Vec<Detail>) {
        let faults = Faults::default();
        let read = read(Node::new(document.as_object().unwrap(), &faults));
        (read, faults.0.into_inner())
    }

    fn member(value: Value) -> Value {
        json!({ "https://w3id.org/edc/v0.0.1/ns/x": value })
    }

    #[test]
    fn members_are_read_in_every_expanded_form() {
        let text = |value| read(member(value), |node| node.text("x")).0;
        assert_eq!(text(json!([{ "@value": "a" }])).as_deref(), Some("a"));
        assert_eq!(text(json!([{ "@id": "a" }])).as_deref(), Some("a"));
        assert_eq!(text(json!([{ "@list": [{ "@value": "a" }] }])).as_deref(), Some("a"));
        assert_eq!(text(json!([{ "@value": " " }])), None);
        assert_eq!(text(json!([])), None);
        let flag = |value| read(member(json!([{ "@value": value }])), |node| node.flag("x")).0;
        assert_eq!(
            (flag(json!(true)), flag(json!("false")), flag(json!("yes"))),
            (Some(true), Some(false), None)
        );
        let texts = read(member(json!([{ "@value": "a" }, { "@id": "b" }])), |node| {
            node.texts("x")
        })
        .0;
        assert_eq!(texts, ["a", "b"]);
    }

    #[test]
    fn what_does_not_fit_is_noted_once() {
        for (value, wanted) in [
            (json!([{ "@value": 1 }]), "must be a text"),
            (json!([{ "@value": "a" }, { "@value": "b" }]), "must be one value"),
            (json!([]), "is missing or it is blank"),
            (json!([{ "@value": "" }]), "is missing or it is blank"),
        ] {
            let (text, noted) = read(member(value.clone()), |node| node.needed_text("x"));
            assert_eq!((text, noted.len()), (None, 1), "{value}");
            assert!(noted[0].message.contains(wanted), "{noted:?}");
            assert_eq!(noted[0].path.as_deref(), Some("https://w3id.org/edc/v0.0.1/ns/x"));
        }
        let (node, noted) = read(member(json!([{ "@value": 1 }])), |node| node.needed_node("x").is_some());
        assert_eq!((node, noted.len()), (false, 1));
        let (id, noted) = read(json!({ "@id": "" }), |node| node.needed_id().is_some());
        assert_eq!((id, noted.len()), (false, 1));
    }
}
