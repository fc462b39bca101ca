//! What must be there before the flows can be played: datasets with one offer each, and agreements that were truly negotiated.
//!
//! Refuses to write into the node's store: everything goes through its doors.

use crate::automaton::Automaton;
use crate::flows::{self, Flow, Part, Reading};
use crate::node::Participant;
use crate::player::{Delivery, Stage, play};
use crate::words::{self, Kind, Side};
use serde_json::json;
use std::collections::BTreeMap;

/// The dataset under all agreements that the node gives.
const REGISTRY: &str = "REGISTRY";
/// The dataset under all agreements that the node takes.
const PEER_REGISTRY: &str = "PEER-REGISTRY";

/// Publishes every dataset that the flows ask for, under the definition `CD123`, decided by hand.
pub fn publish(node: &Participant, flows: &[Flow]) {
    let published = flows.iter().filter(|flow| match &flow.part {
        Part::Reading(reading) => matches!(reading, Reading::Catalog | Reading::Dataset),
        Part::Case { kind, node, .. } => (*kind, *node) == (Kind::Negotiation, Side::Provider),
    });
    for dataset in published.map(|flow| flow.about.as_str()).chain([REGISTRY]) {
        node.put_document(dataset, &format!("content of {dataset}"));
    }
    open_to_all(node, "CD123");
}

/// One definition over all documents of the node, open to everybody for use.
pub fn open_to_all(node: &Participant, definition: &str) {
    let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
    node.ask("PUT", "/policies/use", Some(&policy));
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "manual" });
    node.ask("PUT", &format!("/offers/{definition}"), Some(&offer));
}

/// Gives the automaton the rules of all negotiations; those of transfers wait for [`agreements`].
pub fn teach(automaton: &Automaton, flows: &[Flow]) {
    for flow in flows.iter().filter(|flow| flow.kind() == Some(Kind::Negotiation)) {
        automaton.learn(Kind::Negotiation, &flow.about, flow.script());
    }
}

/// Negotiates one agreement for each transfer flow and teaches the automaton its rules. Returns the agreements' ids by label:
/// where the node gives, it names the agreement; where it takes, the label itself is the name.
pub fn agreements(node: &Participant, peer: &str, automaton: &Automaton, flows: &[Flow]) -> BTreeMap<String, String> {
    for (about, side) in [(REGISTRY, Side::Provider), (PEER_REGISTRY, Side::Consumer)] {
        automaton.learn(Kind::Negotiation, about, flows::negotiation(about, side).script());
    }
    let transfers = flows.iter().filter(|flow| flow.kind() == Some(Kind::Transfer));
    let negotiated = transfers.map(|flow| {
        let about = if flow.node() == Side::Provider {
            REGISTRY
        } else {
            PEER_REGISTRY
        };
        let before = flows::negotiation(about, flow.node());
        let stage = Stage {
            node,
            peer,
            agreement: flow.about.clone(),
            delivery: Delivery::Once,
        };
        let played = play(&before, &stage).unwrap_or_else(|why| {
            panic!(
                "negotiating {} for {}: {why}\n{:?}",
                flow.about,
                flow.id,
                automaton.refusals()
            )
        });
        let agreement = played.agreement.unwrap_or_else(|| flow.about.clone());
        automaton.learn(Kind::Transfer, &agreement, flow.script());
        (flow.about.clone(), agreement)
    });
    negotiated.collect()
}
