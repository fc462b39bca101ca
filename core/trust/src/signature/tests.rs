//! Published vectors, both algorithms, and one altered part at a time: each must turn the verdict.

mod foreign;
mod vectors;

use super::*;
use crate::did::{DidDocument, Standing};
use crate::testing::{Key, NOW, both_kinds};
use crate::{Proof, Refusal, Verified, token};
use chapar_suite_international::International;
use chapar_terms::{Algorithm, limits};
use proptest::prelude::*;

const US: &str = "did:web:us.example";
const THEM: &str = "did:web:them.example:p";
const BODY: &[u8] = b"{\"@type\":\"ContractRequestMessage\"}";
const TARGET: &str = "https://us.example/u/dsp/2025-1/negotiations/request?x=1";

fn id(text: &str) -> ParticipantId {
    ParticipantId::parse(text).unwrap()
}

fn stamp(key_id: &str) -> Stamp<'_> {
    Stamp {
        key_id,
        created: NOW,
        expires: NOW.plus_ms(limits::TOKEN_LIFETIME_MS),
        nonce: "n-1",
    }
}

fn unsigned(body: &[u8]) -> MessageParts {
    let (method, headers): (_, &[(&str, &str)]) = match body {
        [] => ("GET", &[("Authorization", "Bearer t"), ("Date", "today")]),
        _ => (
            "POST",
            &[
                ("Authorization", "Bearer t"),
                ("Content-Type", "application/json"),
                ("Date", "today"),
            ],
        ),
    };
    MessageParts::request(method, TARGET, headers)
}

fn request_by(key: &Key, body: &[u8]) -> MessageParts {
    let mut request = unsigned(body);
    let signed = sign_request(&request, body, &stamp(&key.id()), &key.signer).unwrap();
    request.add(&signed);
    request
}

fn check(request: &MessageParts, body: &[u8], key: &Key) -> Result<Verified<MessageSignature>, Refusal> {
    verify_request(
        request,
        body,
        &key.did,
        &key.document(Standing::Current),
        NOW,
        &International,
    )
}

fn code<T>(result: Result<T, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code, |_| "ok")
}

fn replace(message: &mut MessageParts, name: &str, change: impl Fn(&str) -> String) {
    for (_, value) in message.headers.iter_mut().filter(|(each, _)| each == name) {
        *value = change(value);
    }
}

fn remove(message: &mut MessageParts, name: &str) {
    message.headers.retain(|(each, _)| each != name);
}

#[test]
fn a_signed_request_proves_its_peer() {
    for algorithm in both_kinds() {
        for body in [BODY, b""] {
            let key = Key::of(THEM, algorithm);
            let request = request_by(&key, body);
            let signature = check(&request, body, &key).unwrap();
            assert_eq!(signature.value().nonce.as_deref(), Some("n-1"));
            assert_eq!(signature.value().key, *key.public());

            let own = token::OwnClaims {
                issuer: &key.did,
                audience: &id(US),
                jti: "j",
                issued_at: NOW,
                expires_at: NOW,
            };
            let token = token::sign(&own, &key.id(), &key.signer).unwrap();
            let token = token::parse_unverified(Some(&token)).unwrap();
            let document = key.document(Standing::Current);
            let claims = token::verify(&token, &document, &id(US), NOW, &International).unwrap();
            let peer = claims.peer().proven_by(&signature).unwrap();
            assert_eq!(peer.value().proof, Proof::Proven { key_id: key.id() });

            let other = Key::of(US, algorithm);
            let foreign = check(&request_by(&other, body), body, &other).unwrap();
            assert_eq!(code(claims.peer().proven_by(&foreign)), "signature-issuer");
        }
    }
}

#[test]
fn the_headers_have_the_form_the_profile_says() {
    let key = Key::of(THEM, Algorithm::Ed25519);
    let request = request_by(&key, BODY);
    let tail =
        format!(";created=4102444800;expires=4102445100;nonce=\"n-1\";keyid=\"{THEM}#key-1\";tag=\"chapar-dsp\"");
    let covered = r#"("@method" "@target-uri" "content-digest" "content-type" "authorization" "accept-signature")"#;
    assert_eq!(
        request.field("signature-input").unwrap(),
        format!("chapar={covered}{tail}")
    );
    let accepted = r#"chapar=("@status" "content-digest" "@method";req "@target-uri";req "content-digest";req "signature";key="chapar";req "signature-input";key="chapar";req);created;keyid;tag="chapar-dsp""#;
    assert_eq!(request.field("accept-signature").unwrap(), accepted);
    let bare = request_by(&key, b"");
    let covered = r#"("@method" "@target-uri" "authorization" "accept-signature")"#;
    assert_eq!(
        bare.field("signature-input").unwrap(),
        format!("chapar={covered}{tail}")
    );
    assert_eq!(bare.field("content-digest"), None);
    assert!(
        !bare
            .field("accept-signature")
            .unwrap()
            .contains("\"content-digest\";req")
    );
}

type Change = fn(&mut MessageParts);

/// What is altered underway, how, and the verdict.
#[rustfmt::skip]
const OF_A_REQUEST: &[(&str, Change, &str)] = &[
    ("nothing", |_| {}, "ok"),
    ("an uncovered field", |m| replace(m, "date", |_| "tomorrow".to_owned()), "ok"),
    ("spaces around a value", |m| replace(m, "authorization", |v| format!("  {v} ")), "ok"),
    ("another label beside ours", |m| m.headers.push(("signature".into(), "other=:AA==:".into())), "ok"),
    ("@method", |m| restart(m, "PUT", TARGET), "signature-wrong"),
    ("@target-uri", |m| restart(m, "POST", "https://us.example/v"), "signature-wrong"),
    ("content-type", |m| replace(m, "content-type", |_| "text/plain".to_owned()), "signature-wrong"),
    ("authorization", |m| replace(m, "authorization", |_| "Bearer u".to_owned()), "signature-wrong"),
    ("a second authorization", |m| m.headers.push(("authorization".into(), "Bearer u".into())), "signature-wrong"),
    ("accept-signature", |m| replace(m, "accept-signature", |v| v.replace("created", "expires")), "signature-wrong"),
    ("accept-signature gone", |m| remove(m, "accept-signature"), "signature-component"),
    ("authorization gone", |m| remove(m, "authorization"), "signature-component"),
    ("content-digest gone", |m| remove(m, "content-digest"), "content-digest-missing"),
    ("content-digest", |m| replace(m, "content-digest", |_| content_digest::render(b"x")), "content-digest-wrong"),
    ("another digest added", |m| replace(m, "content-digest", |v| format!("{v}, md5=:AA==:")), "signature-wrong"),
    ("signature", |m| replace(m, "signature", |v| v.replacen(":", ":AAAA", 1)), "signature-wrong"),
    ("signature gone", |m| remove(m, "signature"), "signature-missing"),
];

fn restart(message: &mut MessageParts, method: &str, target_uri: &str) {
    message.start = MessageParts::request(method, target_uri, &[]).start;
}

#[test]
fn every_covered_part_of_a_request_turns_the_verdict() {
    for algorithm in both_kinds() {
        let key = Key::of(THEM, algorithm);
        let request = request_by(&key, BODY);
        for (name, change, expected) in OF_A_REQUEST {
            let mut altered = request.clone();
            change(&mut altered);
            assert_eq!(code(check(&altered, BODY, &key)), *expected, "{algorithm:?} {name}");
        }
        assert_eq!(code(check(&request, b"{}", &key)), "content-digest-wrong");
        assert_eq!(
            code(check(&request, b"", &key)),
            "content-digest-wrong",
            "the body was taken away"
        );
        assert_eq!(
            code(check(&request_by(&key, b""), b"{}", &key)),
            "signature-uncovered",
            "a body was put in"
        );
    }
}

/// A change to the text of `Signature-Input`, re-signed by the right key: only the rules stand in its way.
#[rustfmt::skip]
const OF_THE_INPUT: &[(&str, &str, &str)] = &[
    ("", "", "ok"),
    (";nonce", r#";alg="ed25519";nonce"#, "ok"),
    (r#""@method""#, r#""@method" "date" "@path" "@query""#, "ok"),
    (r#""@method" "@target-uri""#, r#""@target-uri" "@method""#, "ok"),
    (r#";nonce="n-1""#, "", "signature-malformed"),
    (r#";nonce="n-1""#, r#";nonce="""#, "signature-malformed"),
    (r#";nonce="n-1""#, ";nonce=n", "signature-malformed"),
    (r#";tag="chapar-dsp""#, "", "signature-tag"),
    ("chapar-dsp", "web-bot-auth", "signature-tag"),
    (";nonce", r#";alg="ecdsa-p256-sha256";nonce"#, "signature-algorithm"),
    ("#key-1", "#key-2", "key-unknown"),
    (THEM, US, "signature-issuer"),
    (";keyid", ";key", "signature-malformed"),
    (r#""@method" "#, "", "signature-uncovered"),
    (r#" "@target-uri""#, "", "signature-uncovered"),
    (r#" "content-digest""#, "", "signature-uncovered"),
    (r#" "content-type""#, "", "signature-uncovered"),
    (r#" "authorization""#, "", "signature-uncovered"),
    (r#" "accept-signature""#, "", "signature-uncovered"),
    (r#""@method""#, r#""@method" "@method""#, "signature-malformed"),
    (r#""@method""#, r#""@method" "@Method""#, "signature-component"),
    (r#""@method""#, r#""@method" "@method";req"#, "signature-component"),
    (r#""@method""#, r#""@method" "date";bs"#, "signature-component"),
    (r#""@method""#, r#""@method" "x-absent""#, "signature-component"),
    (r#""@method""#, r#""@method" 7"#, "signature-component"),
    ("chapar=(", "chapar=?1, x=(", "signature-malformed"),
    ("chapar=", "other=", "signature-missing"),
    ("chapar=", "chapar", "signature-malformed"),
];

/// The verdict on a request whose `Signature-Input` says `to` instead of `from`.
fn verdict_on_input(key: &Key, from: &str, to: &str) -> &'static str {
    let mut request = request_by(key, BODY);
    replace(&mut request, "signature-input", |input| {
        assert!(input.contains(from), "{from}");
        input.replacen(from, to, 1)
    });
    resign(&mut request, key);
    code(check(&request, BODY, key))
}

#[test]
fn every_parameter_has_its_rule() {
    let key = Key::of(THEM, Algorithm::Ed25519);
    for (from, to, expected) in OF_THE_INPUT {
        assert_eq!(verdict_on_input(&key, from, to), *expected, "{from} -> {to}");
    }
}

/// Seconds from now of `created` and `expires`, and the verdict.
#[rustfmt::skip]
const OF_THE_WINDOW: &[(Option<i64>, Option<i64>, &str)] = &[
    (Some(60), Some(360), "ok"),
    (Some(-359), Some(-59), "ok"),
    (Some(61), Some(300), "signature-not-yet-valid"),
    (Some(-360), Some(-60), "signature-expired"),
    (Some(0), Some(301), "signature-lifetime"),
    (Some(1), Some(0), "signature-lifetime"),
    (Some(-999_999_999_999), Some(0), "signature-lifetime"),
    (Some(0), None, "signature-malformed"),
    (None, Some(0), "signature-malformed"),
];

#[test]
fn a_signature_has_its_time() {
    let key = Key::of(THEM, Algorithm::Ed25519);
    let parameter = |name: &str, offset: Option<i64>| {
        offset.map_or_else(String::new, |offset| format!("{name}={};", NOW.unix_s() + offset))
    };
    let window = |created, expires| format!(";{}{}", parameter("created", created), parameter("expires", expires));
    for (created, expires, expected) in OF_THE_WINDOW {
        let seen = verdict_on_input(&key, &window(Some(0), Some(300)), &window(*created, *expires));
        assert_eq!(seen, *expected, "{created:?} {expires:?}");
    }
}

/// Signs again whatever the `Signature-Input` now says, where that can be read at all.
fn resign(request: &mut MessageParts, key: &Key) {
    let Ok(Some(sfv::ListEntry::InnerList(list))) = input::member(request, "signature-input") else {
        return;
    };
    let Ok(components) = list
        .items
        .iter()
        .map(component::Component::read)
        .collect::<Result<Vec<_>, _>>()
    else {
        return;
    };
    let Ok(base) = base::base(&components, &list, request, None) else {
        return;
    };
    let signature = base::labelled_bytes(&chapar_terms::Signer::sign(&key.signer, base.as_bytes()).unwrap());
    replace(request, "signature", |_| signature.clone());
}

#[test]
fn a_retired_or_another_s_key_signs_nothing() {
    let key = Key::of(THEM, Algorithm::Es256);
    let request = request_by(&key, BODY);
    let verify = |document: &DidDocument| verify_request(&request, BODY, &key.did, document, NOW, &International);
    assert_eq!(code(verify(&key.document(Standing::Retired))), "key-retired");
    assert_eq!(code(verify(&key.document(Standing::Retired).reviving_retired())), "ok");
    assert_eq!(
        code(verify(&Key::of(THEM, Algorithm::Es256).document(Standing::Current))),
        "signature-wrong"
    );
    assert_eq!(
        code(verify(&Key::of(US, Algorithm::Es256).document(Standing::Current))),
        "signature-issuer"
    );
    let long = format!("chapar=({})", "\"date\" ".repeat(4000));
    let huge = MessageParts::request(
        "GET",
        TARGET,
        &[("signature-input", &long), ("signature", "chapar=:AA==:")],
    );
    assert_eq!(code(check(&huge, b"", &key)), "signature-too-large");
}

#[test]
fn what_cannot_be_covered_is_not_signed() {
    let key = Key::of(THEM, Algorithm::Ed25519);
    let sign = |request: &MessageParts| sign_request(request, BODY, &stamp("k"), &key.signer);
    for missing in ["authorization", "content-type"] {
        let mut request = unsigned(BODY);
        remove(&mut request, missing);
        assert!(matches!(sign(&request), Err(CannotSign::Message(_))), "{missing}");
    }
    let mut folded = unsigned(BODY);
    replace(&mut folded, "authorization", |_| "a\r\nb".to_owned());
    assert!(matches!(sign(&folded), Err(CannotSign::Message(_))));
    assert!(matches!(sign(&request_by(&key, BODY)), Err(CannotSign::Message(_))));
    let odd = Stamp {
        nonce: "\u{43f}",
        ..stamp("k")
    };
    assert!(matches!(
        sign_request(&unsigned(BODY), BODY, &odd, &key.signer),
        Err(CannotSign::Message(_))
    ));
}

struct Exchange {
    request: MessageParts,
    response: MessageParts,
    us: Key,
}

const ANSWER: &[u8] = b"{\"state\":\"dspace:REQUESTED\"}";

/// A request signed by them and our signed answer to it.
fn exchange(algorithm: Algorithm, request_body: &[u8], answer: &[u8]) -> Exchange {
    let us = Key::of(US, algorithm);
    let request = request_by(&Key::of(THEM, algorithm), request_body);
    assert!(wants_signed_response(&request));
    let mut response = MessageParts::response(201, &[("Content-Type", "application/json")]);
    let signed = sign_response(&response, answer, &request, &us.id(), NOW, &us.signer).unwrap();
    assert_eq!(signed.accept_signature, None);
    response.add(&signed);
    Exchange { request, response, us }
}

fn check_answer(exchange: &Exchange, answer: &[u8]) -> Result<Verified<MessageSignature>, Refusal> {
    let document = exchange.us.document(Standing::Current);
    verify_response(
        &exchange.response,
        answer,
        &exchange.request,
        &exchange.us.did,
        &document,
        NOW,
        &International,
    )
}

type Upset = fn(&mut Exchange);

/// What is altered underway, how, and the verdict.
#[rustfmt::skip]
const OF_A_RESPONSE: &[(&str, Upset, &str)] = &[
    ("nothing", |_| {}, "ok"),
    ("content-type", |x| replace(&mut x.response, "content-type", |_| "text/plain".to_owned()), "ok"),
    ("@status", |x| x.response.start = Start::Response { status: 200 }, "signature-wrong"),
    ("content-digest", |x| replace(&mut x.response, "content-digest", |v| format!("{v}, a=1")), "signature-wrong"),
    ("content-digest gone", |x| remove(&mut x.response, "content-digest"), "content-digest-missing"),
    ("@method;req", |x| restart(&mut x.request, "PUT", TARGET), "signature-wrong"),
    ("@target-uri;req", |x| restart(&mut x.request, "POST", "https://us.example/v"), "signature-wrong"),
    ("content-digest;req", |x| replace(&mut x.request, "content-digest", |_| content_digest::render(b"x")), "signature-wrong"),
    ("signature;req", |x| replace(&mut x.request, "signature", |_| "chapar=:AAAA:".to_owned()), "signature-wrong"),
    ("signature-input;req", |x| replace(&mut x.request, "signature-input", |v| v.replace("n-1", "n-2")), "signature-wrong"),
    ("another question", |x| x.request = request_by(&Key::of(THEM, Algorithm::Es256), b"{}"), "signature-wrong"),
    ("signature gone", |x| remove(&mut x.response, "signature-input"), "signature-missing"),
];

#[test]
fn every_covered_part_of_a_response_turns_the_verdict() {
    for algorithm in both_kinds() {
        for (name, upset, expected) in OF_A_RESPONSE {
            let mut exchange = exchange(algorithm, BODY, ANSWER);
            upset(&mut exchange);
            assert_eq!(code(check_answer(&exchange, ANSWER)), *expected, "{algorithm:?} {name}");
        }
        assert_eq!(
            code(check_answer(&exchange(algorithm, BODY, ANSWER), b"{}")),
            "content-digest-wrong"
        );
        let bare = exchange(algorithm, b"", b"");
        let signature = check_answer(&bare, b"").unwrap();
        assert_eq!(signature.peer().value().proof, Proof::Proven { key_id: bare.us.id() });
        assert_eq!(code(check_answer(&bare, b"x")), "content-digest-wrong");
    }
}

#[test]
fn a_response_must_cover_the_question() {
    for component in [
        "\"@status\" ",
        " \"content-digest\"",
        " \"@method\";req",
        " \"@target-uri\";req",
        " \"content-digest\";req",
        " \"signature\";key=\"chapar\";req",
        " \"signature-input\";key=\"chapar\";req",
    ] {
        let mut exchange = exchange(Algorithm::Ed25519, BODY, ANSWER);
        replace(&mut exchange.response, "signature-input", |input| {
            input.replacen(component, "", 1)
        });
        assert_eq!(
            code(check_answer(&exchange, ANSWER)),
            "signature-uncovered",
            "{component}"
        );
    }
}

#[test]
fn a_signed_answer_is_made_only_where_it_was_asked_for() {
    let key = Key::of(THEM, Algorithm::Ed25519);
    let mut request = request_by(&key, BODY);
    assert!(!wants_signed_response(&unsigned(BODY)));
    let asked = request.field("accept-signature").unwrap();
    let mut other_tag = request.clone();
    replace(&mut other_tag, "accept-signature", |value| {
        value.replace("chapar-dsp", "x")
    });
    assert!(!wants_signed_response(&other_tag));
    let only_asked = MessageParts::request("POST", TARGET, &[("accept-signature", &asked)]);
    assert!(!wants_signed_response(&only_asked));
    let response = MessageParts::response(200, &[]);
    assert!(sign_response(&response, b"", &only_asked, "k", NOW, &key.signer).is_err());
    remove(&mut request, "accept-signature");
    assert!(!wants_signed_response(&request));
}

proptest! {
    #[test]
    fn no_header_breaks_the_readers(
        input in ".{0,80}", list in "[a-z@\";=(),:?0-9 -]{0,80}", signature in ".{0,40}", digest in ".{0,40}", target in ".{0,40}",
    ) {
        let key = Key::of(THEM, Algorithm::Ed25519);
        for input in [input, format!("chapar=({list}"), format!("chapar=({list});keyid=\"{THEM}#key-1\";tag=\"chapar-dsp\"")] {
            let headers = [
                ("signature-input", input.as_str()), ("accept-signature", &input), ("content-digest", &digest),
                ("signature", &format!("chapar=:AA==:,{signature}")), ("authorization", &digest),
            ];
            let request = MessageParts::request(&signature, &target, &headers);
            let _ = check(&request, digest.as_bytes(), &key);
            let _ = wants_signed_response(&request);
            let response = MessageParts { start: Start::Response { status: 200 }, ..request.clone() };
            let document = key.document(Standing::Current);
            let _ = verify_response(&response, b"", &request, &key.did, &document, NOW, &International);
            let _ = sign_response(&MessageParts::response(200, &[]), b"", &request, &digest, NOW, &key.signer);
        }
    }

    #[test]
    fn any_altered_character_of_a_covered_header_is_seen(place in any::<prop::sample::Index>(), put in "[ -~]") {
        let key = Key::of(THEM, Algorithm::Ed25519);
        let request = request_by(&key, BODY);
        for header in ["content-digest", "content-type", "authorization", "accept-signature", "signature-input", "signature"] {
            let mut altered = request.clone();
            replace(&mut altered, header, |value| {
                let mut bytes = value.as_bytes().to_vec();
                let at = place.index(bytes.len());
                bytes[at] = put.as_bytes()[0];
                String::from_utf8(bytes).unwrap()
            });
            let same = altered.field(header).map(|v| v.trim().to_owned()) == request.field(header).map(|v| v.trim().to_owned());
            // A structured field has several spellings; what counts is that only those of the same value pass.
            let same = same || (header == "signature" || header == "signature-input")
                && input::member(&altered, header).ok() == input::member(&request, header).ok();
            prop_assert_eq!(check(&altered, BODY, &key).is_ok(), same, "{}", header);
        }
    }
}
