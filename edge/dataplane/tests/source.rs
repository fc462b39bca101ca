//! Data that lie elsewhere: what a consumer may say to their source, and what it hears of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod node;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use chapar_dsp::transfer::Message;
use http::StatusCode;
use node::{Node, split};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// A source that says what it was asked; below `/broken` one that breaks off, below `/status` one that answers as it is told.
async fn source() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    address
}

async fn answer(request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    if let Some(status) = path.strip_prefix("/status/") {
        let status: u16 = status.split('/').next().unwrap().parse().unwrap();
        return (StatusCode::from_u16(status).unwrap(), "inner words").into_response();
    }
    let forever = futures_util::stream::pending::<Result<&str, std::io::Error>>();
    let some = futures_util::stream::iter([Ok("some")]);
    match path.as_str() {
        "/broken" => {
            // Later, so that what came before is on its way.
            let broken = futures_util::stream::once(async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Err(std::io::Error::other("broken"))
            });
            Response::new(Body::from_stream(futures_util::StreamExt::chain(some, broken)))
        }
        "/stuck" => Response::new(Body::from_stream(futures_util::StreamExt::chain(some, forever))),
        _ => {
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let kind = head
                .headers
                .get("content-type")
                .map_or("", |kind| kind.to_str().unwrap());
            let query = head.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            let heard = format!(
                "{} {path}{query} {kind} {}",
                head.method,
                String::from_utf8(body.to_vec()).unwrap()
            );
            (
                [("x-inner", "1"), ("content-type", "text/csv")],
                heard.trim_end().to_owned(),
            )
                .into_response()
        }
    }
}

fn at(base: &str, more: &Value) -> Value {
    let mut address = json!({ "type": "HttpData", "baseUrl": base });
    address
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_hears_what_the_consumer_may_say() {
    let mut node = Node::start("heard").await;
    let base = format!("{}/base", source().await);
    node.asset("uz-plant", "closed", at(&base, &json!({ "path": "own" })))
        .await;
    let open = json!({ "proxyPath": "true", "proxyQueryParams": "true", "proxyMethod": "true", "proxyBody": "true" });
    node.asset("uz-plant", "open", at(&base, &open)).await;
    let closed = node.transfer("uz-plant", "closed", "urn:uuid:c1").await;
    let open = node.transfer("uz-plant", "open", "urn:uuid:c2").await;
    for (given, method, tail, heard) in [
        (&closed, "GET", "", "GET /base/own"),
        (&closed, "GET", "/", "GET /base/own"),
        (&closed, "POST", "/below?q=1", "GET /base/own"),
        (&open, "GET", "", "GET /base"),
        (&open, "GET", "/", "GET /base"),
        (&open, "GET", "?q=1", "GET /base?q=1"),
        (&open, "GET", "/?q=1", "GET /base?q=1"),
        (
            &open,
            "GET",
            "/below/a%20b?q=1&r=%2F",
            "GET /base/below/a%20b?q=1&r=%2F",
        ),
        (&open, "POST", "/below", "POST /base/below text/plain said"),
        (&open, "DELETE", "/below", "DELETE /base/below"),
    ] {
        let body = if method == "POST" { "said" } else { "" };
        let length = body.len().to_string();
        let fields = [
            ("Authorization", given.token.as_str()),
            ("Content-Length", &length),
            ("Content-Type", "text/plain"),
        ];
        let fields = if method == "POST" { &fields[..] } else { &fields[..1] };
        let got = node
            .send(method, &format!("{}{tail}", given.path()), fields, body.as_bytes())
            .await;
        assert_eq!(
            (got.status, String::from_utf8(got.body.clone()).unwrap().as_str()),
            (200, heard),
            "{tail}"
        );
        assert_eq!(
            (got.field("content-type"), got.field("x-inner")),
            (Some("text/csv"), None)
        );
    }
    for (given, method, allowed) in [
        (&open, "TRACE", Some("GET, HEAD, POST, PUT, PATCH, DELETE")),
        (&closed, "TRACE", None),
    ] {
        let got = node
            .request(method, given.path(), &[("Authorization", &given.token)])
            .await;
        assert_eq!(
            (got.status == 405, got.field("allow")),
            (allowed.is_some(), allowed),
            "{method}"
        );
    }
    let seen = node.accesses(&open).await;
    assert_eq!(
        (seen[0].status, seen[0].bytes),
        (200, 9),
        "what was handed on is written down"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_had_with_a_slash_behind_and_nothing_lies_below_it() {
    let mut node = Node::start("slash").await;
    node.document("uz-plant", "registry", 10).await;
    let given = node.transfer("uz-plant", "registry", "urn:uuid:c1").await;
    let token = [("Authorization", given.token.as_str())];
    for (method, tail, status, code) in [
        ("GET", "", 200, None),
        ("GET", "/", 200, None),
        ("GET", "/?q=1", 200, None),
        ("GET", "/below", 404, Some("not-found")),
        ("POST", "/", 405, Some("method-not-allowed")),
    ] {
        let got = node.request(method, &format!("{}{tail}", given.path()), &token).await;
        assert_eq!(got.status, status, "{tail}: {}", got.head);
        match code {
            None => assert_eq!(got.body, node::bytes(0, 10)),
            Some(code) => assert_eq!(got.code(), code),
        }
        if status == 405 {
            assert_eq!(got.field("allow"), Some("GET, HEAD"));
        }
    }
    let bare = node.get(&format!("{}/", given.path()), &[]).await;
    assert_eq!((bare.status, bare.code().as_str()), (401, "token-missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_gives_nothing_has_a_stable_code() {
    let mut node = Node::start("failed").await;
    let base = source().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let open = json!({ "proxyPath": true, "proxyBody": true });
    let secret = json!({ "authKey": "x-key", "secretName": "nobody-knows" });
    for (id, address, tail, expected) in [
        ("a", at(&nowhere, &json!({})), "", (502, "source-failed")),
        (
            "b",
            at(&format!("{base}/status/500"), &json!({})),
            "",
            (502, "source-failed"),
        ),
        (
            "c",
            at(&format!("{base}/status/404"), &json!({})),
            "",
            (502, "source-failed"),
        ),
        (
            "d",
            at(&format!("{base}/status/302"), &json!({})),
            "",
            (502, "source-failed"),
        ),
        ("e", at(&base, &secret), "", (502, "source-failed")),
        ("f", at("http://10.1.2.3/x", &json!({})), "", (502, "source-failed")),
        (
            "g",
            at(&format!("{base}/status/404"), &open),
            "/below",
            (404, "not-found"),
        ),
        ("h", at(&base, &open), "/%2e%2e/x", (400, "path-refused")),
    ] {
        node.asset("uz-plant", id, address).await;
        let given = node.transfer("uz-plant", id, &format!("urn:uuid:{id}")).await;
        let got = node
            .get(&format!("{}{tail}", given.path()), &[("Authorization", &given.token)])
            .await;
        assert_eq!((got.status, got.code().as_str()), expected, "{id}");
        let told = String::from_utf8(got.body).unwrap();
        for inner in ["127.0.0.1", "10.1.2.3", "inner words", "nobody-knows"] {
            assert!(!told.contains(inner), "{id}: {told}");
        }
        assert_eq!(node.accesses(&given).await[0].status, i64::from(expected.0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_long_is_refused() {
    let mut node = Node::start("long").await;
    let base = source().await;
    node.asset(
        "uz-plant",
        "open",
        at(&base, &json!({ "proxyBody": true, "method": "POST" })),
    )
    .await;
    let given = node.transfer("uz-plant", "open", "urn:uuid:c1").await;
    let long = (64 * 1024 * 1024 + 1).to_string();
    let fields = [("Authorization", given.token.as_str()), ("Content-Length", &long)];
    let got = node.send("POST", given.path(), &fields, b"").await;
    assert_eq!((got.status, got.code().as_str()), (413, "body-refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_not_taken_for_the_whole() {
    let mut node = Node::start("part").await;
    let base = source().await;
    node.asset("uz-plant", "broken", at(&format!("{base}/broken"), &json!({})))
        .await;
    let given = node.transfer("uz-plant", "broken", "urn:uuid:c1").await;
    let got = node.get(given.path(), &[("Authorization", &given.token)]).await;
    assert_eq!(got.field("transfer-encoding"), Some("chunked"));
    assert!(
        got.status == 200 && !got.body.ends_with(b"0\r\n\r\n"),
        "it ends as if it were whole"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_a_source_is_cut_when_access_closes() {
    let mut node = Node::start("cut").await;
    let base = source().await;
    node.asset("uz-plant", "stuck", at(&format!("{base}/stuck"), &json!({})))
        .await;
    let given = node.transfer("uz-plant", "stuck", "urn:uuid:c1").await;
    let mut stream = node.ask("GET", given.path(), &[("Authorization", &given.token)]).await;
    let mut some = [0; 16];
    assert!(stream.read(&mut some).await.unwrap() > 0);
    node.tell(&given, Message::Suspension).await;
    let closed = Instant::now();
    let mut rest = some.to_vec();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(closed.elapsed() < Duration::from_secs(1), "{:?}", closed.elapsed());
    assert!(!split(rest).body.ends_with(b"0\r\n\r\n"));
    let again = node.get(given.path(), &[("Authorization", &given.token)]).await;
    assert_eq!((again.status, again.code().as_str()), (403, "access-closed"));
}
