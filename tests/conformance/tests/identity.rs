//! Who may speak to the real binary under whose name: a foreign peer with a DID of its own says everything once rightly and then
//! wrongly in one part, with Ed25519 and with ES256.
//!
//! Each wrong saying has its status and code, and nothing changes: no case, no message of the node. Refuses to hold broken
//! bodies (`bad_input`) and the bytes under an agreement (`data_access`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::foreign_peer::{
    Family, ForeignPeer, Key, MessageSignature, Saying, check_answer, check_request, check_token, document, now_s,
};
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::words::{self, CONTEXT, FORMAT};
use chapar_conformance::{seed, wire};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

/// The node fetches a document again, because of a key that it does not name, only so often.
const LEAST_REFRESH: Duration = Duration::from_millis(10_300);

struct Scene {
    _node: Node,
    us: Participant,
    peer: ForeignPeer,
    stranger: ForeignPeer,
}

fn scene(family: Family, unsigned_peers: &str) -> Scene {
    let node = Node::start();
    let wanted = json!({ "slug": "office", "algorithm": family.jose(), "unsignedPeers": unsigned_peers });
    let us = node.add(&wanted);
    us.put_document("D1", "content of D1");
    seed::open_to_all(&us, "CD1");
    Scene {
        _node: node,
        us,
        peer: ForeignPeer::start(family),
        stranger: ForeignPeer::start(family),
    }
}

impl Scene {
    fn request_body(&self) -> Value {
        json!({
            "@context": [CONTEXT], "@type": "ContractRequestMessage", "consumerPid": words::fresh(),
            "offer": words::offer("CD1:D1:1", "D1"), "callbackAddress": self.peer.callback(),
        })
    }

    /// A first message of the peer, right in every part.
    fn request(&self) -> Saying {
        self.peer
            .saying(&self.us, "/negotiations/request", Some(&self.request_body()))
    }

    /// Begins a case; its pid at the node.
    fn begun(&self) -> String {
        let answer = self.request().say().answer;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.value()["providerPid"].as_str().unwrap().to_owned()
    }

    fn cases(&self) -> usize {
        self.us.ask("GET", "/negotiations", None)["items"]
            .as_array()
            .unwrap()
            .len()
    }
}

fn expect(what: &str, said: &wire::Response, status: u16, code: &str) {
    let body = said.value();
    assert_eq!(
        (said.status, body["code"].as_str()),
        (status, Some(code)),
        "{what}: {body}"
    );
    assert_eq!(body["@type"], "ContractNegotiationError", "{what}: {body}");
    if status == 401 {
        assert_eq!(said.header("www-authenticate"), Some("Bearer"), "{what}");
    }
}

/// What is spoilt, how, and the code of the refusal.
type Row = (&'static str, fn(&Scene, &mut Saying), &'static str);

fn signature(saying: &mut Saying) -> &mut MessageSignature {
    saying.message.as_mut().unwrap()
}

/// All of these are answered 401.
fn refuses(rows: &[Row]) {
    for family in Family::ALL {
        let scene = scene(family, "accept");
        scene.begun();
        let before = scene.cases();
        for (what, spoil, code) in rows {
            let mut saying = scene.request();
            spoil(&scene, &mut saying);
            expect(&format!("{what} ({})", family.jose()), &saying.say().answer, 401, code);
        }
        assert_eq!(scene.cases(), before, "a refused message made a case");
        assert_eq!(
            (scene.peer.heard(), scene.stranger.heard()),
            (0, 0),
            "a refused message made the node speak"
        );
        scene.begun();
    }
}

#[test]
fn a_token_is_wanted_and_must_be_one() {
    refuses(&[
        (
            "no token",
            |_, saying| saying.authorization = Some(String::new()),
            "token-missing",
        ),
        (
            "no three parts",
            |_, saying| saying.authorization = Some("Bearer abc".to_owned()),
            "token-malformed",
        ),
        (
            "no JSON in it",
            |_, saying| saying.authorization = Some("Bearer YQ.YQ.YQ".to_owned()),
            "token-malformed",
        ),
        (
            "another scheme",
            |_, saying| saying.authorization = Some("Basic YTpi".to_owned()),
            "token-malformed",
        ),
        (
            "more than is read",
            |_, saying| saying.authorization = Some(format!("Bearer {}", "a".repeat(17_000))),
            "token-too-large",
        ),
        (
            "unknown extensions",
            |_, saying| saying.header["crit"] = json!(["exp"]),
            "token-critical",
        ),
        (
            "no `jti`",
            |_, saying| saying.claims["jti"] = Value::Null,
            "token-malformed",
        ),
        (
            "no `jti` at all",
            |_, saying| drop(saying.claims.as_object_mut().unwrap().remove("jti")),
            "token-id",
        ),
        (
            "an empty `jti`",
            |_, saying| saying.claims["jti"] = json!(""),
            "token-id",
        ),
        (
            "no end",
            |_, saying| drop(saying.claims.as_object_mut().unwrap().remove("exp")),
            "token-malformed",
        ),
    ]);
}

#[test]
fn a_token_is_signed_by_a_key_of_its_issuer() {
    refuses(&[
        ("not signed", unsigned_token, "token-algorithm"),
        (
            "a shared secret",
            |_, saying| saying.header["alg"] = json!("HS256"),
            "token-algorithm",
        ),
        (
            "the other family",
            |_, saying| {
                let other = if saying.header["alg"] == "EdDSA" {
                    "ES256"
                } else {
                    "EdDSA"
                };
                saying.header["alg"] = json!(other);
            },
            "token-algorithm",
        ),
        (
            "a key of nobody",
            |scene, saying| saying.token_key = Key::fresh(scene.peer.key.family(), "key-1"),
            "token-signature",
        ),
        (
            "a key of another",
            |scene, saying| saying.token_key = scene.stranger.key.clone(),
            "token-signature",
        ),
        (
            "the name of another",
            |scene, saying| {
                saying.claims["iss"] = json!(scene.stranger.did);
                saying.claims["sub"] = json!(scene.stranger.did);
            },
            "key-unknown",
        ),
        (
            "the name of another, its key's name too",
            |scene, saying| {
                saying.claims["iss"] = json!(scene.stranger.did);
                saying.claims["sub"] = json!(scene.stranger.did);
                saying.header["kid"] = json!(format!("{}#key-1", scene.stranger.did));
            },
            "token-signature",
        ),
        (
            "for somebody else",
            |scene, saying| saying.claims["sub"] = json!(scene.stranger.did),
            "token-issuer",
        ),
        (
            "a key that the document does not name",
            |scene, saying| saying.header["kid"] = json!(format!("{}#key-9", scene.peer.did)),
            "key-unknown",
        ),
    ]);
}

fn unsigned_token(_: &Scene, saying: &mut Saying) {
    saying.header["alg"] = json!("none");
    let token = saying.token();
    let (signed, _) = token.rsplit_once('.').unwrap();
    saying.authorization = Some(format!("Bearer {signed}."));
}

#[test]
fn a_token_is_for_us() {
    refuses(&[
        (
            "for another",
            |_, saying| saying.claims["aud"] = json!("did:web:elsewhere.example"),
            "token-audience",
        ),
        (
            "for several others",
            |scene, saying| saying.claims["aud"] = json!(["x", scene.stranger.did]),
            "token-audience",
        ),
        (
            "for nobody",
            |_, saying| saying.claims["aud"] = json!([]),
            "token-audience",
        ),
    ]);
}

#[test]
fn a_token_is_young_and_lives_briefly() {
    refuses(&[
        (
            "over",
            |_, saying| {
                saying.claims["iat"] = json!(now_s() - 300);
                saying.claims["exp"] = json!(now_s() - 61);
            },
            "token-expired",
        ),
        (
            "yet to come",
            |_, saying| {
                saying.claims["iat"] = json!(now_s() + 70);
                saying.claims["exp"] = json!(now_s() + 190);
            },
            "token-not-yet-valid",
        ),
        (
            "not before",
            |_, saying| saying.claims["nbf"] = json!(now_s() + 70),
            "token-not-yet-valid",
        ),
        (
            "over before it began",
            |_, saying| saying.claims["exp"] = json!(now_s() - 1),
            "token-lifetime",
        ),
    ]);
}

#[test]
fn a_token_lives_five_minutes_at_most() {
    refuses(&[(
        "lives too long",
        |_, saying| saying.claims["exp"] = json!(now_s() + 302),
        "token-lifetime",
    )]);
}

#[test]
fn a_signature_is_of_the_sender_and_for_this_purpose() {
    refuses(&[
        (
            "a key of nobody",
            |scene, saying| signature(saying).key = Key::fresh(scene.peer.key.family(), "key-1"),
            "signature-wrong",
        ),
        (
            "another participant",
            |scene, saying| {
                signature(saying).key = scene.stranger.key.clone();
                signature(saying).key_id = format!("{}#key-1", scene.stranger.did);
            },
            "signature-issuer",
        ),
        (
            "a key that the document does not name",
            |scene, saying| signature(saying).key_id = format!("{}#key-9", scene.peer.did),
            "key-unknown",
        ),
        (
            "another purpose",
            |_, saying| signature(saying).tag = "something-else".to_owned(),
            "signature-tag",
        ),
    ]);
}

#[test]
fn a_signature_covers_these_very_bytes() {
    refuses(&[
        (
            "another body",
            |_, saying| signature(saying).digest_of = Some(b"{}".to_vec()),
            "content-digest-wrong",
        ),
        (
            "another address",
            |_, saying| {
                saying.signed_url = Some("http://127.0.0.1:1/office/dsp/2025-1/negotiations/request".to_owned())
            },
            "signature-wrong",
        ),
    ]);
}

#[test]
fn a_signature_covers_what_it_must() {
    refuses(&[
        (
            "not the method",
            |_, saying| signature(saying).leaves_out = vec!["@method"],
            "signature-uncovered",
        ),
        (
            "not the address",
            |_, saying| signature(saying).leaves_out = vec!["@target-uri"],
            "signature-uncovered",
        ),
        (
            "not the body",
            |_, saying| signature(saying).leaves_out = vec!["content-digest"],
            "signature-uncovered",
        ),
        (
            "not the body's type",
            |_, saying| signature(saying).leaves_out = vec!["content-type"],
            "signature-uncovered",
        ),
        (
            "not the token",
            |_, saying| signature(saying).leaves_out = vec!["authorization"],
            "signature-uncovered",
        ),
        (
            "not that the answer be signed",
            |_, saying| {
                saying.asks_for_signature = true;
                signature(saying).leaves_out = vec!["accept-signature"];
            },
            "signature-uncovered",
        ),
    ]);
}

#[test]
fn a_signature_is_young_and_lives_briefly() {
    refuses(&[
        (
            "over",
            |_, saying| {
                signature(saying).created = now_s() - 300;
                signature(saying).expires = now_s() - 61;
            },
            "signature-expired",
        ),
        (
            "yet to come",
            |_, saying| {
                signature(saying).created = now_s() + 70;
                signature(saying).expires = now_s() + 190;
            },
            "signature-not-yet-valid",
        ),
        (
            "lives too long",
            |_, saying| signature(saying).expires = now_s() + 302,
            "signature-lifetime",
        ),
    ]);
}

#[test]
fn a_header_changed_on_the_way_is_seen() {
    let scene = scene(Family::EdDsa, "accept");
    let saying = scene.request();
    let mut headers = saying.headers();
    headers.iter_mut().find(|(name, _)| name == "content-type").unwrap().1 = "application/ld+json".to_owned();
    expect(
        "another content type",
        &saying.say_with(headers).answer,
        401,
        "signature-wrong",
    );
    let mut saying = scene.request();
    let headers = saying.headers();
    saying.body.insert(0, b' ');
    expect(
        "a blank more in the body",
        &saying.say_with(headers).answer,
        401,
        "content-digest-wrong",
    );
    assert_eq!(scene.cases(), 0);
}

#[test]
fn a_key_is_accepted_from_the_document_in_which_it_appears() {
    // Both families wait at the same time.
    thread::scope(|scope| {
        for family in Family::ALL {
            scope.spawn(move || {
                let mut scene = scene(family, "accept");
                scene.begun();
                let old = scene.peer.key.clone();
                scene.peer.key = Key::fresh(family, "key-2");
                expect("not published yet", &scene.request().say().answer, 401, "key-unknown");
                scene.peer.publish(&document(&scene.peer.did, &[&old, &scene.peer.key]));
                thread::sleep(LEAST_REFRESH);
                scene.begun();
                scene.peer.key = old;
                scene.begun();
            });
        }
    });
}

#[test]
fn a_token_is_good_once_and_its_copy_is_answered_as_before() {
    let scene = scene(Family::EdDsa, "accept");
    let saying = scene.request();
    let headers = saying.headers();
    let first = saying.say_with(headers.clone()).answer;
    assert_eq!(first.status, 201, "{}", first.text());
    let again = saying.say_with(headers.clone()).answer;
    assert_eq!((again.status, again.value()), (first.status, first.value()));
    assert_eq!(scene.cases(), 1, "a copy made a case");
    // The same token over another body, signed anew.
    let mut other = scene.request();
    other.claims = saying.claims.clone();
    expect("another body", &other.say().answer, 401, "token-replayed");
    other.message = None;
    expect("another body, unsigned", &other.say().answer, 401, "token-replayed");
    assert_eq!(scene.cases(), 1, "a used token made a case");
}

/// A refusal uses a token up as well, also one that comes before any case is looked at.
#[test]
fn a_token_that_was_refused_is_good_for_nothing_else() {
    let scene = scene(Family::EdDsa, "accept");
    let rows: [(&str, &str, Value); 4] = [
        ("no message", "/negotiations/request", json!({ "no": "message" })),
        ("an unknown offer", "/negotiations/request", {
            let mut body = scene.request_body();
            body["offer"] = words::offer("CD1:nothing:1", "nothing");
            body
        }),
        ("a callback address that points inside", "/negotiations/request", {
            let mut body = scene.request_body();
            body["callbackAddress"] = json!("http://169.254.169.254/latest");
            body
        }),
        (
            "an unknown case",
            "/negotiations/urn:uuid:nobody/termination",
            json!({
                "@context": [CONTEXT], "@type": "ContractNegotiationTerminationMessage",
                "consumerPid": words::fresh(), "providerPid": "urn:uuid:nobody",
            }),
        ),
    ];
    for (what, path, body) in rows {
        let refused = scene.peer.saying(&scene.us, path, Some(&body));
        let first = refused.say().answer;
        assert!(
            (400..500).contains(&first.status) && first.status != 401,
            "{what}: {}",
            first.text()
        );
        let mut other = scene.request();
        other.claims = refused.claims.clone();
        expect(what, &other.say().answer, 401, "token-replayed");
    }
    assert_eq!(scene.cases(), 0, "a used token made a case");
}

#[test]
fn a_token_of_a_read_is_good_for_that_read() {
    let scene = scene(Family::EdDsa, "accept");
    let (one, two) = (scene.begun(), scene.begun());
    let first = scene.peer.saying(&scene.us, &format!("/negotiations/{one}"), None);
    assert_eq!(first.say().answer.status, 200);
    assert_eq!(first.say().answer.status, 200, "the same read again");
    let mut second = scene.peer.saying(&scene.us, &format!("/negotiations/{two}"), None);
    second.claims = first.claims.clone();
    expect("another read", &second.say().answer, 401, "token-replayed");
}

#[test]
fn a_token_of_a_message_is_no_good_for_a_read_nor_the_reverse() {
    let scene = scene(Family::EdDsa, "accept");
    let message = scene.request();
    let begun = message.say().answer;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let pid = begun.value()["providerPid"].as_str().unwrap().to_owned();
    let mut read = scene.peer.saying(&scene.us, &format!("/negotiations/{pid}"), None);
    let of_the_read = std::mem::replace(&mut read.claims, message.claims.clone());
    expect(
        "a message's token for a read",
        &read.say().answer,
        401,
        "token-replayed",
    );
    read.claims = of_the_read;
    assert_eq!(read.say().answer.status, 200);
    let mut other = scene.request();
    other.claims = read.claims.clone();
    expect(
        "a read's token for a message",
        &other.say().answer,
        401,
        "token-replayed",
    );
    assert_eq!(scene.cases(), 1);
}

fn timeline(scene: &Scene, pid: &str) -> String {
    scene
        .us
        .ask("GET", &format!("/negotiations/{pid}/timeline"), None)
        .to_string()
}

#[test]
fn what_was_said_without_a_signature_is_marked() {
    let scene = scene(Family::Es256, "accept");
    let proven = scene.begun();
    assert!(
        timeline(&scene, &proven).contains("\"proof\":\"proven\""),
        "{}",
        timeline(&scene, &proven)
    );
    let mut saying = scene.request();
    saying.message = None;
    let answer = saying.say().answer;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let asserted = answer.value()["providerPid"].as_str().unwrap().to_owned();
    assert!(
        timeline(&scene, &asserted).contains("\"proof\":\"asserted\""),
        "{}",
        timeline(&scene, &asserted)
    );
}

#[test]
fn who_wants_signatures_hears_nothing_else() {
    let scene = scene(Family::EdDsa, "refuse");
    let mut saying = scene.request();
    saying.message = None;
    expect("unsigned", &saying.say().answer, 401, "signature-required");
    assert_eq!(scene.cases(), 0);
    scene.begun();
}

fn our_document(us: &Participant) -> Value {
    let url = us.dsp.replace("/dsp/2025-1", "/did.json");
    let answer = wire::send("GET", &url, &[], b"").unwrap();
    assert_eq!(answer.status, 200);
    answer.value()
}

#[test]
fn an_answer_is_signed_for_who_asks() {
    for family in Family::ALL {
        let scene = scene(family, "accept");
        let pid = scene.begun();
        let mut asked = scene.request();
        asked.asks_for_signature = true;
        let mut refused = asked.clone();
        refused.claims["jti"] = json!(words::fresh());
        refused.body = b"{}".to_vec();
        let mut read = scene.peer.saying(&scene.us, &format!("/negotiations/{pid}"), None);
        read.asks_for_signature = true;
        for (saying, status) in [(&asked, 201), (&refused, 400), (&read, 200)] {
            let said = saying.say();
            assert_eq!(said.answer.status, status, "{}", said.answer.text());
            check_answer(saying, &said, &our_document(&scene.us)).unwrap();
            // The same bytes in answer to another question prove nothing.
            let other = Saying {
                url: format!("{}x", saying.url),
                ..saying.clone()
            };
            assert!(check_answer(&other, &said, &our_document(&scene.us)).is_err());
        }
        let silent = scene.request().say().answer;
        assert_eq!(silent.header("signature"), None, "nobody asked");
    }
}

/// Who answers with a key that we have not seen yet is looked up again, not disbelieved until our memory of it ends.
#[test]
fn an_answer_under_a_fresh_key_is_believed() {
    let node = Node::start();
    let [us, peer] = ["office", "neighbour"].map(|slug| node.add(&json!({ "slug": slug, "unsignedPeers": "refuse" })));
    let ask = || {
        us.call(
            "POST",
            "/peers/catalog",
            Some(&json!({ "peer": peer.id, "address": peer.dsp })),
        )
    };
    assert_eq!(ask().status, 200);
    peer.ask("POST", "/identity/rotate", None);
    thread::sleep(LEAST_REFRESH);
    let answer = ask();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A peer reads our document again only so often. What we sign with a key made since is said again until it has.
#[test]
fn a_message_under_a_fresh_key_is_taken_once_the_peer_has_looked_again() {
    let node = Node::start();
    let [us, peer] = ["office", "neighbour"].map(|slug| node.add(&json!({ "slug": slug, "unsignedPeers": "accept" })));
    peer.put_document("D1", "content of D1");
    seed::open_to_all(&peer, "CD1");
    let state = || {
        let asked =
            json!({ "peer": peer.id, "address": peer.dsp, "offer": words::offer("CD1:D1:1", "D1"), "mode": "manual" });
        let id = us.ask("POST", "/negotiations", Some(&asked))["id"].clone();
        let path = format!("/negotiations/{}", id.as_str().unwrap());
        let end = Instant::now() + 3 * LEAST_REFRESH;
        loop {
            let case = us.ask("GET", &path, None);
            if case["state"] != "INITIAL" || Instant::now() > end {
                return case["state"].as_str().unwrap().to_owned();
            }
            thread::sleep(Duration::from_millis(100));
        }
    };
    assert_eq!(state(), "REQUESTED");
    us.ask("POST", "/identity/rotate", None);
    assert_eq!(state(), "REQUESTED");
}

#[test]
fn a_key_that_was_rotated_out_still_verifies_what_it_signed() {
    for family in Family::ALL {
        let scene = scene(family, "accept");
        let pid = scene.begun();
        let decide = |decision: &str| {
            let answer = scene.us.call(
                "POST",
                &format!("/negotiations/{pid}/decisions"),
                Some(&json!({ "decision": decision })),
            );
            assert_eq!(answer.status, 202, "{}", answer.text());
        };
        decide("agree");
        let before = scene.peer.hears("/agreement", "ContractAgreementMessage");
        let url = |heard: &wire::Request| format!("{}{}", scene.peer.callback().trim_end_matches("/peer"), heard.path);
        let old = our_document(&scene.us);
        scene.us.ask("POST", "/identity/rotate", None);
        let new = our_document(&scene.us);
        let keys = |document: &Value| document["verificationMethod"].as_array().unwrap().len();
        // One of them is the log's.
        assert_eq!((keys(&old), keys(&new)), (2, 3), "{new}");
        check_request(&before, &url(&before), &new).unwrap();
        let claims = check_token(before.header("authorization").unwrap(), &new).unwrap();
        assert_eq!(
            (claims["iss"].as_str(), claims["sub"].as_str()),
            (Some(scene.us.id.as_str()), Some(scene.us.id.as_str()))
        );
        assert_eq!(claims["aud"], json!(scene.peer.did));
        assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 300);
        decide("terminate");
        let after = scene
            .peer
            .hears("/termination", "ContractNegotiationTerminationMessage");
        check_request(&after, &url(&after), &new).unwrap();
        assert!(
            check_request(&after, &url(&after), &old).is_err(),
            "the old key still signs"
        );
    }
}

#[test]
fn a_case_is_there_for_its_peer_alone() {
    let scene = scene(Family::EdDsa, "accept");
    let pid = scene.begun();
    let nobody = "urn:uuid:00000000-0000-0000-0000-000000000000";
    let inside = |kind: &str, pid: &str| json!({ "@context": [CONTEXT], "@type": kind, "consumerPid": words::fresh(), "providerPid": pid });
    let routes = |pid: &str| {
        let event = |kind: &str| {
            let mut message = inside("ContractNegotiationEventMessage", pid);
            message["eventType"] = json!(kind);
            message
        };
        let mut offer = inside("ContractRequestMessage", pid);
        offer["offer"] = words::offer("CD1:D1:1", "D1");
        vec![
            (format!("/negotiations/{pid}"), None),
            (format!("/negotiations/{pid}/request"), Some(offer)),
            (format!("/negotiations/{pid}/events"), Some(event("ACCEPTED"))),
            (format!("/negotiations/{pid}/events"), Some(event("FINALIZED"))),
            (
                format!("/negotiations/{pid}/agreement/verification"),
                Some(inside("ContractAgreementVerificationMessage", pid)),
            ),
            (
                format!("/negotiations/{pid}/termination"),
                Some(inside("ContractNegotiationTerminationMessage", pid)),
            ),
        ]
    };
    for ((path, message), (absent, other)) in routes(&pid).into_iter().zip(routes(nobody)) {
        let said = scene.stranger.saying(&scene.us, &path, message.as_ref()).say().answer;
        let of_nobody = scene.stranger.saying(&scene.us, &absent, other.as_ref()).say().answer;
        assert_eq!((said.status, of_nobody.status), (404, 404), "{path}: {}", said.text());
        // A refusal may repeat the pids that it was given, nothing else.
        let shown = |answer: &wire::Response| {
            let body = answer.value();
            (body["@type"].clone(), body["code"].clone(), body["reason"].clone())
        };
        assert_eq!(shown(&said), shown(&of_nobody), "{path} tells that there is a case");
    }
    let seen = scene
        .peer
        .saying(&scene.us, &format!("/negotiations/{pid}"), None)
        .say()
        .answer;
    assert_eq!(
        (seen.status, &seen.value()["state"]),
        (200, &json!("REQUESTED")),
        "its own peer does not see it"
    );
}

#[test]
fn an_agreement_is_of_use_to_who_made_it_alone() {
    let scene = scene(Family::EdDsa, "accept");
    let agreement = agreed(&scene);
    let request = json!({
        "@context": [CONTEXT], "@type": "TransferRequestMessage", "consumerPid": words::fresh(),
        "agreementId": agreement, "format": FORMAT, "callbackAddress": scene.stranger.callback(),
    });
    let answer = scene
        .stranger
        .saying(&scene.us, "/transfers/request", Some(&request))
        .say()
        .answer;
    assert!(
        (400..500).contains(&answer.status),
        "{} {}",
        answer.status,
        answer.text()
    );
    let taken = scene
        .peer
        .saying(&scene.us, "/transfers/request", Some(&request))
        .say()
        .answer;
    assert_eq!(taken.status, 201, "{}", taken.text());
}

/// Negotiates to the end; the agreement's id.
fn agreed(scene: &Scene) -> String {
    let body = scene.request_body();
    let answer = scene
        .peer
        .saying(&scene.us, "/negotiations/request", Some(&body))
        .say()
        .answer;
    let pid = answer.value()["providerPid"].as_str().unwrap().to_owned();
    let decide = |decision: &str| {
        scene.us.ask(
            "POST",
            &format!("/negotiations/{pid}/decisions"),
            Some(&json!({ "decision": decision })),
        )
    };
    decide("agree");
    let agreement = scene.peer.hears("/agreement", "ContractAgreementMessage").json();
    let verification = json!({
        "@context": [CONTEXT], "@type": "ContractAgreementVerificationMessage",
        "consumerPid": body["consumerPid"], "providerPid": pid,
    });
    let path = format!("/negotiations/{pid}/agreement/verification");
    assert_eq!(
        scene
            .peer
            .saying(&scene.us, &path, Some(&verification))
            .say()
            .answer
            .status,
        200
    );
    decide("finalize");
    scene.peer.hears("/events", "FINALIZED");
    // In force is what the node knows that the peer has: the answer to its last message must have come in.
    let begun = Instant::now();
    while scene.us.ask("GET", &format!("/negotiations/{pid}"), None)["state"] != "FINALIZED" {
        assert!(begun.elapsed() < Duration::from_secs(5), "never finalized");
        thread::sleep(Duration::from_millis(5));
    }
    agreement["agreement"]["@id"].as_str().unwrap().to_owned()
}

#[test]
fn no_address_inside_is_called_back() {
    let scene = scene(Family::EdDsa, "accept");
    for address in [
        "https://10.0.0.1/x",
        "https://169.254.169.254/x",
        "https://[fd00::1]/x",
        "https://192.168.0.1:8443/x",
        "http://10.0.0.1/x",
    ] {
        let mut body = scene.request_body();
        body["callbackAddress"] = json!(address);
        let answer = scene
            .peer
            .saying(&scene.us, "/negotiations/request", Some(&body))
            .say()
            .answer;
        expect(address, &answer, 400, "callback-address-refused");
    }
    // The same for the document of whoever speaks: its DID names where it is fetched.
    let mut saying = scene.request();
    for did in ["did:web:10.0.0.1", "did:web:169.254.169.254:peer"] {
        saying.claims["iss"] = json!(did);
        saying.claims["sub"] = json!(did);
        saying.header["kid"] = json!(format!("{did}#key-1"));
        let answer = saying.say().answer;
        assert_eq!(answer.status, 401, "{did}: {}", answer.text());
    }
    assert_eq!(scene.cases(), 0);
}
