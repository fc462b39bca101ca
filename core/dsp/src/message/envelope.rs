//! What every message has around its content: `@context` and `@type` (DSP 2025-1, section on payloads).

use super::parts::Object;
use crate::CONTEXT;
use crate::error::{Malformed, code, quote};
use chapar_terms::{Digest, Pid, canonical_json};
use serde_json::{Map, Value, json};

/// The members that open a body of this `@type`.
pub fn envelope(kind: &str) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("@context".to_owned(), json!([CONTEXT]));
    body.insert("@type".to_owned(), kind.into());
    body
}

/// Adds the pids that are known; a first message has one only.
pub fn insert_pids(body: &mut Map<String, Value>, consumer_pid: Option<&Pid>, provider_pid: Option<&Pid>) {
    for (name, pid) in [("consumerPid", consumer_pid), ("providerPid", provider_pid)] {
        if let Some(pid) = pid {
            body.insert(name.to_owned(), pid.as_str().into());
        }
    }
}

/// The digests of a whole body and of what it says: the second leaves out the message's own `@id`.
pub fn digests(body: &Value) -> (Digest, Digest) {
    let whole = Digest::of(&canonical_json(body));
    match body.as_object().filter(|members| members.contains_key("@id")) {
        None => (whole, whole),
        Some(members) => {
            let mut members = members.clone();
            members.remove("@id");
            (whole, Digest::of(&canonical_json(&Value::Object(members))))
        }
    }
}

/// `@context` must be an array that names DSP 2025-1; whatever else it names is the sender's affair.
pub fn check_context(message: &Object<'_>) -> Result<(), Malformed> {
    let named = message
        .list("@context")
        .is_ok_and(|context| context.is_some_and(|context| context.iter().any(|entry| entry == CONTEXT)));
    if named {
        return Ok(());
    }
    Err(Malformed::new(
        code::WRONG_CONTEXT,
        format!("`@context` must be an array containing `{CONTEXT}`"),
    ))
}

/// The one `@type` of the message.
pub fn type_of<'a>(message: &Object<'a>) -> Result<&'a str, Malformed> {
    message
        .text("@type")
        .map_err(|_| Malformed::new(code::WRONG_TYPE, "`@type` must be one string"))
}

/// The message has another type than this path takes.
pub fn wrong_type(expected: &[&str], got: &str) -> Malformed {
    Malformed::new(
        code::WRONG_TYPE,
        format!("expected `{}`, got {}", expected.join("` or `"), quote(got)),
    )
}

/// Checks the `@type` of a body that can be of one type only.
pub fn check_type(message: &Object<'_>, expected: &str) -> Result<(), Malformed> {
    match type_of(message)? {
        got if got == expected => Ok(()),
        got => Err(wrong_type(&[expected], got)),
    }
}
