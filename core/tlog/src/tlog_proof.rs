//! A proof that something was logged and witnessed, to be checked without a network (C2SP tlog-proof).

use crate::policy::{Policy, Unaccepted};
use crate::text::{base64, decimal, hash, to_base64};
use crate::{MOST_LEAVES, NOTE_BYTES, PROOF_HASHES, SignedCheckpoint, Unproven, verify_inclusion};
use chapar_terms::{Digest, Invalid, Suite};
use std::collections::BTreeSet;
use std::fmt;

/// Longest extra data: a body of a record at its longest.
pub const EXTRA_BYTES: usize = crate::BODY_BYTES;
/// Longest proof read: extra data in base64, the hashes, the note.
pub const TLOG_PROOF_BYTES: usize = EXTRA_BYTES.div_ceil(3) * 4 + (PROOF_HASHES + 3) * 64 + NOTE_BYTES;
const HEADER: &str = "c2sp.org/tlog-proof@v1";
const WHAT: &str = "tlog proof";

/// Place of a leaf, the path to the root, and the checkpoint that has this root. Believed only when checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Whatever the application needs besides; authenticated by nothing.
    pub extra: Option<Vec<u8>>,
    /// The place of the leaf.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub proof: Vec<Digest>,
    /// The checkpoint with its cosignatures.
    pub checkpoint: SignedCheckpoint,
}

/// Why a proof is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotLogged {
    /// The checkpoint is not accepted under the policy.
    Checkpoint(Unaccepted),
    /// The leaf is not shown to be in its tree.
    Inclusion(Unproven),
}

impl fmt::Display for NotLogged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint(why) => why.fmt(f),
            Self::Inclusion(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for NotLogged {}

impl TlogProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// The bytes are none; refuse them.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        let wrong = |why: &str| Invalid::new(WHAT, why);
        if bytes.len() > TLOG_PROOF_BYTES {
            return Err(wrong("is too long"));
        }
        let text = str::from_utf8(bytes).map_err(|_| wrong("is not UTF-8"))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| wrong("has no empty line"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(wrong("does not begin with the line of version 1"));
        }
        let extra = lines
            .next_if(|line| line.starts_with("extra "))
            .and_then(|line| line.strip_prefix("extra "));
        let extra = extra.map(|encoded| base64(WHAT, encoded)).transpose()?;
        if extra.as_ref().is_some_and(|extra| extra.len() > EXTRA_BYTES) {
            return Err(wrong("has too much extra data"));
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = decimal(WHAT, index.ok_or_else(|| wrong("has no index line"))?)?;
        if index > MOST_LEAVES {
            return Err(wrong("has an index beyond what a log may have"));
        }
        if lines.clone().count() > PROOF_HASHES {
            return Err(wrong("has a path of more than 63 lines"));
        }
        Ok(Self {
            extra,
            index,
            proof: lines.map(|line| hash(WHAT, line)).collect::<Result<_, _>>()?,
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        })
    }

    /// The proof as text.
    pub fn render(&self) -> String {
        let extra = self
            .extra
            .as_ref()
            .map(|extra| format!("extra {}\n", to_base64(extra)))
            .unwrap_or_default();
        let proof: String = self.proof.iter().map(|hash| format!("{}\n", hash.base64())).collect();
        format!(
            "{HEADER}\n{extra}index {}\n{proof}\n{}",
            self.index,
            self.checkpoint.render()
        )
    }

    /// Checks that a leaf with this hash is in a log that the policy accepts. Gives the places of the witnesses who cosigned.
    ///
    /// # Errors
    /// See [`NotLogged`].
    pub fn verify(&self, suite: &dyn Suite, policy: &Policy, leaf: &Digest) -> Result<BTreeSet<usize>, NotLogged> {
        let cosigned = policy.accept(suite, &self.checkpoint).map_err(NotLogged::Checkpoint)?;
        let tree = self.checkpoint.checkpoint();
        verify_inclusion(self.index, leaf, tree.size, &tree.root, &self.proof).map_err(NotLogged::Inclusion)?;
        Ok(cosigned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Folder, Log, Witness, leaves};
    use crate::{prove_inclusion, root_at};
    use chapar_suite_international::International;
    use chapar_terms::Instant;

    #[test]
    fn a_proof_is_read_back_and_binds_leaf_log_and_witness() {
        let (log, witness) = (Log::new("log.example/a"), Witness::new("w.example"));
        let leaves = leaves(300);
        let folder = Folder::of(&leaves);
        let source = |id| folder.get(id);
        let mut checkpoint = log.checkpoint(300, root_at(300, &source).unwrap().root());
        let text = format!(
            "log {}\nwitness w {}\nquorum w\n",
            log.keys[0].render(),
            witness.key.render()
        );
        let policy = Policy::parse(text.as_bytes()).unwrap();
        let verify = |proof: &TlogProof, leaf: usize| proof.verify(&International, &policy, &leaves[leaf]);
        let proof = prove_inclusion(277, 300, &source).unwrap();
        let bare = TlogProof {
            extra: None,
            index: 277,
            proof: proof.clone(),
            checkpoint: checkpoint.clone(),
        };
        assert_eq!(verify(&bare, 277), Err(NotLogged::Checkpoint(Unaccepted::Quorum)));
        checkpoint.add(witness.cosign(&checkpoint, Instant::from_unix_s(1_790_000_000)));
        for extra in [None, Some(b"what the reader needs".to_vec()), Some(Vec::new())] {
            let proof = TlogProof {
                extra,
                index: 277,
                proof: proof.clone(),
                checkpoint: checkpoint.clone(),
            };
            let read = TlogProof::parse(proof.render().as_bytes()).unwrap();
            assert_eq!(read, proof);
            assert_eq!(verify(&read, 277), Ok(BTreeSet::from([0])));
            assert_eq!(verify(&read, 276), Err(NotLogged::Inclusion(Unproven::Root)));
        }
    }

    #[test]
    fn extra_data_has_its_own_bound() {
        let checkpoint = Log::new("log.example/a").checkpoint(1, leaves(1)[0]);
        for (length, good) in [(EXTRA_BYTES, true), (EXTRA_BYTES + 1, false)] {
            let proof = TlogProof {
                extra: Some(vec![7; length]),
                index: 0,
                proof: Vec::new(),
                checkpoint: checkpoint.clone(),
            };
            assert_eq!(TlogProof::parse(proof.render().as_bytes()).is_ok(), good);
        }
    }
}
