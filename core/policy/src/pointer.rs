//! JSON pointers (RFC 6901): how a reason or a difference says where it is.

use serde_json::Value;

/// `path` one step deeper, with `token` escaped.
pub(crate) fn join(path: &str, token: &str) -> String {
    format!("{path}/{}", token.replace('~', "~0").replace('/', "~1"))
}

/// The elements of a value that JSON-LD lets stand as an array or as one value alone, each with its pointer.
pub(crate) fn items<'a>(path: &str, value: &'a Value) -> Vec<(String, &'a Value)> {
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(n, item)| (join(path, &n.to_string()), item))
            .collect(),
        single => vec![(path.to_owned(), single)],
    }
}
