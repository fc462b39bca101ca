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
