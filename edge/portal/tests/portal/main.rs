//! The portal as a reader's browser sees it: every page in every language over a real runtime, its links, its headers, and what hostile
//! texts come to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

mod verify;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::middleware::from_fn_with_state;
use chapar_portal::{Language, Portal, dress, router};
use chapar_test_node::{As, KEYED, Node};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use tower_service::Service;

/// Bytes of the first view of a page: with style sheet and script it stays below 100 KB.
const PAGE: usize = 70 * 1024;

struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

struct Reader {
    node: Node,
    who: As,
    router: Router,
}

impl Reader {
    async fn start(languages: &[Language]) -> Self {
        let node = Node::start().await;
        let who = node.admin(KEYED).await;
        let portal = Portal::new(node.runtime.clone(), languages);
        let router = router(portal.clone())
            .merge(chapar_api::register::router(node.runtime.clone()))
            .merge(chapar_api::log::router(node.runtime.clone()))
            .merge(chapar_api::dsp::router(node.runtime.clone()))
            .layer(from_fn_with_state(portal, dress));
        Self { node, who, router }
    }

    async fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(method, path, fields, Body::empty()).await
    }

    async fn send(&self, method: &str, path: &str, fields: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept", "text/html,*/*;q=0.8");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().call(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }

    async fn publish(&self, kind: &str, name: &str, more: Value, body: Value) -> Value {
        let mut draft = json!({ "kind": kind, "name": name, "noPersonalData": true, "body": body });
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.node.done(&self.who, "POST", "/records", Some(&draft)).await
    }

    /// Waits until everything that was published is in the catalogue.
    async fn settle(&self) {
        for _ in 0..400 {
            let logs = self.node.runtime.register_logs().await.unwrap();
            let keyed = logs["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|log| log["owner"].as_str().unwrap().ends_with(KEYED));
            let log = self.node.get(&self.who, "/logs").await.json;
            let waiting = log["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|log| log["name"] == "register")
                .all(|log| log["waiting"] == 0);
            if waiting && keyed.is_some_and(|log| log["size"] == log["inCatalogue"] && log["size"].as_u64() > Some(0)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the catalogue does not catch up");
    }

    /// One record of every state that there is.
    async fn stock(&self) -> BTreeMap<&'static str, String> {
        let mut ids = BTreeMap::new();
        let mut keep = |name: &'static str, view: &Value| ids.insert(name, view["id"].as_str().unwrap().to_owned());
        let water = |title: &str| dataset(&json!({ "ru": title, "zh": "供水（示例）" }));
        self.publish("dataset", "water", json!({}), water("Вода (пример)"))
            .await;
        let source = self
            .publish("dataset", "water", json!({}), water("Вода и потери (пример)"))
            .await;
        keep("versions", &source);
        let translation = json!({
            "source": source["id"], "sourceHash": source["leafHash"], "language": "kk",
            "translator": { "kk": "Аударма бюросы (мысал)" }, "status": "machine", "body": { "/title": "Су (мысал)" },
        });
        keep(
            "translation",
            &self.publish("translation", "water-kk", json!({}), translation).await,
        );
        let gone = self
            .publish(
                "dataset",
                "gone",
                json!({}),
                dataset(&json!({ "ru": "Отозванная (пример)" })),
            )
            .await;
        keep("withdrawn", &gone);
        let withdrawal =
            json!({ "reason": { "ru": "Заменена (пример)" }, "code": "superseded", "replacedBy": source["id"] });
        self.node
            .done(&self.who, "POST", "/records/gone/withdrawal", Some(&withdrawal))
            .await;
        let sealed = json!({ "visibility": "sealed" });
        keep(
            "sealed",
            &self
                .publish(
                    "dataset",
                    "sealed",
                    sealed,
                    dataset(&json!({ "ru": "Запечатанная (пример)" })),
                )
                .await,
        );
        let old = json!({ "valid": { "from": "2020-01-01T00:00:00Z", "until": "2021-01-01T00:00:00Z" } });
        keep(
            "expired",
            &self
                .publish("dataset", "old", old, dataset(&json!({ "fa": "داده (نمونه)" })))
                .await,
        );
        keep(
            "hostile",
            &self.publish("dataset", "hostile", json!({}), hostile()).await,
        );
        self.settle().await;
        ids
    }
}

fn dataset(title: &Value) -> Value {
    json!({
        "title": title, "description": { "ru": "По районам (пример)" }, "publisher": { "name": { "ru": "Водоканал (пример)" } }, "spatial": ["UZ"],
    })
}

fn hostile() -> Value {
    json!({
        "title": { "ru": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>" },
        "description": { "ru": "</p><style>*{display:none}</style>\u{202e}gnp.exe" },
        "publisher": { "name": { "ru": "&lt;b&gt;<b>x</b>" } },
        "landingPage": "https://a.example/?'onload=alert(1)",
    })
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn links(html: &str) -> Vec<String> {
    let values = html.split(" href=\"").skip(1).chain(html.split(" src=\"").skip(1));
    let values = values.filter_map(|rest| rest.split('"').next());
    values.map(|link| link.replace("&amp;", "&")).collect()
}

/// The tags of a page, without the values of their attributes and without the texts between them.
fn tags(html: &str) -> String {
    let pieces = html.split('<').skip(1).map(|piece| piece.split('>').next().unwrap());
    let plain = pieces.map(|tag| format!("<{}>", tag.split('"').step_by(2).collect::<String>()));
    plain.collect()
}

/// What every page must be.
fn check_page(answer: &Answer, language: Language, place: &str) {
    let dir = if ["fa", "ur"].contains(&language.code()) {
        "rtl"
    } else {
        "ltr"
    };
    let html = &answer.text;
    let opening = format!("<!DOCTYPE html><html lang=\"{}\" dir=\"{dir}\">", language.code());
    assert!(html.starts_with(&opening), "{place}: {}", &html[..html.len().min(200)]);
    assert!(html.len() < PAGE, "{place}: {} bytes", html.len());
    let tags = tags(html);
    for wrong in [
        " style=",
        "<style",
        " onerror=",
        " onload=",
        " onclick=",
        "<img",
        "<script>",
        "<iframe",
        "<base",
    ] {
        assert!(!tags.contains(wrong), "{place}: `{wrong}` in {tags}");
    }
    assert!(!html.contains("=\"javascript:"), "{place}");
    assert_eq!(html.matches("<h1").count(), 1, "{place}");
    assert_eq!(html.matches("<main").count(), 1, "{place}");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{place}"
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{place}");
    let says_draft = html.contains("class=\"draft\"");
    assert_eq!(
        says_draft,
        language.is_draft(),
        "{place}: a draft says so, and nothing else does"
    );
}

#[tokio::test]
async fn every_page_is_whole_in_every_language() {
    let reader = Reader::start(&Language::ALL).await;
    for language in Language::ALL {
        let empty = reader.get(&format!("/{}/", language.code())).await;
        assert_eq!(empty.status, 200);
        check_page(&empty, language, "empty node");
        assert!(empty.text.contains("chapar record publish"), "what to do first");
    }
    let ids = reader.stock().await;
    let issuer = ids["versions"].split("/records/").next().unwrap().to_owned();
    for language in Language::ALL {
        let code = language.code();
        let mut places = vec![
            format!("/{code}/"),
            format!("/{code}/register"),
            format!("/{code}/register?q={}&kind=dataset&clause=2&state=UZ", encoded("вода")),
            format!("/{code}/register?q={}", encoded("нетакогослова")),
            format!("/{code}/register?q=..."),
            format!("/{code}/mesh"),
            format!("/{code}/verify"),
            format!("/{code}/verify?text={}", encoded(&ids["withdrawn"])),
            format!("/{code}/verify?text=water"),
            format!("/{code}/gallery"),
            format!("/{code}/bodies/{}", encoded(&issuer)),
            format!("/{code}/records/{}?version=1", encoded(&ids["versions"])),
        ];
        places.extend(ids.values().map(|id| format!("/{code}/records/{}", encoded(id))));
        for place in &places {
            let answer = reader.get(place).await;
            assert_eq!(answer.status, 200, "{place}: {}", answer.text);
            check_page(&answer, language, place);
        }
        for (place, status) in [
            (format!("/{code}/nowhere"), 404),
            (format!("/{code}/records/none"), 404),
            (format!("/{code}/bodies/did:web:nobody.example"), 404),
            (format!("/{code}/register?q={}", "a".repeat(9000)), 400),
        ] {
            let answer = reader.get(&place).await;
            assert_eq!(answer.status, status, "{place}");
            check_page(&answer, language, &place);
        }
    }
}

#[tokio::test]
async fn each_state_of_a_record_is_said() {
    let reader = Reader::start(&Language::USUAL).await;
    let ids = reader.stock().await;
    let page = async |name: &str, more: &str| {
        reader
            .get(&format!("/ru/records/{}{more}", encoded(&ids[name])))
            .await
            .text
    };
    let versions = page("versions", "").await;
    for said in [
        "Вода и потери (пример)",
        "<del dir=\"auto\">Вода (пример)</del>",
        "<ins dir=\"auto\">Вода и потери (пример)</ins>",
        "Су (мысал)",
        "машинный",
        "Республика Узбекистан",
        "chapar verify http",
    ] {
        assert!(versions.contains(said), "{said} is not in {versions}");
    }
    assert!(page("versions", "?version=1").await.contains("Это прежняя версия"));
    let withdrawn = page("withdrawn", "").await;
    assert!(
        withdrawn.contains("Автор отозвал эту запись")
            && withdrawn.contains("Она заменена.")
            && withdrawn.contains("Вместо неё:")
    );
    let sealed = page("sealed", "").await;
    assert!(sealed.contains("Автор зафиксировал содержание") && !sealed.contains("Запечатанная (пример)"));
    let expired = page("expired", "").await;
    assert!(
        expired.contains("Больше не действует")
            && expired.contains("<span lang=\"fa\" dir=\"rtl\">داده (نمونه)</span>")
    );
    assert!(expired.contains("персидский"), "the language that is shown is named");
    let hostile = page("hostile", "").await;
    assert!(hostile.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{hostile}");
    let found = reader.get(&format!("/ru/register?q={}", encoded("потери"))).await.text;
    assert!(found.contains("Вода и потери (пример)"), "{found}");
}

#[tokio::test]
async fn every_link_of_the_portal_answers() {
    let reader = Reader::start(&Language::USUAL).await;
    reader.stock().await;
    let mut seen = BTreeSet::new();
    let mut next = VecDeque::from(["/ru/".to_owned(), "/zh/gallery".to_owned()]);
    while let Some(place) = next.pop_front() {
        if !seen.insert(place.clone()) || seen.len() > 600 {
            continue;
        }
        let answer = reader.get(&place).await;
        assert!(answer.status == 200, "{place}: {}", answer.status);
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        for link in links(&answer.text) {
            match link.strip_prefix('/') {
                // The page about the register's door is the node's own.
                Some("chapar/v1/register/docs") => {}
                // The samples of the gallery are held by nobody.
                Some(rest) if place.ends_with("/gallery") && rest.contains("sample") => {}
                Some(_) => next.push_back(link),
                None => {
                    let is_outside = link.starts_with("https://") || link.starts_with("http://");
                    let anchor = link.strip_prefix('#');
                    let is_here = anchor.is_some_and(|id| answer.text.contains(&format!(" id=\"{id}\"")));
                    // The gallery's pager leads nowhere.
                    assert!(is_outside || is_here || place.ends_with("/gallery"), "{place}: {link}");
                }
            }
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

#[tokio::test]
async fn the_front_door_leads_to_the_readers_language() {
    let reader = Reader::start(&Language::USUAL).await;
    for (wished, expected) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", "/zh/"),
        ("fa,en;q=0.5", "/en/"),
        ("de", "/ru/"),
        ("", "/ru/"),
    ] {
        let answer = reader.ask("GET", "/", &[("accept-language", wished)]).await;
        assert_eq!((answer.status, answer.header("location")), (303, expected), "{wished}");
        assert_eq!(answer.header("vary"), "accept-language");
    }
    let bare = reader.get("/zh").await;
    assert_eq!((bare.status, bare.header("location")), (308, "/zh/"));
    let off = reader.ask("GET", "/fa/", &[("accept-language", "zh")]).await;
    assert_eq!(off.status, 404, "drafts are off by default");
    check_page(&off, Language::Zh, "/fa/");
}

#[tokio::test]
async fn another_language_keeps_place_and_question() {
    let reader = Reader::start(&Language::USUAL).await;
    let question = format!("q={}&kind=dataset", encoded("вода 1&2"));
    let page = reader.get(&format!("/ru/register?{question}")).await.text;
    let newest = reader.get(&format!("/ru/register?{question}&order=newest")).await.text;
    assert!(
        newest.contains("<input type=\"hidden\" name=\"order\" value=\"newest\">"),
        "the form keeps the order"
    );
    let switch = page
        .split("class=\"tongues\"")
        .nth(1)
        .unwrap()
        .split("</nav>")
        .next()
        .unwrap();
    let zh = links(switch).into_iter().find(|link| link.starts_with("/zh/")).unwrap();
    let there = reader.get(&zh).await.text;
    assert!(
        there.contains("value=\"вода 1&amp;2\"") && there.contains("value=\"dataset\" checked"),
        "{zh}: {there}"
    );
    assert!(
        switch.contains("lang=\"zh\"") && switch.contains("中文") && switch.contains("English"),
        "{switch}"
    );
}

#[tokio::test]
async fn whoever_has_a_page_is_told_so_and_heads_have_no_body() {
    let reader = Reader::start(&Language::USUAL).await;
    let page = reader.get("/en/register").await;
    let tag = page.header("etag").to_owned();
    assert_eq!(page.header("cache-control"), "public, no-cache");
    let again = reader.ask("GET", "/en/register", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.len()), (304, 0));
    let head = reader.ask("HEAD", "/en/register", &[]).await;
    assert_eq!(
        (head.status, head.text.len(), head.header("etag")),
        (200, 0, tag.as_str())
    );
    let sheet = links(&page.text)
        .into_iter()
        .find(|link| link.ends_with(".css"))
        .unwrap();
    let sheet = reader.get(&sheet).await;
    assert!(
        sheet.header("cache-control").contains("immutable") && sheet.header("content-type").starts_with("text/css")
    );
    assert_eq!(reader.get("/portal/other.css").await.status, 404);
}

#[tokio::test]
async fn programs_are_refused_as_ever_and_readers_in_words() {
    let reader = Reader::start(&Language::USUAL).await;
    let program = reader.ask("GET", "/nowhere", &[("accept", "application/json")]).await;
    // Both fields are sent; a program that names no HTML is meant.
    assert_eq!(program.status, 404);
    let request = Request::builder().uri("/nowhere").body(Body::empty()).unwrap();
    let bare = reader.router.clone().call(request).await.unwrap();
    assert_eq!(bare.status(), 404);
    assert!(to_bytes(bare.into_body(), 1000).await.unwrap().is_empty());
    let told = reader.get("/chapar/v1/register/records?kind=log-alarm").await;
    assert!(
        told.header("content-type").starts_with("application/problem+json"),
        "what has words keeps them"
    );
}

#[tokio::test]
async fn too_many_requests_and_faults_are_pages_too() {
    let reader = Reader::start(&Language::USUAL).await;
    let refused = |status: u16| {
        let portal = Portal::new(reader.node.runtime.clone(), &Language::USUAL);
        let status = axum::http::StatusCode::from_u16(status).unwrap();
        let answer = move || async move { (status, [("retry-after", "3")], "no\n") };
        Router::new()
            .route("/zh/register", axum::routing::get(answer))
            .layer(from_fn_with_state(portal, dress))
    };
    for (status, said) in [
        (429, "请求过多"),
        (503, "本节点暂时无法应答"),
        (500, "本节点暂时无法应答"),
    ] {
        let request = Request::builder().uri("/zh/register").header("accept", "text/html");
        let request = request.body(Body::empty()).unwrap();
        let response = refused(status).call(request).await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["retry-after"], "3");
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(String::from_utf8(bytes.into()).unwrap().contains(said), "{status}");
    }
}

#[tokio::test]
async fn nobody_new_is_called_like_a_language() {
    let reader = Reader::start(&Language::USUAL).await;
    let operator = reader.node.operator();
    for (slug, status) in [("uz", 400), ("ru", 400), ("uz-post", 201)] {
        let answer = reader
            .node
            .ask(&operator, "POST", "/participants", Some(&json!({ "slug": slug })))
            .await;
        assert_eq!(answer.status, status, "{slug}: {}", answer.json);
    }
}

#[tokio::test]
async fn who_was_called_like_a_language_before_keeps_every_address() {
    let mut reader = Reader::start(&Language::ALL).await;
    let row = chapar_store::ParticipantRow {
        slug: "kk".to_owned(),
        participant_id: "urn:connector:kk".to_owned(),
        identity: "development".to_owned(),
        config: json!({ "peer": "urn:connector:peer", "form": "plain" }).to_string(),
        created_at: 0,
    };
    reader
        .node
        .store
        .add_participant(row, Vec::new(), Vec::new())
        .await
        .unwrap();
    reader.node = reader.node.start_again().await;
    let portal = Portal::new(reader.node.runtime.clone(), &Language::ALL);
    reader.router = router(portal.clone())
        .merge(chapar_api::dsp::router(reader.node.runtime.clone()))
        .layer(from_fn_with_state(portal, dress));
    let version = reader.get("/kk/dsp/.well-known/dspace-version").await;
    assert!(
        version.status == 200 && version.text.contains("2025-1"),
        "{}",
        version.text
    );
    assert_eq!(reader.get("/kk/").await.status, 200, "and so does the portal");
}

/// The texts between the tags of a page, but for those that are marked as others' or as no text of a language.
fn own_texts(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut hidden: Vec<String> = Vec::new();
    let body = html.split_once("<body").unwrap().1;
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        let name = tag.trim_start_matches('/').split(' ').next().unwrap().to_owned();
        let is_void = ["input", "br", "link", "meta", "circle", "rect"].contains(&name.as_str());
        if let Some(closing) = tag.strip_prefix('/') {
            if hidden.last().is_some_and(|open| open == closing) {
                hidden.pop();
            }
        } else if !is_void {
            let is_foreign = tag.contains(" lang=") || tag.contains("translate=\"no\"") || tag.contains("dir=\"ltr\"");
            let is_marked = ["code", "bdi", "pre", "script"].contains(&name.as_str())
                || tag.contains("class=\"exports\"")
                || tag.contains("class=\"copy-text\"");
            // A tag of the same name within a hidden one is counted too, so that its end does not end the hiding.
            if is_foreign || is_marked || hidden.last().is_some_and(|open| *open == name) {
                hidden.push(name);
            }
        }
        if hidden.is_empty() && text.chars().any(|letter| letter.is_ascii_alphabetic()) {
            found.push(text.to_owned());
        }
    }
    found
}

#[tokio::test]
async fn no_text_for_people_stands_outside_the_locale_files() {
    let reader = Reader::start(&Language::USUAL).await;
    let ids = reader.stock().await;
    let mut places = vec![
        "/zh/".to_owned(),
        "/zh/register".to_owned(),
        "/zh/mesh".to_owned(),
        "/zh/gallery".to_owned(),
        "/zh/x".to_owned(),
    ];
    places.extend(ids.values().map(|id| format!("/zh/records/{}", encoded(id))));
    let locale = include_str!("../../locales/zh/portal.ftl");
    for place in places {
        let html = reader.get(&place).await.text;
        for text in own_texts(&html) {
            // Abbreviations within Chinese messages, and media types and the like that stand in bodies.
            let words = text
                .split(|letter: char| !letter.is_ascii_alphabetic())
                .filter(|word| word.len() > 1);
            for word in words {
                let is_known = locale.contains(word) || ["UTC", "SHA", "csv", "text", "MPEG"].contains(&word);
                assert!(is_known, "{place}: `{word}` in `{text}`");
            }
        }
    }
}
