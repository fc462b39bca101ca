//! Maps by language, index, id or type (steps 13.7 and 13.8 of expansion).

use super::{Expander, Place, value};
use crate::container::Container;
use crate::context::{Against, Context, Term};
use crate::malformed::Malformed;
use crate::node::{self, Members};
use serde_json::Value;
use std::sync::Arc;

/// The containers whose values are objects by their key.
pub(super) const KEYED: Container = Container::INDEX.and(Container::TYPE).and(Container::ID);

impl Expander<'_> {
    /// A map from languages to strings.
    pub(super) fn by_language(&mut self, active: &Context, term: &Term, map: &Members) -> Result<Value, Malformed> {
        let direction = term.direction.or(active.direction.as_ref());
        let mut expanded = Vec::new();
        for (language, value) in map {
            let is_none = active.stands_for(language, "@none");
            for item in node::items(value).iter().filter(|item| !item.is_null()) {
                self.work.budget.step()?;
                self.work.budget.written(language)?;
                if !item.is_string() {
                    return Err(Malformed::new(
                        "invalid-language-map-value",
                        "under a language stand strings",
                    ));
                }
                let mut tagged = Members::new();
                tagged.insert("@value".to_owned(), item.clone());
                if !is_none {
                    tagged.insert("@language".to_owned(), language.as_str().into());
                }
                if let Some(direction) = direction {
                    tagged.insert("@direction".to_owned(), direction.name().into());
                }
                expanded.push(Value::Object(tagged));
            }
        }
        Ok(Value::Array(expanded))
    }

    /// A map from indexes, ids or types to values.
    pub(super) fn keyed(
        &mut self,
        place: &Place<'_>,
        key: &str,
        term: &Term,
        map: &Members,
    ) -> Result<Value, Malformed> {
        let mut expanded = Vec::new();
        for (index, values) in map {
            self.work.budget.step()?;
            let inner = self.context_of(place, term, index)?;
            let values = self.element(&inner, Some(key), values, true)?;
            for item in node::left_of(values) {
                let item = as_graph(term, item);
                expanded.push(match item {
                    Value::Object(members) => self.under(place, term, index, members)?,
                    other => other,
                });
            }
        }
        Ok(Value::Array(expanded))
    }

    /// The context for what stands under `index`.
    fn context_of(&mut self, place: &Place<'_>, term: &Term, index: &str) -> Result<Arc<Context>, Malformed> {
        let active = &place.active;
        if !term.container.has_any(Container::ID.and(Container::TYPE)) {
            return Ok(active.clone());
        }
        let outer = active.previous.as_ref().unwrap_or(active);
        if !term.container.has(Container::TYPE) {
            return Ok(outer.clone());
        }
        match outer.term(index).and_then(|term| term.scoped.as_ref()) {
            None => Ok(outer.clone()),
            Some(scoped) => self.work.of_type(outer, scoped),
        }
    }

    /// Writes into an item what its key said of it.
    fn under(&mut self, place: &Place<'_>, term: &Term, index: &str, mut item: Members) -> Result<Value, Malformed> {
        let full = place.active.expand(index, Against::Vocab);
        self.work.budget.written(full.as_deref().unwrap_or_default())?;
        if full.as_deref() == Some("@none") {
            return Ok(Value::Object(item));
        }
        if term.container.has(Container::INDEX) {
            match &term.index {
                Some(property) => by_property(place, property, index, &mut item)?,
                None => {
                    item.entry("@index").or_insert_with(|| index.into());
                }
            }
        } else if term.container.has(Container::ID) {
            if !item.contains_key("@id") {
                let id = place.active.expand(index, Against::Document).unwrap_or_default();
                item.insert("@id".to_owned(), id.into());
            }
        } else {
            let mut types = vec![full.map_or(Value::Null, |full| full.into_owned().into())];
            types.extend(item.remove("@type").map(node::into_items).unwrap_or_default());
            item.insert("@type".to_owned(), Value::Array(types));
        }
        Ok(Value::Object(item))
    }
}

fn as_graph(term: &Term, item: Value) -> Value {
    if term.container.has(Container::GRAPH) && !node::is_graph(&item) {
        return node::one("@graph", Value::Array(vec![item]));
    }
    item
}

/// The index is the value of a property.
fn by_property(place: &Place<'_>, property: &str, index: &str, item: &mut Members) -> Result<(), Malformed> {
    let name = place.active.expand(property, Against::Vocab).unwrap_or_default();
    let mut values = vec![value::expand(&place.active, property, &index.into())];
    values.extend(item.remove(name.as_ref()).map(node::into_items).unwrap_or_default());
    item.insert(name.into_owned(), Value::Array(values));
    if item.contains_key("@value") && item.len() > 1 {
        return Err(Malformed::new(
            "invalid-value-object",
            "a plain value has no property to be indexed by",
        ));
    }
    Ok(())
}
