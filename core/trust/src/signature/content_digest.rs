//! `Content-Digest` (RFC 9530): the digest of the body's bytes as they travel, after any content coding.
//!
//! Writes SHA-256; reads SHA-256 and SHA-512. Refuses to know whether the field is signed.

use super::MessageParts;
use crate::Refusal;
use chapar_terms::{Digest, limits};
use sfv::{BareItem, Dictionary, ListEntry, Parser};
use sha2::Digest as _;

/// The header's value for `body`.
pub(super) fn render(body: &[u8]) -> String {
    format!("sha-256=:{}:", Digest::of(body).base64())
}

/// Checks the `Content-Digest` of a message against its body. Digests of unknown algorithms are passed over; each known one must fit.
///
/// # Errors
/// `content-digest-missing`, `content-digest-malformed` (no digest of an algorithm known here), `content-digest-wrong`: refuse the message.
pub fn check_content_digest(message: &MessageParts, body: &[u8]) -> Result<(), Refusal> {
    let malformed = || {
        Refusal::new(
            "content-digest-malformed",
            "holds neither a sha-256 nor a sha-512 digest",
        )
    };
    let field = message.field("content-digest").ok_or_else(|| {
        Refusal::new(
            "content-digest-missing",
            "a message with a body is covered by its digest",
        )
    })?;
    if field.len() > limits::AUTH_HEADER_BYTES {
        return Err(malformed());
    }
    let digests: Dictionary = Parser::new(&field).parse().map_err(|_| malformed())?;
    let mut known = 0_usize;
    for (algorithm, entry) in &digests {
        let expected = match algorithm.as_str() {
            "sha-256" => Digest::of(body).as_bytes().to_vec(),
            "sha-512" => sha2::Sha512::digest(body).to_vec(),
            _ => continue,
        };
        known = known.saturating_add(1);
        let ListEntry::Item(item) = entry else {
            return Err(malformed());
        };
        let BareItem::ByteSequence(said) = &item.bare_item else {
            return Err(malformed());
        };
        if *said != expected {
            return Err(Refusal::new(
                "content-digest-wrong",
                format!("`{algorithm}` is not the digest of these bytes"),
            ));
        }
    }
    if known == 0 { Err(malformed()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digests are those of RFC 9421 appendix B.2 (SHA-512) and RFC 9530 appendix B.1 (SHA-256).
    #[test]
    fn digests_and_their_faults() {
        let sha512 =
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
        let sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
        let body = b"{\"hello\": \"world\"}";
        assert_eq!(render(body), sha256);
        let wrong = render(b"other");
        let both_one_wrong = format!("{sha512}, {wrong}");
        let both = format!("{sha512},{sha256}");
        let table = [
            (sha512, "ok"),
            (sha256, "ok"),
            (both.as_str(), "ok"),
            (
                "md5=:AA==:, sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
                "ok",
            ),
            (wrong.as_str(), "content-digest-wrong"),
            (both_one_wrong.as_str(), "content-digest-wrong"),
            ("md5=:AA==:", "content-digest-malformed"),
            ("sha-256=AA", "content-digest-malformed"),
            ("sha-256=(1 2)", "content-digest-malformed"),
            ("", "content-digest-malformed"),
            ("sha-256=:AA", "content-digest-malformed"),
        ];
        for (field, code) in table {
            let message = MessageParts::response(200, &[("Content-Digest", field)]);
            let seen = check_content_digest(&message, body).map_or_else(|refusal| refusal.code, |()| "ok");
            assert_eq!(seen, code, "{field}");
        }
        let none = MessageParts::response(200, &[]);
        assert_eq!(
            check_content_digest(&none, body).unwrap_err().code,
            "content-digest-missing"
        );
    }
}
