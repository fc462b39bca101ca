//! What is offered, and to whom.

use super::{BOTH, OURS, Row, open_rules};
use crate::scene::Pair;
use crate::side::{Dataset, Decides, Told, check};
use chapar_conformance::words::FORMAT;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const ROWS: &[Row] = &[
    ("a dataset with its offer and its formats is seen", BOTH, shown),
    ("what is offered to others is not seen", OURS, hidden),
    ("a catalogue of many datasets is seen whole", BOTH, many),
];

/// Datasets of a catalogue that fills more than a page of either side.
const MANY: usize = 60;

fn shown(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    let seen = pair.seen(&published.dataset)?.ok_or("it is not seen")?;
    let formats: Vec<&Value> = match &seen["distribution"] {
        Value::Array(items) => items.iter().map(|one| &one["format"]).collect(),
        one => vec![&one["format"]],
    };
    check(formats.contains(&&json!(FORMAT)), || {
        format!("not to be fetched: {seen}")
    })?;
    let permission = &published.offer["permission"];
    check(*permission == open_rules()["permission"], || {
        format!("other rules: {}", published.offer)
    })
}

fn hidden(pair: &Pair<'_>) -> Told<()> {
    let only = |who: &str| {
        json!({ "permission": [{ "action": "use", "constraint": [
            { "leftOperand": "participantId", "operator": "eq", "rightOperand": who }
        ] }] })
    };
    let seen = pair.publish(&only(&pair.consumer.peer().id), Decides::Itself);
    seen.map_err(|why| format!("offered to the consumer: {why}"))?;
    match pair.publish(&only("somebody-else"), Decides::Itself) {
        Ok(published) => Err(format!("offered to somebody else and seen: {}", published.offer)),
        Err(why) => check(why.contains("does not show it"), || why),
    }
}

fn many(pair: &Pair<'_>) -> Told<()> {
    let published: BTreeSet<String> = (0..MANY)
        .map(|_| format!("one-of-many-{}", uuid::Uuid::new_v4()))
        .collect();
    for id in &published {
        pair.provider.publish(&Dataset {
            id,
            content: b"little",
            rules: &open_rules(),
            decides: Decides::Itself,
        })?;
    }
    let catalog = pair.consumer.catalog(pair.provider.peer())?;
    let seen: BTreeSet<String> = catalog
        .iter()
        .filter_map(|one| one["@id"].as_str().map(str::to_owned))
        .collect();
    let missing = published.difference(&seen).count();
    check(missing == 0, || format!("{missing} of {MANY} are not seen"))
}
