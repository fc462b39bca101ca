//! The sample records inside the binary, with the true names of participants, logs and versions put in the place of those in the files.
//! What they are: `samples/README.md`.

use super::seat::Seat;
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The drafts of each, a line each, as `chapar record publish-all` takes them.
const DRAFTS: [(&str, &str); 3] = [
    ("uz", include_str!("../../../../../samples/register/uz.jsonl")),
    ("kz", include_str!("../../../../../samples/register/kz.jsonl")),
    ("cn", include_str!("../../../../../samples/register/cn.jsonl")),
];
/// What is taken back again.
const WITHDRAWALS: &str = include_str!("../../../../../samples/register/withdrawals.jsonl");
/// Kinds that speak of the records of others, which must be there before.
const REMARKS: [&str; 2] = ["annotation", "translation"];
/// What stands for a log in the files.
const ANY_LOG: &str = "0123456789abcdef";
/// Records that a node takes at a time.
const BATCH: usize = 64;

/// What is published at one node.
pub struct Shelf {
    /// What speaks for itself.
    pub records: Vec<Value>,
    /// What speaks of others' records.
    pub remarks: Vec<Value>,
    /// Names of records that are withdrawn, each with how.
    pub withdrawals: Vec<(String, Value)>,
}

/// The newest version of each record that was published, by id.
pub type Leaves = BTreeMap<String, String>;

/// What belongs to the node in this folder.
///
/// # Errors
/// A line is none.
pub fn shelf(folder: &str, seats: &[&Seat]) -> Result<Shelf, Failure> {
    let drafts = DRAFTS.iter().find(|(name, _)| *name == folder);
    let drafts = lines(drafts.map_or("", |(_, text)| text), seats)?
        .into_iter()
        .map(confirmed);
    let (remarks, records) = drafts.partition(|draft| REMARKS.contains(&text(draft, "kind")));
    let withdrawals = lines(WITHDRAWALS, seats)?
        .into_iter()
        .filter(|line| text(line, "node") == folder);
    let withdrawals = withdrawals.map(|line| {
        let how = line.get("withdrawal").cloned().unwrap_or_default();
        (text(&line, "name").to_owned(), how)
    });
    Ok(Shelf {
        records,
        remarks,
        withdrawals: withdrawals.collect(),
    })
}

fn confirmed(mut draft: Value) -> Value {
    if let Some(members) = draft.as_object_mut() {
        // Whoever wrote the samples has looked.
        members.insert("noPersonalData".to_owned(), true.into());
    }
    draft
}

/// The lines of a file, with true names.
fn lines(file: &str, seats: &[&Seat]) -> Result<Vec<Value>, Failure> {
    let mut file = file.to_owned();
    for seat in seats {
        let stand_in = format!("did:web:{}.example", seat.role.folder);
        let log = format!("{stand_in}/records/{ANY_LOG}/");
        file = file.replace(&log, &format!("{}/records/{}/", seat.id, seat.log.id));
        file = file.replace(&format!("\"{stand_in}\""), &format!("\"{}\"", seat.id));
    }
    let lines = file.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::new(format!("a sample record is none: {error}")))
}

/// Publishes drafts in their order, with the versions that remarks are about; how many.
///
/// # Errors
/// The node refuses one.
pub async fn publish(api: &OwnApi, drafts: Vec<Value>, leaves: &mut Leaves) -> Result<usize, Failure> {
    let all = drafts.len();
    let mut batch: Vec<Value> = Vec::new();
    for mut draft in drafts {
        // The later version of a record goes with a later batch.
        let is_there = batch.iter().any(|one| text(one, "name") == text(&draft, "name"));
        if is_there || batch.len() == BATCH {
            send(api, std::mem::take(&mut batch), leaves).await?;
        }
        point(&mut draft, leaves);
        batch.push(draft);
    }
    send(api, batch, leaves).await?;
    Ok(all)
}

async fn send(api: &OwnApi, batch: Vec<Value>, leaves: &mut Leaves) -> Result<(), Failure> {
    if batch.is_empty() {
        return Ok(());
    }
    let shown = api
        .ask(Method::POST, "/records/batch", Some(&json!({ "records": batch })))
        .await?;
    let shown = shown.get("items").and_then(Value::as_array).into_iter().flatten();
    leaves.extend(shown.map(|record| (text(record, "id").to_owned(), text(record, "leafHash").to_owned())));
    Ok(())
}

/// Says which version a remark is about.
fn point(draft: &mut Value, leaves: &Leaves) {
    let Some(body) = draft.get_mut("body").and_then(Value::as_object_mut) else {
        return;
    };
    for (about, version) in [("target", "targetHash"), ("source", "sourceHash")] {
        let leaf = body.get(about).and_then(Value::as_str).and_then(|id| leaves.get(id));
        if let Some(leaf) = leaf.filter(|_| body.contains_key(version)) {
            body.insert(version.to_owned(), leaf.as_str().into());
        }
    }
}

/// Takes a record back.
///
/// # Errors
/// The node refuses.
pub async fn withdraw(api: &OwnApi, name: &str, how: &Value) -> Result<(), Failure> {
    let path = format!("/records/{}/withdrawal", segment(name));
    api.ask(Method::POST, &path, Some(how)).await.map(drop)
}

/// A title in the languages of all three, marked as a sample in each.
fn marked([ru, zh, en]: [&str; 3]) -> Value {
    json!({ "ru": format!("{ru} (пример)"), "zh": format!("{zh}（示例）"), "en": format!("{en} (sample)") })
}

/// A notice in the languages of all three, for what happens during the story.
pub fn notice(name: &str, from: &str, title: [&str; 3]) -> Value {
    let [ru, zh, en] = title;
    confirmed(json!({
        "kind": "notice", "name": name,
        "body": {
            "title": marked(title), "noticeType": "other", "notifiedBy": { "name": { "en": "Data office (sample)" } },
            "notifyingState": [from], "description": { "ru": ru, "zh": zh, "en": en },
        },
    }))
}

/// An offer of the guest, who speaks for no state.
pub fn offer(name: &str, title: [&str; 3]) -> Value {
    let [ru, zh, en] = title;
    confirmed(json!({
        "kind": "offer", "name": name,
        "body": {
            "name": marked(title), "description": { "ru": ru, "zh": zh, "en": en }, "category": "other",
            "offeredBy": { "name": { "en": "A trader of no state (sample)" } }, "validThrough": "2030-12-31",
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_about_the_newest_version_that_was_published() {
        let leaves = Leaves::from([("a".to_owned(), "11".to_owned()), ("b".to_owned(), "22".to_owned())]);
        let pointed = |body: Value| {
            let mut draft = json!({ "body": body });
            point(&mut draft, &leaves);
            draft["body"].clone()
        };
        assert_eq!(
            pointed(json!({ "target": "a", "targetHash": "00" })),
            json!({ "target": "a", "targetHash": "11" })
        );
        assert_eq!(
            pointed(json!({ "source": "b", "sourceHash": "00" })),
            json!({ "source": "b", "sourceHash": "22" })
        );
        // The right of an issuer has a target too, and it is no remark.
        assert_eq!(pointed(json!({ "target": "a" })), json!({ "target": "a" }));
    }
}
