//! What is found out about a peer: the versions it speaks, the parameters of one connector, and all of its connectors.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod story;

use serde_json::{Value, json};
use std::net::TcpListener;
use story::{PROTOCOL, Story, error};

const TX: &str = "https://w3id.org/tractusx/v0.0.1/ns/";
/// Where the three requests stand.
const PLACES: [&str; 2] = ["v3", "v4alpha"];

struct Asker {
    story: Story,
    place: &'static str,
}

impl Asker {
    async fn asks(&self, path: &str, members: &Value) -> (u16, Value) {
        let mut request = json!({
            "@context": { "@vocab": "https://w3id.org/edc/v0.0.1/ns/", "tx": TX }, "@type": "Request",
        });
        for (name, value) in members.as_object().unwrap() {
            request[name] = value.clone();
        }
        let path = format!("/management/{}{path}", self.place);
        let got = self
            .story
            .node
            .manage(Some(&self.story.consumer.key), "POST", &path, Some(&request))
            .await;
        if got.status != 200 {
            error(&got);
        }
        (got.status, got.json)
    }

    /// Peer and address of each connector that is found; each must be said to speak the one protocol.
    async fn connectors(&self, members: &Value) -> Vec<(String, String)> {
        let (status, found) = self.asks("/connectordiscovery/connectors", members).await;
        assert_eq!(status, 200, "{found}");
        found.as_array().unwrap().iter().map(told).collect()
    }
}

fn told(params: &Value) -> (String, String) {
    assert_eq!(params["protocol"], PROTOCOL, "{params}");
    let text = |name: &str| params[name].as_str().unwrap().to_owned();
    (text("counterPartyId"), text("counterPartyAddress"))
}

/// The address above the version, where a participant's version document hangs.
fn root(base: &str) -> &str {
    base.strip_suffix("/2025-1").unwrap()
}

/// An address that nobody listens at.
fn dead() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    format!("http://{}/dsp", listener.local_addr().unwrap())
}

async fn askers() -> Vec<Asker> {
    let mut askers = Vec::new();
    for place in PLACES {
        let story = Story::begin().await;
        askers.push(Asker { story, place });
    }
    askers
}

#[tokio::test]
async fn the_versions_of_a_peer_are_its_document() {
    for asker in askers().await {
        let base = asker.story.provider.dsp.clone();
        for address in [root(&base), &base] {
            let (status, found) = asker
                .asks("/protocol-versions/request", &json!({ "counterPartyAddress": address }))
                .await;
            let versions = json!([{ "version": "2025-1", "path": "/2025-1", "binding": "HTTPS" }]);
            assert_eq!(
                (status, &found["protocolVersions"]),
                (200, &versions),
                "{address}: {found}"
            );
        }
        let gone = asker
            .asks("/protocol-versions/request", &json!({ "counterPartyAddress": dead() }))
            .await;
        assert_eq!(gone.0, 502, "{}", gone.1);
    }
}

#[tokio::test]
async fn the_parameters_of_a_connector_name_its_base_and_whom_it_is_asked_for() {
    for asker in askers().await {
        let provider = &asker.story.provider;
        let document = format!("{}/.well-known/dspace-version", root(&provider.dsp));
        for address in [&*provider.dsp, root(&provider.dsp), &document] {
            for (name, peer) in [("counterPartyId", &*provider.id), ("tx:bpnl", "BPNL000000000001")] {
                let request = json!({ name: peer, "counterPartyAddress": address });
                let (status, found) = asker.asks("/connectordiscovery/dspversionparams", &request).await;
                assert_eq!(status, 200, "{found}");
                assert_eq!(told(&found), (peer.to_owned(), provider.dsp.clone()), "{address}");
            }
        }
        let unnamed = json!({ "counterPartyAddress": provider.dsp });
        assert_eq!(
            asker.asks("/connectordiscovery/dspversionparams", &unnamed).await.0,
            400
        );
    }
}

#[tokio::test]
async fn connectors_are_those_that_the_peer_names_and_those_that_the_asker_knows() {
    for asker in askers().await {
        let Story { provider, consumer, .. } = &asker.story;
        let at = |peer: &str, bases: &[&String]| -> Vec<(String, String)> {
            bases.iter().map(|base| (peer.to_owned(), (*base).clone())).collect()
        };
        let named = asker.connectors(&json!({ "counterPartyId": provider.id })).await;
        assert_eq!(named, at(&provider.id, &[&provider.dsp]), "its DID document names one");

        let known = json!([dead(), root(&consumer.dsp), root(&provider.dsp), consumer.dsp]);
        let both = asker
            .connectors(&json!({ "counterPartyId": provider.id, "tx:knownConnectors": known }))
            .await;
        let each_once = at(&provider.id, &[&provider.dsp, &consumer.dsp]);
        assert_eq!(both, each_once, "without the one that does not answer");

        let bpnl = "BPNL000000000001";
        let by_number = asker
            .connectors(&json!({ "tx:bpnl": bpnl, "tx:knownConnectors": known }))
            .await;
        assert_eq!(
            by_number,
            at(bpnl, &[&consumer.dsp, &provider.dsp]),
            "a number names none"
        );

        let many = json!({ "tx:bpnl": bpnl, "tx:knownConnectors": vec![&consumer.dsp; 17] });
        assert_eq!(asker.asks("/connectordiscovery/connectors", &many).await.0, 400);
    }
}
