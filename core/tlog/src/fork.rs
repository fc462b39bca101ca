//! Caught: two checkpoints that one log signed and that cannot both be of one growing tree.
//!
//! Nothing here is a matter of opinion. A proof that merely fails shows nothing, anybody can write one; a [`Fork`] exists only where
//! every other explanation is ruled out.

use crate::{NoteRefused, SignedCheckpoint, Unproven, VerifierKey, verify_consistency};
use chapar_terms::{Digest, Suite};
use std::fmt;

/// What the newer tree really begins with, for checkpoints of different sizes: its own root at the older size and the
/// consistency proof from there. Whoever holds the newer tree's tiles makes it: `prefix_at` and `prove_consistency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// The root of the newer tree's first leaves, as many as the older checkpoint has.
    pub root: Digest,
    /// The proof from this root to the newer checkpoint's.
    pub proof: Vec<Digest>,
}

impl Prefix {
    /// What a consistency proof shows by itself, which is no proof for the old tree that is known: that the newer tree begins with another.
    /// None where it leads nowhere, or leaves the old root out.
    pub fn of_proof(old_size: u64, newer: &SignedCheckpoint, proof: &[Digest]) -> Option<Self> {
        let newer = newer.checkpoint();
        let root = crate::proof::old_root(old_size, newer.size, &newer.root, proof)?;
        Some(Self {
            root,
            proof: proof.to_vec(),
        })
    }
}

/// Proof that a log signed two trees of which neither begins with the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    older: SignedCheckpoint,
    newer: SignedCheckpoint,
    prefix: Option<Prefix>,
}

/// Why two checkpoints are no proof of a fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoFork {
    /// They are not of one log.
    OtherLog,
    /// The log did not sign both.
    Refused(NoteRefused),
    /// They agree: same size and root, or the newer tree begins with the older one.
    Consistent,
    /// Of different sizes, and nothing was given that shows what the newer tree begins with.
    Open,
    /// What was given for it is no proof.
    Prefix(Unproven),
}

impl fmt::Display for NoFork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherLog => f.write_str("the checkpoints are not of one log"),
            Self::Refused(why) => why.fmt(f),
            Self::Consistent => f.write_str("the checkpoints are consistent"),
            Self::Open => f.write_str("nothing shows what the newer tree begins with"),
            Self::Prefix(why) => write!(f, "what the newer tree begins with is not shown: {why}"),
        }
    }
}

impl std::error::Error for NoFork {}

impl Fork {
    /// Judges two checkpoints, each signed by one of the log's `keys`. `prefix` is needed where their sizes differ.
    ///
    /// # Errors
    /// See [`NoFork`]: this is no proof that the log lied.
    pub fn prove(
        suite: &dyn Suite,
        keys: &[VerifierKey],
        pair: [SignedCheckpoint; 2],
        prefix: Option<Prefix>,
    ) -> Result<Self, NoFork> {
        let [one, other] = pair;
        let (older, newer) = if one.checkpoint().size <= other.checkpoint().size {
            (one, other)
        } else {
            (other, one)
        };
        if older.checkpoint().origin != newer.checkpoint().origin {
            return Err(NoFork::OtherLog);
        }
        for signed in [&older, &newer] {
            signed.verify(suite, keys).map_err(NoFork::Refused)?;
        }
        let prefix = judge(&older, &newer, prefix)?;
        Ok(Self { older, newer, prefix })
    }

    /// The checkpoint of the smaller tree.
    pub const fn older(&self) -> &SignedCheckpoint {
        &self.older
    }

    /// The checkpoint of the larger tree.
    pub const fn newer(&self) -> &SignedCheckpoint {
        &self.newer
    }

    /// What the newer tree begins with instead; none where the sizes are equal.
    pub const fn prefix(&self) -> Option<&Prefix> {
        self.prefix.as_ref()
    }
}

/// What is left of the prefix when the two do not agree.
fn judge(older: &SignedCheckpoint, newer: &SignedCheckpoint, prefix: Option<Prefix>) -> Result<Option<Prefix>, NoFork> {
    let (older, newer) = (older.checkpoint(), newer.checkpoint());
    if older.size == newer.size {
        return if older.root == newer.root {
            Err(NoFork::Consistent)
        } else {
            Ok(None)
        };
    }
    // The tree without leaves has one root, whatever it grows to.
    if older.size == 0 {
        return if older.is_possible() {
            Err(NoFork::Consistent)
        } else {
            Ok(None)
        };
    }
    let prefix = prefix.ok_or(NoFork::Open)?;
    verify_consistency(older.size, &prefix.root, newer.size, &newer.root, &prefix.proof).map_err(NoFork::Prefix)?;
    if prefix.root == older.root {
        Err(NoFork::Consistent)
    } else {
        Ok(Some(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Folder, Log, leaves};
    use crate::{Frontier, empty_root, prefix_at, prove_consistency};
    use chapar_suite_international::International;

    /// Two histories that part after three leaves, and what a holder of the second can say of its first five.
    #[test]
    fn a_log_that_rewrote_a_leaf_is_caught_and_an_honest_one_never() {
        let log = Log::new("log.example/a");
        let honest = leaves(9);
        let mut rewritten = honest.clone();
        rewritten[3] = Digest::of(b"rewritten");
        let at = |leaves: &[Digest]| {
            let mut tree = Frontier::empty();
            leaves.iter().for_each(|leaf| tree.push(*leaf));
            log.checkpoint(tree.size(), tree.root())
        };
        let folder = Folder::of(&rewritten);
        let source = |id| folder.get(id);
        for old in [4, 5, 8] {
            let prefix = Prefix {
                root: prefix_at(old, 9, &source).unwrap().root(),
                proof: prove_consistency(old, 9, &source).unwrap(),
            };
            let pair = [at(&rewritten), at(&honest[..old as usize])];
            let prove = |pair: [SignedCheckpoint; 2], prefix| Fork::prove(&International, &log.keys, pair, prefix);
            let fork = prove(pair.clone(), Some(prefix.clone())).unwrap();
            assert_eq!(
                (fork.older(), fork.newer(), fork.prefix()),
                (&pair[1], &pair[0], Some(&prefix))
            );
            assert_eq!(prove(pair.clone(), None), Err(NoFork::Open));
            // The same proof accuses nobody whose older tree is what the newer one begins with.
            let same = [at(&rewritten[..old as usize]), at(&rewritten)];
            assert_eq!(prove(same, Some(prefix.clone())), Err(NoFork::Consistent));
            let shown = Prefix::of_proof(old, &pair[0], &prefix.proof);
            assert_eq!(
                shown,
                Some(prefix.clone()).filter(|_| !old.is_power_of_two()),
                "the proof itself tells, unless it leaves the old root out"
            );
            let mut cut = prefix.proof.clone();
            cut.pop();
            assert_eq!(Prefix::of_proof(old, &pair[0], &cut), None);
            let invented = Prefix {
                root: Digest::of(b"no such root"),
                ..prefix
            };
            assert!(matches!(prove(pair, Some(invented)), Err(NoFork::Prefix(_))));
        }
        let pair = [at(&honest), at(&rewritten)];
        assert!(Fork::prove(&International, &log.keys, pair.clone(), None).is_ok());
        let twice = [pair[0].clone(), pair[0].clone()];
        assert_eq!(
            Fork::prove(&International, &log.keys, twice, None),
            Err(NoFork::Consistent)
        );
    }

    #[test]
    fn only_what_the_log_itself_signed_counts() {
        let (log, other) = (Log::new("log.example/a"), Log::new("log.example/b"));
        let root = |text: &str| Digest::of(text.as_bytes());
        let prove = |pair| Fork::prove(&International, &log.keys, pair, None);
        let ours = log.checkpoint(5, root("a"));
        assert_eq!(
            prove([ours.clone(), other.checkpoint(5, root("b"))]),
            Err(NoFork::OtherLog)
        );
        let forged = Log::new("log.example/a").checkpoint(5, root("b"));
        for pair in [[ours.clone(), forged.clone()], [forged, ours.clone()]] {
            assert_eq!(prove(pair), Err(NoFork::Refused(NoteRefused::Unsigned)));
        }
        assert_eq!(
            prove([ours.clone(), log.checkpoint(0, empty_root())]),
            Err(NoFork::Consistent)
        );
        assert!(prove([ours, log.checkpoint(0, root("c"))]).is_ok());
    }
}
