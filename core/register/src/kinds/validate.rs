//! A body against the schema of its kind, with advice that its author can follow.

use crate::finding::{Finding, Pointer};
use chapar_schema::{Fault, Schema};
use serde_json::Value;

/// The name of the shared definitions.
const SHARED: &str = "urn:chapar:kind:common";
/// Most findings told of one body: a person mends a few and asks again.
const FINDINGS: usize = 32;

/// Makes a schema ready.
pub(super) fn ready(schema: &Value, shared: &Value) -> Result<Schema, String> {
    Schema::new(schema, &[(SHARED, shared)])
}

/// What is wrong with a body, sorted by place.
pub(super) fn check(schema: &Schema, body: &Value) -> Vec<Finding> {
    let faults = schema.faults(body, FINDINGS);
    let mut found: Vec<Finding> = faults.into_iter().map(finding).collect();
    found.sort();
    found.dedup();
    found
}

fn finding(fault: Fault) -> Finding {
    let at = Pointer::of(&fault.at);
    let at = match &fault.member {
        Some(name) => at.member(name),
        None => at,
    };
    Finding::new("schema", at, fault.advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(schema: Value, body: Value) -> String {
        let shared = json!({"$defs": {"day": {"type": "string", "format": "date"}}});
        let schema = ready(&schema, &shared).unwrap();
        check(&schema, &body).iter().map(|one| format!("{one}\n")).collect()
    }

    #[test]
    fn findings_name_the_place_and_say_what_to_do() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["a", "b/c"],
            "properties": {
                "a": {"$ref": "urn:chapar:kind:common#/$defs/day"}, "b/c": {}, "when": {"format": "date-time"},
                "page": {"format": "uri"}, "one": {"enum": ["x", "y"]}, "short": {"maxLength": 2}, "many": {"items": {"minimum": 3}},
            },
        });
        let body = json!({"a": "1 June", "z": 1, "when": "2026-06-01", "page": "example.org", "one": "z", "short": "абв", "many": [4, 1]});
        let expected = "`/a`: write a date such as `2026-06-01`\n\
            `/b~1c`: is missing: add it\n\
            `/many/1`: write a number of at least 3\n\
            `/one`: write one of [\"x\",\"y\"]\n\
            `/page`: write a whole address or identifier such as `https://example.org/a`\n\
            `/short`: shorten it to 2 characters\n\
            `/when`: write a date and time with an offset such as `2026-06-01T09:30:00Z`\n\
            `/z`: the kind has no such member: remove it\n";
        assert_eq!(found(schema.clone(), body), expected);
        assert_eq!(found(schema, json!({"a": "2026-06-01", "b/c": 1})), "");
    }
}
