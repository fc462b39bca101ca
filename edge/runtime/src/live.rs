//! Open cases as they were last committed here, so that the next step of one need not read, unseal and parse it again.
//!
//! What is remembered is a guess: another replica may have gone on with the case. A step decided on it counts because its
//! compare-and-swap says so; one that swaps nothing is decided again on the stored case. Nothing is remembered of a case
//! that has ended, and nothing is ever read from here for somebody to see.

use crate::kind::Kind;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Cases remembered at most, those used longest ago forgotten first: more than are under way at a time, at some ten kilobytes each.
const CASES: usize = 512;

/// Participant, kind and id.
type Key = (String, &'static str, String);

#[derive(Default)]
pub(crate) struct Live(Mutex<Table>);

#[derive(Default)]
struct Table {
    cases: BTreeMap<Key, Remembered>,
    by_use: BTreeMap<u64, Key>,
    uses: u64,
}

struct Remembered {
    case: Arc<dyn Any + Send + Sync>,
    version: i64,
    used: u64,
}

impl Live {
    /// The case as last committed here, with its version.
    pub(crate) fn find<K: Kind>(&self, participant: &str, id: &str) -> Option<(K, i64)> {
        let found = {
            let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            table.find(&key::<K>(participant, id))?
        };
        Some((found.0.downcast_ref::<K>()?.clone(), found.1))
    }

    /// Remembers a committed version, unless a later one is remembered already.
    pub(crate) fn remember<K: Kind>(&self, participant: &str, case: &K, version: i64) {
        if case.is_over() {
            return self.forget::<K>(participant, case.head().id.as_str());
        }
        let key = key::<K>(participant, case.head().id.as_str());
        let case = Arc::new(case.clone());
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remember(key, case, version);
    }

    /// Forgets a case that may have gone on elsewhere.
    pub(crate) fn forget<K: Kind>(&self, participant: &str, id: &str) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.forget(&key::<K>(participant, id));
    }
}

fn key<K: Kind>(participant: &str, id: &str) -> Key {
    (participant.to_owned(), K::NAME, id.to_owned())
}

impl Table {
    fn find(&mut self, key: &Key) -> Option<(Arc<dyn Any + Send + Sync>, i64)> {
        self.uses += 1;
        let found = self.cases.get_mut(key)?;
        self.by_use.remove(&found.used);
        self.by_use.insert(self.uses, key.clone());
        found.used = self.uses;
        Some((Arc::clone(&found.case), found.version))
    }

    fn remember(&mut self, key: Key, case: Arc<dyn Any + Send + Sync>, version: i64) {
        if self.cases.get(&key).is_some_and(|known| known.version >= version) {
            return;
        }
        self.forget(&key);
        self.uses += 1;
        self.by_use.insert(self.uses, key.clone());
        let used = self.uses;
        self.cases.insert(key, Remembered { case, version, used });
        while self.cases.len() > CASES {
            let Some((_, oldest)) = self.by_use.pop_first() else {
                return;
            };
            self.cases.remove(&oldest);
        }
    }

    fn forget(&mut self, key: &Key) {
        if let Some(known) = self.cases.remove(key) {
            self.by_use.remove(&known.used);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Key {
        ("uz-plant".to_owned(), "negotiation", format!("urn:uuid:{number}"))
    }

    #[test]
    fn the_latest_version_stays_whatever_the_order() {
        let mut table = Table::default();
        table.remember(key(1), Arc::new("second"), 2);
        table.remember(key(1), Arc::new("first"), 1);
        let (case, version) = table.find(&key(1)).unwrap();
        assert_eq!((case.downcast_ref(), version), (Some(&"second"), 2));
        table.forget(&key(1));
        assert!(table.find(&key(1)).is_none());
        assert!(table.by_use.is_empty());
    }

    #[test]
    fn those_used_longest_ago_are_forgotten_first() {
        let mut table = Table::default();
        for number in 0..CASES {
            table.remember(key(number), Arc::new(()), 1);
        }
        assert!(table.find(&key(0)).is_some());
        table.remember(key(CASES), Arc::new(()), 1);
        assert!(table.find(&key(0)).is_some(), "just used");
        assert!(table.find(&key(1)).is_none(), "the one at rest for longest");
        assert_eq!((table.cases.len(), table.by_use.len()), (CASES, CASES));
    }
}
