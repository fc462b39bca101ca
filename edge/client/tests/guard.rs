//! The egress guard as seen from a URL: names that point inside, odd spellings, redirects.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod server;

use bytes::Bytes;
use chapar_client::{Cidr, Client, EgressPolicy, SendFault, Settings};
use http::{Response, StatusCode, header::LOCATION};
use http_body_util::Full;
use server::{Planted, Server, fetch, local, local_client, text};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

fn client_with(policy: EgressPolicy, names: Planted) -> Client {
    Client::new(Settings {
        resolver: Arc::new(names),
        ..Settings::new(policy)
    })
    .unwrap()
}

fn code(fault: &SendFault) -> &'static str {
    assert!(!fault.is_retryable(), "{fault}");
    fault.code()
}

#[tokio::test]
async fn a_name_that_points_inside_is_refused_whatever_else_it_points_to() {
    for (answers, expected) in [
        (&["127.0.0.1"][..], "egress.loopback"),
        (&["::ffff:127.0.0.1"], "egress.loopback"),
        (&["10.0.0.5"], "egress.private"),
        (&["169.254.169.254"], "egress.link-local"),
        (&["fd00::5"], "egress.private"),
        (&["0.0.0.0"], "egress.unspecified"),
        (&["8.8.8.8", "192.168.1.1"], "egress.private"),
        (&["192.168.1.1", "8.8.8.8"], "egress.private"),
    ] {
        let client = client_with(EgressPolicy::default(), Planted::new(&[answers]));
        let fault = client.send(fetch("https://peer.example/dsp")).await.unwrap_err();
        assert_eq!(code(&fault), expected, "{answers:?}");
        let fault = client
            .check("https://peer.example/dsp", Duration::from_secs(1))
            .await
            .unwrap_err();
        assert_eq!(code(&fault), expected, "{answers:?}");
    }
    let client = client_with(EgressPolicy::default(), Planted::new(&[&["8.8.8.8"]]));
    assert_eq!(
        client.check("https://peer.example/dsp", Duration::from_secs(1)).await,
        Ok(())
    );
}

#[tokio::test]
async fn a_refused_name_reaches_no_server() {
    let server = Server::answering(|_| async { text("inside") }).await;
    let client = client_with(EgressPolicy::default(), Planted::new(&[&["127.0.0.1"]]));
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://peer.example:{}/", server.address.port());
        let fault = client.send(fetch(url)).await.unwrap_err();
        assert_eq!(code(&fault), "egress.loopback");
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_address_judged_is_the_address_called() {
    let server = Server::answering(|_| async { text("ok") }).await;
    let block = Cidr::parse("127.0.0.1").unwrap();
    let policy = EgressPolicy {
        networks: vec![block],
        plain_http: vec![block],
        ..EgressPolicy::default()
    };
    // The second answer would be refused: asking twice for one connection is what rebinding lives on.
    let names = Planted::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let asked = Arc::clone(&names.asked);
    let client = client_with(policy, names);
    let url = format!("http://peer.example:{}/", server.address.port());
    assert_eq!(client.send(fetch(url.clone())).await.unwrap().body, "ok");
    assert_eq!(asked.load(SeqCst), 1);
    let fault = client.check(&url, Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(code(&fault), "egress.loopback");
}

#[tokio::test]
async fn literals_and_odd_spellings_of_inner_addresses_are_refused() {
    let client = Client::new(Settings::new(EgressPolicy::default())).unwrap();
    for (url, expected) in [
        ("https://127.0.0.1/", "egress.loopback"),
        ("https://[::1]/", "egress.loopback"),
        ("https://[::ffff:7f00:1]/", "egress.loopback"),
        ("https://localhost/", "egress.loopback"),
        ("https://[64:ff9b::a00:1]:8443/", "egress.private"),
        ("https://192.168.0.1:443/", "egress.private"),
        ("https://0/", "egress.url"),
        ("https://127.1/", "egress.url"),
        ("https://2130706433/", "egress.url"),
        ("https://0x7f000001/", "egress.url"),
        ("https://0x7f.0.0.0x1./", "egress.url"),
        ("https://017700000001/", "egress.url"),
        ("https://127.0.0.1./", "egress.url"),
        ("https://[fe80::1%25eth0]/", "egress.url"),
    ] {
        let fault = client.send(fetch(url)).await.unwrap_err();
        assert_eq!(code(&fault), expected, "{url}");
    }
}

#[tokio::test]
async fn urls_that_are_no_plain_https_urls_are_refused() {
    let client = client_with(EgressPolicy::default(), Planted::new(&[&["8.8.8.8"]]));
    for (url, expected) in [
        ("http://peer.example/", "egress.plain-http"),
        ("ftp://peer.example/", "egress.scheme"),
        ("file:///etc/hostname", "egress.url"),
        ("//peer.example/", "egress.url"),
        ("/dsp", "egress.url"),
        ("", "egress.url"),
        ("https://", "egress.url"),
        ("https://peer.example:99999/", "egress.url"),
        ("https://peer.example:/", "egress.url"),
        ("https://peer.example@10.0.0.1/", "egress.url"),
        ("https://peer.example@8.8.8.8:443/", "egress.url"),
        ("https://peer.example/a b", "egress.url"),
    ] {
        let fault = client.check(url, Duration::from_secs(1)).await.unwrap_err();
        assert_eq!(code(&fault), expected, "`{url}`");
        let fault = client.send(fetch(url)).await.unwrap_err();
        assert_eq!(code(&fault), expected, "`{url}`");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let inner = Server::answering(|_| async { text("inside") }).await;
    let target = inner.url("/secret");
    let outer = Server::answering(move |_| {
        let answer = Response::builder()
            .status(307)
            .header(LOCATION, &target)
            .body(Full::<Bytes>::default());
        async { answer.unwrap() }
    })
    .await;
    let answer = local_client().send(fetch(outer.url("/"))).await.unwrap();
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(outer.requests(), 1);
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn a_name_without_an_address_is_retryable_and_one_with_too_many_is_not_called() {
    let client = client_with(local().egress, Planted::new(&[&[]]));
    let fault = client.send(fetch("https://peer.example/")).await.unwrap_err();
    assert!(
        matches!(fault, SendFault::Resolve { .. }) && fault.is_retryable(),
        "{fault}"
    );

    let many = ["127.0.0.1"; 17];
    let client = client_with(local().egress, Planted::new(&[&many]));
    let fault = client.send(fetch("https://peer.example/")).await.unwrap_err();
    assert!(matches!(fault, SendFault::Resolve { .. }), "{fault}");
}
