//! The records of `samples/register`, which the demonstration publishes: each is a record of its kind and reaches no person, is marked as
//! invented, names only records that are there, and together they serve every clause, in every kind that people write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_register::{Draft, Issue, KindName, Kinds, Link, LogId, RecordId, Unsigned, Validity, Visibility};
use chapar_terms::{Instant, Lang, ParticipantId, Salt};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const NODES: [&str; 3] = ["uz", "kz", "cn"];
/// What stands behind the name of something invented, by language.
const MARKS: [(&str, &str); 5] = [
    ("ru", " (пример)"),
    ("zh", "（示例）"),
    ("en", " (sample)"),
    ("uz", " (namuna)"),
    ("kk", " (үлгі)"),
];
/// What stands for the log of each in the files.
const LOG: &str = "0123456789abcdef";

fn lines(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../samples/register")
        .join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn records(node: &str) -> Vec<Value> {
    lines(&format!("{node}.jsonl"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {value}"))
}

fn instant(value: &Value) -> Option<Instant> {
    value.as_str().map(|text| Instant::parse_rfc3339(text).unwrap())
}

/// The draft of a line, as the node reads it.
fn draft(line: &Value) -> Draft {
    let list = |name: &str| line[name].as_array().cloned().unwrap_or_default();
    let links = list("links");
    let links = links.iter().map(|link| Link {
        rel: text(link, "rel").to_owned(),
        target: text(link, "target").to_owned(),
    });
    let authentic = list("authentic");
    Draft {
        kind: KindName::parse(text(line, "kind")).unwrap(),
        local: text(line, "name").to_owned(),
        version: 1,
        previous: None,
        valid: line.get("valid").map(|valid| Validity {
            from: instant(&valid["from"]),
            until: instant(&valid["until"]),
        }),
        mandate: line["mandate"].as_str().map(str::to_owned),
        authentic: authentic
            .iter()
            .map(|tag| Lang::parse(tag.as_str().unwrap()).unwrap())
            .collect(),
        visibility: Visibility::Open,
        links: links.collect(),
        body: line["body"].clone(),
    }
}

fn checked(node: &str, line: &Value) -> Unsigned {
    let issue = Issue {
        issuer: ParticipantId::parse(&format!("did:web:{node}.example")).unwrap(),
        log: LogId::parse(LOG).unwrap(),
        at: Instant::from_unix_ms(0),
        salt: Salt::from_bytes([0; 32]),
    };
    draft(line).check(Kinds::built_in(), issue).unwrap_or_else(|found| {
        let found: String = found.iter().map(|one| format!("{one}; ")).collect();
        panic!("{node}/{}: {found}", text(line, "name"))
    })
}

#[test]
fn each_is_a_record_of_its_kind_that_reaches_no_person_and_says_that_it_is_invented() {
    for node in NODES {
        for line in records(node) {
            let unsigned = checked(node, &line);
            let kind = Kinds::built_in().find(&unsigned.header().kind).unwrap();
            let title = kind.pointers().title.as_ref().expect("people write it");
            let title = line["body"].pointer(title).unwrap().as_object().unwrap();
            for (language, said) in title {
                let mark = MARKS
                    .iter()
                    .find(|(tag, _)| tag == language)
                    .expect("a language with a mark")
                    .1;
                assert!(
                    said.as_str().unwrap().ends_with(mark),
                    "{node}/{}: {said}",
                    text(&line, "name")
                );
            }
        }
    }
}

#[test]
fn every_kind_and_every_clause_has_some_at_every_node() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = 0;
    for node in NODES {
        let (mut clauses, mut languages) = (BTreeSet::new(), BTreeSet::new());
        for line in records(node) {
            let unsigned = checked(node, &line);
            let header = unsigned.header();
            clauses.extend(Kinds::built_in().find(&header.kind).unwrap().clauses().to_vec());
            languages.extend(header.languages.iter().map(ToString::to_string));
            *kinds.entry(header.kind.to_string()).or_default() += 1;
            all += 1;
        }
        assert_eq!(clauses.len(), 8, "{node}: {clauses:?}");
        for language in ["ru", "zh", "en"] {
            assert!(languages.contains(language), "{node} does not speak {language}");
        }
    }
    let by_hand = Kinds::built_in()
        .iter()
        .filter(|kind| !kind.is_system())
        .map(|kind| kind.name().as_str());
    for kind in by_hand.filter(|kind| *kind != "withdrawal") {
        assert!(kinds.get(kind).is_some_and(|count| *count >= 3), "{kind}: {kinds:?}");
    }
    assert!((200..300).contains(&all), "{all}");
}

/// Every text of a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn they_name_each_other_across_nodes_and_nothing_else() {
    let named = |node: &str, line: &Value| format!("did:web:{node}.example/records/{LOG}/{}", text(line, "name"));
    let mut there = BTreeMap::new();
    for node in NODES {
        for line in records(node) {
            let kind = text(&line, "kind").to_owned();
            let before = there.insert(named(node, &line), kind.clone());
            // The same name twice is a later version.
            assert!(before.is_none_or(|before| before == kind), "{}", named(node, &line));
        }
    }
    let (mut within, mut across) = (0, 0);
    for node in NODES {
        for line in records(node) {
            for target in texts(&line).into_iter().filter(|text| RecordId::parse(text).is_ok()) {
                assert!(there.contains_key(target), "{}: `{target}`", named(node, &line));
                match target.starts_with(&format!("did:web:{node}.example/")) {
                    true => within += 1,
                    false => across += 1,
                }
            }
        }
    }
    assert!(within > 200 && across > 20, "{within} within, {across} across");
    let withdrawals = lines("withdrawals.jsonl");
    assert_eq!(withdrawals.len(), NODES.len());
    for line in withdrawals {
        let target = named(text(&line, "node"), &line);
        assert!(there.contains_key(&target), "{target}");
    }
}
