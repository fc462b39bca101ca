//! The Merkle tree of RFC 6962 section 2.1: its hashes, and the frontier that a growing log needs of it.

use chapar_terms::{Digest, Invalid};

/// Most leaves of a log: what every implementation can count, those with signed numbers too.
pub const MOST_LEAVES: u64 = i64::MAX as u64;

/// What sets a leaf apart from an inner node.
const LEAF_PREFIX: [u8; 1] = [0];
const NODE_PREFIX: [u8; 1] = [1];

/// The hash of a leaf.
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    Digest::of_parts(&[&LEAF_PREFIX, leaf])
}

/// The hash of an inner node.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&NODE_PREFIX, left.as_bytes(), right.as_bytes()])
}

/// The root of the tree without leaves.
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

/// A tree reduced to what its growth and its root need: the hashes of its complete subtrees, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Digest>,
}

impl Frontier {
    /// The tree without leaves.
    pub const fn empty() -> Self {
        Self {
            size: 0,
            subtrees: Vec::new(),
        }
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of the complete subtrees, largest first: one for each bit set in the size.
    pub fn subtrees(&self) -> &[Digest] {
        &self.subtrees
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Digest) {
        self.push_subtree(leaf, 0);
    }

    /// Appends a complete subtree of `2^height` leaves. The tree must end where such a subtree can begin.
    pub(crate) fn push_subtree(&mut self, root: Digest, height: u32) {
        let mut node = root;
        let mut rest = self.size >> height;
        while rest & 1 == 1 {
            if let Some(left) = self.subtrees.pop() {
                node = node_hash(&left, &node);
            }
            rest >>= 1;
        }
        self.subtrees.push(node);
        self.size += 1 << height;
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        let mut smallest_first = self.subtrees.iter().rev();
        match smallest_first.next() {
            None => empty_root(),
            Some(last) => smallest_first.fold(*last, |right, left| node_hash(left, &right)),
        }
    }

    /// The size as eight bytes, big end first, then the hashes: at most 512 bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for subtree in &self.subtrees {
            bytes.extend_from_slice(subtree.as_bytes());
        }
        bytes
    }

    /// Reads what [`Frontier::encode`] wrote.
    ///
    /// # Errors
    /// The size is beyond [`MOST_LEAVES`], or the hashes are not as many as it demands; what was stored is damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let invalid = |why: &str| Invalid::new("frontier", why);
        let (size, hashes) = bytes
            .split_first_chunk()
            .ok_or_else(|| invalid("is shorter than 8 bytes"))?;
        let size = u64::from_be_bytes(*size);
        if size > MOST_LEAVES {
            return Err(invalid("has more leaves than a log may have"));
        }
        let (hashes, rest) = hashes.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != size.count_ones() as usize {
            return Err(invalid("has not one hash for each bit set in its size"));
        }
        let subtrees = hashes.iter().map(|hash| Digest::from_bytes(*hash)).collect();
        Ok(Self { size, subtrees })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{leaves, naive_root};

    /// The test tree of the Certificate Transparency implementations and its roots at each size.
    #[test]
    fn known_roots_of_eight_leaves() {
        let leaves = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Frontier::empty();
        assert_eq!(tree.root(), empty_root());
        assert_eq!(tree.root().hex(), roots[0]);
        for (leaf, root) in leaves.iter().zip(&roots[1..]) {
            let pairs = leaf.as_bytes().chunks(2);
            let bytes: Vec<u8> = pairs
                .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect();
            tree.push(leaf_hash(&bytes));
            assert_eq!(tree.root().hex(), *root);
        }
        assert_eq!(tree.size(), 8);
    }

    #[test]
    fn agrees_with_the_definition_and_is_read_back() {
        let leaves = leaves(300);
        let mut tree = Frontier::empty();
        for (size, leaf) in leaves.iter().enumerate() {
            assert_eq!(tree.root(), naive_root(&leaves[..size]), "{size}");
            assert_eq!(Frontier::decode(&tree.encode()), Ok(tree.clone()));
            tree.push(*leaf);
        }
    }

    #[test]
    fn what_is_no_frontier_is_refused() {
        let mut tree = Frontier::empty();
        leaves(3).into_iter().for_each(|leaf| tree.push(leaf));
        let bytes = tree.encode();
        let long = [bytes.as_slice(), &[0; 32]].concat();
        let odd = [bytes.as_slice(), &[0]].concat();
        for bad in [
            &bytes[..7],
            &bytes[..8],
            &bytes[..bytes.len() - 1],
            &long,
            &odd,
            &[0xff; 8 + 64 * 32],
        ] {
            assert!(Frontier::decode(bad).is_err(), "{}", bad.len());
        }
    }
}
