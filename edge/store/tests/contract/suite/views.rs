//! Views: what folds write, what is found of it, and that it can be made again.

use super::place::Place;
use chapar_store::{
    ActRow, CatalogChange, Facet, FederationRow, FoldWrite, LogRow, LogState, MirroredEntry, PartRow, Publication,
    RecordLink, RecordRow, Search, SearchOrder, Staging, Store, StoredRecord, VersionName, VersionWrite, Withdrawn,
};

const UZ_LOG: &str = "uz.example/plant/log";
const KZ_LOG: &str = "kz.example/border/log";
/// Entries of each log of a test.
const SIZE: i64 = 3_000;

async fn with_logs(place: &Place) -> Store {
    let store = place.open().await;
    for origin in [UZ_LOG, KZ_LOG] {
        let log = LogRow {
            origin: origin.to_owned(),
            participant: None,
            kind: "register".to_owned(),
            owner: format!("did:web:{origin}"),
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
            origin: origin.to_owned(),
            expected_size: 0,
            size: SIZE,
            checkpoint: Vec::new(),
            at: 1,
        };
        assert!(store.publish(publication).await.unwrap());
    }
    store
}

fn texts(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

fn facet(text: &str) -> Facet {
    let (name, value) = text.split_once(':').unwrap();
    Facet {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn facets(all: &str) -> Vec<Facet> {
    all.split_whitespace().map(facet).collect()
}

/// Version `version` of `id` with these words, issued at second `version`.
fn version(id: &str, version: i64, title: &str, words: &str, of: &str) -> VersionWrite {
    VersionWrite {
        row: RecordRow {
            record_id: id.to_owned(),
            version,
            origin: String::new(),
            position: 0,
            leaf_hash: format!("{id}/{version}"),
            kind: "dataset".to_owned(),
            issuer: "did:web:example".to_owned(),
            issued: version * 1_000,
            valid_from: None,
            valid_until: None,
            visibility: "open".to_owned(),
            languages: "[\"ru\"]".to_owned(),
            title: Some(format!("{{\"ru\":\"{title}\"}}")),
            description: None,
        },
        part: Some(PartRow {
            about: None,
            title_words: texts(title),
            words: texts(words),
            facets: facets(of),
        }),
        links: Vec::new(),
    }
}

fn put(write: VersionWrite) -> CatalogChange {
    CatalogChange::Put(Box::new(write))
}

fn name(id: &str, version: i64) -> VersionName {
    VersionName {
        record_id: id.to_owned(),
        leaf_hash: format!("{id}/{version}"),
    }
}

fn withdraw(id: &str, version: i64, position: i64) -> CatalogChange {
    CatalogChange::Withdraw {
        version: name(id, version),
        withdrawn: withdrawn(position),
    }
}

fn withdrawn(position: i64) -> Withdrawn {
    Withdrawn {
        position,
        code: "error".to_owned(),
        replaced_by: Some("other".to_owned()),
    }
}

/// A translation of `source`.
fn translation(id: &str, number: i64, source: &str, words: &str) -> VersionWrite {
    let mut write = version(id, number, "", words, "translated:kk");
    write.part.as_mut().unwrap().about = Some(source.to_owned());
    write.links = vec![("/source".to_owned(), source.to_owned())];
    write
}

/// Folds entries into a log, each of one change, behind those that are there.
async fn fold(store: &Store, origin: &str, changes: Vec<CatalogChange>) {
    let folded = store.log(origin).await.unwrap().unwrap().folded;
    let changes: Vec<CatalogChange> = changes
        .into_iter()
        .zip(folded + 1..)
        .map(|(change, position)| placed(change, origin, position))
        .collect();
    let write = FoldWrite {
        origin: origin.to_owned(),
        expected_folded: folded,
        folded: folded + i64::try_from(changes.len()).unwrap(),
        changes,
        at: 50,
    };
    assert!(store.fold(write).await.unwrap());
}

fn placed(change: CatalogChange, origin: &str, position: i64) -> CatalogChange {
    match change {
        CatalogChange::Put(mut write) => {
            origin.clone_into(&mut write.row.origin);
            write.row.position = position;
            CatalogChange::Put(write)
        }
        other => other,
    }
}

fn wanted(words: &str, of: &str) -> Search {
    Search {
        words: texts(words).into_iter().map(|word| vec![word]).collect(),
        facets: facets(of).into_iter().map(|facet| vec![facet]).collect(),
        in_force_at: None,
    }
}

const NEWEST: SearchOrder = SearchOrder::Newest { before: None };

async fn found(store: &Store, search: &Search, order: SearchOrder) -> Vec<String> {
    let found = store.search(search, order, 50).await.unwrap();
    assert_eq!(found.next, None);
    names(&found.records)
}

async fn find(store: &Store, words: &str, of: &str) -> Vec<String> {
    found(store, &wanted(words, of), NEWEST).await
}

fn names(records: &[StoredRecord]) -> Vec<String> {
    records.iter().map(|record| record.row.record_id.clone()).collect()
}

pub async fn a_version_takes_the_place_of_the_one_before(place: &Place) {
    let store = with_logs(place).await;
    let mut first = version("a", 1, "plant certificate", "old", "kind:dataset state:UZ");
    first.links = vec![("related".to_owned(), "x".to_owned())];
    fold(&store, UZ_LOG, vec![put(first.clone())]).await;
    assert_eq!(find(&store, "plant old", "kind:dataset").await, ["a"]);
    assert_eq!(store.links_to("x", None, 9).await.unwrap().len(), 1);
    fold(
        &store,
        UZ_LOG,
        vec![put(version("a", 2, "plant list", "new", "kind:dataset"))],
    )
    .await;
    assert!(find(&store, "old", "").await.is_empty());
    assert!(find(&store, "certificate", "").await.is_empty());
    assert_eq!(find(&store, "plant new", "").await, ["a"]);
    assert!(find(&store, "plant", "state:UZ").await.is_empty());
    assert!(store.links_to("x", None, 9).await.unwrap().is_empty());
    let newest = store.record("a", None).await.unwrap().unwrap();
    assert_eq!((newest.row.version, newest.row.position), (2, 2));
    first.row.origin = UZ_LOG.to_owned();
    first.row.position = 1;
    let before = store.record("a", Some(1)).await.unwrap().unwrap();
    assert_eq!(before.row, first.row);
    assert_eq!((before.withdrawn, before.purged), (None, false));
    assert_eq!(store.record("a", Some(3)).await.unwrap(), None);
    assert_eq!(store.record_history("a", 0, 9).await.unwrap().len(), 2);
    assert_eq!(store.record_history("a", 1, 9).await.unwrap()[0].row.version, 2);
    store.close().await;
}

pub async fn a_fold_goes_on_from_where_the_views_are(place: &Place) {
    let store = with_logs(place).await;
    let one = placed(put(version("a", 1, "plant", "", "kind:dataset")), UZ_LOG, 1);
    let write = |expected_folded, folded| FoldWrite {
        origin: UZ_LOG.to_owned(),
        expected_folded,
        folded,
        changes: vec![one.clone()],
        at: 1,
    };
    assert!(!store.fold(write(1, 2)).await.unwrap(), "the views are at 0");
    assert!(!store.fold(write(0, SIZE + 1)).await.unwrap(), "beyond the checkpoint");
    assert!(find(&store, "plant", "").await.is_empty());
    assert!(store.fold(write(0, 1)).await.unwrap());
    assert!(!store.fold(write(0, 1)).await.unwrap());
    assert_eq!(store.log(UZ_LOG).await.unwrap().unwrap().folded, 1);
    let digest = store.views_digest().await.unwrap();
    assert!(store.fold(write(1, 1)).await.unwrap());
    assert_eq!(
        store.views_digest().await.unwrap(),
        digest,
        "an entry folded twice changes nothing"
    );
    assert_eq!(find(&store, "plant", "").await, ["a"]);
    store.close().await;
}

pub async fn a_body_that_comes_late_is_folded_later(place: &Place) {
    let store = with_logs(place).await;
    let full = version("a", 1, "plant", "", "kind:dataset");
    let mut blind = full.clone();
    blind.row.title = None;
    blind.part.as_mut().unwrap().title_words.clear();
    fold(&store, UZ_LOG, vec![put(blind), put(version("b", 1, "root", "", ""))]).await;
    assert!(find(&store, "plant", "").await.is_empty());
    let again = |write: &VersionWrite| FoldWrite {
        origin: UZ_LOG.to_owned(),
        expected_folded: 2,
        folded: 2,
        changes: vec![placed(put(write.clone()), UZ_LOG, 1)],
        at: 1,
    };
    assert!(store.fold(again(&full)).await.unwrap());
    assert_eq!(find(&store, "plant", "").await, ["a"]);
    assert!(store.record("a", None).await.unwrap().unwrap().row.title.is_some());
    fold(&store, UZ_LOG, vec![CatalogChange::Purge(name("a", 1))]).await;
    let after = FoldWrite {
        expected_folded: 3,
        folded: 3,
        ..again(&full)
    };
    assert!(store.fold(after).await.unwrap());
    assert_eq!(
        store.record("a", None).await.unwrap().unwrap().row.title,
        None,
        "what was purged does not come back"
    );
    store.close().await;
}

pub async fn what_is_withdrawn_is_not_found_and_its_row_says_why(place: &Place) {
    let store = with_logs(place).await;
    let mut second = version("a", 2, "plant", "", "kind:dataset");
    second.links = vec![("related".to_owned(), "x".to_owned())];
    fold(
        &store,
        UZ_LOG,
        vec![put(version("a", 1, "plant", "", "kind:dataset")), put(second)],
    )
    .await;
    fold(&store, UZ_LOG, vec![withdraw("a", 1, 3)]).await;
    assert_eq!(
        find(&store, "plant", "").await,
        ["a"],
        "only an older version is withdrawn"
    );
    fold(&store, UZ_LOG, vec![withdraw("a", 2, 4)]).await;
    assert!(find(&store, "plant", "").await.is_empty());
    assert!(find(&store, "", "").await.is_empty());
    assert!(store.links_from("a", 9).await.unwrap().is_empty());
    let gone = store.record("a", None).await.unwrap().unwrap();
    assert_eq!((gone.withdrawn, gone.purged), (Some(withdrawn(4)), false));
    assert!(gone.row.title.is_some());
    let digest = store.views_digest().await.unwrap();
    fold(&store, UZ_LOG, vec![withdraw("a", 2, 5), withdraw("none", 1, 6)]).await;
    assert_eq!(
        store.views_digest().await.unwrap(),
        digest,
        "the first withdrawal stays, one of nothing is nothing"
    );
    let late = FoldWrite {
        origin: UZ_LOG.to_owned(),
        expected_folded: 6,
        folded: 6,
        changes: vec![withdraw("a", 2, 3)],
        at: 1,
    };
    assert!(store.fold(late).await.unwrap());
    let gone = store.record("a", None).await.unwrap().unwrap();
    assert_eq!(gone.withdrawn, Some(withdrawn(3)), "the first one's body came late");
    fold(&store, UZ_LOG, vec![put(version("a", 3, "plant", "", "kind:dataset"))]).await;
    assert_eq!(find(&store, "plant", "").await, ["a"], "issued again");
    fold(
        &store,
        UZ_LOG,
        vec![
            put(version("b", 1, "root", "", "")),
            withdraw("b", 1, 8),
            put(version("b", 2, "root", "", "")),
        ],
    )
    .await;
    assert_eq!(find(&store, "root", "").await, ["b"], "all in one write");
    store.close().await;
}

pub async fn a_purge_takes_the_text_and_the_body(place: &Place) {
    let store = with_logs(place).await;
    let entry = |text: &str| MirroredEntry {
        leaf: text.as_bytes().to_vec(),
        body_hash: format!("hash of {text}"),
        body: Some(text.as_bytes().to_vec()),
    };
    let staging = Staging {
        origin: UZ_LOG.to_owned(),
        position: 0,
        entries: vec![entry("a"), entry("b")],
        records: Vec::new(),
        rejects: Vec::new(),
        state: Vec::new(),
        at: 1,
    };
    store.stage_entries(staging).await.unwrap();
    fold(
        &store,
        UZ_LOG,
        vec![
            put(version("a", 1, "plant", "", "")),
            put(version("b", 1, "plant", "", "")),
        ],
    )
    .await;
    fold(
        &store,
        UZ_LOG,
        vec![withdraw("a", 1, 3), CatalogChange::Purge(name("a", 1))],
    )
    .await;
    let gone = store.record("a", None).await.unwrap().unwrap();
    assert_eq!((gone.row.title, gone.purged), (None, true));
    let entries = store.entries_after(UZ_LOG, 0, 9).await.unwrap();
    assert_eq!((entries[0].body.as_deref(), entries[0].purged_at), (None, Some(50)));
    assert_eq!(entries[0].leaf, b"a");
    assert_eq!(entries[1].body.as_deref(), Some(b"b".as_slice()));
    assert_eq!(find(&store, "plant", "").await, ["b"]);
    store.close().await;
}

pub async fn what_is_said_about_a_record_is_found_under_it(place: &Place) {
    for translation_first in [true, false] {
        let store = with_logs(place).await;
        let source = vec![put(version("a", 1, "plant", "list", "kind:dataset"))];
        let about = vec![put(translation("t", 1, "a", "osimdik"))];
        if translation_first {
            fold(&store, KZ_LOG, about).await;
            assert!(
                find(&store, "osimdik", "").await.is_empty(),
                "its source is not here yet"
            );
            fold(&store, UZ_LOG, source).await;
        } else {
            fold(&store, UZ_LOG, source).await;
            fold(&store, KZ_LOG, about).await;
        }
        assert_eq!(find(&store, "osimdik plant", "translated:kk kind:dataset").await, ["a"]);
        let link = RecordLink {
            record_id: "t".to_owned(),
            rel: "/source".to_owned(),
            target: "a".to_owned(),
        };
        assert_eq!(store.links_to("a", None, 9).await.unwrap(), [link]);
        fold(&store, UZ_LOG, vec![put(version("b", 1, "root", "", ""))]).await;
        fold(&store, KZ_LOG, vec![put(translation("t", 2, "b", "tamyr"))]).await;
        assert!(find(&store, "osimdik", "").await.is_empty(), "it is about another now");
        assert_eq!(find(&store, "tamyr root", "").await, ["b"]);
        assert_eq!(find(&store, "plant", "").await, ["a"]);
        fold(&store, KZ_LOG, vec![withdraw("t", 2, 3)]).await;
        assert!(find(&store, "tamyr", "").await.is_empty());
        assert_eq!(find(&store, "root", "").await, ["b"]);
        store.drop_views().await.unwrap();
        store.close().await;
        std::fs::remove_dir_all(place.folder()).unwrap();
    }
}

pub async fn a_search_has_all_groups_and_one_of_each(place: &Place) {
    let store = with_logs(place).await;
    let mut past = version("past", 4, "plant old", "", "kind:rule");
    past.row.valid_until = Some(100);
    let mut future = version("future", 5, "plant", "", "kind:rule");
    future.row.valid_from = Some(100);
    let odd = version("odd", 6, "a\"b -c* NEAR(", "", "topic:http://x/y?z=%20");
    fold(
        &store,
        UZ_LOG,
        vec![
            put(version("one", 1, "plant certificate", "", "kind:dataset state:UZ")),
            put(version("two", 2, "list", "plant certificate", "kind:dataset state:KZ")),
            put(version("three", 3, "plants", "", "kind:rule state:KZ")),
            put(past),
            put(future),
            put(odd),
        ],
    )
    .await;
    assert_eq!(find(&store, "plant", "").await, ["future", "past", "two", "one"]);
    assert_eq!(find(&store, "", "state:KZ").await, ["three", "two"]);
    assert_eq!(find(&store, "plant", "kind:dataset state:KZ").await, ["two"]);
    assert_eq!(find(&store, "", "").await.len(), 6);
    assert_eq!(find(&store, "a\"b", "topic:http://x/y?z=%20").await, ["odd"]);
    for none in [
        "NEAR",
        "b",
        "plan*",
        "title",
        "kind=rule",
        "\"",
        "()",
        "certificate\u{0}",
        "%22",
        "-c",
    ] {
        assert!(find(&store, none, "").await.is_empty(), "{none}");
    }
    let mut search = wanted("", "");
    search.words = vec![texts("plants certificate"), texts("plant plants")];
    assert_eq!(found(&store, &search, NEWEST).await, ["three", "two", "one"]);
    search.facets = vec![facets("state:UZ state:RU"), facets("kind:dataset")];
    assert_eq!(found(&store, &search, NEWEST).await, ["one"]);
    search.words.push(Vec::new());
    assert!(
        found(&store, &search, NEWEST).await.is_empty(),
        "none of no words is there"
    );
    let ranked = SearchOrder::Titles { before: None };
    assert_eq!(found(&store, &wanted("certificate", ""), ranked).await, ["one", "two"]);
    for (at, names) in [(99, ["past"]), (100, ["future"])] {
        let search = Search {
            in_force_at: Some(at),
            ..wanted("plant", "kind:rule")
        };
        assert_eq!(found(&store, &search, NEWEST).await, names);
        assert_eq!(found(&store, &search, ranked).await, names);
        assert_eq!(store.search_counts(&search).await.unwrap().records, 1);
    }
    store.close().await;
}

pub async fn pages_of_a_search_hold_each_record_once(place: &Place) {
    let store = with_logs(place).await;
    let many = (0..130).map(|number| {
        let title = if number % 2 == 0 { "certificate" } else { "list" };
        let mut write = version(&format!("r{number:03}"), 1, title, "certificate", "kind:dataset");
        // Many of one second, and the same number in seconds that do not follow the order of arrival.
        write.row.issued = (number * 37 % 5) * 1_000 + number;
        write.row.valid_until = (number % 3 == 0).then_some(100);
        put(write)
    });
    fold(&store, UZ_LOG, many.collect()).await;
    for in_force_at in [None, Some(200)] {
        let search = Search {
            in_force_at,
            ..wanted("certificate", "")
        };
        let expected = if in_force_at.is_some() { 86 } else { 130 };
        for first in [NEWEST, SearchOrder::Titles { before: None }] {
            let (mut all, mut next) = (Vec::new(), Some(first));
            while let Some(order) = next {
                let page = store.search(&search, order, 7).await.unwrap();
                assert!(page.records.len() <= 7);
                all.extend(page.records);
                next = page.next;
            }
            assert_eq!(all.len(), expected);
            let newer = |one: &StoredRecord, other: &StoredRecord| one.row.issued / 1_000 >= other.row.issued / 1_000;
            let is_titled = |record: &&StoredRecord| record.row.title.as_ref().unwrap().contains("certificate");
            let titled = all.iter().take_while(is_titled).count();
            let parts = match first {
                NEWEST => vec![&all[..]],
                _ => vec![&all[..titled], &all[titled..]],
            };
            assert!(
                parts
                    .iter()
                    .all(|part| part.windows(2).all(|pair| newer(&pair[0], &pair[1])))
            );
            if first != NEWEST {
                assert_eq!(titled, all.iter().filter(is_titled).count(), "titles come first");
                assert!(titled > 40);
            }
            let distinct: std::collections::BTreeSet<String> = names(&all).into_iter().collect();
            assert_eq!(distinct.len(), expected);
        }
    }
    store.close().await;
}

pub async fn counts_end_at_their_bound(place: &Place) {
    let store = with_logs(place).await;
    let many = |from: i64, to: i64| {
        let record = |number: i64| {
            let of = if number % 4 == 0 {
                "kind:rule state:UZ"
            } else {
                "kind:dataset"
            };
            put(version(&format!("r{number}"), 1, "plant", "", of))
        };
        (from..to).map(record).collect::<Vec<_>>()
    };
    fold(&store, UZ_LOG, many(0, 1_000)).await;
    let counts = store.search_counts(&wanted("plant", "")).await.unwrap();
    assert_eq!((counts.records, counts.more), (1_000, false));
    let most = (facet("kind:dataset"), 750);
    let kinds = [most, (facet("kind:rule"), 250), (facet("state:UZ"), 250)];
    assert_eq!(counts.facets, kinds);
    fold(&store, UZ_LOG, many(1_000, 1_001)).await;
    let counts = store.search_counts(&wanted("", "")).await.unwrap();
    assert_eq!((counts.records, counts.more), (1_000, true));
    let twice = ["t", "u"].map(|id| put(translation(id, 1, "r1000", "x")));
    fold(&store, KZ_LOG, twice.into()).await;
    let counts = store.search_counts(&wanted("x", "kind:rule")).await.unwrap();
    let one = ["kind:rule", "state:UZ", "translated:kk"].map(|text| (facet(text), 1));
    assert_eq!(counts.facets, one);
    store.close().await;
}

pub async fn links_go_both_ways_page_by_page(place: &Place) {
    let store = with_logs(place).await;
    let links = |all: &[(&str, &str)]| {
        all.iter()
            .map(|(rel, target)| ((*rel).to_owned(), (*target).to_owned()))
            .collect()
    };
    let mut one = version("one", 1, "", "", "");
    one.links = links(&[
        ("related", "x"),
        ("/publisher/id", "x"),
        ("/source", "y"),
        ("related", "x"),
    ]);
    let mut two = version("two", 1, "", "", "");
    two.links = links(&[("related", "x")]);
    fold(&store, UZ_LOG, vec![put(one)]).await;
    fold(&store, KZ_LOG, vec![put(two)]).await;
    let link = |record: &str, rel: &str, target: &str| RecordLink {
        record_id: record.to_owned(),
        rel: rel.to_owned(),
        target: target.to_owned(),
    };
    let (first, second, third) = (
        link("one", "/publisher/id", "x"),
        link("one", "related", "x"),
        link("two", "related", "x"),
    );
    let source = link("one", "/source", "y");
    assert_eq!(
        store.links_from("one", 9).await.unwrap(),
        [first.clone(), source, second.clone()]
    );
    assert_eq!(store.links_from("one", 1).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(
        store.links_to("x", None, 2).await.unwrap(),
        [first.clone(), second.clone()]
    );
    assert_eq!(
        store.links_to("x", Some(&first), 1).await.unwrap(),
        std::slice::from_ref(&second)
    );
    assert_eq!(store.links_to("x", Some(&second), 2).await.unwrap(), [third]);
    store.close().await;
}

pub async fn views_made_again_are_the_same(place: &Place) {
    let store = with_logs(place).await;
    let empty = store.views_digest().await.unwrap();
    let uz = || {
        vec![
            put(version("a", 1, "plant", "list", "kind:dataset")),
            put(version("b", 1, "root", "", "kind:rule")),
            withdraw("b", 1, 3),
            put(version("a", 2, "plant", "new", "kind:dataset")),
            CatalogChange::Purge(name("b", 1)),
        ]
    };
    let kz = || {
        vec![
            put(translation("t", 1, "a", "osimdik")),
            put(translation("t", 2, "b", "tamyr")),
        ]
    };
    fold(&store, UZ_LOG, uz()).await;
    let half = store.views_digest().await.unwrap();
    fold(&store, KZ_LOG, kz()).await;
    let digest = store.views_digest().await.unwrap();
    assert!(digest != half && half != empty);
    assert!(store.renew_views(7).await.unwrap(), "an older program made them");
    assert!(!store.renew_views(7).await.unwrap(), "this one did");
    assert_eq!(store.views_digest().await.unwrap(), empty);
    assert_eq!(store.log(UZ_LOG).await.unwrap().unwrap().folded, 0);
    assert!(find(&store, "", "").await.is_empty());
    assert!(find(&store, "plant", "").await.is_empty());
    assert_eq!(store.search_counts(&wanted("", "")).await.unwrap().records, 0);
    for (one, other) in kz().into_iter().zip(uz()) {
        fold(&store, KZ_LOG, vec![one]).await;
        fold(&store, UZ_LOG, vec![other]).await;
    }
    for rest in uz().into_iter().skip(2) {
        fold(&store, UZ_LOG, vec![rest]).await;
    }
    assert_eq!(
        store.views_digest().await.unwrap(),
        digest,
        "entry by entry, in another order"
    );
    assert_eq!(find(&store, "new", "").await, ["a"]);
    store.close().await;
}

pub async fn what_was_issued_anew_takes_the_place_of_what_was_before_in_any_order(place: &Place) {
    let store = with_logs(place).await;
    let old = || vec![put(version("old", 1, "plant", "list", "kind:dataset"))];
    let replace = || CatalogChange::Replace {
        record_id: "old".to_owned(),
        by: "new".to_owned(),
        position: 1,
    };
    let new = || vec![put(version("new", 1, "plant", "list", "kind:dataset")), replace()];
    fold(&store, UZ_LOG, old()).await;
    assert_eq!(find(&store, "list", "").await, ["old"]);
    let before = store.views_digest().await.unwrap();
    fold(&store, KZ_LOG, new()).await;
    assert_eq!(find(&store, "list", "").await, ["new"]);
    assert_eq!(store.replaced_by("old").await.unwrap().as_deref(), Some("new"));
    assert_eq!(store.replaced_by("new").await.unwrap(), None);
    assert!(store.record("old", None).await.unwrap().is_some(), "it is still there");
    let both = store.views_digest().await.unwrap();
    // A later version, or a withdrawal, of what is in its place brings it back as little.
    fold(
        &store,
        UZ_LOG,
        vec![put(version("old", 2, "plant", "list", "kind:dataset"))],
    )
    .await;
    assert_eq!(find(&store, "list", "").await, ["new"]);
    fold(&store, KZ_LOG, vec![withdraw("new", 1, 3)]).await;
    assert!(find(&store, "list", "").await.is_empty());

    store.drop_views().await.unwrap();
    fold(&store, KZ_LOG, new()).await;
    fold(&store, UZ_LOG, old()).await;
    assert_eq!(find(&store, "list", "").await, ["new"]);
    assert_eq!(store.views_digest().await.unwrap(), both);
    store.unfold(KZ_LOG).await.unwrap();
    assert_eq!(find(&store, "list", "").await, ["old"], "without the log that says so");
    assert_eq!(store.replaced_by("old").await.unwrap(), None);
    assert_eq!(store.views_digest().await.unwrap(), before);
    store.close().await;
}

pub async fn the_digest_covers_every_column(place: &Place) {
    let store = with_logs(place).await;
    let one = || {
        let mut write = version("a", 1, "plant", "list", "kind:dataset");
        write.links = vec![("related".to_owned(), "x".to_owned())];
        write
    };
    let other = "other".to_owned();
    let alter: [fn(&mut VersionWrite, String); 19] = [
        |_, _| {},
        |write, other| write.row.record_id = other,
        |write, _| write.row.version = 2,
        |write, other| write.row.leaf_hash = other,
        |write, other| write.row.kind = other,
        |write, other| write.row.issuer = other,
        |write, _| write.row.issued = 5,
        |write, _| write.row.valid_from = Some(5),
        |write, _| write.row.valid_until = Some(5),
        |write, other| write.row.visibility = other,
        |write, other| write.row.languages = other,
        |write, other| write.row.title = Some(other),
        |write, other| write.row.description = Some(other),
        |write, other| write.links[0].0 = other,
        |write, other| write.links[0].1 = other,
        |write, other| write.part.as_mut().unwrap().about = Some(other),
        |write, other| write.part.as_mut().unwrap().title_words.push(other),
        |write, other| write.part.as_mut().unwrap().words.push(other),
        |write, _| write.part.as_mut().unwrap().facets.clear(),
    ];
    let mut digests = std::collections::BTreeSet::new();
    for alter in alter {
        store.drop_views().await.unwrap();
        let mut write = one();
        alter(&mut write, other.clone());
        fold(&store, UZ_LOG, vec![put(write)]).await;
        assert!(digests.insert(store.views_digest().await.unwrap()));
    }
    let withdrawals = [("error", None), ("law", None), ("error", Some("b"))];
    for ((code, replaced_by), purge) in withdrawals.into_iter().zip([false, false, true]) {
        store.drop_views().await.unwrap();
        let withdrawn = Withdrawn {
            position: 2,
            code: code.to_owned(),
            replaced_by: replaced_by.map(str::to_owned),
        };
        let version = name("a", 1);
        fold(
            &store,
            UZ_LOG,
            vec![put(one()), CatalogChange::Withdraw { version, withdrawn }],
        )
        .await;
        assert!(digests.insert(store.views_digest().await.unwrap()));
        if purge {
            fold(&store, UZ_LOG, vec![CatalogChange::Purge(name("a", 1))]).await;
            assert!(digests.insert(store.views_digest().await.unwrap()));
        }
    }
    store.drop_views().await.unwrap();
    fold(&store, KZ_LOG, vec![put(one())]).await;
    assert!(digests.insert(store.views_digest().await.unwrap()), "another log");
    store.close().await;
}

pub async fn what_records_say_in_federations_is_a_view_and_what_was_folded_is_none(place: &Place) {
    let store = with_logs(place).await;
    let act = |origin: &str, position, previous: &str, answer: &str| ActRow {
        origin: origin.to_owned(),
        position,
        federation: "f".to_owned(),
        previous: previous.to_owned(),
        record_id: format!("r{position}"),
        answer: answer.to_owned(),
        proposal: "{}".to_owned(),
    };
    let acts = [
        act(UZ_LOG, 2, "s", "consent"),
        act(UZ_LOG, 1, "s", "decline"),
        act(UZ_LOG, 3, "t", "consent"),
        act(UZ_LOG, 4, "s", "consent"),
    ];
    let changes = acts.iter().map(|row| CatalogChange::Act(Box::new(row.clone())));
    fold(&store, UZ_LOG, changes.collect()).await;
    fold(
        &store,
        KZ_LOG,
        vec![CatalogChange::Act(Box::new(act(KZ_LOG, 1, "s", "consent")))],
    )
    .await;
    let found = store.federation_acts("f", "s", UZ_LOG, 2).await.unwrap();
    assert_eq!(
        found,
        [acts[1].clone(), acts[0].clone()],
        "in the order of the log, so many"
    );
    assert_eq!(store.federation_acts("g", "s", UZ_LOG, 2).await.unwrap(), []);
    let digest = store.views_digest().await.unwrap();
    fold(
        &store,
        UZ_LOG,
        vec![CatalogChange::Act(Box::new(act(UZ_LOG, 4, "s", "decline")))],
    )
    .await;
    assert_eq!(store.views_digest().await.unwrap(), digest, "what a place says stays");

    let row = FederationRow {
        id: "f".to_owned(),
        genesis: b"{}".to_vec(),
        held: None,
        joined_at: 1,
    };
    assert!(store.add_federation(row.clone()).await.unwrap());
    assert!(!store.add_federation(row.clone()).await.unwrap(), "once");
    store.hold_federation("f", b"held".to_vec()).await.unwrap();
    store.unfold(UZ_LOG).await.unwrap();
    assert_eq!(store.federation_acts("f", "s", UZ_LOG, 9).await.unwrap(), []);
    assert_eq!(store.federation_acts("f", "s", KZ_LOG, 9).await.unwrap().len(), 1);
    store.drop_views().await.unwrap();
    assert_eq!(store.federation_acts("f", "s", KZ_LOG, 9).await.unwrap(), []);
    let held = FederationRow {
        held: Some(b"held".to_vec()),
        ..row
    };
    assert_eq!(store.list_federations().await.unwrap(), [held]);
    assert!(store.remove_federation("f").await.unwrap());
    assert!(!store.remove_federation("f").await.unwrap());
    store.close().await;
}
