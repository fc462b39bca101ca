//! Checkpoints: origin, size and root of a log, and the signed note that carries them (C2SP tlog-checkpoint).

use crate::text::{decimal, hash};
use crate::{MOST_LEAVES, NoteRefused, Signature, Signed, SignedNote, VerifierKey, empty_root};
use chapar_terms::{Digest, Invalid, Suite};
use std::fmt;

/// Longest origin; it is a URL without its scheme.
const ORIGIN_BYTES: usize = 2048;
const WHAT: &str = "checkpoint";

/// The identity of a log: our own are the log's address without scheme and trailing slash, others may be any text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin line.
    ///
    /// # Errors
    /// The text is empty, too long or holds a control character; refuse what bears it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if !(1..=ORIGIN_BYTES).contains(&text.len()) || text.chars().any(char::is_control) {
            return Err(Invalid::new(
                "origin",
                "is empty, too long or holds a control character",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The origin's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a log says of its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose tree it is.
    pub origin: Origin,
    /// How many leaves it has.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// Lines that others append. We write none: no monitor can check them.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    pub const fn new(origin: Origin, size: u64, root: Digest) -> Self {
        Self {
            origin,
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// The text that is signed.
    pub fn render(&self) -> String {
        let extensions: String = self.extensions.iter().map(|line| format!("{line}\n")).collect();
        format!("{}\n{}\n{}\n{extensions}", self.origin, self.size, self.root.base64())
    }

    /// Reads the text that is signed.
    ///
    /// # Errors
    /// It is no checkpoint, or its size is beyond [`MOST_LEAVES`]; refuse it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = |why: &str| Invalid::new(WHAT, why);
        let lines = text
            .strip_suffix('\n')
            .ok_or_else(|| wrong("does not end with a line end"))?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(wrong("has fewer than three lines"));
        };
        let size = decimal(WHAT, size)?;
        if size > MOST_LEAVES {
            return Err(wrong("has more leaves than a log may have"));
        }
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(wrong("has an empty extension line"));
        }
        Ok(Self {
            origin: Origin::parse(origin)?,
            size,
            root: hash(WHAT, root)?,
            extensions,
        })
    }

    /// Whether size and root can belong together: a tree without leaves has one root.
    pub fn is_possible(&self) -> bool {
        self.size > 0 || self.root == empty_root()
    }
}

/// A checkpoint with the signatures below it. Believed only when checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

impl SignedCheckpoint {
    /// Takes a checkpoint that is to be signed.
    ///
    /// # Errors
    /// An extension line is empty or holds a control character.
    pub fn new(checkpoint: Checkpoint) -> Result<Self, Invalid> {
        let note = SignedNote::new(checkpoint.render())?;
        // What cannot be read back as it was meant is not to be signed.
        if Checkpoint::parse(note.text())? == checkpoint {
            Ok(Self { checkpoint, note })
        } else {
            Err(Invalid::new(WHAT, "has an extension line that is not one line"))
        }
    }

    /// Reads a signed note whose text is a checkpoint.
    ///
    /// # Errors
    /// It is none; refuse it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        let note = SignedNote::parse(bytes)?;
        Ok(Self {
            checkpoint: Checkpoint::parse(note.text())?,
            note,
        })
    }

    /// The note as text.
    pub fn render(&self) -> String {
        self.note.render()
    }

    /// What is said, whether or not it is believed.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note that carries it.
    pub const fn note(&self) -> &SignedNote {
        &self.note
    }

    /// Adds a signature or a cosignature.
    pub fn add(&mut self, signature: Signature) {
        self.note.add(signature);
    }

    /// Checks the signatures of the known keys, as [`SignedNote::verify`]. Which of them suffice is judged by the caller.
    ///
    /// # Errors
    /// See [`NoteRefused`].
    pub fn verify<'k>(&self, suite: &dyn Suite, keys: &'k [VerifierKey]) -> Result<Vec<Signed<'k>>, NoteRefused> {
        self.note.verify(suite, keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of C2SP tlog-checkpoint.
    const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

    #[test]
    fn the_example_is_read_back() {
        let signed = SignedCheckpoint::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(signed.render(), EXAMPLE);
        let checkpoint = signed.checkpoint();
        assert_eq!(
            (checkpoint.origin.as_str(), checkpoint.size),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(Checkpoint::parse(&checkpoint.render()).as_ref(), Ok(checkpoint));
    }

    #[test]
    fn origins() {
        for good in ["a", "log.example/a", "a log with spaces+", "журнал.example"] {
            assert!(Origin::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a\nb", "a\u{85}b", &"a".repeat(ORIGIN_BYTES + 1)] {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn extension_lines_are_kept_and_cannot_smuggle_others() {
        let mut checkpoint = Checkpoint::new(Origin::parse("log.example/a").unwrap(), 0, empty_root());
        assert!(checkpoint.is_possible());
        for (line, good) in [("more", true), ("", false), ("two\nlines", false), ("tab\t", false)] {
            checkpoint.extensions = vec![line.to_owned()];
            assert_eq!(SignedCheckpoint::new(checkpoint.clone()).is_ok(), good, "{line}");
        }
        checkpoint.root = Digest::of(b"x");
        assert!(!checkpoint.is_possible());
    }
}
