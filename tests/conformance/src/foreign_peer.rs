//! A foreign participant with a DID: it serves its own `did.json`, signs tokens (RFC 7515) and HTTP messages (RFC 9421, RFC 9530)
//! by its own hand, and hears what the node says to it.
//!
//! Written from the texts alone, so that it can also write wrongly: every part of a [`Saying`] may be spoilt before or after it is
//! signed. Refuses to judge; the judges are in `tests/`.

use crate::node::Participant;
use crate::wire::{self, Request, Response, Server};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longest that the node may take to say what is expected.
const PATIENCE: Duration = Duration::from_secs(10);

/// The families of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Family {
    /// Both.
    pub const ALL: [Self; 2] = [Self::EdDsa, Self::Es256];

    /// The `alg` of a token.
    pub const fn jose(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }
}

enum Pair {
    EdDsa(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
}

/// A private key with the name it has in a document.
#[derive(Clone)]
pub struct Key {
    /// What stands after the `#`.
    pub fragment: String,
    pair: Arc<Pair>,
}

impl Key {
    /// A fresh one.
    pub fn fresh(family: Family, fragment: &str) -> Self {
        let pair = match family {
            Family::EdDsa => Pair::EdDsa(Ed25519KeyPair::generate().expect("a key can be made")),
            Family::Es256 => {
                Pair::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key can be made"))
            }
        };
        Self {
            fragment: fragment.to_owned(),
            pair: Arc::new(pair),
        }
    }

    /// Its family.
    pub fn family(&self) -> Family {
        match *self.pair {
            Pair::EdDsa(_) => Family::EdDsa,
            Pair::Es256(_) => Family::Es256,
        }
    }

    fn jwk(&self) -> Value {
        let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &*self.pair {
            Pair::EdDsa(pair) => json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(pair.public_key().as_ref()) }),
            Pair::Es256(pair) => {
                // An uncompressed point: 4, then both coordinates.
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": b64(&point[1..33]), "y": b64(&point[33..65]) })
            }
        }
    }

    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let signature = match &*self.pair {
            Pair::EdDsa(pair) => pair.sign(bytes),
            Pair::Es256(pair) => pair.sign(&SystemRandom::new(), bytes).expect("the key signs"),
        };
        signature.as_ref().to_vec()
    }
}

/// The DID document of `did` with these keys, all of them in use.
pub fn document(did: &str, keys: &[&Key]) -> Value {
    let id = |key: &Key| format!("{did}#{}", key.fragment);
    let methods: Vec<Value> = keys
        .iter()
        .map(|key| json!({ "id": id(key), "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": key.jwk() }))
        .collect();
    let names: Vec<String> = keys.iter().map(|key| id(key)).collect();
    json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": did,
        "verificationMethod": methods,
        "authentication": names,
        "assertionMethod": names,
    })
}

#[derive(Default)]
struct Desk {
    document: Mutex<Value>,
    heard: Mutex<Vec<Request>>,
    more: Condvar,
    /// Statuses other than 200 by the end of the path.
    refuses: Mutex<BTreeMap<String, u16>>,
}

impl Desk {
    fn answer(&self, request: Request) -> Response {
        if request.path.ends_with("/did.json") {
            return Response::json(200, &self.document.lock().unwrap());
        }
        // No version document: the base that is handed out is all there is.
        if request.path.ends_with("/.well-known/dspace-version") {
            return Response::empty(404);
        }
        let refuses = self.refuses.lock().unwrap();
        let refusal = refuses
            .iter()
            .find(|(tail, _)| request.path.ends_with(tail.as_str()))
            .map(|(_, status)| *status);
        drop(refuses);
        self.heard.lock().unwrap().push(request);
        self.more.notify_all();
        match refusal {
            Some(status) => Response::json(status, &json!({ "code": "no", "reason": ["not with us"] })),
            None => Response::empty(200),
        }
    }
}

/// A foreign participant.
pub struct ForeignPeer {
    /// Its DID.
    pub did: String,
    /// The key it signs with.
    pub key: Key,
    server: Server,
    desk: Arc<Desk>,
}

impl ForeignPeer {
    /// Starts serving a document with one fresh key.
    pub fn start(family: Family) -> Self {
        let desk = Arc::new(Desk::default());
        let behind = Arc::clone(&desk);
        let server =
            Server::start(Arc::new(move |request| Some(behind.answer(request)))).expect("a free port can be had");
        let did = format!("did:web:127.0.0.1%3A{}:peer", server.address.port());
        let peer = Self {
            did,
            key: Key::fresh(family, "key-1"),
            server,
            desk,
        };
        peer.publish(&document(&peer.did, &[&peer.key]));
        peer
    }

    /// Serves another document from now on.
    pub fn publish(&self, document: &Value) {
        *self.desk.document.lock().unwrap() = document.clone();
    }

    /// Where the node is to answer.
    pub fn callback(&self) -> String {
        format!("{}/peer", self.server.url())
    }

    /// Answers what is said to this end of a path with an error from now on.
    pub fn refuse(&self, tail: &str, status: u16) {
        self.desk.refuses.lock().unwrap().insert(tail.to_owned(), status);
    }

    /// The first message of the node whose path ends so and whose body holds `part`; waits for it.
    pub fn hears(&self, tail: &str, part: &str) -> Request {
        let fits =
            |request: &&Request| request.path.ends_with(tail) && String::from_utf8_lossy(&request.body).contains(part);
        let heard = self.desk.heard.lock().unwrap();
        let (heard, waited) = self
            .desk
            .more
            .wait_timeout_while(heard, PATIENCE, |heard| !heard.iter().any(|request| fits(&request)))
            .unwrap();
        assert!(!waited.timed_out(), "the node never said `{part}` to `{tail}`");
        heard.iter().find(fits).cloned().expect("it was there")
    }

    /// How many messages the node has said so far.
    pub fn heard(&self) -> usize {
        self.desk.heard.lock().unwrap().len()
    }

    /// Something to say to the node, right in every part: POST with a body, GET without.
    pub fn saying(&self, node: &Participant, path: &str, body: Option<&Value>) -> Saying {
        let now = now_s();
        let kid = format!("{}#{}", self.did, self.key.fragment);
        Saying {
            method: if body.is_some() { "POST" } else { "GET" }.to_owned(),
            url: format!("{}{path}", node.dsp),
            signed_url: None,
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
            header: json!({ "alg": self.key.family().jose(), "kid": kid, "typ": "JWT" }),
            claims: json!({
                "iss": self.did, "sub": self.did, "aud": node.id, "jti": uuid::Uuid::new_v4().to_string(),
                "iat": now, "exp": now + 120,
            }),
            token_key: self.key.clone(),
            authorization: None,
            message: Some(MessageSignature {
                key: self.key.clone(),
                key_id: kid,
                created: now,
                expires: now + 120,
                tag: "chapar-dsp".to_owned(),
                leaves_out: Vec::new(),
                digest_of: None,
            }),
            asks_for_signature: false,
        }
    }
}

/// How a message is signed, beside its token.
#[derive(Clone)]
pub struct MessageSignature {
    /// With which key.
    pub key: Key,
    /// Its DID URL.
    pub key_id: String,
    /// In seconds.
    pub created: i64,
    /// In seconds.
    pub expires: i64,
    /// Its purpose.
    pub tag: String,
    /// Components that should be covered and are not.
    pub leaves_out: Vec<&'static str>,
    /// Bytes whose digest is given in place of the body's.
    pub digest_of: Option<Vec<u8>>,
}

/// A request to a node, in the parts that a judge may spoil.
#[derive(Clone)]
pub struct Saying {
    /// Upper case.
    pub method: String,
    /// Where it goes.
    pub url: String,
    /// The address that is signed, where it differs.
    pub signed_url: Option<String>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// The token's header.
    pub header: Value,
    /// The token's claims.
    pub claims: Value,
    /// What signs the token.
    pub token_key: Key,
    /// The whole `Authorization`, in place of a token; empty for none.
    pub authorization: Option<String>,
    /// The message's own signature, if it has one.
    pub message: Option<MessageSignature>,
    /// Whether the answer is to be signed.
    pub asks_for_signature: bool,
}

/// What went out and what came back.
pub struct Said {
    /// The headers as they were sent.
    pub headers: Vec<(String, String)>,
    /// The answer.
    pub answer: Response,
}

impl Saying {
    /// The token as it stands.
    pub fn token(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&self.header), part(&self.claims));
        format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(self.token_key.sign(signed.as_bytes()))
        )
    }

    /// Every header of the request, the signature's included.
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        let mut put = |name: &str, value: String| headers.push((name.to_owned(), value));
        let authorization = self
            .authorization
            .clone()
            .unwrap_or_else(|| format!("Bearer {}", self.token()));
        if !authorization.is_empty() {
            put("authorization", authorization);
        }
        if !self.body.is_empty() {
            put("content-type", "application/json".to_owned());
        }
        if self.asks_for_signature {
            put(
                "accept-signature",
                "chapar=(\"@status\" \"content-digest\");created;keyid;tag=\"chapar-dsp\"".to_owned(),
            );
        }
        let Some(message) = &self.message else { return headers };
        if !self.body.is_empty() {
            put(
                "content-digest",
                content_digest(message.digest_of.as_deref().unwrap_or(&self.body)),
            );
        }
        let (input, signature) = self.sign(message, &headers);
        headers.push(("signature-input".to_owned(), format!("chapar={input}")));
        headers.push((
            "signature".to_owned(),
            format!("chapar=:{}:", STANDARD.encode(signature)),
        ));
        headers
    }

    fn sign(&self, message: &MessageSignature, headers: &[(String, String)]) -> (String, Vec<u8>) {
        let covered = [
            "@method",
            "@target-uri",
            "content-digest",
            "content-type",
            "authorization",
            "accept-signature",
        ];
        let mut names = Vec::new();
        let mut base = String::new();
        for name in covered.into_iter().filter(|name| !message.leaves_out.contains(name)) {
            let value = match name {
                "@method" => Some(self.method.as_str()),
                "@target-uri" => Some(self.signed_url.as_deref().unwrap_or(&self.url)),
                field => headers
                    .iter()
                    .find(|(known, _)| known == field)
                    .map(|(_, value)| value.as_str()),
            };
            if let Some(value) = value {
                names.push(format!("\"{name}\""));
                base.push_str(&format!("\"{name}\": {value}\n"));
            }
        }
        let input = format!(
            "({});created={};expires={};nonce=\"{}\";keyid=\"{}\";tag=\"{}\"",
            names.join(" "),
            message.created,
            message.expires,
            uuid::Uuid::new_v4(),
            message.key_id,
            message.tag,
        );
        base.push_str(&format!("\"@signature-params\": {input}"));
        let signature = message.key.sign(base.as_bytes());
        (input, signature)
    }

    /// Says it.
    pub fn say(&self) -> Said {
        self.say_with(self.headers())
    }

    /// Says it with these headers, whatever it should have.
    pub fn say_with(&self, headers: Vec<(String, String)>) -> Said {
        let borrowed: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = wire::send(&self.method, &self.url, &borrowed, &self.body)
            .unwrap_or_else(|why| panic!("{} {}: {why}", self.method, self.url));
        Said { headers, answer }
    }
}

/// Verifies the signature of an answer to `saying`, of which `said` is what was heard, against the signer's document.
///
/// # Errors
/// What does not hold.
pub fn check_answer(saying: &Saying, said: &Said, document: &Value) -> Result<(), String> {
    let answer = &said.answer;
    let digest = answer
        .header("content-digest")
        .ok_or("the answer has no `content-digest`")?;
    if digest != content_digest(&answer.body) {
        return Err(format!("`{digest}` is not the digest of the answer"));
    }
    let status = answer.status.to_string();
    let of_answer = |name: &str| match name {
        "@status" => Some(status.clone()),
        field => answer.header(field).map(str::to_owned),
    };
    let of_request = |name: &str, member: Option<&str>| match (name, member) {
        ("@method", None) => Some(saying.method.clone()),
        ("@target-uri", None) => Some(saying.url.clone()),
        (field, None) => find(&said.headers, field).map(str::to_owned),
        (field, Some(member)) => find(&said.headers, field)?
            .strip_prefix(&format!("{member}="))
            .map(str::to_owned),
    };
    let wanted = [
        "\"@status\"",
        "\"content-digest\"",
        "\"@method\";req",
        "\"@target-uri\";req",
        "\"signature\";key=\"chapar\";req",
        "\"signature-input\";key=\"chapar\";req",
    ];
    verify(&answer.headers, document, &wanted, &of_answer, &of_request)
}

/// Verifies the signature of a request that the node sent to `url`, against the node's document.
///
/// # Errors
/// What does not hold.
pub fn check_request(request: &Request, url: &str, document: &Value) -> Result<(), String> {
    let digest = request
        .header("content-digest")
        .ok_or("the request has no `content-digest`")?;
    if digest != content_digest(&request.body) {
        return Err(format!("`{digest}` is not the digest of the request"));
    }
    let value = |name: &str| match name {
        "@method" => Some(request.method.clone()),
        "@target-uri" => Some(url.to_owned()),
        field => request.header(field).map(str::to_owned),
    };
    let wanted = [
        "\"@method\"",
        "\"@target-uri\"",
        "\"content-digest\"",
        "\"content-type\"",
        "\"authorization\"",
        "\"accept-signature\"",
    ];
    verify(&request.headers, document, &wanted, &value, &|_, _| None)
}

/// Verifies a token of the node against its document; gives its claims.
///
/// # Errors
/// What does not hold.
pub fn check_token(authorization: &str, document: &Value) -> Result<Value, String> {
    let token = authorization.strip_prefix("Bearer ").ok_or("no bearer token")?;
    let (signed, signature) = token.rsplit_once('.').ok_or("no compact token")?;
    let (header, claims) = signed.split_once('.').ok_or("no compact token")?;
    let part = |text: &str| -> Result<Value, String> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|why| why.to_string())?;
        serde_json::from_slice(&bytes).map_err(|why| why.to_string())
    };
    let header = part(header)?;
    let kid = header["kid"].as_str().ok_or("no `kid`")?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|why| why.to_string())?;
    verify_bytes(document, kid, signed.as_bytes(), &signature)?;
    part(claims)
}

type OfMessage<'a> = &'a dyn Fn(&str) -> Option<String>;
type OfRequest<'a> = &'a dyn Fn(&str, Option<&str>) -> Option<String>;

fn verify(
    headers: &[(String, String)],
    document: &Value,
    wanted: &[&str],
    of_message: OfMessage<'_>,
    of_request: OfRequest<'_>,
) -> Result<(), String> {
    let input = find(headers, "signature-input")
        .and_then(|text| text.strip_prefix("chapar="))
        .ok_or("not signed")?;
    let signature = find(headers, "signature").and_then(|text| text.strip_prefix("chapar=:")?.strip_suffix(':'));
    let signature = STANDARD
        .decode(signature.ok_or("no signature")?)
        .map_err(|why| why.to_string())?;
    let (list, parameters) = input
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .ok_or("no list")?;
    let components: Vec<&str> = list.split(' ').collect();
    if let Some(missing) = wanted.iter().find(|wanted| !components.contains(wanted)) {
        return Err(format!("does not cover {missing}: {list}"));
    }
    let mut base = String::new();
    for component in components {
        let mut parts = component.split(';');
        let name = parts.next().unwrap_or_default().trim_matches('"');
        let parts: Vec<&str> = parts.collect();
        let member = parts
            .iter()
            .find_map(|part| part.strip_prefix("key="))
            .map(|key| key.trim_matches('"'));
        let value = if parts.contains(&"req") {
            of_request(name, member)
        } else {
            of_message(name)
        };
        let value = value.ok_or_else(|| format!("{component} has no value"))?;
        base.push_str(&format!("{component}: {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {input}"));
    let key_id = parameters
        .split(';')
        .find_map(|part| part.strip_prefix("keyid="))
        .ok_or("no `keyid`")?;
    verify_bytes(document, key_id.trim_matches('"'), base.as_bytes(), &signature)
}

fn verify_bytes(document: &Value, key_id: &str, bytes: &[u8], signature: &[u8]) -> Result<(), String> {
    let methods = document["verificationMethod"].as_array().ok_or("no keys")?;
    let method = methods.iter().find(|method| method["id"] == key_id);
    let jwk = &method.ok_or_else(|| format!("`{key_id}` is not in the document"))?["publicKeyJwk"];
    let coordinate = |name: &str| {
        URL_SAFE_NO_PAD
            .decode(jwk[name].as_str().unwrap_or_default())
            .unwrap_or_default()
    };
    let (algorithm, key): (&dyn VerificationAlgorithm, Vec<u8>) = match jwk["crv"].as_str() {
        Some("Ed25519") => (&ED25519, coordinate("x")),
        _ => (
            &ECDSA_P256_SHA256_FIXED,
            [vec![4], coordinate("x"), coordinate("y")].concat(),
        ),
    };
    UnparsedPublicKey::new(algorithm, key)
        .verify(bytes, signature)
        .map_err(|_| format!("not signed by `{key_id}`"))
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// The `Content-Digest` of a body.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body)))
}

/// The time, in whole seconds.
pub fn now_s() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is past 1970");
    i64::try_from(since.as_secs()).expect("and before the end of time")
}
