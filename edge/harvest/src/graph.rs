//! A page of RDF as statements by their subject, read by a library that others keep.

use crate::bounds::TRIPLES;
use chapar_terms::Invalid;
use oxrdf::{NamedOrBlankNode, Term};
use oxrdfio::{JsonLdProfileSet, RdfFormat, RdfParser};
use std::collections::BTreeMap;

const WHAT: &str = "page of RDF";

/// The statements of a page.
pub(crate) struct Graph(BTreeMap<String, Vec<(String, Term)>>);

impl Graph {
    /// Reads a page by its media type, or by the letters that it begins with where that says nothing.
    pub(crate) fn read(bytes: &[u8], media_type: &str, base: &str) -> Result<Self, Invalid> {
        let invalid = |why: String| Invalid::new(WHAT, why);
        let parser = RdfParser::from_format(format_of(media_type, bytes));
        let parser = parser.with_base_iri(base).map_err(|error| invalid(error.to_string()))?;
        // Blank nodes of two pages are not the same.
        let mut statements: BTreeMap<String, Vec<(String, Term)>> = BTreeMap::new();
        for (number, quad) in parser.for_slice(bytes).enumerate() {
            if number >= TRIPLES {
                return Err(invalid(format!("it has more than {TRIPLES} statements")));
            }
            let quad = quad.map_err(|error| invalid(error.to_string()))?;
            let of = statements.entry(name_of(&quad.subject)).or_default();
            of.push((quad.predicate.into_string(), quad.object));
        }
        Ok(Self(statements))
    }

    /// The subjects of this class.
    pub(crate) fn of_class<'a>(&'a self, class: &'a str) -> impl Iterator<Item = &'a str> {
        let is_of = move |term: &Term| matches!(term, Term::NamedNode(node) if node.as_str() == class);
        let found = self.0.iter().filter(move |(_, statements)| {
            statements
                .iter()
                .any(|(predicate, term)| predicate == TYPE && is_of(term))
        });
        found.map(|(subject, _)| subject.as_str())
    }

    /// What a subject's property leads to.
    pub(crate) fn values<'a>(&'a self, subject: &str, predicate: &'a str) -> impl Iterator<Item = &'a Term> {
        let statements = self.0.get(subject).into_iter().flatten();
        statements
            .filter(move |(found, _)| found == predicate)
            .map(|(_, term)| term)
    }

    /// Literals, each with its language where it has one.
    pub(crate) fn texts<'a>(
        &'a self,
        subject: &str,
        predicate: &'a str,
    ) -> impl Iterator<Item = (Option<&'a str>, &'a str)> {
        self.values(subject, predicate).filter_map(|term| match term {
            Term::Literal(literal) => Some((literal.language(), literal.value())),
            _ => None,
        })
    }

    /// Resources, as their IRIs or the names of their blank nodes.
    pub(crate) fn nodes<'a>(&'a self, subject: &str, predicate: &'a str) -> impl Iterator<Item = String> {
        self.values(subject, predicate).filter_map(|term| match term {
            Term::NamedNode(node) => Some(node.as_str().to_owned()),
            Term::BlankNode(node) => Some(node.to_string()),
            _ => None,
        })
    }

    /// A word of either sort: the text of a literal or an IRI.
    pub(crate) fn words<'a>(&'a self, subject: &str, predicate: &'a str) -> impl Iterator<Item = &'a str> {
        self.values(subject, predicate).filter_map(|term| match term {
            Term::Literal(literal) => Some(literal.value()),
            Term::NamedNode(node) => Some(node.as_str()),
            _ => None,
        })
    }
}

/// `rdf:type`.
pub(crate) const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

fn name_of(subject: &NamedOrBlankNode) -> String {
    match subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(node) => node.to_string(),
    }
}

fn format_of(media_type: &str, bytes: &[u8]) -> RdfFormat {
    let plain = media_type.split(';').next().unwrap_or_default().trim();
    // Servers that know no form of RDF say this of every file.
    let is_said = plain != "text/plain";
    if let Some(format) = RdfFormat::from_media_type(plain).filter(|_| is_said) {
        return format;
    }
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => RdfFormat::JsonLd {
            profile: JsonLdProfileSet::empty(),
        },
        Some(b'<') if bytes.windows(4).take(1000).any(|four| four == b"<rdf") || bytes.starts_with(b"<?xml") => {
            RdfFormat::RdfXml
        }
        _ => RdfFormat::Turtle,
    }
}
