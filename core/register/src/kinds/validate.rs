//! A body against the schema of its kind, with advice that its author can follow.
//!
//! Refuses references out of the schemas that it is given: nothing is fetched, from no network and no file.

use crate::finding::{Finding, Pointer};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Registry, ValidationError, Validator};
use serde_json::Value;

/// The name of the shared definitions.
const SHARED: &str = "urn:chapar:kind:common";
/// Most findings told of one body: a person mends a few and asks again.
const FINDINGS: usize = 32;
/// Longest advice that the library words, in characters: it may quote a whole value.
const ADVICE_CHARACTERS: usize = 300;

/// Prepares a schema.
pub(super) fn validator(schema: &Value, shared: &Value) -> Result<Validator, String> {
    let registry = Registry::new()
        .add(SHARED, shared)
        .and_then(|registry| registry.prepare());
    let registry = registry.map_err(|error| error.to_string())?;
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        // Linear in the text, whatever the pattern: bodies come from strangers.
        .with_pattern_options(PatternOptions::regex())
        .with_registry(&registry)
        // Even where another crate of the build turns fetching on.
        .offline();
    options.build(schema).map_err(|error| error.to_string())
}

/// What is wrong with a body, sorted by place.
pub(super) fn check(validator: &Validator, body: &Value) -> Vec<Finding> {
    let errors = validator.iter_errors(body).take(FINDINGS);
    let mut found: Vec<Finding> = errors.flat_map(|error| findings(&error)).collect();
    found.sort();
    found.dedup();
    found
}

fn findings(error: &ValidationError<'_>) -> Vec<Finding> {
    let at = Pointer::of(error.instance_path().as_str());
    let said = |at: Pointer, advice: String| vec![Finding::new("schema", at, advice)];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .flat_map(|name| said(at.member(name), "the kind has no such member: remove it".to_owned()))
            .collect(),
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            said(at.member(name), "is missing: add it".to_owned())
        }
        kind => said(at, advice(kind).unwrap_or_else(|| cut(&error.to_string()))),
    }
}

/// What to do, where the library's own words would quote the whole value.
fn advice(kind: &ValidationErrorKind) -> Option<String> {
    Some(match kind {
        ValidationErrorKind::Enum { options } => format!("write one of {options}"),
        ValidationErrorKind::Constant { expected_value } => format!("write {expected_value}"),
        ValidationErrorKind::Format { format } => match format.as_str() {
            "date" => "write a date such as `2026-06-01`".to_owned(),
            "date-time" => "write a date and time with an offset such as `2026-06-01T09:30:00Z`".to_owned(),
            "uri" => "write a whole address or identifier such as `https://example.org/a`".to_owned(),
            other => format!("write it in the format `{other}`"),
        },
        ValidationErrorKind::Pattern { pattern } => format!("write it so that it matches `{pattern}`"),
        ValidationErrorKind::MaxLength { limit } => format!("shorten it to {limit} characters"),
        ValidationErrorKind::MinLength { limit } => format!("write at least {limit} characters"),
        ValidationErrorKind::MaxItems { limit } => format!("leave at most {limit} items"),
        ValidationErrorKind::MinItems { limit } => format!("give at least {limit} items"),
        ValidationErrorKind::MaxProperties { limit } => format!("leave at most {limit} members"),
        ValidationErrorKind::MinProperties { limit } => format!("give at least {limit} members"),
        ValidationErrorKind::Maximum { limit } => format!("write a number of at most {limit}"),
        ValidationErrorKind::Minimum { limit } => format!("write a number of at least {limit}"),
        ValidationErrorKind::UniqueItems => "name each item once".to_owned(),
        ValidationErrorKind::PropertyNames { error } => {
            format!("one of its names is not right: {}", cut(&error.to_string()))
        }
        _ => return None,
    })
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(ADVICE_CHARACTERS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(schema: Value, body: Value) -> String {
        let shared = json!({"$defs": {"day": {"type": "string", "format": "date"}}});
        let validator = validator(&schema, &shared).unwrap();
        check(&validator, &body).iter().map(|one| format!("{one}\n")).collect()
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

    #[test]
    fn nothing_is_fetched() {
        for reference in [
            "https://example.org/schema.json",
            "file:///etc/hostname",
            "urn:chapar:kind:common#/$defs/none",
        ] {
            assert!(
                validator(&json!({"$ref": reference}), &json!({})).is_err(),
                "{reference}"
            );
        }
    }
}
