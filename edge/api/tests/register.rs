//! The register as everybody reads it: what is published is found, in the reader's language, with its history and what names it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

use chapar_test_node::{As, Got, KEYED, Node};
use serde_json::{Value, json};
use std::time::Duration;

/// A path segment or a value of a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn publish(node: &Node, who: &As, kind: &str, name: &str, body: Value) -> Value {
    let draft = json!({ "kind": kind, "name": name, "noPersonalData": true, "body": body });
    node.done(who, "POST", "/records", Some(&draft)).await
}

fn dataset(title: Value) -> Value {
    json!({
        "title": title,
        "description": { "ru": "По районам (пример)" },
        "publisher": { "name": { "ru": "Водоканал (пример)" } },
        "spatial": ["UZ"],
    })
}

/// The first answer for which `is` holds: what is committed is in the catalogue a moment later.
async fn soon(node: &Node, path: &str, is: impl Fn(&Got) -> bool) -> Value {
    for _ in 0..200 {
        let got = node.read_register(path, None).await;
        if is(&got) {
            return got.json;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("`{path}` never answered as it should");
}

fn names(found: &Value) -> Vec<&str> {
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect()
}

/// As [`names`], in the order of the alphabet: records of one second have no order that a test may count on.
fn sorted(found: &Value) -> Vec<&str> {
    let mut names = names(found);
    names.sort_unstable();
    names
}

/// A node with a few records, all of them in the catalogue.
async fn stocked() -> (Node, As) {
    let node = Node::start().await;
    let who = node.admin(KEYED).await;
    let water = json!({ "ru": "Потери воды (пример)", "zh": "供水损失（示例）", "en": "Water losses (sample)" });
    publish(&node, &who, "dataset", "water", dataset(water)).await;
    publish(
        &node,
        &who,
        "dataset",
        "roads",
        dataset(json!({ "ru": "Ремонт дорог (пример)" })),
    )
    .await;
    let source = publish(
        &node,
        &who,
        "dataset",
        "border",
        dataset(json!({ "ru": "Время на границе (пример)" })),
    )
    .await;
    let translation = json!({
        "source": source["id"], "sourceHash": source["leafHash"], "language": "kk",
        "translator": { "kk": "Аударма бюросы (мысал)" }, "status": "working",
        "body": { "/title": "Шекарадағы уақыт (мысал)" },
    });
    publish(&node, &who, "translation", "border-kk", translation).await;
    soon(&node, "/logs", |got| got.json["items"][0]["inCatalogue"] == 5).await;
    (node, who)
}

#[tokio::test]
async fn what_is_published_is_found_by_words_and_facets() {
    let (node, _) = stocked().await;
    for (query, expected) in [
        (format!("q={}", encoded("потерь воды")), vec!["water"]),
        (format!("q={}", encoded("供水")), vec!["water"]),
        ("q=loss".to_owned(), vec!["water"]),
        (format!("q={}", encoded("шекарадағы")), vec!["border"]),
        ("kind=dataset".to_owned(), vec!["border", "roads", "water"]),
        ("kind=dataset&kind=event&state=UZ&language=zh".to_owned(), vec!["water"]),
        ("translated=kk".to_owned(), vec!["border"]),
        ("kind=event".to_owned(), vec![]),
        ("q=nothing".to_owned(), vec![]),
    ] {
        let found = node.read_register(&format!("/records?{query}"), None).await;
        assert_eq!(sorted(&found.json), expected, "{query}");
    }
    let unsearched = node.read_register("/records?kind=log-alarm", None).await;
    assert_eq!(
        (unsearched.status, &unsearched.json["code"]),
        (400, &json!("wrong-query"))
    );
    assert!(
        unsearched.json["detail"].as_str().unwrap().contains("mirror alarms"),
        "{}",
        unsearched.json
    );
    let first = node.read_register("/records?kind=dataset&limit=2", None).await.json;
    let next = first["next"].as_str().unwrap();
    let rest = node
        .read_register(&format!("/records?kind=dataset&limit=2&after={next}"), None)
        .await
        .json;
    assert_eq!(rest["next"], Value::Null);
    let mut both = [names(&first), names(&rest)].concat();
    both.sort_unstable();
    assert_eq!((names(&first).len(), both), (2, vec!["border", "roads", "water"]));
    let counts = node.read_register("/counts?state=UZ", None).await.json;
    assert_eq!((&counts["records"], &counts["more"]), (&json!(3), &json!(false)));
    let russian = json!({ "value": "ru", "count": 3 });
    assert!(
        counts["facets"]["language"].as_array().unwrap().contains(&russian),
        "{counts}"
    );
}

#[tokio::test]
async fn a_record_is_shown_in_the_readers_language_or_it_is_said_that_it_is_not() {
    let (node, who) = stocked().await;
    let found = node.read_register("/records?q=loss&lang=zh", None).await.json;
    assert_eq!(
        found["items"][0]["shown"],
        json!({ "language": "zh", "title": "供水损失（示例）" })
    );
    let found = node.read_register("/records?q=loss&lang=fa", None).await.json;
    assert_eq!(found["items"][0]["shown"]["insteadOf"], "fa");
    let water = node.done(&who, "GET", "/records/border", None).await;
    let id = encoded(water["id"].as_str().unwrap());
    let record = node.read_register(&format!("/records/{id}?lang=ru"), None).await.json;
    assert_eq!(record["body"]["spatial"], json!(["UZ"]));
    assert_eq!(record["namedBy"][0]["kind"], "translation");
    assert_eq!(record["namedBy"][0]["rel"], "/source");
}

#[tokio::test]
async fn versions_and_withdrawals_are_seen() {
    let (node, who) = stocked().await;
    let next = publish(
        &node,
        &who,
        "dataset",
        "roads",
        dataset(json!({ "ru": "Ремонт мостов (пример)" })),
    )
    .await;
    let id = encoded(next["id"].as_str().unwrap());
    let bridges = format!("/records?q={}", encoded("мосты"));
    soon(&node, &bridges, |got| names(&got.json) == ["roads"]).await;
    let roads = node
        .read_register(&format!("/records?q={}", encoded("дорога")), None)
        .await
        .json;
    assert!(names(&roads).is_empty(), "the version before is history");
    let history = node
        .read_register(&format!("/records/{id}/history?limit=1"), None)
        .await
        .json;
    assert_eq!(
        (&history["items"][0]["version"], &history["next"]),
        (&json!(1), &json!("1"))
    );
    let old = node.read_register(&format!("/records/{id}?version=1"), None).await.json;
    assert_eq!(old["title"]["ru"], "Ремонт дорог (пример)");
    let withdrawal = json!({ "reason": { "ru": "ошибка" }, "code": "error", "purge": true });
    node.done(&who, "POST", "/records/roads/withdrawal", Some(&withdrawal))
        .await;
    soon(&node, &bridges, |got| names(&got.json).is_empty()).await;
    let record = node.read_register(&format!("/records/{id}"), None).await.json;
    assert_eq!(record["withdrawn"]["code"], "error");
    assert_eq!((&record["body"], &record["bodyPurged"]), (&Value::Null, &json!(true)));
    let own = node.done(&who, "GET", "/records/roads", None).await;
    assert!(own["bodyPurgedAt"].is_string() && own.get("body").is_none(), "{own}");
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let (node, who) = stocked().await;
    let first = node.read_register("/records?kind=dataset", None).await;
    let tag = first.headers["etag"].to_str().unwrap();
    let again = node.read_register("/records?kind=dataset", Some(tag)).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    publish(
        &node,
        &who,
        "dataset",
        "rail",
        dataset(json!({ "ru": "Рельсы (пример)" })),
    )
    .await;
    soon(&node, "/records?kind=dataset", |got| names(&got.json).len() == 4).await;
    assert_eq!(node.read_register("/records?kind=dataset", Some(tag)).await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_name() {
    let (node, _) = stocked().await;
    for (path, status, code) in [
        ("/records?colour=red", 400, "wrong-query"),
        ("/records?limit=0", 400, "wrong-limit"),
        ("/records?limit=101", 400, "wrong-limit"),
        ("/records?limit=x", 400, "wrong-query"),
        ("/records?q=...", 400, "wrong-query"),
        ("/records?lang=Russian", 400, "wrong-query"),
        ("/records?order=oldest", 400, "wrong-query"),
        ("/records?after=zzz", 400, "wrong-query"),
        ("/records?q=a&q=b", 400, "wrong-query"),
        ("/records?inForceAt=today", 400, "wrong-query"),
        ("/records/none", 404, "not-found"),
        ("/records/none/history", 404, "not-found"),
        ("/records/none?version=x", 400, "wrong-query"),
        ("/records/none/history?limit=0", 400, "wrong-limit"),
    ] {
        let got = node.read_register(path, None).await;
        assert_eq!((got.status, got.code()), (status, code), "{path}");
    }
    let long = format!("/records?q={}", "a".repeat(9000));
    assert_eq!(node.read_register(&long, None).await.code(), "wrong-query");
}

#[tokio::test]
async fn the_catalogue_is_made_again_and_is_the_same() {
    let (node, _) = stocked().await;
    let before = node.done(&node.operator(), "GET", "/views", None).await;
    node.done(&node.operator(), "POST", "/views/rebuild", None).await;
    soon(&node, "/logs", |got| got.json["items"][0]["inCatalogue"] == 5).await;
    let after = node.done(&node.operator(), "GET", "/views", None).await;
    assert_eq!(before["digest"], after["digest"]);
    let found = node.read_register("/records?q=loss", None).await;
    assert_eq!(names(&found.json), ["water"]);
}
