//! IRI compaction without a value (section 6.2 of the algorithms, steps 5 to 11): vocabulary, prefixes, base.
//!
//! Refuses to hold the choice of a term for a value (`select`).

use super::select;
use crate::context::Context;
use crate::iri;
use crate::keyword;
use crate::malformed::Malformed;
use chapar_terms::quote;
use std::borrow::Cow;

/// What a short name will be understood against.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Against {
    Vocab,
    Document,
}
pub(super) use Against::{Document as DOCUMENT, Vocab as VOCAB};

/// The alias of a keyword, or itself.
pub(super) fn keyword(active: &Context, name: &str) -> Result<String, Malformed> {
    compact(active, name, VOCAB)
}

/// The short form of `name`, with nothing known of a value.
pub(super) fn compact(active: &Context, name: &str, against: Against) -> Result<String, Malformed> {
    if against == VOCAB
        && let Some(term) = select::term(active, name, None, false)
    {
        return Ok(term);
    }
    without_term(active, name, against, false)
}

/// The short form of `name` where no term fits; `for_value` is true where the name is of a property with a value.
pub(super) fn without_term(
    active: &Context,
    name: &str,
    against: Against,
    for_value: bool,
) -> Result<String, Malformed> {
    // Most names in a document are keywords, and no vocabulary, prefix or base says one shorter.
    if keyword::is(name) {
        return Ok(name.to_owned());
    }
    if against == VOCAB
        && let Some(suffix) = active.vocab.as_deref().and_then(|vocab| name.strip_prefix(vocab))
        && !suffix.is_empty()
        && active.term(suffix).is_none()
    {
        return Ok(suffix.to_owned());
    }
    let candidates = active.prefixes().filter_map(|(prefix, term)| {
        let suffix = name
            .strip_prefix(term.iri.as_deref()?)
            .filter(|suffix| !suffix.is_empty())?;
        let candidate = [prefix, ":", suffix].concat();
        let free = match active.term(&candidate) {
            None => true,
            Some(taken) => !for_value && taken.iri.as_deref() == Some(name),
        };
        free.then_some(candidate)
    });
    if let Some(best) = candidates.min_by(|a, b| (a.len(), a).cmp(&(b.len(), b))) {
        return Ok(best);
    }
    if let Some((scheme, rest)) = iri::split(name)
        && !rest.starts_with("//")
        && active.term(scheme).is_some_and(|term| term.prefix)
    {
        let why = format!("{} would be read as a compact IRI", quote(name));
        return Err(Malformed::new("IRI-confused-with-prefix", why));
    }
    let base = active.base.as_deref().filter(|_| against == DOCUMENT);
    let relative = base.and_then(|base| iri::relative_to(base, name));
    Ok(relative.map_or(Cow::Borrowed(name), Cow::Owned).into_owned())
}
