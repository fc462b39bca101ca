//! The contexts that a body of ours names: always the protocol's, and that of EDC where a word of that family stands in the body,
//! for without it such a word means nothing to a peer that takes contexts at their word.
//!
//! Refuses to read the contexts of others: what a word means is for `policy`.

use crate::CONTEXT;
use serde_json::{Map, Value, json};

/// Gives the words that connectors of the EDC family add to the protocol's their meaning.
const EDC_CONTEXT: &str = "https://w3id.org/edc/dspace/v0.0.1";
/// How those words begin.
const EDC_PREFIX: &str = "edc:";
/// Those of them that a policy or a dataset has without the prefix.
const EDC_TERMS: [&str; 1] = ["inForceDate"];

/// Names the contexts of a whole body.
pub fn name_contexts(body: &mut Map<String, Value>) {
    if body.iter().any(|(name, value)| is_of_edc(name) || speaks_of_edc(value)) {
        body.insert("@context".to_owned(), json!([CONTEXT, EDC_CONTEXT]));
    }
}

/// Our own bodies nest as deep as a policy, whose depth was measured before it was taken.
fn speaks_of_edc(value: &Value) -> bool {
    match value {
        Value::String(text) => is_of_edc(text),
        Value::Array(items) => items.iter().any(speaks_of_edc),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| is_of_edc(name) || speaks_of_edc(value)),
        _ => false,
    }
}

fn is_of_edc(word: &str) -> bool {
    word.starts_with(EDC_PREFIX) || EDC_TERMS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contexts(body: Value) -> Value {
        let Value::Object(mut body) = body else {
            panic!("{body}")
        };
        body.insert("@context".to_owned(), json!([CONTEXT]));
        name_contexts(&mut body);
        body["@context"].clone()
    }

    #[test]
    fn the_second_context_comes_with_its_words_only() {
        let constraint =
            |left: &str| json!({ "offer": { "permission": [{ "constraint": [{ "leftOperand": left }] }] } });
        let both = json!([CONTEXT, EDC_CONTEXT]);
        for body in [
            constraint("edc:region"),
            constraint("inForceDate"),
            json!({ "dataset": { "edc:name": 1 } }),
        ] {
            assert_eq!(contexts(body.clone()), both, "{body}");
        }
        for body in [
            constraint("dateTime"),
            constraint("https://w3id.org/edc/v0.0.1/ns/region"),
            json!({ "a": "an edc: b" }),
        ] {
            assert_eq!(contexts(body.clone()), json!([CONTEXT]), "{body}");
        }
    }
}
