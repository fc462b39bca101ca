//! The reckoning, once both nodes stay up: what was acknowledged is there, all cases have ended, both sides tell the same.
//!
//! Refuses to forgive by time: what is under way is waited for on the event streams, and only then asked for.

use super::world::World;
use chapar_conformance::words::{Kind, Side};
use chapar_e2e::ask::list;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Longest that cases may take to come to rest once nobody disturbs them.
const REST: Duration = Duration::from_secs(30);
/// Longest that an event stream may lag behind what is asked for.
const LAG: Duration = Duration::from_secs(2);

type Cases = BTreeMap<String, Value>;

/// Everything that is not as it must be.
pub fn reckon(world: &World) -> Vec<String> {
    let mut faults = Vec::new();
    wait_for_rest(world, &mut faults);
    for kind in [Kind::Negotiation, Kind::Transfer] {
        let [provider, consumer] = [Side::Provider, Side::Consumer].map(|side| cases(world, side, kind));
        check_streams(
            world,
            kind,
            &[(Side::Provider, &provider), (Side::Consumer, &consumer)],
            &mut faults,
        );
        check_promises(world, kind, &provider, &consumer, &mut faults);
        check_pairs(&provider, &consumer, &mut faults);
        if kind == Kind::Negotiation {
            check_agreements(world, &provider, &consumer, &mut faults);
        }
    }
    check_decisions(world, &mut faults);
    check_documents(world, &mut faults);
    check_accesses(world, &mut faults);
    for side in [Side::Provider, Side::Consumer] {
        faults.extend(
            world
                .board(side)
                .faults()
                .into_iter()
                .map(|fault| format!("{side:?}: {fault}")),
        );
    }
    faults.append(&mut world.book().faults);
    faults
}

/// Waits until every case that the nodes know has come to rest on the event streams. The consumer first: it begins them all.
fn wait_for_rest(world: &World, faults: &mut Vec<String>) {
    let end = Instant::now() + REST;
    for side in [Side::Consumer, Side::Provider] {
        for kind in [Kind::Negotiation, Kind::Transfer] {
            for (id, case) in cases(world, side, kind) {
                let left = end.saturating_duration_since(Instant::now());
                if world.board(side).wait(&id, left, is_at_rest).is_none() {
                    let told = world.board(side).case(&id).unwrap_or(case);
                    faults.push(format!("{side:?}: does not come to rest: {}", short(&told)));
                }
            }
        }
    }
}

/// Nothing is under way, and no auto case waits for anybody.
fn is_at_rest(case: &Value) -> bool {
    let ends: &[&str] = match case["kind"].as_str() {
        Some("negotiation") => &["FINALIZED", "TERMINATED"],
        _ => &["STARTED", "SUSPENDED", "COMPLETED", "TERMINATED"],
    };
    case["pending"].is_null() && ends.iter().any(|end| case["state"] == **end)
}

fn cases(world: &World, side: Side, kind: Kind) -> Cases {
    let items = list(world.who(side), &format!("/{}", kind.path()));
    items
        .into_iter()
        .map(|case| (text(&case, "id").to_owned(), case))
        .collect()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn short(case: &Value) -> String {
    format!(
        "{} {} {} pending {} consumer {} provider {} error {}",
        text(case, "role"),
        text(case, "kind"),
        text(case, "state"),
        case["pending"],
        case["consumerPid"],
        case["providerPid"],
        case["error"]
    )
}

/// The event stream's last word on a case is the case.
fn check_streams(world: &World, kind: Kind, sides: &[(Side, &Cases)], faults: &mut Vec<String>) {
    for (side, cases) in sides {
        for (id, case) in *cases {
            let names = ["state", "pending", "agreementId", "consumerPid", "providerPid"];
            let is_same = |told: &Value| names.iter().all(|name| told[name] == case[name]);
            if world.board(*side).wait(id, LAG, is_same).is_none() {
                let told = world.board(*side).case(id).unwrap_or(Value::Null);
                faults.push(format!(
                    "{side:?}: the stream said of the {kind:?} {id}: {}; it is: {}",
                    short(&told),
                    short(case)
                ));
            }
        }
    }
}

/// Every case whose beginning was acknowledged is there.
fn check_promises(world: &World, kind: Kind, provider: &Cases, consumer: &Cases, faults: &mut Vec<String>) {
    for case in world.book().begun.iter().filter(|case| case.kind == kind) {
        let there = if case.side == Side::Provider {
            provider
        } else {
            consumer
        };
        if !there.contains_key(&case.id) {
            faults.push(format!("acknowledged and gone: {case:?}"));
        }
    }
}

/// Each case of one side has exactly one of the other, in the same state, and has ended.
fn check_pairs(provider: &Cases, consumer: &Cases, faults: &mut Vec<String>) {
    let mut by_consumer = BTreeMap::new();
    for case in provider.values() {
        let pid = text(case, "consumerPid");
        if let Some(other) = by_consumer.insert(pid, case) {
            faults.push(format!(
                "two cases of the provider for one of the consumer: {} and {}",
                short(case),
                short(other)
            ));
        }
        if !consumer.contains_key(pid) {
            faults.push(format!("only the provider knows: {}", short(case)));
        }
    }
    for (id, ours) in consumer {
        if !is_at_rest(ours) {
            faults.push(format!("not at its end: {}", short(ours)));
        }
        let Some(theirs) = by_consumer.get(id.as_str()) else {
            faults.push(format!("only the consumer knows: {}", short(ours)));
            continue;
        };
        let differs = [
            "state",
            "pending",
            "consumerPid",
            "providerPid",
            "agreementId",
            "dataset",
        ]
        .iter()
        .any(|name| {
            // A negotiation that ended early may have ended before one side had seen the agreement.
            let early = *name == "agreementId" && ours["state"] == "TERMINATED";
            !early && ours[name] != theirs[name]
        });
        if differs {
            faults.push(format!("the sides differ: {} / {}", short(ours), short(theirs)));
        }
    }
}

/// A finalized negotiation has one agreement, the same on both sides; the consumer holds no other.
fn check_agreements(world: &World, provider: &Cases, consumer: &Cases, faults: &mut Vec<String>) {
    let [given, taken] = [Side::Provider, Side::Consumer].map(|side| list(world.who(side), "/agreements"));
    for (side, agreements, cases) in [("provider", &given, provider), ("consumer", &taken, consumer)] {
        let mut negotiations = BTreeSet::new();
        for agreement in agreements {
            if !negotiations.insert(text(agreement, "negotiation")) {
                faults.push(format!("{side}: a second agreement of one negotiation: {agreement}"));
            }
        }
        for (id, case) in cases.iter().filter(|(_, case)| case["state"] == "FINALIZED") {
            let own = agreements.iter().find(|agreement| text(agreement, "negotiation") == id);
            match own {
                None => faults.push(format!("{side}: finalized without an agreement: {}", short(case))),
                Some(own) if own["id"] != case["agreementId"] => {
                    faults.push(format!("{side}: {} names another agreement than {own}", short(case)));
                }
                Some(_) => {}
            }
        }
    }
    for ours in &taken {
        let theirs = given.iter().find(|theirs| theirs["id"] == ours["id"]);
        if theirs.is_none_or(|theirs| theirs["agreement"] != ours["agreement"] || !ours["agreement"].is_object()) {
            faults.push(format!(
                "the sides differ on the agreement {}: {ours} / {theirs:?}",
                ours["id"]
            ));
        }
    }
}

/// Every decision that was acknowledged is in the time line of its case, and one that ends a transfer has ended it.
fn check_decisions(world: &World, faults: &mut Vec<String>) {
    let decided = world.book().decided.clone();
    let mut timelines: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (case, decision) in decided {
        let path = format!("/{}/{}/timeline", case.kind.path(), case.id);
        let entries = timelines.entry(path.clone()).or_insert_with(|| {
            let timeline = world.who(case.side).ask("GET", &path, None);
            timeline["items"].as_array().cloned().unwrap_or_default()
        });
        let found = entries.iter().position(|entry| {
            text(entry, "kind").ends_with(".decision")
                && entry["body"]["decision"] == decision
                && entry["body"]["actor"] != "node"
        });
        match found {
            // Each entry answers for one decision only.
            Some(at) => drop(entries.remove(at)),
            None => faults.push(format!("acknowledged and not in the time line: {decision} of {case:?}")),
        }
        let now = world.board(case.side).case(&case.id).unwrap_or(Value::Null);
        let is_over = now["state"] == "COMPLETED" || now["state"] == "TERMINATED";
        if case.kind == Kind::Transfer && (decision == "complete" || decision == "terminate") && !is_over {
            faults.push(format!(
                "acknowledged and without effect: {decision} of {}",
                short(&now)
            ));
        }
    }
}

/// Every document that was acknowledged is there, byte for byte.
fn check_documents(world: &World, faults: &mut Vec<String>) {
    let provider = world.who(Side::Provider);
    let documents = std::mem::take(&mut world.book().documents);
    for (id, content) in documents.iter().chain(&world.contents) {
        let known = provider.call("GET", &format!("/documents/{id}"), None);
        let digest: String = Sha256::digest(content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if known.value()["digest"] != digest {
            faults.push(format!(
                "document {id}: its digest is {digest}; {} {}",
                known.status,
                known.text()
            ));
        }
        let body = provider.call("GET", &format!("/documents/{id}/content"), None).body;
        if body != *content {
            faults.push(format!(
                "document {id}: {} bytes came instead of {}",
                body.len(),
                content.len()
            ));
        }
    }
    world.book().documents = documents;
}

/// Every answer of the data door has a record of its own: with its status and bytes, or, when the node died before it could
/// complete the record, cut off.
fn check_accesses(world: &World, faults: &mut Vec<String>) {
    let answered = world.book().answered.clone();
    let mut records: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for answer in answered {
        let records = records.entry(answer.transfer.clone()).or_insert_with(|| {
            let path = format!("/transfers/{}/accesses", answer.transfer);
            list(world.who(Side::Provider), &path)
        });
        let whole = |record: &Value| {
            record["state"] == "ended" && record["status"] == answer.status && record["bytes"] == answer.bytes
        };
        let found = records
            .iter()
            .position(whole)
            .or_else(|| records.iter().position(|record| record["state"] == "cut off"));
        match found {
            // Each record answers for one answer only.
            Some(at) => drop(records.remove(at)),
            None => faults.push(format!("answered and not written down: {answer:?}; left: {records:?}")),
        }
    }
}
