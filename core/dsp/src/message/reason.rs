//! `code` and `reason` of terminations, suspensions and errors: foreign text for people, bounded when read.

use super::parts::Object;
use crate::error::Malformed;
use chapar_terms::limits;
use serde_json::{Map, Value};

/// Reads the optional `code` and `reason` of a message. A reason that is one value instead of an array is taken as an array of one.
pub fn read(message: &Object<'_>) -> Result<(Option<String>, Vec<String>), Malformed> {
    let code = message.optional_text("code")?.map(cut);
    let reason = match message.member("reason") {
        None => Vec::new(),
        Some(Value::Array(items)) => texts(items),
        Some(value @ (Value::String(_) | Value::Object(_))) => texts(std::slice::from_ref(value)),
        Some(_) => return Err(message.wrong("reason", "must be an array")),
    };
    Ok((code, reason))
}

/// Adds what there is of `code` and `reason`.
pub fn insert_both(body: &mut Map<String, Value>, code: Option<&str>, reason: &[String]) {
    if let Some(code) = code {
        body.insert("code".to_owned(), code.into());
    }
    insert(body, reason);
}

/// Adds `reason` when it says something; the schemas allow no empty array.
pub fn insert(body: &mut Map<String, Value>, reason: &[String]) {
    if !reason.is_empty() {
        body.insert("reason".to_owned(), reason.into());
    }
}

/// The texts of a list of reasons, at most [`limits::REASONS`].
pub fn texts(items: &[Value]) -> Vec<String> {
    items.iter().take(limits::REASONS).map(text).collect()
}

/// The text of one reason: a string, the text inside a language-tagged or described reason, or its JSON.
pub fn text(value: &Value) -> String {
    const INSIDE: [&str; 4] = ["message", "@value", "description", "detail"];
    match value {
        Value::String(text) => cut(text),
        Value::Object(members) => INSIDE
            .iter()
            .find_map(|name| members.get(*name)?.as_str())
            .map_or_else(|| cut(&value.to_string()), cut),
        other => cut(&other.to_string()),
    }
}

/// At most [`limits::REASON_BYTES`] bytes, cut at a character border.
pub fn cut(text: &str) -> String {
    let mut end = text.len().min(limits::REASON_BYTES);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default().to_owned()
}
