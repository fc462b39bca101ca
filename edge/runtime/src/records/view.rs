//! An own record as its people see it: what it says openly, its place in the log, and its body where it is here.

use super::compose::stored_record;
use crate::Fault;
use crate::logs::OwnLog;
use chapar_register::{Header, Validity, Visibility};
use chapar_store::EntryRow;
use chapar_terms::{Instant, Lang};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The record of an entry.
pub(crate) fn record_view(log: &OwnLog, entry: &EntryRow) -> Result<Value, Fault> {
    let record = stored_record(&entry.leaf)?;
    let mut view = header_view(record.header());
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    let index = entry.position.saturating_sub(1);
    let published = log.published.borrow();
    let is_out = published
        .as_ref()
        .is_some_and(|out| u64::try_from(index).is_ok_and(|index| index < out.size));
    put("leafHash", record.leaf_hash().hex().into());
    put("log", log.origin.as_str().into());
    put("index", index.into());
    put("state", if is_out { "published" } else { "committed" }.into());
    if let Some(at) = entry.purged_at {
        put("bodyPurgedAt", Instant::from_unix_ms(at).rfc3339().into());
    }
    let body = entry.body.as_deref().map(serde_json::from_slice::<Value>);
    if let Some(body) = body {
        put(
            "body",
            body.map_err(|why| Fault::Internal(format!("a stored body cannot be read: {why}")))?,
        );
    }
    Ok(Value::Object(view))
}

fn header_view(header: &Header) -> Map<String, Value> {
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("id", header.id.to_string().into());
    put("name", header.id.local().into());
    put("kind", header.kind.as_str().into());
    put("version", header.version.into());
    put("issued", header.issued.rfc3339().into());
    put("issuer", header.issuer.as_str().into());
    put("languages", tags(&header.languages));
    put("authentic", tags(&header.authentic));
    put("visibility", header.visibility.as_str().into());
    put("bodyHash", header.body_hash.hex().into());
    put("bodyBytes", header.body_bytes.into());
    let links = header.links.iter();
    put(
        "links",
        links
            .map(|link| json!({ "rel": link.rel, "target": link.target }))
            .collect(),
    );
    if let Visibility::Parties(parties) = &header.visibility {
        put(
            "parties",
            parties.iter().map(|party| Value::from(party.as_str())).collect(),
        );
    }
    if let Some(previous) = header.previous {
        put("previous", previous.hex().into());
    }
    if let Some(valid) = header.valid {
        put("valid", validity(valid));
    }
    if let Some(mandate) = &header.mandate {
        put("mandate", mandate.as_str().into());
    }
    view
}

fn tags(languages: &BTreeSet<Lang>) -> Value {
    languages.iter().map(|lang| Value::from(lang.as_str())).collect()
}

fn validity(valid: Validity) -> Value {
    let ends = [("from", valid.from), ("until", valid.until)].into_iter();
    ends.filter_map(|(name, end)| Some((name.to_owned(), Value::from(end?.rfc3339()))))
        .collect::<Map<_, _>>()
        .into()
}
