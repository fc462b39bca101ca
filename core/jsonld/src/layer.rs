//! One layer of an active context: the terms that one local context defines.
//!
//! Refuses to know the layers below it (`context`).

use crate::context::Term;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Terms by name, and by what they stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    /// `None` hides a term of a lower layer.
    terms: BTreeMap<Arc<str>, Option<Arc<Term>>>,
    /// Some term is protected.
    protects: bool,
    /// Some term is written like an IRI, so that it changes what other names stand for.
    redefines_iris: bool,
    /// Which names may be among the terms.
    sketch: Sketch,
    index: OnceLock<Index>,
}

/// A name and its definition.
type Named = (Arc<str>, Arc<Term>);

#[derive(Clone, Debug, Default)]
struct Index {
    by_iri: BTreeMap<Arc<str>, Vec<Named>>,
    prefixes: Vec<Named>,
    /// The most terms that stand for one IRI.
    crowd: usize,
}

impl Layer {
    /// What this layer says of `name`: a definition, that there is none, or nothing.
    pub(crate) fn get(&self, name: &str) -> Option<Option<&Arc<Term>>> {
        if !self.sketch.may_have(name) {
            return None;
        }
        self.terms.get(name).map(Option::as_ref)
    }

    /// Defines `name`, or hides it.
    pub(crate) fn set(&mut self, name: &str, term: Option<Arc<Term>>) {
        self.protects |= term.as_ref().is_some_and(|term| term.protected);
        self.redefines_iris |= name.contains(':');
        self.sketch.add(name);
        self.terms.insert(Arc::from(name), term);
        self.index.take();
    }

    /// Takes over what `lower` says of names that this layer says nothing of.
    pub(crate) fn take_in(&mut self, lower: &Self) {
        for (name, term) in &lower.terms {
            self.terms.entry(name.clone()).or_insert_with(|| term.clone());
        }
        self.sketch.join(&lower.sketch);
        self.protects |= lower.protects;
        self.redefines_iris |= lower.redefines_iris;
        self.index.take();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether any term is protected.
    pub(crate) fn protects(&self) -> bool {
        self.protects
    }

    /// Whether some term is written like an IRI.
    pub(crate) fn redefines_iris(&self) -> bool {
        self.redefines_iris
    }

    /// Whether `other` may stand over this layer as it is: what is protected here is the same there.
    pub(crate) fn leaves_be(&self, other: &Self) -> bool {
        let may_be = |(name, term): (&Arc<str>, &Option<Arc<Term>>)| match self.get(name).flatten() {
            Some(here) => !here.protected || term.as_ref() == Some(here),
            None => true,
        };
        !self.protects || other.terms.iter().all(may_be)
    }

    pub(crate) fn terms(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Term>)> {
        self.terms
            .iter()
            .filter_map(|(name, term)| Some((name, term.as_ref()?)))
    }

    /// The terms that stand for `iri`.
    pub(crate) fn terms_for<'a>(&'a self, iri: &str) -> impl Iterator<Item = (&'a Arc<str>, &'a Arc<Term>)> + use<'a> {
        let named = self.index().by_iri.get(iri).into_iter().flatten();
        named.map(|(name, term)| (name, term))
    }

    /// The terms that may stand before a colon.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Term>)> {
        self.index().prefixes.iter().map(|(name, term)| (name, term))
    }

    /// How many terms at most are looked through for a name.
    pub(crate) fn crowd(&self) -> usize {
        self.index().crowd.saturating_add(self.index().prefixes.len())
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for (name, term) in self.terms() {
                let named = || (name.clone(), term.clone());
                if let Some(iri) = &term.iri {
                    index.by_iri.entry(iri.clone()).or_default().push(named());
                }
                if term.prefix {
                    index.prefixes.push(named());
                }
            }
            index.crowd = index.by_iri.values().map(Vec::len).max().unwrap_or_default();
            index
        })
    }
}

/// A set of names that may say "perhaps" of one that is not in it, and never "no" of one that is. Most names are sought in several
/// layers and found in one; here a layer is passed over without a comparison of texts.
#[derive(Clone, Copy, Debug, Default)]
struct Sketch([u64; 16]);

impl Sketch {
    fn add(&mut self, name: &str) {
        let (word, bit) = Self::place(name);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn join(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    fn may_have(&self, name: &str) -> bool {
        let (word, bit) = Self::place(name);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The place of a name, by its length, its first byte and its last three: names of one vocabulary differ at their ends.
    fn place(name: &str) -> (usize, u64) {
        let ends = name.bytes().take(1).chain(name.bytes().rev().take(3));
        let mixed = ends.fold(name.len(), |mixed, byte| {
            mixed.wrapping_mul(31).wrapping_add(usize::from(byte))
        });
        let place = mixed % (16 * 64);
        (place / 64, 1 << (place % 64))
    }
}
