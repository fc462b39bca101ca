//! Value expansion (section 5.3 of the algorithms): a string, a number or a boolean as its term says it is meant.

use crate::context::{Against, Context};
use crate::node::{self, Members};
use serde_json::Value;

/// The expanded form of a scalar that is the value of `property`.
pub(super) fn expand(active: &Context, property: &str, scalar: &Value) -> Value {
    let term = active.term(property);
    let coercion = term.and_then(|term| term.coercion.as_deref());
    let against = match coercion {
        Some("@id") => Some(Against::Document),
        Some("@vocab") => Some(Against::VocabOrDocument),
        _ => None,
    };
    if let (Some(against), Some(name)) = (against, scalar.as_str()) {
        let full = active.expand(name, against).map(|full| full.into_owned());
        return node::one("@id", full.into());
    }
    let mut result = Members::new();
    result.insert("@value".to_owned(), scalar.clone());
    if let Some(kind) = coercion.filter(|kind| !matches!(*kind, "@id" | "@vocab" | "@none")) {
        result.insert("@type".to_owned(), kind.into());
    } else if scalar.is_string() {
        let language = match term {
            Some(term) => term.language.or(active.language.as_ref()),
            None => active.language.clone(),
        };
        if let Some(language) = language {
            result.insert("@language".to_owned(), (*language).into());
        }
        let direction = match term {
            Some(term) => term.direction.or(active.direction.as_ref()),
            None => active.direction,
        };
        if let Some(direction) = direction {
            result.insert("@direction".to_owned(), direction.name().into());
        }
    }
    Value::Object(result)
}

/// A JSON literal.
pub(super) fn json(literal: &Value) -> Value {
    let mut result = Members::new();
    result.insert("@value".to_owned(), literal.clone());
    result.insert("@type".to_owned(), "@json".into());
    Value::Object(result)
}
