//! Records as RDF: what a body says in the terms of its kind's standard, where the record stands, and the catalogue that lists it.
//!
//! Holds the way from a body to triples (`kinds/README.md`, "From a body to RDF") and what DCAT-AP and CPSV-AP want around it. Refuses to
//! hold any way of writing triples (the doors have a library for it) and to know where records lie. Why: `docs/decisions/0023-rdf.md`.

mod catalog;
mod read;
mod record;
mod terms;
mod triple;

pub use catalog::{Catalog, Profile};
pub use record::{Told, Untellable, tell, version_iri};
pub use terms::PREFIXES;
pub use triple::{Graph, Node, Term, Triple, xml_text};
