//! The laws of folds, tried on invented logs of several participants with the real fold and the real rows: replay equals increment; an
//! entry seen twice changes nothing; the order between logs does not matter; what is withdrawn twice is withdrawn as it was; what is
//! withdrawn and issued again is found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

use chapar_register::folds::catalog::{Put, RowChange, apply};
use chapar_register::{
    Accepted, Body, BodyState, Draft, Fault, Issue, KindName, Kinds, LogId, Record, RecordId, Reject, Taken,
    Visibility, terms,
};
use chapar_store::{
    CatalogChange, Facet, FoldWrite, LogRow, LogState, NodeKey, OpeningRow, Options, PartRow, Publication, RecordRow,
    Search, SearchOrder, Store, StoredRecord, VersionName, VersionWrite, Withdrawn,
};
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant, Lang, ParticipantId, Salt, canonical_json};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const STATES: [&str; 3] = ["UZ", "KZ", "CN"];
const WORDS: [&str; 4] = ["договор", "сертификат", "реестр", "карантин"];

static SIGNER: LazyLock<MemorySigner> = LazyLock::new(|| generate(Algorithm::Ed25519).unwrap().0);

/// What a participant does next.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Issues a record, or the next version of it.
    Publish { local: usize, word: usize },
    /// Translates a record of anybody, issued or not.
    Translate { of: usize, local: usize, word: usize },
    /// Issues a record, or the next version of it, of which nobody else has the body.
    Seal { local: usize, word: usize },
    /// Opens every version of a record that is sealed, once more if it is open by now.
    Open { local: usize },
    /// Withdraws the newest version of a record.
    Withdraw { local: usize, purge: bool },
    /// Withdraws its newest translation of a record.
    Retract { of: usize, local: usize },
    /// Writes something that is no record.
    Blunder,
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let (who, local, word) = (0..STATES.len(), 0..3_usize, 0..WORDS.len());
    let act = prop_oneof![
        4 => (local.clone(), word.clone()).prop_map(|(local, word)| Act::Publish { local, word }),
        2 => (who.clone(), local.clone(), word.clone()).prop_map(|(of, local, word)| Act::Translate { of, local, word }),
        2 => (local.clone(), word.clone()).prop_map(|(local, word)| Act::Seal { local, word }),
        3 => local.clone().prop_map(|local| Act::Open { local }),
        2 => (local.clone(), any::<bool>()).prop_map(|(local, purge)| Act::Withdraw { local, purge }),
        1 => (who.clone(), local).prop_map(|(of, local)| Act::Retract { of, local }),
        1 => Just(Act::Blunder),
    ];
    prop::collection::vec((who, act), 1..20)
}

fn participant(who: usize) -> ParticipantId {
    ParticipantId::parse(&format!("did:web:{}.example", STATES[who].to_lowercase())).unwrap()
}

fn log_id(who: usize) -> LogId {
    LogId::of_vkey(STATES[who])
}

fn origin(who: usize) -> String {
    format!("{}.example/log", STATES[who].to_lowercase())
}

fn id(who: usize, local: &str) -> RecordId {
    RecordId::new(participant(who), log_id(who), local).unwrap()
}

fn dataset(who: usize, word: usize) -> Value {
    let example = include_str!("../../../kinds/dataset/examples/smallest.json");
    let mut body: Value = serde_json::from_str(example).unwrap();
    body["title"] = json!({"ru": WORDS[word]});
    body["description"] = json!({"ru": STATES[who]});
    body
}

fn name(local: usize) -> String {
    format!("record-{local}")
}

/// The sealed versions of a record with their bodies, and the names of its openings.
#[derive(Default)]
struct Sealed {
    versions: Vec<(u32, Value)>,
    openings: Vec<String>,
}

/// Logs as their verification gives them, and what must be found in the end.
#[derive(Default)]
struct World {
    logs: [Vec<Taken>; STATES.len()],
    /// The newest version of each record with the hash of its leaf, and whether it stands.
    newest: BTreeMap<String, (u32, Digest, bool)>,
    /// Leaves whose bodies are purged.
    purged: BTreeSet<Digest>,
    /// What is sealed of each record, and the names of its openings.
    sealed: BTreeMap<String, Sealed>,
    withdrawals: usize,
    openings: usize,
}

impl World {
    fn of(acts: &[(usize, Act)]) -> Self {
        let mut world = Self::default();
        for (who, act) in acts {
            world.play(*who, *act);
        }
        world
    }

    fn play(&mut self, who: usize, act: Act) {
        match act {
            Act::Publish { local, word } => {
                self.issue(who, "dataset", &name(local), dataset(who, word));
            }
            Act::Seal { local, word } => self.seal(who, &name(local), dataset(who, word)),
            Act::Open { local } => self.open(who, &name(local)),
            Act::Translate { of, local, word } => {
                let source = id(of, &name(local)).to_string();
                let body = json!({"source": source, "sourceHash": "0".repeat(64), "language": "kk", "translator": {"kk": "Үлгі"},
                    "status": "machine", "body": {"/title": WORDS[word]}});
                self.issue(who, "translation", &format!("t-{of}-{local}"), body);
            }
            Act::Withdraw { local, purge } => self.withdraw(who, &name(local), purge),
            Act::Retract { of, local } => self.withdraw(who, &format!("t-{of}-{local}"), true),
            Act::Blunder => self.push(
                who,
                Digest::of(b"nothing"),
                Err(Reject {
                    fault: Fault::LeafMalformed,
                    why: String::new(),
                }),
            ),
        }
    }

    fn seal(&mut self, who: usize, local: &str, body: Value) {
        self.issue(who, "dataset", local, body.clone());
        let Ok(accepted) = &mut self.logs[who].last_mut().unwrap().verdict else {
            panic!()
        };
        // What stands in the leaf is of no matter to a fold but for who may have the body.
        let mut header = accepted.record.header().clone();
        header.visibility = Visibility::Sealed;
        accepted.record = Record::of(&header, accepted.record.proof()).unwrap();
        accepted.body = BodyState::NotHere;
        let sealed = self.sealed.entry(id(who, local).to_string()).or_default();
        sealed.versions.push((header.version, body));
    }

    fn open(&mut self, who: usize, local: &str) {
        let target = id(who, local).to_string();
        let sealed = self.sealed.get(&target).map(|sealed| sealed.versions.clone());
        for (version, body) in sealed.into_iter().flatten() {
            self.openings += 1;
            let name = format!("o{}", self.openings);
            let salt = format!("{}=", "A".repeat(43));
            let opening = json!({"target": target, "version": version, "salt": salt, "body": body});
            self.issue(who, "opening", &name, opening);
            let Ok(accepted) = &mut self.logs[who].last_mut().unwrap().verdict else {
                panic!()
            };
            accepted.opens = Some(KindName::parse("dataset").unwrap());
            self.sealed.get_mut(&target).unwrap().openings.push(name);
        }
    }

    fn issue(&mut self, who: usize, kind: &str, local: &str, body: Value) -> Digest {
        let key = id(who, local).to_string();
        let before = self.newest.get(&key).copied();
        let draft = Draft {
            kind: KindName::parse(kind).unwrap(),
            local: local.to_owned(),
            version: before.map_or(1, |(version, ..)| version + 1),
            previous: before.map(|(_, hash, _)| hash),
            valid: None,
            mandate: None,
            authentic: BTreeSet::new(),
            visibility: Visibility::Open,
            links: Vec::new(),
            body: body.clone(),
        };
        let issue = Issue {
            issuer: participant(who),
            log: log_id(who),
            at: Instant::from_unix_s(1_790_000_000 + self.logs[who].len() as i64),
            salt: Salt::from_bytes([0; 32]),
        };
        let version = draft.version;
        let unsigned = draft.check(Kinds::built_in(), issue).unwrap();
        let record = unsigned.sign(&*SIGNER, "did:web:sample#k").unwrap();
        let hash = record.leaf_hash();
        self.newest.insert(key, (version, hash, true));
        let accepted = Accepted {
            record,
            is_known_kind: true,
            body: BodyState::Here(Body::of(&body).unwrap()),
            opens: None,
        };
        self.push(who, hash, Ok(Box::new(accepted)));
        hash
    }

    fn withdraw(&mut self, who: usize, local: &str, purge: bool) {
        let target = id(who, local).to_string();
        let Some((_, hash, stands)) = self.newest.get_mut(&target) else {
            return;
        };
        *stands = false;
        let hash = *hash;
        if purge {
            self.purged.insert(hash);
        }
        self.withdrawals += 1;
        let body = json!({"target": target, "targetHash": hash.hex(), "reason": {"en": "Sample"}, "code": "error", "purge": purge});
        self.issue(who, "withdrawal", &format!("w{}", self.withdrawals), body);
        // What an opening shows of it is purged with it.
        let openings = self
            .sealed
            .get_mut(&target)
            .map(|sealed| std::mem::take(&mut sealed.openings));
        for opening in openings.into_iter().flatten().filter(|_| purge) {
            self.withdraw(who, &opening, true);
        }
    }

    fn push(&mut self, who: usize, leaf_hash: Digest, verdict: Result<Box<Accepted>, Reject>) {
        let index = self.logs[who].len() as u64;
        self.logs[who].push(Taken {
            index,
            leaf_hash,
            verdict,
        });
    }

    /// The same logs where every purge was obeyed already.
    fn without_purged(mut self) -> Self {
        for taken in self.logs.iter_mut().flatten() {
            if let Ok(accepted) = &mut taken.verdict
                && self.purged.contains(&taken.leaf_hash)
            {
                accepted.body = BodyState::NotHere;
            }
        }
        self
    }

    /// The records that were withdrawn last, by their owners and numbers.
    fn withdrawn(&self) -> Vec<(usize, usize)> {
        let all = (0..STATES.len()).flat_map(|who| (0..3).map(move |local| (who, local)));
        let is_withdrawn = |(who, local): &(usize, usize)| {
            let newest = self.newest.get(&id(*who, &name(*local)).to_string());
            newest.is_some_and(|(_, _, stands)| !stands)
        };
        all.filter(is_withdrawn).collect()
    }

    /// The records that stand and are looked for.
    fn standing(&self) -> BTreeSet<String> {
        let stands = |(id, (_, _, stands)): (&String, &(u32, Digest, bool))| {
            (*stands && id.contains("/record-")).then(|| id.clone())
        };
        self.newest.iter().filter_map(stands).collect()
    }
}

fn change(change: RowChange) -> CatalogChange {
    match change {
        RowChange::Put(put) => CatalogChange::Put(Box::new(write(*put))),
        RowChange::Withdraw(one) => CatalogChange::Withdraw {
            version: VersionName {
                record_id: one.record_id.to_string(),
                leaf_hash: one.leaf_hash.hex(),
            },
            withdrawn: Withdrawn {
                position: i64::try_from(one.position).unwrap(),
                code: one.code,
                replaced_by: one.replaced_by,
            },
        },
        RowChange::Open(one) => CatalogChange::Open(Box::new(OpeningRow {
            origin: one.origin,
            position: i64::try_from(one.position).unwrap(),
            record_id: one.record_id.to_string(),
            version: i64::from(one.version),
            at: one.at.unix_ms(),
            title: texts(one.title),
            description: texts(one.description),
        })),
        RowChange::Replace {
            record_id,
            by,
            position,
        } => CatalogChange::Replace {
            record_id: record_id.to_string(),
            by: by.to_string(),
            position: i64::try_from(position).unwrap(),
        },
        RowChange::Purge { record_id, leaf_hash } => CatalogChange::Purge(VersionName {
            record_id: record_id.to_string(),
            leaf_hash: leaf_hash.hex(),
        }),
    }
}

fn json(value: &Value) -> String {
    String::from_utf8(canonical_json(value)).unwrap()
}

fn texts(texts: Option<BTreeMap<Lang, String>>) -> Option<String> {
    let members = texts?.into_iter().map(|(tag, text)| (tag.to_string(), text));
    Some(json(&members.collect()))
}

fn write(put: Put) -> VersionWrite {
    let row = put.row;
    VersionWrite {
        row: RecordRow {
            record_id: row.record_id.to_string(),
            version: i64::from(row.version),
            origin: row.origin,
            position: i64::try_from(row.position).unwrap(),
            leaf_hash: row.leaf_hash.hex(),
            kind: row.kind.to_string(),
            issuer: row.issuer.to_string(),
            issued: row.issued.unix_ms(),
            valid_from: row.valid.from.map(|at| at.unix_ms()),
            valid_until: row.valid.until.map(|at| at.unix_ms()),
            visibility: row.visibility.to_owned(),
            languages: json(&row.languages.iter().map(Lang::to_string).collect()),
            title: texts(row.title),
            description: texts(row.description),
        },
        part: put.part.map(|part| PartRow {
            about: part.about.map(|about| about.to_string()),
            title_words: part.title_terms.into_iter().collect(),
            words: part.terms.into_iter().collect(),
            facets: part
                .facets
                .into_iter()
                .map(|(name, value)| Facet {
                    name: name.to_owned(),
                    value,
                })
                .collect(),
        }),
        links: put.links.into_iter().collect(),
    }
}

struct Node(Store);

impl Node {
    async fn open(folder: &std::path::Path) -> Self {
        let store = Store::open(folder, Options::new(NodeKey::from_bytes([7; 32])))
            .await
            .unwrap();
        for who in 0..STATES.len() {
            let log = LogRow {
                origin: origin(who),
                participant: None,
                kind: "register".to_owned(),
                owner: participant(who).to_string(),
                vkey: "key".to_owned(),
                state: LogState::Open,
                config: "{}".to_owned(),
                size: 0,
                folded: 0,
                checkpoint: None,
                published_at: None,
                created_at: 1,
            };
            store.add_log(log, Vec::new()).await.unwrap();
            let publication = Publication {
                origin: origin(who),
                expected_size: 0,
                size: 1_000,
                checkpoint: Vec::new(),
                at: 1,
            };
            assert!(store.publish(publication).await.unwrap());
        }
        Self(store)
    }

    /// Folds the entries of a log from `from` to `to`; `again` is 1 when each is folded twice.
    async fn fold(&self, world: &World, who: usize, from: usize, to: usize, again: bool) {
        let entries = &world.logs[who][from..to];
        let changes = entries
            .iter()
            .flat_map(|taken| apply(Kinds::built_in(), &origin(who), taken));
        let write = FoldWrite {
            origin: origin(who),
            expected_folded: i64::try_from(from).unwrap(),
            folded: i64::try_from(to).unwrap(),
            changes: changes.map(change).collect(),
            at: 1,
        };
        let repeated = FoldWrite {
            expected_folded: write.folded,
            ..write.clone()
        };
        assert!(self.0.fold(write).await.unwrap());
        if again {
            assert!(self.0.fold(repeated).await.unwrap());
        }
    }

    /// Throws the views away and folds every log as a whole, one after another.
    async fn replay(&self, world: &World) -> Digest {
        self.0.drop_views().await.unwrap();
        for who in 0..STATES.len() {
            self.fold(world, who, 0, world.logs[who].len(), false).await;
        }
        self.0.views_digest().await.unwrap()
    }

    /// Throws the views away and folds entry by entry, `turns` saying whose turn it is.
    async fn increment(&self, world: &World, turns: &[usize], again: bool) -> Digest {
        self.0.drop_views().await.unwrap();
        let mut folded = [0; STATES.len()];
        let rest = (0..STATES.len()).flat_map(|who| std::iter::repeat_n(who, world.logs[who].len()));
        for who in turns.iter().copied().chain(rest) {
            if folded[who] < world.logs[who].len() {
                self.fold(world, who, folded[who], folded[who] + 1, again).await;
                folded[who] += 1;
            }
        }
        self.0.views_digest().await.unwrap()
    }

    async fn found(&self, search: &Search) -> BTreeSet<String> {
        let order = SearchOrder::Newest { before: None };
        let found = self.0.search(search, order, 100).await.unwrap();
        found.records.into_iter().map(|record| record.row.record_id).collect()
    }

    /// Everything that is known of these records.
    async fn known(&self, records: &[(usize, usize)]) -> Vec<StoredRecord> {
        let mut known = Vec::new();
        for (who, local) in records {
            let record = id(*who, &name(*local)).to_string();
            known.extend(self.0.record_history(&record, 0, 100).await.unwrap());
        }
        known
    }

    async fn check(&self, acts: &[(usize, Act)], turns: &[usize]) -> Result<(), TestCaseError> {
        let world = World::of(acts);
        let digest = self.increment(&world, turns, false).await;
        let datasets = Facet {
            name: "kind".to_owned(),
            value: "dataset".to_owned(),
        };
        let of_kind = Search {
            facets: vec![vec![datasets]],
            ..Search::default()
        };
        prop_assert_eq!(self.found(&of_kind).await, world.standing());
        prop_assert_eq!(self.increment(&world, turns, true).await, digest, "an entry seen twice");
        prop_assert_eq!(self.replay(&world).await, digest, "replay");
        prop_assert_eq!(self.found(&of_kind).await, world.standing());
        let withdrawn = world.withdrawn();
        let (once, more) = (self.known(&withdrawn).await, |(who, local): &(usize, usize)| {
            (
                *who,
                Act::Withdraw {
                    local: *local,
                    purge: false,
                },
            )
        });
        let twice: Vec<_> = acts.iter().copied().chain(withdrawn.iter().map(more)).collect();
        self.replay(&World::of(&twice)).await;
        prop_assert_eq!(self.known(&withdrawn).await, once, "withdrawn twice");
        let purged = world.without_purged();
        prop_assert_eq!(self.replay(&purged).await, digest, "replay without what was purged");
        prop_assert_eq!(
            self.increment(&purged, turns, false).await,
            digest,
            "a node that came after the purge"
        );
        Ok(())
    }
}

#[test]
fn the_laws_hold_for_any_acts_in_any_order() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = std::env::temp_dir().join(format!("chapar-store-laws-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let node = runtime.block_on(Node::open(&folder));
    let turns = prop::collection::vec(0..STATES.len(), 0..40);
    // A case folds some hundred times, and each is a commit.
    let config = ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(acts in acts(), turns in turns)| {
        runtime.block_on(node.check(&acts, &turns))?;
    });
    runtime.block_on(node.0.close());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn what_is_withdrawn_and_issued_again_is_found_with_its_translation() {
    let folder = std::env::temp_dir().join(format!("chapar-store-reissue-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let node = Node::open(&folder).await;
    let (publish, translate) = (
        Act::Publish { local: 0, word: 0 },
        Act::Translate {
            of: 0,
            local: 0,
            word: 1,
        },
    );
    let withdraw = Act::Withdraw { local: 0, purge: true };
    let mut acts = vec![(1, translate), (0, publish), (0, withdraw)];
    let search = Search {
        words: terms(&Lang::parse("kk").unwrap(), WORDS[1])
            .into_iter()
            .map(|term| vec![term])
            .collect(),
        ..Search::default()
    };
    node.replay(&World::of(&acts)).await;
    assert!(node.found(&search).await.is_empty());
    acts.push((0, publish));
    node.replay(&World::of(&acts)).await;
    assert_eq!(
        node.found(&search).await,
        BTreeSet::from([id(0, "record-0").to_string()])
    );
    node.0.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
