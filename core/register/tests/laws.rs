//! Laws of the verification of logs, tried on invented ones: it comes to the same whether a log is taken in one go or in parts, with a
//! restart between them, and whatever else was taken meanwhile. The laws of what folds make of it are in `edge/store/tests/laws.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

#[allow(dead_code, reason = "no law is about a header that no draft would give")]
mod log;

use chapar_register::folds::catalog::{RowChange, apply};
use chapar_register::{Chain, Entry, Intake, Kinds, LogState, Record, RecordId, Taken, Version, Visibility};
use chapar_suite_international::International;
use chapar_terms::{Algorithm, Digest};
use chapar_tlog::{Checkpoint, Origin};
use log::{Key, Log, ORIGIN, dataset, draft, pinned, sign};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// What an author writes next.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// A record, or the next version of it.
    Publish(usize),
    /// A record whose body is not for everybody.
    Keep,
    /// Takes back the newest version of a record.
    Withdraw { local: usize, purge: bool },
    /// A version that follows on nothing.
    Skip(usize),
    /// Bytes that are no record.
    Blunder,
    /// One more key in the list, which signs from then on.
    Rotate,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let local = 0..3_usize;
    let act = prop_oneof![
        5 => local.clone().prop_map(Act::Publish),
        1 => Just(Act::Keep),
        2 => (local.clone(), any::<bool>()).prop_map(|(local, purge)| Act::Withdraw { local, purge }),
        1 => local.prop_map(Act::Skip),
        1 => Just(Act::Blunder),
        1 => Just(Act::Rotate),
    ];
    prop::collection::vec(act, 1..16)
}

/// A log with the keys that it lists by then.
struct Author {
    log: Log,
    first: Key,
    keys: Vec<Key>,
    key_sets: Vec<Digest>,
    newest: BTreeMap<String, (u32, Digest)>,
}

impl Author {
    fn of(acts: &[Act]) -> Self {
        let (first, key) = (Key::log(), Key::record("k0", Algorithm::Ed25519));
        let log = Log::begin(&[first.listed(), key.listed()], &first, &key);
        let key_set = Record::parse(&log.entries[0].0).unwrap().leaf_hash();
        let mut author = Self {
            log,
            first,
            keys: vec![key],
            key_sets: vec![key_set],
            newest: BTreeMap::new(),
        };
        acts.iter().for_each(|act| author.act(*act));
        author
    }

    fn act(&mut self, act: Act) {
        let number = self.log.entries.len();
        match act {
            Act::Publish(local) => self.publish(&format!("d{local}"), Visibility::Open),
            Act::Keep => self.publish(&format!("m{number}"), Visibility::Members),
            Act::Withdraw { local, purge } => {
                let name = format!("d{local}");
                let Some((_, hash)) = self.newest.get(&name).copied() else {
                    return;
                };
                let target = format!("{}/records/{}/{name}", log::participant(), self.log.id);
                let body = json!({"target": target, "targetHash": hash.hex(), "reason": {"en": "Sample"}, "code": "error", "purge": purge});
                self.log.add(
                    draft("withdrawal", &format!("w{number}"), body),
                    self.keys.last().unwrap(),
                );
            }
            Act::Skip(local) => {
                let mut skipping = draft("dataset", &format!("d{local}"), dataset("Skipped"));
                (skipping.version, skipping.previous) = (90, Some(Digest::of(b"nothing")));
                self.log.add(skipping, self.keys.last().unwrap());
            }
            Act::Blunder => self.log.entries.push((b"no record".to_vec(), None)),
            Act::Rotate => {
                let key = Key::record(&format!("k{number}"), Algorithm::Ed25519);
                let signer = self.keys.len() - 1;
                self.keys.push(key);
                let listed: Vec<_> = std::iter::once(&self.first)
                    .chain(&self.keys)
                    .map(Key::listed)
                    .collect();
                let version = self.key_sets.len() as u32 + 1;
                let previous = self.key_sets.last().copied();
                let record = self.log.add_key_set(version, previous, &listed, &self.keys[signer]);
                self.key_sets.push(record.leaf_hash());
            }
        }
    }

    fn publish(&mut self, local: &str, visibility: Visibility) {
        let before = self.newest.get(local).copied();
        let mut next = draft(
            "dataset",
            local,
            dataset(&format!("{} of {local}", self.log.entries.len())),
        );
        next.visibility = visibility;
        next.version = before.map_or(1, |(version, _)| version + 1);
        next.previous = before.map(|(_, hash)| hash);
        let version = next.version;
        let record = self.log.add(next, self.keys.last().unwrap());
        self.newest.insert(local.to_owned(), (version, record.leaf_hash()));
    }

    /// What is verified from `state` up to `size`; of what was taken earlier, what is asked for is recalled.
    fn take(&self, state: LogState, size: usize, earlier: &[Taken]) -> (LogState, Vec<Taken>) {
        let checkpoint = Checkpoint::new(Origin::parse(ORIGIN).unwrap(), size as u64, self.log.root(size));
        let signed = sign(checkpoint, &self.first);
        let mut intake = Intake::begin(Kinds::built_in(), &International, state, signed).unwrap();
        let entries = &self.log.entries[earlier.len()..size];
        let read = |(leaf, body): &(Vec<u8>, Option<Vec<u8>>)| Entry::of_leaf(leaf).with_body(body.as_deref());
        let entries: Vec<Entry> = entries.iter().map(read).collect();
        for id in intake.unknown_in(&entries) {
            if let Some(chain) = chain(earlier, &id) {
                intake.recall(id, chain);
            }
        }
        let taken = entries.into_iter().map(|entry| intake.take(entry)).collect();
        (intake.finish().unwrap(), taken)
    }
}

/// The versions of a record among what was taken.
fn chain(taken: &[Taken], id: &RecordId) -> Option<Chain> {
    let accepted = taken
        .iter()
        .filter_map(|one| Some((one.leaf_hash, one.verdict.as_ref().ok()?.record.header())));
    let of_record: Vec<_> = accepted.filter(|(_, header)| header.id == *id).collect();
    Some(Chain {
        kind: of_record.first()?.1.kind.clone(),
        versions: of_record
            .iter()
            .map(|(leaf_hash, header)| Version {
                number: header.version,
                leaf_hash: *leaf_hash,
                body_hash: header.body_hash,
            })
            .collect(),
    })
}

fn folded(taken: &[Taken]) -> Vec<RowChange> {
    taken
        .iter()
        .flat_map(|one| apply(Kinds::built_in(), ORIGIN, one))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_comes_to_the_same_in_one_go_and_in_parts(acts in acts(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        #[expect(clippy::disallowed_methods, reason = "the judge of this judge says which fault there is")]
        chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
        let author = Author::of(&acts);
        let size = author.log.entries.len();
        let (end, whole) = author.take(pinned(&author.first), size, &[]);
        let mut sizes: Vec<usize> = cuts.iter().map(|cut| 1 + cut.index(size)).chain([size]).collect();
        sizes.sort_unstable();
        let (mut state, mut taken) = (pinned(&author.first), Vec::new());
        for size in sizes {
            // What is kept between two parts is what was stored.
            let stored = LogState::decode(&state.encode()).unwrap();
            prop_assert_eq!(&stored, &state);
            let (next, more) = author.take(stored, size, &taken);
            state = next;
            taken.extend(more);
        }
        prop_assert_eq!(&taken, &whole, "taken in parts");
        prop_assert_eq!(state.encode(), end.encode());
        prop_assert_eq!(folded(&taken), folded(&whole));
        let (again, twice) = author.take(end.clone(), size, &whole);
        prop_assert!(twice.is_empty() && again == end, "nothing new changes nothing");
    }
}
