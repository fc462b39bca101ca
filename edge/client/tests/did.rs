//! DID resolution against a server on loopback: one flight, memory, refresh, bounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod server;

use bytes::Bytes;
use chapar_client::{Clock, DidFault, DidResolver, FetchSettings, SendFault};
use chapar_terms::Instant;
use chapar_trust::did::{Insecure, plain_host};
use http::Response;
use http_body_util::Full;
use server::{Server, local_client};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Default)]
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_unix_ms(self.0.load(SeqCst))
    }
}

/// A host of DID documents whose answer can be changed, and a resolver with a clock moved by hand.
struct Stage {
    server: Server,
    clock: Arc<HandClock>,
    resolver: DidResolver,
    keys: Arc<Mutex<Vec<&'static str>>>,
    status: Arc<AtomicUsize>,
}

impl Stage {
    async fn new(settings: FetchSettings) -> Self {
        let keys = Arc::new(Mutex::new(vec!["k1"]));
        let status = Arc::new(AtomicUsize::new(200));
        let (listed, told) = (Arc::clone(&keys), Arc::clone(&status));
        let server = Server::answering(move |request| {
            let slug = request.uri().path().split('/').nth(1).unwrap().to_owned();
            let host = request.headers()["host"].to_str().unwrap().replace(':', "%3A");
            let body = document(&format!("did:web:{host}:{slug}"), &listed.lock().unwrap());
            let status = u16::try_from(told.load(SeqCst)).unwrap();
            async move {
                tokio::time::sleep(Duration::from_millis(30)).await;
                Response::builder()
                    .status(status)
                    .body(Full::<Bytes>::from(body))
                    .unwrap()
            }
        })
        .await;
        let clock = Arc::new(HandClock::default());
        let resolver = DidResolver::new(local_client(), Arc::clone(&clock) as _, Insecure::LOOPBACK, settings);
        Self {
            server,
            clock,
            resolver,
            keys,
            status,
        }
    }

    fn did(&self, slug: &str) -> String {
        format!("did:web:localhost%3A{}:{slug}", self.server.address.port())
    }

    fn advance(&self, span: Duration) {
        self.clock.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), SeqCst);
    }
}

fn document(did: &str, keys: &[&str]) -> String {
    let method = |key: &&str| {
        format!(
            r#"{{"id":"{did}#{key}","type":"JsonWebKey2020","controller":"{did}","publicKeyJwk":
            {{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}}}"#
        )
    };
    let methods: Vec<_> = keys.iter().map(method).collect();
    format!(r#"{{"id":"{did}","verificationMethod":[{}]}}"#, methods.join(","))
}

#[tokio::test]
async fn many_askers_share_one_flight_and_then_the_memory() {
    let stage = Stage::new(FetchSettings::default()).await;
    let did = stage.did("uz-plant");
    let mut askers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (resolver, did) = (stage.resolver.clone(), did.clone());
        askers.spawn(async move { resolver.document(&did).await.unwrap().id.as_str().to_owned() });
    }
    while let Some(id) = askers.join_next().await {
        assert_eq!(id.unwrap(), did);
    }
    assert_eq!(stage.server.requests(), 1);
    stage.advance(FetchSettings::default().expiry - Duration::from_millis(1));
    stage.resolver.document(&did).await.unwrap();
    assert_eq!(stage.server.requests(), 1);
    stage.advance(Duration::from_millis(1));
    stage.resolver.document(&did).await.unwrap();
    assert_eq!(stage.server.requests(), 2);
}

#[tokio::test]
async fn an_asker_who_hangs_up_does_not_end_the_flight() {
    let stage = Stage::new(FetchSettings::default()).await;
    let did = stage.did("uz-plant");
    let asked = tokio::time::timeout(Duration::from_millis(5), stage.resolver.document(&did)).await;
    assert!(asked.is_err());
    stage.resolver.document(&did).await.unwrap();
    assert_eq!(stage.server.requests(), 1);
}

#[tokio::test]
async fn a_failure_is_remembered_for_a_short_while() {
    let stage = Stage::new(FetchSettings::default()).await;
    let did = stage.did("uz-plant");
    stage.status.store(503, SeqCst);
    for _ in 0..5 {
        let fault = stage.resolver.document(&did).await.unwrap_err();
        assert_eq!(fault, DidFault::Status(503));
        assert!(fault.is_retryable());
    }
    assert_eq!(stage.server.requests(), 1);
    stage.status.store(200, SeqCst);
    stage.advance(FetchSettings::default().failure_expiry);
    stage.resolver.document(&did).await.unwrap();
    assert_eq!(stage.server.requests(), 2);
}

#[tokio::test]
async fn an_unknown_key_asks_again_but_not_more_often_than_the_interval() {
    let stage = Stage::new(FetchSettings::default()).await;
    let did = stage.did("uz-plant");
    let (k1, k2) = (format!("{did}#k1"), format!("{did}#k2"));
    assert_eq!(
        stage.resolver.document_naming(&did, &k1).await.unwrap().methods.len(),
        1
    );
    stage.keys.lock().unwrap().push("k2");
    for _ in 0..5 {
        assert_eq!(
            stage.resolver.document_naming(&did, &k2).await.unwrap().methods.len(),
            1
        );
    }
    assert_eq!(stage.server.requests(), 1);
    stage.advance(FetchSettings::default().min_refresh);
    stage.resolver.document_naming(&did, &k1).await.unwrap();
    assert_eq!(stage.server.requests(), 1);
    assert_eq!(
        stage.resolver.document_naming(&did, &k2).await.unwrap().methods.len(),
        2
    );
    assert_eq!(stage.server.requests(), 2);
}

#[tokio::test]
async fn what_is_no_document_of_this_did_is_refused_for_good() {
    for (body, code) in [
        (document("did:web:other.example:uz-plant", &["k1"]), "did.other-subject"),
        ("not json".to_owned(), "did.malformed"),
        ("[]".to_owned(), "did.malformed"),
        (format!(r#"{{"id":"{}"}}"#, "x".repeat(65 * 1024)), "send.too-large"),
    ] {
        let server = Server::answering(move |_| {
            let body = body.clone();
            async { Response::new(Full::from(body)) }
        })
        .await;
        let clock = Arc::new(HandClock::default());
        let resolver = DidResolver::new(local_client(), clock, Insecure::LOOPBACK, FetchSettings::default());
        let did = format!("did:web:localhost%3A{}:uz-plant", server.address.port());
        let fault = resolver.document(&did).await.unwrap_err();
        assert_eq!((fault.code(), fault.is_retryable()), (code, false), "{fault}");
    }
}

#[tokio::test]
async fn unfit_dids_reach_no_network_and_the_number_of_flights_is_bounded() {
    let stage = Stage::new(FetchSettings {
        flights: 2,
        ..FetchSettings::default()
    })
    .await;
    for did in ["", "did:key:z6Mk", "did:web:", "https://localhost/did.json"] {
        assert!(
            matches!(stage.resolver.document(did).await, Err(DidFault::Unfit(_))),
            "`{did}`"
        );
    }
    assert_eq!(stage.server.connections(), 0);

    let (a, b, c) = (stage.did("a"), stage.did("b"), stage.did("c"));
    let resolver = &stage.resolver;
    let (a, b, c) = tokio::join!(resolver.document(&a), resolver.document(&b), resolver.document(&c));
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(c, Err(DidFault::Busy));
    assert!(
        resolver.document(&stage.did("c")).await.is_ok(),
        "being busy was remembered as a failure"
    );
}

#[tokio::test]
async fn strangers_in_the_air_do_not_keep_out_who_is_known() {
    let stage = Stage::new(FetchSettings {
        flights: 1,
        ..FetchSettings::default()
    })
    .await;
    let (known, stranger, other) = (stage.did("known"), stage.did("stranger"), stage.did("other"));
    assert!(stage.resolver.document(&known).await.is_ok());
    stage.advance(FetchSettings::default().expiry);
    let resolver = &stage.resolver;
    let (stranger, other, known) = tokio::join!(
        resolver.document(&stranger),
        resolver.document(&other),
        resolver.document(&known)
    );
    assert!(stranger.is_ok() && known.is_ok());
    assert_eq!(other, Err(DidFault::Busy));
}

#[tokio::test]
async fn only_a_named_host_is_asked_over_plain_http_and_nothing_falls_back_to_it() {
    let server = Server::answering(move |request| {
        let host = request.headers()["host"].to_str().unwrap().replace(':', "%3A");
        let body = document(&format!("did:web:{host}:p"), &["k1"]);
        async { Response::new(Full::from(body)) }
    })
    .await;
    let port = server.address.port();
    let resolver = |host: &str| {
        let insecure = Insecure {
            loopback: false,
            hosts: [plain_host(host).unwrap()].into(),
        };
        let clock = Arc::new(HandClock::default());
        DidResolver::new(local_client(), clock, insecure, FetchSettings::default())
    };
    let did = format!("did:web:localhost%3A{port}:p");
    let named = resolver(&format!("localhost:{port}")).document(&did).await;
    assert_eq!(named.unwrap().id.as_str(), did);
    let fault = resolver("other.example").document(&did).await.unwrap_err();
    assert!(matches!(fault, DidFault::Send(SendFault::Tls { .. })), "{fault:?}");
    assert_eq!(server.requests(), 1, "the other was asked in the clear");
}

#[tokio::test]
async fn the_guard_holds_for_dids_too() {
    let closed = chapar_client::Client::new(chapar_client::Settings::new(Default::default())).unwrap();
    let clock = Arc::new(HandClock::default());
    let resolver = DidResolver::new(closed, clock, Insecure::NEVER, FetchSettings::default());
    let fault = resolver.document("did:web:localhost:uz-plant").await.unwrap_err();
    assert!(
        matches!(
            fault,
            DidFault::Send(SendFault::EgressRefused {
                code: "egress.loopback",
                ..
            })
        ),
        "{fault}"
    );
}
