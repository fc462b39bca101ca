//! `cosignature/v1`: a checkpoint's text under a time, by Ed25519 (C2SP tlog-cosignature).
//!
//! Signing and checking a whole note is in `note`.

use chapar_terms::{BadSignature, Instant, PublicKey, Signer, SigningFault, Suite};

/// What a cosignature signs: the header, the time, the checkpoint's text.
fn message(seconds: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}

/// The bytes after the key id: the time in eight bytes, then the signature.
pub(crate) fn sign(signer: &dyn Signer, text: &str, now: Instant) -> Result<Vec<u8>, SigningFault> {
    let seconds = u64::try_from(now.unix_s()).map_err(|_| SigningFault)?;
    let signature = signer.sign(&message(seconds, text))?;
    Ok([seconds.to_be_bytes().as_slice(), &signature].concat())
}

/// Checks those bytes and gives the time. Whether it lies in the future is judged by the caller.
pub(crate) fn verify(suite: &dyn Suite, key: &PublicKey, text: &str, bytes: &[u8]) -> Result<Instant, BadSignature> {
    let (seconds, signature) = bytes.split_first_chunk().ok_or(BadSignature)?;
    let seconds = u64::from_be_bytes(*seconds);
    let at = i64::try_from(seconds).map_err(|_| BadSignature)?;
    suite.verify(key, &message(seconds, text), signature)?;
    Ok(Instant::from_unix_s(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_suite_international::{International, generate};
    use chapar_terms::Algorithm;

    /// C2SP: the time must not exceed 2^63 - 1, however well it is signed.
    #[test]
    fn times_beyond_what_can_be_told_are_refused() {
        let signer = generate(Algorithm::Ed25519).unwrap().0;
        let signed = |seconds: u64| {
            let signature = signer.sign(&message(seconds, "text\n")).unwrap();
            let bytes = [seconds.to_be_bytes().as_slice(), &signature].concat();
            verify(&International, signer.public_key(), "text\n", &bytes)
        };
        assert_eq!(signed(1_679_315_147), Ok(Instant::from_unix_s(1_679_315_147)));
        assert!(signed(1 << 63).is_err());
        assert!(sign(&signer, "text\n", Instant::from_unix_s(-1)).is_err());
    }

    /// The message of C2SP tlog-cosignature, byte for byte.
    #[test]
    fn the_message_of_the_specification() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let expected = format!("cosignature/v1\ntime 1679315147\n{text}");
        assert_eq!(message(1_679_315_147, text), expected.as_bytes());
    }
}
