//! Where a message goes: the paths of the HTTPS binding (DSP 2025-1), joined to the peer's base.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986 and the `:` that `urn:uuid:` ids carry.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// `base` without its trailing slashes, then the segments, each encoded.
pub fn join(base: &str, segments: &[&str]) -> String {
    let mut url = base.trim_end_matches('/').to_owned();
    for segment in segments {
        url.push('/');
        url.extend(utf8_percent_encode(segment, SEGMENT));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn joins_without_doubled_slashes_and_encodes_foreign_pids() {
        assert_eq!(
            join("https://a/b/", &["negotiations", "urn:uuid:1", "offers"]),
            "https://a/b/negotiations/urn:uuid:1/offers"
        );
        assert_eq!(
            join("https://a", &["transfers", "../x?y#z"]),
            "https://a/transfers/..%2Fx%3Fy%23z"
        );
    }
}
