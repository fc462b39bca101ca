//! Requests of version 4 against the published JSON schemas (`spec/v4`), before anything is made of them.
//!
//! Knows the keywords that those schemas use and no others; a test compares its verdicts with those of a full implementation.
//! Bodies come here measured, so recursion is bounded by their depth.

use crate::problem::Detail;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../spec/v4/", $name)))),+]
    };
}

/// Every schema that a request is checked against, and those that they refer to.
const FILES: [(&str, &str); 18] = files![
    "asset-schema.json",
    "callback-address-schema.json",
    "catalog-request-schema.json",
    "context-schema.json",
    "contract-definition-schema.json",
    "contract-offer-schema.json",
    "contract-request-schema.json",
    "contract-terminate-schema.json",
    "dataplane-metadata-schema.json",
    "dataset-request-schema.json",
    "participant-context-schema.json",
    "policy-definition-schema.json",
    "policy-evaluation-plan-request-schema.json",
    "query-spec-schema.json",
    "secret-schema.json",
    "transfer-request-schema.json",
    "transfer-suspend-schema.json",
    "transfer-terminate-schema.json",
];

/// Schemas of answers, which are only described.
const ANSWERS: [(&str, &str); 7] = files![
    "contract-agreement-schema.json",
    "contract-negotiation-schema.json",
    "dataplane-instance-schema.json",
    "id-response-schema.json",
    "policy-evaluation-plan-schema.json",
    "policy-validation-result-schema.json",
    "transfer-process-schema.json",
];

static SCHEMAS: LazyLock<BTreeMap<&'static str, Value>> = LazyLock::new(|| {
    let own = FILES.into_iter();
    let all = own.chain([("contract-schema.json", chapar_dsp::CONTRACT_SCHEMA)]);
    // A file that is no JSON is no schema, and a test says so.
    all.filter_map(|(name, text)| Some((name, serde_json::from_str(text).ok()?)))
        .collect()
});

/// Every published schema that this door has a use for, by its file.
pub fn published() -> impl Iterator<Item = (&'static str, Value)> {
    let answers = ANSWERS
        .into_iter()
        .filter_map(|(name, text)| Some((name, serde_json::from_str(text).ok()?)));
    SCHEMAS
        .iter()
        .map(|(name, schema)| (*name, schema.clone()))
        .chain(answers)
}

/// What is wrong with `body` by the schema in the file `name`.
pub fn check(name: &str, body: &Value) -> Vec<Detail> {
    let mut found = Vec::new();
    match SCHEMAS.get(name) {
        Some(schema) => check_at(Place { root: schema, schema }, body, "", &mut found),
        None => found.push(Detail::new(format!("there is no schema `{name}`"))),
    }
    found
}

/// A schema, and the document that its references are relative to.
#[derive(Clone, Copy)]
struct Place<'a> {
    root: &'a Value,
    schema: &'a Value,
}

impl<'a> Place<'a> {
    fn with(self, schema: &'a Value) -> Self {
        Self { schema, ..self }
    }

    fn keyword(self, name: &str) -> Option<&'a Value> {
        self.schema.get(name)
    }

    fn list(self, name: &str) -> impl Iterator<Item = Self> {
        let schemas = self.keyword(name).and_then(Value::as_array);
        schemas.into_iter().flatten().map(move |schema| self.with(schema))
    }

    fn admits(self, value: &Value) -> bool {
        let mut found = Vec::new();
        check_at(self, value, "", &mut found);
        found.is_empty()
    }

    /// What `$ref` points to: `[<address>/<file>][#<pointer>]`.
    fn referred(self) -> Option<Option<Place<'a>>> {
        let target = self.keyword("$ref")?.as_str()?;
        let (address, pointer) = target.split_once('#').unwrap_or((target, ""));
        let root = match address.rsplit('/').next() {
            None | Some("") => Some(self.root),
            Some(file) => SCHEMAS.get(file),
        };
        Some(root.and_then(|root| {
            let schema = root.pointer(pointer)?;
            Some(Place { root, schema })
        }))
    }
}

fn check_at(place: Place<'_>, value: &Value, at: &str, found: &mut Vec<Detail>) {
    match place.referred() {
        Some(Some(referred)) => check_at(referred, value, at, found),
        Some(None) => found.push(Detail::at(at, "the schema refers to nothing")),
        None => {}
    }
    check_kind(place, value, at, found);
    if let Value::Object(members) = value {
        check_members(place, members, at, found);
    }
    if let Value::Array(items) = value {
        check_items(place, items, at, found);
    }
    check_joined(place, value, at, found);
}

/// `type`, `const`, `enum`, `minimum`.
fn check_kind(place: Place<'_>, value: &Value, at: &str, found: &mut Vec<Detail>) {
    let mut wrong = |why: String| found.push(Detail::at(at, why).showing(value));
    if let Some(kinds) = place.keyword("type") {
        let kinds: Vec<&str> = match kinds {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        if !kinds.iter().any(|kind| is_kind(kind, value)) {
            wrong(format!("must be of type {}", kinds.join(" or ")));
            return;
        }
    }
    if let Some(only) = place.keyword("const").filter(|only| *only != value) {
        wrong(format!("must be {only}"));
    }
    if let Some(Value::Array(allowed)) = place.keyword("enum").filter(|allowed| !holds(allowed, value)) {
        let allowed: Vec<String> = allowed.iter().map(Value::to_string).collect();
        wrong(format!("must be one of {}", allowed.join(", ")));
    }
    let least = place.keyword("minimum").and_then(Value::as_f64);
    if let (Some(least), Some(number)) = (least, value.as_f64())
        && number < least
    {
        wrong(format!("must be at least {least}"));
    }
}

fn holds(list: &Value, value: &Value) -> bool {
    list.as_array().is_some_and(|list| list.contains(value))
}

fn is_kind(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|float| float.fract() == 0.0),
        _ => false,
    }
}

/// `required`, `properties`.
fn check_members(place: Place<'_>, members: &Map<String, Value>, at: &str, found: &mut Vec<Detail>) {
    let required = place.keyword("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            found.push(Detail::at(
                format!("{at}/{name}"),
                format!("mandatory member `{name}` is missing"),
            ));
        }
    }
    let known = place.keyword("properties").and_then(Value::as_object);
    for (name, schema) in known.into_iter().flatten() {
        if let Some(value) = members.get(name) {
            check_at(place.with(schema), value, &format!("{at}/{name}"), found);
        }
    }
}

/// `items`, `minItems`, `contains`.
fn check_items(place: Place<'_>, items: &[Value], at: &str, found: &mut Vec<Detail>) {
    if let Some(schema) = place.keyword("items") {
        for (index, item) in items.iter().enumerate() {
            check_at(place.with(schema), item, &format!("{at}/{index}"), found);
        }
    }
    let least = place.keyword("minItems").and_then(Value::as_u64);
    if least.is_some_and(|least| (items.len() as u64) < least) {
        found.push(Detail::at(at, "must not be empty"));
    }
    if let Some(schema) = place.keyword("contains")
        && !items.iter().any(|item| place.with(schema).admits(item))
    {
        let wanted = schema.get("const").unwrap_or(schema);
        found.push(Detail::at(at, format!("must contain {wanted}")));
    }
}

/// `allOf`, `anyOf`, `oneOf`, `not`.
fn check_joined(place: Place<'_>, value: &Value, at: &str, found: &mut Vec<Detail>) {
    for part in place.list("allOf") {
        check_at(part, value, at, found);
    }
    if place.keyword("anyOf").is_some() && !place.list("anyOf").any(|part| part.admits(value)) {
        found.push(Detail::at(at, format!("needs {}", alternatives(place, "anyOf"))));
    }
    if place.keyword("oneOf").is_some() && place.list("oneOf").filter(|part| part.admits(value)).count() != 1 {
        found.push(Detail::at(
            at,
            format!("needs exactly one of {}", alternatives(place, "oneOf")),
        ));
    }
    if let Some(schema) = place.keyword("not")
        && place.with(schema).admits(value)
    {
        found.push(Detail::at(at, "has a member that must not stand there"));
    }
}

/// The alternatives in words: the members that each of them asks for, or what it refers to.
fn alternatives(place: Place<'_>, name: &str) -> String {
    let word = |part: Place<'_>| {
        let members = part.keyword("required").and_then(Value::as_array);
        let members = members.map(|members| {
            members
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(" and ")
        });
        let target = || part.keyword("$ref")?.as_str()?.rsplit('/').next();
        members
            .or_else(|| target().map(str::to_owned))
            .or_else(|| part.keyword("type")?.as_str().map(str::to_owned))
            .unwrap_or_else(|| "another form".to_owned())
    };
    place.list(name).map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
