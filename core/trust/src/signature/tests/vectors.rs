//! RFC 9421 appendix B.2: the base and the verdict, for both algorithms.

use super::super::component::Component;
use super::super::{MessageParts, base};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chapar_suite_international::{International, from_pkcs8};
use chapar_terms::{Algorithm, PublicKey, Signer, Suite};
use sfv::{Dictionary, InnerList, ListEntry, Parser};

fn read(signature_input: &str) -> (Vec<Component>, InnerList) {
    let dictionary: Dictionary = Parser::new(signature_input).parse().unwrap();
    let (_, ListEntry::InnerList(list)) = dictionary.into_iter().next().unwrap() else {
        panic!("not a list")
    };
    (
        list.items.iter().map(|item| Component::read(item).unwrap()).collect(),
        list,
    )
}

/// Appendix B.2.6, with the test request of appendix B.2.
#[test]
fn ed25519_request() {
    let headers = [
        ("Host", "example.com"),
        ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("Content-Type", "application/json"),
        ("Content-Length", "18"),
    ];
    let request = MessageParts::request("POST", "https://example.com/foo?param=Value&Pet=dog", &headers);
    let (components, list) = read(
        r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
    );
    let base = base::base(&components, &list, &request, None).unwrap();
    let expected = r#""date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
    assert_eq!(base, expected);
    let pkcs8 = STANDARD
        .decode("MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF")
        .unwrap();
    let signer = from_pkcs8(Algorithm::Ed25519, &pkcs8).unwrap();
    let signature = signer.sign(base.as_bytes()).unwrap();
    let published = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
    assert_eq!(STANDARD.encode(signature), published);
}

/// Appendix B.2.4, with the test response of appendix B.2.
#[test]
fn es256_response() {
    let digest = "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:";
    let headers = [
        ("Content-Type", "application/json"),
        ("Content-Digest", digest),
        ("Content-Length", "23"),
    ];
    let response = MessageParts::response(200, &headers);
    assert_eq!(
        super::check_content_digest(&response, b"{\"message\": \"good dog\"}"),
        Ok(())
    );
    let (components, list) = read(
        r#"sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256""#,
    );
    let base = base::base(&components, &list, &response, None).unwrap();
    let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let x = coordinate("qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA");
    let y = coordinate("Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0");
    let key = PublicKey {
        algorithm: Algorithm::Es256,
        bytes: [vec![4], x, y].concat(),
    };
    let published = "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==";
    let signature = STANDARD.decode(published).unwrap();
    assert_eq!(International.verify(&key, base.as_bytes(), &signature), Ok(()));
    assert!(
        International
            .verify(&key, base.replace("200", "201").as_bytes(), &signature)
            .is_err()
    );
}
