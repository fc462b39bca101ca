//! What an expanded object has to be in the end (steps 15 to 19 of expansion).

use crate::iri;
use crate::malformed::Malformed;
use crate::node::Members;
use serde_json::Value;

/// What a value object may hold.
const OF_VALUE: [&str; 5] = ["@direction", "@index", "@language", "@type", "@value"];

/// Checks the members of an expanded object; `null` where they say nothing.
pub(super) fn object(mut result: Members, property: Option<&str>) -> Result<Value, Malformed> {
    if result.contains_key("@value") {
        check_value(&result)?;
        let is_json = result.get("@type").is_some_and(|kind| kind == "@json");
        if !is_json && result.get("@value").is_some_and(Value::is_null) {
            return Ok(Value::Null);
        }
    } else if let Some(kinds) = result.get_mut("@type") {
        if !kinds.is_array() {
            *kinds = Value::Array(vec![kinds.take()]);
        }
    } else if result.contains_key("@set") || result.contains_key("@list") {
        let others = result
            .keys()
            .filter(|name| !matches!(name.as_str(), "@set" | "@list"))
            .count();
        let indexed = usize::from(result.contains_key("@index"));
        if others != indexed || result.len() > 2 || (result.contains_key("@set") && result.contains_key("@list")) {
            return Err(Malformed::new(
                "invalid-set-or-list-object",
                "beside a set or a list stands at most an index",
            ));
        }
        if let Some(set) = result.remove("@set") {
            return Ok(set);
        }
    }
    Ok(if says_nothing(&result, property) {
        Value::Null
    } else {
        Value::Object(result)
    })
}

fn says_nothing(result: &Members, property: Option<&str>) -> bool {
    if result.len() == 1 && result.contains_key("@language") {
        return true;
    }
    if !matches!(property, None | Some("@graph")) {
        return false;
    }
    let floats = result.is_empty() || result.contains_key("@value") || result.contains_key("@list");
    floats || (result.len() == 1 && result.contains_key("@id"))
}

fn check_value(result: &Members) -> Result<(), Malformed> {
    let tagged = result.contains_key("@language") || result.contains_key("@direction");
    let kind = result.get("@type");
    if !result.keys().all(|name| OF_VALUE.contains(&name.as_str())) || (tagged && kind.is_some()) {
        let why = "beside `@value` stands a type, or a language and a direction, and an index";
        return Err(Malformed::new("invalid-value-object", why));
    }
    let value = result.get("@value").unwrap_or(&Value::Null);
    if kind.is_some_and(|kind| kind == "@json") || value.is_null() {
        return Ok(());
    }
    if result.contains_key("@language") && !value.is_string() {
        return Err(Malformed::new(
            "invalid-language-tagged-value",
            "only a string has a language",
        ));
    }
    if kind.is_some_and(|kind| !kind.as_str().is_some_and(iri::is_absolute)) {
        return Err(Malformed::new("invalid-typed-value", "the type of a value is one IRI"));
    }
    Ok(())
}
