//! TLS: a named authority is believed, everything else is not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod server;

use chapar_client::{Client, SendFault, Settings, TlsTrust, read_authorities};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use server::{Planted, Server, fetch, local};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    Authority {
        issuer: Issuer::new(params, key),
        pem,
    }
}

async fn serve(authority: &Authority, names: &[&str]) -> Server {
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &authority.issuer)
        .unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Server::behind_tls(config).await
}

/// How many files of authorities were written: tests of one process run side by side, and each needs a name of its own.
static WRITTEN: AtomicUsize = AtomicUsize::new(0);

fn trusting(authority: &Authority, both: bool) -> Client {
    let count = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let file = std::env::temp_dir().join(format!("chapar-authority-{}-{count}.pem", std::process::id()));
    std::fs::write(&file, &authority.pem).unwrap();
    let authorities = read_authorities(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let trust = if both {
        TlsTrust::PublicAnd(authorities)
    } else {
        TlsTrust::Only(authorities)
    };
    client(trust)
}

fn client(trust: TlsTrust) -> Client {
    let names = Arc::new(Planted::new(&[&["127.0.0.1"]]));
    Client::new(Settings {
        trust,
        resolver: names,
        ..local()
    })
    .unwrap()
}

#[tokio::test]
async fn believes_the_named_authority_for_the_name_it_vouches_for() {
    let ours = authority();
    let server = serve(&ours, &["peer.example", "127.0.0.1"]).await;
    let port = server.address.port();
    for both in [false, true] {
        let client = trusting(&ours, both);
        for host in ["peer.example", "127.0.0.1"] {
            let answer = client.send(fetch(format!("https://{host}:{port}/"))).await.unwrap();
            assert_eq!(answer.body, "over TLS");
        }
        let fault = client
            .send(fetch(format!("https://other.example:{port}/")))
            .await
            .unwrap_err();
        assert!(
            matches!(fault, SendFault::Tls { .. }) && fault.is_retryable(),
            "{fault}"
        );
    }
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn does_not_believe_strangers() {
    let server = serve(&authority(), &["peer.example"]).await;
    let url = format!("https://peer.example:{}/", server.address.port());
    for client in [client(TlsTrust::Public), trusting(&authority(), false)] {
        let fault = client.send(fetch(url.clone())).await.unwrap_err();
        assert!(matches!(fault, SendFault::Tls { .. }), "{fault:?}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_peer_that_speaks_no_tls_is_a_tls_fault() {
    let server = Server::answering(|_| async { server::text("plain") }).await;
    let url = format!("https://peer.example:{}/", server.address.port());
    let fault = client(TlsTrust::Public).send(fetch(url)).await.unwrap_err();
    assert!(matches!(fault, SendFault::Tls { .. }), "{fault:?}");
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_file_without_certificates_is_refused() {
    let file = std::env::temp_dir().join(format!("chapar-no-authority-{}.pem", std::process::id()));
    std::fs::write(&file, "no certificate here").unwrap();
    assert!(read_authorities(&file).is_err());
    std::fs::remove_file(&file).unwrap();
    assert!(read_authorities(&file).is_err());
}
