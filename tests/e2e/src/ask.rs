//! Calls of a participant's own API that may find nobody there: a connection that fails or breaks off is an answer here.

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Response};
use serde_json::Value;
use std::io;

/// One call below `/chapar/v1` with a JSON body or none.
///
/// # Errors
/// The node was not there or went away: whether it did what it was asked for is unknown.
pub fn ask(who: &Participant, method: &str, path: &str, body: Option<&Value>) -> io::Result<Response> {
    let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    send(who, method, path, "application/json", &bytes)
}

/// One call below `/chapar/v1` with any body.
///
/// # Errors
/// As for [`ask`].
pub fn send(who: &Participant, method: &str, path: &str, media_type: &str, body: &[u8]) -> io::Result<Response> {
    let bearer = format!("Bearer {}", who.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", media_type)];
    wire::send(method, &format!("{}{path}", who.api), &headers, body)
}

/// Every item of a list, page after page. The node must be there.
pub fn list(who: &Participant, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let mut page = who.ask("GET", &format!("{path}?limit=200{after}"), None);
        match page["items"].take() {
            Value::Array(list) => items.extend(list),
            other => panic!("`items` of {path} is no list: {other}"),
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return items,
        }
    }
}
