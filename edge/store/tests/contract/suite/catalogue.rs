//! Pages over the catalogue's index.

use super::place::Place;
use super::rows::{KZ, UZ, definition, delete_asset, digest, document, policy, put_document};
use chapar_store::{DatasetRow, Deleted, Keyset, Put, Store};
use std::collections::BTreeSet;
use std::sync::Arc;

fn ids(rows: &[DatasetRow]) -> Vec<&str> {
    rows.iter().map(|row| row.asset.id.as_str()).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn set(names: &[String]) -> BTreeSet<Arc<str>> {
    names.iter().map(|name| name.as_str().into()).collect()
}

async fn with_definitions(place: &Place, definitions: &[String]) -> Store {
    let store = place.with_participants().await;
    store.put_policy(policy(UZ, "p1")).await.unwrap();
    for id in definitions {
        store
            .put_definition(definition(UZ, id, "p1"), Vec::new())
            .await
            .unwrap();
    }
    store
}

pub async fn pages_go_forth_and_back(place: &Place) {
    let store = with_definitions(place, &names(&["open", "closed", "both"])).await;
    for number in 0..10 {
        let offered_by: &[&str] = match number % 3 {
            0 => &["open", "both"],
            1 => &["closed"],
            _ => &["both"],
        };
        put_document(&store, UZ, &format!("d{number}"), b"content", offered_by).await;
    }
    let allowed = set(&names(&["open", "both", "unknown"]));
    let page = async |from: Keyset, limit| store.datasets_page(UZ, &allowed, &from, limit).await.unwrap();
    let first = page(Keyset::Start, 3).await;
    assert_eq!(ids(&first), ["d0", "d2", "d3"]);
    assert_eq!(first[0].definitions, ["both", "open"]);
    assert_eq!(first[1].definitions, ["both"]);
    assert_eq!(ids(&page(Keyset::After("d3".to_owned()), 3).await), ["d5", "d6", "d8"]);
    assert_eq!(ids(&page(Keyset::After("d8".to_owned()), 3).await), ["d9"]);
    assert_eq!(ids(&page(Keyset::Before("d9".to_owned()), 3).await), ["d5", "d6", "d8"]);
    assert_eq!(ids(&page(Keyset::Before("d3".to_owned()), 3).await), ["d0", "d2"]);
    assert_eq!(
        ids(&store.datasets_page(UZ, &set(&[]), &Keyset::Start, 9).await.unwrap()),
        Vec::<&str>::new()
    );
}

/// Above the number of definitions that are sought one by one, the index is walked; both ways give the same pages.
pub async fn many_definitions_give_the_same_pages(place: &Place) {
    let definitions: Vec<String> = (0..100).map(|number| format!("c{number:03}")).collect();
    let store = with_definitions(place, &definitions).await;
    let sample = put_document(&store, UZ, "a0000", b"content", &[]).await;
    for number in 0..300_usize {
        let row = document(UZ, &format!("a{number:04}"), digest(&sample));
        let offered_by = (0..100).filter(|other| (number * 7 + other * 3) % 11 == 0);
        let offered_by = offered_by.map(|other| definitions[other].clone()).collect();
        store.put_asset(row, Vec::new(), offered_by).await.unwrap();
    }
    let (few, many) = (&definitions[..60], &definitions[..90]);
    for allowed in [few, many] {
        let mut seen = Vec::new();
        let mut from = Keyset::Start;
        loop {
            let page = store.datasets_page(UZ, &set(allowed), &from, 37).await.unwrap();
            let Some(last) = page.last() else { break };
            from = Keyset::After(last.asset.id.clone());
            seen.extend(page);
        }
        let mut back = Vec::new();
        let mut from = Keyset::Before("b".to_owned());
        loop {
            let page = store.datasets_page(UZ, &set(allowed), &from, 37).await.unwrap();
            let Some(first) = page.first() else { break };
            from = Keyset::Before(first.asset.id.clone());
            back.splice(0..0, page);
        }
        assert_eq!(seen, back);
        for row in &seen {
            let expected: Vec<String> = store.definitions_of_asset(UZ, &row.asset.id).await.unwrap();
            let expected: Vec<String> = expected.into_iter().filter(|id| allowed.contains(id)).collect();
            assert_eq!(row.definitions, expected, "{}", row.asset.id);
        }
        assert!(seen.len() > 290);
    }
}

pub async fn index_follows_its_owners(place: &Place) {
    let store = with_definitions(place, &names(&["one", "two"])).await;
    put_document(&store, UZ, "d1", b"1", &["one"]).await;
    put_document(&store, UZ, "d2", b"2", &["one", "two"]).await;
    let of = async |asset: &str| store.definitions_of_asset(UZ, asset).await.unwrap();
    store
        .replace_offers_for_definition(UZ, "two", names(&["d1"]))
        .await
        .unwrap();
    assert_eq!(
        (of("d1").await, of("d2").await),
        (names(&["one", "two"]), names(&["one"]))
    );
    store.replace_offers_for_asset(UZ, "d2", names(&["two"])).await.unwrap();
    assert_eq!(of("d2").await, ["two"]);
    let gone = store
        .replace_offers_for_asset(UZ, "d2", names(&["three"]))
        .await
        .unwrap();
    assert!(matches!(gone, Put::Conflict(_)), "{gone:?}");
    assert_eq!(of("d2").await, ["two"]);
    store
        .put_definition(definition(UZ, "two", "p1"), names(&["d1", "d2"]))
        .await
        .unwrap();
    store.delete_definition(UZ, "two").await.unwrap();
    assert_eq!((of("d1").await, of("d2").await), (names(&["one"]), names(&[])));
    delete_asset(&store, UZ, "d1").await;
    assert_eq!(of("d1").await, names(&[]));
}

/// What was read may be kept while the count of writes stays: every write that changes a row raises it, no other does, and
/// another participant's writes are another count.
pub async fn every_write_of_policies_and_definitions_is_counted(place: &Place) {
    let store = place.with_participants().await;
    let epoch = async || store.catalog_epoch(UZ).await.unwrap();
    assert_eq!(epoch().await, 0);
    store.put_policy(policy(UZ, "p1")).await.unwrap();
    assert_eq!(epoch().await, 1, "a policy is put");
    store.put_policy(policy(UZ, "p1")).await.unwrap();
    assert_eq!(epoch().await, 2, "a policy is put again");
    store
        .put_definition(definition(UZ, "one", "p1"), Vec::new())
        .await
        .unwrap();
    assert_eq!(epoch().await, 3, "a definition is put");
    put_document(&store, UZ, "d1", b"1", &["one"]).await;
    assert_eq!(store.assets_of_definition(UZ, "one").await.unwrap(), ["d1"]);
    assert_eq!(store.definitions_with_policy(UZ, "p1").await.unwrap(), ["one"]);
    assert!(store.definitions_with_policy(KZ, "p1").await.unwrap().is_empty());
    assert!(matches!(
        store.delete_policy(UZ, "p1").await.unwrap(),
        Deleted::InUse(_)
    ));
    let refused = store
        .put_definition(definition(UZ, "two", "p1"), names(&["gone"]))
        .await
        .unwrap();
    assert!(matches!(refused, Put::Conflict(_)), "{refused:?}");
    assert_eq!(store.delete_definition(UZ, "two").await.unwrap(), Deleted::Absent);
    store.put_policy(policy(KZ, "p1")).await.unwrap();
    assert_eq!(
        epoch().await,
        3,
        "nothing of these two tables and this participant changed"
    );
    store.delete_definition(UZ, "one").await.unwrap();
    assert_eq!(epoch().await, 4, "a definition is removed");
    store.delete_policy(UZ, "p1").await.unwrap();
    assert_eq!(epoch().await, 5, "a policy is removed");
}

/// Counting on from what was counted gives what counting from the beginning gives, by whichever way it is counted.
pub async fn a_place_is_found_however_many_definitions_there_are(place: &Place) {
    for definitions in [1, 2, 70] {
        let ids: Vec<String> = (0..definitions).map(|number| format!("c{number:02}")).collect();
        let store = with_definitions(place, &ids).await;
        let few: Vec<&str> = ids.iter().map(String::as_str).collect();
        for number in 0..20 {
            // Some are offered by all definitions, some by one, and some by none that is asked for.
            let by: Vec<&str> = match number % 3 {
                0 => few.clone(),
                1 => few[..1].to_vec(),
                _ => Vec::new(),
            };
            put_document(&store, UZ, &format!("d{number:02}"), b"x", &by).await;
        }
        let allowed: BTreeSet<Arc<str>> = few.iter().map(|id| Arc::from(*id)).collect();
        let offered: Vec<String> = (0..20)
            .filter(|number| number % 3 != 2)
            .map(|number| format!("d{number:02}"))
            .collect();
        for (number, id) in offered.iter().enumerate() {
            let at = store.dataset_at(UZ, &allowed, None, number).await.unwrap();
            assert_eq!(at.as_ref(), Some(id), "{definitions} definitions");
            let on = store.dataset_at(UZ, &allowed, Some(&offered[2]), number).await.unwrap();
            assert_eq!(on.as_ref(), offered.get(number + 3), "{definitions} definitions");
        }
        let beyond = store.dataset_at(UZ, &allowed, None, offered.len()).await.unwrap();
        assert_eq!(beyond, None);
        assert_eq!(store.dataset_at(UZ, &BTreeSet::new(), None, 0).await.unwrap(), None);
        let among = store
            .datasets_among(UZ, &allowed, &["d02", "d01", "d00", "gone"])
            .await
            .unwrap();
        let among: Vec<_> = among
            .iter()
            .map(|row| (row.asset.id.as_str(), row.definitions.len()))
            .collect();
        assert_eq!(among, [("d00", definitions), ("d01", 1)]);
        store.close().await;
    }
}

/// As with policies and definitions: every write that changes what is offered raises the count, and no other does.
pub async fn every_write_of_offers_is_counted(place: &Place) {
    let store = with_definitions(place, &names(&["one", "two"])).await;
    let mut before = store.offers_epoch(UZ).await.unwrap();
    let mut raised = async |what: &str| {
        let now = store.offers_epoch(UZ).await.unwrap();
        assert!(now > before, "{what}");
        before = now;
    };
    put_document(&store, UZ, "d1", b"1", &["one"]).await;
    raised("an asset is put").await;
    store.replace_offers_for_asset(UZ, "d1", names(&["two"])).await.unwrap();
    raised("an asset is offered otherwise").await;
    store
        .replace_offers_for_definition(UZ, "one", names(&["d1"]))
        .await
        .unwrap();
    raised("a definition offers otherwise").await;
    store
        .put_definition(definition(UZ, "two", "p1"), names(&["d1"]))
        .await
        .unwrap();
    raised("a definition is put").await;
    store.delete_definition(UZ, "two").await.unwrap();
    raised("a definition is removed").await;
    delete_asset(&store, UZ, "d1").await;
    raised("an asset is removed").await;
    let before = store.offers_epoch(UZ).await.unwrap();
    store.put_policy(policy(UZ, "p1")).await.unwrap();
    assert_eq!(store.offers_epoch(UZ).await.unwrap(), before, "a policy offers nothing");
    assert_eq!(store.offers_epoch(KZ).await.unwrap(), 0);
}
