//! One record as RDF: its body in the terms of its kind, and beside it where the record stands and who signed it.

use crate::read::Reader;
use crate::terms;
use crate::triple::{Graph, Node};
use chapar_register::{Kind, Record};
use serde_json::{Map, Value};
use std::fmt;

/// Characters of a leaf's hash before the labels of nodes without names: too many to meet by chance in one document.
const SCOPE: usize = 16;

/// A record that everybody may read, and its place.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Its kind.
    pub kind: &'a Kind,
    /// Its leaf.
    pub record: &'a Record,
    /// Its body.
    pub body: &'a Map<String, Value>,
    /// The log that holds it.
    pub origin: &'a str,
    /// Its index there.
    pub index: u64,
}

/// A record cannot be told in RDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untellable(String);

impl fmt::Display for Untellable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Untellable {}

/// The IRI of one version of a record.
pub fn version_iri(id: &str, version: u64) -> String {
    format!("{id}#version-{version}")
}

/// Says what a record says, and of the version where it stands. Answers with the node of the record and that of its version.
///
/// # Errors
/// The id is no IRI, or the body is no JSON-LD within the bounds: leave the record out.
pub fn tell(told: &Told<'_>, graph: &mut Graph) -> Result<(Node, Node), Untellable> {
    let header = told.record.header();
    let id = header.id.to_string();
    let named = |text: &str| Node::iri(text).ok_or_else(|| Untellable(format!("`{text}` is no IRI")));
    let (topic, version) = (named(&id)?, named(&version_iri(&id, header.version.into()))?);
    let vocabulary = told.kind.vocabulary();
    let mut document = told.body.clone();
    let context = vocabulary.get("@context").cloned().unwrap_or_default();
    document.insert("@context".to_owned(), context);
    document.insert("@id".to_owned(), id.into());
    document.insert("@type".to_owned(), told.kind.class().into());
    let expanded =
        chapar_jsonld::expand(&Value::Object(document)).map_err(|malformed| Untellable(malformed.to_string()))?;
    let scope: String = told.record.leaf_hash().hex().chars().take(SCOPE).collect();
    let scope = format!("b{scope}");
    let none = Map::new();
    let classes = vocabulary.get("types").and_then(Value::as_object).unwrap_or(&none);
    let mut reader = Reader::new(graph, classes, &scope);
    for node in expanded.iter().filter_map(Value::as_object) {
        reader.node(node, None);
    }
    place(told, &topic, &version, graph);
    Ok((topic, version))
}

/// Says of a version where it stands: enough to find it in its log and to check it there.
fn place(told: &Told<'_>, topic: &Node, version: &Node, graph: &mut Graph) {
    let header = told.record.header();
    let class = Node::Iri(terms::CATALOG_RECORD.to_owned());
    graph.link(version, terms::TYPE, class);
    graph.link(version, terms::PRIMARY_TOPIC, topic.clone());
    if let Some(issuer) = Node::iri(header.issuer.as_str()) {
        graph.link(version, terms::WAS_ATTRIBUTED_TO, issuer);
    }
    let leaf_hash = told.record.leaf_hash();
    for (property, text, datatype) in [
        (terms::MODIFIED, header.issued.rfc3339(), terms::DATE_TIME),
        (terms::LOG, told.origin.to_owned(), terms::STRING),
        (terms::INDEX, told.index.to_string(), terms::INTEGER),
        (terms::LEAF_HASH, leaf_hash.hex(), terms::HEX),
        (terms::VERSION, header.version.to_string(), terms::INTEGER),
    ] {
        graph.value(version, property, &text, datatype);
    }
}
