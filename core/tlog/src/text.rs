//! The two spellings that all text forms here share: decimal numbers and hashes in base64. One value, one spelling.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_terms::{Digest, Invalid, quote};

/// Reads an ASCII decimal without leading zeroes.
pub(crate) fn decimal(what: &'static str, text: &str) -> Result<u64, Invalid> {
    let wrong = || {
        Invalid::new(
            what,
            format!("{} is not a decimal number without leading zeroes", quote(text)),
        )
    };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.starts_with('0') && text != "0") {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

/// Reads standard base64 with padding.
pub(crate) fn base64(what: &'static str, text: &str) -> Result<Vec<u8>, Invalid> {
    STANDARD
        .decode(text)
        .map_err(|_| Invalid::new(what, format!("{} is not base64 with padding", quote(text))))
}

/// Reads a hash of 32 bytes in base64.
pub(crate) fn hash(what: &'static str, text: &str) -> Result<Digest, Invalid> {
    let bytes: [u8; 32] = base64(what, text)?
        .try_into()
        .map_err(|_| Invalid::new(what, format!("{} is not 32 bytes in base64", quote(text))))?;
    Ok(Digest::from_bytes(bytes))
}

/// Writes standard base64 with padding.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_each() {
        assert_eq!(decimal("size", "0"), Ok(0));
        assert_eq!(decimal("size", "18446744073709551615"), Ok(u64::MAX));
        for bad in [
            "",
            "00",
            "01",
            "+1",
            "-1",
            " 1",
            "1 ",
            "0x1",
            "18446744073709551616",
            "١",
        ] {
            assert!(decimal("size", bad).is_err(), "{bad}");
        }
        let digest = Digest::of(b"a");
        assert_eq!(hash("root", &digest.base64()), Ok(digest));
        // No padding, bits beyond the last byte, one byte too many, one too few.
        let text = digest.base64();
        let bare = text.trim_end_matches('=');
        for bad in [
            bare,
            &text.replace("s=", "t="),
            &to_base64(&[0; 33]),
            &to_base64(&[0; 31]),
        ] {
            assert!(hash("root", bad).is_err(), "{bad}");
        }
    }
}
