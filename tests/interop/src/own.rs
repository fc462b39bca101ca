//! Our node, asked by its own API.

use crate::side::{Access, Act, Case, Dataset, Decides, Peer, Side, Told, until};
use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Response};
use chapar_conformance::words::Kind;
use serde_json::{Value, json};

/// A participant of the node.
pub struct Own {
    participant: Participant,
    peer: Peer,
}

impl Own {
    /// The side of this participant.
    pub fn new(participant: Participant) -> Self {
        let peer = Peer {
            id: participant.id.clone(),
            dsp: participant.dsp.clone(),
        };
        Self { participant, peer }
    }

    /// The participant, for what only its own API and its commands can do.
    pub fn participant(&self) -> &Participant {
        &self.participant
    }

    /// Publishes a dataset whose data lie at this address of EDC's form: assets with one are made by the management API.
    ///
    /// # Errors
    /// It refused.
    pub fn publish_at(&self, dataset: &Dataset<'_>, address: &Value) -> Told<()> {
        let who = &self.participant;
        let asset = json!({
            "@context": { "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }, "@id": dataset.id, "properties": { "name": dataset.id },
            "dataAddress": address,
        });
        let url = format!("{}/management/v3/assets", who.api.trim_end_matches("/chapar/v1"));
        let headers = [("x-api-key", who.key.as_str()), ("content-type", "application/json")];
        let answer = wire::send("POST", &url, &headers, asset.to_string().as_bytes());
        good(
            "POST",
            "/v3/assets",
            &answer.map_err(|why| format!("POST {url}: {why}"))?,
        )?;
        self.offer(dataset)
    }

    /// The one offer of a dataset.
    fn offer(&self, dataset: &Dataset<'_>) -> Told<()> {
        let id = dataset.id;
        let mut policy = dataset.rules.clone();
        policy["@id"] = json!(id);
        policy["@type"] = json!("Set");
        self.ask("PUT", &format!("/policies/{id}"), Some(&policy))?;
        let selector = json!([{ "operandLeft": "id", "operator": "=", "operandRight": id }]);
        let mode = mode(dataset.decides);
        let offer = json!({ "accessPolicy": id, "contractPolicy": id, "selector": selector, "mode": mode });
        self.ask("PUT", &format!("/offers/{id}"), Some(&offer)).map(drop)
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Told<Value> {
        good(method, path, &self.participant.call(method, path, body))
    }
}

impl Side for Own {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn publish(&self, dataset: &Dataset<'_>) -> Told<()> {
        let (who, id) = (&self.participant, dataset.id);
        let bearer = format!("Bearer {}", who.key);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/octet-stream"),
        ];
        let path = format!("/documents/{id}");
        let answer = wire::send("PUT", &format!("{}{path}", who.api), &headers, dataset.content);
        good("PUT", &path, &answer.map_err(|why| format!("PUT {path}: {why}"))?)?;
        self.offer(dataset)
    }

    fn catalog(&self, provider: &Peer) -> Told<Vec<Value>> {
        let mut datasets = Vec::new();
        let mut next = Value::Null;
        loop {
            let mut question = json!({ "peer": provider.id, "address": provider.dsp });
            if !next.is_null() {
                question["next"] = next;
            }
            let mut page = self.ask("POST", "/peers/catalog", Some(&question))?;
            if let Some(rejects) = page.get("rejects").filter(|rejects| rejects != &&json!([])) {
                return Err(format!("what the catalogue holds was not all read: {rejects}"));
            }
            if let Value::Array(more) = page["datasets"].take() {
                datasets.extend(more);
            }
            next = page["next"].take();
            if next.is_null() {
                return Ok(datasets);
            }
        }
    }

    fn negotiate(&self, provider: &Peer, offer: &Value, decides: Decides) -> Told<String> {
        let request = json!({ "peer": provider.id, "address": provider.dsp, "offer": offer, "mode": mode(decides) });
        let begun = self.ask("POST", "/negotiations", Some(&request))?;
        Ok(case(&begun).id)
    }

    fn transfer(&self, provider: &Peer, agreement: &str) -> Told<String> {
        let begun = self.ask(
            "POST",
            "/transfers",
            Some(&json!({ "agreement": agreement, "address": provider.dsp })),
        )?;
        Ok(case(&begun).id)
    }

    fn push(&self, provider: &Peer, agreement: &str, address: &str) -> Told<String> {
        let request = json!({
            "agreement": agreement, "address": provider.dsp, "format": "HttpData-PUSH",
            "dataAddress": { "endpointType": "HttpData", "endpoint": address },
        });
        Ok(case(&self.ask("POST", "/transfers", Some(&request))?).id)
    }

    fn case(&self, kind: Kind, id: &str) -> Told<Case> {
        self.ask("GET", &format!("/{}/{id}", kind.path()), None)
            .map(|found| case(&found))
    }

    fn case_of(&self, kind: Kind, theirs: &str) -> Told<Option<Case>> {
        let mut after = String::new();
        loop {
            let page = self.ask("GET", &format!("/{}?limit=200{after}", kind.path()), None)?;
            let mut cases = page["items"].as_array().into_iter().flatten();
            if let Some(found) = cases.find(|case| case["consumerPid"] == theirs || case["providerPid"] == theirs) {
                return Ok(Some(case(found)));
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(None),
            }
        }
    }

    fn act(&self, kind: Kind, id: &str, act: Act<'_>) -> Told<()> {
        let decision = match act {
            Act::Terminate(reason) => json!({ "decision": "terminate", "reason": reason }),
            Act::Suspend(reason) => json!({ "decision": "suspend", "reason": reason }),
            Act::Resume => json!({ "decision": "start" }),
            Act::Complete => json!({ "decision": "complete" }),
        };
        let path = format!("/{}/{id}/decisions", kind.path());
        // A move that the peer has not yet answered is in the way of the next.
        until(&path, || {
            let answer = self.participant.call("POST", &path, Some(&decision));
            match answer.status {
                409 => Ok(None),
                _ => good("POST", &path, &answer).map(|_| Some(())),
            }
        })
    }

    fn access(&self, transfer: &str) -> Told<Option<Access>> {
        let path = format!("/transfers/{transfer}/data-address");
        let answer = self.participant.call("GET", &path, None);
        if answer.status == 409 {
            return Ok(None);
        }
        let address = good("GET", &path, &answer)?;
        let properties = address["endpointProperties"].as_array().into_iter().flatten();
        let named = |name: &str| {
            let is_named = |one: &&Value| one["name"].as_str().and_then(|full| full.rsplit('/').next()) == Some(name);
            properties
                .clone()
                .find(is_named)
                .and_then(|one| one["value"].as_str())
                .map(str::to_owned)
        };
        let endpoint = address["endpoint"]
            .as_str()
            .map(str::to_owned)
            .or_else(|| named("endpoint"));
        match (endpoint, named("authorization")) {
            (Some(endpoint), Some(token)) => Ok(Some(Access { endpoint, token })),
            _ => Err(format!("nothing to fetch with in {address}")),
        }
    }
}

const fn mode(decides: Decides) -> &'static str {
    match decides {
        Decides::Itself => "auto",
        Decides::Story => "manual",
    }
}

fn good(method: &str, path: &str, answer: &Response) -> Told<Value> {
    if answer.is_good() {
        Ok(answer.value())
    } else {
        Err(format!("{method} {path}: {} {}", answer.status, answer.text()))
    }
}

fn case(found: &Value) -> Case {
    let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    let theirs = match found["role"].as_str() {
        Some("consumer") => &found["providerPid"],
        _ => &found["consumerPid"],
    };
    Case {
        id: text("id"),
        theirs: theirs.as_str().map(str::to_owned),
        state: text("phase"),
        agreement: found["agreementId"].as_str().map(str::to_owned),
        trouble: if found["error"].is_null() {
            String::new()
        } else {
            found["error"].to_string()
        },
        why: found["errorDetail"].as_str().map(str::to_owned),
    }
}
