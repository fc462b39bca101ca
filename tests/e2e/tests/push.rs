//! Data that a node delivers, and data that it hands on from elsewhere, over the real binary: pushed by itself to where the
//! consumer takes them, again after a refusal or a crash, and never held whole.
//!
//! Sources and places that take data are small servers of the judge's own. Assets with a data address are made by the
//! management API, everything else is asked for over the own API. Refuses to look into the node, except for its peak of memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Request, Response, Server};
use chapar_conformance::words::{self, FORMAT};
use chapar_e2e::ask::send;
use chapar_e2e::board::Board;
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";
const LARGE: usize = 100 * 1024 * 1024;
/// What buffers on the way may take: the node's own, its allocator's slack.
const SLACK_KIB: usize = 24 * 1024;

/// A provider and a consumer, each in a node of its own.
struct Scene {
    houses: [House; 2],
    provider: Participant,
    consumer: Participant,
    board: Board,
}

impl Scene {
    fn new(name: &str) -> Self {
        let mut houses = [
            House::new(&format!("{name}-provider"), Profile::Production),
            House::new(&format!("{name}-consumer"), Profile::Production),
        ];
        houses.iter_mut().for_each(House::start);
        let provider = houses[0].add(&json!({ "slug": "a" }));
        let consumer = houses[1].add(&json!({ "slug": "b" }));
        let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
        provider.ask("PUT", "/policies/use", Some(&policy));
        let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
        provider.ask("PUT", "/offers/open", Some(&offer));
        consumer.ask(
            "PUT",
            &format!("/peers/{}", provider.id.replace('%', "%25")),
            Some(&json!({ "dsp": provider.dsp })),
        );
        let board = Board::follow(&consumer);
        Self {
            houses,
            provider,
            consumer,
            board,
        }
    }

    fn document(&self, id: &str, content: &[u8]) {
        let path = format!("/documents/{id}");
        let answer = send(&self.provider, "PUT", &path, "text/csv", content).expect("the private door answers");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// An asset whose data lie at this address.
    fn asset(&self, id: &str, address: &Value) {
        let body = json!({
            "@context": { "@vocab": EDC }, "@id": id, "properties": { "name": id }, "dataAddress": address,
        });
        self.manage("POST", "/v3/assets", &body);
    }

    /// A call of the provider's management API.
    fn manage(&self, method: &str, path: &str, body: &Value) {
        let url = format!("{}/management{path}", self.houses[0].private);
        let headers = [
            ("x-api-key", self.provider.key.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = wire::send(method, &url, &headers, body.to_string().as_bytes()).expect("the private door answers");
        assert!(answer.is_good(), "{method} {path}: {} {}", answer.status, answer.text());
    }

    /// The id of an agreement about the dataset.
    fn agreed(&self, dataset: &str) -> Value {
        let offer = words::offer(&format!("open:{dataset}:any"), dataset);
        let request = json!({ "peer": self.provider.id, "offer": offer });
        let id = self.consumer.ask("POST", "/negotiations", Some(&request))["id"].clone();
        let case = self.board.wait(id.as_str().unwrap(), PATIENCE, |case| {
            case["state"] == "FINALIZED" && case["pending"].is_null()
        });
        let case = case.unwrap_or_else(|| panic!("not finalized: {:?}", self.board.case(id.as_str().unwrap())));
        case["agreementId"].clone()
    }

    /// Asks for a push of the dataset to this address; the transfer's id.
    fn pushing(&self, dataset: &str, address: &Value) -> String {
        let request = json!({
            "agreement": self.agreed(dataset), "format": "HttpData-PUSH", "dataAddress": address,
        });
        let id = self.consumer.ask("POST", "/transfers", Some(&request))["id"].clone();
        id.as_str().unwrap().to_owned()
    }

    fn ends(&self, id: &str, state: &str) -> Value {
        let case = self.board.wait(id, PATIENCE, |case| case["state"] == state);
        case.unwrap_or_else(|| panic!("not {state}: {:?}", self.board.case(id)))
    }

    /// Where the consumer may fetch the dataset: endpoint and token.
    fn pulling(&self, dataset: &str) -> (String, String) {
        let request = json!({ "agreement": self.agreed(dataset), "format": FORMAT });
        let id = self.consumer.ask("POST", "/transfers", Some(&request))["id"].clone();
        let id = id.as_str().unwrap();
        self.board
            .wait(id, PATIENCE, |case| case["accessOpen"] == true)
            .unwrap_or_else(|| panic!("not started: {:?}", self.board.case(id)));
        let address = self.consumer.ask("GET", &format!("/transfers/{id}/data-address"), None);
        let properties = address["endpointProperties"].as_array().expect("there are properties");
        let token = properties
            .iter()
            .find(|property| property["name"] == "authorization")
            .expect("there is a token");
        (
            address["endpoint"].as_str().unwrap().to_owned(),
            token["value"].as_str().unwrap().to_owned(),
        )
    }

    /// The peak of the provider's memory.
    fn peak_kib(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.houses[0].process())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

/// A place that takes data: it answers these statuses one after another, then 200, and hands on what it was sent.
fn place(statuses: &'static [u16]) -> (Server, Receiver<Request>) {
    let (told, heard) = mpsc::channel();
    let told = Mutex::new((told, statuses.iter()));
    let server = Server::start(Arc::new(move |request| {
        let mut told = told.lock().unwrap();
        let status = told.1.next().copied().unwrap_or(200);
        told.0.send(request).unwrap();
        Some(Response::empty(status))
    }));
    (server.expect("a port can be had"), heard)
}

/// A source of one content, whole or in a range of the form `bytes=A-B`; anything but `/data` is not there.
fn source(content: Vec<u8>) -> (Server, Arc<Mutex<Vec<Request>>>) {
    let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
    let book = Arc::clone(&asked);
    let server = Server::start(Arc::new(move |request| {
        book.lock().unwrap().push(request.clone());
        if !request.path.starts_with("/data") {
            return Some(Response::empty(404));
        }
        let range = request
            .header("range")
            .and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let part = range.map(|(first, last)| (first.parse::<usize>().unwrap(), last.parse::<usize>().unwrap()));
        let mut headers = vec![
            ("content-type".to_owned(), "text/csv".to_owned()),
            ("content-encoding".to_owned(), "identity".to_owned()),
            ("set-cookie".to_owned(), "inner=1".to_owned()),
        ];
        Some(match part {
            None => Response {
                status: 200,
                headers,
                body: content.clone(),
            },
            Some((first, last)) => {
                headers.push((
                    "content-range".to_owned(),
                    format!("bytes {first}-{last}/{}", content.len()),
                ));
                Response {
                    status: 206,
                    headers,
                    body: content[first..=last].to_vec(),
                }
            }
        })
    }));
    (server.expect("a port can be had"), asked)
}

/// An address that nobody listens at.
fn nowhere() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// The address of a place, as the protocol has it.
fn inbox(url: &str) -> Value {
    json!({ "endpointType": "HttpData", "endpoint": url })
}

/// Bytes none like their neighbours.
fn bytes(count: usize) -> Vec<u8> {
    (0..count)
        .map(|place| u8::try_from((place ^ (place >> 8) ^ (place >> 16)) & 0xff).unwrap())
        .collect()
}

#[test]
fn a_document_is_pushed_by_itself_and_both_sides_hear_that_it_is_done() {
    let scene = Scene::new("push");
    let content = bytes(300_000);
    scene.document("D1", &content);
    let property = |name: &str, value: &str| json!({ "@type": "EndpointProperty", "name": name, "value": value });
    let (sink, heard) = place(&[]);
    let by_edc = json!({
        "endpointType": "HttpData",
        "endpointProperties": [
            property(&format!("{EDC}baseUrl"), &format!("{}/base", sink.url())),
            property(&format!("{EDC}path"), "in"),
            property(&format!("{EDC}method"), "PUT"),
            property(&format!("{EDC}authKey"), "X-Key"),
            property(&format!("{EDC}authCode"), "sesame"),
        ],
    });
    for (address, method, path, key) in [
        (inbox(&format!("{}/inbox?a=b", sink.url())), "POST", "/inbox?a=b", None),
        (by_edc, "PUT", "/base/in", Some("sesame")),
    ] {
        let id = scene.pushing("D1", &address);
        let case = scene.ends(&id, "COMPLETED");
        assert!(case["ended"].is_null(), "{case}");
        let request = heard.recv_timeout(PATIENCE).expect("the place was sent something");
        assert!(request.body == content, "{} bytes", request.body.len());
        assert_eq!(
            (request.method.as_str(), request.path.as_str(), request.header("x-key")),
            (method, path, key)
        );
        assert_eq!(request.header("content-type"), Some("text/csv"));
        assert!(heard.try_recv().is_err(), "it is sent once");
    }
    let pushed = chapar_e2e::ask::list(&scene.provider, "/transfers");
    let accesses = scene.provider.ask(
        "GET",
        &format!("/transfers/{}/accesses", pushed[0]["id"].as_str().unwrap()),
        None,
    );
    assert_eq!(
        (&accesses["items"][0]["status"], &accesses["items"][0]["bytes"]),
        (&json!(200), &json!(300_000))
    );
}

#[test]
fn a_place_that_refuses_for_now_is_tried_again() {
    let scene = Scene::new("again");
    scene.document("D1", b"content");
    let (sink, heard) = place(&[503, 429, 500]);
    let id = scene.pushing("D1", &inbox(&sink.url()));
    scene.ends(&id, "COMPLETED");
    let tries: Vec<Request> = (0..4).map(|_| heard.recv_timeout(PATIENCE).unwrap()).collect();
    assert!(tries.iter().all(|request| request.body == b"content"));
    assert!(heard.try_recv().is_err());
}

#[test]
fn what_cannot_succeed_ends_the_transfer_with_the_reason() {
    let scene = Scene::new("fails");
    scene.document("D1", b"content");
    scene.asset("down", &json!({ "type": "HttpData", "baseUrl": nowhere() }));
    let (empty, _) = source(Vec::new());
    scene.asset(
        "gone",
        &json!({ "type": "HttpData", "baseUrl": format!("{}/other", empty.url()) }),
    );
    let (sink, _heard) = place(&[403]);
    for (dataset, address, reason) in [
        ("D1", inbox(&sink.url()), "the place to push to answered 403"),
        // What its address is to us is not told.
        (
            "D1",
            inbox("http://10.1.2.3/inbox"),
            "[\"the place to push to was not reached\"]",
        ),
        ("down", inbox(&sink.url()), "the source was not reached"),
        ("gone", inbox(&sink.url()), "the source answered 404"),
    ] {
        let id = scene.pushing(dataset, &address);
        let case = scene.ends(&id, "TERMINATED");
        let ended = &case["ended"];
        assert_eq!(
            (&ended["by"], &ended["code"]),
            (&json!("provider"), &json!("push-failed")),
            "{case}"
        );
        assert!(ended["reason"].to_string().contains(reason), "{ended}");
    }
}

#[test]
fn data_that_lie_elsewhere_are_handed_on_and_pushed() {
    let scene = Scene::new("source");
    let content = bytes(200_000);
    let (server, asked) = source(content.clone());
    let secret = json!({ "@context": { "@vocab": EDC }, "@id": "door", "value": "sesame" });
    scene.manage("POST", "/v3/secrets", &secret);
    scene.asset(
        "far",
        &json!({
            "type": "HttpData", "baseUrl": format!("{}/data", server.url()), "proxyPath": "true",
            "proxyQueryParams": "true", "authKey": "X-Key", "secretName": "door",
        }),
    );
    let (endpoint, token) = scene.pulling("far");
    let fetch = |tail: &str, range: Option<&str>| {
        let mut headers = vec![("authorization", token.as_str())];
        headers.extend(range.map(|range| ("range", range)));
        wire::send("GET", &format!("{endpoint}{tail}"), &headers, b"").expect("the data door answers")
    };
    let whole = fetch("", None);
    assert!(
        whole.status == 200 && whole.body == content,
        "{} {}",
        whole.status,
        whole.body.len()
    );
    assert_eq!(
        (whole.header("content-type"), whole.header("set-cookie")),
        (Some("text/csv"), None)
    );
    let part = fetch("/x%20y?q=1", Some("bytes=10-19"));
    assert_eq!(
        (part.status, &part.body[..], part.header("content-range")),
        (206, &content[10..20], Some("bytes 10-19/200000"))
    );
    let last = asked.lock().unwrap().last().cloned().unwrap();
    assert_eq!(
        (last.path.as_str(), last.header("x-key"), last.header("authorization")),
        ("/data/x%20y?q=1", Some("sesame"), None)
    );
    // Whatever lies below the data is the source's to name: no door of ours stands there.
    assert_eq!(fetch("/token", None).status, 200);
    assert_eq!(asked.lock().unwrap().last().unwrap().path, "/data/token");
    let escape = fetch("/..%2f..%2fother", None);
    assert_eq!((escape.status, &escape.value()["code"]), (400, &json!("path-refused")));
    let (sink, heard) = place(&[]);
    scene.ends(&scene.pushing("far", &inbox(&sink.url())), "COMPLETED");
    let request = heard.recv_timeout(PATIENCE).unwrap();
    assert!(request.body == content);
    let of_the_bytes = ["content-type", "content-encoding"].map(|name| request.header(name));
    assert_eq!(of_the_bytes, [Some("text/csv"), Some("identity")]);

    scene.asset("down", &json!({ "type": "HttpData", "baseUrl": nowhere() }));
    let (endpoint, token) = scene.pulling("down");
    let failed = wire::send("GET", &endpoint, &[("authorization", &token)], b"").unwrap();
    assert_eq!((failed.status, &failed.value()["code"]), (502, &json!("source-failed")));
    assert!(
        !failed.text().contains("127.0.0.1"),
        "where data lie is not told: {}",
        failed.text()
    );
}

#[test]
fn much_is_streamed_and_never_held() {
    let scene = Scene::new("much");
    let content = bytes(LARGE);
    scene.document("D1", &content);
    let (server, _asked) = source(content.clone());
    scene.asset(
        "far",
        &json!({ "type": "HttpData", "baseUrl": format!("{}/data", server.url()) }),
    );
    let (sink, heard) = place(&[]);
    // What a first round takes once is there then.
    scene.document("small", b"content");
    scene.ends(&scene.pushing("small", &inbox(&sink.url())), "COMPLETED");
    heard.recv_timeout(PATIENCE).unwrap();
    let before = scene.peak_kib();
    for dataset in ["D1", "far"] {
        scene.ends(&scene.pushing(dataset, &inbox(&sink.url())), "COMPLETED");
        assert!(heard.recv_timeout(PATIENCE).unwrap().body == content, "{dataset}");
    }
    let (endpoint, token) = scene.pulling("far");
    let pulled = wire::send("GET", &endpoint, &[("authorization", &token)], b"").unwrap();
    assert!(pulled.body == content);
    let grown = scene.peak_kib().saturating_sub(before);
    assert!(grown < SLACK_KIB, "the provider grew by {grown} KiB");
}

/// A place that stops reading in the middle of the first content it is sent, and takes every later one.
fn stuck() -> (String, Receiver<()>, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let ((half, in_the_middle), (taken, took)) = (mpsc::channel(), mpsc::channel());
    thread::spawn(move || {
        let mut held = None;
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let length = content_length(&mut reader);
            if held.is_none() {
                let mut some = vec![0; length / 4];
                reader.read_exact(&mut some).unwrap();
                half.send(()).unwrap();
                held = Some(stream);
                continue;
            }
            let mut body = vec![0; length];
            // One that is cut is tried again.
            if reader.read_exact(&mut body).is_ok() {
                answer(&stream);
                taken.send(body).unwrap();
            }
        }
    });
    (url, in_the_middle, took)
}

fn content_length(reader: &mut BufReader<TcpStream>) -> usize {
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            return length;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
}

fn answer(mut stream: &TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
}

#[test]
fn a_push_survives_the_death_of_its_node() {
    let mut scene = Scene::new("killed");
    let content = bytes(24 * 1024 * 1024);
    scene.document("D1", &content);
    let (url, in_the_middle, took) = stuck();
    let id = scene.pushing("D1", &inbox(&url));
    in_the_middle.recv_timeout(PATIENCE).expect("the push began");
    scene.houses[0].kill();
    scene.houses[0].start();
    assert!(took.recv_timeout(PATIENCE).expect("it is pushed again") == content);
    scene.ends(&id, "COMPLETED");
}

#[test]
fn a_push_is_cut_when_access_closes_and_begins_anew_when_it_is_resumed() {
    let scene = Scene::new("cut");
    let content = bytes(24 * 1024 * 1024);
    scene.document("D1", &content);
    let (url, in_the_middle, took) = stuck();
    let id = scene.pushing("D1", &inbox(&url));
    in_the_middle.recv_timeout(PATIENCE).expect("the push began");
    let decide = |who: &Participant, id: &str, decision: &str| {
        let path = format!("/transfers/{id}/decisions");
        let answer = who.call("POST", &path, Some(&json!({ "decision": decision })));
        assert_eq!(answer.status, 202, "{decision}: {}", answer.text());
    };
    decide(&scene.consumer, &id, "suspend");
    scene.ends(&id, "SUSPENDED");
    assert!(took.try_recv().is_err(), "what was cut did not arrive");
    decide(&scene.consumer, &id, "start");
    assert!(took.recv_timeout(PATIENCE).expect("it is pushed anew") == content);
    scene.ends(&id, "COMPLETED");
}
