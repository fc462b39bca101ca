//! Triples, checked when they are made and kept in order, so that the same records give the same document.

use chapar_terms::Lang;
use oxiri::Iri;
use std::collections::BTreeSet;

/// What a triple speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// An absolute IRI.
    Iri(String),
    /// A node without a name; the label holds within one graph, and in no other record's part of it.
    Blank(String),
}

impl Node {
    /// The node that an IRI names; none where the text is no absolute IRI.
    pub fn iri(text: &str) -> Option<Self> {
        Iri::parse(text).ok().map(|_| Self::Iri(text.to_owned()))
    }
}

/// What a triple says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// Another node.
    Node(Node),
    /// A text in a language.
    Text(String, Lang),
    /// A value of a datatype: its lexical form and the datatype's IRI.
    Value(String, String),
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Triple {
    /// Of whom or what.
    pub subject: Node,
    /// The IRI of the property.
    pub predicate: String,
    /// What is said.
    pub object: Term,
}

/// Triples, each once, those of one subject together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph(BTreeSet<Triple>);

impl Graph {
    /// Every triple in order.
    pub fn iter(&self) -> impl Iterator<Item = &Triple> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says that `subject` has a node as `predicate`.
    pub(crate) fn link(&mut self, subject: &Node, predicate: &str, object: Node) {
        self.say(subject, predicate, Term::Node(object));
    }

    /// Says a text in a language.
    pub(crate) fn text(&mut self, subject: &Node, predicate: &str, text: &str, language: Lang) {
        self.say(subject, predicate, Term::Text(xml_text(text), language));
    }

    /// Says a value of a datatype.
    pub(crate) fn value(&mut self, subject: &Node, predicate: &str, text: &str, datatype: &str) {
        self.say(subject, predicate, Term::Value(xml_text(text), datatype.to_owned()));
    }

    fn say(&mut self, subject: &Node, predicate: &str, object: Term) {
        self.0.insert(Triple {
            subject: subject.clone(),
            predicate: predicate.to_owned(),
            object,
        });
    }
}

/// A text without the characters that no XML document may hold, so that every form of the graph says the same.
pub fn xml_text(text: &str) -> String {
    let known = |one: char| matches!(one, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    text.chars()
        .map(|one| if known(one) { one } else { char::REPLACEMENT_CHARACTER })
        .collect()
}
