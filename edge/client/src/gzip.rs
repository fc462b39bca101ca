//! Decoding of gzip bodies (RFC 1952), apart from receiving them: digest and signature are checked over the encoded bytes first.

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use std::fmt;
use std::io::Read;

/// A gzip body could not be decoded. Treat it as a malformed body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GzipFault {
    /// The bytes are no whole gzip stream.
    Malformed,
    /// Decoded, the body is longer than the bound given.
    TooLarge {
        /// The bound in bytes.
        limit: usize,
    },
}

impl fmt::Display for GzipFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the body is no whole gzip stream"),
            Self::TooLarge { limit } => write!(f, "the decoded body is longer than {limit} bytes"),
        }
    }
}

impl std::error::Error for GzipFault {}

/// Decodes a gzip body of at most `limit` decoded bytes; memory stays bounded by `limit` whatever the body claims.
///
/// # Errors
/// The body is malformed or too long; answer "bad request" to a request, drop an answer.
pub fn decode_gzip(encoded: &[u8], limit: usize) -> Result<Bytes, GzipFault> {
    let mut decoded = Vec::new();
    // One byte more than permitted tells "exactly full" from "over".
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(encoded)
        .take(bound)
        .read_to_end(&mut decoded)
        .map_err(|_| GzipFault::Malformed)?;
    if decoded.len() > limit {
        return Err(GzipFault::TooLarge { limit });
    }
    Ok(Bytes::from(decoded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn decodes_up_to_the_bound() {
        let plain = b"courier ".repeat(100);
        assert_eq!(decode_gzip(&gzip(&plain), plain.len()).unwrap(), plain);
        let over = decode_gzip(&gzip(&plain), plain.len() - 1);
        assert_eq!(over, Err(GzipFault::TooLarge { limit: plain.len() - 1 }));
    }

    #[test]
    fn a_bomb_ends_at_the_bound() {
        let bomb = gzip(&vec![0; 64 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(decode_gzip(&bomb, 4096), Err(GzipFault::TooLarge { limit: 4096 }));
    }

    #[test]
    fn refuses_what_is_no_whole_stream() {
        let whole = gzip(b"whole");
        assert_eq!(decode_gzip(&whole[..whole.len() - 4], 100), Err(GzipFault::Malformed));
        assert_eq!(decode_gzip(b"{}", 100), Err(GzipFault::Malformed));
        let mut trailing = whole.clone();
        trailing.extend_from_slice(b"trailing");
        assert_eq!(decode_gzip(&trailing, 100), Err(GzipFault::Malformed));
    }
}
