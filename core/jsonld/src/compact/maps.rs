//! Maps by language, index, id or type, and graphs (steps 12.8.8 and 12.8.9 of compaction).

use super::iri;
use crate::container::Container;
use crate::context::{Against, Context};
use crate::malformed::{Malformed, code};
use crate::node::{self, Members};
use chapar_terms::quote;
use serde_json::Value;

/// The containers that become objects by a key.
pub(super) const KEYED: Container = Container::LANGUAGE
    .and(Container::INDEX)
    .and(Container::ID)
    .and(Container::TYPE);

/// A compacted list where its term wants it.
pub(super) fn put_list(
    active: &Context,
    term: &str,
    item: &Value,
    list: Value,
    as_array: bool,
    to: &mut Members,
) -> Result<(), Malformed> {
    let container = super::container(active, Some(term));
    if container.has(Container::LIST) {
        if to.contains_key(term) {
            let why = format!("{} holds one list", quote(term));
            return Err(Malformed::new(code::NO_COMPACT_FORM, why));
        }
        to.insert(term.to_owned(), list);
        return Ok(());
    }
    let mut members = Members::from_iter([(iri::keyword(active, "@list")?, list)]);
    let index = item.get("@index");
    if container.has(Container::INDEX) {
        // The text puts the list beside the map that other values of the term make, where it could not be told from them.
        let key = index.and_then(Value::as_str).map(str::to_owned);
        return put_under(active, term, key, Value::Object(members), as_array, to);
    }
    if let Some(index) = index {
        members.insert(iri::keyword(active, "@index")?, index.clone());
    }
    node::add(to, term, Value::Object(members), as_array);
    Ok(())
}

/// A compacted graph where its term wants it.
pub(super) fn put_graph(
    active: &Context,
    term: &str,
    graph: &Value,
    compacted: Value,
    as_array: bool,
    to: &mut Members,
) -> Result<(), Malformed> {
    let container = super::container(active, Some(term));
    let is_simple = !node::has(graph, "@id");
    if !container.has(Container::GRAPH) || (!is_simple && !container.has(Container::ID)) {
        let mut members = Members::from_iter([(iri::keyword(active, "@graph")?, compacted)]);
        if let Some(id) = graph.get("@id").and_then(Value::as_str) {
            let id = iri::compact(active, id, iri::DOCUMENT)?;
            members.insert(iri::keyword(active, "@id")?, id.into());
        }
        if let Some(index) = graph.get("@index") {
            members.insert(iri::keyword(active, "@index")?, index.clone());
        }
        node::add(to, term, Value::Object(members), as_array);
        return Ok(());
    }
    let key = if container.has(Container::ID) {
        let id = graph.get("@id").and_then(Value::as_str);
        id.map(|id| iri::compact(active, id, iri::DOCUMENT)).transpose()?
    } else if container.has(Container::INDEX) {
        graph.get("@index").and_then(Value::as_str).map(str::to_owned)
    } else {
        let together = match compacted {
            Value::Array(nodes) if nodes.len() > 1 => node::one(&iri::keyword(active, "@included")?, nodes.into()),
            other => other,
        };
        node::add(to, term, together, as_array);
        return Ok(());
    };
    put_under(active, term, key, compacted, as_array, to)
}

/// A compacted item under its key; a key that was taken out of it already comes along.
pub(super) fn put(
    active: &Context,
    term: &str,
    item: &Value,
    (taken, compacted): (Option<String>, Value),
    as_array: bool,
    to: &mut Members,
) -> Result<(), Malformed> {
    let container = super::container(active, Some(term));
    let text = |name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    let by_property = active.term(term).and_then(|term| term.index.as_deref());
    let (key, compacted) = match compacted {
        compacted if container.has(Container::LANGUAGE) => match item.get("@value") {
            Some(value) => (text("@language"), value.clone()),
            None => (None, compacted),
        },
        Value::Object(mut members) if container.has(Container::INDEX) && by_property.is_some() => {
            let property = index_property(active, by_property.unwrap_or_default())?;
            (take_first(&mut members, &property), Value::Object(members))
        }
        compacted if container.has(Container::INDEX) => (text("@index"), compacted),
        Value::Object(mut members) if container.has(Container::ID) => {
            let id = members.remove(&iri::keyword(active, "@id")?);
            let id = id.and_then(|id| id.as_str().map(str::to_owned));
            (id, Value::Object(members))
        }
        compacted => (taken, compacted),
    };
    put_under(active, term, key, compacted, as_array, to)
}

/// The member that holds the key: a term by its own name, anything else as short as it gets.
fn index_property(active: &Context, name: &str) -> Result<String, Malformed> {
    if active.term(name).is_some() {
        return Ok(name.to_owned());
    }
    let full = active.expand(name, Against::Vocab).unwrap_or_default();
    iri::compact(active, &full, iri::VOCAB)
}

fn put_under(
    active: &Context,
    term: &str,
    key: Option<String>,
    compacted: Value,
    as_array: bool,
    to: &mut Members,
) -> Result<(), Malformed> {
    let key = match key {
        Some(key) => key,
        None => iri::keyword(active, "@none")?,
    };
    let map = to.entry(term).or_insert_with(|| Value::Object(Members::new()));
    let map = map.as_object_mut().ok_or_else(|| {
        let why = format!("{} holds a map already that is none", quote(term));
        Malformed::new(code::NO_COMPACT_FORM, why)
    })?;
    node::add(map, &key, compacted, as_array);
    Ok(())
}

/// Takes the first value of the member `name`, if it is text; the others stay.
pub(super) fn take_first(members: &mut Members, name: &str) -> Option<String> {
    let is_text = node::items(members.get(name)?).first()?.is_string();
    if !is_text {
        return None;
    }
    let mut values = node::into_items(members.remove(name)?).into_iter();
    let first = values.next()?.as_str().map(str::to_owned);
    let rest: Vec<Value> = values.collect();
    if !rest.is_empty() {
        node::add(members, name, Value::Array(rest), false);
    }
    first
}
