//! A connector as the EDC family lets it be asked: the Management API v3.
//!
//! Refuses to know which connector answers: whoever has this API can be a side.

use crate::ends::Ends;
use crate::side::{Access, Act, Case, Dataset, Decides, ENDED, Peer, Side, Told, until};
use crate::source::Source;
use chapar_conformance::wire::{self, Response};
use chapar_conformance::words::{FORMAT, Kind};
use serde_json::{Value, json};

/// The namespace of the API's own members.
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";
const ODRL: &str = "http://www.w3.org/ns/odrl.jsonld";
/// Prefixes of the vocabularies that the protocol's own context writes without any.
const PREFIXES: [&str; 2] = ["dcat:", "odrl:"];
/// Datasets asked for at a time.
const PAGE: usize = 50;
/// How the API names the protocol.
const PROTOCOL: &str = "dataspace-protocol-http:2025-1";

/// A side behind a Management API.
#[derive(Clone)]
pub struct Managed {
    peer: Peer,
    /// Base of the API, without its version.
    base: String,
    /// Shown with each call, where the API wants one.
    key: Option<String>,
    /// Whence its data come.
    source: Source,
    /// How its transfers ended, where its log tells it.
    ends: Ends,
    /// Who is to be told of the cases that it begins.
    callbacks: Vec<Value>,
}

impl Managed {
    /// The connector `peer`, whose API is at `base` and whose data lie in `source`.
    pub fn new(peer: Peer, base: &str, key: Option<&str>, source: Source) -> Self {
        Self {
            peer,
            base: base.to_owned(),
            key: key.map(str::to_owned),
            source,
            ends: Ends::default(),
            callbacks: Vec::new(),
        }
    }

    /// The same, whose transfers' ends are told there.
    #[must_use]
    pub fn with_ends(self, ends: Ends) -> Self {
        Self { ends, ..self }
    }

    /// The same, which names this callback address with each case that it begins.
    #[must_use]
    pub fn telling(&self, address: Value) -> Self {
        Self {
            callbacks: vec![address],
            ..self.clone()
        }
    }

    /// A case as the API shows it.
    ///
    /// # Errors
    /// There is none.
    pub fn shown(&self, kind: Kind, id: &str) -> Told<Value> {
        self.ask("GET", &format!("/{}/{id}", noun(kind)), None)
    }

    /// Begins a case; its id.
    fn begin(&self, kind: Kind, mut request: Value) -> Told<String> {
        if !self.callbacks.is_empty() {
            request["callbackAddresses"] = json!(self.callbacks);
        }
        self.made(&format!("/{}", noun(kind)), request)
    }

    fn call(&self, method: &str, path: &str, body: Option<Value>) -> Told<Response> {
        let bytes = body.map_or_else(Vec::new, |mut body| {
            body["@context"] = json!({ "@vocab": EDC });
            body.to_string().into_bytes()
        });
        let url = format!("{}/v3{path}", self.base);
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(self.key.iter().map(|key| ("x-api-key", key.as_str())));
        wire::send(method, &url, &headers, &bytes).map_err(|why| format!("{method} {path}: {why}"))
    }

    fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Told<Value> {
        let answer = self.call(method, path, body)?;
        if answer.is_good() {
            Ok(answer.value())
        } else {
            Err(format!("{method} {path}: {} {}", answer.status, answer.text()))
        }
    }

    fn made(&self, path: &str, body: Value) -> Told<String> {
        let made = self.ask("POST", path, Some(body))?;
        let id = made["@id"].as_str().map(str::to_owned);
        id.ok_or_else(|| format!("POST {path} names no id: {made}"))
    }

    fn found(&self, kind: Kind, operand: &str, value: &str) -> Told<Option<Case>> {
        let query = json!({
            "@type": "QuerySpec",
            "filterExpression": [{ "operandLeft": operand, "operator": "=", "operandRight": value }],
        });
        let found = self.ask("POST", &format!("/{}/request", noun(kind)), Some(query))?;
        Ok(found
            .as_array()
            .and_then(|cases| cases.first())
            .map(|found| self.read(found)))
    }

    fn read(&self, found: &Value) -> Case {
        let text = |name: &str| found[name].as_str().map(str::to_owned);
        let id = text("@id").unwrap_or_default();
        let state = text("state").unwrap_or_default();
        // What it puts away after the end, whichever the end was.
        let is_put_away = state.starts_with("DEPROVISION");
        Case {
            theirs: text("correlationId"),
            state: if is_put_away {
                self.ends.of(&id).unwrap_or_else(|| ENDED.to_owned())
            } else {
                state
            },
            id,
            agreement: text("contractAgreementId").or_else(|| text("contractId")),
            trouble: text("errorDetail").unwrap_or_default(),
            why: text("errorDetail"),
        }
    }
}

impl Side for Managed {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Requests are decided by the connector: this API leaves the story no choice.
    fn publish(&self, dataset: &Dataset<'_>) -> Told<()> {
        let id = dataset.id;
        let source = json!({ "type": "HttpData", "baseUrl": self.source.put(id, dataset.content) });
        self.made(
            "/assets",
            json!({ "@id": id, "properties": { "name": id }, "dataAddress": source }),
        )?;
        let mut policy = dataset.rules.clone();
        policy["@context"] = json!(ODRL);
        policy["@type"] = json!("Set");
        self.made("/policydefinitions", json!({ "@id": id, "policy": policy }))?;
        let selector = json!([{ "operandLeft": format!("{EDC}id"), "operator": "=", "operandRight": id }]);
        let definition = json!({ "@id": id, "accessPolicyId": id, "contractPolicyId": id, "assetsSelector": selector });
        self.made("/contractdefinitions", definition).map(drop)
    }

    fn catalog(&self, provider: &Peer) -> Told<Vec<Value>> {
        let mut datasets = Vec::new();
        loop {
            let request = json!({
                "@type": "CatalogRequest", "counterPartyAddress": provider.dsp, "counterPartyId": provider.id, "protocol": PROTOCOL,
                "querySpec": { "offset": datasets.len(), "limit": PAGE },
            });
            let catalog = unprefixed(&self.ask("POST", "/catalog/request", Some(request))?);
            let page = one_or_many(&catalog["dataset"]);
            let is_last = page.len() < PAGE;
            datasets.extend(page);
            if is_last {
                return Ok(datasets);
            }
        }
    }

    fn negotiate(&self, provider: &Peer, offer: &Value, _: Decides) -> Told<String> {
        let mut policy = offer.clone();
        policy["@context"] = json!(ODRL);
        policy["@type"] = json!("Offer");
        policy["assigner"] = json!(provider.id);
        let request = json!({
            "@type": "ContractRequest", "counterPartyAddress": provider.dsp, "counterPartyId": provider.id, "protocol": PROTOCOL,
            "policy": policy,
        });
        self.begin(Kind::Negotiation, request)
    }

    fn transfer(&self, provider: &Peer, agreement: &str) -> Told<String> {
        let request = json!({
            "@type": "TransferRequest", "counterPartyAddress": provider.dsp, "counterPartyId": provider.id, "protocol": PROTOCOL,
            "contractId": agreement, "transferType": FORMAT,
        });
        self.begin(Kind::Transfer, request)
    }

    fn push(&self, provider: &Peer, agreement: &str, address: &str) -> Told<String> {
        let request = json!({
            "@type": "TransferRequest", "counterPartyAddress": provider.dsp, "counterPartyId": provider.id, "protocol": PROTOCOL,
            "contractId": agreement, "transferType": "HttpData-PUSH",
            "dataDestination": { "type": "HttpData", "baseUrl": address },
        });
        self.begin(Kind::Transfer, request)
    }

    fn case(&self, kind: Kind, id: &str) -> Told<Case> {
        self.shown(kind, id).map(|found| self.read(&found))
    }

    fn case_of(&self, kind: Kind, theirs: &str) -> Told<Option<Case>> {
        self.found(kind, "correlationId", theirs)
    }

    fn act(&self, kind: Kind, id: &str, act: Act<'_>) -> Told<()> {
        let (verb, body) = match (act, kind) {
            (Act::Terminate(reason), Kind::Negotiation) => ("terminate", json!({ "@id": id, "reason": reason })),
            (Act::Terminate(reason), Kind::Transfer) => {
                ("terminate", json!({ "@type": "TerminateTransfer", "reason": reason }))
            }
            (Act::Suspend(reason), _) => ("suspend", json!({ "@type": "SuspendTransfer", "reason": reason })),
            (Act::Resume, _) => ("resume", json!({})),
            (Act::Complete, _) => return Err("this API cannot complete a transfer".to_owned()),
        };
        let path = format!("/{}/{id}/{verb}", noun(kind));
        // What the connector has under way at this moment is in the way of it: a lease of its own.
        until(&path, || {
            let answer = self.call("POST", &path, Some(body.clone()))?;
            match answer.status {
                409 => Ok(None),
                _ if answer.is_good() => Ok(Some(())),
                status => Err(format!("POST {path}: {status} {}", answer.text())),
            }
        })
    }

    fn access(&self, transfer: &str) -> Told<Option<Access>> {
        let answer = self.call("GET", &format!("/edrs/{transfer}/dataaddress"), None)?;
        if answer.status == 404 {
            return Ok(None);
        }
        let address = answer.value();
        let member = |name: &str| address[name].as_str().map(str::to_owned);
        match (member("endpoint"), member("authorization")) {
            (Some(endpoint), Some(token)) => Ok(Some(Access { endpoint, token })),
            _ => Err(format!("nothing to fetch with in {} {}", answer.status, answer.text())),
        }
    }
}

/// The path of a kind of case.
const fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Negotiation => "contractnegotiations",
        Kind::Transfer => "transferprocesses",
    }
}

/// A document with the members of the protocol's vocabularies by their short names: some write their prefix, as their context has it.
fn unprefixed(document: &Value) -> Value {
    let short = |name: &String| {
        let bare = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix));
        bare.unwrap_or(name).to_owned()
    };
    match document {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (short(name), unprefixed(value)))
            .collect(),
        Value::Array(items) => items.iter().map(unprefixed).collect(),
        other => other.clone(),
    }
}

/// A list of one is written without brackets.
fn one_or_many(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}
