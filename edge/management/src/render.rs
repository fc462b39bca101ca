//! What goes out: answers as expanded nodes, compacted with the context of the version that was asked in.

use crate::problem::Problem;
use crate::properties;
use crate::query::Query;
use crate::version::{EDC, Version};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chapar_jsonld::compact;
use chapar_terms::Instant;
use serde_json::{Map, Value, json};

/// An expanded node in the making. Names without a namespace are EDC's.
#[derive(Clone, Debug)]
pub struct Out(Map<String, Value>);

impl Out {
    /// A node of one of EDC's types.
    pub fn new(kind: &str) -> Self {
        Self(Map::from_iter([("@type".to_owned(), json!([format!("{EDC}{kind}")]))]))
    }

    /// A node without a type.
    pub fn untyped() -> Self {
        Self(Map::new())
    }

    /// Its `@id`.
    pub fn id(mut self, id: &str) -> Self {
        self.0.insert("@id".to_owned(), json!(id));
        self
    }

    /// A plain value: text, number or truth value.
    pub fn value(self, name: &str, value: impl Into<Value>) -> Self {
        self.list(name, vec![json!({ "@value": value.into() })])
    }

    /// A plain value, if there is one.
    pub fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.value(name, value),
            None => self,
        }
    }

    /// Texts.
    pub fn texts<'t>(self, name: &str, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let texts = texts.into_iter().map(|text| json!({ "@value": text }));
        self.list(name, texts.collect())
    }

    /// An expanded node.
    pub fn node(self, name: &str, node: impl Into<Value>) -> Self {
        self.list(name, vec![node.into()])
    }

    /// The private properties of a view of the desk, where it has any.
    pub fn private(self, view: &Value) -> Self {
        match view.get("privateProperties").and_then(Value::as_object) {
            Some(properties) if !properties.is_empty() => {
                self.node("privateProperties", properties::expanded(properties))
            }
            _ => self,
        }
    }

    /// Expanded values; none of them is an empty list in the answer.
    pub fn list(mut self, name: &str, values: Vec<Value>) -> Self {
        self.0.insert(format!("{EDC}{name}"), Value::Array(values));
        self
    }
}

impl From<Out> for Value {
    fn from(out: Out) -> Self {
        Self::Object(out.0)
    }
}

/// 200 with one node.
pub fn one(version: Version, node: impl Into<Value>) -> Result<Response, Problem> {
    Ok(answer(&node_compacted(node.into(), version.context())?))
}

/// 200 with a list of nodes that is whole, each with its own `@context`.
pub fn all(version: Version, nodes: Vec<Value>) -> Result<Response, Problem> {
    Ok(answer(&each_compacted(nodes, version.context())?))
}

/// 200 with the list of nodes that `query` asked for, each with its own `@context`.
pub fn many(version: Version, query: &Query, nodes: Vec<Value>) -> Result<Response, Problem> {
    many_in(version.context(), query, nodes)
}

/// The same in another context. A list that is as long as it may be says where the next one begins: EDC's cuts it and is silent.
pub fn many_in(context: &Value, query: &Query, nodes: Vec<Value>) -> Result<Response, Problem> {
    let found = nodes.len();
    Ok(with_next(answer(&each_compacted(nodes, context)?), query, found))
}

/// The answer to `query`, which found so much, with the place at which the rest begins.
pub fn with_next(mut answer: Response, query: &Query, found: usize) -> Response {
    if let Some(next) = query.offset_after(found) {
        answer.headers_mut().insert(NEXT_OFFSET, HeaderValue::from(next));
    }
    answer
}

/// 200 with the id of what was made.
pub fn made(version: Version, id: &str, created_at: i64) -> Result<Response, Problem> {
    let out = Out::new("IdResponse").id(id);
    if chapar_terms::sabotaged("forget-the-time-of-making") {
        return one(version, out);
    }
    one(version, out.value("createdAt", created_at))
}

/// 204: done, and there is nothing to say.
pub fn done() -> Response {
    if chapar_terms::sabotaged("another-word-for-done") {
        return StatusCode::ACCEPTED.into_response();
    }
    StatusCode::NO_CONTENT.into_response()
}

/// 200 with JSON as it is.
pub fn answer(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// The offset with which the rest of a list is asked for, if there is a rest.
const NEXT_OFFSET: HeaderName = HeaderName::from_static("chapar-next-offset");
/// The error of a name that a context would read as another: `dcat:a` is a legal id and looks like a term of a prefix.
const CONFUSED: &str = "IRI-confused-with-prefix";
/// Stands before such a name while it is compacted.
const VERBATIM: &str = "urn:chapar:verbatim:";

/// An expanded node in the context.
pub fn node_compacted(node: Value, context: &Value) -> Result<Value, Problem> {
    compacted(json!([node]), context)
}

/// Expanded nodes in the context. A name that the context would read as another goes out as it is: the published form of an answer
/// leaves no room for a context that would not, and whoever asked knows the thing by that name.
fn compacted(mut nodes: Value, context: &Value) -> Result<Value, Problem> {
    let compacted = match compact(&nodes, context) {
        Err(malformed) if malformed.code == CONFUSED => {
            mark(&mut nodes);
            compact(&nodes, context).map(|mut whole| {
                unmark(&mut whole);
                whole
            })
        }
        compacted => compacted,
    };
    // What we made or took is in expanded form; if it cannot be compacted, the fault is ours.
    compacted.map_err(|malformed| Problem::internal(&malformed.why))
}

fn mark(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mark),
        Value::Object(members) => {
            if let Some(Value::String(id)) = members.get_mut("@id")
                && looks_compact(id)
            {
                id.insert_str(0, VERBATIM);
            }
            members.values_mut().for_each(mark);
        }
        _ => {}
    }
}

/// Whether a name could be read as a prefix and what stands behind it.
fn looks_compact(name: &str) -> bool {
    let parts = name.split_once(':');
    parts.is_some_and(|(scheme, rest)| !rest.starts_with("//") && !matches!(scheme, "urn" | "did"))
}

fn unmark(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(unmark),
        Value::Object(members) => members.values_mut().for_each(unmark),
        Value::String(text) => {
            if let Some(name) = text.strip_prefix(VERBATIM) {
                *text = name.to_owned();
            }
        }
        _ => {}
    }
}

/// Expanded nodes, each in the context. Compacted together, so that the context is read once.
pub fn each_compacted(nodes: Vec<Value>, context: &Value) -> Result<Value, Problem> {
    if nodes.len() < 2 {
        let single = nodes.into_iter().map(|node| node_compacted(node, context));
        return single.collect();
    }
    let mut whole = compacted(Value::Array(nodes), context)?;
    let nodes = whole.get_mut("@graph").map(Value::take);
    let Some(Value::Array(mut nodes)) = nodes else {
        return Err(Problem::internal(&"several nodes compacted to no graph"));
    };
    for members in nodes.iter_mut().filter_map(Value::as_object_mut) {
        members.insert("@context".to_owned(), context.clone());
    }
    Ok(Value::Array(nodes))
}

/// Milliseconds of the Unix epoch, of a time as the desk writes it.
pub fn millis(time: Option<&Value>) -> Result<i64, Problem> {
    let time = time.and_then(Value::as_str).unwrap_or_default();
    let instant = Instant::parse_rfc3339(time).map_err(|invalid| Problem::internal(&invalid))?;
    Ok(instant.unix_ms())
}
