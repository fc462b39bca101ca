//! Query plans of the statements that must stay flat: each seeks in an index, none scans, none sorts. A count of everything
//! walks one index and touches no table.

use crate::logs::plans as logs;
use crate::own::plans as own;
use crate::read::agreement_plans as agreements;
use crate::read::callback_plans as callbacks;
use crate::read::outbox_plans as outbox;
use crate::read::plans as cases;
use crate::views::plans as views;
use crate::{NodeKey, Options, Store};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};

async fn store(folder: &std::path::Path) -> Store {
    let _ = std::fs::remove_dir_all(folder);
    let store = Store::open(folder, Options::new(NodeKey::from_bytes([7; 32])))
        .await
        .unwrap();
    let fill = [
        "INSERT INTO participants VALUES ('uz', 'did:uz', 'did', '{}', 1)",
        "INSERT INTO policies VALUES ('uz', 'p', '{}', 1, 1, '{}')",
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
         INSERT INTO definitions SELECT 'uz', printf('c%03d', i), 'p', 'p', '[]', 'auto', '{}', 1, 1 FROM n",
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
         INSERT INTO assets SELECT 'uz', printf('a%05d', i), 'd', 't', 1, '{}', '{}', NULL, 1, i / 7, 1 FROM n",
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
         INSERT INTO asset_index SELECT 'uz', 'year', printf('t%d', i % 9), i / 7, printf('a%05d', i) FROM n",
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
         INSERT INTO offers SELECT 'uz', printf('a%05d', i), printf('c%03d', i % 200) FROM n",
    ];
    let mut connection = crate::open::connect_options(folder).connect().await.unwrap();
    for sql in fill {
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    store
}

async fn plan(store: &Store, sql: &str) -> Vec<String> {
    let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
        .fetch_all(&mut *store.reader().await.unwrap())
        .await
        .unwrap();
    plan.iter().map(|row| row.try_get("detail").unwrap()).collect()
}

async fn assert_flat(store: &Store, sql: String) {
    let plan = plan(store, &sql).await;
    assert!(!plan.is_empty());
    let mut seeks = 0;
    for detail in plan {
        // What a seek of the index hands on is no table: reading it row by row is no scan of the index.
        let handed_on = detail
            .strip_prefix("SCAN s")
            .is_some_and(|rest| rest.parse::<u32>().is_ok());
        // So does the index of words: what it is asked for stands behind the number.
        let looked_up = detail.starts_with("SCAN catalog_words VIRTUAL TABLE INDEX") && detail.contains(":M");
        // What the caller gave is no table either.
        let given = detail == "SCAN CONSTANT ROW" || detail.ends_with("-ROW VALUES CLAUSE");
        let scans = detail.starts_with("SCAN") && !handed_on && !looked_up && !given;
        assert!(!scans && !detail.contains("TEMP B-TREE"), "{detail}: {sql}");
        seeks += usize::from(detail.starts_with("SEARCH") || looked_up);
    }
    assert!(seeks > 0, "{sql}");
}

#[tokio::test]
async fn counting_cases_walks_one_index_and_sorts_nothing() {
    let folder = std::env::temp_dir().join(format!("chapar-store-counts-{}", std::process::id()));
    let store = store(&folder).await;
    let steps = plan(&store, cases::COUNTS).await;
    assert_eq!(steps, ["SCAN cases USING COVERING INDEX cases_phase"]);
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn pages_seek_and_never_scan_or_sort() {
    let folder = std::env::temp_dir().join(format!("chapar-store-plans-{}", std::process::id()));
    let store = store(&folder).await;
    for sql in own::of_pages(store.readers())
        .into_iter()
        .chain(own::of_lists())
        .chain(own::of_searches())
        .chain(cases::statements())
        .chain(agreements::statements())
        .chain(callbacks::STATEMENTS.map(str::to_owned))
        .chain(outbox::STATEMENTS.map(str::to_owned))
        .chain(logs::STATEMENTS.map(str::to_owned))
        .chain(views::of_reads())
        .chain(crate::logs::mirror_plans())
    {
        assert_flat(&store, sql).await;
    }
    for (allowed, first) in [(1, "a05200"), (64, "a05001"), (200, "a05001")] {
        let allowed = (0..allowed).map(|number| format!("c{number:03}").into()).collect();
        let page = store
            .datasets_page("uz", &allowed, &crate::Keyset::After("a05000".to_owned()), 50)
            .await
            .unwrap();
        assert_eq!(page.len(), 50);
        assert_eq!(page[0].asset.id, first);
    }
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A fold walks the records that it is about, and what it has gathered of them; of all others it sees nothing.
#[tokio::test]
async fn folds_seek_and_scan_only_what_they_touch() {
    let folder = std::env::temp_dir().join(format!("chapar-store-folds-{}", std::process::id()));
    let store = store(&folder).await;
    for sql in views::of_writes() {
        for detail in plan(&store, sql).await {
            let gathered = [
                "catalog_touched",
                "numbered",
                "(subquery",
                "CONSTANT ROW",
                "a",
                "catalog_words VIRTUAL TABLE INDEX 0:=",
            ];
            let scans = detail.strip_prefix("SCAN ").is_some_and(|what| {
                !gathered.iter().any(|gathered| {
                    what.strip_prefix(gathered)
                        .is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
                })
            });
            assert!(
                !scans && !detail.contains("catalog_records_place (origin=?)"),
                "{detail}: {sql}"
            );
        }
    }
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
