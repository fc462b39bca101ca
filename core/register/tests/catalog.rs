//! The fold of the catalogue, entry by entry: what a record is found by, what names what, what a withdrawal takes back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

#[allow(dead_code, reason = "a fold needs no checkpoints")]
mod log;

use chapar_register::folds::catalog::{Part, Put, RowChange, Withdrawal, apply};
use chapar_register::{
    Accepted, Body, BodyState, Draft, Fault, KindName, Kinds, Link, Record, Reject, Taken, Validity, Visibility,
};
use chapar_terms::{Algorithm, Lang};
use log::{Key, Log, ORIGIN, at, dataset, draft, participant};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A log with the key that signs in it.
struct Author {
    log: Log,
    key: Key,
}

impl Author {
    fn new() -> Self {
        let (first, key) = (Key::log(), Key::record("k", Algorithm::Ed25519));
        Self {
            log: Log::begin(&[first.listed(), key.listed()], &first, &key),
            key,
        }
    }

    /// The next entry, as the verification of a log gives it.
    fn take(&mut self, draft: Draft) -> Taken {
        let body = Body::of(&draft.body).unwrap();
        let record = self.log.add(draft, &self.key);
        Taken {
            index: self.log.entries.len() as u64 - 1,
            leaf_hash: record.leaf_hash(),
            verdict: Ok(Box::new(Accepted {
                record,
                is_known_kind: true,
                body: BodyState::Here(body),
                opens: None,
            })),
        }
    }

    fn fold(&mut self, draft: Draft) -> Vec<RowChange> {
        apply(Kinds::built_in(), ORIGIN, &self.take(draft))
    }

    fn put(&mut self, draft: Draft) -> Put {
        put(&self.fold(draft))
    }

    fn id(&self, local: &str) -> String {
        format!("{}/records/{}/{local}", participant(), self.log.id)
    }
}

fn put(changes: &[RowChange]) -> Put {
    match changes {
        [RowChange::Put(put), ..] => (**put).clone(),
        other => panic!("{other:?}"),
    }
}

fn record(taken: &Taken) -> &Record {
    &taken.verdict.as_ref().unwrap().record
}

fn facets(part: &Part) -> Vec<String> {
    part.facets
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

fn example(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn event() -> Value {
    example(include_str!("../../../kinds/event/examples/data-forum.json"))
}

#[test]
fn a_version_has_its_row() {
    let mut author = Author::new();
    let mut event = draft("event", "forum", event());
    event.valid = Some(Validity {
        from: None,
        until: Some(at(500)),
    });
    let taken = author.take(event);
    let row = put(&apply(Kinds::built_in(), ORIGIN, &taken)).row;
    assert_eq!(row.record_id.to_string(), author.id("forum"));
    assert_eq!((row.version, row.origin.as_str(), row.position), (1, ORIGIN, 2));
    assert_eq!(row.leaf_hash, record(&taken).leaf_hash());
    assert_eq!((row.kind.as_str(), row.visibility), ("event", "open"));
    assert_eq!((row.issuer, row.issued), (participant(), at(1)));
    assert_eq!((row.valid.from, row.valid.until), (None, Some(at(500))));
    assert_eq!(row.languages, record(&taken).header().languages);
    let (ru, en) = (Lang::parse("ru").unwrap(), Lang::parse("en").unwrap());
    assert_eq!(row.title.unwrap()[&ru], "Форум по цифровым данным (пример)");
    assert_eq!(row.description.unwrap()[&en], "Agencies share their experience");
}

#[test]
fn a_record_is_found_by_its_texts_and_facets() {
    let mut author = Author::new();
    let part = author.put(draft("event", "forum", event())).part.unwrap();
    assert_eq!(part.about, None);
    for title in ["форум", "forum", "数据", "论坛"] {
        assert!(part.title_terms.contains(title), "{title}");
        assert!(!part.terms.contains(title), "{title}");
    }
    // Of the description, the place, a document and the keywords.
    for text in ["опыт", "tashkent", "draft", "paper"] {
        assert!(part.terms.contains(text), "{text}");
    }
    assert_eq!(
        facets(&part),
        [
            "clause=1".to_owned(),
            "clause=7".to_owned(),
            "group=events".to_owned(),
            format!("issuer={}", participant()),
            "kind=event".to_owned(),
            "language=en".to_owned(),
            "language=ru".to_owned(),
            "language=zh".to_owned(),
            "state=CN".to_owned(),
            "state=KZ".to_owned(),
            "state=UZ".to_owned(),
            "topic=http://publications.europa.eu/resource/authority/data-theme/GOVE".to_owned(),
            "visibility=open".to_owned(),
        ]
    );
}

#[test]
fn what_can_be_negotiated_can_be_sorted_out() {
    let mut author = Author::new();
    let offered = example(include_str!(
        "../../../kinds/dataset/examples/water-levels-offered.json"
    ));
    let mut other = offered.clone();
    other
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !name.starts_with("dataspace"));
    let mut is_offered = |name: &str, body: Value| {
        let part = author.put(draft("dataset", name, body)).part.unwrap();
        facets(&part).contains(&"exchange=offered".to_owned())
    };
    assert!(is_offered("levels", offered));
    assert!(!is_offered("others", other));
}

#[test]
fn what_is_not_open_is_found_by_its_header_alone() {
    let mut author = Author::new();
    let mut sealed = draft("event", "forum", event());
    sealed.visibility = Visibility::Members;
    // The issuer's own node has the body all the same.
    let put = author.put(sealed);
    assert_eq!((put.row.title, put.row.description), (None, None));
    assert!(put.links.is_empty());
    let part = put.part.unwrap();
    assert!(part.title_terms.is_empty() && part.terms.is_empty());
    assert!(!facets(&part).iter().any(|facet| facet.starts_with("state=")));
    assert!(facets(&part).contains(&"visibility=members".to_owned()));
}

#[test]
fn an_opened_record_shows_its_texts_and_is_found_by_them() {
    let mut author = Author::new();
    let opening =
        json!({"target": author.id("forum"), "version": 1, "salt": format!("{}=", "A".repeat(43)), "body": event()});
    let mut taken = author.take(draft("opening", "o", opening));
    let Ok(accepted) = &mut taken.verdict else { panic!() };
    accepted.opens = Some(KindName::parse("event").unwrap());
    let changes = apply(Kinds::built_in(), ORIGIN, &taken);
    let [RowChange::Put(put), RowChange::Open(opened)] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    assert_eq!((opened.record_id.to_string(), opened.version), (author.id("forum"), 1));
    assert_eq!((opened.position, opened.at), (2, at(1)));
    let ru = Lang::parse("ru").unwrap();
    assert_eq!(opened.title.as_ref().unwrap()[&ru], "Форум по цифровым данным (пример)");
    let part = put.part.as_ref().unwrap();
    assert_eq!(part.about.as_ref().unwrap().to_string(), author.id("forum"));
    assert!(part.title_terms.contains("форум") && part.terms.contains("tashkent"));
    assert!(facets(part).contains(&"state=KZ".to_owned()) && !facets(part).contains(&"kind=opening".to_owned()));
    let Ok(accepted) = &mut taken.verdict else { panic!() };
    accepted.body = BodyState::NotHere;
    assert_eq!(
        apply(Kinds::built_in(), ORIGIN, &taken).len(),
        1,
        "what was purged opens nothing"
    );
}

#[test]
fn an_unknown_kind_and_a_missing_body_leave_the_header() {
    let mut author = Author::new();
    let mut taken = author.take(draft("event", "forum", event()));
    let none = Kinds::load("{}", &[]);
    let unknown = put(&apply(&none, ORIGIN, &taken));
    assert_eq!(unknown.row.title, None);
    let unknown = facets(&unknown.part.unwrap());
    assert!(unknown.contains(&"kind=event".to_owned()) && !unknown.iter().any(|facet| facet.starts_with("clause=")));
    let Ok(accepted) = &mut taken.verdict else { panic!() };
    accepted.body = BodyState::NotHere;
    let part = put(&apply(Kinds::built_in(), ORIGIN, &taken)).part.unwrap();
    assert!(facets(&part).contains(&"clause=7".to_owned()));
    assert!(part.title_terms.is_empty());
}

#[test]
fn what_is_no_record_changes_nothing() {
    let mut author = Author::new();
    let mut taken = author.take(draft("event", "forum", event()));
    taken.verdict = Err(Reject {
        fault: Fault::VersionChain,
        why: String::new(),
    });
    assert!(apply(Kinds::built_in(), ORIGIN, &taken).is_empty());
}

#[test]
fn system_records_and_withdrawals_are_not_looked_for() {
    let mut author = Author::new();
    let reach = example(include_str!("../../../kinds/evidence-checkpoint/examples/hourly.json"));
    assert_eq!(author.put(draft("evidence-checkpoint", "c", reach)).part, None);
    let gone = withdrawal(&author.id("x"), &"0".repeat(64), false);
    assert_eq!(author.put(draft("withdrawal", "w", gone)).part, None);
}

fn withdrawal(target: &str, hash: &str, purge: bool) -> Value {
    json!({"target": target, "targetHash": hash, "reason": {"en": "Sample"}, "code": "superseded", "replacedBy": target, "purge": purge})
}

#[test]
fn a_withdrawal_takes_back_a_version_of_its_own_log() {
    let mut author = Author::new();
    let gone = author.take(draft("dataset", "a", dataset("plant")));
    let (id, hash) = (author.id("a"), gone.leaf_hash);
    let expected = |position| {
        RowChange::Withdraw(Withdrawal {
            record_id: record(&gone).header().id.clone(),
            leaf_hash: hash,
            position,
            code: "superseded".to_owned(),
            replaced_by: Some(id.clone()),
        })
    };
    let kept = author.fold(draft("withdrawal", "w", withdrawal(&id, &hash.hex(), false)));
    assert_eq!(kept[1..], [expected(3)]);
    let purge = RowChange::Purge {
        record_id: record(&gone).header().id.clone(),
        leaf_hash: hash,
    };
    let purged = author.fold(draft("withdrawal", "w2", withdrawal(&id, &hash.hex(), true)));
    assert_eq!(purged[1..], [expected(4), purge]);
    let foreign = id.replace("plant", "other");
    let others = author.fold(draft("withdrawal", "w3", withdrawal(&foreign, &hash.hex(), true)));
    assert_eq!(others.len(), 1, "another's record stays");
    let elsewhere = id.replace(author.log.id.as_str(), "0123456789abcdef");
    let others = author.fold(draft("withdrawal", "w4", withdrawal(&elsewhere, &hash.hex(), true)));
    assert_eq!(others.len(), 1, "as does one of another log of the same participant");
    let mut annotation = draft(
        "annotation",
        "n",
        example(include_str!("../../../kinds/annotation/examples/question.json")),
    );
    annotation.body["target"] = json!(id);
    annotation.body["targetHash"] = json!(hash.hex());
    assert_eq!(author.fold(annotation).len(), 1, "to annotate is not to withdraw");
}

#[test]
fn a_translation_is_found_under_its_source() {
    let mut author = Author::new();
    let source = "did:web:agency.uz.example/records/0123456789abcdef/certificates";
    let body = example(include_str!(
        "../../../kinds/translation/examples/dataset-in-kazakh.json"
    ));
    let put = author.put(draft("translation", "t", body));
    assert!(put.links.contains(&("/source".to_owned(), source.to_owned())));
    let part = put.part.unwrap();
    assert_eq!(part.about.as_ref().unwrap().to_string(), source);
    assert!(part.terms.contains("сертификаттар") && part.terms.contains("серти~"));
    assert_eq!(facets(&part), ["translated=kk"]);
}

#[test]
fn links_come_from_the_header_and_from_ids_in_the_body() {
    let mut author = Author::new();
    let mut event = draft("event", "forum", event());
    let id = "did:web:agency.uz.example/records/0123456789abcdef/agency";
    event.links = vec![Link {
        rel: "related".to_owned(),
        target: "https://forum.uz.example/".to_owned(),
    }];
    event.body["description"]["en"] = json!(format!("See {id}"));
    event.body["documents"][0]["title"]["en"] = json!(id);
    let links = author.put(event).links;
    let expected = [
        ("/documents/title/en", id),
        ("/organizer/id", id),
        ("related", "https://forum.uz.example/"),
    ];
    let expected: BTreeSet<(String, String)> = expected
        .into_iter()
        .map(|(rel, target)| (rel.to_owned(), target.to_owned()))
        .collect();
    assert_eq!(links, expected);
}

#[test]
fn what_a_list_shows_and_what_crowds_the_index_is_bounded() {
    let mut author = Author::new();
    let words = |from: u32, to: u32| (from..to).map(|number| format!("w{number} ")).collect::<String>();
    let mut long = dataset("plant");
    long["description"] = json!({"en": words(0, 3_000), "ru": words(3_000, 6_000)});
    let put = author.put(draft("dataset", "a", long));
    let shown = &put.row.description.unwrap()[&Lang::parse("en").unwrap()];
    assert_eq!(shown.chars().count(), 501);
    assert!(shown.ends_with('…'));
    let part = put.part.unwrap();
    assert!(part.title_terms.contains("plant"));
    assert_eq!(part.title_terms.len() + part.terms.len(), 4_096);
}
