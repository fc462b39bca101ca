//! Assets, and what they are found by.

use super::place::Place;
use super::rows::{KZ, UZ, asset, case, committed, delete_asset, insert, put_document, update};
use chapar_store::{AssetPlace, AssetRow, Deleted, IndexKey, Store, Way};

fn key(name: &str, value: &str) -> IndexKey {
    IndexKey {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// Puts an asset of that time with these keys.
async fn put(store: &Store, slug: &str, id: &str, created_at: i64, keys: &[(&str, &str)]) {
    let row = AssetRow {
        created_at,
        ..asset(slug, id)
    };
    let keys = keys.iter().map(|(name, value)| key(name, value)).collect();
    store.put_asset(row, keys, Vec::new()).await.unwrap();
}

fn ids(places: &[AssetPlace]) -> Vec<&str> {
    places.iter().map(|(_, id)| id.as_str()).collect()
}

pub async fn an_asset_comes_back_whole(place: &Place) {
    let store = place.with_participants().await;
    let row = AssetRow {
        properties: "{\"a\":1}".to_owned(),
        private_properties: "{\"b\":2}".to_owned(),
        data_address: Some("{\"authCode\":\"open, sesame\"}".to_owned()),
        in_reach: false,
        ..asset(UZ, "a1")
    };
    store.put_asset(row.clone(), Vec::new(), Vec::new()).await.unwrap();
    assert_eq!(store.asset(UZ, "a1").await.unwrap(), Some(row.clone()));
    assert_eq!(store.asset(KZ, "a1").await.unwrap(), None);
    assert_eq!(
        store.assets(UZ, &["a0", "a1"]).await.unwrap(),
        std::slice::from_ref(&row)
    );
    assert!(
        !format!("{row:?}").contains("sesame"),
        "what opens the data is not shown"
    );
    let facts = store.asset_facts(UZ, &["a1", "a2"]).await.unwrap();
    let [facts] = facts.try_into().unwrap();
    assert!(!facts.in_reach);
    assert_eq!(
        (facts.id, facts.properties, facts.private_properties, facts.created_at),
        ("a1".to_owned(), row.properties, row.private_properties, 1)
    );
    assert!(matches!(delete_asset(&store, UZ, "a1").await, Deleted::Committed(_)));
    assert_eq!(store.asset(UZ, "a1").await.unwrap(), None);
}

pub async fn only_assets_with_content_are_documents(place: &Place) {
    let store = place.with_participants().await;
    let document = put_document(&store, UZ, "a2", b"content", &[]).await;
    put(&store, UZ, "a1", 1, &[]).await;
    assert_eq!(store.list_documents(UZ, None, 9).await.unwrap(), [document]);
    // An asset that loses its content loses the file.
    put(&store, UZ, "a2", 1, &[]).await;
    assert_eq!(store.list_documents(UZ, None, 9).await.unwrap(), []);
    let folder = place.folder().join("documents").join(UZ);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

pub async fn assets_under_negotiation_stay(place: &Place) {
    let store = place.with_participants().await;
    put(&store, UZ, "certificates", 1, &[]).await;
    put(&store, KZ, "certificates", 1, &[]).await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    let used = delete_asset(&store, UZ, "certificates").await;
    assert!(
        matches!(&used, Deleted::InUse(reason) if reason.contains("`n1`")),
        "{used:?}"
    );
    assert!(matches!(
        delete_asset(&store, KZ, "certificates").await,
        Deleted::Committed(_)
    ));
    let ended = update(&case(UZ, "n1"), "TERMINATED");
    committed(store.commit_step(ended).await.unwrap());
    assert!(matches!(
        delete_asset(&store, UZ, "certificates").await,
        Deleted::Committed(_)
    ));
}

/// By time and id, or by id alone; a page begins behind the one before, either way.
pub async fn places_go_forth_and_back(place: &Place) {
    let store = place.with_participants().await;
    for (id, created_at) in [("c", 1), ("a", 2), ("d", 2), ("b", 3)] {
        put(&store, UZ, id, created_at, &[]).await;
    }
    put(&store, KZ, "x", 2, &[]).await;
    let places = async |way, from: Option<(i64, &str)>, skip, limit| {
        let from = from.map(|(at, id)| (at, id.to_owned()));
        let found = store.asset_places(UZ, way, from, skip, limit).await.unwrap();
        ids(&found).join("")
    };
    assert_eq!(places(Way::Forth, None, 0, 9).await, "cadb");
    assert_eq!(places(Way::Back, None, 0, 9).await, "bdac");
    assert_eq!(places(Way::Forth, Some((2, "a")), 0, 1).await, "d");
    assert_eq!(places(Way::Back, Some((2, "d")), 0, 9).await, "ac");
    assert_eq!(places(Way::Forth, None, 2, 9).await, "db");
    let by_id = async |way, from, skip| store.asset_ids(UZ, way, from, skip, 2).await.unwrap().join("");
    assert_eq!(by_id(Way::Forth, None, 0).await, "ab");
    assert_eq!(by_id(Way::Forth, Some("b"), 0).await, "cd");
    assert_eq!(by_id(Way::Back, None, 1).await, "cb");
    assert_eq!(by_id(Way::Back, Some("b"), 0).await, "a");
}

pub async fn keys_find_their_assets(place: &Place) {
    let store = place.with_participants().await;
    put(&store, UZ, "a", 3, &[("kind", "x"), ("year", "1")]).await;
    put(&store, UZ, "b", 2, &[("kind", "y"), ("kind", "x")]).await;
    put(&store, UZ, "c", 1, &[("kind", "z"), ("other", "x")]).await;
    put(&store, KZ, "d", 1, &[("kind", "x")]).await;
    let by = async |keys: &[&str], way, from: Option<(i64, &str)>, limit| {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let from = from.map(|(at, id)| (at, id.to_owned()));
        let found = store
            .asset_places_by_key(UZ, ("kind", &keys), way, from, limit)
            .await
            .unwrap();
        ids(&found).join("")
    };
    assert_eq!(by(&["x"], Way::Forth, None, 9).await, "ba");
    assert_eq!(by(&["x", "y", "z", "w"], Way::Forth, None, 9).await, "cba", "once each");
    assert_eq!(by(&["x", "y", "z"], Way::Forth, None, 2).await, "cb");
    assert_eq!(by(&["x", "y", "z"], Way::Back, None, 2).await, "ab");
    assert_eq!(by(&["x"], Way::Forth, Some((2, "b")), 9).await, "a");
    assert_eq!(by(&["w"], Way::Forth, None, 9).await, "");
    assert_eq!(by(&[], Way::Forth, None, 9).await, "");
    let between = async |least, most, limit| {
        let found = store
            .asset_places_between(UZ, "kind", (least, most), limit)
            .await
            .unwrap();
        let mut found: Vec<_> = ids(&found).into_iter().map(str::to_owned).collect();
        found.sort();
        found.join("")
    };
    assert_eq!(between("x", "y", 9).await, "abb");
    assert_eq!(between("y", "z", 9).await, "bc");
    assert_eq!(between("x", "z", 2).await.len(), 2);
}

pub async fn keys_follow_their_asset(place: &Place) {
    let store = place.with_participants().await;
    let found = async |value: &str| {
        let keys = [value.to_owned()];
        let found = store
            .asset_places_by_key(UZ, ("kind", &keys), Way::Forth, None, 9)
            .await
            .unwrap();
        found.len()
    };
    put(&store, UZ, "a", 1, &[("kind", "x"), ("kind", "x")]).await;
    assert_eq!((found("x").await, found("y").await), (1, 0));
    put(&store, UZ, "a", 1, &[("kind", "y")]).await;
    assert_eq!((found("x").await, found("y").await), (0, 1));
    delete_asset(&store, UZ, "a").await;
    assert_eq!((found("x").await, found("y").await), (0, 0));
}

pub async fn keys_are_made_anew(place: &Place) {
    let store = place.with_participants().await;
    put(&store, UZ, "a", 1, &[("kind", "x")]).await;
    assert_eq!(store.asset_keys_version().await.unwrap(), 0);
    let [facts] = store.asset_facts(UZ, &["a"]).await.unwrap().try_into().unwrap();
    store
        .put_asset_keys(UZ, vec![(facts, vec![key("kind", "y")])])
        .await
        .unwrap();
    store.note_asset_keys_version(3).await.unwrap();
    assert_eq!(store.asset_keys_version().await.unwrap(), 3);
    let keys = ["x".to_owned(), "y".to_owned()];
    let found = store
        .asset_places_by_key(UZ, ("kind", &keys[..1]), Way::Forth, None, 9)
        .await
        .unwrap();
    assert!(found.is_empty());
    let found = store
        .asset_places_by_key(UZ, ("kind", &keys), Way::Forth, None, 9)
        .await
        .unwrap();
    assert_eq!(ids(&found), ["a"]);
}
