//! Preconditions (RFC 9110 section 13) by entity tag, which is the document's SHA-256 in hexadecimal.
//!
//! Refuses to know dates: no `Last-Modified` is sent, so a condition by date never holds and never fails.

use chapar_terms::{lists_tag, same_weakly};
use http::HeaderMap;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH, IF_RANGE};

/// What the preconditions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Go on.
    Go,
    /// 304.
    NotModified,
    /// 412.
    Failed,
}

/// Judges `If-Match`, then `If-None-Match` (section 13.2.2).
pub(crate) fn judge(headers: &HeaderMap, tag: &str) -> Verdict {
    if headers.contains_key(IF_MATCH) && !names(headers, &IF_MATCH, |one| one == tag) {
        return Verdict::Failed;
    }
    if names(headers, &IF_NONE_MATCH, |one| same_weakly(one, tag)) {
        return Verdict::NotModified;
    }
    Verdict::Go
}

/// Whether `If-Range` lets the `Range` count: absent, or this very tag. A date, or several, never does.
pub(crate) fn range_holds(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(IF_RANGE)
        .iter()
        .all(|value| value.to_str().is_ok_and(|value| value.trim() == tag))
}

fn names(headers: &HeaderMap, field: &HeaderName, fits: impl Fn(&str) -> bool) -> bool {
    lists_tag(
        headers.get_all(field).iter().filter_map(|value| value.to_str().ok()),
        fits,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const TAG: &str = "\"abc\"";

    fn headers(fields: &[(&HeaderName, &'static str)]) -> HeaderMap {
        fields
            .iter()
            .map(|(name, value)| ((*name).clone(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn preconditions() {
        let table: [(&[(&HeaderName, &'static str)], Verdict); 9] = [
            (&[], Verdict::Go),
            (&[(&IF_MATCH, "\"abc\"")], Verdict::Go),
            (&[(&IF_MATCH, "*")], Verdict::Go),
            (&[(&IF_MATCH, "\"x\", \"abc\"")], Verdict::Go),
            (&[(&IF_MATCH, "W/\"abc\"")], Verdict::Failed),
            (&[(&IF_MATCH, "\"x\"")], Verdict::Failed),
            (&[(&IF_NONE_MATCH, "\"x\"")], Verdict::Go),
            (&[(&IF_NONE_MATCH, "\"x\", W/\"abc\"")], Verdict::NotModified),
            (&[(&IF_NONE_MATCH, "*")], Verdict::NotModified),
        ];
        for (fields, expected) in table {
            assert_eq!(judge(&headers(fields), TAG), expected, "{fields:?}");
        }
    }

    #[test]
    fn a_range_counts_for_the_same_bytes_only() {
        assert!(range_holds(&HeaderMap::new(), TAG));
        assert!(range_holds(&headers(&[(&IF_RANGE, "\"abc\"")]), TAG));
        for other in ["\"abd\"", "W/\"abc\"", "abc", "Sat, 29 Oct 1994 19:43:31 GMT", "*", ""] {
            assert!(!range_holds(&headers(&[(&IF_RANGE, other)]), TAG), "{other}");
        }
    }
}
