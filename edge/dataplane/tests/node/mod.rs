//! A provider's node for tests: a real store and a real loop, the data plane on a port of its own, and a consumer's
//! connector that takes every message and hands on what it was told.
#![allow(dead_code)]

use axum::Router;
use axum::extract::State;
use chapar_client::{Client, Clock, DidResolver, EgressPolicy, FetchSettings, Loopback, Settings};
use chapar_dsp::transfer::Message;
use chapar_runtime::desk::{Actor, Expect, NewAsset};
use chapar_runtime::{
    Config, Fault, Flow, FlowRefusal, Inbound, Keys, NewIdentity, NewParticipant, Opened, Parts, Runtime, Unsigned,
    Wish,
};
use chapar_store::{AccessRow, AgreementRow, CaseWrite, NodeKey, Options, StepWrite, Store};
use chapar_suite_international::{International, from_pkcs8, generate};
use chapar_terms::{Algorithm, AssetId, Digest, Instant, ParticipantId, Signer, Slug};
use chapar_trust::development::Form;
use chapar_trust::did::Insecure;
use http::{HeaderMap, Method};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const CONSUMER: &str = "urn:connector:kz-border";

/// The system's clock, which a test may put forward.
#[derive(Default)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn forward(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Instant::from_unix_ms(i64::try_from(since.as_millis()).unwrap() + self.0.load(Ordering::SeqCst))
    }
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
        Ok([7; 32])
    }
    fn mac(&self, message: &[u8]) -> [u8; 32] {
        *Digest::of_parts(&[b"test key", message]).as_bytes()
    }
}

pub struct Node {
    pub runtime: Runtime,
    pub store: Store,
    pub clock: Arc<TestClock>,
    pub address: String,
    consumer: String,
    told: mpsc::UnboundedReceiver<Value>,
    folder: PathBuf,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Access as the consumer was given it.
#[derive(Clone)]
pub struct Given {
    pub slug: &'static str,
    pub transfer: String,
    pub consumer_pid: String,
    pub endpoint: String,
    pub token: String,
    pub renewal: String,
}

impl Given {
    fn take(&mut self, address: &Value) {
        assert_eq!(address["endpointType"], "https://w3id.org/idsa/v4.1/HTTP");
        self.endpoint = address["endpoint"].as_str().unwrap().to_owned();
        let properties = address["endpointProperties"].as_array().unwrap();
        let property = |name: &str| {
            let found = properties.iter().find(|property| property["name"] == name);
            found.unwrap()["value"].as_str().unwrap().to_owned()
        };
        self.token = property("authorization");
        self.renewal = property("refreshEndpoint");
    }

    /// The path of the endpoint.
    pub fn path(&self) -> &str {
        let rest = self.endpoint.strip_prefix("http://").unwrap();
        &rest[rest.find('/').unwrap()..]
    }
}

/// An answer, as far as it came.
pub struct Got {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Got {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
    pub fn code(&self) -> String {
        assert_eq!(
            self.field("content-type"),
            Some("application/problem+json"),
            "{}",
            self.head
        );
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["code"].as_str().unwrap().to_owned()
    }
}

impl Node {
    /// A node with two providers, `uz-plant` and `kg-vet`.
    pub async fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chapar-dataplane-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let store = Store::open(&folder, Options::new(NodeKey::from_bytes([1; 32])))
            .await
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let clock = Arc::new(TestClock::default());
        let client = Client::new(Settings::new(EgressPolicy {
            loopback: Loopback::Allowed,
            ..EgressPolicy::default()
        }));
        let client = client.unwrap();
        let resolver = DidResolver::new(
            client.clone(),
            clock.clone(),
            Insecure::LOOPBACK,
            FetchSettings::default(),
        );
        let config = Config {
            public_url: format!("http://{address}"),
            development: true,
            retry_base_ms: 10,
            timeouts: chapar_runtime::Timeouts::default(),
            peer_quota: chapar_runtime::Quota {
                per_second: 1_000_000,
                burst: 1_000_000,
            },
            open_cases: 1000,
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
            clock: clock.clone(),
        };
        let runtime = Runtime::start(config, parts).await.unwrap();
        let router = chapar_dataplane::router(runtime.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        for slug in ["uz-plant", "kg-vet"] {
            runtime.add_participant(provider(slug)).await.unwrap();
        }
        let (consumer, told) = consumer().await;
        Self {
            runtime,
            store,
            clock,
            address,
            consumer,
            told,
            folder,
        }
    }

    /// Stores a document of `size` bytes, none like its neighbour.
    pub async fn document(&self, slug: &str, id: &str, size: usize) {
        let desk = self.runtime.desk(slug, Actor::Node).unwrap();
        let mut upload = desk.receive_document(id, "application/xml").await.unwrap();
        let mut first = 0;
        while first < size {
            let last = size.min(first + 64 * 1024);
            upload.write(&bytes(first, last)).await.unwrap();
            first = last;
        }
        upload.finish().await.unwrap();
    }

    /// An asset whose data lie at `address`.
    pub async fn asset(&self, slug: &str, id: &str, address: Value) {
        let desk = self.runtime.desk(slug, Actor::Node).unwrap();
        let new = NewAsset {
            id: AssetId::parse(id).unwrap(),
            properties: Map::new(),
            private_properties: Map::new(),
            data_address: Some(address.as_object().unwrap().clone()),
        };
        desk.put_asset(new, Expect::Nothing).await.unwrap();
    }

    /// A transfer of a document by the consumer, under an agreement that was made before; access is given at once.
    pub async fn transfer(&mut self, slug: &'static str, document: &str, pid: &str) -> Given {
        self.transfer_under(slug, document, pid, &json!([])).await
    }

    /// As [`Self::transfer`], with constraints on the agreement's one permission.
    pub async fn transfer_under(&mut self, slug: &'static str, document: &str, pid: &str, constraint: &Value) -> Given {
        let agreement = format!("urn:agreement:{slug}:{pid}");
        let mut write = StepWrite::new(CaseWrite::Untouched {
            participant: slug.to_owned(),
        });
        write.agreement = Some(agreement_row(slug, &agreement, document, constraint));
        self.store.commit_step(write).await.unwrap();
        let body = json!({
            "@context": [chapar_dsp::CONTEXT], "@type": "TransferRequestMessage", "consumerPid": pid,
            "agreementId": agreement, "format": "HttpData-PULL", "callbackAddress": self.consumer,
        });
        self.say(slug, None, Message::Request, &body).await;
        let mut given = Given {
            slug,
            transfer: String::new(),
            consumer_pid: pid.to_owned(),
            endpoint: String::new(),
            token: String::new(),
            renewal: String::new(),
        };
        self.started(&mut given).await;
        given
    }

    /// Waits for a start message and takes its address.
    pub async fn started(&mut self, given: &mut Given) {
        let start = tokio::time::timeout(Duration::from_secs(10), self.told.recv())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(start["@type"], "TransferStartMessage", "{start}");
        given.transfer = start["providerPid"].as_str().unwrap().to_owned();
        given.take(&start["dataAddress"]);
    }

    /// The consumer asks `slug` for a fresh address: the status, and access as it is given then.
    pub async fn renewed(&self, given: &Given, slug: &str) -> (u16, Option<Given>) {
        let inbound = Inbound {
            method: "POST".to_owned(),
            target_uri: given.renewal.clone(),
            headers: vec![("authorization".to_owned(), "Bearer anything".to_owned())],
            body: b"{}".to_vec(),
        };
        let answer = self.runtime.renew_access(slug, &given.transfer, inbound).await;
        let mut fresh = given.clone();
        let taken = (answer.status == 200).then(|| {
            fresh.take(&serde_json::from_slice(&answer.body).unwrap());
            fresh
        });
        (answer.status, taken)
    }

    /// The consumer sends a message about its transfer.
    pub async fn tell(&self, given: &Given, message: Message) {
        let body = json!({
            "@context": [chapar_dsp::CONTEXT], "@type": message.as_str(),
            "consumerPid": given.consumer_pid, "providerPid": given.transfer,
        });
        self.say(given.slug, Some(&given.transfer), message, &body).await;
    }

    async fn say(&self, slug: &str, pid: Option<&str>, message: Message, body: &Value) {
        let inbound = Inbound {
            method: "POST".to_owned(),
            target_uri: format!("http://{}/{slug}/dsp/2025-1/transfers", self.address),
            headers: vec![
                ("authorization".to_owned(), "Bearer anything".to_owned()),
                ("content-type".to_owned(), "application/json".to_owned()),
            ],
            body: body.to_string().into_bytes(),
        };
        let mut answer = self
            .runtime
            .transfer_message(slug, pid, &[message], inbound.clone())
            .await;
        // Our answer to the node's own move may not be taken in yet: a peer asks again then.
        for _ in 0..100 {
            if answer.status != 409 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            answer = self
                .runtime
                .transfer_message(slug, pid, &[message], inbound.clone())
                .await;
        }
        assert!(
            matches!(answer.status, 200 | 201),
            "{} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
    }

    /// A connection with the request written and the answer not read yet.
    pub async fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            self.address
        );
        for (name, value) in fields {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    pub async fn get(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        self.request("GET", path, fields).await
    }

    pub async fn request(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> Got {
        self.send(method, path, fields, b"").await
    }

    /// As [`Self::request`], with a body, whose length is among the fields.
    pub async fn send(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Got {
        let mut stream = self.ask(method, path, fields).await;
        // Who is refused before the end need not have taken all of it.
        let _ = stream.write_all(body).await;
        let mut all = Vec::new();
        // A connection that is cut may end with an error; what came before counts.
        let _ = stream.read_to_end(&mut all).await;
        split(all)
    }

    /// Access records, once all are written.
    pub async fn accesses(&self, given: &Given) -> Vec<AccessRow> {
        self.runtime.accesses_written().await;
        self.accesses_now(given).await
    }

    /// Access records as they are.
    pub async fn accesses_now(&self, given: &Given) -> Vec<AccessRow> {
        let first = (i64::MIN, "");
        self.store
            .accesses(given.slug, &given.transfer, first, 100)
            .await
            .unwrap()
    }
}

pub fn split(all: Vec<u8>) -> Got {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Got {
        status,
        head,
        body: all[end + 4..].to_vec(),
    }
}

/// Bytes `first` to `last` (not included) of every test document.
pub fn bytes(first: usize, last: usize) -> Vec<u8> {
    (first..last)
        .map(|place| u8::try_from((place ^ (place >> 8) ^ (place >> 16)) & 0xff).unwrap())
        .collect()
}

fn provider(slug: &str) -> NewParticipant {
    NewParticipant {
        slug: Slug::parse(slug).unwrap(),
        identity: NewIdentity::Development {
            id: ParticipantId::parse(&format!("urn:connector:{slug}")).unwrap(),
            peer: ParticipantId::parse(CONSUMER).unwrap(),
            form: Form::Plain,
        },
        unsigned_peers: Unsigned::Accept,
        properties: serde_json::Map::new(),
    }
}

fn agreement_row(slug: &str, agreement: &str, document: &str, constraint: &Value) -> AgreementRow {
    let members = json!({
        "@id": agreement, "@type": "Agreement", "target": document, "assigner": format!("urn:connector:{slug}"),
        "assignee": CONSUMER, "permission": [{ "action": "use", "constraint": constraint }],
    });
    AgreementRow {
        participant: slug.to_owned(),
        agreement_id: agreement.to_owned(),
        negotiation_id: format!("urn:negotiation:{agreement}"),
        role: "provider".to_owned(),
        peer: CONSUMER.to_owned(),
        asset_id: document.to_owned(),
        definition_id: None,
        mode: "auto".to_owned(),
        body: json!({ "agreement": members }).to_string(),
        signed_at: 0,
        retired: None,
    }
}

/// A connector that answers 200 to everything and hands the bodies on.
async fn consumer() -> (String, mpsc::UnboundedReceiver<Value>) {
    let (sender, told) = mpsc::unbounded_channel();
    let take = |State(sender): State<mpsc::UnboundedSender<Value>>, body: String| async move {
        let _ = sender.send(serde_json::from_str(&body).unwrap());
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(take).with_state(sender);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, told)
}

/// Opens the document of a transfer.
pub async fn open(runtime: &Runtime, given: &Given, range: Option<&str>) -> Result<Flow, FlowRefusal> {
    let (method, headers) = (Method::GET, HeaderMap::new());
    let wish = Wish {
        method: &method,
        path: None,
        query: None,
        headers: &headers,
        range,
        body: None,
    };
    match runtime
        .open_flow(given.slug, &given.transfer, Some(&given.token), wish)
        .await?
    {
        Opened::Document(flow) => Ok(flow),
        Opened::Source(_) => panic!("the data of `{}` lie elsewhere", given.transfer),
    }
}
