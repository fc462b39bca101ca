//! JSON Schema (2020-12) as the house asks for it: a schema made ready once, and what is wrong with a value, said so that its author can
//! follow.
//!
//! A crate by itself because the library is generic in what it reads: its validators are compiled into whoever uses them, which is here,
//! once, and not with every change of a crate that has rules of its own.
//!
//! Refuses references out of the schemas that it is given: nothing is fetched, from no network and no file.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Registry, ValidationError, Validator};
use serde_json::Value;

/// Longest advice that the library words, in characters: it may quote a whole value.
const ADVICE_CHARACTERS: usize = 300;

/// A schema, ready to be asked.
#[derive(Debug)]
pub struct Schema(Validator);

/// One thing that is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer (RFC 6901).
    pub at: String,
    /// Which member of what is there: one that is missing or too many.
    pub member: Option<String>,
    /// What to do.
    pub advice: String,
}

impl Schema {
    /// Makes a schema ready. It may refer to itself and to the others, by their names.
    ///
    /// # Errors
    /// It is no schema, or refers to what is not there.
    pub fn new(schema: &Value, others: &[(&str, &Value)]) -> Result<Self, String> {
        let mut registry = Registry::new();
        for (name, other) in others {
            registry = registry.add(*name, *other).map_err(|error| error.to_string())?;
        }
        let registry = registry.prepare().map_err(|error| error.to_string())?;
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            // Linear in the text, whatever the pattern: values come from strangers.
            .with_pattern_options(PatternOptions::regex())
            .with_registry(&registry)
            // Even where another crate of the build turns fetching on.
            .offline();
        options.build(schema).map(Self).map_err(|error| error.to_string())
    }

    /// What is wrong with a value: the faults of its first `most` errors, in the order of the library.
    pub fn faults(&self, value: &Value, most: usize) -> Vec<Fault> {
        // Most values are right, and that is told much sooner than what is wrong.
        if self.0.is_valid(value) {
            return Vec::new();
        }
        let errors = self.0.iter_errors(value).take(most);
        errors.flat_map(|error| faults(&error)).collect()
    }
}

fn faults(error: &ValidationError<'_>) -> Vec<Fault> {
    let said = |member: Option<&str>, advice: String| Fault {
        at: error.instance_path().as_str().to_owned(),
        member: member.map(str::to_owned),
        advice,
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|name| said(Some(name), "the kind has no such member: remove it".to_owned()))
            .collect(),
        ValidationErrorKind::Required { property } => {
            vec![said(property.as_str(), "is missing: add it".to_owned())]
        }
        kind => vec![said(None, advice(kind).unwrap_or_else(|| cut(&error.to_string())))],
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

    #[test]
    fn nothing_is_fetched() {
        for reference in [
            "https://example.org/schema.json",
            "file:///etc/hostname",
            "urn:chapar:kind:common#/$defs/none",
        ] {
            let schema = json!({"$ref": reference});
            assert!(
                Schema::new(&schema, &[("urn:chapar:kind:common", &json!({}))]).is_err(),
                "{reference}"
            );
        }
    }

    #[test]
    fn as_many_faults_as_asked_for() {
        let schema = Schema::new(&json!({"items": {"type": "string"}}), &[]).unwrap();
        let found = schema.faults(&json!([1, "a", 2, 3]), 2);
        assert_eq!(
            found.iter().map(|fault| fault.at.as_str()).collect::<Vec<_>>(),
            ["/0", "/2"]
        );
    }
}
