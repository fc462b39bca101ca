//! Every refusal of a token in one table; two foreign readings; no bytes that break the reader.

use super::*;
use crate::did::Standing;
use crate::testing::{Key, NOW, both_kinds};
use chapar_suite_international::International;
use chapar_terms::Algorithm;
use proptest::prelude::*;
use serde_json::{Map, Value};

const US: &str = "did:web:us.example";
const THEM: &str = "did:web:them.example:p";

fn id(text: &str) -> ParticipantId {
    ParticipantId::parse(text).unwrap()
}

fn signed(key: &Key) -> String {
    let (issuer, audience) = (&key.did, &id(US));
    let claims = OwnClaims {
        issuer,
        audience,
        jti: "j-1",
        issued_at: NOW,
        expires_at: NOW.plus_ms(limits::TOKEN_LIFETIME_MS),
    };
    sign(&claims, &key.id(), &key.signer).unwrap()
}

/// A token of any header and claims, properly signed by `key`.
fn forged(key: &Key, header: &Value, claims: &Value) -> String {
    let mut token = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = key.signer.sign(token.as_bytes()).unwrap();
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    token
}

fn check(token: &str, document: &DidDocument) -> Result<Verified<Claims>, Refusal> {
    let token = parse_unverified(Some(&format!("Bearer {token}")))?;
    verify(&token, document, &id(US), NOW, &International)
}

#[test]
fn a_token_of_each_algorithm_makes_a_peer() {
    for algorithm in both_kinds() {
        let key = Key::of(THEM, algorithm);
        let token = signed(&key);
        let unverified = parse_unverified(Some(&token)).unwrap();
        assert_eq!(unverified.issuer, id(THEM));
        assert_eq!(unverified.key_id, Some(key.id()));
        let claims = check(&token, &key.document(Standing::Current)).unwrap();
        assert_eq!(
            (claims.value().jti.as_str(), claims.value().key_id.as_str()),
            ("j-1", key.id().as_str())
        );
        assert_eq!(
            claims.value().forget_at().since_ms(NOW),
            limits::TOKEN_LIFETIME_MS + limits::CLOCK_SKEW_MS
        );
        assert_eq!(claims.peer().value().id, id(THEM));
        assert_eq!(claims.peer().value().proof, crate::Proof::Asserted);
    }
}

/// A change of header or claims, and the code it must meet. `null` removes a member.
#[rustfmt::skip]
fn faults() -> Vec<(&'static str, Value, Value, &'static str)> {
    let now = NOW.unix_s();
    let skew = limits::CLOCK_SKEW_MS / 1000;
    let life = limits::TOKEN_LIFETIME_MS / 1000;
    let at = |iat: i64, exp: i64| json!({"iat": iat, "exp": exp});
    let same = || json!({});
    vec![
        ("as it is", same(), same(), "ok"),
        ("audience list", same(), json!({"aud": ["did:web:x", US]}), "ok"),
        ("fractions", same(), json!({"iat": now as f64 - 0.5, "exp": now as f64 + 0.5}), "ok"),
        ("relative kid", json!({"kid": "#key-1"}), same(), "ok"),
        ("no kid, one key", json!({"kid": null}), same(), "ok"),
        ("just inside the skew", same(), at(now - 2 * skew, now - skew + 1), "ok"),
        ("not long in the future", same(), at(now + skew, now + skew + 1), "ok"),
        ("alg none", json!({"alg": "none"}), same(), "token-algorithm"),
        ("alg HS256", json!({"alg": "HS256"}), same(), "token-algorithm"),
        ("alg of another key", json!({"alg": "ES256"}), same(), "token-algorithm"),
        ("alg missing", json!({"alg": null}), same(), "token-malformed"),
        ("crit", json!({"crit": ["b64"]}), same(), "token-critical"),
        ("unknown kid", json!({"kid": format!("{THEM}#other")}), same(), "key-unknown"),
        ("kid of another", json!({"kid": "did:web:x#key-1"}), same(), "key-unknown"),
        ("iss of another", same(), json!({"iss": "did:web:x", "sub": "did:web:x"}), "token-issuer"),
        ("sub of another", same(), json!({"sub": "did:web:x"}), "token-issuer"),
        ("no sub", same(), json!({"sub": null}), "token-malformed"),
        ("no iss", same(), json!({"iss": null}), "token-malformed"),
        ("aud of another", same(), json!({"aud": THEM}), "token-audience"),
        ("aud empty list", same(), json!({"aud": []}), "token-audience"),
        ("aud a number", same(), json!({"aud": 1}), "token-malformed"),
        ("aud missing", same(), json!({"aud": null}), "token-malformed"),
        ("expired", same(), at(now - 2 * skew, now - skew), "token-expired"),
        ("issued ahead", same(), at(now + skew + 1, now + skew + 2), "token-not-yet-valid"),
        ("nbf ahead", same(), json!({"nbf": now + skew + 1}), "token-not-yet-valid"),
        ("too long", same(), at(now, now + life + 1), "token-lifetime"),
        ("ends before it begins", same(), at(now + 1, now), "token-lifetime"),
        ("no exp", same(), json!({"exp": null}), "token-malformed"),
        ("no iat", same(), json!({"iat": null}), "token-malformed"),
        ("exp a string", same(), json!({"exp": "9"}), "token-malformed"),
        ("exp beyond all time", same(), json!({"exp": 1e300}), "token-lifetime"),
        ("no jti", same(), json!({"jti": null}), "token-id"),
        ("jti empty", same(), json!({"jti": ""}), "token-id"),
        ("jti long", same(), json!({"jti": "j".repeat(JTI_BYTES + 1)}), "token-id"),
        ("jti two lines", same(), json!({"jti": "a\nb"}), "token-id"),
    ]
}

#[test]
fn every_fault_has_its_code() {
    let now = NOW.unix_s();
    let life = limits::TOKEN_LIFETIME_MS / 1000;
    let key = Key::of(THEM, Algorithm::Ed25519);
    let document = key.document(Standing::Current);
    for (name, header_change, claims_change, code) in faults() {
        let header = changed(json!({"alg": "EdDSA", "kid": key.id()}), &header_change);
        let claims = json!({"iss": THEM, "sub": THEM, "aud": US, "jti": "j", "iat": now, "exp": now + life});
        let token = forged(&key, &header, &changed(claims, &claims_change));
        let seen = check(&token, &document).map_or_else(|refusal| refusal.code, |_| "ok");
        assert_eq!(seen, code, "{name}");
    }
}

fn changed(value: Value, change: &Value) -> Value {
    let mut members: Map<String, Value> = value.as_object().unwrap().clone();
    for (name, value) in change.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members)
}

#[test]
fn another_key_a_retired_key_and_an_altered_byte_are_refused() {
    for algorithm in both_kinds() {
        let key = Key::of(THEM, algorithm);
        let token = signed(&key);
        let code = |token: &str, document: &DidDocument| check(token, document).unwrap_err().code;
        assert_eq!(
            code(&token, &Key::of(THEM, algorithm).document(Standing::Current)),
            "token-signature"
        );
        assert_eq!(code(&token, &key.document(Standing::Retired)), "key-retired");
        assert!(check(&token, &key.document(Standing::Retired).reviving_retired()).is_ok());
        let document = key.document(Standing::Current);
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            assert!(check(&altered, &document).is_err(), "byte {position} of {altered}");
        }
    }
}

#[test]
fn what_is_no_token_says_so() {
    let long = "a".repeat(limits::AUTH_HEADER_BYTES + 1);
    let table = [
        (None, "token-missing"),
        (Some(""), "token-missing"),
        (Some("Bearer "), "token-malformed"),
        (Some("Basic abc"), "token-malformed"),
        (Some("a.b"), "token-malformed"),
        (Some("a.b.c.d"), "token-malformed"),
        (Some("e30=.e30=.AA=="), "token-malformed"),
        (Some("e30.e30.AA"), "token-malformed"),
        (Some(long.as_str()), "token-too-large"),
    ];
    for (header, code) in table {
        assert_eq!(parse_unverified(header).unwrap_err().code, code, "{header:?}");
    }
}

/// `jsonwebtoken` reads what we sign, with the keys as our documents write them, and we read what it signs.
#[test]
fn a_foreign_library_reads_our_tokens() {
    for algorithm in both_kinds() {
        let key = Key::of(THEM, algorithm);
        let document = crate::did::render(
            &key.did,
            &[crate::did::PublishedKey {
                fragment: "key-1",
                key: key.public(),
                standing: Standing::Current,
            }],
            &[],
        );
        let jwk = document.pointer("/verificationMethod/0/publicKeyJwk").unwrap().clone();
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(jwk).unwrap();
        let decoding = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
        let foreign = match algorithm {
            Algorithm::Ed25519 => jsonwebtoken::Algorithm::EdDSA,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        };
        let mut validation = jsonwebtoken::Validation::new(foreign);
        validation.set_audience(&[US]);
        validation.set_issuer(&[THEM]);
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        let token = signed(&key);
        let read = jsonwebtoken::decode::<Value>(&token, &decoding, &validation).unwrap();
        assert_eq!(read.header.kid, Some(key.id()));
        assert_eq!(read.claims.get("jti"), Some(&Value::from("j-1")));
        validation.set_audience(&[THEM]);
        assert!(jsonwebtoken::decode::<Value>(&token, &decoding, &validation).is_err());
    }
}

#[test]
fn we_read_a_foreign_library_s_tokens() {
    for algorithm in both_kinds() {
        let (signer, pkcs8) = chapar_suite_international::generate(algorithm).unwrap();
        let key = Key {
            did: id(THEM),
            fragment: "key-1",
            signer,
        };
        let (foreign, encoding) = match algorithm {
            Algorithm::Ed25519 => (
                jsonwebtoken::Algorithm::EdDSA,
                jsonwebtoken::EncodingKey::from_ed_der(&pkcs8),
            ),
            Algorithm::Es256 => (
                jsonwebtoken::Algorithm::ES256,
                jsonwebtoken::EncodingKey::from_ec_der(&pkcs8),
            ),
        };
        let mut header = jsonwebtoken::Header::new(foreign);
        header.kid = Some(key.id());
        let now = NOW.unix_s();
        let claims = json!({"iss": THEM, "sub": THEM, "aud": US, "jti": "f", "iat": now, "exp": now + 60});
        let token = jsonwebtoken::encode(&header, &claims, &encoding).unwrap();
        assert_eq!(
            check(&token, &key.document(Standing::Current)).unwrap().value().jti,
            "f"
        );
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in ".{0,120}", header in ".{0,60}", claims in ".{0,60}", members in "[a-z{}\":,\\[\\]0-9.e]{0,60}") {
        let _ = parse_unverified(Some(&text));
        let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
        let _ = parse_unverified(Some(&format!("{}.{}.AA", encode(&header), encode(&claims))));
        let head = encode("{\"alg\":\"ES256\"}");
        let _ = parse_unverified(Some(&format!("{head}.{}.AA", encode(&format!("{{{members}}}")))));
    }

    #[test]
    fn any_number_is_a_time_or_a_refusal(exp in any::<f64>(), iat in any::<i64>()) {
        let key = Key::of(THEM, Algorithm::Ed25519);
        let claims = json!({"iss": THEM, "sub": THEM, "aud": US, "jti": "j", "iat": iat, "exp": exp});
        let token = forged(&key, &json!({"alg": "EdDSA", "kid": key.id()}), &claims);
        let _ = check(&token, &key.document(Standing::Current));
    }
}
