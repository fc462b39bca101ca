//! Verifier keys and what their signatures state (C2SP signed-note, "Verifier keys"; tlog-cosignature).

use crate::cosignature;
use crate::text::{base64, to_base64};
use chapar_terms::{Algorithm, BadSignature, Digest, Instant, Invalid, PublicKey, Suite, quote};
use std::fmt;

/// Longest key name; a name is a URL without its scheme.
const NAME_BYTES: usize = 2048;
/// Longest key material read: keys of post-quantum algorithms have up to two and a half kilobytes.
const MATERIAL_BYTES: usize = 4096;
const WHAT: &str = "verifier key";

/// The name of a key: not empty, without Unicode spaces, `+` and control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// Reads a name.
    ///
    /// # Errors
    /// The text is no key name; refuse what bears it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = (1..=NAME_BYTES).contains(&text.len())
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+');
        match fits {
            true => Ok(Self(text.to_owned())),
            false => Err(Invalid::new(
                "key name",
                format!("{} is empty, too long or holds a space or `+`", quote(text)),
            )),
        }
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is signed and by which algorithm: the byte before a key's material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignatureType(u8);

impl SignatureType {
    /// The note's text, by Ed25519.
    pub const ED25519: Self = Self(0x01);
    /// A checkpoint at a point in time, by Ed25519: `cosignature/v1`.
    pub const COSIGNATURE: Self = Self(0x04);

    /// The types that we can check, each with its algorithm and the length of its keys. Any other is kept and proves nothing.
    const TABLE: [(Self, Algorithm, usize); 2] = [
        (Self::ED25519, Algorithm::Ed25519, 32),
        (Self::COSIGNATURE, Algorithm::Ed25519, 32),
    ];

    /// The algorithm of a type that we can check.
    pub fn algorithm(self) -> Option<Algorithm> {
        Some(self.row()?.0)
    }

    fn row(self) -> Option<(Algorithm, usize)> {
        let mut rows = Self::TABLE.into_iter();
        rows.find_map(|(kind, algorithm, length)| (kind == self).then_some((algorithm, length)))
    }
}

/// What a signature states beyond the text that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    /// The text itself.
    Text,
    /// That the tree was the largest one that the cosigner had seen of this log, at this time.
    SeenAt(Instant),
}

/// A public key with its name, as it is configured or published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: u32,
    kind: SignatureType,
    material: Vec<u8>,
}

impl VerifierKey {
    /// Names a public key for signatures of `kind`.
    ///
    /// # Errors
    /// Keys of this kind are of another algorithm or length; take another key.
    pub fn new(name: KeyName, kind: SignatureType, key: &PublicKey) -> Result<Self, Invalid> {
        match kind.row() {
            Some((algorithm, length)) if algorithm == key.algorithm && length == key.bytes.len() => {
                let id = key_id(&name, kind, &key.bytes);
                Ok(Self {
                    name,
                    id,
                    kind,
                    material: key.bytes.clone(),
                })
            }
            _ => Err(Invalid::new(
                WHAT,
                "is of an algorithm that such signatures do not have",
            )),
        }
    }

    /// Reads `<name>+<hex of the key id>+<base64 of type and key>`. A type that we cannot check is kept as it is.
    ///
    /// # Errors
    /// The text is no verifier key, or its id is not the one of this name and key; refuse it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = |why: &str| Invalid::new(WHAT, format!("{} {why}", quote(text)));
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hex), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong("has not three parts"));
        };
        let name = KeyName::parse(name)?;
        let id = u32::from_str_radix(hex, 16)
            .ok()
            .filter(|id| format!("{id:08x}") == hex);
        let id = id.ok_or_else(|| wrong("has no key id of 8 lower-case hexadecimal characters"))?;
        if encoded.len() > MATERIAL_BYTES.div_ceil(3) * 4 {
            return Err(wrong("has a key that is too long"));
        }
        let bytes = base64(WHAT, encoded)?;
        let (kind, material) = bytes
            .split_first()
            .filter(|(_, key)| !key.is_empty())
            .ok_or_else(|| wrong("has no key"))?;
        let kind = SignatureType(*kind);
        if let Some((_, length)) = kind.row() {
            if material.len() != length {
                return Err(wrong("has a key of a wrong length"));
            }
            if id != key_id(&name, kind, material) {
                return Err(wrong("has the key id of another name or key"));
            }
        }
        Ok(Self {
            name,
            id,
            kind,
            material: material.to_vec(),
        })
    }

    /// The text that [`VerifierKey::parse`] reads.
    pub fn render(&self) -> String {
        let encoded = to_base64(&[&[self.kind.0], self.material.as_slice()].concat());
        format!("{}+{:08x}+{encoded}", self.name, self.id)
    }

    /// Whose key it is.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The short name that its signatures carry; no proof of anything.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What its signatures are.
    pub const fn kind(&self) -> SignatureType {
        self.kind
    }

    /// The key's bytes without name and type: two keys with equal material are one key.
    pub fn material(&self) -> &[u8] {
        &self.material
    }

    /// Checks a signature of this key under `text`.
    ///
    /// # Errors
    /// It does not verify, or it is of a type that we cannot check.
    pub fn verify(&self, suite: &dyn Suite, text: &str, signature: &[u8]) -> Result<Statement, BadSignature> {
        let algorithm = self.kind.algorithm().ok_or(BadSignature)?;
        let key = PublicKey {
            algorithm,
            bytes: self.material.clone(),
        };
        match self.kind {
            SignatureType::COSIGNATURE => cosignature::verify(suite, &key, text, signature).map(Statement::SeenAt),
            _ => suite.verify(&key, text.as_bytes(), signature).map(|()| Statement::Text),
        }
    }
}

/// The id of a key, as signed-note recommends it for every type and demands it for those of our table.
fn key_id(name: &KeyName, kind: SignatureType, material: &[u8]) -> u32 {
    let digest = Digest::of_parts(&[name.0.as_bytes(), b"\n", &[kind.0], material]);
    let [first, second, third, fourth, ..] = *digest.as_bytes();
    u32::from_be_bytes([first, second, third, fourth])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of C2SP signed-note.
    const EXAMPLE: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn the_example_is_read_back_and_made_anew() {
        let key = VerifierKey::parse(EXAMPLE).unwrap();
        assert_eq!(key.render(), EXAMPLE);
        assert_eq!(
            (key.name().as_str(), key.id(), key.kind()),
            ("example.com/foo", 0x530d_903a, SignatureType::ED25519)
        );
        let public = PublicKey {
            algorithm: Algorithm::Ed25519,
            bytes: key.material().to_vec(),
        };
        assert_eq!(
            VerifierKey::new(key.name().clone(), SignatureType::ED25519, &public),
            Ok(key.clone())
        );
        let cosigner = VerifierKey::new(key.name().clone(), SignatureType::COSIGNATURE, &public).unwrap();
        assert_ne!(cosigner.id(), key.id());
        assert_eq!(VerifierKey::parse(&cosigner.render()), Ok(cosigner));
        let other = [
            (Algorithm::Es256, public.bytes.clone()),
            (Algorithm::Ed25519, vec![7; 31]),
        ];
        for (algorithm, bytes) in other {
            assert!(
                VerifierKey::new(
                    key.name().clone(),
                    SignatureType::ED25519,
                    &PublicKey { algorithm, bytes }
                )
                .is_err()
            );
        }
    }

    /// The type of ML-DSA cosignatures, with a key that nobody has.
    #[test]
    fn a_type_that_we_cannot_check_is_kept() {
        let text = format!(
            "w.example+01020304+{}",
            to_base64(&[&[6], [7_u8; 1312].as_slice()].concat())
        );
        let key = VerifierKey::parse(&text).unwrap();
        assert_eq!(key.render(), text);
        assert_eq!(key.kind().algorithm(), None);
    }

    #[test]
    fn key_names() {
        for good in ["a", "example.com/log", "oid/1.2.3", "пример.example"] {
            assert!(KeyName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a b",
            "a+b",
            "a\u{a0}b",
            "a\u{2003}b",
            "a\nb",
            &"a".repeat(NAME_BYTES + 1),
        ] {
            assert!(KeyName::parse(bad).is_err(), "{bad}");
        }
    }
}
