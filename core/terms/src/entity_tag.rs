//! Entity tags (RFC 9110 section 8.8.3): the name of a representation's bytes in conditional requests. Ours are digests.

use crate::Digest;

/// The strong entity tag of bytes with this digest.
pub fn entity_tag(digest: Digest) -> String {
    format!("\"{}\"", digest.hex())
}

/// Whether a list of tags, in the values of one header field, holds `*` or one that fits. Our tags hold no comma, so a plain split
/// finds ours.
pub fn lists_tag<'a>(values: impl Iterator<Item = &'a str>, fits: impl Fn(&str) -> bool) -> bool {
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || fits(one))
}

/// As `If-None-Match` compares them: weakly (section 13.1.2).
pub fn same_weakly(one: &str, tag: &str) -> bool {
    one.strip_prefix("W/").unwrap_or(one) == tag
}
