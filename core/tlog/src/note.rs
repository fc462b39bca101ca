//! Signed notes: a text and the signatures below it, known and unknown ones (C2SP signed-note).

use crate::cosignature;
use crate::text::{base64, to_base64};
use crate::{KeyName, SignatureType, Statement, VerifierKey};
use chapar_terms::{Instant, Invalid, Signer, SigningFault, Suite, quote};
use std::fmt;

/// Longest note read: sixteen post-quantum signatures, which must be accepted, and as much again.
pub const NOTE_BYTES: usize = 256 * 1024;
/// Most signatures of a note read; sixteen must be accepted.
pub const NOTE_SIGNATURES: usize = 64;
/// What a signature line begins with.
const DASH: &str = "— ";
const WHAT: &str = "signed note";

/// A signature line: who signed, by which key, and the bytes. Believed only when checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key.
    pub name: KeyName,
    /// The short name of the key.
    pub key_id: u32,
    /// What the key's type makes of the text.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// The line, with its line end.
    pub fn render(&self) -> String {
        let bytes = [self.key_id.to_be_bytes().as_slice(), &self.bytes].concat();
        format!("{DASH}{} {}\n", self.name, to_base64(&bytes))
    }

    /// Reads lines of signatures, as a note has them below its text and a witness answers them.
    ///
    /// # Errors
    /// A line is no signature line, or there are more than [`NOTE_SIGNATURES`]; refuse the note or the answer.
    pub fn parse_lines(lines: &str) -> Result<Vec<Self>, Invalid> {
        let Some(lines) = lines.strip_suffix('\n') else {
            return Err(Invalid::new(WHAT, "has no signature, or its last line has no end"));
        };
        if lines.split('\n').count() > NOTE_SIGNATURES {
            return Err(Invalid::new(
                WHAT,
                format!("has more than {NOTE_SIGNATURES} signatures"),
            ));
        }
        lines.split('\n').map(Self::parse_line).collect()
    }

    fn parse_line(line: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(WHAT, format!("{} is no signature line", quote(line)));
        let (name, encoded) = line
            .strip_prefix(DASH)
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(wrong)?;
        let name = KeyName::parse(name)?;
        let bytes = base64(WHAT, encoded)?;
        let (key_id, bytes) = bytes.split_first_chunk().ok_or_else(wrong)?;
        if bytes.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            name,
            key_id: u32::from_be_bytes(*key_id),
            bytes: bytes.to_vec(),
        })
    }

    fn is_of(&self, key: &VerifierKey) -> bool {
        self.key_id == key.id() && self.name == *key.name()
    }
}

/// A private key under the name by which its signatures are known.
pub struct NoteSigner<'a> {
    key: VerifierKey,
    signer: &'a dyn Signer,
}

impl<'a> NoteSigner<'a> {
    /// Names a signer for signatures of `kind`.
    ///
    /// # Errors
    /// Its key is of another algorithm than such signatures have; take another key.
    pub fn new(name: KeyName, kind: SignatureType, signer: &'a dyn Signer) -> Result<Self, Invalid> {
        Ok(Self {
            key: VerifierKey::new(name, kind, signer.public_key())?,
            signer,
        })
    }

    /// The key by which others check.
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// Signs a note's text; a cosignature says `now` with it.
    ///
    /// # Errors
    /// The key's holder failed, or `now` lies before 1970: a fault of ours.
    pub fn sign(&self, text: &str, now: Instant) -> Result<Signature, SigningFault> {
        let bytes = match self.key.kind() {
            SignatureType::COSIGNATURE => cosignature::sign(self.signer, text, now)?,
            _ => self.signer.sign(text.as_bytes())?,
        };
        Ok(Signature {
            name: self.key.name().clone(),
            key_id: self.key.id(),
            bytes,
        })
    }
}

/// A note as it was read or made. Its text is believed only when checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

/// What a known key signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed<'a> {
    /// The key.
    pub key: &'a VerifierKey,
    /// What it states.
    pub statement: Statement,
}

/// Why a note is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteRefused {
    /// No known key signed it.
    Unsigned,
    /// A signature of the known key with this name does not verify, so the note as a whole is malformed.
    BadSignature(KeyName),
}

impl fmt::Display for NoteRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("the note is signed by no known key"),
            Self::BadSignature(name) => write!(f, "a signature of `{name}` does not verify"),
        }
    }
}

impl std::error::Error for NoteRefused {}

impl SignedNote {
    /// Takes a text that is to be signed.
    ///
    /// # Errors
    /// The text does not end with a line end, or holds another control character.
    pub fn new(text: String) -> Result<Self, Invalid> {
        if !text.ends_with('\n') {
            return Err(Invalid::new(WHAT, "text does not end with a line end"));
        }
        check_characters(&text)?;
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// The bytes are no signed note, or beyond [`NOTE_BYTES`] and [`NOTE_SIGNATURES`]; refuse them.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        if bytes.len() > NOTE_BYTES {
            return Err(Invalid::new(WHAT, format!("is longer than {NOTE_BYTES} bytes")));
        }
        let note = str::from_utf8(bytes).map_err(|_| Invalid::new(WHAT, "is not UTF-8"))?;
        check_characters(note)?;
        let (text, signatures) = note
            .rsplit_once("\n\n")
            .ok_or_else(|| Invalid::new(WHAT, "has no empty line before its signatures"))?;
        Ok(Self {
            text: format!("{text}\n"),
            signatures: Signature::parse_lines(signatures)?,
        })
    }

    /// The note as text.
    pub fn render(&self) -> String {
        let lines: String = self.signatures.iter().map(Signature::render).collect();
        format!("{}\n{lines}", self.text)
    }

    /// What was signed, with its last line end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, in their order.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature; one that is there already is not repeated.
    pub fn add(&mut self, signature: Signature) {
        if !self.signatures.contains(&signature) {
            self.signatures.push(signature);
        }
    }

    /// Checks every signature of the known keys and gives them in the order of the note. Unknown ones are ignored.
    ///
    /// # Errors
    /// A known key's signature does not verify, or no known key signed; do not believe the text.
    pub fn verify<'k>(&self, suite: &dyn Suite, keys: &'k [VerifierKey]) -> Result<Vec<Signed<'k>>, NoteRefused> {
        let mut signed = Vec::new();
        for signature in &self.signatures {
            let known = keys
                .iter()
                .filter(|key| key.kind().algorithm().is_some() && signature.is_of(key));
            for key in known {
                let statement = key.verify(suite, &self.text, &signature.bytes);
                let statement = statement.map_err(|_| NoteRefused::BadSignature(signature.name.clone()))?;
                signed.push(Signed { key, statement });
            }
        }
        if signed.is_empty() {
            Err(NoteRefused::Unsigned)
        } else {
            Ok(signed)
        }
    }
}

/// ASCII control characters other than the line end have no place in a note.
fn check_characters(text: &str) -> Result<(), Invalid> {
    match text.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        true => Err(Invalid::new(WHAT, "holds a control character")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_suite_international::{International, generate};
    use chapar_terms::Algorithm;

    /// The example of C2SP signed-note.
    const EXAMPLE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOW: Instant = Instant::from_unix_s(1_790_000_000);

    fn key(text: &str) -> VerifierKey {
        VerifierKey::parse(text).unwrap()
    }

    #[test]
    fn the_example_verifies_and_a_changed_one_does_not() {
        let note = SignedNote::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(note.text(), "This is an example message.\n");
        assert_eq!(note.render(), EXAMPLE);
        let keys = [key(KEY)];
        let signed = note.verify(&International, &keys).unwrap();
        assert_eq!(
            signed,
            [Signed {
                key: &keys[0],
                statement: Statement::Text
            }]
        );
        let changed = SignedNote::parse(EXAMPLE.replace("example message", "exemple message").as_bytes()).unwrap();
        assert_eq!(
            changed.verify(&International, &keys),
            Err(NoteRefused::BadSignature(keys[0].name().clone()))
        );
        assert_eq!(note.verify(&International, &[]), Err(NoteRefused::Unsigned));
    }

    #[test]
    fn one_note_carries_log_cosigner_and_strangers() {
        let (log, witness) = (
            generate(Algorithm::Ed25519).unwrap().0,
            generate(Algorithm::Ed25519).unwrap().0,
        );
        let name = |text| KeyName::parse(text).unwrap();
        let log = NoteSigner::new(name("log.example/a"), SignatureType::ED25519, &log).unwrap();
        let witness = NoteSigner::new(name("w.example"), SignatureType::COSIGNATURE, &witness).unwrap();
        let mut note = SignedNote::new("log.example/a\n\nmore\n".to_owned()).unwrap();
        let stranger = Signature {
            name: name("log.example/a"),
            key_id: 7,
            bytes: vec![1; 2420],
        };
        for signature in [
            log.sign(note.text(), NOW).unwrap(),
            stranger,
            witness.sign(note.text(), NOW).unwrap(),
        ] {
            note.add(signature.clone());
            note.add(signature);
        }
        let read = SignedNote::parse(note.render().as_bytes()).unwrap();
        assert_eq!(read, note);
        assert_eq!(read.signatures().len(), 3);
        let keys = [witness.verifier_key().clone(), log.verifier_key().clone()];
        let statements: Vec<_> = read
            .verify(&International, &keys)
            .unwrap()
            .iter()
            .map(|signed| signed.statement)
            .collect();
        assert_eq!(statements, [Statement::Text, Statement::SeenAt(NOW)]);
        // Another time in the same cosignature is another statement, which nobody signed.
        let mut earlier = note.clone();
        earlier.signatures[2].bytes[7] ^= 1;
        assert!(matches!(
            earlier.verify(&International, &keys),
            Err(NoteRefused::BadSignature(_))
        ));
    }

    /// Key ids are short and collide; only name and id together tell whose signature it is.
    #[test]
    fn a_signature_under_another_name_or_id_is_a_stranger_s() {
        let note = SignedNote::parse(EXAMPLE.as_bytes()).unwrap();
        let stranger = |name: &str, key_id: u32| {
            let mut note = SignedNote::new(note.text().to_owned()).unwrap();
            let name = KeyName::parse(name).unwrap();
            note.add(Signature {
                name,
                key_id,
                bytes: vec![1; 64],
            });
            note.verify(&International, &[key(KEY)]).map(drop)
        };
        assert!(matches!(
            stranger("example.com/foo", 0x530d_903a),
            Err(NoteRefused::BadSignature(_))
        ));
        assert_eq!(stranger("example.com/fop", 0x530d_903a), Err(NoteRefused::Unsigned));
        assert_eq!(stranger("example.com/foo", 0x530d_903b), Err(NoteRefused::Unsigned));
    }

    #[test]
    fn a_text_that_is_no_note_is_not_signed() {
        for bad in ["", "no line end", "a\ttab\n"] {
            assert!(SignedNote::new(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_of_an_unknown_type_proves_nothing() {
        let unknown = key("w.example+00000007+BgcH");
        let line = Signature {
            name: unknown.name().clone(),
            key_id: 7,
            bytes: vec![1],
        };
        let mut note = SignedNote::new("text\n".to_owned()).unwrap();
        note.add(line);
        assert_eq!(note.verify(&International, &[unknown]), Err(NoteRefused::Unsigned));
    }
}
