//! Policies between JSON-LD and the protocol: any expanded form of ODRL becomes the members that DSP writes (`permission`,
//! `action`, `leftOperand`, ... unprefixed, terms as plain words), and those become expanded nodes again.
//!
//! Refuses to judge what a policy means (`chapar_policy`, behind the desk) and to drop what it does not know: such members go along
//! under their full names.

use crate::node::text_of;
use crate::problem::{Detail, Problem};
use crate::version::{EDC, ODRL, Version};
use chapar_jsonld::{compact, expand};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// ODRL's own context, mended: it spells `neq` wrong, and hides `@id` and `@type` behind words of its own.
static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        "http://www.w3.org/ns/odrl.jsonld",
        {
            "uid": null,
            "type": null,
            "neq": "odrl:neq",
            "term-lteq": "odrl:term-lteq",
            "Set": "odrl:Set",
        },
    ])
});

/// Members that hold rules.
const RULES: [&str; 4] = ["permission", "prohibition", "obligation", "duty"];
/// Members that join constraints.
const LOGIC: [&str; 4] = ["and", "andSequence", "or", "xone"];
/// Members that hold one word.
const WORDS: [&str; 3] = ["action", "leftOperand", "operator"];
/// Members that name somebody or something.
const NAMES: [&str; 3] = ["target", "assigner", "assignee"];

/// The members of the policy at `path`, which must be of one of ODRL's types.
pub fn read(node: &Map<String, Value>, kind: &str, path: &str) -> Result<Map<String, Value>, Detail> {
    let kinds = node.get("@type").cloned().unwrap_or_else(|| json!([]));
    let wanted = format!("{ODRL}{kind}");
    if !kinds
        .as_array()
        .is_some_and(|kinds| kinds.iter().any(|one| *one == wanted.as_str()))
    {
        let path = format!("{path}/@type");
        let why = format!("{path} was expected to be {wanted} but it was not");
        return Err(Detail::at(path, why).showing(&kinds));
    }
    let mut members = Reader { path }.object(node)?;
    members.insert("@type".to_owned(), json!(kind));
    Ok(members)
}

/// Whether any rule permits or forbids something.
pub fn has_rules(members: &Map<String, Value>) -> bool {
    let filled = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_array)
            .is_some_and(|rules| !rules.is_empty())
    };
    filled("permission") || filled("prohibition")
}

/// In EDC a policy that neither permits nor forbids anything lets everybody do everything; here nothing said is nothing
/// permitted, and an offer must say something. So it says what EDC means.
pub fn permit_where_nothing_is_said(members: &mut Map<String, Value>) {
    if !has_rules(members) {
        members.insert("permission".to_owned(), json!([{ "action": "use" }]));
    }
}

struct Reader<'a> {
    path: &'a str,
}

impl Reader<'_> {
    /// A policy, a rule or a constraint.
    fn object(&self, node: &Map<String, Value>) -> Result<Map<String, Value>, Detail> {
        let mut members = Map::new();
        let mut rest = Map::new();
        for (name, value) in node {
            match name.strip_prefix(ODRL) {
                Some(word) if RULES.contains(&word) || LOGIC.contains(&word) || word == "constraint" => {
                    members.insert(word.to_owned(), self.objects(word, value)?);
                }
                Some(word) if WORDS.contains(&word) => {
                    members.insert(word.to_owned(), self.word(word, value)?);
                }
                Some(word) if NAMES.contains(&word) => {
                    members.insert(word.to_owned(), self.name(word, value)?);
                }
                Some("rightOperand") => {
                    members.insert("rightOperand".to_owned(), self.right_operand(value)?);
                }
                Some("profile") => {
                    let names: Vec<_> = values(value).iter().filter_map(text_of).collect();
                    members.insert("profile".to_owned(), json!(names));
                }
                None if name == "@id" => {
                    members.insert(name.clone(), value.clone());
                }
                None if name == "@type" => {}
                _ => {
                    rest.insert(name.clone(), value.clone());
                }
            }
        }
        members.extend(self.unknown(rest)?);
        // Empty lists say nothing, and the protocol's schema knows none.
        members.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
        Ok(members)
    }

    fn objects(&self, word: &str, value: &Value) -> Result<Value, Detail> {
        let object = |item: &Value| match item {
            Value::Object(node) if !node.contains_key("@value") => self.object(node).map(Value::Object),
            other => Err(self.unfit(word, other, "must be an object")),
        };
        values(value).iter().map(object).collect()
    }

    /// A word of a vocabulary: ODRL's without their namespace, others whole.
    fn word(&self, word: &str, value: &Value) -> Result<Value, Detail> {
        let [only] = values(value) else {
            return Err(self.unfit(word, value, "must be one value"));
        };
        // Old clients write an action as a node with a type.
        let typed = only
            .get(format!("{ODRL}type"))
            .or_else(|| only.get(format!("{EDC}type")));
        let text = text_of(only).or_else(|| values(typed?).first().and_then(text_of));
        let text = text.ok_or_else(|| self.unfit(word, only, "must be a word"))?;
        let plain = text
            .strip_prefix(ODRL)
            .or_else(|| text.strip_prefix("odrl:"))
            .unwrap_or(text);
        Ok(json!(match (word, plain) {
            // ODRL's published context spells it so.
            ("operator", "neg") => "neq",
            // An operator that the vocabulary in force does not know was taken for a term of EDC's.
            ("operator", other) => other.strip_prefix(EDC).unwrap_or(other),
            ("action", "USE") => "use",
            (_, other) => other,
        }))
    }

    fn name(&self, word: &str, value: &Value) -> Result<Value, Detail> {
        match values(value) {
            [only] => text_of(only)
                .map(|name| json!(name))
                .ok_or_else(|| self.unfit(word, only, "must be an identifier")),
            _ => Err(self.unfit(word, value, "must be one identifier")),
        }
    }

    /// The protocol's schema takes a text, an object or an array here, and no number.
    fn right_operand(&self, value: &Value) -> Result<Value, Detail> {
        let plain = |item: &Value| match item.as_object() {
            Some(members) if members.len() == 1 => members.get("@value").cloned().unwrap_or_else(|| item.clone()),
            _ => match (item.get("@value"), item.get("@type")) {
                (Some(text), Some(kind)) if *kind == "http://www.w3.org/2001/XMLSchema#string" => text.clone(),
                _ => item.clone(),
            },
        };
        match values(value) {
            [] => Err(self.unfit("rightOperand", value, "must have a value")),
            [only] => Ok(match plain(only) {
                number @ (Value::Number(_) | Value::Bool(_)) => json!({ "@value": number }),
                other => other,
            }),
            several => Ok(several.iter().map(plain).collect()),
        }
    }

    /// Members that are none of those above, as ODRL's context writes them.
    fn unknown(&self, rest: Map<String, Value>) -> Result<Map<String, Value>, Detail> {
        if rest.is_empty() {
            return Ok(rest);
        }
        let compacted = compact(&json!([rest]), &CONTEXT);
        match compacted.map_err(|malformed| Detail::at(self.path, malformed.why))? {
            Value::Object(mut members) => {
                members.remove("@context");
                Ok(members)
            }
            _ => Ok(Map::new()),
        }
    }

    fn unfit(&self, word: &str, value: &Value, why: &str) -> Detail {
        let path = format!("{}/{ODRL}{word}", self.path);
        let why = format!("{path} {why}");
        Detail::at(path, why).showing(value)
    }
}

/// The values of an expanded member; those of a list where the value is one.
fn values(value: &Value) -> &[Value] {
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    match values {
        [only] => only
            .get("@list")
            .and_then(Value::as_array)
            .map_or(values, Vec::as_slice),
        _ => values,
    }
}

/// A policy as an expanded node. Version 3 says of each kind of rule that there is none.
pub fn expanded(members: &Map<String, Value>, version: Version) -> Result<Value, Problem> {
    let mut document = members.clone();
    document.insert("@context".to_owned(), CONTEXT.clone());
    let expanded = expand(&Value::Object(document)).map_err(|malformed| Problem::internal(&malformed.why))?;
    let Some(Value::Object(mut node)) = expanded.into_iter().next() else {
        return Err(Problem::internal(&"a policy expanded to nothing"));
    };
    if version == Version::V3 {
        for name in ["permission", "prohibition", "obligation"] {
            node.entry(format!("{ODRL}{name}")).or_insert_with(|| json!([]));
        }
    }
    Ok(Value::Object(node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::with_vocabulary;

    /// The policy of a version 3 document.
    fn taken(policy: Value, kind: &str) -> Result<Value, Detail> {
        let expanded = expand(&with_vocabulary(policy)).unwrap();
        read(expanded[0].as_object().unwrap(), kind, "policy").map(Value::Object)
    }

    fn rule(constraint: Value) -> Value {
        json!({ "@type": "Set", "permission": [{ "action": "use", "constraint": [constraint] }] })
    }

    #[test]
    fn every_spelling_comes_to_the_same() {
        let constraint = json!({ "leftOperand": "dateTime", "operator": "neq", "rightOperand": "x" });
        let plain = rule(constraint);
        let with_context = |context: Value, mut policy: Value| {
            policy["@context"] = context;
            policy
        };
        let prefixed = json!({
            "@type": "odrl:Set",
            "odrl:permission": {
                "odrl:action": { "@id": "odrl:use" },
                "odrl:constraint": {
                    "odrl:leftOperand": { "@id": "odrl:dateTime" },
                    "odrl:operator": { "@id": "odrl:neq" },
                    "odrl:rightOperand": { "@value": "x", "@type": "http://www.w3.org/2001/XMLSchema#string" },
                },
            },
        });
        let old = json!({
            "@type": "odrl:Set",
            "odrl:permission": [{
                "odrl:action": { "odrl:type": "USE" },
                "odrl:constraint": [{
                    "odrl:leftOperand": "odrl:dateTime", "odrl:operator": "odrl:neq", "odrl:rightOperand": "x",
                }],
            }],
            "odrl:prohibition": [],
        });
        for given in [
            with_context(json!("http://www.w3.org/ns/odrl.jsonld"), plain.clone()),
            prefixed,
            old,
        ] {
            assert_eq!(taken(given.clone(), "Set").unwrap(), plain, "{given}");
        }
    }

    #[test]
    fn logic_numbers_and_unknown_members_survive() {
        let atom =
            |right: Value| json!({ "leftOperand": "https://example.org/n", "operator": "eq", "rightOperand": right });
        let mut policy = rule(json!({ "or": [atom(json!(5)), atom(json!(["a", "b"]))] }));
        policy["@context"] = json!("http://www.w3.org/ns/odrl.jsonld");
        policy["https://example.org/extra"] = json!({ "https://example.org/deep": true });
        let read = taken(policy, "Set").unwrap();
        let parts = &read["permission"][0]["constraint"][0]["or"];
        assert_eq!(parts[0], atom(json!({ "@value": 5 })));
        assert_eq!(parts[1], atom(json!(["a", "b"])));
        assert_eq!(read["https://example.org/extra"]["https://example.org/deep"], true);
        let again = expanded(read.as_object().unwrap(), Version::V4).unwrap();
        assert_eq!(
            super::read(again.as_object().unwrap(), "Set", "").map(Value::Object),
            Ok(read)
        );
    }

    #[test]
    fn what_is_no_policy_is_told_where() {
        let wrong = |policy: Value| taken(policy, "Set").unwrap_err();
        let context = json!("http://www.w3.org/ns/odrl.jsonld");
        let of_type = |kind: &str| json!({ "@context": context, "@type": kind, "permission": [] });
        assert_eq!(wrong(of_type("Offer")).path.as_deref(), Some("policy/@type"));
        let mut text = of_type("Set");
        text["permission"] = json!([{ "action": "use", "constraint": { "@value": "x" } }]);
        let path = format!("policy/{ODRL}constraint");
        assert_eq!(wrong(text).path.as_deref(), Some(path.as_str()));
    }

    #[test]
    fn nothing_said_permits_as_in_edc() {
        let mut members = Map::new();
        permit_where_nothing_is_said(&mut members);
        assert_eq!(Value::Object(members), json!({ "permission": [{ "action": "use" }] }));
        let forbids = json!({ "prohibition": [{ "action": "use" }] });
        let mut members = forbids.as_object().unwrap().clone();
        permit_where_nothing_is_said(&mut members);
        assert_eq!(Value::Object(members), forbids);
    }
}
