//! What mirrors have just verified and nobody has folded yet. Kept in memory alone, so that nothing that was stored vouches for anything:
//! after a restart, and when the views are made again, entries are verified as a stranger's.

use chapar_register::Seen;
use std::collections::BTreeMap;

/// Bundles that are remembered at most: four million entries, some hundred bytes for each bundle and one for each entry. Others are verified
/// again.
const BUNDLES: usize = 1 << 14;

/// By log, and by the index of the first entry.
#[derive(Default)]
pub(super) struct Memory(BTreeMap<(String, u64), Seen>);

impl Memory {
    pub(super) fn keep(&mut self, origin: &str, seen: Seen) {
        if self.0.len() < BUNDLES {
            self.0.insert((origin.to_owned(), seen.from()), seen);
        }
    }

    pub(super) fn take(&mut self, origin: &str, from: u64) -> Option<Seen> {
        self.0.remove(&(origin.to_owned(), from))
    }

    pub(super) fn forget(&mut self, origin: &str) {
        self.0.retain(|(other, _), _| other != origin);
    }
}
