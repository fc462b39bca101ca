//! Broken, foreign and forbidden input at the doors of the real binary: each row gets its error, of the right type, and
//! nothing changes.
//!
//! Refuses to look at signatures and tokens of a DID identity: those have their own vectors beside the code that verifies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_conformance::automaton::Automaton;
use chapar_conformance::flows::table;
use chapar_conformance::foreign::Foreign;
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::wire::{self, Response};
use chapar_conformance::words::{self, CONTEXT, FORMAT};
use chapar_conformance::{schemas, seed};
use serde_json::{Value, json};
use std::io::Write;

const PEER: &str = "the-peer";
const KNOWN: &str = "Bearer anything";
/// In the development identity a token may name its sender: here somebody who has no part in the case.
const STRANGER: &str = r#"Bearer {"clientId":"a-stranger"}"#;
const NEGOTIATION: &str = "ContractNegotiationError";
const TRANSFER: &str = "TransferError";
const CATALOG: &str = "CatalogError";

/// A node with one negotiation and one transfer, both waiting at `REQUESTED`.
struct Scene {
    _node: Node,
    participant: Participant,
    neighbour: Participant,
    foreign: Foreign,
    agreement: String,
    /// The peer's pid and ours.
    negotiation: (String, String),
    transfer: (String, String),
}

/// One request, and what must come of it.
struct Row {
    what: String,
    method: &'static str,
    path: String,
    token: Option<&'static str>,
    body: Vec<u8>,
    wanted: &'static [u16],
    error: &'static str,
}

/// What, who, method, path, body, wanted statuses.
type OwnRow<'a> = (&'a str, &'a Participant, &'a str, &'a str, Option<&'a Value>, &'a [u16]);

fn scene() -> Scene {
    let node = Node::start();
    let participant = node.add_named("target", "the-node", PEER);
    let neighbour = node.add_named("neighbour", "the-neighbour", PEER);
    participant.put_document("D1", "content");
    let automaton = Automaton::start(&participant);
    let flows: Vec<_> = table()
        .into_iter()
        .filter(|flow| flow.title == "the consumer withdraws at once")
        .collect();
    seed::publish(&participant, &flows);
    let agreements = seed::agreements(&participant, PEER, &automaton, &flows);
    let agreement = agreements.into_values().next().unwrap();
    // Nobody decides about what follows: both cases wait.
    let foreign = Foreign::start();
    let mut scene = Scene {
        _node: node,
        participant,
        neighbour,
        foreign,
        agreement,
        negotiation: (words::fresh(), String::new()),
        transfer: (words::fresh(), String::new()),
    };
    scene.negotiation.1 = begun(&scene, "/negotiations/request", &scene.request(), &scene.negotiation.0);
    scene.transfer.1 = begun(
        &scene,
        "/transfers/request",
        &scene.transfer_request(),
        &scene.transfer.0,
    );
    scene
}

fn begun(scene: &Scene, path: &str, message: &Value, pid: &str) -> String {
    let mut message = message.clone();
    message["consumerPid"] = json!(pid);
    let answer = scene.post(path, KNOWN, message.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.value()["providerPid"].as_str().unwrap().to_owned()
}

impl Scene {
    fn post(&self, path: &str, token: &str, body: &[u8]) -> Response {
        let headers = [("authorization", token), ("content-type", "application/json")];
        wire::send("POST", &format!("{}{path}", self.participant.dsp), &headers, body).unwrap()
    }

    fn request(&self) -> Value {
        json!({
            "@context": [CONTEXT], "@type": "ContractRequestMessage", "consumerPid": words::fresh(),
            "offer": words::offer("CD123:D1:456", "D1"), "callbackAddress": self.foreign.base(),
        })
    }

    fn transfer_request(&self) -> Value {
        json!({
            "@context": [CONTEXT], "@type": "TransferRequestMessage", "consumerPid": words::fresh(),
            "agreementId": self.agreement, "format": FORMAT, "callbackAddress": self.foreign.base(),
        })
    }

    /// A message inside the waiting negotiation.
    fn inside(&self, kind: &str) -> Value {
        let (consumer, provider) = &self.negotiation;
        json!({ "@context": [CONTEXT], "@type": kind, "consumerPid": consumer, "providerPid": provider })
    }

    /// A message inside the waiting transfer.
    fn in_transfer(&self, kind: &str) -> Value {
        let (consumer, provider) = &self.transfer;
        json!({ "@context": [CONTEXT], "@type": kind, "consumerPid": consumer, "providerPid": provider })
    }

    /// Every case of the participant with its state.
    fn cases(&self) -> Vec<String> {
        let mut found = Vec::new();
        for path in ["/negotiations", "/transfers"] {
            collect(&self.participant.ask("GET", path, None), &mut found);
        }
        found.sort();
        assert!(found.len() >= 3, "the list of cases cannot be read: {found:?}");
        found
    }
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let (Some(id), Some(state)) = (members.get("id"), members.get("state")) {
                found.push(format!(
                    "{id} {state} {}",
                    members.get("pending").unwrap_or(&Value::Null)
                ));
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn row(
    what: &str,
    path: impl Into<String>,
    body: impl Into<Vec<u8>>,
    wanted: &'static [u16],
    error: &'static str,
) -> Row {
    Row {
        what: what.to_owned(),
        method: "POST",
        path: path.into(),
        token: Some(KNOWN),
        body: body.into(),
        wanted,
        error,
    }
}

/// `message` with the member at `place` set, or taken out when `value` is none.
fn with(message: &Value, place: &str, value: Option<Value>) -> Vec<u8> {
    let mut message = message.clone();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = message.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    message.to_string().into_bytes()
}

fn bytes(message: &Value) -> Vec<u8> {
    message.to_string().into_bytes()
}

/// What is no message at all.
#[rustfmt::skip]
fn shapeless(scene: &Scene) -> Vec<Row> {
    let request = scene.request();
    let long = with(&request, "/padding", Some(json!("x".repeat(300 * 1024))));
    let mut nested = json!(1);
    for _ in 0..100 {
        nested = json!([nested]);
    }
    let deep = with(&request, "/padding", Some(nested));
    // Far deeper than a recursive reader could stand.
    let abyss = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zipped.write_all(&bytes(&request)).unwrap();
    let half = bytes(&request)[..60].to_vec();
    let cases: Vec<(&str, Vec<u8>, &'static [u16])> = vec![
        ("longer than any message", long, &[413]),
        ("much longer than any message", vec![b' '; 4 * 1024 * 1024], &[413]),
        ("nested too deep", deep, &[400]),
        ("nested without end", abyss, &[400]),
        ("nothing", Vec::new(), &[400]),
        ("no JSON", b"<offer/>".to_vec(), &[400]),
        ("half a message", half, &[400]),
        ("no UTF-8", b"{\"@type\":\"\xff\xfe\"}".to_vec(), &[400]),
        ("two messages", [bytes(&request), bytes(&request)].concat(), &[400]),
        ("a list", json!([request]).to_string().into_bytes(), &[400]),
        ("null", b"null".to_vec(), &[400]),
        ("packed without saying so", zipped.finish().unwrap(), &[400]),
    ];
    let rows =
        cases.into_iter().map(|(what, body, wanted)| row(what, "/negotiations/request", body, wanted, NEGOTIATION));
    rows.collect()
}

/// A first request with one member wrong.
#[rustfmt::skip]
fn wrong_requests(scene: &Scene) -> Vec<Row> {
    let request = scene.request();
    let changes: Vec<(&str, &str, Option<Value>)> = vec![
        ("no type", "/@type", None),
        ("a list of types", "/@type", Some(json!(["ContractRequestMessage"]))),
        ("the type of another message", "/@type", Some(json!("ContractOfferMessage"))),
        ("the type of another family", "/@type", Some(json!("TransferRequestMessage"))),
        ("no context", "/@context", None),
        ("a foreign context", "/@context", Some(json!(["https://example.com/context.jsonld"]))),
        ("no pid", "/consumerPid", None),
        ("a number for a pid", "/consumerPid", Some(json!(7))),
        ("an empty pid", "/consumerPid", Some(json!(""))),
        ("an endless pid", "/consumerPid", Some(json!("p".repeat(3000)))),
        ("both of what excludes the other", "/providerPid", Some(json!("urn:uuid:0"))),
        ("no offer", "/offer", None),
        ("a text for an offer", "/offer", Some(json!("CD123:D1:456"))),
        ("an offer without an id", "/offer/@id", None),
        ("an offer of another type", "/offer/@type", Some(json!("Agreement"))),
        ("an offer without rules", "/offer/permission", None),
        ("an empty list of rules", "/offer/permission", Some(json!([]))),
        ("a text for rules", "/offer/permission", Some(json!("use"))),
        ("a rule without an action", "/offer/permission", Some(json!([{}]))),
        ("no callback address", "/callbackAddress", None),
        ("a number for a callback address", "/callbackAddress", Some(json!(80))),
    ];
    let rows = changes.into_iter().map(|(what, place, value)| {
        row(what, "/negotiations/request", with(&request, place, value), &[400], NEGOTIATION)
    });
    rows.collect()
}

/// Addresses that no node may be talked into calling. Loopback is open on this node, everything else inside is not.
#[rustfmt::skip]
fn wrong_callbacks(scene: &Scene) -> Vec<Row> {
    let addresses = [
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/x",
        "http://172.16.0.1/x",
        "http://192.168.1.1:8080/x",
        "http://100.64.0.1/x",
        "http://0.0.0.0:1/x",
        "http://[fe80::1]/x",
        "http://[fd00::1]/x",
        "http://[::ffff:10.0.0.1]/x",
        "http://2852039166/x",
        "http://0xa9.0xfe.0xa9.0xfe/x",
        "ftp://127.0.0.1/x",
        "file:///etc/hosts",
        "http://name:word@127.0.0.1/x",
        "127.0.0.1:80",
        "not an address",
    ];
    let rows = addresses.iter().flat_map(|address| {
        let negotiation = with(&scene.request(), "/callbackAddress", Some(json!(address)));
        let transfer = with(&scene.transfer_request(), "/callbackAddress", Some(json!(address)));
        [
            row(
                &format!("negotiation, callback to {address}"),
                "/negotiations/request",
                negotiation,
                &[400],
                NEGOTIATION,
            ),
            row(&format!("transfer, callback to {address}"), "/transfers/request", transfer, &[400], TRANSFER),
        ]
    });
    rows.collect()
}

/// A name that has no address now may have one in a moment: no refusal for good, which would end the peer's case.
#[rustfmt::skip]
fn unresolved_callbacks(scene: &Scene) -> Vec<Row> {
    let address = Some(json!("https://nowhere.invalid/x"));
    let negotiation = with(&scene.request(), "/callbackAddress", address.clone());
    let transfer = with(&scene.transfer_request(), "/callbackAddress", address);
    vec![
        row("negotiation, callback to a name without address", "/negotiations/request", negotiation, &[503], NEGOTIATION),
        row("transfer, callback to a name without address", "/transfers/request", transfer, &[503], TRANSFER),
    ]
}

/// Messages about cases: unknown, of others, in the wrong state.
#[rustfmt::skip]
fn wrong_cases(scene: &Scene) -> Vec<Row> {
    let (consumer, provider) = &scene.negotiation;
    let at = |tail: &str| format!("/negotiations/{provider}/{tail}");
    let verification = scene.inside("ContractAgreementVerificationMessage");
    let termination = scene.inside("ContractNegotiationTerminationMessage");
    let event = with(&scene.inside("ContractNegotiationEventMessage"), "/eventType", Some(json!("FINALIZED")));
    let nonsense = with(&scene.inside("ContractNegotiationEventMessage"), "/eventType", Some(json!("DONE")));
    let other_pid = with(&termination, "/consumerPid", Some(json!("urn:uuid:1")));
    let other_own_pid = with(&termination, "/providerPid", Some(json!("urn:uuid:1")));
    let begun = with(&scene.request(), "/consumerPid", Some(json!(consumer)));
    let again = with(&serde_json::from_slice(&begun).unwrap(), "/more", Some(json!("than before")));
    let unknown = with(&scene.request(), "/offer", Some(words::offer("CD999:D1:1", "D1")));
    let unseen = with(&scene.request(), "/offer", Some(words::offer("CD123:NONE:1", "NONE")));
    let crossed = with(&scene.request(), "/offer", Some(words::offer("CD123:D1:456", "REGISTRY")));
    let nobody = "/negotiations/urn:uuid:11111111-2222-4333-8444-555555555555";
    let stranger = |row: Row| Row { what: format!("{}, by a stranger", row.what), token: Some(STRANGER), ..row };
    vec![
        row("verification of nothing", at("agreement/verification"), bytes(&verification), &[400], NEGOTIATION),
        row("the provider's event by a consumer", at("events"), event, &[400], NEGOTIATION),
        row("an event that there is not", at("events"), nonsense, &[400], NEGOTIATION),
        row("an agreement by a consumer", at("agreement"), bytes(&verification), &[400], NEGOTIATION),
        row("a foreign pid of theirs", at("termination"), other_pid, &[400], NEGOTIATION),
        row("a foreign pid of ours", at("termination"), other_own_pid, &[400], NEGOTIATION),
        row("a second beginning with another body", "/negotiations/request", again, &[409], NEGOTIATION),
        row("an unknown offer", "/negotiations/request", unknown, &[400, 404], NEGOTIATION),
        row("an offer of what is not there", "/negotiations/request", unseen, &[400, 404], NEGOTIATION),
        row("an offer id of another dataset", "/negotiations/request", crossed, &[400, 404], NEGOTIATION),
        row("a beginning sent to an unknown negotiation", format!("{nobody}/request"), bytes(&scene.request()), &[404], NEGOTIATION),
        row("an unknown negotiation", format!("{nobody}/termination"), bytes(&termination), &[404], NEGOTIATION),
        stranger(row("the negotiation of another", at("termination"), bytes(&termination), &[404], NEGOTIATION)),
        get(row("reading an unknown negotiation", nobody, [], &[404], NEGOTIATION)),
        get(stranger(row(
            "reading the negotiation of another",
            format!("/negotiations/{provider}"),
            [],
            &[404],
            NEGOTIATION,
        ))),
    ]
}

/// The same for transfers.
#[rustfmt::skip]
fn wrong_transfers(scene: &Scene) -> Vec<Row> {
    let request = scene.transfer_request();
    let (consumer, provider) = &scene.transfer;
    let at = |tail: &str| format!("/transfers/{provider}/{tail}");
    let begun = with(&request, "/consumerPid", Some(json!(consumer)));
    let again = with(&serde_json::from_slice(&begun).unwrap(), "/more", Some(json!("than before")));
    let start = scene.in_transfer("TransferStartMessage");
    let termination = scene.in_transfer("TransferTerminationMessage");
    let address = json!({ "@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP" });
    let nobody = "/transfers/urn:uuid:11111111-2222-4333-8444-555555555555";
    let asks = |what: &str, place: &str, value: Option<Value>, wanted: &'static [u16]| {
        row(what, "/transfers/request", with(&request, place, value), wanted, TRANSFER)
    };
    let stranger = |row: Row| Row { what: format!("{}, by a stranger", row.what), token: Some(STRANGER), ..row };
    vec![
        asks("an unknown agreement", "/agreementId", Some(json!("urn:uuid:2")), &[400, 404]),
        stranger(asks("the agreement of another", "/agreementId", Some(json!(scene.agreement)), &[400, 404])),
        asks("no agreement", "/agreementId", None, &[400]),
        asks("an unknown format", "/format", Some(json!("Pigeon-POST")), &[400]),
        asks("no format", "/format", None, &[400]),
        asks("a pull that says where to push", "/dataAddress", Some(address), &[400]),
        asks("a text for a data address", "/dataAddress", Some(json!("http://127.0.0.1/x")), &[400]),
        row("a second beginning with another body", "/transfers/request", again, &[409], TRANSFER),
        row(
            "completion of what never started",
            at("completion"),
            bytes(&scene.in_transfer("TransferCompletionMessage")),
            &[400],
            TRANSFER,
        ),
        row("a consumer starts", at("start"), bytes(&start), &[400], TRANSFER),
        row("the wrong type for its address", at("suspension"), bytes(&start), &[400], TRANSFER),
        row("an unknown transfer", format!("{nobody}/termination"), bytes(&termination), &[404], TRANSFER),
        stranger(row("the transfer of another", at("termination"), bytes(&termination), &[404], TRANSFER)),
        get(row("reading an unknown transfer", nobody, [], &[404], TRANSFER)),
        get(stranger(row("reading the transfer of another", format!("/transfers/{provider}"), [], &[404], TRANSFER))),
    ]
}

/// The catalogue's door, and every door without a token.
#[rustfmt::skip]
fn wrong_readers(scene: &Scene) -> Vec<Row> {
    let asked = json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage" });
    let filter = |value: Value| with(&asked, "/filter", Some(value));
    let provider = &scene.negotiation.1;
    let mut rows = vec![
        get(row("an unknown dataset", "/catalog/datasets/NONE", [], &[404], CATALOG)),
        row(
            "a filter that nobody understands",
            "/catalog/request",
            filter(json!([{ "size": "large" }])),
            &[400],
            CATALOG,
        ),
        row("a filter that is no list", "/catalog/request", filter(json!("all")), &[400], CATALOG),
        row("a catalogue request of another type", "/catalog/request", bytes(&scene.request()), &[400], CATALOG),
        row("a catalogue request that is no JSON", "/catalog/request", "?", &[400], CATALOG),
    ];
    let closed = vec![
        row("catalogue", "/catalog/request", bytes(&asked), &[401], CATALOG),
        get(row("dataset", "/catalog/datasets/D1", [], &[401], CATALOG)),
        row("negotiation", "/negotiations/request", bytes(&scene.request()), &[401], NEGOTIATION),
        get(row("negotiation's state", format!("/negotiations/{provider}"), [], &[401], NEGOTIATION)),
        row("transfer", "/transfers/request", bytes(&scene.transfer_request()), &[401], TRANSFER),
        get(row("transfer's state", format!("/transfers/{}", scene.transfer.1), [], &[401], TRANSFER)),
    ];
    rows.extend(closed.into_iter().map(|row| Row {
        what: format!("{} without a token", row.what),
        token: None,
        ..row
    }));
    rows
}

fn get(row: Row) -> Row {
    Row { method: "GET", ..row }
}

fn judge(scene: &Scene, row: &Row) -> Result<(), String> {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(row.token.map(|token| ("authorization", token)));
    let url = format!("{}{}", scene.participant.dsp, row.path);
    let answer = wire::send(row.method, &url, &headers, &row.body).map_err(|why| why.to_string())?;
    if !row.wanted.contains(&answer.status) {
        return Err(format!(
            "answered {}, wanted {:?}: {}",
            answer.status,
            row.wanted,
            answer.text()
        ));
    }
    let body = answer.value();
    if body["@type"] != row.error {
        return Err(format!(
            "the error is a {}, wanted {}: {}",
            body["@type"],
            row.error,
            answer.text()
        ));
    }
    schemas::check(&body)?;
    names_its_process(scene, row, &body)?;
    let speaks = body["code"].is_string() && body["reason"].as_array().is_some_and(|reason| !reason.is_empty());
    if speaks {
        Ok(())
    } else {
        Err(format!("the error gives no code or reason: {body}"))
    }
}

/// An error is about the case to which the peer sent something; where there is none, about what a readable body names.
fn names_its_process(scene: &Scene, row: &Row, error: &Value) -> Result<(), String> {
    if row.error == CATALOG || row.method == "GET" {
        return Ok(());
    }
    let cases = [&scene.negotiation, &scene.transfer];
    let own = cases
        .into_iter()
        .find(|(_, provider)| row.path.contains(provider.as_str()));
    // What is beyond a bound is not read, and what is no id names nothing.
    let is_read = !error["code"].as_str().is_some_and(|code| code.starts_with("body-"));
    let said: Value = serde_json::from_slice(&row.body)
        .ok()
        .filter(|_| is_read)
        .unwrap_or_default();
    for (name, of_case) in [
        ("consumerPid", own.map(|own| &own.0)),
        ("providerPid", own.map(|own| &own.1)),
    ] {
        let of_case = of_case.filter(|_| row.token == Some(KNOWN)).cloned();
        let of_body = said[name]
            .as_str()
            .filter(|pid| (1..1000).contains(&pid.len()))
            .map(str::to_owned);
        let known: Vec<String> = of_case.into_iter().chain(of_body).collect();
        if !known.is_empty() && !known.iter().any(|pid| error[name] == *pid) {
            return Err(format!("`{name}` is {}, and could be {known:?}", error[name]));
        }
    }
    Ok(())
}

#[test]
fn every_broken_message_gets_its_error_and_nothing_changes() {
    let scene = scene();
    let before = scene.cases();
    let groups = [
        shapeless,
        wrong_requests,
        wrong_callbacks,
        unresolved_callbacks,
        wrong_cases,
        wrong_transfers,
        wrong_readers,
    ];
    let rows: Vec<Row> = groups.iter().flat_map(|group| group(&scene)).collect();
    let mut wrong = Vec::new();
    for row in &rows {
        if let Err(why) = judge(&scene, row) {
            wrong.push(format!("{}: {why}", row.what));
        }
        let after = scene.cases();
        if after != before {
            wrong.push(format!(
                "{}: the cases changed\nbefore {before:?}\nafter {after:?}",
                row.what
            ));
            break;
        }
    }
    println!("{} of {} rows", rows.len() - wrong.len().min(rows.len()), rows.len());
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
    assert_eq!(
        scene.foreign.unexpected(),
        Vec::<String>::new(),
        "the node said something"
    );
}

#[test]
fn what_is_not_yours_looks_like_what_is_not_there() {
    let scene = scene();
    for (kind, pid) in [("negotiations", &scene.negotiation.1), ("transfers", &scene.transfer.1)] {
        let nobody = "urn:uuid:11111111-2222-4333-8444-555555555555";
        let read = |base: &str, token: &str, pid: &str| {
            let answer = wire::send("GET", &format!("{base}/{kind}/{pid}"), &[("authorization", token)], b"").unwrap();
            (answer.status, answer.text().replace(pid, "PID"))
        };
        let absent = read(&scene.participant.dsp, STRANGER, nobody);
        assert_eq!(absent.0, 404);
        assert_eq!(
            read(&scene.participant.dsp, STRANGER, pid),
            absent,
            "another peer sees the case"
        );
        assert_eq!(
            read(&scene.neighbour.dsp, KNOWN, pid),
            absent,
            "another participant's door shows the case"
        );
        assert_eq!(
            read(&scene.participant.dsp, KNOWN, pid).0,
            200,
            "its own peer sees the case"
        );
        let message = match kind {
            "negotiations" => scene.inside("ContractNegotiationTerminationMessage"),
            _ => scene.in_transfer("TransferTerminationMessage"),
        };
        let told = |pid: &str| {
            let answer = scene.post(&format!("/{kind}/{pid}/termination"), STRANGER, &bytes(&message));
            (answer.status, answer.text())
        };
        assert_eq!(told(pid), told(nobody), "another peer's message is told of the case");
        let own = |path: &str| {
            (
                scene.neighbour.call("GET", path, None).status,
                scene.participant.call("GET", path, None).status,
            )
        };
        assert_eq!(own(&format!("/{kind}/{pid}")), (404, 200), "the own API of a neighbour");
        assert_eq!(
            own(&format!("/{kind}/{pid}/timeline")),
            (404, 200),
            "the time line for a neighbour"
        );
        let decided = scene.neighbour.call(
            "POST",
            &format!("/{kind}/{pid}/decisions"),
            Some(&json!({ "decision": "terminate" })),
        );
        assert_eq!(decided.status, 404, "a neighbour decides");
    }
    assert_eq!(scene.neighbour.call("GET", "/documents/D1", None).status, 404);
    assert_eq!(scene.participant.call("GET", "/documents/D1", None).status, 200);
}

#[test]
#[rustfmt::skip]
fn the_own_api_refuses_who_has_no_right_and_what_makes_no_sense() {
    let scene = scene();
    let own = &scene.participant;
    let path = format!("/negotiations/{}/decisions", scene.negotiation.1);
    let keyless = Participant { key: "not-a-key".to_owned(), ..own.clone() };
    let viewer = own.ask("POST", "/keys", Some(&json!({ "role": "viewer", "label": "reads" })));
    let viewer = Participant { key: viewer["key"].as_str().unwrap().to_owned(), ..own.clone() };
    let terminate = json!({ "decision": "terminate" });
    let another = json!({ "role": "admin", "label": "made by a viewer" });
    let newcomer = json!({ "slug": "more" });
    let dance = json!({ "decision": "dance" });
    let finalize = json!({ "decision": "finalize" });
    let no_offer = json!({ "peer": "p" });
    let no_agreement = json!({ "agreement": "urn:uuid:9", "format": FORMAT });
    let rows: Vec<OwnRow<'_>> = vec![
        ("no key", &keyless, "GET", "/self", None, &[401]),
        ("a viewer reads", &viewer, "GET", "/negotiations", None, &[200]),
        ("a viewer decides", &viewer, "POST", &path, Some(&terminate), &[403]),
        ("a viewer makes a key", &viewer, "POST", "/keys", Some(&another), &[403]),
        ("a participant makes a participant", own, "POST", "/participants", Some(&newcomer), &[403]),
        ("a decision that there is not", own, "POST", &path, Some(&dance), &[400, 422]),
        ("a decision at the wrong time", own, "POST", &path, Some(&finalize), &[409]),
        ("a case without an offer", own, "POST", "/negotiations", Some(&no_offer), &[400, 422]),
        ("a transfer without an agreement", own, "POST", "/transfers", Some(&no_agreement), &[400, 404, 409, 422]),
        ("a page that there is not", own, "GET", "/nothing", None, &[404]),
    ];
    for (what, who, method, path, body, wanted) in rows {
        let answer = who.call(method, path, body);
        assert!(wanted.contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
        if answer.status >= 400 {
            let kind = answer.header("content-type").unwrap_or_default();
            assert!(kind.starts_with("application/problem+json"), "{what}: content type {kind}");
            assert!(answer.value()["code"].is_string(), "{what}: no code in {}", answer.text());
        }
    }
}

#[test]
fn a_later_offer_about_another_dataset_is_refused() {
    let scene = scene();
    let own = &scene.participant;
    let answer_first = |state: &str, consumer: &str, provider: &str| {
        let case = json!({
            "@context": [CONTEXT], "@type": "ContractNegotiation",
            "consumerPid": consumer, "providerPid": provider, "state": state,
        });
        scene
            .foreign
            .next()
            .unwrap()
            .answer(Response::json(if state == "REQUESTED" { 201 } else { 200 }, &case));
    };
    // We are the provider: an offer of ours stands, and the peer asks for another dataset instead.
    let (theirs, ours) = &scene.negotiation;
    let offered = json!({ "decision": "offer", "offer": words::offer("CD123:D1:456", "D1") });
    own.ask("POST", &format!("/negotiations/{ours}/decisions"), Some(&offered));
    answer_first("OFFERED", theirs, ours);
    let counter = scene.inside("ContractRequestMessage");
    // We are the consumer: our request stands, and the peer offers another dataset instead.
    let asked = json!({ "peer": PEER, "address": scene.foreign.base(), "offer": words::offer("offer-1", "D9"), "mode": "manual" });
    let id = own.ask("POST", "/negotiations", Some(&asked))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let pid = words::fresh();
    answer_first("REQUESTED", &id, &pid);
    let offer =
        json!({ "@context": [CONTEXT], "@type": "ContractOfferMessage", "consumerPid": id, "providerPid": pid });
    for (path, message, dataset, state) in [
        (format!("/negotiations/{ours}/request"), &counter, "D1", "REQUESTED"),
        (format!("/negotiations/{id}/offers"), &offer, "D9", "OFFERED"),
    ] {
        let about = |dataset: &str| with(message, "/offer", Some(words::offer("CD123:D1:456", dataset)));
        let answer = scene.post(&path, KNOWN, &about("REGISTRY"));
        let body = answer.value();
        assert_eq!(
            (answer.status, body["@type"].as_str(), body["code"].as_str()),
            (400, Some(NEGOTIATION), Some("offer-altered")),
            "{path}: {}",
            answer.text()
        );
        let answer = scene.post(&path, KNOWN, &about(dataset));
        assert_eq!(
            (answer.status, answer.value()["state"].as_str()),
            (200, Some(state)),
            "{path}: {}",
            answer.text()
        );
    }
}

/// Agreements that depart from the offer on the table, each in one place.
#[rustfmt::skip]
fn altered(agreement: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let narrower = json!([{ "action": "use", "constraint": [{ "leftOperand": "count", "operator": "lt", "rightOperand": "3" }] }]);
    vec![
        ("another action", with(agreement, "/agreement/permission", Some(json!([{ "action": "sell" }])))),
        ("a constraint more", with(agreement, "/agreement/permission", Some(narrower))),
        ("a prohibition more", with(agreement, "/agreement/prohibition", Some(json!([{ "action": "print" }])))),
        ("a duty more", with(agreement, "/agreement/obligation", Some(json!([{ "action": "pay" }])))),
        ("another dataset", with(agreement, "/agreement/target", Some(json!("OTHER")))),
        ("another giver", with(agreement, "/agreement/assigner", Some(json!("somebody")))),
        ("another taker", with(agreement, "/agreement/assignee", Some(json!("somebody")))),
        ("no time", with(agreement, "/agreement/timestamp", None)),
        ("a time that is none", with(agreement, "/agreement/timestamp", Some(json!("soon")))),
        ("a time long past", with(agreement, "/agreement/timestamp", Some(json!("2026-01-02T03:04:05Z")))),
        ("a time to come", with(agreement, "/agreement/timestamp", Some(json!("2999-01-02T03:04:05Z")))),
    ]
}

#[test]
fn an_agreement_that_is_not_what_was_asked_for_is_refused() {
    let scene = scene();
    let own = &scene.participant;
    let offer = words::offer("offer-1", "D9");
    let asked = json!({ "peer": PEER, "address": scene.foreign.base(), "offer": offer, "mode": "manual" });
    let id = own.ask("POST", "/negotiations", Some(&asked))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let arrived = scene.foreign.next().unwrap();
    let theirs = words::fresh();
    let case = json!({
        "@context": [CONTEXT], "@type": "ContractNegotiation", "consumerPid": id, "providerPid": theirs, "state": "REQUESTED",
    });
    arrived.answer(Response::json(201, &case));
    let agreement = json!({
        "@context": [CONTEXT], "@type": "ContractAgreementMessage", "consumerPid": id, "providerPid": theirs,
        "agreement": {
            "@id": words::fresh(), "@type": "Agreement", "target": "D9", "assigner": PEER, "assignee": own.id,
            "timestamp": words::now(), "permission": words::permission(),
        },
    });
    let path = format!("/negotiations/{id}/agreement");
    for (what, body) in altered(&agreement) {
        let answer = scene.post(&path, KNOWN, &body);
        assert_eq!(
            (answer.status, answer.value()["@type"].as_str()),
            (400, Some(NEGOTIATION)),
            "{what}: {}",
            answer.text()
        );
        let state = wire::send(
            "GET",
            &format!("{}/negotiations/{id}", own.dsp),
            &[("authorization", KNOWN)],
            b"",
        )
        .unwrap();
        assert_eq!(state.value()["state"], "REQUESTED", "{what}");
    }
    let answer = scene.post(&path, KNOWN, agreement.to_string().as_bytes());
    assert_eq!(
        (answer.status, answer.value()["state"].as_str()),
        (200, Some("AGREED")),
        "{}",
        answer.text()
    );
}
