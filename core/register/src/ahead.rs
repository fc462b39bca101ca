//! What can be found of entries before it is their turn, in any order and by any number of hands: whether a body has the form of its kind,
//! and whether a key signed. And what one reader found so, for another reader of the same entries.
//!
//! Both follow from an entry, a kind and a key alone. Whether the key may sign there, and everything else that the entries before it have a
//! say in, is decided by [`crate::Intake::take`], which also looks itself where nobody looked ahead.

use crate::entry::Entry;
use crate::finding::Finding;
use crate::keys::{KEY_SET, Keys};
use crate::kinds::Kinds;
use crate::leaf::Record;
use crate::verdict::{BodyState, Taken};
use chapar_terms::{BadSignature, Digest, PublicKey, Suite};

/// What was found of an entry ahead of its turn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// By which key its proof was checked, and what came of it.
    pub signed: Option<(PublicKey, Result<(), BadSignature>)>,
    /// The first thing that is wrong with its body, if anything is.
    pub form: Option<Result<(), Finding>>,
}

/// Looks at entries ahead of their turn.
#[derive(Clone, Copy)]
pub struct Ahead<'a> {
    /// The kinds of the intake that will take them.
    pub kinds: &'a Kinds,
    /// Its suite.
    pub suite: &'a dyn Suite,
    /// The keys of the log as far as they are known.
    pub keys: &'a Keys,
}

impl Ahead<'_> {
    /// Finds what there is to be found of the entry at `index`, and was not found before.
    #[must_use]
    pub fn look(&self, index: u64, mut entry: Entry) -> Entry {
        let Ok(record) = &entry.record else { return entry };
        if entry.found.signed.is_none() {
            let key = key_of(self.keys, record, index);
            let signed = |key: &PublicKey| record.verify(self.suite, key);
            entry.found.signed = key.map(|key| (key.clone(), signed(key)));
        }
        if let (None, Ok(BodyState::Here(body))) = (&entry.found.form, &entry.body) {
            let kind = self.kinds.find(&record.header().kind);
            entry.found.form = kind.map(|kind| kind.form(body.value()));
        }
        entry
    }
}

fn key_of<'k>(keys: &'k Keys, record: &Record, index: u64) -> Option<&'k PublicKey> {
    keys.record_key(&record.proof().verification_method, index).ok()
}

/// What an intake found of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Good {
    /// Nothing that holds by itself.
    Nothing,
    /// Its key signed it.
    Signed,
    /// And its body has the form of its kind.
    Formed,
}

/// What one intake found of entries that follow on one another, for another one by the same kinds: the same entries need not be verified
/// twice. It is worth something only where the leaves are the same to the byte, and is to be kept in memory alone: what was stored
/// vouches for nothing.
#[derive(Clone, Debug)]
pub struct Seen {
    from: u64,
    leaves: Digest,
    keys: Keys,
    good: Vec<Good>,
}

impl Seen {
    /// What was found of `taken`, before which the log had the keys `keys`; none where the keys changed within.
    pub fn of(keys: &Keys, taken: &[Taken]) -> Option<Self> {
        let good: Option<Vec<Good>> = taken.iter().map(good).collect();
        Some(Self {
            from: taken.first()?.index,
            leaves: leaves(taken.iter().map(|one| &one.leaf_hash)),
            keys: keys.clone(),
            good: good?,
        })
    }

    /// The index of the first of the entries.
    pub const fn from(&self) -> u64 {
        self.from
    }

    /// Says of entries what was found of them, where they are the same ones; of others, nothing.
    pub fn vouch(&self, entries: &mut [Entry]) {
        let is_same = leaves(entries.iter().map(|entry| &entry.leaf_hash)) == self.leaves;
        if entries.len() != self.good.len() || !(is_same || chapar_terms::sabotaged("vouch-for-any-leaves")) {
            return;
        }
        for ((entry, good), index) in entries.iter_mut().zip(&self.good).zip(self.from..) {
            let record = entry.record.as_ref().ok().filter(|_| *good != Good::Nothing);
            let key = record.and_then(|record| key_of(&self.keys, record, index));
            entry.found.signed = key.map(|key| (key.clone(), Ok(())));
            // The leaf commits to the body.
            entry.found.form = (*good == Good::Formed).then_some(Ok(()));
        }
    }
}

/// None where the entry changes the keys.
fn good(taken: &Taken) -> Option<Good> {
    match &taken.verdict {
        Ok(accepted) if accepted.record.header().kind.as_str() == KEY_SET => None,
        Ok(accepted) if accepted.is_known_kind && accepted.body.here().is_some() => Some(Good::Formed),
        Ok(_) => Some(Good::Signed),
        Err(_) => Some(Good::Nothing),
    }
}

fn leaves<'a>(hashes: impl Iterator<Item = &'a Digest>) -> Digest {
    let hashes: Vec<&[u8]> = hashes.map(|hash| hash.as_bytes().as_slice()).collect();
    Digest::of_parts(&hashes)
}
