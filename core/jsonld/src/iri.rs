//! IRIs as text: their parts, and resolving one against a base.
//!
//! Refuses to hold the grammar of RFC 3987, which is `oxiri`'s, and what a name means in a context (`context`).

use oxiri::{Iri, IriRef};

/// Prefix and suffix of what may be a compact IRI, or scheme and rest of what may be an IRI.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    name.split_once(':').filter(|(prefix, _)| !prefix.is_empty())
}

/// Whether `name` has the form of an IRI: a scheme, a colon, and no white space.
pub(crate) fn is_absolute(name: &str) -> bool {
    let Some((scheme, rest)) = split(name) else {
        return false;
    };
    let mut letters = scheme.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.contains(char::is_whitespace)
}

/// Whether `name` is a blank node identifier.
pub(crate) fn is_blank(name: &str) -> bool {
    name.starts_with("_:")
}

/// Whether a simple term for `iri` may be used as a prefix: it ends where RFC 3986 begins a part (`gen-delims`).
pub(crate) fn may_be_prefix(iri: &str) -> bool {
    iri.ends_with([':', '/', '?', '#', '[', ']', '@']) || is_blank(iri)
}

/// `name` against `base`; as it is where one of them is nothing that can be resolved.
pub(crate) fn resolve(base: Option<&str>, name: &str) -> String {
    let resolved = base
        .and_then(|base| Iri::parse(base).ok())
        .map(|base| base.resolve_unchecked(&IriRef::parse_unchecked(name)).into_inner());
    resolved.unwrap_or_else(|| name.to_owned())
}

/// `iri` as it may be written beside `base`; `None` where it has to stay as it is.
pub(crate) fn relative_to(base: &str, iri: &str) -> Option<String> {
    let base = Iri::parse(base).ok()?;
    let relative = base.relativize(&Iri::parse(iri).ok()?).ok()?.into_inner();
    // What looks like a keyword would be read as one.
    Some(if relative.starts_with('@') {
        ["./", &relative].concat()
    } else {
        relative
    })
}
