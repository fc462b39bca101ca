//! `callbackAddresses` through the management API: a back end hears of each kind of case with the header of its secret, and both
//! versions show the addresses back.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod story;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use std::time::Duration;
use story::{PROTOCOL, Story, Version};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const HEADER: &str = "x-backend-key";
const SECRET: &str = "open sesame";
const PATIENCE: Duration = Duration::from_secs(10);

/// A back end that takes whatever it is told.
struct BackEnd {
    url: String,
    heard: UnboundedReceiver<(HeaderMap, Value)>,
}

impl BackEnd {
    async fn start() -> Self {
        let (told, heard) = unbounded_channel();
        let take = move |headers: HeaderMap, body: String| async move {
            told.send((headers, serde_json::from_str(&body).unwrap())).unwrap();
            StatusCode::NO_CONTENT
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/told", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/told", post(take))).await });
        Self { url, heard }
    }

    /// An address of it for these events. EDC's context of version 4 has no short names for what opens a back end.
    fn address(&self, version: Version, events: &str) -> Value {
        let mut address = json!({
            "@type": "CallbackAddress", "uri": self.url, "events": [events], "transactional": true,
        });
        let prefix = match version {
            Version::V3 => "",
            Version::V4 => "edc:",
        };
        address[format!("{prefix}authKey")] = json!(HEADER);
        address[format!("{prefix}authCodeId")] = json!("backend");
        address
    }

    /// The addresses of a case as `version` shows them; version 3 writes a list of one without brackets.
    fn shown(&self, version: Version, events: &str) -> Value {
        let mut address = self.address(version, events);
        match version {
            Version::V3 => {
                address["events"] = json!(events);
                address
            }
            Version::V4 => json!([address]),
        }
    }

    /// The payload of the next event, which is of this type and came with the secret.
    async fn hears(&mut self, kind: &str) -> Value {
        let next = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        let (headers, envelope) = next.unwrap_or_else(|_| panic!("no {kind}")).unwrap();
        assert_eq!(envelope["type"], kind);
        assert_eq!(headers[HEADER], SECRET);
        assert!(!envelope.to_string().contains(SECRET));
        envelope["payload"].clone()
    }
}

#[tokio::test]
async fn a_back_end_named_by_edcs_api_hears_of_its_cases_and_is_shown_back() {
    for version in Version::BOTH {
        let story = Story::offered(version).await;
        let mut back_end = BackEnd::start().await;
        let secret = version.request("Secret", &json!({ "@id": "backend", "value": SECRET }));
        story.consumer_does(version, "POST", "/secrets", Some(&secret)).await;

        let events = "contract.negotiation.finalized";
        let mut request = story.contract_request(version).await;
        request["callbackAddresses"] = json!([back_end.address(version, events)]);
        let path = "/contractnegotiations";
        let begun = story.consumer_does(version, "POST", path, Some(&request)).await;
        let told = back_end.hears("ContractNegotiationFinalized").await;
        assert_eq!(told["contractNegotiationId"], begun["@id"]);
        let path = format!("{path}/{}", begun["@id"].as_str().unwrap());
        let shown = story.consumer_does(version, "GET", &path, None).await;
        assert_eq!(shown["callbackAddresses"], back_end.shown(version, events));

        let events = "transfer.process.started";
        let members = json!({
            "protocol": PROTOCOL, "counterPartyAddress": story.provider.dsp, "transferType": "HttpData-PULL",
            "contractId": told["contractAgreement"]["id"], "callbackAddresses": [back_end.address(version, events)],
        });
        let request = version.request("TransferRequest", &members);
        let path = "/transferprocesses";
        let begun = story.consumer_does(version, "POST", path, Some(&request)).await;
        let told = back_end.hears("TransferProcessStarted").await;
        assert_eq!(told["transferProcessId"], begun["@id"]);
        let path = format!("{path}/{}", begun["@id"].as_str().unwrap());
        let shown = story.consumer_does(version, "GET", &path, None).await;
        assert_eq!(shown["callbackAddresses"], back_end.shown(version, events));
    }
}

#[tokio::test]
async fn a_back_end_named_with_data_in_one_call_hears_of_the_transfer_too() {
    let story = Story::offered(Version::V3).await;
    let mut back_end = BackEnd::start().await;
    let secret = Version::V3.request("Secret", &json!({ "@id": "backend", "value": SECRET }));
    story
        .consumer_does(Version::V3, "POST", "/secrets", Some(&secret))
        .await;
    let mut request = story.contract_request(Version::V3).await;
    request["callbackAddresses"] = json!([
        back_end.address(Version::V3, "contract.negotiation.finalized"),
        back_end.address(Version::V3, "transfer.process.started"),
    ]);
    let begun = story.consumer_does(Version::V3, "POST", "/edrs", Some(&request)).await;
    let finalized = back_end.hears("ContractNegotiationFinalized").await;
    assert_eq!(finalized["contractNegotiationId"], begun["@id"]);
    let started = back_end.hears("TransferProcessStarted").await;
    assert_eq!(started["contractId"], finalized["contractAgreement"]["id"]);
    let properties = &started["dataAddress"]["properties"];
    assert!(
        properties["https://w3id.org/edc/v0.0.1/ns/authorization"].is_string(),
        "{started}"
    );
}
