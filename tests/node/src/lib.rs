//! A node for tests of the private doors: a real store and a real loop, three participants, a key of every role, and the
//! routers of those doors called without a socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests use it, and a test may stop loudly"
)]

pub mod described;
pub mod document;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, Request, Response};
use chapar_client::{Client, DidResolver, EgressPolicy, FetchSettings, Loopback, Settings, SystemClock};
use chapar_runtime::desk::NewKey;
use chapar_runtime::{
    Config, Fault, Inbound, KeyRole, Keys, NewIdentity, NewParticipant, Parts, Quota, Runtime, Timeouts, Unsigned,
};
use chapar_store::{
    AgreementRow, CallbackRow, CaseWrite, NewEvent, NodeKey, Options, OutboxRow, Retirement, StepWrite, Store,
};
use chapar_suite_international::{International, from_pkcs8, generate};
use chapar_terms::{Algorithm, Digest, ParticipantId, Signer, Slug};
use chapar_trust::development::Form;
use chapar_trust::did::Insecure;
use described::Described;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use tokio::sync::watch;
use tower_service::Service;

/// The participant that most is about.
pub const OURS: &str = "uz-plant";
/// A neighbour on the same node, who must see nothing of it.
pub const THEIRS: &str = "kg-vet";
/// A participant with keys of its own, which can be rotated.
pub const KEYED: &str = "kz-border";
/// Another one, at a node that is on air.
pub const PARTNER: &str = "ru-port";
/// The address of a node that is not on air.
const NOBODY_LISTENS: &str = "http://127.0.0.1:8443";
/// A known peer may ask as much as it likes.
pub const FREELY: Quota = Quota {
    per_second: 1_000_000,
    burst: 1_000_000,
};
/// Whom every token means.
pub const PEER: &str = "urn:connector:peer";
/// The address of a peer that has no version document and never answers a message.
pub fn nowhere() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}/dsp", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut head = [0; 4096];
                if stream.read(&mut head).is_ok() && head.starts_with(b"GET ") {
                    // A caller that has gone needs no answer.
                    let _ = stream.write_all(b"HTTP/1.1 404 -\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                }
            }
        });
        address
    });
    &ADDRESS
}

/// What the own API says of itself.
pub static OWN: LazyLock<Described> = LazyLock::new(|| Described::new(chapar_api::own::description()));

/// What the management API says of itself.
pub static MANAGEMENT: LazyLock<Described> = LazyLock::new(|| Described::new(chapar_management::description()));

/// What the door of the register says of itself.
pub static REGISTER: LazyLock<Described> = LazyLock::new(|| Described::new(chapar_api::register::description()));

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A number never given before in this process.
pub fn fresh() -> u64 {
    COUNT.fetch_add(1, Ordering::SeqCst)
}

struct TestKeys;

impl Keys for TestKeys {
    fn generate(&self, algorithm: Algorithm) -> Result<(Arc<dyn Signer>, Vec<u8>), Fault> {
        let (signer, private) = generate(algorithm)?;
        Ok((Arc::new(signer), private))
    }
    fn load(&self, algorithm: Algorithm, private: &[u8]) -> Result<Arc<dyn Signer>, Fault> {
        Ok(Arc::new(
            from_pkcs8(algorithm, private).map_err(|why| Fault::Internal(why.to_string()))?,
        ))
    }
    fn random(&self) -> Result<[u8; 32], Fault> {
        Ok(*Digest::of(&fresh().to_be_bytes()).as_bytes())
    }
    fn mac(&self, message: &[u8]) -> [u8; 32] {
        *Digest::of_parts(&[b"test key", message]).as_bytes()
    }
}

/// A node; its folder and its listener, if it has one, go with it.
pub struct Node {
    /// The loop.
    pub runtime: Runtime,
    /// What the loop stands on.
    pub store: Store,
    /// The text of the operator's key.
    pub operator: String,
    router: Router,
    folder: PathBuf,
    /// The public listener ends when this does.
    _on_air: Option<watch::Sender<()>>,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An answer, read whole.
pub struct Got {
    /// The status.
    pub status: u16,
    /// Its media type.
    pub kind: String,
    /// All its fields.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Got {
    /// The code of an answer that must be a problem.
    pub fn code(&self) -> &str {
        assert_eq!(self.kind, "application/problem+json", "{} {}", self.status, self.json);
        assert_eq!(self.json["status"], self.status);
        for member in ["type", "title", "detail"] {
            assert!(self.json[member].is_string(), "{}", self.json);
        }
        self.json["code"].as_str().unwrap()
    }
}

/// Who asks: a key, and for whom it acts if it is the operator's.
#[derive(Clone, Debug, Default)]
pub struct As {
    /// The key's text.
    pub key: Option<String>,
    /// Whom the operator names.
    pub participant: Option<&'static str>,
}

impl As {
    /// The holder of a key.
    pub fn key(key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            participant: None,
        }
    }
}

impl Node {
    /// A node on which a known peer may ask as much as it likes.
    pub async fn start() -> Self {
        Self::start_with(FREELY).await
    }

    /// A node on which a known peer may ask only so much.
    pub async fn start_with(peer_quota: Quota) -> Self {
        Self::start_bounded(peer_quota, 1000).await
    }

    /// A node on which a known peer may ask only so much, and have only so many cases open.
    pub async fn start_bounded(peer_quota: Quota, open_cases: i64) -> Self {
        Self::start_at(NOBODY_LISTENS, peer_quota, open_cases).await
    }

    /// A node whose public listener is open, so that its participants [`KEYED`] and [`PARTNER`] can speak to each other.
    pub async fn start_on_air() -> Self {
        let socket = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let public_url = format!("http://{}", socket.local_addr().unwrap());
        let mut node = Self::start_at(&public_url, FREELY, 1000).await;
        node.runtime.add_participant(keyed(PARTNER)).await.unwrap();
        let public = chapar_api::dsp::router(node.runtime.clone())
            .merge(chapar_api::witness::router(node.runtime.clone()))
            .merge(chapar_dataplane::router(node.runtime.clone()));
        let (on_air, mut end) = watch::channel(());
        node._on_air = Some(on_air);
        tokio::spawn(async move {
            let over = async move { while end.changed().await.is_ok() {} };
            chapar_api::listen(socket, public, chapar_api::Listening::default(), over).await;
        });
        node
    }

    async fn start_at(public_url: &str, peer_quota: Quota, open_cases: i64) -> Self {
        let folder = std::env::temp_dir().join(format!("chapar-test-node-{}-{}", std::process::id(), fresh()));
        let _ = std::fs::remove_dir_all(&folder);
        let store = Store::open(&folder, Options::new(NodeKey::from_bytes([1; 32])))
            .await
            .unwrap();
        let runtime = loop_at(public_url, &store, peer_quota, open_cases).await;
        let operator = runtime.ensure_operator_key().await.unwrap().unwrap();
        for slug in [OURS, THEIRS] {
            runtime.add_participant(development(slug)).await.unwrap();
        }
        runtime.add_participant(keyed(KEYED)).await.unwrap();
        let router = chapar_api::own::router(runtime.clone()).merge(chapar_management::router(runtime.clone()));
        Self {
            runtime,
            store,
            operator,
            router,
            folder,
            _on_air: None,
        }
    }

    /// Another loop over the same store.
    pub async fn start_again(mut self) -> Self {
        let quota = Quota {
            per_second: 1_000_000,
            burst: 1_000_000,
        };
        self.runtime = loop_over(&self.store, quota, 1000).await;
        self
    }

    /// A new key of `slug`.
    pub async fn key(&self, slug: &str, role: KeyRole) -> NewKey {
        self.runtime.add_api_key(Some(slug), role, "test").await.unwrap()
    }

    /// An admin of `slug`.
    pub async fn admin(&self, slug: &str) -> As {
        As::key(&self.key(slug, KeyRole::Admin).await.text)
    }

    /// The operator, acting for nobody.
    pub fn operator(&self) -> As {
        As::key(&self.operator)
    }

    /// Sends a request with all its headers to the router. The answer must be as the door's description has it.
    pub async fn raw(&self, request: Request<Body>) -> Response<Body> {
        let (asked, request) = Described::asked(request).await;
        let response = self.router.clone().call(request).await.unwrap();
        OWN.answered(&asked, response).await
    }

    /// Sends a request to the management API and what belongs to it, as its clients do; the path is the whole one.
    pub async fn manage(&self, key: Option<&str>, method: &str, path: &str, body: Option<&Value>) -> Got {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.manage_raw(request.body(body).unwrap()).await
    }

    /// Sends a request as it is, to the door for clients. The answer must be as the door's description has it.
    pub async fn manage_raw(&self, request: Request<Body>) -> Got {
        let (asked, request) = Described::asked(request).await;
        let response = self.router.clone().call(request).await.unwrap();
        read(MANAGEMENT.answered(&asked, response).await).await
    }

    /// Reads from the register, as anybody may. The answer must be as the door's description has it.
    pub async fn read_register(&self, path: &str, known: Option<&str>) -> Got {
        let mut request = Request::builder().uri(format!("{}{path}", chapar_api::register::BASE));
        if let Some(tag) = known {
            request = request.header("if-none-match", tag);
        }
        let (asked, request) = Described::asked(request.body(Body::empty()).unwrap()).await;
        let mut router = chapar_api::register::router(self.runtime.clone());
        let response = router.call(request).await.unwrap();
        if known.is_some() && response.status() == 304 {
            return read(response).await;
        }
        read(REGISTER.answered(&asked, response).await).await
    }

    /// Reads from the door for peers, as anybody may.
    pub async fn read_public(&self, path: &str) -> Got {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let mut router = chapar_api::dsp::router(self.runtime.clone());
        read(router.call(request).await.unwrap()).await
    }

    /// Sends a request to the own API.
    pub async fn ask(&self, who: &As, method: &str, path: &str, body: Option<&Value>) -> Got {
        let mut request = Request::builder().method(method).uri(format!("/chapar/v1{path}"));
        if let Some(key) = &who.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if let Some(participant) = who.participant {
            request = request.header("chapar-participant", participant);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        read(self.raw(request.body(body).unwrap()).await).await
    }

    /// Reads from the own API.
    pub async fn get(&self, who: &As, path: &str) -> Got {
        self.ask(who, "GET", path, None).await
    }

    /// As [`Self::ask`], for what must succeed.
    pub async fn done(&self, who: &As, method: &str, path: &str, body: Option<&Value>) -> Value {
        let got = self.ask(who, method, path, body).await;
        assert!(
            (200..300).contains(&got.status),
            "{method} {path}: {} {}",
            got.status,
            got.json
        );
        got.json
    }

    /// The event stream from `query` on, as raw pieces of text.
    pub async fn events(&self, who: &As, query: &str, last: Option<&str>) -> Lines {
        let key = who.key.clone().unwrap();
        let mut request = Request::builder()
            .uri(format!("/chapar/v1/events{query}"))
            .header("x-api-key", key);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = self.raw(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Lines {
            stream: response.into_body().into_data_stream(),
            rest: String::new(),
        }
    }

    /// A document, two policies, an offer and a peer of `who`; those that are there already are put again.
    pub async fn stock(&self, who: &As, mark: &str) {
        let permission = json!({ "@type": "Set", "permission": [{ "action": "use" }] });
        let offer = json!({
            "accessPolicy": format!("{mark}-policy"), "contractPolicy": format!("{mark}-policy"), "mode": "manual",
            "selector": [{ "operandLeft": "id", "operator": "like", "operandRight": format!("{mark}-doc%") }],
        });
        self.done(
            who,
            "PUT",
            &format!("/documents/{mark}-doc"),
            Some(&json!({ "text": mark })),
        )
        .await;
        self.done(
            who,
            "PUT",
            &format!("/documents/{mark}-doc/properties"),
            Some(&json!({ "title": mark })),
        )
        .await;
        self.done(who, "PUT", &format!("/policies/{mark}-policy"), Some(&permission))
            .await;
        self.done(who, "PUT", &format!("/policies/{mark}-spare"), Some(&permission))
            .await;
        self.done(who, "PUT", &format!("/offers/{mark}-offer"), Some(&offer))
            .await;
        self.done(
            who,
            "PUT",
            &format!("/peers/urn:connector:{mark}"),
            Some(&json!({ "dsp": nowhere() })),
        )
        .await;
    }

    /// A negotiation that a peer began with `slug` about the stock of `mark`; returns its id.
    pub async fn negotiation(&self, slug: &str, mark: &str) -> String {
        let body = json!({
            "@context": [chapar_dsp::CONTEXT], "@type": "ContractRequestMessage",
            "consumerPid": format!("urn:pid:{}", fresh()), "callbackAddress": nowhere(),
            "offer": offer(mark),
        });
        let expected = [chapar_dsp::negotiation::Message::Request];
        let answer = self
            .runtime
            .negotiation_message(slug, None, &expected, inbound(slug, "negotiations", &body))
            .await;
        provider_pid(answer.status, &answer.body)
    }

    /// A transfer that a peer began with `slug`; returns its id.
    pub async fn transfer(&self, slug: &str, mark: &str) -> String {
        let agreement = format!("urn:agreement:{mark}:{}", fresh());
        self.agreement(slug, &agreement, mark, "provider").await;
        let body = json!({
            "@context": [chapar_dsp::CONTEXT], "@type": "TransferRequestMessage",
            "consumerPid": format!("urn:pid:{}", fresh()), "callbackAddress": nowhere(), "agreementId": agreement,
            "format": "HttpData-PULL",
        });
        let expected = [chapar_dsp::transfer::Message::Request];
        let answer = self
            .runtime
            .transfer_message(slug, None, &expected, inbound(slug, "transfers", &body))
            .await;
        provider_pid(answer.status, &answer.body)
    }

    /// An agreement of `slug` that is noted as gone by no more, and nothing else done about it.
    pub async fn retired(&self, slug: &str, agreement: &str, reason: &str) {
        let retire = CaseWrite::Retire {
            participant: slug.to_owned(),
            agreement_id: agreement.to_owned(),
            retirement: Retirement {
                reason: reason.to_owned(),
                at: 1,
            },
        };
        self.store.commit_step(StepWrite::new(retire)).await.unwrap();
    }

    /// An effect of `kind` that nobody runs: in the outbox of `slug`, or out of it again.
    pub async fn effect(&self, slug: &str, kind: &str, is_due: bool) {
        let mut write = StepWrite::new(CaseWrite::Untouched {
            participant: slug.to_owned(),
        });
        let effect_id = format!("urn:case:of:{slug}#1");
        if is_due {
            write.outbox_add = vec![OutboxRow {
                effect_id,
                participant: slug.to_owned(),
                case_id: format!("urn:case:of:{slug}"),
                position: 1,
                kind: kind.to_owned(),
                body: Vec::new(),
                target: String::new(),
                deadline_at: i64::MAX,
                attempts: 0,
                not_before: 0,
                created_at: 0,
            }];
        } else {
            write.outbox_done = vec![effect_id];
        }
        self.store.commit_step(write).await.unwrap();
    }

    /// An event of a case of `slug` that is over, of which nobody tells the callback address.
    pub async fn untold(&self, slug: &str) -> CallbackRow {
        let case = format!("urn:told:of:{slug}");
        let row = CallbackRow::new(slug, &case, 0, false);
        let mut write = StepWrite::new(CaseWrite::Untouched {
            participant: slug.to_owned(),
        });
        write.callbacks = vec![row.clone()];
        write.events = vec![NewEvent {
            event_type: "negotiation.terminated".to_owned(),
            case_id: Some(case),
            data: "{}".to_owned(),
            at: 0,
            callback_events: vec!["contract.negotiation.terminated".to_owned()],
        }];
        self.store.commit_step(write).await.unwrap();
        row
    }

    /// The address behind the row is told of everything.
    pub async fn told(&self, row: CallbackRow) {
        let row = CallbackRow { is_done: true, ..row };
        self.store.note_callback(row).await.unwrap();
    }

    /// An agreement in force.
    pub async fn agreement(&self, slug: &str, id: &str, mark: &str, role: &str) {
        let members = json!({
            "@id": id, "@type": "Agreement", "target": format!("{mark}-doc"), "permission": [{ "action": "use" }],
            "assigner": format!("urn:connector:{slug}"), "assignee": PEER,
        });
        let mut write = StepWrite::new(CaseWrite::Untouched {
            participant: slug.to_owned(),
        });
        write.agreement = Some(AgreementRow {
            participant: slug.to_owned(),
            agreement_id: id.to_owned(),
            negotiation_id: format!("urn:negotiation:of:{id}"),
            role: role.to_owned(),
            peer: PEER.to_owned(),
            asset_id: format!("{mark}-doc"),
            definition_id: None,
            mode: "manual".to_owned(),
            body: json!({ "agreement": members, "peerAddress": nowhere() }).to_string(),
            signed_at: 0,
            retired: None,
        });
        self.store.commit_step(write).await.unwrap();
    }
}

/// An offer out of the stock of `mark`.
pub fn offer(mark: &str) -> Value {
    json!({
        "@type": "Offer", "@id": format!("{mark}-offer:{mark}-doc:1"), "target": format!("{mark}-doc"),
        "permission": [{ "action": "use" }],
    })
}

/// A loop over `store`: two over one store are two replicas.
pub async fn loop_over(store: &Store, peer_quota: Quota, open_cases: i64) -> Runtime {
    loop_at(NOBODY_LISTENS, store, peer_quota, open_cases).await
}

async fn loop_at(public_url: &str, store: &Store, peer_quota: Quota, open_cases: i64) -> Runtime {
    chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
    let egress = EgressPolicy {
        loopback: Loopback::Allowed,
        ..EgressPolicy::default()
    };
    let client = Client::new(Settings::new(egress)).unwrap();
    let clock = Arc::new(SystemClock);
    let resolver = DidResolver::new(
        client.clone(),
        clock.clone(),
        Insecure::LOOPBACK,
        FetchSettings::default(),
    );
    let config = Config {
        public_url: public_url.to_owned(),
        development: true,
        retry_base_ms: 60_000,
        timeouts: Timeouts::default(),
        peer_quota,
        open_cases,
        logs: chapar_runtime::LogPace::default(),
        mirrors: chapar_runtime::MirrorSettings::default(),
        time: chapar_runtime::TimeSettings::default(),
        announce_offers: true,
    };
    let parts = Parts {
        store: store.clone(),
        source_client: client.clone(),
        callback_client: client.clone(),
        mirror_client: client.clone(),
        client,
        resolver,
        suite: Arc::new(International),
        keys: Arc::new(TestKeys),
        clock,
    };
    Runtime::start(config, parts).await.unwrap()
}

/// An open event stream.
pub struct Lines {
    stream: BodyDataStream,
    rest: String,
}

impl Lines {
    /// The next block that is an event: its lines. Comments and `retry` alone are passed over.
    pub async fn event(&mut self) -> Option<Vec<String>> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let lines: Vec<String> = block.lines().map(str::to_owned).collect();
                self.rest = rest.to_owned();
                if lines.iter().any(|line| line.starts_with("event:")) {
                    check_event(&lines);
                    return Some(lines);
                }
                continue;
            }
            let next = futures_util::StreamExt::next(&mut self.stream);
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(10), next)
                .await
                .unwrap()?;
            self.rest.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }
}

/// Holds the data of an event against the schema that the description names for its kind.
fn check_event(event: &[String]) {
    let schema = match field(event, "event").split('.').next() {
        Some("negotiation") => "Negotiation",
        Some("transfer") => "Transfer",
        Some("agreement") => "Agreement",
        _ => "EventReset",
    };
    OWN.check(schema, &serde_json::from_str(field(event, "data")).unwrap());
}

/// The field `name` of an event.
pub fn field<'a>(event: &'a [String], name: &str) -> &'a str {
    let line = event.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {name} in {event:?}")).trim()
}

/// Reads an answer to its end.
pub async fn read(response: Response<Body>) -> Got {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let kind = headers
        .get("content-type")
        .map_or("", |kind| kind.to_str().unwrap())
        .to_owned();
    // An event stream that should have been refused has no end.
    let whole = axum::body::to_bytes(response.into_body(), usize::MAX);
    let bytes = tokio::time::timeout(std::time::Duration::from_secs(10), whole).await;
    let bytes = bytes.expect("the answer has an end").unwrap().to_vec();
    let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Got {
        status,
        kind,
        headers,
        bytes,
        json,
    }
}

/// A message of a peer to a door of `slug`.
pub fn inbound(slug: &str, door: &str, body: &Value) -> Inbound {
    Inbound {
        method: "POST".to_owned(),
        target_uri: format!("http://127.0.0.1:8443/{slug}/dsp/2025-1/{door}/request"),
        headers: vec![
            ("authorization".to_owned(), "Bearer anything".to_owned()),
            ("content-type".to_owned(), "application/json".to_owned()),
        ],
        body: body.to_string().into_bytes(),
    }
}

fn provider_pid(status: u16, body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(status, 201, "{body}");
    body["providerPid"].as_str().unwrap().to_owned()
}

fn development(slug: &str) -> NewParticipant {
    NewParticipant {
        slug: Slug::parse(slug).unwrap(),
        identity: NewIdentity::Development {
            id: ParticipantId::parse(&format!("urn:connector:{slug}")).unwrap(),
            peer: ParticipantId::parse(PEER).unwrap(),
            form: Form::Plain,
        },
        unsigned_peers: Unsigned::Accept,
        properties: serde_json::Map::new(),
    }
}

/// A participant with a DID and a key.
pub fn keyed(slug: &str) -> NewParticipant {
    NewParticipant {
        slug: Slug::parse(slug).unwrap(),
        identity: NewIdentity::Did(Algorithm::Ed25519),
        unsigned_peers: Unsigned::Refuse,
        properties: serde_json::Map::new(),
    }
}
