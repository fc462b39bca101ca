//! Secrets in the log of the real binary: none, however much the log tells and whatever happens.
//!
//! Two nodes tell everything they can while they make a contract, hand over a document and rotate their keys, and while a foreign
//! peer speaks to one of them rightly and wrongly; then both logs are searched for every secret that was in play. Private keys
//! are not known outside, so whatever in the log could be one is tried against the public keys. Refuses to judge what is on disk.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chapar_conformance::foreign_peer::{Family, ForeignPeer};
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::wire;
use chapar_conformance::words::{self, CONTEXT, FORMAT};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

/// Longest that a case may take to come where it should.
const PATIENCE: Duration = Duration::from_secs(20);
/// A node fetches a document again, because of a key that it does not name, only so often.
const LEAST_REFRESH: Duration = Duration::from_millis(10_300);
/// Bytes of a private key of either family, and of the node key.
const KEY_BYTES: usize = 32;
/// What every token of JSON begins with, in Base64: `{"`.
const JSON_IN_BASE64: &str = "eyJ";

fn talkative() -> Node {
    Node::start_with(
        "production",
        "[egress]\nloopback = true\n[log]\nformat = \"json\"\nlevel = \"trace\"\n",
    )
}

/// What must not be found, and what it is.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn keep(&mut self, what: &'static str, secret: &str) {
        assert!(secret.len() > 15, "`{secret}` ({what}) is too short to be looked for");
        self.0.push((what, secret.to_owned()));
    }

    /// A token, and its signature alone.
    fn keep_token(&mut self, what: &'static str, authorization: &str) {
        let token = authorization.strip_prefix("Bearer ").unwrap_or(authorization);
        self.keep(what, token);
        self.keep(what, token.rsplit(['.', ':']).next().unwrap());
    }

    /// A key in hexadecimal digits, in every form in which it might be printed.
    fn keep_key(&mut self, what: &'static str, hex: &str) {
        let bytes = unhex(hex);
        assert_eq!(bytes.len(), KEY_BYTES, "{what}");
        self.keep(what, hex);
        self.keep(what, &hex.to_uppercase());
        self.keep(what, &STANDARD_NO_PAD.encode(&bytes));
        self.keep(what, &URL_SAFE_NO_PAD.encode(&bytes));
        self.keep(what, &format!("{bytes:?}"));
    }

    fn found_in(&self, log: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(_, secret)| log.contains(secret.as_str()));
        found
            .map(|(what, secret)| format!("{what}: {}", line_with(log, secret)))
            .collect()
    }
}

fn line_with<'a>(log: &'a str, part: &str) -> &'a str {
    log.lines().find(|line| line.contains(part)).unwrap_or_default()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The public keys of a participant: raw coordinates, as its document names them.
fn public_keys(who: &Participant) -> Vec<Vec<u8>> {
    let answer = wire::send("GET", &who.dsp.replace("/dsp/2025-1", "/did.json"), &[], b"").unwrap();
    let document = answer.value();
    let coordinate = |jwk: &Value, name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap_or_default()).unwrap();
    let methods = document["verificationMethod"].as_array().unwrap();
    methods
        .iter()
        .map(|method| {
            let jwk = &method["publicKeyJwk"];
            [coordinate(jwk, "x"), coordinate(jwk, "y")].concat()
        })
        .collect()
}

/// Whether these bytes are the private half of one of the keys.
fn is_private_half(bytes: &[u8], public: &[Vec<u8>]) -> bool {
    let ed25519 = Ed25519KeyPair::from_seed_unchecked(bytes);
    let of_ed25519 = |key: &[u8]| ed25519.as_ref().is_ok_and(|pair| pair.public_key().as_ref() == key);
    let of_p256 = |key: &[u8]| {
        let point = [&[4], key].concat();
        EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes, &point).is_ok()
    };
    public.iter().any(|key| {
        if key.len() == KEY_BYTES {
            of_ed25519(key)
        } else {
            of_p256(key)
        }
    })
}

/// Every run of bytes in a text that is long enough for a key: written in hexadecimal digits, in Base64 or as numbers.
fn byte_runs(text: &str) -> Vec<Vec<u8>> {
    let runs = |belongs: fn(char) -> bool, least: usize| {
        text.split(move |c| !belongs(c)).filter(move |run| run.len() >= least)
    };
    let mut found: Vec<Vec<u8>> = Vec::new();
    for run in runs(|c| c.is_ascii_hexdigit(), 2 * KEY_BYTES) {
        found.extend([&run[..run.len() & !1], &run[1..1 + ((run.len() - 1) & !1)]].map(unhex));
    }
    for run in runs(|c| c.is_ascii_alphanumeric() || "+/-_".contains(c), 43) {
        let plain = run.replace('-', "+").replace('_', "/");
        // A key may begin anywhere in a run, and a run may be cut anywhere.
        for start in 0..4.min(plain.len()) {
            let most = plain.len() - start;
            let ends = (0..4).filter(|cut| (most - cut) % 4 != 1).map(|cut| start + most - cut);
            found.extend(
                ends.filter_map(|end| STANDARD_NO_PAD.decode(&plain[start..end]).ok())
                    .take(1),
            );
        }
    }
    for run in runs(|c| c.is_ascii_digit() || c == ',' || c == ' ', 2 * KEY_BYTES) {
        let numbers: Option<Vec<u8>> = run.split(',').map(|number| number.trim().parse().ok()).collect();
        found.extend(numbers);
    }
    found.retain(|run| run.len() >= KEY_BYTES);
    found
}

/// The lines in which a private key stands.
fn leaks_of_keys<'a>(log: &'a str, public: &[Vec<u8>]) -> Vec<&'a str> {
    let leaks = |line: &&str| {
        let mut runs = byte_runs(line).into_iter();
        runs.any(|run| run.windows(KEY_BYTES).any(|bytes| is_private_half(bytes, public)))
    };
    log.lines().filter(leaks).collect()
}

#[test]
fn a_key_would_be_found_in_every_form() {
    let seed = [7_u8; KEY_BYTES];
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let public = vec![pair.public_key().as_ref().to_vec()];
    let hex: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    let inside = [b"a header before".as_slice(), &seed, b"and more behind"].concat();
    for form in [
        format!("key={hex}"),
        format!("key=0{hex}"),
        format!("\"k\":\"{}\"", STANDARD.encode(seed)),
        format!("key {}", URL_SAFE_NO_PAD.encode(&inside)),
        format!("key {}", STANDARD.encode(&inside[1..])),
        format!("Key({seed:?})"),
    ] {
        assert_eq!(leaks_of_keys(&form, &public).len(), 1, "{form}");
    }
    assert!(leaks_of_keys(&format!("key={}", "8".repeat(64)), &public).is_empty());
}

/// Two nodes with a participant each, who know one another.
struct Scene {
    nodes: [Node; 2],
    provider: Participant,
    consumer: Participant,
    secrets: Secrets,
}

fn scene() -> Scene {
    let nodes = [talkative(), talkative()];
    let provider = nodes[0].add(&json!({ "slug": "provider", "algorithm": "EdDSA" }));
    let consumer = nodes[1].add(&json!({ "slug": "consumer", "algorithm": "ES256" }));
    let mut secrets = Secrets::default();
    for (node, who) in nodes.iter().zip([&provider, &consumer]) {
        secrets.keep("operator key", node.operator_key());
        secrets.keep_key("node key", &node.node_key());
        secrets.keep("API key", &who.key);
    }
    provider.put_document("D1", "the content of a document that nobody else may read");
    secrets.keep("document", "the content of a document that nobody else may read");
    let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
    provider.ask("PUT", "/policies/use", Some(&policy));
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
    provider.ask("PUT", "/offers/CD1", Some(&offer));
    let peer = format!("/peers/{}", provider.id.replace('%', "%25"));
    consumer.ask("PUT", &peer, Some(&json!({ "dsp": provider.dsp })));
    Scene {
        nodes,
        provider,
        consumer,
        secrets,
    }
}

fn settles(who: &Participant, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let case = who.ask("GET", path, None);
        if case["pending"].is_null() && fits(&case) {
            return case;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{path} does not come where it should: {case}"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

impl Scene {
    /// A contract between the two, a transfer under it, and its data token.
    fn exchange(&mut self) {
        let wish = json!({ "peer": self.provider.id, "offer": words::offer("CD1:D1:any", "D1") });
        let id = self.consumer.ask("POST", "/negotiations", Some(&wish))["id"].clone();
        let path = format!("/negotiations/{}", id.as_str().unwrap());
        let case = settles(&self.consumer, &path, |case| case["state"] == "FINALIZED");
        let wish = json!({ "agreement": case["agreementId"], "format": FORMAT });
        let id = self.consumer.ask("POST", "/transfers", Some(&wish))["id"].clone();
        let path = format!("/transfers/{}", id.as_str().unwrap());
        let case = settles(&self.consumer, &path, |case| case["accessOpen"] == true);
        self.fetch(&path);
        // The provider takes access back and gives a fresh token.
        let theirs = format!("/transfers/{}", case["providerPid"].as_str().unwrap());
        settles(&self.provider, &theirs, |case| case["state"] == "STARTED");
        for (decision, state) in [("suspend", "SUSPENDED"), ("start", "STARTED")] {
            let body = json!({ "decision": decision });
            self.provider.ask("POST", &format!("{theirs}/decisions"), Some(&body));
            settles(&self.provider, &theirs, |case| case["state"] == state);
        }
        settles(&self.consumer, &path, |case| case["accessOpen"] == true);
        self.fetch(&path);
    }

    fn fetch(&mut self, transfer: &str) {
        let address = self.consumer.ask("GET", &format!("{transfer}/data-address"), None);
        let properties = address["endpointProperties"].as_array().unwrap();
        let token = properties
            .iter()
            .find(|property| property["name"] == "authorization")
            .unwrap();
        let token = token["value"].as_str().unwrap();
        self.secrets.keep_token("data token", token);
        let endpoint = address["endpoint"].as_str().unwrap();
        let ask = |token: &str| wire::send("GET", endpoint, &[("authorization", token)], b"").unwrap();
        assert_eq!(ask(token).status, 200);
        // A token that is almost right is almost a secret.
        assert_eq!(ask(&token[..token.len() - 1]).status, 401);
        self.secrets.keep("cut data token", &token[..token.len() - 1]);
    }

    /// New keys of every kind.
    fn rotate(&mut self) {
        for who in [&self.provider, &self.consumer] {
            who.ask("POST", "/identity/rotate", None);
            let made = who.ask(
                "POST",
                "/keys",
                Some(&json!({ "role": "editor", "label": "for the judge" })),
            );
            self.secrets.keep("API key", made["key"].as_str().unwrap());
            let mut wrong = who.clone();
            wrong.key.push('x');
            assert_eq!(wrong.call("GET", "/self", None).status, 401);
        }
    }

    /// A foreign peer speaks to the provider, rightly and wrongly, and hears it.
    fn hear_a_foreigner(&mut self) {
        for family in Family::ALL {
            let peer = ForeignPeer::start(family);
            peer.refuse("/negotiations/request", 503);
            let message = json!({
                "@context": [CONTEXT], "@type": "ContractRequestMessage", "consumerPid": words::fresh(),
                "offer": words::offer("CD1:D1:1", "D1"), "callbackAddress": peer.callback(),
            });
            let saying = peer.saying(&self.provider, "/negotiations/request", Some(&message));
            self.secrets.keep_token("token of a peer", &saying.token());
            assert_eq!(saying.say().answer.status, 201);
            let heard = peer.hears("/agreement", "ContractAgreementMessage");
            self.secrets
                .keep_token("token to a peer", heard.header("authorization").unwrap());
            let wish = json!({ "peer": peer.did, "address": peer.callback(), "offer": words::offer("o", "D9") });
            self.provider.ask("POST", "/negotiations", Some(&wish));
            let heard = peer.hears("/negotiations/request", "ContractRequestMessage");
            self.secrets
                .keep_token("token to a peer that refuses", heard.header("authorization").unwrap());
            for authorization in [
                format!("Bearer {}x", saying.token()),
                format!("Bearer no-token-{}", words::fresh()),
                format!("Basic {}", STANDARD.encode(words::fresh())),
            ] {
                let mut wrong = saying.clone();
                wrong.authorization = Some(authorization.clone());
                assert_eq!(wrong.say().answer.status, 401, "{authorization}");
                self.secrets
                    .keep("wrong authorization", authorization.split_once(' ').unwrap().1);
            }
        }
    }
}

#[test]
fn no_secret_reaches_the_log() {
    let mut scene = scene();
    scene.exchange();
    scene.rotate();
    thread::sleep(LEAST_REFRESH);
    scene.exchange();
    scene.hear_a_foreigner();
    let public = [public_keys(&scene.provider), public_keys(&scene.consumer)].concat();
    assert_eq!(
        public.len(),
        6,
        "each has its old key, its new one and that of its register"
    );
    for node in &scene.nodes {
        let log = node.log();
        assert!(log.contains("\"level\":\"TRACE\""), "the log does not tell everything");
        assert!(log.contains("\"route\":\"/chapar/v1/keys\""), "the log cannot be read");
        let found = scene.secrets.found_in(&log);
        assert!(
            found.is_empty(),
            "{} secrets are told:\n{}",
            found.len(),
            found.join("\n")
        );
        assert!(
            !log.contains(JSON_IN_BASE64),
            "a token is told: {}",
            line_with(&log, JSON_IN_BASE64)
        );
        let leaks = leaks_of_keys(&log, &public);
        assert!(leaks.is_empty(), "a private key is told:\n{}", leaks.join("\n"));
    }
}
