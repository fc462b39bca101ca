//! Tables of the mapping in both directions, and documents good, bad and mixed.

use super::*;
use crate::testing::{Key, both_kinds};
use chapar_terms::Algorithm;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn a_did_means_one_address() {
    let table = [
        ("did:web:host%3A8443:p", "https://host:8443/p/did.json"),
        ("did:web:host%3a8443:p", "https://host:8443/p/did.json"),
        ("did:web:example.org", "https://example.org/.well-known/did.json"),
        (
            "did:web:example.org:a:b-c_d.e",
            "https://example.org/a/b-c_d.e/did.json",
        ),
        ("did:web:example.org:%D0%B0", "https://example.org/%D0%B0/did.json"),
        ("did:web:localhost%3A1:p", "http://localhost:1/p/did.json"),
        ("did:web:127.0.0.2%3A1:p", "http://127.0.0.2:1/p/did.json"),
        ("did:web:%5B%3A%3A1%5D%3A8443:p", "http://[::1]:8443/p/did.json"),
        (
            "did:web:localhost.example.org",
            "https://localhost.example.org/.well-known/did.json",
        ),
        ("did:web:10.0.0.1", "https://10.0.0.1/.well-known/did.json"),
    ];
    for (did, url) in table {
        assert_eq!(document_url(did, &Insecure::LOOPBACK).as_deref(), Ok(url), "{did}");
    }
    assert_eq!(
        document_url("did:web:localhost", &Insecure::NEVER).unwrap(),
        "https://localhost/.well-known/did.json"
    );
}

#[test]
fn a_named_host_is_asked_in_the_clear_and_no_other() {
    let named = ["node.Inner.example", "10.1.0.7:8080", "[fd00::7]:8080"];
    let insecure = Insecure {
        loopback: false,
        hosts: named.iter().map(|host| plain_host(host).unwrap()).collect(),
    };
    for (did, url) in [
        ("did:web:node.inner.example:p", "http://node.inner.example/p/did.json"),
        ("did:web:Node.Inner.Example:p", "http://Node.Inner.Example/p/did.json"),
        ("did:web:10.1.0.7%3A8080", "http://10.1.0.7:8080/.well-known/did.json"),
        ("did:web:%5Bfd00%3A%3A7%5D%3A8080:p", "http://[fd00::7]:8080/p/did.json"),
        (
            "did:web:node.inner.example%3A8443:p",
            "https://node.inner.example:8443/p/did.json",
        ),
        ("did:web:10.1.0.7:p", "https://10.1.0.7/p/did.json"),
        (
            "did:web:x.node.inner.example:p",
            "https://x.node.inner.example/p/did.json",
        ),
        ("did:web:localhost:p", "https://localhost/p/did.json"),
    ] {
        assert_eq!(document_url(did, &insecure).as_deref(), Ok(url), "{did}");
    }
    for wrong in ["", "http://host", "host/p", "*.inner.example", "host:0"] {
        assert!(plain_host(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_no_did_web_means_no_address() {
    let long = format!("did:web:{}", "a".repeat(limits::ID_BYTES));
    let table = [
        "",
        "did:web:",
        "did:key:z6Mk",
        "https://host",
        "did:web::p",
        "did:web:host:",
        "did:web:host::p",
        "did:web:host#key",
        "did:web:host/p",
        "did:web:user@host",
        "did:web:user%40host",
        "did:web:host%3A",
        "did:web:host%3A0",
        "did:web:host%3A70000",
        "did:web:host%3A8443%3A1",
        "did:web:host%2Fp",
        "did:web:host:..",
        "did:web:host:%2e%2E",
        "did:web:host:a%2Fb",
        "did:web:host:a%3Fb",
        "did:web:host:a%",
        "did:web:host:%zz",
        "did:web:host:a%00",
        "did:web:-host",
        "did:web:a..b",
        "did:web:host?x",
        "did:web:%5B%3A%3A1:p",
        "did:web:ho st",
        "DID:WEB:host",
        &long,
    ];
    for did in table {
        assert!(document_url(did, &Insecure::LOOPBACK).is_err(), "{did}");
    }
}

#[test]
fn an_address_makes_a_did_that_leads_back() {
    let slug = Slug::parse("uz-plant").unwrap();
    let table = [
        (
            "https://host:8443",
            "did:web:host%3A8443:uz-plant",
            "https://host:8443/uz-plant/did.json",
        ),
        (
            "https://host:8443/",
            "did:web:host%3A8443:uz-plant",
            "https://host:8443/uz-plant/did.json",
        ),
        (
            "https://host:443",
            "did:web:host:uz-plant",
            "https://host/uz-plant/did.json",
        ),
        (
            "https://host/a/b",
            "did:web:host:a:b:uz-plant",
            "https://host/a/b/uz-plant/did.json",
        ),
        (
            "http://127.0.0.1:80",
            "did:web:127.0.0.1:uz-plant",
            "http://127.0.0.1/uz-plant/did.json",
        ),
        (
            "http://[::1]:9000",
            "did:web:%5B%3A%3A1%5D%3A9000:uz-plant",
            "http://[::1]:9000/uz-plant/did.json",
        ),
    ];
    for (public_url, did, document) in table {
        let made = web_did(public_url, &slug).unwrap();
        assert_eq!(made.as_str(), did);
        assert_eq!(document_url(did, &Insecure::LOOPBACK).unwrap(), document);
    }
    for wrong in [
        "host",
        "ftp://host",
        "https://",
        "https://user@host",
        "https://host/a//b",
        "https://host/?q",
    ] {
        assert!(web_did(wrong, &slug).is_err(), "{wrong}");
    }
}

#[test]
fn our_document_reads_back_and_a_retired_key_signs_nothing_new() {
    let did = ParticipantId::parse("did:web:host:p").unwrap();
    let (old, new) = (
        Key::new(&did, "k1", Algorithm::Es256),
        Key::new(&did, "k2", Algorithm::Ed25519),
    );
    let service = Service {
        id: "did:web:host:p#dsp".to_owned(),
        kind: "DataService".to_owned(),
        endpoint: "https://host/p/dsp/.well-known/dspace-version".to_owned(),
    };
    let published = [
        PublishedKey {
            fragment: "k1",
            key: old.public(),
            standing: Standing::Retired,
        },
        PublishedKey {
            fragment: "k2",
            key: new.public(),
            standing: Standing::Current,
        },
    ];
    let rendered = render(&did, &published, std::slice::from_ref(&service));
    let document = DidDocument::parse(rendered.to_string().as_bytes()).unwrap();
    assert_eq!(document.rejected, []);
    assert_eq!(document.services, [service]);
    assert_eq!(document.method("#k1").unwrap().key, *old.public());
    assert_eq!(
        document.signing_method(Some("did:web:host:p#k2")).unwrap().key,
        *new.public()
    );
    assert_eq!(document.signing_method(Some("k2")).unwrap().id, "did:web:host:p#k2");
    let code = |key_id: Option<&str>| document.signing_method(key_id).unwrap_err().code;
    assert_eq!(code(Some("#k1")), "key-retired");
    assert_eq!(code(Some("#k3")), "key-unknown");
    assert_eq!(code(Some("did:web:other#k2")), "key-unknown");
    assert_eq!(code(None), "key-ambiguous");
    assert!(document.clone().reviving_retired().signing_method(Some("#k1")).is_ok());
}

#[test]
fn the_good_is_kept_and_the_rejects_are_listed() {
    let did = ParticipantId::parse("did:web:host").unwrap();
    let keys: Vec<Key> = both_kinds().map(|algorithm| Key::new(&did, "k", algorithm)).collect();
    let jwk = |place: usize| keys[place].public().jwk().unwrap();
    let document = json!({
        "id": "did:web:host",
        "verificationMethod": [
            {"id": "#good", "type": "JsonWebKey2020", "publicKeyJwk": jwk(0)},
            {"id": "#good", "type": "JsonWebKey2020", "publicKeyJwk": jwk(1)},
            {"id": "did:web:other#key", "controller": "did:web:host", "publicKeyJwk": jwk(0)},
            {"id": "#theirs", "controller": "did:web:other", "publicKeyJwk": jwk(0)},
            {"id": "#", "publicKeyJwk": jwk(0)},
            {"id": "#rsa", "publicKeyJwk": {"kty": "RSA"}},
            7,
        ],
        "authentication": ["#good", "#rsa", {"id": "#inside", "publicKeyJwk": jwk(1)}],
        "keyAgreement": [{"id": "#other-use", "publicKeyJwk": jwk(1)}],
        "service": [{"id": "#s", "type": "X", "serviceEndpoint": {"uri": "https://x"}}],
    });
    let read = DidDocument::parse(document.to_string().as_bytes()).unwrap();
    let ids: Vec<&str> = read.methods.iter().map(|method| method.id.as_str()).collect();
    assert_eq!(ids, ["did:web:host#good", "did:web:host#inside"]);
    assert_eq!(read.methods[0].key, *keys[0].public());
    assert_eq!(read.methods[1].relationships, [Relationship::Authentication].into());
    let rejected: Vec<&str> = read.rejected.iter().map(|reject| reject.entry.as_str()).collect();
    let expected = [
        "#good",
        "did:web:other#key",
        "#theirs",
        "#",
        "#rsa",
        "verification method without an id",
        "#rsa",
        "#s",
    ];
    assert_eq!(rejected, expected);
}

#[test]
fn a_document_is_bounded() {
    assert!(DidDocument::parse(b"{}").is_err());
    assert!(DidDocument::parse(b"[]").is_err());
    let padded = format!(
        "{{\"id\":\"did:web:h\",\"x\":\"{}\"}}",
        "x".repeat(limits::DID_DOCUMENT_BYTES)
    );
    assert!(DidDocument::parse(padded.as_bytes()).is_err());
    let key = Key::new(&ParticipantId::parse("did:web:h").unwrap(), "k", Algorithm::Ed25519);
    let jwk = key.public().jwk().unwrap();
    let many: Vec<_> = (0..limits::DID_METHODS + 1)
        .map(|n| json!({"id": format!("#{n}"), "publicKeyJwk": jwk}))
        .collect();
    let document = json!({"id": "did:web:h", "verificationMethod": many}).to_string();
    let read = DidDocument::parse(document.as_bytes()).unwrap();
    assert_eq!((read.methods.len(), read.rejected.len()), (limits::DID_METHODS, 1));
}

proptest! {
    #[test]
    fn no_text_breaks_the_readers(text in ".{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = document_url(&text, &Insecure::LOOPBACK);
        let _ = document_url(&format!("did:web:{text}"), &Insecure::LOOPBACK);
        let _ = web_did(&format!("https://{text}"), &Slug::parse("p").unwrap());
        let _ = DidDocument::parse(&bytes);
        let _ = DidDocument::parse(text.as_bytes());
        let method = json!({"id": "did:web:h", "verificationMethod": [{"id": text, "publicKeyMultibase": format!("z{text}")}],
            "authentication": [text]});
        let _ = DidDocument::parse(method.to_string().as_bytes());
    }

    #[test]
    fn every_address_read_from_a_did_has_that_host(host in "[a-z][a-z0-9]{0,8}(\\.[a-z]{2,5})?", port in 1_u16.., path in "[a-z0-9_.-]{0,8}") {
        if let Ok(url) = document_url(&format!("did:web:{host}%3A{port}:{path}"), &Insecure::NEVER) {
            prop_assert_eq!(url, format!("https://{host}:{port}/{path}/did.json"));
        }
    }
}
