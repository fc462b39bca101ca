//! Who may have what at the real binary: offers for those whom a policy lets in, agreements that are what was offered, and the own
//! API for the holder of a key, with the key's rights and for its participant alone.
//!
//! Refuses to hold who somebody is (`identity`) and what happens to the bytes (`data_access`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::foreign_peer::{Family, ForeignPeer};
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::wire::{self, Response};
use chapar_conformance::words::{self, CONTEXT};
use serde_json::{Value, json};

struct Scene {
    node: Node,
    us: Participant,
    peer: ForeignPeer,
    stranger: ForeignPeer,
}

fn scene() -> Scene {
    let node = Node::start();
    let us = node.add(&json!({ "slug": "office" }));
    us.put_document("D1", "content of D1");
    Scene {
        node,
        us,
        peer: ForeignPeer::start(Family::EdDsa),
        stranger: ForeignPeer::start(Family::Es256),
    }
}

impl Scene {
    /// Offers D1 to whom `constraint` lets in, for use by anybody; the node decides itself.
    fn offer(&self, constraint: &Value) {
        let access =
            json!({ "@id": "access", "@type": "Set", "permission": [{ "action": "use", "constraint": [constraint] }] });
        let answer = self.us.call("PUT", "/policies/access", Some(&access));
        assert!(answer.is_good(), "{}", answer.text());
        self.us.ask(
            "PUT",
            "/policies/use",
            Some(&json!({ "@id": "use", "@type": "Set", "permission": words::permission() })),
        );
        let offer = json!({ "accessPolicy": "access", "contractPolicy": "use", "selector": [], "mode": "auto" });
        self.us.ask("PUT", "/offers/CD1", Some(&offer));
    }

    fn catalog(&self, who: &ForeignPeer) -> Vec<Value> {
        let request = json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage" });
        let answer = who.saying(&self.us, "/catalog/request", Some(&request)).say().answer;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.value()["dataset"].as_array().cloned().unwrap_or_default()
    }

    fn request(&self, who: &ForeignPeer, offer: &Value) -> Response {
        let request = json!({
            "@context": [CONTEXT], "@type": "ContractRequestMessage", "consumerPid": words::fresh(),
            "offer": offer, "callbackAddress": who.callback(),
        });
        who.saying(&self.us, "/negotiations/request", Some(&request))
            .say()
            .answer
    }

    fn cases(&self) -> usize {
        self.us.ask("GET", "/negotiations", None)["items"]
            .as_array()
            .unwrap()
            .len()
    }
}

fn only(id: &str) -> Value {
    json!({ "leftOperand": "participant", "operator": "eq", "rightOperand": id })
}

#[test]
fn an_offer_is_there_for_whom_its_policy_lets_in() {
    let scene = scene();
    scene.offer(&only(&scene.peer.did));
    let seen = scene.catalog(&scene.peer);
    assert_eq!((seen.len(), &seen[0]["@id"]), (1, &json!("D1")));
    assert_eq!(
        scene.catalog(&scene.stranger),
        Vec::<Value>::new(),
        "the catalogue shows it to a stranger"
    );
    let dataset = |who: &ForeignPeer| who.saying(&scene.us, "/catalog/datasets/D1", None).say().answer.status;
    assert_eq!((dataset(&scene.peer), dataset(&scene.stranger)), (200, 404));
    let mut offer = seen[0]["hasPolicy"][0].clone();
    offer["target"] = json!("D1");
    let refused = scene.request(&scene.stranger, &offer);
    assert_eq!(
        (refused.status, refused.value()["code"].as_str()),
        (404, Some("offer-unknown")),
        "{}",
        refused.text()
    );
    assert_eq!(scene.cases(), 0);
    assert_eq!(scene.request(&scene.peer, &offer).status, 201);
}

#[test]
fn a_rule_that_cannot_be_judged_lets_nobody_in() {
    let scene = scene();
    scene.offer(&json!({ "leftOperand": "phaseOfTheMoon", "operator": "eq", "rightOperand": "full" }));
    assert_eq!(scene.catalog(&scene.peer), Vec::<Value>::new());
    assert_eq!(scene.request(&scene.peer, &words::offer("CD1:D1:1", "D1")).status, 404);
    assert_eq!(scene.cases(), 0);
}

#[test]
fn an_offer_that_was_altered_is_refused() {
    let scene = scene();
    scene.offer(&only(&scene.peer.did));
    let mut offer = scene.catalog(&scene.peer)[0]["hasPolicy"][0].clone();
    offer["target"] = json!("D1");
    let mut wider = offer.clone();
    wider["permission"] = json!([{ "action": "use" }, { "action": "distribute" }]);
    let refused = scene.request(&scene.peer, &wider);
    assert_eq!(
        (refused.status, refused.value()["code"].as_str()),
        (400, Some("offer-altered")),
        "{}",
        refused.text()
    );
    assert!(
        refused.text().contains("/permission"),
        "the refusal does not say where: {}",
        refused.text()
    );
    assert_eq!(scene.cases(), 0);
    assert_eq!(scene.request(&scene.peer, &offer).status, 201);
}

#[test]
fn an_agreement_that_is_not_what_was_offered_is_refused() {
    let scene = scene();
    let offer = words::offer("offer-1", "their-data");
    let begin = json!({ "peer": scene.peer.did, "address": scene.peer.callback(), "mode": "manual", "offer": offer });
    let spoils: [fn(&mut Value); 3] = [
        |agreement| agreement["permission"] = json!([{ "action": "use", "constraint": [only("did:web:x.example")] }]),
        |agreement| agreement["target"] = json!("other-data"),
        |agreement| agreement["assignee"] = json!("did:web:x.example"),
    ];
    for spoil in spoils {
        let case = scene.us.ask("POST", "/negotiations", Some(&begin));
        let id = case["id"].as_str().unwrap();
        scene.peer.hears("/negotiations/request", id);
        let mut message = json!({
            "@context": [CONTEXT], "@type": "ContractAgreementMessage", "consumerPid": id, "providerPid": words::fresh(),
            "agreement": {
                "@id": words::fresh(), "@type": "Agreement", "target": "their-data", "permission": words::permission(),
                "assigner": scene.peer.did, "assignee": scene.us.id, "timestamp": words::now(),
            },
            "callbackAddress": scene.peer.callback(),
        });
        spoil(&mut message["agreement"]);
        let path = format!("/negotiations/{id}/agreement");
        let refused = scene.peer.saying(&scene.us, &path, Some(&message)).say().answer;
        assert_eq!(
            (refused.status, refused.value()["code"].as_str()),
            (400, Some("agreement-differs")),
            "{}",
            refused.text()
        );
        let state = scene.us.ask("GET", &format!("/negotiations/{id}"), None)["state"].clone();
        assert_ne!(state, "AGREED");
    }
    assert_eq!(scene.us.ask("GET", "/agreements", None)["items"], json!([]));
}

#[test]
fn a_key_is_its_secret_until_it_is_revoked() {
    let scene = scene();
    let made = scene
        .us
        .ask("POST", "/keys", Some(&json!({ "role": "viewer", "label": "reads" })));
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let with = |key: &str| {
        Participant {
            key: key.to_owned(),
            ..scene.us.clone()
        }
        .call("GET", "/self", None)
        .status
    };
    assert_eq!(with(key), 200);
    let last = if key.ends_with('0') { '1' } else { '0' };
    let near = format!("{}{last}", &key[..key.len() - 1]);
    for wrong in [
        near.as_str(),
        &format!("{id}."),
        id,
        &format!("{id}.{}", "0".repeat(64)),
        &format!("{key}0"),
    ] {
        assert_eq!(with(wrong), 401, "{wrong}");
    }
    scene.us.ask("DELETE", &format!("/keys/{id}"), None);
    assert_eq!(with(key), 401, "a revoked key");
}

#[test]
fn nobody_acts_for_another_participant() {
    let scene = scene();
    let annex = scene.node.add(&json!({ "slug": "annex" }));
    let call = |key: &str, whom: &str| {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("chapar-participant", whom)];
        wire::send("GET", &format!("{}/documents/D1", scene.us.api), &headers, b"")
            .unwrap()
            .status
    };
    assert_eq!(call(&scene.us.key, "office"), 200);
    assert_eq!(call(&annex.key, "office"), 404);
    assert_eq!(call(&annex.key, "annex"), 404);
}
