//! Events at callback addresses: what the foreign connector tells a back end of its cases, and our node of the same ones, member by
//! member. A back end reads them with the foreign connector's classes.

use super::negotiation::altered;
use super::reasons::words;
use super::{Both, OURS, Row};
use crate::management::Managed;
use crate::scene::{Pair, Provider, Scene};
use crate::side::{Act, Decides, Side, Told, check, until};
use chapar_conformance::sink::{Mood, Sink};
use chapar_conformance::words::Kind;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const ROWS: &[Row] = &[("a back end is told in the form in which EDC tells it", OURS, same)];

/// What a consumer's back end is told at least.
const EVENTS: [&str; 11] = [
    "ContractNegotiationAgreed",
    "ContractNegotiationFinalized",
    "ContractNegotiationInitiated",
    "ContractNegotiationRequested",
    "ContractNegotiationTerminated",
    "ContractNegotiationVerified",
    "TransferProcessInitiated",
    "TransferProcessRequested",
    "TransferProcessStarted",
    "TransferProcessSuspended",
    "TransferProcessTerminated",
];
/// Members whose values are words of the form itself.
const WORDS: [&str; 6] = ["type", "protocol", "edctype", "@policytype", "operator", "events"];

/// Members that our node tells beyond those of EDC 0.14.0, whose reader passes over what it does not know.
const BEYOND: [&str; 4] = ["agreementId", "participantContextId", "protocol", "reason"];
/// What opens the data; all else in an address is its provider's, and the two have another one each.
const OPENING: [&str; 3] = ["authorization", "endpoint", "type"];

/// What came to a back end, by type, and how its address is shown with a case.
struct Heard {
    events: BTreeMap<String, Value>,
    shown: [Value; 2],
}

fn same(pair: &Pair<'_>) -> Told<()> {
    let scene = pair.scene;
    let theirs = hear(scene, Provider::Ours, &scene.theirs)?;
    let ours = hear(scene, Provider::Theirs, &scene.ours_managed)?;
    let mut found = Vec::new();
    for (kind, event) in &ours.events {
        match theirs.events.get(kind) {
            Some(model) => compare(kind, model, event, &mut found),
            None => found.push(format!("{kind}: EDC tells no such event")),
        }
    }
    for (model, shown) in theirs.shown.iter().zip(&ours.shown) {
        compare("shown with a case", model, shown, &mut found);
    }
    check(found.is_empty(), || found.join("\n"))
}

/// What a back end of `consumer` is told of a contract, of a transfer that pauses and ends, and of a negotiation that comes to nothing.
fn hear(scene: &Scene, cast: Provider, consumer: &Managed) -> Told<Heard> {
    let sink = Sink::start(Mood::Answers(200));
    let events = ["contract.negotiation", "transfer.process"];
    let consumer = consumer.telling(json!({ "uri": sink.url(), "events": events, "transactional": false }));
    let pair = Pair {
        consumer: &consumer,
        ..scene.pair(cast)
    };
    let published = pair.publish(&rules(), Decides::Itself)?;
    let contract = pair.negotiate(&published.offer, Decides::Itself)?;
    pair.reach(&contract, "FINALIZED")?;
    let agreement = consumer.case(Kind::Negotiation, &contract.consumer)?.agreement;
    let transfer = pair.started(&agreement.ok_or("no agreement")?)?;
    let shown = [&contract, &transfer].map(|both| consumer.shown(both.kind, &both.consumer));
    let [contract, process] = shown.map(|shown| shown.map(|mut shown| shown["callbackAddresses"].take()));
    let (pause, end) = (words(), words());
    consumer.act(Kind::Transfer, &transfer.consumer, Act::Suspend(&pause))?;
    pair.reach(&transfer, "SUSPENDED")?;
    consumer.act(Kind::Transfer, &transfer.consumer, Act::Terminate(&end))?;
    pair.reach(&transfer, "TERMINATED")?;
    come_to_nothing(&pair)?;
    until("the back end is told", || {
        let taken = sink.taken();
        Ok(EVENTS
            .iter()
            .all(|event| taken.iter().any(|told| told == event))
            .then_some(()))
    })
    .map_err(|why| format!("{cast:?} provides: {why}: {:?}", sink.taken()))?;
    let events = sink.told().into_iter().map(|told| told.envelope());
    let events: BTreeMap<_, _> = events
        .map(|mut event| {
            keep_opening(&mut event);
            (event["type"].as_str().unwrap_or_default().to_owned(), event)
        })
        .collect();
    for (kind, reason) in [("TransferProcessSuspended", pause), ("TransferProcessTerminated", end)] {
        let told = &events[kind]["payload"]["reason"];
        check(told == &json!(reason), || {
            format!("{cast:?} provides: {kind} because of {told}")
        })?;
    }
    let shown = [contract?, process?];
    check(shown.iter().all(|address| address["uri"] == sink.url()), || {
        format!("{cast:?} provides: shown is {shown:?}")
    })?;
    Ok(Heard { events, shown })
}

/// Those of every offer here, which [`altered`] makes of an offer to everybody too.
fn rules() -> Value {
    altered(&json!({}))
}

/// An address of data with what opens it alone, by short names: a provider writes them as it likes.
fn keep_opening(event: &mut Value) {
    let Some(Value::Object(properties)) = event.pointer_mut("/payload/dataAddress/properties") else {
        return;
    };
    let all = std::mem::take(properties).into_iter();
    let short = |name: String| name.rsplit('/').next().unwrap_or(&name).to_owned();
    let all = all.map(|(name, value)| (short(name), value));
    properties.extend(all.filter(|(name, _)| OPENING.contains(&name.as_str())));
}

/// A negotiation that the consumer ends: a foreign one because it is told to, ours because the agreement is to other rules.
fn come_to_nothing(pair: &Pair<'_>) -> Told<Both> {
    let both = match pair.cast {
        Provider::Ours => {
            let published = pair.publish(&rules(), Decides::Story)?;
            let both = pair.negotiate(&published.offer, Decides::Story)?;
            pair.reach(&both, "REQUESTED")?;
            pair.consumer.act(both.kind, &both.consumer, Act::Terminate(&words()))?;
            both
        }
        Provider::Theirs => {
            let published = pair.publish(&super::open_rules(), Decides::Story)?;
            pair.negotiate(&altered(&published.offer), Decides::Itself)?
        }
    };
    pair.reach(&both, "TERMINATED")?;
    Ok(both)
}

/// Notes where `ours` is formed otherwise than `theirs`: other members, another kind of value, another word.
fn compare(place: &str, theirs: &Value, ours: &Value, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(model), Value::Object(members)) => {
            for (name, value) in model {
                match members.get(name) {
                    None => found.push(format!("{place}: no `{name}`")),
                    Some(own) if WORDS.contains(&name.as_str()) && own != value => {
                        found.push(format!("{place}/{name}: {own}, not {value}"));
                    }
                    Some(own) => compare(&format!("{place}/{name}"), value, own, found),
                }
            }
            let is_more = |name: &&String| !model.contains_key(*name) && !BEYOND.contains(&name.as_str());
            let unknown = members.keys().filter(is_more);
            found.extend(unknown.map(|name| format!("{place}: `{name}` is not EDC's")));
        }
        (Value::Array(model), Value::Array(items)) => match (model.first(), items.first()) {
            (Some(first), Some(own)) => compare(&format!("{place}[0]"), first, own, found),
            (None, None) => {}
            _ => found.push(format!("{place}: {ours}, not {theirs}")),
        },
        _ if kind_of(theirs) == kind_of(ours) => {}
        _ => found.push(format!("{place}: {ours}, not {theirs}")),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "members",
    }
}
