//! JSON-LD 1.1: any legal form of a document into its expanded form, and the expanded form into a compact one.
//!
//! Holds context processing, expansion and compaction as the W3C's *JSON-LD 1.1 Processing Algorithms and API* tells them, and the
//! contexts that dataspaces use. Refuses to hold a network (a context that is not built in is refused), the meaning of
//! any member, framing, flattening and RDF. Why this is ours: `docs/decisions/0008-json-ld.md`.
//!
//! Documents have no base IRI here: a relative `@id` such as `asset-1` stays as it was written, as identifiers in this field are
//! plain strings.
//!
//! ```
//! let asset = serde_json::json!({
//!     "@context": { "edc": "https://w3id.org/edc/v0.0.1/ns/" },
//!     "@id": "asset-1",
//!     "edc:properties": { "edc:name": "Salt" },
//! });
//! let expanded = serde_json::Value::Array(chapar_jsonld::expand(&asset)?);
//! assert_eq!(expanded[0]["@id"], "asset-1");
//! let compacted = chapar_jsonld::compact(&expanded, &serde_json::json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }))?;
//! assert_eq!(compacted["properties"]["name"], "Salt");
//! # Ok::<(), chapar_jsonld::Malformed>(())
//! ```

mod bounds;
mod built_in;
mod compact;
mod container;
mod context;
mod define;
mod expand;
mod iri;
mod keyword;
mod layer;
mod malformed;
mod node;
mod options;
mod process;
#[cfg(test)]
mod suite;

pub use malformed::{Malformed, code};

use options::Options;
use serde_json::Value;

/// The expanded form of `document`: its nodes, every name a full IRI, every value an array.
///
/// # Errors
/// The document is no JSON-LD, names a context that is not built in, or passes one of the bounds; answer 400.
pub fn expand(document: &Value) -> Result<Vec<Value>, Malformed> {
    expand::document(document, &Options::default())
}

/// The compact form of `expanded` under `context`, which is what may stand behind `@context`: an object, the IRI of a built-in
/// context, or an array of these. The result carries it as its own `@context`.
///
/// # Errors
/// The context is none, or names one that is not built in; `expanded` is not in expanded form or passes one of the bounds.
pub fn compact(expanded: &Value, context: &Value) -> Result<Value, Malformed> {
    compact::document(expanded, context, &Options::default())
}
