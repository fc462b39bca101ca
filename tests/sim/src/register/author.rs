//! What the people of a house publish: records of a few kinds, their next versions, withdrawals with and without a purge, words about the
//! records of others.

use super::disk::Entry;
use super::house::House;
use crate::Violation;
use crate::prng::Die;
use crate::side::fault;
use chapar_register::{Draft, Issue, KindName, Kinds, RecordId, Visibility, key_set_body};
use chapar_terms::{Digest, Instant, Salt};
use chapar_tlog::leaf_hash;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Records of a house that its people know by name, and as many whose names begin with [`MAY_BE_PURGED`].
const NAMES: u64 = 4;
/// The first letter of the names of records that are purged when they are withdrawn.
pub(crate) const MAY_BE_PURGED: char = 'p';

/// The newest version of a record, as its author has it from the log.
#[derive(Clone, Debug)]
pub(crate) struct Newest {
    pub id: RecordId,
    pub kind: KindName,
    pub version: u32,
    pub leaf_hash: Digest,
}

/// What an author may speak about: the newest versions of the own records, oldest first.
pub(crate) fn newest(entries: &[Entry]) -> Vec<Newest> {
    let mut found: Vec<Newest> = Vec::new();
    for entry in entries {
        let Ok(record) = chapar_register::Record::parse(&entry.leaf) else {
            continue;
        };
        let header = record.header();
        let one = Newest {
            id: header.id.clone(),
            kind: header.kind.clone(),
            version: header.version,
            leaf_hash: leaf_hash(&entry.leaf),
        };
        found.retain(|other| other.id != one.id);
        found.push(one);
    }
    found
}

/// The newest record among these entries.
pub(crate) fn last(entries: &[Entry]) -> Option<Newest> {
    let last = entries.last()?;
    newest(std::slice::from_ref(last)).pop()
}

/// The first entry of every log.
pub(crate) fn key_set(house: &House, at: Instant) -> Result<Entry, Violation> {
    let body = key_set_body(&house.listed(at)).ok_or_else(|| Violation("no key-set".to_owned()))?;
    entry(house, draft("key-set", "keys", body)?, at)
}

/// What the people publish next. `foreign` is a record of another house.
pub(crate) fn next(
    house: &House,
    own: &[Newest],
    foreign: Option<&Newest>,
    at: Instant,
    die: &mut Die,
) -> Result<Entry, Violation> {
    let record = |one: &&Newest| one.kind.as_str() == "dataset";
    let some = own
        .iter()
        .filter(record)
        .nth(usize::try_from(die.below(2 * NAMES)).unwrap_or(0));
    let number = own.len();
    let draft = match (die.below(10), some, foreign) {
        (0 | 1, Some(target), _) => {
            let body = json!({"target": target.id.to_string(), "targetHash": target.leaf_hash.hex(),
                "reason": {"en": "Sample"}, "code": "error", "purge": target.id.local().starts_with(MAY_BE_PURGED)});
            draft("withdrawal", &format!("w{number}"), body)?
        }
        (2, _, Some(target)) => {
            let body = json!({"target": target.id.to_string(), "targetHash": target.leaf_hash.hex(),
                "about": {"en": "Sample"}, "type": "question"});
            draft("annotation", &format!("a{number}"), body)?
        }
        (3, ..) => Draft {
            visibility: Visibility::Members,
            ..draft("dataset", &format!("m{number}"), dataset(number))?
        },
        _ => {
            let first = if die.chance(50) { MAY_BE_PURGED } else { 'd' };
            let local = format!("{first}{}", die.below(NAMES));
            let before = own.iter().find(|one| one.id.local() == local);
            Draft {
                version: before.map_or(1, |before| before.version + 1),
                previous: before.map(|before| before.leaf_hash),
                ..draft("dataset", &local, dataset(number))?
            }
        }
    };
    entry(house, draft, at)
}

/// A record that stands in a second history alone.
pub(crate) fn other(house: &House, number: usize, at: Instant) -> Result<Entry, Violation> {
    entry(house, draft("dataset", &format!("other{number}"), dataset(number))?, at)
}

fn dataset(number: usize) -> Value {
    json!({"title": {"en": format!("Sample {number}"), "ru": "Пример"}, "description": {"en": "Sample"},
        "publisher": {"name": {"en": "Sample"}}})
}

fn draft(kind: &str, local: &str, body: Value) -> Result<Draft, Violation> {
    Ok(Draft {
        kind: KindName::parse(kind).map_err(fault)?,
        local: local.to_owned(),
        version: 1,
        previous: None,
        valid: None,
        mandate: None,
        authentic: BTreeSet::new(),
        visibility: Visibility::Open,
        links: Vec::new(),
        body,
    })
}

fn entry(house: &House, draft: Draft, at: Instant) -> Result<Entry, Violation> {
    let issue = Issue {
        issuer: house.participant.clone(),
        log: house.log_id.clone(),
        at,
        salt: Salt::from_bytes([7; 32]),
    };
    let is_open = draft.visibility == Visibility::Open;
    let unsigned = draft
        .check(Kinds::built_in(), issue)
        .map_err(|findings| Violation(format!("a draft is refused: {findings:?}")))?;
    let record = unsigned.sign(&house.record, &house.key_id).map_err(fault)?;
    Ok(Entry {
        leaf: record.leaf().to_vec(),
        body: Some(unsigned.body().bytes().to_vec()),
        is_open,
    })
}
