//! What a participant keeps: assets, policies, definitions and secrets, written, read, asked for and removed in both versions.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod story;

use chapar_runtime::KeyRole;
use chapar_test_node::{Node, OURS};
use serde_json::{Value, json};
use story::{Story, Version, error};

const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

fn ids(found: &Value) -> Vec<&str> {
    let found = found.as_array().unwrap().iter();
    found.map(|one| one["@id"].as_str().unwrap()).collect()
}

/// Some of what the provider asks in one version.
struct Desk<'a> {
    story: &'a Story,
    version: Version,
}

impl Desk<'_> {
    async fn does(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        self.story.provider_does(self.version, method, path, body).await
    }

    async fn fails(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
        let got = self
            .story
            .ask(&self.story.provider, self.version, method, path, body)
            .await;
        let (status, kind, _) = error(&got);
        (status, kind.to_owned())
    }

    async fn found(&self, noun: &str, query: Value) -> Value {
        let query = self.version.request("QuerySpec", &query);
        self.does("POST", &format!("/{noun}/request"), Some(&query)).await
    }

    fn asset(&self, id: &str, more: &Value) -> Value {
        let mut members = json!({
            "@id": id,
            "properties": { "name": id, "https://example.org/ns/rank": 7, "tags": ["a", "b"], "nested": { "k": "v" } },
            "privateProperties": { "note": format!("of {id}") },
            "dataAddress": { "@type": "DataAddress", "type": "HttpData", "baseUrl": "http://source.example/data", "proxyPath": "true" },
        });
        members
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.version.request("Asset", &members)
    }
}

fn criterion(left: &str, operator: &str, right: &Value) -> Value {
    json!({ "filterExpression": [{
        "@type": "Criterion", "operandLeft": left, "operator": operator, "operandRight": right,
    }] })
}

#[tokio::test]
async fn assets() {
    for version in Version::BOTH {
        let story = Story::begin().await;
        let desk = Desk { story: &story, version };
        let made = desk.does("POST", "/assets", Some(&desk.asset("a", &json!({})))).await;
        assert_eq!(
            (made["@type"].as_str(), made["@id"].as_str()),
            (Some("IdResponse"), Some("a"))
        );
        assert!(made["createdAt"].as_i64().unwrap() > 1_700_000_000_000, "{made}");
        let shown = desk.does("GET", "/assets/a", None).await;
        for (pointer, value) in [
            ("/@id", json!("a")),
            ("/@type", json!("Asset")),
            ("/properties/id", json!("a")),
            ("/properties/name", json!("a")),
            ("/properties/https:~1~1example.org~1ns~1rank", json!(7)),
            ("/properties/tags", json!(["a", "b"])),
            ("/properties/nested/k", json!("v")),
            ("/privateProperties/note", json!("of a")),
            ("/dataAddress/@type", json!("DataAddress")),
            ("/dataAddress/type", json!("HttpData")),
            ("/dataAddress/baseUrl", json!("http://source.example/data")),
            ("/dataAddress/proxyPath", json!("true")),
        ] {
            assert_eq!(shown.pointer(pointer), Some(&value), "{version:?} {pointer}: {shown}");
        }
        assert_eq!(shown.get("createdAt"), None);
        let again = desk.fails("POST", "/assets", Some(&desk.asset("a", &json!({})))).await;
        assert_eq!(again, (409, "ObjectConflict".to_owned()));
        let without_id = version.request("Asset", &json!({ "properties": {} }));
        let fresh = desk.does("POST", "/assets", Some(&without_id)).await;
        assert_eq!(fresh["@id"].as_str().unwrap().len(), 36);

        let renamed = json!({ "properties": { "name": "renamed" }, "privateProperties": {} });
        desk.does("PUT", "/assets", Some(&desk.asset("a", &renamed))).await;
        let shown = desk.does("GET", "/assets/a", None).await;
        assert_eq!(shown["properties"], json!({ "id": "a", "name": "renamed" }));
        assert_eq!(shown.get("privateProperties"), None);
        let absent = desk
            .fails("PUT", "/assets", Some(&desk.asset("none", &json!({}))))
            .await;
        assert_eq!(absent, (404, "ObjectNotFound".to_owned()));
        desk.does("DELETE", "/assets/a", None).await;
        assert_eq!(desk.fails("GET", "/assets/a", None).await.0, 404);
        assert_eq!(desk.fails("DELETE", "/assets/a", None).await.0, 404);
    }
}

#[tokio::test]
async fn what_is_no_asset_is_refused_at_its_member() {
    let story = Story::begin().await;
    for version in Version::BOTH {
        let desk = Desk { story: &story, version };
        for (wrong, path) in [
            (
                json!({ "privateProperties": { "name": "x" } }),
                format!("{EDC}properties"),
            ),
            (
                json!({ "dataAddress": { "@type": "DataAddress", "type": "HttpData", "baseUrl": "not a url" } }),
                format!("{EDC}baseUrl"),
            ),
            (
                json!({ "dataAddress": { "@type": "DataAddress" } }),
                format!("{EDC}type"),
            ),
        ] {
            let body = desk.asset("x", &wrong);
            let got = story
                .ask(&story.provider, version, "POST", "/assets", Some(&body))
                .await;
            assert_eq!((error(&got).0, error(&got).1), (400, "ValidationFailure"), "{wrong}");
            assert_eq!(got.json[0]["path"], path, "{wrong}");
        }
        let two_names = json!({ "properties": { "id": "y" } });
        let refused = desk.fails("POST", "/assets", Some(&desk.asset("x", &two_names))).await;
        assert_eq!(refused, (400, "InvalidRequest".to_owned()));
        for member in ["oauth2:tokenUrl", "oauth2:clientSecretKey"] {
            let address = json!({
                "@type": "DataAddress", "type": "HttpData", "baseUrl": "http://source.example/data", member: "v",
            });
            let body = desk.asset("x", &json!({ "dataAddress": address }));
            let got = story
                .ask(&story.provider, version, "POST", "/assets", Some(&body))
                .await;
            let (status, kind, why) = error(&got);
            assert_eq!((status, kind), (400, "InvalidRequest"));
            assert!(
                why.contains(&format!("`{member}`")) && why.contains("`secretName`"),
                "{why}"
            );
        }
    }
}

#[tokio::test]
async fn an_asset_stays_while_a_negotiation_about_it_is_open() {
    let node = Node::start().await;
    node.stock(&node.admin(OURS).await, "ours").await;
    let key = node.key(OURS, KeyRole::Admin).await.text;
    node.negotiation(OURS, "ours").await;
    let asset = async |version: Version, method| {
        let path = format!("/management/{}/assets/ours-doc", version.path());
        node.manage(Some(&key), method, &path, None).await
    };
    for version in Version::BOTH {
        let got = asset(version, "DELETE").await;
        let (status, kind, why) = error(&got);
        assert_eq!((status, kind), (409, "ObjectConflict"));
        assert!(why.contains("negotiation"), "{why}");
        assert_eq!(asset(version, "GET").await.status, 200);
    }
}

#[tokio::test]
async fn metadata_for_a_data_plane_comes_back_as_it_was_given() {
    let story = Story::begin().await;
    let desk = Desk {
        story: &story,
        version: Version::V4,
    };
    let metadata = json!({ "@type": "DataplaneMetadata", "labels": ["eu"], "properties": { "zone": "b" } });
    let asset = desk.asset("m", &json!({ "dataplaneMetadata": metadata, "privateProperties": {} }));
    desk.does("POST", "/assets", Some(&asset)).await;
    let shown = desk.does("GET", "/assets/m", None).await;
    assert_eq!(shown["dataplaneMetadata"], metadata, "{shown}");
    assert_eq!(shown.get("privateProperties"), None);
}

#[tokio::test]
async fn queries_of_assets() {
    let story = Story::begin().await;
    for version in Version::BOTH {
        let desk = Desk { story: &story, version };
        let id = |name: &str| format!("{}-{name}", version.path());
        for (name, rank) in [("a", 1), ("b", 2), ("c", 3)] {
            let properties = json!({ "properties": { "name": id(name), "version": version.path(), "rank": rank } });
            desk.does("POST", "/assets", Some(&desk.asset(&id(name), &properties)))
                .await;
        }
        let whole = format!("{EDC}name");
        let quoted = format!("'{EDC}name'");
        let private = format!("privateProperties.'{EDC}note'");
        for (left, operator, right, wanted) in [
            ("@id", "=", json!(id("a")), vec!["a"]),
            (&format!("{EDC}id"), "=", json!(id("b")), vec!["b"]),
            ("id", "in", json!([id("a"), id("c")]), vec!["a", "c"]),
            (&whole, "=", json!(id("b")), vec!["b"]),
            (&quoted, "like", json!(id("%")), vec!["a", "b", "c"]),
            (&private, "=", json!(format!("of {}", id("c"))), vec!["c"]),
            ("no.such", "=", json!("x"), vec![]),
        ] {
            let found = desk.found("assets", criterion(left, operator, &right)).await;
            let wanted: Vec<_> = wanted.into_iter().map(id).collect();
            assert_eq!(ids(&found), wanted, "{version:?} {left} {operator}");
        }
        let mut sorted = criterion("version", "=", &json!(version.path()));
        sorted["sortField"] = json!("rank");
        sorted["sortOrder"] = json!("DESC");
        sorted["offset"] = json!(1);
        sorted["limit"] = json!(1);
        assert_eq!(ids(&desk.found("assets", sorted).await), [id("b")]);
    }
}

#[tokio::test]
async fn a_list_that_may_go_on_says_where() {
    let story = Story::begin().await;
    let desk = Desk {
        story: &story,
        version: Version::V3,
    };
    for id in ["a", "b"] {
        desk.does("POST", "/assets", Some(&desk.asset(id, &json!({})))).await;
    }
    // With the one that the story offers there are three.
    for (offset, found, next) in [(0, 2, Some("2")), (2, 1, None)] {
        let query = Version::V3.request("QuerySpec", &json!({ "offset": offset, "limit": 2 }));
        let got = story
            .ask(&story.provider, Version::V3, "POST", "/assets/request", Some(&query))
            .await;
        assert_eq!(got.json.as_array().unwrap().len(), found, "{}", got.json);
        let said = got.headers.get("chapar-next-offset").map(|next| next.to_str().unwrap());
        assert_eq!(said, next, "from {offset}");
    }
}

#[tokio::test]
async fn secrets() {
    let story = Story::begin().await;
    for version in Version::BOTH {
        let desk = Desk { story: &story, version };
        let secret = |id: &str, value: &str| version.request("Secret", &json!({ "@id": id, "value": value }));
        let id = format!("{}-door", version.path());
        let path = format!("/secrets/{id}");
        desk.does("POST", "/secrets", Some(&secret(&id, "first"))).await;
        let twice = desk.fails("POST", "/secrets", Some(&secret(&id, "first"))).await;
        assert_eq!(twice, (409, "ObjectConflict".to_owned()));
        desk.does("PUT", "/secrets", Some(&secret(&id, "second"))).await;
        let shown = desk.does("GET", &path, None).await;
        assert_eq!(
            (shown["@id"].as_str(), shown["value"].as_str()),
            (Some(id.as_str()), Some("second"))
        );
        let other = story.ask(&story.consumer, version, "GET", &path, None).await;
        assert_eq!(error(&other).0, 404, "another participant's");
        assert_eq!(desk.fails("PUT", "/secrets", Some(&secret("none", "x"))).await.0, 404);
        desk.does("DELETE", &path, None).await;
        assert_eq!(desk.fails("GET", &path, None).await, (404, "ObjectNotFound".to_owned()));
        let no_value = version.request("Secret", &json!({ "@id": "x" }));
        assert_eq!(desk.fails("POST", "/secrets", Some(&no_value)).await.0, 400);
    }
}

#[tokio::test]
async fn policies_and_definitions_have_private_properties_and_hold_on_to_what_they_name() {
    let story = Story::begin().await;
    for version in Version::BOTH {
        let desk = Desk { story: &story, version };
        let id = |name: &str| format!("{}-{name}", version.path());
        let (policy, definition) = (id("policy"), id("definition"));
        let policy_path = format!("/policydefinitions/{policy}");
        let definition_path = format!("/contractdefinitions/{definition}");
        let private = json!({ "owner": id("team") });
        let body = version.request(
            "ContractDefinition",
            &json!({
                "@id": definition, "accessPolicyId": policy, "contractPolicyId": policy, "assetsSelector": [],
                "privateProperties": private,
            }),
        );
        desk.does("POST", "/contractdefinitions", Some(&body)).await;
        assert_eq!(desk.fails("POST", "/contractdefinitions", Some(&body)).await.0, 409);
        let permit = version.policy("Set", &json!({ "permission": [{ "action": "use" }] }));
        let body = version.request(
            "PolicyDefinition",
            &json!({
                "@id": policy, "policy": permit, "privateProperties": private,
            }),
        );
        desk.does("POST", "/policydefinitions", Some(&body)).await;
        assert_eq!(desk.fails("POST", "/policydefinitions", Some(&body)).await.0, 409);
        for (noun, path) in [
            ("policydefinitions", &policy_path),
            ("contractdefinitions", &definition_path),
        ] {
            let shown = desk.does("GET", path, None).await;
            assert_eq!(shown["privateProperties"], private, "{shown}");
            let left = format!("privateProperties.'{EDC}owner'");
            let found = desk.found(noun, criterion(&left, "=", &json!(id("team")))).await;
            assert_eq!(ids(&found), [path.rsplit('/').next().unwrap()]);
        }
        let used = desk.fails("DELETE", &policy_path, None).await;
        assert_eq!(used, (409, "ObjectConflict".to_owned()));
        desk.does("DELETE", &definition_path, None).await;
        desk.does("DELETE", &policy_path, None).await;
        let none = version.request("PolicyDefinition", &json!({ "policy": permit }));
        assert_eq!(desk.fails("PUT", "/policydefinitions/none", Some(&none)).await.0, 404);
    }
}

#[tokio::test]
async fn an_asset_under_agreement_stays() {
    let story = Story::offered(Version::V3).await;
    story.agreed(Version::V3).await;
    for version in Version::BOTH {
        let desk = Desk { story: &story, version };
        let used = desk.fails("DELETE", &format!("/assets/{}", story::ASSET), None).await;
        assert_eq!(used, (409, "ObjectConflict".to_owned()));
    }
}

/// `dcat:odd` is a legal id in version 3; the context of version 4 would read it as a term of DCAT's.
#[tokio::test]
async fn an_id_that_a_context_would_read_as_another_breaks_no_list() {
    let story = Story::begin().await;
    let v3 = Desk {
        story: &story,
        version: Version::V3,
    };
    for id in ["dcat:odd", "even"] {
        v3.does("POST", "/assets", Some(&v3.asset(id, &json!({})))).await;
    }
    for version in Version::BOTH {
        let desk = Desk { story: &story, version };
        let found = desk.does("POST", "/assets/request", None).await;
        assert_eq!(ids(&found), ["certificate-1", "dcat:odd", "even"], "{found}");
        assert_eq!(found[2]["properties"]["name"], "even", "{found}");
        let shown = desk.does("GET", "/assets/dcat:odd", None).await;
        assert_eq!(shown["@id"], "dcat:odd", "{shown}");
    }
}
