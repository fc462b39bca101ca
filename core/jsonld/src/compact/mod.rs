//! Compaction (section 6.1 of the algorithms): names as short as a context makes them.
//!
//! Holds the walk through expanded nodes. How a name is shortened is in `iri`, which term fits a value in `select`, one value in
//! `value`, what a container holds in `maps`.

mod iri;
mod maps;
mod select;
mod value;

use crate::bounds::{COMPACTION_STEPS, DEPTH, EXPANDED_DEPTH, check_depth};
use crate::container::Container;
use crate::context::Context;
use crate::malformed::{Malformed, code};
use crate::node::{self, Members};
use crate::options::Options;
use crate::process::{Site, Work};
use serde_json::Value;
use std::sync::Arc;

/// Compacts a whole document.
pub(crate) fn document(expanded: &Value, context: &Value, options: &Options) -> Result<Value, Malformed> {
    check_depth(expanded, EXPANDED_DEPTH)?;
    check_depth(context, DEPTH)?;
    let base: Option<Arc<str>> = options.base.as_deref().map(Arc::from);
    let mut compactor = Compactor {
        work: Work::new(options, COMPACTION_STEPS),
    };
    let site = Site::of_document(base.clone());
    let mut active = compactor
        .work
        .process(&Arc::new(Context::empty(base)), context, &site)?;
    if !options.compact_to_relative {
        let mut without_base = Context::over(&active);
        without_base.base = None;
        active = Arc::new(without_base);
    }
    let mut members = match compactor.element(&active, None, expanded)? {
        Value::Object(members) => members,
        Value::Array(nodes) if nodes.is_empty() => Members::new(),
        Value::Array(nodes) => Members::from_iter([(iri::keyword(&active, "@graph")?, Value::Array(nodes))]),
        _ => return Err(not_expanded("a document is an array of nodes")),
    };
    if !is_nothing(context) {
        members.insert("@context".to_owned(), context.clone());
    }
    Ok(Value::Object(members))
}

fn is_nothing(context: &Value) -> bool {
    match context {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

struct Compactor<'o> {
    work: Work<'o>,
}

/// Where the members of an object stand.
struct Place {
    active: Arc<Context>,
    /// The context before those of the object's types: types are named by it.
    type_scoped: Arc<Context>,
    in_reverse: bool,
}

impl Compactor<'_> {
    fn element(&mut self, active: &Arc<Context>, property: Option<&str>, element: &Value) -> Result<Value, Malformed> {
        self.work.budget.step()?;
        match element {
            Value::Array(items) => self.array(active, property, items),
            Value::Object(members) => self.object(active, property, members),
            scalar => Ok(scalar.clone()),
        }
    }

    fn array(&mut self, active: &Arc<Context>, property: Option<&str>, items: &[Value]) -> Result<Value, Malformed> {
        let mut result = Vec::with_capacity(items.len());
        for item in items {
            let compacted = self.element(active, property, item)?;
            if !compacted.is_null() {
                result.push(compacted);
            }
        }
        let term = property.and_then(|property| active.term(property));
        let holds_array = term.is_some_and(|term| term.container.has_any(Container::LIST.and(Container::SET)));
        let stays = holds_array || matches!(property, Some("@graph" | "@set")) || !self.work.options.compact_arrays;
        Ok(match result.pop() {
            Some(one) if result.is_empty() && !stays => one,
            Some(last) => {
                result.push(last);
                Value::Array(result)
            }
            None => Value::Array(result),
        })
    }

    fn object(&mut self, active: &Arc<Context>, property: Option<&str>, members: &Members) -> Result<Value, Malformed> {
        let type_scoped = active.clone();
        let of_property = property.and_then(|property| active.term(property)).cloned();
        let mut active = active.clone();
        let is_reference = members.len() == 1 && members.contains_key("@id");
        if !is_reference
            && !members.contains_key("@value")
            && let Some(previous) = active.previous.clone()
        {
            active = previous;
        }
        if let Some(scoped) = of_property.as_ref().and_then(|term| term.scoped.as_ref()) {
            active = self.work.of_property(&active, scoped)?;
        }
        if let Some(short) = value::compact(&active, property, members)? {
            return Ok(short);
        }
        let term = property.and_then(|property| active.term(property));
        if let Some(list) = members.get("@list")
            && term.is_some_and(|term| term.container.has(Container::LIST))
        {
            return self.element(&active, property, list);
        }
        for name in self.types(&active, members)? {
            if let Some(scoped) = type_scoped.term(&name).and_then(|term| term.scoped.as_ref()) {
                active = self.work.of_type(&active, scoped)?;
            }
        }
        let place = Place {
            active,
            type_scoped,
            in_reverse: property == Some("@reverse"),
        };
        let mut result = Members::new();
        for (name, value) in members {
            self.work.budget.step()?;
            self.work.budget.candidates(place.active.crowd())?;
            self.member(&place, property, name, value, &mut result)?;
        }
        Ok(Value::Object(result))
    }

    /// The short names of an object's types, sorted.
    fn types(&mut self, active: &Context, members: &Members) -> Result<Vec<String>, Malformed> {
        let said = members.get("@type").map(node::items).unwrap_or_default();
        self.work.budget.candidates(active.crowd().saturating_mul(said.len()))?;
        let names = said
            .iter()
            .filter_map(Value::as_str)
            .map(|name| iri::compact(active, name, iri::VOCAB));
        let mut names: Vec<String> = names.collect::<Result<_, _>>()?;
        names.sort_unstable();
        Ok(names)
    }

    fn member(
        &mut self,
        place: &Place,
        property: Option<&str>,
        name: &str,
        value: &Value,
        result: &mut Members,
    ) -> Result<(), Malformed> {
        let active = &place.active;
        let compacted = match name {
            "@id" => {
                let id = value.as_str().ok_or_else(|| not_expanded("an `@id` is a string"))?;
                iri::compact(active, id, iri::DOCUMENT)?.into()
            }
            "@type" => return self.type_member(place, value, result),
            "@reverse" => return self.reverse(place, value, result),
            "@index" if container(active, property).has(Container::INDEX) => return Ok(()),
            "@direction" | "@index" | "@language" | "@value" => value.clone(),
            _ => return self.property(place, name, value, result),
        };
        let alias = iri::keyword(active, name)?;
        self.work.budget.written(&alias)?;
        result.insert(alias, compacted);
        Ok(())
    }

    fn type_member(&mut self, place: &Place, value: &Value, result: &mut Members) -> Result<(), Malformed> {
        let mut names = Vec::new();
        for kind in node::items(value) {
            let kind = kind.as_str().ok_or_else(|| not_expanded("a type is a string"))?;
            let name = iri::compact(&place.type_scoped, kind, iri::VOCAB)?;
            self.work.budget.written(&name)?;
            names.push(Value::String(name));
        }
        let alias = iri::keyword(&place.active, "@type")?;
        let in_set = container(&place.active, Some(&alias)).has(Container::SET);
        let as_array = in_set || (!self.work.options.compact_arrays && value.is_array());
        let names = if value.is_array() {
            Value::Array(names)
        } else {
            names.pop().unwrap_or_default()
        };
        node::add(result, &alias, names, as_array);
        Ok(())
    }

    fn reverse(&mut self, place: &Place, value: &Value, result: &mut Members) -> Result<(), Malformed> {
        let compacted = self.element(&place.active, Some("@reverse"), value)?;
        let Value::Object(members) = compacted else {
            return Err(not_expanded("`@reverse` is an object"));
        };
        let mut rest = Members::new();
        for (name, value) in members {
            let term = place.active.term(&name).filter(|term| term.reverse);
            let Some(term) = term else {
                rest.insert(name, value);
                continue;
            };
            let as_array = term.container.has(Container::SET) || !self.work.options.compact_arrays;
            node::add(result, &name, value, as_array);
        }
        if !rest.is_empty() {
            result.insert(iri::keyword(&place.active, "@reverse")?, Value::Object(rest));
        }
        Ok(())
    }

    /// One property of a node, item by item: each item may fit another term.
    fn property(&mut self, place: &Place, name: &str, value: &Value, result: &mut Members) -> Result<(), Malformed> {
        let items = node::items(value);
        if items.is_empty() {
            let term = select::name(&place.active, name, value, place.in_reverse)?;
            node::add(
                target(&place.active, &term, result)?,
                &term,
                Value::Array(Vec::new()),
                true,
            );
        }
        for item in items {
            self.work.budget.candidates(place.active.crowd())?;
            let term = select::name(&place.active, name, item, place.in_reverse)?;
            self.work.budget.written(&term)?;
            let inner = match item.as_object() {
                Some(members) if members.contains_key("@list") => members.get("@list"),
                Some(members) if node::is_graph(item) => members.get("@graph"),
                _ => None,
            };
            let compacted = self.element(&place.active, Some(&term), inner.unwrap_or(item))?;
            self.put(place, &term, item, compacted, result)?;
        }
        Ok(())
    }

    /// A compacted item where its term wants it.
    fn put(
        &mut self,
        place: &Place,
        term: &str,
        item: &Value,
        compacted: Value,
        result: &mut Members,
    ) -> Result<(), Malformed> {
        let active = &place.active;
        let container = container(active, Some(term));
        let in_array = container.has(Container::SET) || matches!(term, "@graph" | "@list");
        let as_array = in_array || !self.work.options.compact_arrays;
        let to = target(active, term, result)?;
        if node::has(item, "@list") {
            let list = Value::Array(node::into_items(compacted));
            maps::put_list(active, term, item, list, as_array, to)?;
        } else if node::is_graph(item) {
            maps::put_graph(active, term, item, compacted, as_array, to)?;
        } else if container.has_any(maps::KEYED) && !container.has(Container::GRAPH) {
            let compacted = if container.has(Container::TYPE) {
                self.without_type(active, term, item, compacted)?
            } else {
                (None, compacted)
            };
            maps::put(active, term, item, compacted, as_array, to)?;
        } else {
            node::add(to, term, compacted, as_array);
        }
        Ok(())
    }

    /// The first type of a node becomes its key; a node of which only the id is left becomes a reference again.
    fn without_type(
        &mut self,
        active: &Arc<Context>,
        term: &str,
        item: &Value,
        compacted: Value,
    ) -> Result<(Option<String>, Value), Malformed> {
        let Value::Object(mut members) = compacted else {
            return Ok((None, compacted));
        };
        let key = maps::take_first(&mut members, &iri::keyword(active, "@type")?);
        let id = item.get("@id").filter(|_| members.len() == 1);
        if let Some(id) = id
            && members.contains_key(&iri::keyword(active, "@id")?)
        {
            let reference = node::one("@id", id.clone());
            return Ok((key, self.element(active, Some(term), &reference)?));
        }
        Ok((key, Value::Object(members)))
    }
}

/// The object that the values of `term` go to: itself, or one that is nested in it.
fn target<'a>(active: &Context, term: &str, result: &'a mut Members) -> Result<&'a mut Members, Malformed> {
    let Some(nest) = active.term(term).and_then(|term| term.nest.as_deref()) else {
        return Ok(result);
    };
    let invalid = || Malformed::new("invalid-@nest-value", "values are nested under what is no `@nest`");
    if !active.stands_for(nest, "@nest") {
        return Err(invalid());
    }
    let nested = result.entry(nest).or_insert_with(|| Value::Object(Members::new()));
    nested.as_object_mut().ok_or_else(invalid)
}

fn container(active: &Context, property: Option<&str>) -> Container {
    let term = property.and_then(|property| active.term(property));
    term.map_or(Container::NONE, |term| term.container)
}

fn not_expanded(why: &str) -> Malformed {
    Malformed::new(code::NOT_EXPANDED, why)
}
