//! Checking of inclusion and consistency proofs (RFC 6962 sections 2.1.1 and 2.1.2), by the steps of RFC 9162 sections 2.1.3.2 and 2.1.4.2.

use crate::{empty_root, node_hash};
use chapar_terms::Digest;
use std::fmt;

/// Most hashes of a proof: a tree of [`crate::MOST_LEAVES`] leaves is 63 high.
pub const PROOF_HASHES: usize = 63;

/// A proof proves nothing. Refuse what stands on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// The leaf is not in a tree of that size, or the old tree is larger than the new one.
    Range,
    /// The proof has too many or too few hashes for these sizes.
    Length,
    /// The proof leads to another root.
    Root,
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Range => "the tree is too small for such a proof",
            Self::Length => "the proof has too many or too few hashes",
            Self::Root => "the proof leads to another root",
        })
    }
}

impl std::error::Error for Unproven {}

/// Checks that the leaf with the hash `leaf` stands at `index` in the tree with `size` leaves and `root`.
///
/// # Errors
/// It is not shown; refuse the leaf.
pub fn verify_inclusion(index: u64, leaf: &Digest, size: u64, root: &Digest, proof: &[Digest]) -> Result<(), Unproven> {
    if index >= size {
        return Err(Unproven::Range);
    }
    let (mut here, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(Unproven::Length);
        }
        if here & 1 == 1 || here == last {
            hash = node_hash(sibling, &hash);
            skip_to_sibling(&mut here, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        here >>= 1;
        last >>= 1;
    }
    reached(last, &[(hash, root)])
}

/// Checks that the tree with `new_size` leaves and `new_root` begins with the tree with `old_size` leaves and `old_root`.
/// Every tree begins with the one without leaves; its proof is empty.
///
/// # Errors
/// It is not shown. Do not take the new tree; whether the log lied is another question, see [`crate::Fork`].
pub fn verify_consistency(
    old_size: u64,
    old_root: &Digest,
    new_size: u64,
    new_root: &Digest,
    proof: &[Digest],
) -> Result<(), Unproven> {
    if old_size > new_size {
        return Err(Unproven::Range);
    }
    let possible = |size, root: &Digest| size > 0 || *root == empty_root();
    if !possible(old_size, old_root) || !possible(new_size, new_root) {
        return Err(Unproven::Root);
    }
    match proof {
        [] if old_size == 0 => return Ok(()),
        [] if old_size == new_size => return reached(0, &[(*old_root, new_root)]),
        _ if old_size == 0 || old_size == new_size => return Err(Unproven::Length),
        _ => {}
    }
    // An old tree that is a whole subtree of the new one is left out of the proof.
    let (first, rest) = match proof.split_first() {
        None => return Err(Unproven::Length),
        Some(_) if old_size.is_power_of_two() => (old_root, proof),
        Some(split) => split,
    };
    let (old, new) = climb(*first, rest, old_size, new_size)?;
    reached(0, &[(old, old_root), (new, new_root)])
}

/// The root of the old tree to which a proof leads by itself, if it leads to the new root. A proof from an old tree that is a whole subtree
/// of the new one says nothing of its root: it is left out.
pub(crate) fn old_root(old_size: u64, new_size: u64, new_root: &Digest, proof: &[Digest]) -> Option<Digest> {
    if old_size == 0 || old_size >= new_size || old_size.is_power_of_two() {
        return None;
    }
    let (first, rest) = proof.split_first()?;
    let (old, new) = climb(*first, rest, old_size, new_size).ok()?;
    (new == *new_root).then_some(old)
}

/// Both roots to which the hashes behind the first one lead.
fn climb(first: Digest, rest: &[Digest], old_size: u64, new_size: u64) -> Result<(Digest, Digest), Unproven> {
    let (mut here, mut last) = (old_size - 1, new_size - 1);
    let whole = here.trailing_ones();
    here >>= whole;
    last >>= whole;
    let (mut old, mut new) = (first, first);
    for node in rest {
        if last == 0 {
            return Err(Unproven::Length);
        }
        if here & 1 == 1 || here == last {
            old = node_hash(node, &old);
            new = node_hash(node, &new);
            skip_to_sibling(&mut here, &mut last);
        } else {
            new = node_hash(&new, node);
        }
        here >>= 1;
        last >>= 1;
    }
    reached(last, &[])?;
    Ok((old, new))
}

/// A node at the right border that is a left child has no sibling until the border turns: those levels are skipped.
fn skip_to_sibling(here: &mut u64, last: &mut u64) {
    if *here & 1 == 0 {
        let levels = here.trailing_zeros().min(u64::BITS - 1);
        *here >>= levels;
        *last >>= levels;
    }
}

fn reached(last: u64, pairs: &[(Digest, &Digest)]) -> Result<(), Unproven> {
    match last {
        0 if pairs.iter().all(|(computed, stated)| computed == *stated) => Ok(()),
        0 => Err(Unproven::Root),
        _ => Err(Unproven::Length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{leaves, naive_path, naive_root, naive_subproof};

    #[test]
    fn proofs_of_the_definition_verify_and_no_shorter_or_longer_ones() {
        let leaves = leaves(70);
        for size in 1..=leaves.len() {
            let (tree, root) = (&leaves[..size], naive_root(&leaves[..size]));
            for index in 0..size {
                let check = |index: usize, proof: &[Digest]| {
                    verify_inclusion(index as u64, &leaves[index % size], size as u64, &root, proof)
                };
                let proof = naive_path(index, tree);
                assert_eq!(check(index, &proof), Ok(()), "{index} of {size}");
                let longer = [proof.as_slice(), &[root]].concat();
                assert_eq!(check(index, &longer), Err(Unproven::Length));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(check(index, shorter).is_err());
                    assert_ne!(check((index + 1) % size, &proof), Ok(()));
                }
            }
            assert_eq!(
                verify_inclusion(size as u64, &root, size as u64, &root, &[]),
                Err(Unproven::Range)
            );
        }
    }

    #[test]
    fn consistency_of_every_pair() {
        let leaves = leaves(70);
        let roots: Vec<Digest> = (0..=70).map(|size| naive_root(&leaves[..size])).collect();
        for new in 1..=70_usize {
            for old in 1..=new {
                let check = |old_root, new_root, proof: &[Digest]| {
                    verify_consistency(old as u64, old_root, new as u64, new_root, proof)
                };
                let proof = naive_subproof(old, &leaves[..new], true);
                assert_eq!(check(&roots[old], &roots[new], &proof), Ok(()), "{old} to {new}");
                assert_eq!(check(&roots[old - 1], &roots[new], &proof), Err(Unproven::Root));
                assert_eq!(check(&roots[old], &roots[new - 1], &proof), Err(Unproven::Root));
                let longer = [proof.as_slice(), &[roots[0]]].concat();
                assert_eq!(check(&roots[old], &roots[new], &longer), Err(Unproven::Length));
                for at in 0..proof.len() {
                    let mut wrong = proof.clone();
                    wrong[at] = roots[0];
                    assert_eq!(check(&roots[old], &roots[new], &wrong), Err(Unproven::Root));
                    assert!(check(&roots[old], &roots[new], &proof[..at]).is_err());
                }
            }
        }
    }

    /// Two nodes would lead from the last leaf of three to both roots; the RFC has no proof for equal sizes but the empty one.
    #[test]
    fn equal_sizes_take_no_proof() {
        let leaves = leaves(3);
        let root = naive_root(&leaves);
        let path = [leaves[2], naive_root(&leaves[..2])];
        assert_eq!(verify_consistency(3, &root, 3, &root, &[]), Ok(()));
        assert_eq!(verify_consistency(3, &root, 3, &root, &path), Err(Unproven::Length));
    }

    #[test]
    fn the_tree_without_leaves() {
        let (empty, other) = (empty_root(), leaves(1)[0]);
        assert_eq!(verify_consistency(0, &empty, 1, &other, &[]), Ok(()));
        assert_eq!(verify_consistency(0, &empty, 0, &empty, &[]), Ok(()));
        assert_eq!(verify_consistency(0, &other, 1, &other, &[]), Err(Unproven::Root));
        assert_eq!(verify_consistency(0, &other, 0, &other, &[]), Err(Unproven::Root));
        assert_eq!(verify_consistency(0, &empty, 0, &other, &[]), Err(Unproven::Root));
        assert_eq!(
            verify_consistency(0, &empty, 1, &other, &[other]),
            Err(Unproven::Length)
        );
        assert_eq!(verify_consistency(2, &other, 1, &other, &[]), Err(Unproven::Range));
        assert_eq!(verify_inclusion(0, &other, 0, &empty, &[]), Err(Unproven::Range));
    }
}
