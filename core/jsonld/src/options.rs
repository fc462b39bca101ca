//! What the judge of the W3C can ask for and a document of a dataspace cannot.
//!
//! The published functions take the defaults; the suite of the W3C (`suite`) needs a base IRI, its own documents and the
//! two switches of compaction.

use crate::built_in;
use crate::context::Context;
use serde_json::Value;
use std::sync::{Arc, LazyLock};

/// A document that a context may name.
pub(crate) struct Loaded {
    pub(crate) document: Arc<Value>,
    /// Its context over the empty one, where that is made already.
    pub(crate) context: Option<&'static LazyLock<Arc<Context>>>,
}

/// How a document is worked on.
pub(crate) struct Options {
    /// What relative identifiers of the document are resolved against.
    pub(crate) base: Option<String>,
    /// A context that is applied before those of the document.
    pub(crate) expand_context: Option<Value>,
    /// Finds the document of an IRI; never by a network.
    pub(crate) load: fn(&str) -> Option<Loaded>,
    /// An array of one becomes the one.
    pub(crate) compact_arrays: bool,
    /// Identifiers below the base are written relative to it.
    pub(crate) compact_to_relative: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base: None,
            expand_context: None,
            load: built_in::load,
            compact_arrays: true,
            compact_to_relative: true,
        }
    }
}
