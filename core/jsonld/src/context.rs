//! The active context: what each name means at one place of a document.
//!
//! A context is a layer over the one that it was made from, so that a scoped context of one line costs one line. Holds
//! lookups. Refuses to hold how a layer comes to be (`process`, `define`) and how a term is chosen for an IRI (`compact`).

use crate::container::Container;
use crate::{iri, keyword};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Most layers looked through for a name; one more makes the layers one.
const LAYERS: usize = 8;

/// Direction of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// Reads the value of `@direction`.
    pub(crate) fn read(name: &str) -> Option<Self> {
        match name {
            "ltr" => Some(Self::Ltr),
            "rtl" => Some(Self::Rtl),
            _ => None,
        }
    }

    /// The value of `@direction`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

/// What a definition says of something that the context has a default for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Mapping<T> {
    /// Nothing: the default holds.
    #[default]
    Default,
    /// `null`: not even the default.
    Null,
    /// This.
    Is(T),
}

impl<T: Clone> Mapping<T> {
    /// What holds where `default` is the default.
    pub(crate) fn or(&self, default: Option<&T>) -> Option<T> {
        match self {
            Self::Default => default.cloned(),
            Self::Null => None,
            Self::Is(value) => Some(value.clone()),
        }
    }
}

/// A local context that a term brings along, and the IRI of the document it was written in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scoped {
    pub(crate) local: Arc<Value>,
    pub(crate) written_in: Option<Arc<str>>,
}

/// The definition of a term.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Term {
    /// What it stands for; `None` is a term that stands for nothing on purpose.
    pub(crate) iri: Option<Arc<str>>,
    pub(crate) prefix: bool,
    pub(crate) protected: bool,
    pub(crate) reverse: bool,
    /// The type mapping: `@id`, `@vocab`, `@json`, `@none` or the IRI of a datatype.
    pub(crate) coercion: Option<Arc<str>>,
    pub(crate) language: Mapping<Arc<str>>,
    pub(crate) direction: Mapping<Direction>,
    pub(crate) container: Container,
    pub(crate) index: Option<Arc<str>>,
    pub(crate) nest: Option<Arc<str>>,
    pub(crate) scoped: Option<Scoped>,
}

/// What a name is resolved against when it is no term.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// The vocabulary mapping: names of properties.
    Vocab,
    /// The base IRI: identifiers.
    Document,
    /// Either, the vocabulary mapping first: types.
    VocabOrDocument,
}

/// What each name means at one place of a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// Terms of this layer; `None` hides a term of a lower one.
    own: BTreeMap<Arc<str>, Option<Arc<Term>>>,
    below: Option<Arc<Context>>,
    layers: usize,
    pub(crate) base: Option<Arc<str>>,
    pub(crate) original_base: Option<Arc<str>>,
    pub(crate) vocab: Option<Arc<str>>,
    pub(crate) language: Option<Arc<str>>,
    pub(crate) direction: Option<Direction>,
    /// The context to go back to in the next node, when this one is of a type only.
    pub(crate) previous: Option<Arc<Context>>,
    index: OnceLock<Index>,
}

/// The terms of one layer by what they stand for.
#[derive(Clone, Debug, Default)]
struct Index {
    by_iri: BTreeMap<Arc<str>, Vec<Arc<str>>>,
    prefixes: Vec<Arc<str>>,
}

impl Context {
    /// Where every document begins.
    pub(crate) fn empty(base: Option<Arc<str>>) -> Self {
        Self {
            base: base.clone(),
            original_base: base,
            ..Self::default()
        }
    }

    /// A layer over `below` that says nothing yet.
    pub(crate) fn over(below: &Arc<Self>) -> Self {
        let mut layer = Self {
            base: below.base.clone(),
            original_base: below.original_base.clone(),
            vocab: below.vocab.clone(),
            language: below.language.clone(),
            direction: below.direction,
            previous: below.previous.clone(),
            ..Self::default()
        };
        if below.layers >= LAYERS {
            layer.own = below.flat();
        } else if below.own.is_empty() {
            layer.layers = below.layers;
            layer.below = below.below.clone();
        } else {
            layer.layers = below.layers.saturating_add(1);
            layer.below = Some(below.clone());
        }
        layer
    }

    /// Whether nothing was said yet, of no base IRI either.
    pub(crate) fn is_empty(&self) -> bool {
        let says_nothing = self.own.is_empty() && self.below.is_none() && self.previous.is_none();
        let settings = [&self.base, &self.original_base, &self.vocab, &self.language];
        says_nothing && self.direction.is_none() && settings.iter().all(|setting| setting.is_none())
    }

    /// How many terms a layer over this one copies.
    pub(crate) fn copied_by_layer(&self) -> usize {
        if self.layers < LAYERS {
            return 0;
        }
        self.each_layer().map(|layer| layer.own.len()).sum()
    }

    fn each_layer(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |layer| layer.below.as_deref())
    }

    fn flat(&self) -> BTreeMap<Arc<str>, Option<Arc<Term>>> {
        let mut terms = BTreeMap::new();
        for layer in self.each_layer() {
            for (name, term) in &layer.own {
                terms.entry(name.clone()).or_insert_with(|| term.clone());
            }
        }
        terms.retain(|_, term| term.is_some());
        terms
    }

    /// The definition of `name`.
    pub(crate) fn term(&self, name: &str) -> Option<&Arc<Term>> {
        self.each_layer().find_map(|layer| layer.own.get(name))?.as_ref()
    }

    /// Whether `name` is the keyword `wanted` or an alias of it.
    pub(crate) fn stands_for(&self, name: &str, wanted: &str) -> bool {
        name == wanted || self.term(name).is_some_and(|term| term.iri.as_deref() == Some(wanted))
    }

    /// Defines `name` in this layer; `None` makes it unknown.
    pub(crate) fn set(&mut self, name: &str, term: Option<Arc<Term>>) {
        self.own.insert(Arc::from(name), term);
    }

    /// Whether any term that can be seen is protected.
    pub(crate) fn protects(&self) -> bool {
        self.flat().values().flatten().any(|term| term.protected)
    }

    /// The full form of `name`; `None` when it stands for nothing.
    pub(crate) fn expand<'a>(&'a self, name: &'a str, against: Against) -> Option<Cow<'a, str>> {
        if name.starts_with('@') {
            if keyword::is(name) {
                return Some(Cow::Borrowed(name));
            }
            if keyword::looks_like(name) {
                return None;
            }
        }
        if let Some(term) = self.term(name) {
            let stands_for = term.iri.as_deref();
            if against != Against::Document || stands_for.is_some_and(keyword::is) {
                return stands_for.map(Cow::Borrowed);
            }
        }
        if let Some((prefix, suffix)) = iri::split(name) {
            if prefix == "_" || suffix.starts_with("//") {
                return Some(Cow::Borrowed(name));
            }
            if let Some(namespace) = self.namespace(prefix) {
                return Some(Cow::Owned([namespace, suffix].concat()));
            }
            if iri::is_absolute(name) {
                return Some(Cow::Borrowed(name));
            }
        }
        Some(match (&self.vocab, against) {
            (Some(vocab), Against::Vocab | Against::VocabOrDocument) => Cow::Owned([vocab, name].concat()),
            (_, Against::Document | Against::VocabOrDocument) => Cow::Owned(iri::resolve(self.base.as_deref(), name)),
            (None, Against::Vocab) => Cow::Borrowed(name),
        })
    }

    fn namespace(&self, prefix: &str) -> Option<&str> {
        let term = self.term(prefix)?;
        term.iri.as_deref().filter(|_| term.prefix)
    }

    /// The terms that stand for `iri`, the shortest first, then by their letters.
    pub(crate) fn terms_for(&self, iri: &str) -> Vec<(&Arc<str>, &Arc<Term>)> {
        let mut found = Vec::new();
        for layer in self.each_layer() {
            for name in layer.index().by_iri.get(iri).into_iter().flatten() {
                self.push_if_seen(layer, name, &mut found);
            }
        }
        found.sort_by_key(|(name, _)| (name.len(), *name));
        found
    }

    /// The terms that may stand before a colon.
    pub(crate) fn prefixes(&self) -> Vec<(&Arc<str>, &Arc<Term>)> {
        let mut found = Vec::new();
        for layer in self.each_layer() {
            for name in &layer.index().prefixes {
                self.push_if_seen(layer, name, &mut found);
            }
        }
        found
    }

    /// Adds what `layer` says of `name`, unless a higher layer says something else.
    fn push_if_seen<'a>(&'a self, layer: &'a Self, name: &'a Arc<str>, found: &mut Vec<(&'a Arc<str>, &'a Arc<Term>)>) {
        let (Some(Some(term)), Some(seen)) = (layer.own.get(name), self.term(name)) else {
            return;
        };
        if Arc::ptr_eq(term, seen) {
            found.push((name, term));
        }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for (name, term) in &self.own {
                let Some(term) = term else { continue };
                if let Some(iri) = &term.iri {
                    index.by_iri.entry(iri.clone()).or_default().push(name.clone());
                }
                if term.prefix {
                    index.prefixes.push(name.clone());
                }
            }
            index
        })
    }
}
