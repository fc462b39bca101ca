//! Errors on the wire: what we say of bytes that are no message, the three error bodies of DSP, and a lenient reading of a peer's.
//!
//! A wrong state is no malformed message: see `WrongState` in the machines. Which HTTP status goes with which error is `edge/api`.

use crate::message::envelope;
use crate::message::reason;
pub(crate) use chapar_terms::quote;
use chapar_terms::{Pid, limits};
use serde_json::{Map, Value};
use std::fmt;

/// Stable codes of [`Malformed`]; texts may change, these do not.
pub mod code {
    /// More bytes than are taken.
    pub const BODY_TOO_LARGE: &str = "body-too-large";
    /// Deeper nesting than is taken.
    pub const BODY_TOO_DEEP: &str = "body-too-deep";
    /// Bytes that are no UTF-8.
    pub const BODY_NOT_UTF8: &str = "body-not-utf8";
    /// Text that is no JSON, or JSON of the wrong outermost kind.
    pub const BODY_NOT_JSON: &str = "body-not-json";
    /// A member stands twice in one object.
    pub const DUPLICATE_MEMBER: &str = "duplicate-member";
    /// An integer that not every reader can hold.
    pub const UNSAFE_NUMBER: &str = "unsafe-number";
    /// `@context` is no array that names DSP 2025-1.
    pub const WRONG_CONTEXT: &str = "wrong-context";
    /// `@type` or `eventType` is none that this path takes.
    pub const WRONG_TYPE: &str = "wrong-type";
    /// A required member is not there.
    pub const MISSING_MEMBER: &str = "missing-member";
    /// A member has the wrong kind or shape.
    pub const WRONG_MEMBER: &str = "wrong-member";
    /// An offer or agreement breaks the ODRL subset of DSP.
    pub const WRONG_POLICY: &str = "wrong-policy";
    /// The callback address cannot be used.
    pub const WRONG_CALLBACK_ADDRESS: &str = "wrong-callback-address";
}

/// The bytes are no such message. The caller answers 400 and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Which rule is broken; one of [`code`].
    pub code: &'static str,
    /// What is wrong where; safe to show to the sender.
    pub why: String,
}

impl Malformed {
    /// Names the broken rule and where it is broken.
    pub fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.why)
    }
}

impl std::error::Error for Malformed {}

/// Stands for a pid that does not exist (yet) in an error body, whose schema asks for both: the nil UUID, nobody's process.
pub const NO_PID: &str = "urn:uuid:00000000-0000-0000-0000-000000000000";

/// Renders a `ContractNegotiationError`; an unknown pid becomes [`NO_PID`].
pub fn render_negotiation_error(
    consumer_pid: Option<&Pid>,
    provider_pid: Option<&Pid>,
    code: &str,
    reason: &[String],
) -> Value {
    process_error("ContractNegotiationError", consumer_pid, provider_pid, code, reason)
}

/// Renders a `TransferError`; an unknown pid becomes [`NO_PID`].
pub fn render_transfer_error(
    consumer_pid: Option<&Pid>,
    provider_pid: Option<&Pid>,
    code: &str,
    reason: &[String],
) -> Value {
    process_error("TransferError", consumer_pid, provider_pid, code, reason)
}

/// Renders a `CatalogError`.
pub fn render_catalog_error(code: &str, reason: &[String]) -> Value {
    let mut body = envelope::envelope("CatalogError");
    body.insert("code".to_owned(), code.into());
    reason::insert(&mut body, reason);
    Value::Object(body)
}

fn process_error(kind: &str, consumer: Option<&Pid>, provider: Option<&Pid>, code: &str, reason: &[String]) -> Value {
    let mut body = envelope::envelope(kind);
    for (name, pid) in [("consumerPid", consumer), ("providerPid", provider)] {
        body.insert(name.to_owned(), pid.map_or(NO_PID, Pid::as_str).into());
    }
    body.insert("code".to_owned(), code.into());
    reason::insert(&mut body, reason);
    Value::Object(body)
}

/// What could be read of a peer's error body; foreign text, to be shown to people and never acted on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerError {
    /// The peer's code, at most [`limits::REASON_BYTES`] long.
    pub code: Option<String>,
    /// The peer's reasons, at most [`limits::REASONS`] of [`limits::REASON_BYTES`] each.
    pub reason: Vec<String>,
}

/// Reads any error body as far as it goes: DSP errors, the error arrays of EDC (`[{"type", "message"}]`), RFC 9457 problems, and else
/// the text itself. Never fails; bounded in size and time.
pub fn parse_error(bytes: &[u8]) -> PeerError {
    match crate::json::read(bytes, limits::MESSAGE_BYTES) {
        Ok(Value::Object(members)) => PeerError {
            code: first_text(&members, &["code", "dspace:code", "type"]),
            reason: reasons_of(&members),
        },
        Ok(Value::Array(items)) => PeerError {
            code: items
                .iter()
                .find_map(Value::as_object)
                .and_then(|item| first_text(item, &["type", "code"])),
            reason: reason::texts(&items),
        },
        Ok(Value::Null) => PeerError::default(),
        Ok(other) => PeerError {
            code: None,
            reason: reason::texts(&[other]),
        },
        Err(_) => PeerError {
            code: None,
            reason: plain_text(bytes),
        },
    }
}

fn first_text(members: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| members.get(*name))
        .filter(|value| !value.is_null())
        .map(reason::text)
}

fn reasons_of(members: &Map<String, Value>) -> Vec<String> {
    match members.get("reason").or_else(|| members.get("dspace:reason")) {
        Some(Value::Array(items)) => reason::texts(items),
        Some(value) if !value.is_null() => reason::texts(std::slice::from_ref(value)),
        _ => first_text(members, &["detail", "message", "error", "title"])
            .into_iter()
            .collect(),
    }
}

/// The beginning of a body that is no JSON (often a page of a proxy), without control characters.
fn plain_text(bytes: &[u8]) -> Vec<String> {
    let beginning = bytes.get(..limits::REASON_BYTES).unwrap_or(bytes);
    let text: String = String::from_utf8_lossy(beginning)
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    let text = reason::cut(text.trim());
    if text.is_empty() { Vec::new() } else { vec![text] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<String>, Vec<String>) {
        let error = parse_error(text.as_bytes());
        (error.code, error.reason)
    }

    #[test]
    fn reads_the_families_of_error_bodies() {
        let two = (Some("99".to_owned()), vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(
            parsed(r#"{"@type":"TransferError","code":"99","reason":["a",{"message":"b"}]}"#),
            two
        );
        assert_eq!(
            parsed(r#"{"code":99,"reason":[{"@value":"a","@language":"en"},"b"]}"#),
            two
        );
        assert_eq!(
            parsed(r#"[{"type":"ObjectConflict","message":"already leased","path":null}]"#),
            (Some("ObjectConflict".to_owned()), vec!["already leased".to_owned()])
        );
        assert_eq!(
            parsed(r#"{"type":"about:blank","title":"t","detail":"d"}"#),
            (Some("about:blank".to_owned()), vec!["d".to_owned()])
        );
        assert_eq!(
            parsed("<html>\n502</html>"),
            (None, vec!["<html> 502</html>".to_owned()])
        );
        assert_eq!(parsed(""), (None, vec![]));
        assert_eq!(parsed("null"), (None, vec![]));
    }

    #[test]
    fn stays_bounded() {
        let long = "ж".repeat(limits::REASON_BYTES);
        let many = vec![format!("\"{long}\""); limits::REASONS + 5].join(",");
        let error = parse_error(format!(r#"{{"code":"{long}","reason":[{many}]}}"#).as_bytes());
        assert_eq!(error.reason.len(), limits::REASONS);
        assert!(error.reason.iter().all(|reason| reason.len() <= limits::REASON_BYTES));
        assert!(error.code.unwrap().len() <= limits::REASON_BYTES);
        let page = parse_error(&vec![0xff; limits::MESSAGE_BYTES * 2]);
        assert!(page.reason.iter().all(|reason| reason.len() <= limits::REASON_BYTES));
    }
}
