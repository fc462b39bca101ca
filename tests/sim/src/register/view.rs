//! The catalogue of a node as rows: a model of what `edge/store` makes of the changes that the fold of the core gives.

use super::author::MAY_BE_PURGED;
use chapar_register::RecordId;
use chapar_register::folds::catalog::{Put, RowChange, VersionRow, Withdrawal};
use chapar_terms::Digest;
use std::collections::BTreeMap;

/// The catalogue.
#[derive(Clone, Debug, Default)]
pub(crate) struct View(BTreeMap<(RecordId, u32), Shown>);

/// A version of a record.
#[derive(Clone, Debug)]
struct Shown {
    row: VersionRow,
    /// Of all that it is found by, and all that it names.
    found: Digest,
    withdrawn: Option<Withdrawal>,
    is_purged: bool,
}

impl View {
    /// Takes up changes; gives the versions whose bodies are to be purged, by the log's positions.
    pub fn apply(&mut self, changes: Vec<RowChange>) -> Vec<u64> {
        let (mut purged, mut rest) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                RowChange::Put(put) => self.put(*put),
                other => rest.push(other),
            }
        }
        for change in rest {
            match change {
                // No log of this world has a successor, and no record is opened.
                RowChange::Put(_) | RowChange::Open(_) | RowChange::Replace { .. } => {}
                RowChange::Withdraw(withdrawal) => self.withdraw(withdrawal),
                RowChange::Purge { record_id, leaf_hash } => purged.extend(self.purge(&record_id, leaf_hash)),
            }
        }
        purged
    }

    fn put(&mut self, put: Put) {
        let key = (put.row.record_id.clone(), put.row.version);
        let fresh = Shown {
            found: Digest::of(format!("{:?} {:?}", put.part, put.links).as_bytes()),
            row: put.row,
            withdrawn: None,
            is_purged: false,
        };
        // What is there already stays; this world has no body that comes late.
        self.0.entry(key).or_insert(fresh);
    }

    fn withdraw(&mut self, withdrawal: Withdrawal) {
        for ((id, _), shown) in &mut self.0 {
            let is_it = *id == withdrawal.record_id && shown.row.leaf_hash == withdrawal.leaf_hash;
            let is_first = shown
                .withdrawn
                .as_ref()
                .is_none_or(|other| other.position > withdrawal.position);
            if is_it && is_first {
                shown.withdrawn = Some(withdrawal.clone());
            }
        }
    }

    fn purge(&mut self, record_id: &RecordId, leaf_hash: Digest) -> Vec<u64> {
        let of_record = |key: &(RecordId, u32)| key.0 == *record_id;
        let mut shown = self.0.iter().filter(|(key, _)| of_record(key));
        let named = shown.find(|(_, shown)| shown.row.leaf_hash == leaf_hash);
        let Some(last) = named.map(|((_, version), _)| *version) else {
            return Vec::new();
        };
        let before = self.0.iter_mut().filter(|(key, _)| of_record(key) && key.1 <= last);
        before.map(|(_, shown)| shown.forget()).collect()
    }

    /// The versions of a record of a log up to a position, oldest first.
    pub fn versions<'v>(
        &'v self,
        id: &'v RecordId,
        origin: &'v str,
        upto: u64,
    ) -> impl Iterator<Item = &'v VersionRow> {
        let rows = self
            .0
            .iter()
            .filter(move |(key, _)| key.0 == *id)
            .map(|(_, shown)| &shown.row);
        rows.filter(move |row| row.origin == origin && row.position <= upto)
    }

    /// The digest of the rows of one log. What a purge takes may be gone at one node earlier than at another, so it counts only where
    /// all have come to the end of the log.
    pub fn digest(&self, origin: &str, is_at_end: bool) -> Digest {
        let rows = self.0.iter().filter(|(_, shown)| shown.row.origin == origin);
        let mut text = String::new();
        for ((id, version), shown) in rows {
            let mut row = shown.row.clone();
            let newest = self.0.range((id.clone(), 0)..=(id.clone(), u32::MAX)).next_back();
            let is_newest = newest.is_some_and(|((_, newest), last)| newest == version && last.withdrawn.is_none());
            let mut found = is_newest.then_some(shown.found);
            if !is_at_end && id.local().starts_with(MAY_BE_PURGED) {
                (row.title, row.description, found) = (None, None, None);
            }
            text.push_str(&format!(
                "{row:?} {:?} {} {found:?}\n",
                shown.withdrawn, shown.is_purged
            ));
        }
        Digest::of(text.as_bytes())
    }
}

impl Shown {
    fn forget(&mut self) -> u64 {
        self.is_purged = true;
        (self.row.title, self.row.description) = (None, None);
        self.row.position
    }
}
