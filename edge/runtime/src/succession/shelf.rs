//! Which records of a log that has ended are issued anew: the newest version of each that was not withdrawn, in the order in which they
//! were published, those that speak of others last. Pure.
//!
//! What the node writes of itself is not among them: keys, states of evidence, alarms and ends of logs speak of the log that they stand in.
//! What opened a sealed version goes with that one.

use chapar_register::{ClosedBody, Kind, KindName, Kinds, OPENING, Record, RecordId, about_members};
use chapar_terms::Digest;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const WITHDRAWAL: &str = "withdrawal";

/// Where an entry lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lies {
    /// The origin under which it is stored.
    pub stored_as: String,
    /// Its position there.
    pub position: i64,
}

/// A record that is to be issued anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Its entry.
    pub entry: Lies,
    /// The entry of the record that opened it, where it was sealed and is not any more.
    pub opening: Option<Lies>,
    version: u32,
    is_remark: bool,
}

/// What stands in the entries that were seen so far.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    newest: BTreeMap<String, Kept>,
    withdrawn: BTreeSet<String>,
    /// What opened a version, by name and version of the sealed record.
    openings: BTreeMap<(String, u32), Lies>,
}

impl Shelf {
    /// Takes an entry. Of two with the same name and version the first one that was taken counts.
    pub(super) fn take(&mut self, stored_as: &str, position: i64, leaf: &[u8], body: Option<&[u8]>) {
        let Ok(record) = Record::parse(leaf) else { return };
        let header = record.header();
        let lies = Lies {
            stored_as: stored_as.to_owned(),
            position,
        };
        if header.kind.as_str() == WITHDRAWAL {
            self.withdrawn.extend(withdrawn(&record, body));
        }
        if let Some(opened) = opened(&record, body) {
            self.openings.entry(opened).or_insert_with(|| lies.clone());
        }
        if !is_issued_anew(&header.kind) {
            return;
        }
        let kept = Kept {
            entry: lies,
            opening: None,
            version: header.version,
            is_remark: about_members(&header.kind).is_some(),
        };
        let local = header.id.local();
        if self.newest.get(local).is_none_or(|known| known.version < kept.version) {
            self.newest.insert(local.to_owned(), kept);
        }
    }

    /// By their names, in the order in which they are issued.
    pub(super) fn in_order(self) -> Vec<(String, Kept)> {
        let Self {
            newest,
            withdrawn,
            mut openings,
        } = self;
        let kept = newest.into_iter().filter(|(local, _)| !withdrawn.contains(local));
        let kept = kept.map(|(local, mut kept)| {
            kept.opening = openings.remove(&(local.clone(), kept.version));
            (local, kept)
        });
        let mut kept: Vec<_> = kept.collect();
        kept.sort_by_key(|(_, kept)| (kept.is_remark, kept.entry.position));
        kept
    }
}

fn is_issued_anew(kind: &KindName) -> bool {
    let is_system = Kinds::built_in().find(kind).is_some_and(Kind::is_system);
    kind.as_str() != WITHDRAWAL && !is_system
}

/// The name of the record that is withdrawn.
fn withdrawn(record: &Record, body: Option<&[u8]>) -> Option<String> {
    let body: Value = serde_json::from_slice(body?).ok()?;
    let target = RecordId::parse(body.get("target")?.as_str()?).ok()?;
    (target.log() == record.header().id.log()).then(|| target.local().to_owned())
}

/// Name and version of the sealed record that an opening shows.
fn opened(record: &Record, body: Option<&[u8]>) -> Option<(String, u32)> {
    let header = record.header();
    let body: Value = serde_json::from_slice(body.filter(|_| header.kind.as_str() == OPENING)?).ok()?;
    let shown = ClosedBody::of_opening(&body)?;
    let is_here = shown.record().log() == header.id.log();
    is_here.then(|| (shown.record().local().to_owned(), shown.version()))
}

/// A record that was issued anew: the version that it replaces, and what replaces it.
#[derive(Clone, Debug)]
pub(super) struct Anew {
    pub before: (String, Digest),
    pub now: (String, Digest),
}

/// Has a record that speaks of another one speak of what took that one's place, where it speaks of the newest version of it; whether it does.
pub(super) fn point(kind: &KindName, body: &mut Value, anew: &BTreeMap<String, Anew>) -> bool {
    let (Some((target, hash)), Some(body)) = (about_members(kind), body.as_object_mut()) else {
        return false;
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let named = text(target).and_then(|id| RecordId::parse(id).ok());
    let is_same = |one: &&Anew| text(target) == Some(&one.before.0) && text(hash) == Some(&one.before.1.hex());
    let found = named.and_then(|id| anew.get(id.local()).filter(is_same));
    let Some(Anew { now: (id, leaf), .. }) = found else {
        return false;
    };
    let (id, leaf) = (Value::from(id.as_str()), Value::from(leaf.hex()));
    body.insert(target.to_owned(), id);
    body.insert(hash.to_owned(), leaf);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_register::{Body, Draft, Issue, LogId, Visibility};
    use chapar_suite_international::generate;
    use chapar_terms::{Algorithm, Instant, ParticipantId, Salt};
    use serde_json::json;

    const LOG: &str = "0123456789abcdef";
    const NEXT: &str = "fedcba9876543210";

    fn id(log: &str, local: &str) -> RecordId {
        let owner = ParticipantId::parse("did:web:uz.example:plant").unwrap();
        RecordId::new(owner, LogId::parse(log).unwrap(), local).unwrap()
    }

    fn draft(kind: &str, local: &str, body: Value) -> Draft {
        Draft {
            kind: KindName::parse(kind).unwrap(),
            local: local.to_owned(),
            version: 1,
            previous: None,
            valid: None,
            mandate: None,
            authentic: BTreeSet::new(),
            visibility: Visibility::Open,
            links: Vec::new(),
            body,
        }
    }

    /// Leaf and body of a signed record.
    fn entry(draft: Draft) -> (Record, Vec<u8>) {
        let issue = Issue {
            issuer: id(LOG, "a").participant().clone(),
            log: LogId::parse(LOG).unwrap(),
            at: Instant::from_unix_s(1_790_000_000),
            salt: Salt::from_bytes([7; 32]),
        };
        let unsigned = draft.check(Kinds::built_in(), issue).unwrap();
        let (signer, _) = generate(Algorithm::Ed25519).unwrap();
        let record = unsigned.sign(&signer, "did:web:uz.example:plant#k1").unwrap();
        (record, unsigned.body().bytes().to_vec())
    }

    fn dataset() -> Value {
        serde_json::from_str(include_str!("../../../../kinds/dataset/examples/smallest.json")).unwrap()
    }

    fn annotation(target: &RecordId, hash: Digest) -> Value {
        let example = include_str!("../../../../kinds/annotation/examples/question.json");
        let mut body: Value = serde_json::from_str(example).unwrap();
        body["target"] = target.to_string().into();
        body["targetHash"] = hash.hex().into();
        body
    }

    fn shelved(entries: &[(Record, Vec<u8>)]) -> Vec<String> {
        let mut shelf = Shelf::default();
        for (position, (record, body)) in (1..).zip(entries) {
            shelf.take("log", position, record.leaf(), Some(body));
        }
        let named = shelf.in_order().into_iter();
        named
            .map(|(local, kept)| {
                let opening = kept.opening.map(|lies| format!(" opened by {}", lies.position));
                format!(
                    "{local}@{} {}{}",
                    kept.version,
                    kept.entry.position,
                    opening.unwrap_or_default()
                )
            })
            .collect()
    }

    #[test]
    fn the_newest_of_each_that_stands_comes_in_its_order_and_remarks_come_last() {
        let first = entry(draft("dataset", "a", dataset()));
        let remark = entry(draft("annotation", "b", annotation(&id(LOG, "a"), first.0.leaf_hash())));
        let mut again = draft("dataset", "a", dataset());
        (again.version, again.previous) = (2, Some(first.0.leaf_hash()));
        let gone = entry(draft("dataset", "gone", dataset()));
        let withdrawal = json!({
            "target": id(LOG, "gone").to_string(), "targetHash": gone.0.leaf_hash().hex(),
            "reason": { "en": "wrong" }, "code": "error", "purge": false,
        });
        let entries = [
            first,
            remark,
            gone,
            entry(again),
            entry(draft("withdrawal", "w", withdrawal)),
            entry(draft("dataset", "c", dataset())),
        ];
        assert_eq!(shelved(&entries), ["a@2 4", "c@1 6", "b@1 2"]);
    }

    #[test]
    fn an_opening_goes_with_the_version_that_it_opens() {
        let sealed = |version, previous| {
            let mut draft = draft("dataset", "a", dataset());
            (draft.version, draft.previous) = (version, previous);
            draft.visibility = Visibility::Sealed;
            entry(draft)
        };
        let first = sealed(1, None);
        let next = sealed(2, Some(first.0.leaf_hash()));
        let opening = |name: &str, log: &str, version| {
            let body = Body::of(&dataset()).unwrap();
            let closed = ClosedBody::new(id(log, "a"), version, Salt::from_bytes([7; 32]), body);
            entry(draft("opening", name, closed.opening()))
        };
        let older = [first.clone(), opening("o1", LOG, 1), next.clone()];
        assert_eq!(shelved(&older), ["a@2 3"], "what was opened was another version");
        let entries = [
            first,
            next,
            opening("o2", NEXT, 2),
            opening("o3", LOG, 2),
            opening("o4", LOG, 2),
        ];
        assert_eq!(shelved(&entries), ["a@2 2 opened by 4"]);
    }

    #[test]
    fn a_remark_on_the_newest_version_speaks_of_what_took_its_place_and_no_other_does() {
        let (before, now) = (Digest::of(b"before"), Digest::of(b"now"));
        let anew = Anew {
            before: (id(LOG, "a").to_string(), before),
            now: (id(NEXT, "a").to_string(), now),
        };
        let anew = BTreeMap::from([("a".to_owned(), anew)]);
        let kind = KindName::parse("annotation").unwrap();
        let pointed = |target: RecordId, hash: Digest| {
            let mut body = annotation(&target, hash);
            let is_changed = point(&kind, &mut body, &anew);
            assert_eq!(is_changed, body["targetHash"] == now.hex());
            (body["target"].clone(), body["targetHash"].clone())
        };
        let told = |id: RecordId, hash: Digest| (Value::from(id.to_string()), Value::from(hash.hex()));
        assert_eq!(pointed(id(LOG, "a"), before), told(id(NEXT, "a"), now));
        let older = Digest::of(b"older");
        assert_eq!(pointed(id(LOG, "a"), older), told(id(LOG, "a"), older));
        assert_eq!(pointed(id(LOG, "b"), before), told(id(LOG, "b"), before));
        let mut plain = dataset();
        assert!(!point(&KindName::parse("dataset").unwrap(), &mut plain, &anew));
        assert_eq!(plain, dataset());
    }
}
