//! Expanded JSON-LD into triples, as *JSON-LD 1.1 Processing Algorithms and API* tells it ("Deserialize JSON-LD to RDF"), for what the
//! vocabularies of kinds can say: nodes, texts, values. They have no lists, graphs or reversed properties; a test holds them to it.
//!
//! Two things are told otherwise. A name that is no absolute IRI makes a node without a name, where the node says more, as its texts are
//! worth more than nothing. And a number keeps its digits: `xsd:decimal` has no exponent.

use crate::terms;
use crate::triple::{Graph, Node};
use chapar_terms::{Lang, sabotaged};
use serde_json::{Map, Number, Value};

/// Reads the nodes of one document into a graph.
pub(crate) struct Reader<'a> {
    graph: &'a mut Graph,
    /// The class of the nodes that a property leads to.
    classes: &'a Map<String, Value>,
    /// Stands before the labels of nodes without names, so that those of two documents never meet.
    scope: &'a str,
    blanks: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(graph: &'a mut Graph, classes: &'a Map<String, Value>, scope: &'a str) -> Self {
        Self {
            graph,
            classes,
            scope,
            blanks: 0,
        }
    }

    /// Says everything of a node and of those below it; none where there is nothing to say.
    pub(crate) fn node(&mut self, object: &Map<String, Value>, class: Option<&str>) -> Option<Node> {
        let name = object.get("@id").and_then(Value::as_str).and_then(Node::iri);
        let says = object.keys().any(|member| member != "@id");
        let node = match name {
            Some(node) => node,
            None if says => self.blank(),
            None => return None,
        };
        let mut given = texts(object.get("@type")).filter_map(Node::iri).peekable();
        if given.peek().is_some() {
            given.for_each(|class| self.graph.link(&node, terms::TYPE, class));
        } else if let Some(class) = class
            .and_then(Node::iri)
            .filter(|_| !sabotaged("nodes-without-classes"))
        {
            self.graph.link(&node, terms::TYPE, class);
        }
        for (property, values) in object.iter().filter(|(name, _)| !name.starts_with('@')) {
            if Node::iri(property).is_none() {
                continue;
            }
            for value in values.as_array().into_iter().flatten().filter_map(Value::as_object) {
                self.said(&node, property, value);
            }
        }
        Some(node)
    }

    fn blank(&mut self) -> Node {
        self.blanks += 1;
        Node::Blank(format!("{}n{}", self.scope, self.blanks))
    }

    fn said(&mut self, subject: &Node, property: &str, value: &Map<String, Value>) {
        let Some(literal) = value.get("@value") else {
            let class = self.classes.get(property).and_then(Value::as_str);
            if let Some(object) = self.node(value, class) {
                self.graph.link(subject, property, object);
            }
            return;
        };
        let language = value.get("@language").and_then(Value::as_str);
        if let (Some(text), Some(language)) = (literal.as_str(), language.and_then(|tag| Lang::parse(tag).ok())) {
            return self.graph.text(subject, property, text, language);
        }
        let datatype = value.get("@type").and_then(Value::as_str);
        if let Some((text, datatype)) = lexical(literal, datatype) {
            self.graph.value(subject, property, &text, datatype);
        }
    }
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The lexical form of a value and its datatype; none for what has neither.
fn lexical<'a>(value: &Value, datatype: Option<&'a str>) -> Option<(String, &'a str)> {
    if datatype == Some("@json") {
        let canonical = serde_json_canonicalizer::to_string(value).ok()?;
        return Some((canonical, terms::JSON));
    }
    let datatype = datatype.filter(|datatype| Node::iri(datatype).is_some());
    match value {
        Value::String(text) => Some((text.clone(), datatype.unwrap_or(terms::STRING))),
        Value::Bool(value) => Some((value.to_string(), datatype.unwrap_or(terms::BOOLEAN))),
        Value::Number(number) => Some((number.to_string(), datatype.unwrap_or_else(|| number_type(number)))),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn number_type(number: &Number) -> &'static str {
    if number.is_f64() { terms::DOUBLE } else { terms::INTEGER }
}
