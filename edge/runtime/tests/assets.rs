//! Assets, policies, contract definitions and secrets at the desk, as the doors of the operator's API use it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

use chapar_runtime::Fault;
use chapar_runtime::desk::{Actor, Desk, Expect, Filter, Mode, NewAsset, NewOffer, Page, PolicySet, QuerySpec};
use chapar_store::IndexKey;
use chapar_terms::{AssetId, DefinitionId, PolicyId};
use chapar_test_node::{Node, OURS, THEIRS};
use serde_json::{Map, Value, json};

fn desk(node: &Node, slug: &str) -> Desk {
    node.runtime.desk(slug, Actor::Node).unwrap()
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn asset(id: &str, properties: Value) -> NewAsset {
    NewAsset {
        id: AssetId::parse(id).unwrap(),
        properties: object(properties),
        private_properties: Map::new(),
        data_address: Some(object(
            json!({ "type": "HttpData", "baseUrl": "https://source.example" }),
        )),
    }
}

fn spec(value: Value) -> QuerySpec {
    QuerySpec::from_json(&value).unwrap()
}

fn ids(views: &[Value]) -> Vec<&str> {
    views.iter().map(|view| view["id"].as_str().unwrap()).collect()
}

async fn found(desk: &Desk, query: Value) -> Vec<String> {
    let views = desk.query_assets(&spec(query)).await.unwrap();
    ids(&views).into_iter().map(str::to_owned).collect()
}

fn code(fault: &Fault) -> &str {
    match fault {
        Fault::Invalid { code, .. } => code,
        Fault::Conflict(_) => "conflict",
        Fault::NotFound => "not-found",
        other => panic!("{other}"),
    }
}

fn set(id: &str) -> PolicySet {
    PolicySet::parse(id, json!({ "@type": "Set", "permission": [{ "action": "use" }] })).unwrap()
}

fn definition(id: &str, policy: &str, selector: Value) -> NewOffer {
    NewOffer {
        id: DefinitionId::parse(id).unwrap(),
        access_policy: PolicyId::parse(policy).unwrap(),
        contract_policy: PolicyId::parse(policy).unwrap(),
        selector: Filter::from_json(&selector).unwrap(),
        mode: Mode::Auto,
        private_properties: Some(object(json!({ "note": id }))),
    }
}

#[tokio::test]
async fn an_asset_is_created_once_and_updated_when_it_is_there() {
    let node = Node::start().await;
    let ours = desk(&node, OURS);
    let mut new = asset(
        "a",
        json!({ "id": "a", "name": "first", "https://example.org/ns/x": [1, 2] }),
    );
    new.private_properties = object(json!({ "note": "ours" }));
    assert_eq!(
        code(&ours.put_asset(new.clone(), Expect::Something).await.unwrap_err()),
        "not-found"
    );
    let created = ours.put_asset(new.clone(), Expect::Nothing).await.unwrap();
    assert_eq!(
        (&created["properties"], &created["privateProperties"]),
        (
            &json!({ "name": "first", "https://example.org/ns/x": [1, 2] }),
            &json!({ "note": "ours" })
        )
    );
    assert_eq!(created["dataAddress"]["baseUrl"], "https://source.example");
    assert_eq!(ours.asset("a").await.unwrap(), created);
    assert_eq!(
        code(&ours.put_asset(new.clone(), Expect::Nothing).await.unwrap_err()),
        "conflict"
    );
    assert_eq!(code(&desk(&node, THEIRS).asset("a").await.unwrap_err()), "not-found");
    new.properties = object(json!({ "name": "second" }));
    new.data_address = None;
    let updated = ours.put_asset(new, Expect::Something).await.unwrap();
    assert_eq!(updated["properties"], json!({ "name": "second" }));
    assert_eq!(
        (&updated["createdAt"], updated.get("dataAddress")),
        (&created["createdAt"], None)
    );
    assert_eq!(ours.asset("a").await.unwrap(), updated);
    ours.delete_asset("a").await.unwrap();
    assert_eq!(code(&ours.delete_asset("a").await.unwrap_err()), "not-found");
}

#[tokio::test]
async fn what_is_said_twice_or_too_long_is_refused() {
    let node = Node::start().await;
    let ours = desk(&node, OURS);
    let refused = async |new: NewAsset| code(&ours.put_asset(new, Expect::Nothing).await.unwrap_err()).to_owned();
    let mut twice = asset("a", json!({ "name": "x" }));
    twice.private_properties = object(json!({ "name": "y" }));
    assert_eq!(refused(twice).await, "duplicate-property");
    assert_eq!(refused(asset("a", json!({ "id": "b" }))).await, "wrong-id");
    let long = asset("a", json!({ "name": "x".repeat(16 * 1024) }));
    assert_eq!(refused(long).await, "properties-too-long");
}

#[tokio::test]
async fn an_update_leaves_content_where_it_is() {
    let node = Node::start().await;
    let (ours, admin) = (desk(&node, OURS), node.admin(OURS).await);
    node.done(&admin, "PUT", "/documents/d", Some(&json!({ "text": 1 })))
        .await;
    node.done(&admin, "PUT", "/documents/d/properties", Some(&json!({ "title": "D" })))
        .await;
    assert_eq!(ours.asset("d").await.unwrap()["properties"], json!({ "title": "D" }));
    let mut new = asset("d", json!({ "title": "E" }));
    new.data_address = None;
    ours.put_asset(new, Expect::Something).await.unwrap();
    assert_eq!(
        node.get(&admin, "/documents/d/content").await.json,
        json!({ "text": 1 })
    );
    assert_eq!(
        node.get(&admin, "/documents/d").await.json["properties"],
        json!({ "title": "E" })
    );
    // An asset without content is no document.
    ours.put_asset(asset("a", json!({})), Expect::Nothing).await.unwrap();
    for path in ["/documents/a", "/documents/a/content"] {
        assert_eq!(node.get(&admin, path).await.code(), "not-found");
    }
    assert_eq!(
        node.ask(&admin, "DELETE", "/documents/a", None).await.code(),
        "not-found"
    );
    let listed = node.get(&admin, "/documents").await.json;
    assert_eq!(ids(listed["items"].as_array().unwrap()), ["d"]);
}

#[tokio::test]
async fn an_asset_in_use_stays() {
    let node = Node::start().await;
    let (ours, admin) = (desk(&node, OURS), node.admin(OURS).await);
    node.stock(&admin, "ours").await;
    node.negotiation(OURS, "ours").await;
    assert_eq!(code(&ours.delete_asset("ours-doc").await.unwrap_err()), "conflict");
}

/// Criteria, what to sort by, and the ids that are meant. Each way to an asset is among them: by id, by key, by a stretch of
/// keys, and by looking at each.
const WAYS: [(&str, &str, &str); 17] = [
    (r#"[["id", "=", "07"]]"#, "", "07"),
    (r#"[["@id", "in", ["07", "none", "03"]]]"#, "id", "03 07"),
    (r#"[["https://w3id.org/edc/v0.0.1/ns/id", "=", "07"]]"#, "", "07"),
    (r#"[["number", "=", 7.0]]"#, "", "07"),
    (
        r#"[["https://w3id.org/edc/v0.0.1/ns/number", "<", 3]]"#,
        "id",
        "00 01 02",
    ),
    (r#"[["number", ">", 37]]"#, "id", "38 39"),
    (r#"[["a.b", "=", 7]]"#, "", "07"),
    (r#"[["properties.number", "in", [1, 2]]]"#, "number", "01 02"),
    (r#"[["secret", "=", 3], ["number", "<", 9]]"#, "id", "03 07"),
    (
        r#"[["privateProperties.secret", "=", 3], ["number", "<", 9]]"#,
        "id",
        "03 07",
    ),
    (r#"[["tags", "contains", "t1"], ["number", "<", 6]]"#, "id", "01 04"),
    (r#"[["kind", "=", "odd"], ["number", "<=", 5]]"#, "number", "01 03 05"),
    (r#"[["kind", "!=", "odd"], ["number", "<=", 5]]"#, "number", "00 02 04"),
    (
        r#"[["id", "like", "3%"], ["kind", "ilike", "ODD"]]"#,
        "id",
        "31 33 35 37 39",
    ),
    (r#"[["createdAt", "<", 1]]"#, "", ""),
    (r#"[["number", "=", 7], ["kind", "=", "even"]]"#, "", ""),
    (r#"[["unknown", "=", "x"]]"#, "", ""),
];

fn filter(criteria: &str) -> Value {
    let criteria: Vec<[Value; 3]> = serde_json::from_str(criteria).unwrap();
    let criterion = |[left, operator, right]: [Value; 3]| json!({ "operandLeft": left, "operator": operator, "operandRight": right });
    criteria.into_iter().map(criterion).collect()
}

/// Every way to an asset finds the same as looking at each.
#[tokio::test]
async fn assets_are_found_by_every_way() {
    let node = Node::start().await;
    let ours = desk(&node, OURS);
    let theirs = desk(&node, THEIRS);
    theirs
        .put_asset(asset("00", json!({ "kind": "even" })), Expect::Nothing)
        .await
        .unwrap();
    for number in (0..40).rev() {
        let kind = if number % 2 == 0 { "even" } else { "odd" };
        let properties =
            json!({ "kind": kind, "number": number, "tags": ["t", format!("t{}", number % 3)], "a.b": number });
        let mut new = asset(&format!("{number:02}"), properties);
        new.private_properties = object(json!({ "secret": number % 4, "https://example.org/ns/s": "x" }));
        ours.put_asset(new, Expect::Nothing).await.unwrap();
    }
    for (criteria, sort, expected) in WAYS {
        let mut query = json!({ "filterExpression": filter(criteria) });
        if !sort.is_empty() {
            query["sortField"] = json!(sort);
        }
        assert_eq!(found(&ours, query.clone()).await.join(" "), expected, "{query}");
        if !sort.is_empty() {
            query["sortOrder"] = json!("DESC");
            let back: Vec<&str> = expected.split(' ').rev().collect();
            assert_eq!(found(&ours, query.clone()).await, back, "{query}");
        }
    }
}

#[tokio::test]
async fn the_usual_order_is_that_of_creation_and_parts_of_it_fit_together() {
    let node = Node::start().await;
    let ours = desk(&node, OURS);
    // Written to the store itself, so that times are known: two at each moment, and the later ids first.
    let row = |id: String, created_at| chapar_store::AssetRow {
        participant: OURS.to_owned(),
        id,
        content: None,
        properties: "{\"kind\":\"x\"}".to_owned(),
        private_properties: "{}".to_owned(),
        data_address: None,
        in_reach: true,
        created_at,
        updated_at: 1,
    };
    for number in 0..600_i64 {
        let key = IndexKey {
            name: "kind".to_owned(),
            value: "tx".to_owned(),
        };
        let put = node
            .store
            .put_asset(row(format!("{:03}", 599 - number), number / 2), vec![key], Vec::new());
        put.await.unwrap();
    }
    let expected: Vec<String> = (0..600).map(|number| format!("{:03}", 599 - (number ^ 1))).collect();
    let kind = json!([{ "operandLeft": "kind", "operator": "=", "operandRight": "x" }]);
    let like = json!([{ "operandLeft": "kind", "operator": "like", "operandRight": "x" }]);
    for filter in [json!([]), kind, like] {
        let part = async |offset: usize, limit: usize, sort: Value, order: &str| {
            let query = json!({
                "offset": offset, "limit": limit, "filterExpression": filter, "sortField": sort, "sortOrder": order,
            });
            found(&ours, query).await
        };
        assert_eq!(part(0, 1000, json!(null), "ASC").await, expected);
        assert_eq!(part(0, 1000, json!("createdAt"), "ASC").await, expected);
        let back: Vec<String> = expected.iter().rev().cloned().collect();
        assert_eq!(part(0, 1000, json!("createdAt"), "DESC").await, back);
        assert_eq!(part(595, 50, json!(null), "ASC").await, expected[595..]);
        assert_eq!(part(298, 4, json!(null), "ASC").await, expected[298..302]);
        assert_eq!(part(600, 5, json!(null), "ASC").await, [] as [String; 0]);
        let mut by_id = expected.clone();
        by_id.sort();
        assert_eq!(part(0, 1000, json!("id"), "ASC").await, by_id);
        by_id.reverse();
        assert_eq!(part(300, 7, json!("id"), "DESC").await, by_id[300..307]);
        // Equal in the field: the usual order decides.
        assert_eq!(part(10, 5, json!("kind"), "DESC").await, expected[10..15]);
    }
    let usual = ours.query_assets(&QuerySpec::default()).await.unwrap();
    assert_eq!(ids(&usual), expected[..50]);
}

#[tokio::test]
async fn what_assets_are_found_by_is_made_at_the_first_start_of_a_release_that_wants_it() {
    let node = Node::start().await;
    let row = chapar_store::AssetRow {
        participant: OURS.to_owned(),
        id: "old".to_owned(),
        content: None,
        properties: "{\"kind\":\"x\"}".to_owned(),
        private_properties: "{\"note\":7}".to_owned(),
        data_address: None,
        in_reach: true,
        created_at: 1,
        updated_at: 1,
    };
    node.store.put_asset(row, Vec::new(), Vec::new()).await.unwrap();
    let by = async |node: &Node, criteria: &str| {
        found(&desk(node, OURS), json!({ "filterExpression": filter(criteria) })).await
    };
    let (kind, note) = (r#"[["kind", "=", "x"]]"#, r#"[["note", "<", 9]]"#);
    assert_eq!(by(&node, kind).await, [] as [String; 0], "it was written without keys");
    node.store.note_asset_keys_version(0).await.unwrap();
    let node = node.start_again().await;
    assert_eq!(
        (by(&node, kind).await, by(&node, note).await),
        (vec!["old".to_owned()], vec!["old".to_owned()])
    );
}

#[tokio::test]
async fn an_answer_that_would_be_too_long_says_so() {
    let node = Node::start().await;
    let ours = desk(&node, OURS);
    let long = json!({ "text": "x".repeat(16_000) });
    let row = |number: usize| chapar_store::AssetRow {
        participant: OURS.to_owned(),
        id: format!("{number}"),
        content: None,
        properties: long.to_string(),
        private_properties: "{}".to_owned(),
        data_address: None,
        in_reach: true,
        created_at: 1,
        updated_at: 1,
    };
    for number in 0..2200 {
        node.store.put_asset(row(number), Vec::new(), Vec::new()).await.unwrap();
    }
    let all = ours.query_assets(&spec(json!({ "limit": 3000 }))).await;
    assert_eq!(code(&all.unwrap_err()), "answer-too-long");
    let some = ours.query_assets(&spec(json!({ "limit": 1000 }))).await.unwrap();
    assert_eq!(some.len(), 1000);
}

#[tokio::test]
async fn a_selector_sees_public_and_private_properties_of_what_is_in_reach() {
    let node = Node::start().await;
    let ours = desk(&node, OURS);
    ours.put_policy(set("p"), Expect::Nothing).await.unwrap();
    let selector = json!([{ "operandLeft": "https://example.org/ns/level", "operator": ">=", "operandRight": 2 }]);
    let offered = async |id: &str| node.store.definitions_of_asset(OURS, id).await.unwrap();
    let mut new = asset("early", json!({}));
    new.private_properties = object(json!({ "https://example.org/ns/level": 2 }));
    ours.put_asset(new, Expect::Nothing).await.unwrap();
    ours.put_offer(definition("d", "p", selector), Expect::Nothing)
        .await
        .unwrap();
    ours.put_asset(
        asset("late", json!({ "https://example.org/ns/level": 3 })),
        Expect::Nothing,
    )
    .await
    .unwrap();
    ours.put_asset(
        asset("low", json!({ "https://example.org/ns/level": 1 })),
        Expect::Nothing,
    )
    .await
    .unwrap();
    let mut nowhere = asset("nowhere", json!({ "https://example.org/ns/level": 3 }));
    nowhere.data_address = None;
    ours.put_asset(nowhere.clone(), Expect::Nothing).await.unwrap();
    for (id, expected) in [
        ("early", vec!["d"]),
        ("late", vec!["d"]),
        ("low", vec![]),
        ("nowhere", vec![]),
    ] {
        assert_eq!(offered(id).await, expected, "{id}");
    }
    // The definition that is put again looks at all of them.
    let again = definition("d", "p", json!([]));
    ours.put_offer(again, Expect::Something).await.unwrap();
    assert_eq!(
        (offered("low").await, offered("nowhere").await),
        (vec!["d".to_owned()], vec![])
    );
    nowhere.data_address = Some(object(
        json!({ "type": "HttpData", "baseUrl": "https://source.example" }),
    ));
    ours.put_asset(nowhere, Expect::Something).await.unwrap();
    assert_eq!(offered("nowhere").await, ["d"]);
}

#[tokio::test]
async fn definitions_are_created_before_their_policies_and_offer_nothing_until_then() {
    let node = Node::start().await;
    let (ours, admin) = (desk(&node, OURS), node.admin(OURS).await);
    let new = definition(
        "d",
        "later",
        json!([{ "operandLeft": "id", "operator": "=", "operandRight": "a" }]),
    );
    assert_eq!(
        code(&ours.put_offer(new.clone(), Expect::Something).await.unwrap_err()),
        "not-found"
    );
    assert_eq!(
        code(&ours.put_offer(new.clone(), Expect::Anything).await.unwrap_err()),
        "policy-unknown"
    );
    let created = ours.put_offer(new.clone(), Expect::Nothing).await.unwrap();
    assert_eq!(created["privateProperties"], json!({ "note": "d" }));
    assert_eq!(
        created["selector"],
        json!([{ "operandLeft": "id", "operator": "=", "operandRight": "a" }])
    );
    assert_eq!(
        code(&ours.put_offer(new.clone(), Expect::Nothing).await.unwrap_err()),
        "conflict"
    );
    assert_eq!(ours.offer("d").await.unwrap(), created);
    ours.put_asset(asset("a", json!({})), Expect::Nothing).await.unwrap();
    let later = set("later").with_private_properties(object(json!({ "note": "p" })));
    ours.put_policy(later, Expect::Nothing).await.unwrap();
    assert_eq!(code(&ours.delete_policy("later").await.unwrap_err()), "conflict");
    // What the own API puts over it keeps what it does not know of.
    let body = json!({ "accessPolicy": "later", "contractPolicy": "later", "selector": [], "mode": "auto" });
    node.done(&admin, "PUT", "/offers/d", Some(&body)).await;
    assert_eq!(
        ours.offer("d").await.unwrap()["privateProperties"],
        json!({ "note": "d" })
    );
    node.done(
        &admin,
        "PUT",
        "/policies/later",
        Some(&json!({ "@type": "Set", "prohibition": [{ "action": "use" }] })),
    )
    .await;
    let policy = ours.policy("later").await.unwrap();
    assert_eq!(policy["privateProperties"], json!({ "note": "p" }));
    assert_eq!(policy["policy"]["prohibition"], json!([{ "action": "use" }]));
}

#[tokio::test]
async fn policies_are_created_once_and_updated_when_they_are_there() {
    let node = Node::start().await;
    let ours = desk(&node, OURS);
    let new = |note: &str| set("p").with_private_properties(object(json!({ "note": note })));
    let missing = ours.put_policy(new("x"), Expect::Something).await.unwrap_err();
    assert_eq!(code(&missing), "not-found");
    let created = ours.put_policy(new("first"), Expect::Nothing).await.unwrap();
    let twice = ours.put_policy(new("x"), Expect::Nothing).await.unwrap_err();
    assert_eq!(code(&twice), "conflict");
    assert_eq!(ours.policy("p").await.unwrap(), created);
    let updated = ours.put_policy(new("second"), Expect::Something).await.unwrap();
    assert_eq!(
        (&updated["privateProperties"], &updated["createdAt"]),
        (&json!({ "note": "second" }), &created["createdAt"])
    );
    let listed = ours.list_policies(&Page::new(None, None).unwrap()).await.unwrap();
    assert_eq!(listed["items"][0]["privateProperties"], json!({ "note": "second" }));
}

#[tokio::test]
async fn secrets_are_the_participants_own() {
    let node = Node::start().await;
    let (ours, theirs) = (desk(&node, OURS), desk(&node, THEIRS));
    assert_eq!(code(&ours.update_secret("door", "x").await.unwrap_err()), "not-found");
    ours.create_secret("door", "open, sesame").await.unwrap();
    assert_eq!(code(&ours.create_secret("door", "x").await.unwrap_err()), "conflict");
    assert_eq!(ours.secret("door").await.unwrap(), "open, sesame");
    assert_eq!(code(&theirs.secret("door").await.unwrap_err()), "not-found");
    assert_eq!(code(&theirs.delete_secret("door").await.unwrap_err()), "not-found");
    ours.update_secret("door", "close").await.unwrap();
    assert_eq!(ours.secret("door").await.unwrap(), "close");
    ours.delete_secret("door").await.unwrap();
    assert_eq!(code(&ours.secret("door").await.unwrap_err()), "not-found");
    assert_eq!(code(&ours.create_secret("", "x").await.unwrap_err()), "wrong-name");
    let long = "x".repeat(64 * 1024 + 1);
    assert_eq!(
        code(&ours.create_secret("long", &long).await.unwrap_err()),
        "secret-too-long"
    );
}
