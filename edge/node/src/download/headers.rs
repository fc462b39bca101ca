//! What the fields of a provider's answer say of the bytes that follow: how many, from where on, and the digest of the whole.
//!
//! Fields that cannot be read say nothing; what is then not known is not believed. Refuses to touch the bytes themselves.

use chapar_terms::{Digest, limits};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderName};
use http::{HeaderMap, StatusCode};
use sfv::{BareItem, Dictionary, ListEntry, Parser};

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// How many bytes follow.
pub fn content_length(headers: &HeaderMap) -> Option<u64> {
    field(headers, &CONTENT_LENGTH)?.parse().ok()
}

/// Whether the bytes begin at `from` of the whole (RFC 9110, 14.4).
pub fn starts_at(headers: &HeaderMap, from: u64) -> bool {
    field(headers, &CONTENT_RANGE)
        .and_then(|range| range.strip_prefix("bytes ")?.split_once('-'))
        .is_some_and(|(first, _)| first.parse() == Ok(from))
}

/// The SHA-256 of the whole, as RFC 9530 tells it: of the representation, or of the content where that is the whole.
pub fn told_digest(headers: &HeaderMap, status: StatusCode) -> Option<Digest> {
    let content = || field(headers, &CONTENT_DIGEST).filter(|_| status == StatusCode::OK);
    sha256_of(field(headers, &REPR_DIGEST).or_else(content)?)
}

/// The member `sha-256` of a digest field.
fn sha256_of(field: &str) -> Option<Digest> {
    let digests: Dictionary = Parser::new(field).parse().ok()?;
    let ListEntry::Item(item) = digests.get("sha-256")? else {
        return None;
    };
    let BareItem::ByteSequence(bytes) = &item.bare_item else {
        return None;
    };
    <[u8; 32]>::try_from(bytes.as_slice()).ok().map(Digest::from_bytes)
}

fn field<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= limits::AUTH_HEADER_BYTES).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn a_digest_field_is_read() {
        let digest = Digest::of(b"abc");
        let member = format!("sha-256=:{}:", digest.base64());
        let told = |name: HeaderName, value: &str, status| told_digest(&with(name, value), status);
        for value in [
            member.clone(),
            format!("sha-512=:AAAA:, {member}"),
            format!("{member};q=1, x=?1"),
        ] {
            assert_eq!(
                told(REPR_DIGEST, &value, StatusCode::PARTIAL_CONTENT),
                Some(digest),
                "{value}"
            );
        }
        assert_eq!(told(CONTENT_DIGEST, &member, StatusCode::OK), Some(digest));
        assert_eq!(
            told(CONTENT_DIGEST, &member, StatusCode::PARTIAL_CONTENT),
            None,
            "a part's digest is not that of the whole"
        );
        for other in [
            "",
            "sha-256=AAAA",
            "sha-256=:AAAA:",
            "sha-256=:AAAA",
            "sha-256=(:AAAA:)",
            "sha-512=:AAAA:",
        ] {
            assert_eq!(told(REPR_DIGEST, other, StatusCode::OK), None, "{other}");
        }
    }

    #[test]
    fn only_the_bytes_that_were_asked_for_go_on() {
        let starts = |value: &str| starts_at(&with(CONTENT_RANGE, value), 7);
        assert!(starts("bytes 7-9/10") && starts("bytes 7-9/*"));
        for other in [
            "",
            "bytes */10",
            "bytes 8-9/10",
            "bytes=7-9",
            "items 7-9/10",
            "bytes -7/10",
            "bytes 7",
        ] {
            assert!(!starts(other), "{other}");
        }
        assert!(!starts_at(&HeaderMap::new(), 0));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes: [u8; 32], from: u64, length: u64) {
            let digest = Digest::from_bytes(bytes);
            let mut headers = with(REPR_DIGEST, &format!("sha-256=:{}:", digest.base64()));
            headers.insert(CONTENT_RANGE, format!("bytes {from}-{}/*", from.saturating_add(length)).parse().unwrap());
            headers.insert(CONTENT_LENGTH, length.into());
            prop_assert_eq!(told_digest(&headers, StatusCode::PARTIAL_CONTENT), Some(digest));
            prop_assert!(starts_at(&headers, from));
            prop_assert!(!starts_at(&headers, from.wrapping_add(1)));
            prop_assert_eq!(content_length(&headers), Some(length));
        }
    }
}
