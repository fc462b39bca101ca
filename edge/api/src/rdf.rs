//! Graphs written in the forms of RDF that others read, by a library that others keep.

use chapar_rdf::{Graph, Node, PREFIXES, Term, Triple};
use chapar_terms::preferences;
use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode};
use oxrdfio::{JsonLdProfileSet, RdfFormat, RdfParser, RdfSerializer, WriterQuadSerializer};
use std::io::{self, Write};

/// A form of RDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Turtle 1.1.
    Turtle,
    /// JSON-LD 1.1.
    JsonLd,
    /// RDF 1.1 XML.
    RdfXml,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Turtle, Self::JsonLd, Self::RdfXml];

    /// The form of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The form that an `Accept` field would rather have; none where it names no form that there is.
    pub fn accepted(accept: &str) -> Option<Self> {
        let wanted = preferences(accept).into_iter();
        wanted
            .filter_map(|range| {
                let one = |format: &Self| format.media_type().eq_ignore_ascii_case(range);
                Self::ALL.into_iter().find(one)
            })
            .next()
    }

    /// Its name where one is asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turtle => "turtle",
            Self::JsonLd => "jsonld",
            Self::RdfXml => "rdfxml",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Turtle => "text/turtle",
            Self::JsonLd => "application/ld+json",
            Self::RdfXml => "application/rdf+xml",
        }
    }

    const fn of_library(self) -> RdfFormat {
        match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::JsonLd => RdfFormat::JsonLd {
                profile: JsonLdProfileSet::empty(),
            },
            Self::RdfXml => RdfFormat::RdfXml,
        }
    }
}

/// A graph in one of the forms.
///
/// # Errors
/// The library cannot write it; nothing that `chapar_rdf` makes is known to be so.
pub fn written(graph: &Graph, format: Format) -> io::Result<Vec<u8>> {
    let mut joined = Joined::begin(format, Vec::new())?;
    for triple in graph.iter() {
        joined.writer.serialize_triple(&of_library(triple))?;
    }
    joined.finish()
}

/// One document out of the parts that a node gives of it.
pub struct Joined<W: Write> {
    writer: WriterQuadSerializer<W>,
}

impl<W: Write> Joined<W> {
    /// A document without a part yet.
    ///
    /// # Errors
    /// The library does not take our short names.
    pub fn begin(format: Format, into: W) -> io::Result<Self> {
        let mut serializer = RdfSerializer::from_format(format.of_library());
        for (name, iri) in PREFIXES {
            serializer = serializer.with_prefix(name, iri).map_err(io::Error::other)?;
        }
        Ok(Self {
            writer: serializer.for_writer(into),
        })
    }

    /// Takes a part, as Turtle.
    ///
    /// # Errors
    /// It is no Turtle, or cannot be written.
    pub fn take(&mut self, turtle: &[u8]) -> io::Result<()> {
        for quad in RdfParser::from_format(RdfFormat::Turtle).for_slice(turtle) {
            self.writer.serialize_quad(&quad.map_err(io::Error::other)?)?;
        }
        Ok(())
    }

    /// Ends the document.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.finish()
    }
}

/// What is in a graph was checked when it was put there.
fn of_library(triple: &Triple) -> oxrdf::Triple {
    let object: oxrdf::Term = match &triple.object {
        Term::Node(node) => node_of_library(node).into(),
        Term::Text(text, language) => {
            Literal::new_language_tagged_literal_unchecked(text.as_str(), language.as_str().to_ascii_lowercase()).into()
        }
        Term::Value(text, datatype) => {
            Literal::new_typed_literal(text.as_str(), NamedNode::new_unchecked(datatype.as_str())).into()
        }
    };
    oxrdf::Triple {
        subject: node_of_library(&triple.subject),
        predicate: NamedNode::new_unchecked(triple.predicate.as_str()),
        object,
    }
}

fn node_of_library(node: &Node) -> NamedOrBlankNode {
    match node {
        Node::Iri(iri) => NamedNode::new_unchecked(iri.as_str()).into(),
        Node::Blank(label) => BlankNode::new_unchecked(label.as_str()).into(),
    }
}
