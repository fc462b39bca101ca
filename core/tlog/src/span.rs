//! Which parts of a tree a proof consists of: spans of leaves, and the complete subtrees that make up a span (RFC 6962 section 2.1).

/// The leaves from `start` up to `end`, as the RFC writes `D[start:end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// A complete subtree: `2^height` leaves from `start` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subtree {
    pub(crate) start: u64,
    pub(crate) height: u32,
}

impl Span {
    /// The spans left and right of the split that the tree over this span has; none for a single leaf.
    fn halves(self) -> Option<(Self, Self)> {
        let leaves = self.end - self.start;
        // The largest power of two smaller than the number of leaves.
        let left = 1 << leaves.checked_sub(1)?.checked_ilog2()?;
        let middle = self.start + left;
        let left = Self {
            start: self.start,
            end: middle,
        };
        Some((
            left,
            Self {
                start: middle,
                end: self.end,
            },
        ))
    }

    /// The complete subtrees of the span, largest first.
    pub(crate) fn subtrees(self) -> impl Iterator<Item = Subtree> {
        let leaves = self.end - self.start;
        let mut start = self.start;
        (0..u64::BITS)
            .rev()
            .filter(move |height| (leaves >> height) & 1 == 1)
            .map(move |height| {
                let subtree = Subtree { start, height };
                start += 1 << height;
                subtree
            })
    }
}

/// The nodes of PATH(index, D[0:size]), from the leaf's sibling to the root's child. The leaf must be in the tree.
pub(crate) fn inclusion(index: u64, size: u64) -> Vec<Span> {
    let mut here = Span { start: 0, end: size };
    let mut path = Vec::new();
    while let Some((left, right)) = here.halves() {
        let (inside, beside) = if index < right.start {
            (left, right)
        } else {
            (right, left)
        };
        path.push(beside);
        here = inside;
    }
    path.reverse();
    path
}

/// The nodes of PROOF(old, D[0:new]) in the order of the RFC. `old` must be 1 to `new`.
pub(crate) fn consistency(old: u64, new: u64) -> Vec<Span> {
    let mut here = Span { start: 0, end: new };
    let mut proof = Vec::new();
    while old < here.end {
        let Some((left, right)) = here.halves() else { break };
        let (inside, beside) = if old <= right.start {
            (left, right)
        } else {
            (right, left)
        };
        proof.push(beside);
        here = inside;
    }
    // The old tree is a whole subtree of the new one: whoever checks has its root already.
    if here.start > 0 {
        proof.push(here);
    }
    proof.reverse();
    proof
}
