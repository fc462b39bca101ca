//! Why a case ended, is suspended or does not go on, in the bare words of whoever said so: what EDC's clients look for, in its
//! management API and in what callback addresses are told.
//!
//! Read from the view of a case. Refuses to say who it was; the sentence that says it, for people at our own API, is in `kind`.

use serde_json::Value;

/// Why a case ended or is suspended, in the words of whoever did that; or why our last move failed.
#[must_use]
pub fn bare_reason(view: &Value) -> Option<String> {
    if let Some(done) = view.get("ended").or_else(|| view.get("suspended")).and_then(said) {
        return Some(done);
    }
    if let Some(error) = view.get("error") {
        let status = error.get("status").and_then(Value::as_u64);
        let said = said(error)?;
        return Some(status.map_or_else(|| said.clone(), |status| format!("the peer answered {status}: {said}")));
    }
    // Why a message that is sent again and again is not answered yet.
    let is_waiting = ["ended", "suspended"].iter().all(|name| view.get(*name).is_none());
    let detail = view.get("errorDetail").filter(|_| is_waiting)?;
    detail.as_str().map(str::to_owned)
}

/// The code and the reasons of somebody, in one text.
fn said(from: &Value) -> Option<String> {
    let code = from.get("code").and_then(Value::as_str);
    let reasons = from.get("reason").and_then(Value::as_array).into_iter().flatten();
    let reasons = reasons.filter_map(Value::as_str);
    let text = code.into_iter().chain(reasons).collect::<Vec<_>>().join(": ");
    (!text.is_empty()).then_some(text)
}
