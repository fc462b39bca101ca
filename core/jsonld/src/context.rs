//! The active context: what each name means at one place of a document.
//!
//! A context is a layer over the one that it was made from, so that a scoped context of one line costs one line. Holds
//! lookups. Refuses to hold how a layer comes to be (`process`, `define`) and how a term is chosen for an IRI (`compact`).

use crate::container::Container;
use crate::layer::Layer;
use crate::{iri, keyword};
use serde_json::Value;
use std::borrow::Cow;
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
#[derive(Clone, Debug)]
pub(crate) struct Scoped {
    pub(crate) local: Arc<Value>,
    pub(crate) written_in: Option<Arc<str>>,
    /// What it makes, where that is made already.
    pub(crate) ready: OnceLock<Ready>,
}

/// The terms of a scoped context of ours, and the prefixes that they were defined with.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) layer: Arc<Layer>,
    pub(crate) prefixes: Vec<(Arc<str>, Arc<Term>)>,
}

impl PartialEq for Scoped {
    fn eq(&self, other: &Self) -> bool {
        self.local == other.local && self.written_in == other.written_in
    }
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
    own: Arc<Layer>,
    below: Option<Arc<Context>>,
    layers: usize,
    pub(crate) base: Option<Arc<str>>,
    pub(crate) original_base: Option<Arc<str>>,
    pub(crate) vocab: Option<Arc<str>>,
    pub(crate) language: Option<Arc<str>>,
    pub(crate) direction: Option<Direction>,
    /// The context to go back to in the next node, when this one is of a type only.
    pub(crate) previous: Option<Arc<Context>>,
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
            let flat = Self {
                own: Arc::new(below.flat()),
                ..Self::default()
            };
            layer.layers = 1;
            layer.below = Some(Arc::new(flat));
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
        if self.layers < LAYERS { 0 } else { self.size() }
    }

    /// How many terms its layers have.
    pub(crate) fn size(&self) -> usize {
        self.each_layer().map(|layer| layer.own.len()).sum()
    }

    /// How many terms at most are looked through to find the best for a value.
    pub(crate) fn crowd(&self) -> usize {
        self.each_layer().map(|layer| layer.own.crowd()).sum()
    }

    fn each_layer(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |layer| layer.below.as_deref())
    }

    fn flat(&self) -> Layer {
        let mut flat = Layer::default();
        for layer in self.each_layer() {
            flat.take_in(&layer.own);
        }
        flat
    }

    /// The definition of `name`.
    pub(crate) fn term(&self, name: &str) -> Option<&Arc<Term>> {
        self.each_layer().find_map(|layer| layer.own.get(name)).flatten()
    }

    /// The layer on top.
    pub(crate) fn own(&self) -> &Arc<Layer> {
        &self.own
    }

    /// Makes `layer` the one on top.
    pub(crate) fn put(&mut self, layer: Arc<Layer>) {
        self.own = layer;
    }

    /// Whether a layer that was made over another context, with these prefixes, would say the same over this one.
    pub(crate) fn may_adopt(&self, layer: &Layer, prefixes: &[(Arc<str>, Arc<Term>)]) -> bool {
        let means_the_same = |(name, term): &(Arc<str>, Arc<Term>)| {
            let here = self.term(name);
            here.is_some_and(|here| here.prefix && here.iri == term.iri)
        };
        self.each_layer()
            .all(|lower| !lower.own.redefines_iris() && lower.own.leaves_be(layer))
            && prefixes.iter().all(means_the_same)
    }

    /// Whether `name` is the keyword `wanted` or an alias of it.
    pub(crate) fn stands_for(&self, name: &str, wanted: &str) -> bool {
        name == wanted || self.term(name).is_some_and(|term| term.iri.as_deref() == Some(wanted))
    }

    /// Defines `name` in this layer; `None` makes it unknown.
    pub(crate) fn set(&mut self, name: &str, term: Option<Arc<Term>>) {
        Arc::make_mut(&mut self.own).set(name, term);
    }

    /// Whether any term that can be seen is protected.
    pub(crate) fn protects(&self) -> bool {
        self.each_layer().any(|layer| layer.own.protects()) && self.flat().terms().any(|(_, term)| term.protected)
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

    /// The terms that stand for `iri`.
    pub(crate) fn terms_for(&self, iri: &str) -> impl Iterator<Item = (&Arc<str>, &Arc<Term>)> {
        self.seen(move |layer| layer.terms_for(iri))
    }

    /// The terms that may stand before a colon.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Term>)> {
        self.seen(Layer::prefixes)
    }

    /// What the layers say, unless a higher one says something else of the same name.
    fn seen<'a, T>(&'a self, of: impl Fn(&'a Layer) -> T) -> impl Iterator<Item = (&'a Arc<str>, &'a Arc<Term>)>
    where
        T: Iterator<Item = (&'a Arc<str>, &'a Arc<Term>)>,
    {
        let layers = self.each_layer().enumerate();
        layers.flat_map(move |(above, layer)| {
            let is_seen = move |name: &str| self.each_layer().take(above).all(|upper| upper.own.get(name).is_none());
            of(&layer.own).filter(move |(name, _)| is_seen(name))
        })
    }
}
