//! Sealing of columns at rest: XAES-256-GCM (c2sp.org/XAES-256-GCM) under the node key.
//!
//! The 192-bit nonce is random, which is safe for any number of rows; a plain 96-bit GCM nonce is not. The additional
//! data is table, participant and row id, so that a sealed value cannot be moved to another row. Where the key comes
//! from (file, environment) is the node's matter.

use crate::StoreFault;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{cmac, digest, rand};
use std::fmt;

const FORMAT: u8 = 1;
const KEY_ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// Bytes ahead of the ciphertext: format, key id, nonce.
const HEADER_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES;

/// The key that seals this node's secrets. Its bytes are never shown.
#[derive(Clone)]
pub struct NodeKey([u8; 32]);

impl NodeKey {
    /// Takes a key read from a file or the environment.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new random key, for a node's first start.
    ///
    /// # Errors
    /// The system's random source failed; do not start.
    pub fn fresh() -> Result<Self, StoreFault> {
        let mut bytes = [0_u8; 32];
        rand::fill(&mut bytes).map_err(|_| StoreFault::Cipher)?;
        Ok(Self(bytes))
    }

    /// The bytes, for the one place that writes a fresh key to its file.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeKey(..)")
    }
}

/// Seals and opens columns under one node key.
#[derive(Clone)]
pub struct Sealer {
    derive: cmac::Key,
    key_id: [u8; KEY_ID_BYTES],
}

/// The row that a sealed value belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub table: &'static str,
    pub participant: &'a str,
    pub id: &'a str,
}

impl Place<'_> {
    fn aad(&self) -> Vec<u8> {
        let mut aad = Vec::with_capacity(self.table.len() + self.participant.len() + self.id.len() + 2);
        aad.extend_from_slice(self.table.as_bytes());
        aad.push(0);
        aad.extend_from_slice(self.participant.as_bytes());
        aad.push(0);
        aad.extend_from_slice(self.id.as_bytes());
        aad
    }

    fn fault(&self) -> StoreFault {
        StoreFault::Sealed {
            table: self.table,
            row: format!("{}/{}", self.participant, self.id),
        }
    }
}

const fn chest(participant: &str) -> Place<'_> {
    Place {
        table: "key chest",
        participant,
        id: "",
    }
}

impl Sealer {
    /// A sealer under `key`.
    ///
    /// # Errors
    /// The cipher library refused the key; do not start.
    pub fn new(key: &NodeKey) -> Result<Self, StoreFault> {
        let mut named = digest::Context::new(&digest::SHA256);
        named.update(b"chapar node key id\0");
        named.update(&key.0);
        let named = named.finish();
        let mut key_id = [0_u8; KEY_ID_BYTES];
        for (to, from) in key_id.iter_mut().zip(named.as_ref()) {
            *to = *from;
        }
        let derive = cmac::Key::new(cmac::AES_256, &key.0).map_err(|_| StoreFault::Cipher)?;
        Ok(Self { derive, key_id })
    }

    /// Public name of the key, in hexadecimal: tells two keys apart and reveals nothing of either.
    pub fn key_id(&self) -> String {
        hex(&self.key_id)
    }

    /// Seals what is kept apart from every store, for a participant.
    ///
    /// # Errors
    /// The random source or the cipher failed.
    pub fn seal_chest(&self, participant: &str, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        self.seal(chest(participant), plain)
    }

    /// Opens that.
    ///
    /// # Errors
    /// [`StoreFault::Sealed`]: it was altered, or sealed under another key or for another participant.
    pub fn open_chest(&self, participant: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreFault> {
        self.open(chest(participant), sealed)
    }

    pub(crate) fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let mut nonce = [0_u8; NONCE_BYTES];
        rand::fill(&mut nonce).map_err(|_| StoreFault::Cipher)?;
        let mut out = Vec::with_capacity(HEADER_BYTES + plain.len() + TAG_BYTES);
        out.push(FORMAT);
        out.extend_from_slice(&self.key_id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&self.encrypt(&nonce, &place.aad(), plain)?);
        Ok(out)
    }

    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let header = sealed.get(..HEADER_BYTES).ok_or_else(|| place.fault())?;
        let known = header.first() == Some(&FORMAT) && header.get(1..=KEY_ID_BYTES) == Some(self.key_id.as_slice());
        if !known {
            return Err(place.fault());
        }
        let nonce = header
            .get(1 + KEY_ID_BYTES..)
            .and_then(|bytes| <&[u8; NONCE_BYTES]>::try_from(bytes).ok())
            .ok_or_else(|| place.fault())?;
        let mut text = sealed.get(HEADER_BYTES..).unwrap_or_default().to_vec();
        let (key, nonce) = self.derived(nonce)?;
        let length = key
            .open_in_place(nonce, Aad::from(place.aad()), &mut text)
            .map_err(|_| place.fault())?
            .len();
        text.truncate(length);
        Ok(text)
    }

    pub(crate) fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, StoreFault> {
        String::from_utf8(self.open(place, sealed)?).map_err(|_| place.fault())
    }

    fn encrypt(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let (key, nonce) = self.derived(nonce)?;
        let mut text = Vec::with_capacity(plain.len() + TAG_BYTES);
        text.extend_from_slice(plain);
        key.seal_in_place_append_tag(nonce, Aad::from(aad), &mut text)
            .map_err(|_| StoreFault::Cipher)?;
        Ok(text)
    }

    /// The key and 96-bit nonce of one message: NIST SP 800-108 counter mode with AES-CMAC over the first half.
    fn derived(&self, nonce: &[u8; NONCE_BYTES]) -> Result<(LessSafeKey, Nonce), StoreFault> {
        let (context, rest) = nonce.split_at(12);
        let mut key = [0_u8; 32];
        for (half, counter) in key.chunks_exact_mut(16).zip([1_u8, 2]) {
            let mut block = [0_u8; 16];
            for (to, from) in block.iter_mut().zip([0, counter, b'X', 0].iter().chain(context)) {
                *to = *from;
            }
            let tag = cmac::sign(&self.derive, &block).map_err(|_| StoreFault::Cipher)?;
            half.copy_from_slice(tag.as_ref());
        }
        let unbound = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| StoreFault::Cipher)?;
        let nonce = Nonce::try_assume_unique_for_key(rest).map_err(|_| StoreFault::Cipher)?;
        Ok((LessSafeKey::new(unbound), nonce))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place {
        table: "cases",
        participant: "uz-plant",
        id: "1",
    };

    #[test]
    fn matches_the_published_vectors() {
        let nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX";
        for (byte, aad, expected) in [
            (1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
            (
                3,
                "c2sp.org/XAES-256-GCM",
                "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d",
            ),
        ] {
            let sealer = Sealer::new(&NodeKey::from_bytes([byte; 32])).unwrap();
            let sealed = sealer.encrypt(nonce, aad.as_bytes(), b"XAES-256-GCM").unwrap();
            assert_eq!(hex(&sealed), expected);
        }
    }

    #[test]
    fn opens_only_in_its_own_place_unaltered_and_under_its_own_key() {
        let sealer = Sealer::new(&NodeKey::from_bytes([7; 32])).unwrap();
        let sealed = sealer.seal(PLACE, b"token").unwrap();
        assert_eq!(sealer.open(PLACE, &sealed).unwrap(), b"token");
        assert!(sealer.open(Place { id: "2", ..PLACE }, &sealed).is_err());
        assert!(
            sealer
                .open(
                    Place {
                        participant: "kz-border",
                        ..PLACE
                    },
                    &sealed
                )
                .is_err()
        );
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(sealer.open(PLACE, &altered).is_err(), "byte {at}");
            assert!(sealer.open(PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
        let other = Sealer::new(&NodeKey::from_bytes([8; 32])).unwrap();
        assert!(other.open(PLACE, &sealed).is_err());
        assert!(!format!("{sealer:?} {:?}", NodeKey::from_bytes([7; 32])).contains("07070707"));
    }
}
