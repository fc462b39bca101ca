//! A peer with the manners of connectors of the EDC family, as they were seen with EDC 0.14.0: told anew here, so that the gate
//! also stands where no Java is.
//!
//! It answers 200 where the protocol has 201, and most messages with an empty body; gives each message an `@id` and two contexts;
//! repeats a message it had no answer to, also after it has heard the next word; does not know a copy for one and refuses it as
//! not fitting; says "already leased" to what comes while it is busy; spells the members of a data address out. Refuses to judge.

use crate::node::Participant;
use crate::wire::{self, Request, Response, Server};
use crate::words::{self, CONTEXT};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// The second context that it names.
const EDC_CONTEXT: &str = "https://w3id.org/edc/dspace/v0.0.1";
/// How it spells the members of a data address out.
const EDC_NAMES: &str = "https://w3id.org/edc/v0.0.1/ns/";
/// Longest that the node may take to say what is expected.
const PATIENCE: Duration = Duration::from_secs(20);

/// The peer.
pub struct EdcPeer {
    /// Its participant id.
    pub id: String,
    server: Server,
    desk: Arc<Desk>,
}

#[derive(Default)]
struct Desk {
    log: Mutex<Log>,
    more: Condvar,
}

#[derive(Default)]
struct Log {
    /// Every request that came, also those that were refused.
    heard: Vec<Request>,
    /// Messages that were taken, by their path and what they say.
    taken: BTreeSet<(String, String)>,
    /// Where a case stands, by the peer's own pid, with both pids.
    cases: BTreeMap<String, (Value, Value, String)>,
    /// Types of message whose next answer gets lost.
    losses: Vec<String>,
    /// How many messages are yet answered that it is busy.
    busy: usize,
    /// Whether it takes what it hears; otherwise it only says that it does not fit.
    unwilling: bool,
}

impl EdcPeer {
    /// Starts one.
    pub fn start(id: &str) -> Self {
        let desk: Arc<Desk> = Arc::default();
        let behind = Arc::clone(&desk);
        let server = Server::start(Arc::new(move |request| behind.hear(request))).expect("a free port can be had");
        Self {
            id: id.to_owned(),
            server,
            desk,
        }
    }

    /// Its DSP base.
    pub fn dsp(&self) -> String {
        format!("{}/protocol/2025-1", self.server.url())
    }

    /// Loses the answer to the next message of this type, which it takes all the same.
    pub fn lose(&self, type_name: &str) {
        self.desk.log.lock().unwrap().losses.push(type_name.to_owned());
    }

    /// Is busy for so many messages.
    pub fn be_busy(&self, times: usize) {
        self.desk.log.lock().unwrap().busy = times;
    }

    /// Takes nothing for as long as it is so.
    pub fn be_unwilling(&self, unwilling: bool) {
        self.desk.log.lock().unwrap().unwilling = unwilling;
    }

    /// The first message of this type; waits for it.
    pub fn hears(&self, type_name: &str) -> Value {
        let is_it = |request: &&Request| request.json()["@type"] == type_name;
        let log = self.desk.log.lock().unwrap();
        let (log, waited) = self
            .desk
            .more
            .wait_timeout_while(log, PATIENCE, |log| !log.heard.iter().any(|one| is_it(&one)))
            .unwrap();
        assert!(!waited.timed_out(), "the node never said `{type_name}`");
        log.heard.iter().find(is_it).map(Request::json).expect("it was there")
    }

    /// How many requests came for which this holds.
    pub fn count(&self, is_it: impl Fn(&Request) -> bool) -> usize {
        let log = self.desk.log.lock().unwrap();
        log.heard.iter().filter(|request| is_it(request)).count()
    }

    /// The message with what the family adds to it.
    pub fn write(&self, mut message: Value) -> Value {
        message["@context"] = json!([CONTEXT, EDC_CONTEXT]);
        message["@id"] = json!(words::fresh());
        message
    }

    /// Says `message` to the node, as it is; the answer.
    pub fn say(&self, node: &Participant, path: &str, message: &Value) -> Response {
        let token = json!({ "region": "eu", "audience": node.dsp, "clientId": self.id }).to_string();
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "application/json; charset=utf-8"),
        ];
        let url = format!("{}{path}", node.dsp);
        wire::send("POST", &url, &headers, message.to_string().as_bytes()).expect("the public door answers")
    }

    /// A data address: its members spelled out among the properties, the place too.
    pub fn data_address(&self, endpoint: &str, token: &str) -> Value {
        let kind = "https://w3id.org/idsa/v4.1/HTTP";
        let property = |name: &str, value: &str| json!({ "@type": "EndpointProperty", "name": format!("{EDC_NAMES}{name}"), "value": value });
        json!({
            "@type": "DataAddress",
            "endpointType": kind,
            "endpointProperties": [
                property("endpoint", endpoint), property("authType", "bearer"), property("endpointType", kind),
                property("authorization", token),
            ],
        })
    }

    /// The peer's own pid of the case that the node knows by this one; waits for it.
    pub fn pid_of(&self, nodes: &str) -> String {
        let log = self.desk.log.lock().unwrap();
        let is_it = |case: &(Value, Value, String)| case.0 == nodes || case.1 == nodes;
        let (log, waited) = self
            .desk
            .more
            .wait_timeout_while(log, PATIENCE, |log| !log.cases.values().any(is_it))
            .unwrap();
        assert!(!waited.timed_out(), "the node never began `{nodes}`");
        let found = log.cases.iter().find(|(_, case)| is_it(case));
        found.map(|(pid, _)| pid.clone()).expect("it was there")
    }

    /// Remembers a case that this peer began.
    pub fn began(&self, own: &str, consumer: &str, provider: &str, state: &str) {
        let case = (json!(consumer), json!(provider), state.to_owned());
        self.desk.log.lock().unwrap().cases.insert(own.to_owned(), case);
    }
}

impl Desk {
    fn hear(&self, request: Request) -> Option<Response> {
        if request.path.ends_with("/.well-known/dspace-version") {
            let version = json!({ "version": "2025-1", "path": "/2025-1", "binding": "HTTPS" });
            return Some(Response::json(200, &json!({ "protocolVersions": [version] })));
        }
        let mut log = self.log.lock().unwrap();
        log.heard.push(request.clone());
        let answer = log.answer(&request);
        self.more.notify_all();
        answer
    }
}

impl Log {
    /// None where the answer gets lost.
    fn answer(&mut self, request: &Request) -> Option<Response> {
        let segments: Vec<String> = request.path.split('/').skip(3).map(str::to_owned).collect();
        let noun = segments.first().cloned().unwrap_or_default();
        if request.method == "GET" {
            return Some(self.tell(&noun, segments.get(1).map_or("", String::as_str)));
        }
        if self.busy > 0 {
            self.busy -= 1;
            return Some(refusal(
                &noun,
                "Cannot acquire lease, is already leased by someone else",
            ));
        }
        let message = request.json();
        let kind = message["@type"].as_str().unwrap_or_default().to_owned();
        let said = (request.path.clone(), format!("{kind} {}", message["eventType"]));
        if self.unwilling || self.taken.contains(&said) {
            return Some(refusal(
                &noun,
                &format!("Cannot process {kind} because it cannot be taken"),
            ));
        }
        let is_first = segments.get(1).is_some_and(|tail| tail == "request");
        if !is_first {
            self.taken.insert(said);
        }
        let answer = self.take(&noun, is_first, segments.get(1).map_or("", String::as_str), &message);
        match self.losses.iter().position(|lost| *lost == kind) {
            Some(at) => {
                self.losses.remove(at);
                None
            }
            None => Some(answer),
        }
    }

    fn tell(&self, noun: &str, pid: &str) -> Response {
        let Some((consumer, provider, state)) = self.cases.get(pid) else {
            return refusal(noun, "not found");
        };
        let mut process = process(noun, consumer, provider, state);
        process["@id"] = json!(pid);
        Response::json(200, &process)
    }

    fn take(&mut self, noun: &str, is_first: bool, pid: &str, message: &Value) -> Response {
        if is_first {
            let own = words::fresh();
            let case = (message["consumerPid"].clone(), json!(own), "REQUESTED".to_owned());
            let answer = Response::json(200, &process(noun, &case.0, &case.1, &case.2));
            self.cases.insert(own, case);
            return answer;
        }
        if let Some(case) = self.cases.get_mut(pid) {
            case.2 = state_after(message).to_owned();
        }
        // No body, and 200 all the same.
        Response::empty(200)
    }
}

fn process(noun: &str, consumer: &Value, provider: &Value, state: &str) -> Value {
    let kind = if noun == "negotiations" {
        "ContractNegotiation"
    } else {
        "TransferProcess"
    };
    json!({
        "@context": [CONTEXT, EDC_CONTEXT], "@type": kind, "consumerPid": consumer, "providerPid": provider, "state": state,
    })
}

/// Its refusals name no case.
fn refusal(noun: &str, why: &str) -> Response {
    let kind = if noun == "negotiations" {
        "ContractNegotiationError"
    } else {
        "TransferError"
    };
    let body = json!({ "@context": [CONTEXT, EDC_CONTEXT], "@type": kind, "code": "409", "reason": [why] });
    Response::json(409, &body)
}

fn state_after(message: &Value) -> &str {
    match message["@type"].as_str().unwrap_or_default() {
        "ContractOfferMessage" => "OFFERED",
        "ContractAgreementMessage" => "AGREED",
        "ContractAgreementVerificationMessage" => "VERIFIED",
        "ContractNegotiationEventMessage" => message["eventType"].as_str().unwrap_or_default(),
        "TransferStartMessage" => "STARTED",
        "TransferSuspensionMessage" => "SUSPENDED",
        "TransferCompletionMessage" => "COMPLETED",
        _ => "TERMINATED",
    }
}
