//! Whether a thing of a connector and one of the node say the same, whoever wrote the JSON-LD.

use serde_json::{Map, Value, json};

/// Members that belong to the answer, or to who gave it, and not to the thing.
const OF_THE_ANSWER: [&str; 2] = ["@context", "createdAt"];
/// Where a policy stands in its definition.
const POLICY: &str = "policy";
/// What permits and what forbids, as version 3 writes it.
const RULES: [&str; 2] = ["odrl:permission", "odrl:prohibition"];

/// What an agreement cannot be another without: the rest is told by each side in its own words.
const OF_AN_AGREEMENT: [&str; 4] = ["assetId", "providerId", "consumerId", "contractSigningDate"];

/// Whether `theirs` and `ours`, both of `noun`, are the same thing.
pub fn same(noun: &str, theirs: &Value, ours: &Value) -> bool {
    if noun == super::AGREEMENTS {
        return OF_AN_AGREEMENT.iter().all(|name| theirs.get(*name) == ours.get(*name));
    }
    plain(theirs) == plain(ours)
}

/// The thing in one way of the many in which it can be written: a list of one is that one, an empty list is nothing, and numbers
/// are what they count.
fn plain(thing: &Value) -> Value {
    let mut plain = unwrapped(thing);
    if let Some(members) = plain.as_object_mut() {
        members.retain(|name, _| !OF_THE_ANSWER.contains(&name.as_str()));
        if let Some(policy) = members.get_mut(POLICY).and_then(Value::as_object_mut) {
            written_out(policy);
        }
    }
    plain
}

fn unwrapped(value: &Value) -> Value {
    match value {
        Value::Array(items) => match items.as_slice() {
            [only] => unwrapped(only),
            items => items.iter().map(unwrapped).collect(),
        },
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), unwrapped(value)));
            Value::Object(members.filter(|(_, value)| !is_nothing(value)).collect())
        }
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), |number| json!(number)),
        other => other.clone(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        value => value.is_null(),
    }
}

/// A connector gives a policy another name each time it shows it; and one that says nothing permits the use, which the node writes out.
fn written_out(policy: &mut Map<String, Value>) {
    policy.remove("@id");
    if !RULES.iter().any(|rules| policy.contains_key(*rules)) {
        policy.insert(
            "odrl:permission".to_owned(),
            json!({ "odrl:action": { "@id": "odrl:use" } }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_in_other_words() {
        let theirs = json!({
            "@id": "p", "createdAt": 1, "@context": {},
            "policy": { "@id": "random", "@type": "odrl:Set", "odrl:permission": [], "odrl:obligation": [] },
            "rank": 7.0, "list": ["x", "y"], "one": ["z"],
        });
        let ours = json!({
            "@id": "p", "createdAt": 2,
            "policy": { "@id": "ours", "@type": "odrl:Set", "odrl:permission": [{ "odrl:action": { "@id": "odrl:use" } }] },
            "rank": 7, "list": ["x", "y"], "one": "z",
        });
        assert!(same("policydefinitions", &theirs, &ours));
        for (member, other) in [
            ("rank", json!(8)),
            ("list", json!(["y", "x"])),
            ("one", json!(["z", "z"])),
        ] {
            let mut other_thing = ours.clone();
            other_thing[member] = other;
            assert!(!same("assets", &theirs, &other_thing), "{member}");
        }
        let mut stricter = ours.clone();
        stricter["policy"]["odrl:permission"] = json!({ "odrl:action": { "@id": "odrl:read" } });
        assert!(!same("policydefinitions", &theirs, &stricter));
    }
}
