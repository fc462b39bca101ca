//! The keywords of JSON-LD 1.1.
//!
//! Refuses to know where a keyword may stand; that is `define`, `expand` and `compact`.

/// Every keyword; the framing keywords are of another text and none of ours.
const KEYWORDS: [&str; 23] = [
    "@base",
    "@container",
    "@context",
    "@direction",
    "@graph",
    "@id",
    "@import",
    "@included",
    "@index",
    "@json",
    "@language",
    "@list",
    "@nest",
    "@none",
    "@prefix",
    "@propagate",
    "@protected",
    "@reverse",
    "@set",
    "@type",
    "@value",
    "@version",
    "@vocab",
];

/// Whether `name` is a keyword.
pub(crate) fn is(name: &str) -> bool {
    name.starts_with('@') && KEYWORDS.contains(&name)
}

/// Whether `name` looks like a keyword: such names are kept free for later versions of the language.
pub(crate) fn looks_like(name: &str) -> bool {
    let letters = name.strip_prefix('@').unwrap_or_default();
    !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
}
