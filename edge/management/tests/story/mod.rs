//! Two participants of one node that is on air, each with an admin's key: a provider with something to offer and its consumer.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared by test files that use parts of it and may stop loudly"
)]

mod published;

use chapar_runtime::KeyRole;
use chapar_test_node::{Got, KEYED, Node, PARTNER};
use serde_json::{Value, json};
use std::time::Duration;

/// The protocol, as clients of EDC name it.
pub const PROTOCOL: &str = "dataspace-protocol-http:2025-1";
/// The asset that is offered.
pub const ASSET: &str = "certificate-1";
/// Its bytes.
pub const CONTENT: &str = "{\"grade\":\"food\"}";

/// A version with its own manner of writing requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V3,
    V4,
}

impl Version {
    pub const BOTH: [Self; 2] = [Self::V3, Self::V4];

    pub fn path(self) -> &'static str {
        match self {
            Self::V3 => "v3",
            Self::V4 => "v4",
        }
    }

    /// A request of this type, in the context of this version.
    pub fn request(self, kind: &str, members: &Value) -> Value {
        let mut request = match self {
            Self::V3 => json!({ "@context": { "@vocab": "https://w3id.org/edc/v0.0.1/ns/" } }),
            Self::V4 => json!({ "@context": ["https://w3id.org/edc/connector/management/v2"] }),
        };
        request["@type"] = json!(kind);
        for (name, value) in members.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    }

    /// A policy of this type in it.
    pub fn policy(self, kind: &str, members: &Value) -> Value {
        let mut policy = match self {
            Self::V3 => json!({ "@context": "http://www.w3.org/ns/odrl.jsonld" }),
            Self::V4 => json!({}),
        };
        policy["@type"] = json!(kind);
        for (name, value) in members.as_object().unwrap() {
            policy[name] = value.clone();
        }
        policy
    }
}

/// One of the two.
pub struct Party {
    pub slug: &'static str,
    pub id: String,
    pub dsp: String,
    pub key: String,
}

pub struct Story {
    pub node: Node,
    pub provider: Party,
    pub consumer: Party,
}

impl Story {
    /// Both, with the document that is to be offered, but no offer of it yet.
    pub async fn begin() -> Self {
        let node = Node::start_on_air().await;
        let provider = party(&node, KEYED).await;
        let consumer = party(&node, PARTNER).await;
        let owner = node.admin(KEYED).await;
        let content = serde_json::from_str(CONTENT).unwrap();
        node.done(&owner, "PUT", &format!("/documents/{ASSET}"), Some(&content))
            .await;
        let title = json!({ "title": "Certificate" });
        node.done(&owner, "PUT", &format!("/documents/{ASSET}/properties"), Some(&title))
            .await;
        Self {
            node,
            provider,
            consumer,
        }
    }

    /// As [`Self::begin`], and the document offered to everybody.
    pub async fn offered(version: Version) -> Self {
        let story = Self::begin().await;
        let permit = version.policy("Set", &json!({ "permission": [{ "action": "use" }] }));
        let policy = version.request("PolicyDefinition", &json!({ "@id": "free", "policy": permit }));
        story
            .provider_does(version, "POST", "/policydefinitions", Some(&policy))
            .await;
        let selector = json!([{
            "@type": "Criterion", "operandLeft": "https://w3id.org/edc/v0.0.1/ns/id", "operator": "=", "operandRight": ASSET,
        }]);
        let definition = version.request(
            "ContractDefinition",
            &json!({ "@id": "all", "accessPolicyId": "free", "contractPolicyId": "free", "assetsSelector": selector }),
        );
        story
            .provider_does(version, "POST", "/contractdefinitions", Some(&definition))
            .await;
        story
    }

    /// The members that every request about the provider has.
    pub fn about_provider(&self) -> Value {
        json!({
            "protocol": PROTOCOL, "counterPartyAddress": self.provider.dsp, "counterPartyId": self.provider.id,
        })
    }

    /// The first offer of the asset in the provider's catalogue.
    pub async fn offer_id(&self, version: Version) -> String {
        let request = version.request("CatalogRequest", &self.about_provider());
        let catalog = self
            .consumer_does(version, "POST", "/catalog/request", Some(&request))
            .await;
        let datasets = one_or_many(catalog.get("dcat:dataset").or_else(|| catalog.get("dataset")));
        let dataset = datasets.iter().find(|dataset| dataset["@id"] == ASSET).unwrap();
        let offers = one_or_many(dataset.get("odrl:hasPolicy").or_else(|| dataset.get("hasPolicy")));
        offers[0]["@id"].as_str().unwrap().to_owned()
    }

    /// A request for the asset under the rules of the provider's offer.
    pub async fn contract_request(&self, version: Version) -> Value {
        let id = self.offer_id(version).await;
        let offer = version.policy(
            "Offer",
            &json!({ "@id": id, "assigner": self.provider.id, "target": ASSET, "permission": [{ "action": "use" }] }),
        );
        version.request(
            "ContractRequest",
            &json!({ "protocol": PROTOCOL, "counterPartyAddress": self.provider.dsp, "policy": offer }),
        )
    }

    /// A negotiation brought to its end: its id and the agreement's.
    pub async fn agreed(&self, version: Version) -> (String, String) {
        let request = self.contract_request(version).await;
        let made = self
            .consumer_does(version, "POST", "/contractnegotiations", Some(&request))
            .await;
        let id = made["@id"].as_str().unwrap().to_owned();
        let path = format!("/contractnegotiations/{id}");
        let negotiation = self.until(version, &path, &["FINALIZED"]).await;
        (id, negotiation["contractAgreementId"].as_str().unwrap().to_owned())
    }

    /// A pull that has started: its id.
    pub async fn started(&self, version: Version, agreement: &str) -> String {
        let request = version.request(
            "TransferRequest",
            &json!({
                "protocol": PROTOCOL, "counterPartyAddress": self.provider.dsp, "contractId": agreement,
                "transferType": "HttpData-PULL",
            }),
        );
        let made = self
            .consumer_does(version, "POST", "/transferprocesses", Some(&request))
            .await;
        let id = made["@id"].as_str().unwrap().to_owned();
        self.until(version, &format!("/transferprocesses/{id}"), &["STARTED"])
            .await;
        id
    }

    /// Reads a case of the consumer until it is in one of these states.
    pub async fn until(&self, version: Version, path: &str, states: &[&str]) -> Value {
        let mut last = Value::Null;
        for _ in 0..500 {
            last = self.consumer_does(version, "GET", path, None).await;
            if states.contains(&last["state"].as_str().unwrap()) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never in {states:?}: {last}")
    }

    pub async fn ask(&self, party: &Party, version: Version, method: &str, path: &str, body: Option<&Value>) -> Got {
        let path = format!("/management/{}{path}", version.path());
        let got = self.node.manage(Some(&party.key), method, &path, body).await;
        if version == Version::V4 && got.status == 200 {
            published::hold(&got.json);
        }
        got
    }

    pub async fn consumer_does(&self, version: Version, method: &str, path: &str, body: Option<&Value>) -> Value {
        done(
            method,
            path,
            self.ask(&self.consumer, version, method, path, body).await,
        )
    }

    pub async fn provider_does(&self, version: Version, method: &str, path: &str, body: Option<&Value>) -> Value {
        done(
            method,
            path,
            self.ask(&self.provider, version, method, path, body).await,
        )
    }
}

fn done(method: &str, path: &str, got: Got) -> Value {
    assert!(
        matches!(got.status, 200 | 204),
        "{method} {path}: {} {}",
        got.status,
        got.json
    );
    got.json
}

async fn party(node: &Node, slug: &'static str) -> Party {
    let hosted = node.runtime.hosted(slug).unwrap();
    Party {
        slug,
        id: hosted.me.id.as_str().to_owned(),
        dsp: hosted.me.dsp_address.clone(),
        key: node.key(slug, KeyRole::Admin).await.text,
    }
}

/// What compaction left of a list.
pub fn one_or_many(value: Option<&Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(one) => vec![one.clone()],
    }
}

/// The one error of an answer: its status, its type and its message.
pub fn error(got: &Got) -> (u16, &str, &str) {
    assert_eq!(got.kind, "application/json", "{}", got.json);
    let first = &got.json[0];
    (
        got.status,
        first["type"].as_str().unwrap(),
        first["message"].as_str().unwrap(),
    )
}
