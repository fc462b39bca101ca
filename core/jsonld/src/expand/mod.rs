//! Expansion (section 5.1 of the algorithms): every name in full, every value said outright, no context.
//!
//! Holds the walk through a document and the contexts on its way. What a keyword says is in `keywords`, what a container holds in
//! `maps`, one value in `value`, what an object has to be in the end in `finish`.

mod finish;
mod keywords;
mod maps;
mod value;

use crate::bounds::{DEPTH, EXPANSION_STEPS, check_depth};
use crate::container::Container;
use crate::context::{Against, Context, Term};
use crate::keyword;
use crate::malformed::Malformed;
use crate::node::{self, Members};
use crate::options::Options;
use crate::process::{Site, Work};
use serde_json::Value;
use std::sync::Arc;

/// Expands a whole document.
pub(crate) fn document(document: &Value, options: &Options) -> Result<Vec<Value>, Malformed> {
    check_depth(document, DEPTH)?;
    let base: Option<Arc<str>> = options.base.as_deref().map(Arc::from);
    let mut expander = Expander {
        work: Work::new(options, EXPANSION_STEPS),
        site: Site::of_document(base.clone()),
    };
    let mut active = Arc::new(Context::empty(base));
    if let Some(context) = &options.expand_context {
        let local = context.get("@context").unwrap_or(context);
        active = expander.work.process(&active, local, &expander.site)?;
    }
    let expanded = expander.element(&active, None, document, false)?;
    Ok(match expanded {
        Value::Null => Vec::new(),
        Value::Object(mut members) if members.len() == 1 && members.contains_key("@graph") => {
            members.remove("@graph").map(node::into_items).unwrap_or_default()
        }
        other => node::into_items(other),
    })
}

struct Expander<'o> {
    work: Work<'o>,
    /// Where the contexts of the document stand.
    site: Site,
}

/// Where the members of an object stand.
struct Place<'a> {
    active: Arc<Context>,
    /// The context before those of the object's types: types are understood by it.
    type_scoped: Arc<Context>,
    property: Option<&'a str>,
    /// The object is a JSON literal.
    is_json: bool,
}

impl Expander<'_> {
    /// The expanded form of one element; `null` where nothing is left of it. `from_map` is true for what stands in a map by id or type.
    fn element(
        &mut self,
        active: &Arc<Context>,
        property: Option<&str>,
        element: &Value,
        from_map: bool,
    ) -> Result<Value, Malformed> {
        self.work.budget.step()?;
        match element {
            Value::Null => Ok(Value::Null),
            Value::Array(items) => self.array(active, property, items, from_map),
            Value::Object(members) => self.object(active, property, members, from_map),
            scalar => self.scalar(active, property, scalar),
        }
    }

    fn scalar(&mut self, active: &Arc<Context>, property: Option<&str>, scalar: &Value) -> Result<Value, Malformed> {
        let Some(property) = property.filter(|property| *property != "@graph") else {
            return Ok(Value::Null);
        };
        let scoped = active.term(property).and_then(|term| term.scoped.as_ref());
        let expanded = match scoped {
            None => value::expand(active, property, scalar),
            Some(scoped) => value::expand(&*self.work.of_property(active, scoped)?, property, scalar),
        };
        for name in ["@id", "@language", "@type"] {
            self.work
                .budget
                .written(expanded.get(name).and_then(Value::as_str).unwrap_or_default())?;
        }
        Ok(expanded)
    }

    fn array(
        &mut self,
        active: &Arc<Context>,
        property: Option<&str>,
        items: &[Value],
        from_map: bool,
    ) -> Result<Value, Malformed> {
        let term = property.and_then(|property| active.term(property));
        let is_list = term.is_some_and(|term| term.container.has(Container::LIST));
        let mut result = Vec::with_capacity(items.len());
        for item in items {
            match self.element(active, property, item, from_map)? {
                Value::Null => {}
                inner @ Value::Array(_) if is_list => result.push(node::one("@list", inner)),
                Value::Array(inner) => result.extend(inner),
                one => result.push(one),
            }
        }
        Ok(Value::Array(result))
    }

    fn object(
        &mut self,
        active: &Arc<Context>,
        property: Option<&str>,
        members: &Members,
        from_map: bool,
    ) -> Result<Value, Malformed> {
        let of_property = property.and_then(|property| active.term(property)).cloned();
        let mut active = active.clone();
        if let Some(previous) = active
            .previous
            .clone()
            .filter(|_| !from_map && is_node(&active, members))
        {
            active = previous;
        }
        if let Some(scoped) = of_property.as_ref().and_then(|term| term.scoped.as_ref()) {
            active = self.work.of_property(&active, scoped)?;
        }
        if let Some(local) = members.get("@context") {
            active = self.work.process(&active, local, &self.site)?;
        }
        let type_scoped = active.clone();
        let types = types(&type_scoped, members);
        for name in types.iter().flatten() {
            if let Some(scoped) = type_scoped.term(name).and_then(|term| term.scoped.as_ref()) {
                active = self.work.of_type(&active, scoped)?;
            }
        }
        let input_type = input_type(&type_scoped, members).and_then(|name| active.expand(name, Against::Vocab));
        let place = Place {
            is_json: input_type.is_some_and(|name| name == "@json"),
            active,
            type_scoped,
            property,
        };
        let mut result = Members::new();
        self.members(&place, members, &mut result)?;
        finish::object(result, property)
    }

    /// Every member of an object into `result`; what is nested comes last.
    fn members(&mut self, place: &Place<'_>, members: &Members, result: &mut Members) -> Result<(), Malformed> {
        let mut nests = Vec::new();
        for (key, value) in members {
            self.work.budget.step()?;
            if key == "@context" {
                continue;
            }
            let Some(name) = place.active.expand(key, Against::Vocab) else {
                continue;
            };
            if keyword::is(&name) {
                if place.property == Some("@reverse") {
                    let why = format!("{} is no property and cannot be reversed", chapar_terms::quote(key));
                    return Err(Malformed::new("invalid-reverse-property-map", why));
                }
                if name == "@nest" {
                    nests.push((key, value));
                } else {
                    self.keyword(place, &name, value, result)?;
                }
            } else if name.contains(':') {
                self.work.budget.written(&name)?;
                self.property(place, key, &name, value, result)?;
            }
        }
        for (key, value) in nests {
            self.nest(place, key, value, result)?;
        }
        Ok(())
    }

    /// What stands under `@nest` belongs to the object itself.
    fn nest(&mut self, place: &Place<'_>, key: &str, value: &Value, result: &mut Members) -> Result<(), Malformed> {
        let active = match place.active.term(key).and_then(|term| term.scoped.as_ref()) {
            None => place.active.clone(),
            Some(scoped) => self.work.of_property(&place.active, scoped)?,
        };
        let inner = Place {
            type_scoped: place.type_scoped.clone(),
            active,
            ..*place
        };
        for nested in node::items(value) {
            let nested = nested
                .as_object()
                .filter(|members| !members.keys().any(|key| inner.active.stands_for(key, "@value")));
            let nested = nested.ok_or_else(|| Malformed::new("invalid-@nest-value", "what is nested is an object"))?;
            self.members(&inner, nested, result)?;
        }
        Ok(())
    }

    /// One property of an object.
    fn property(
        &mut self,
        place: &Place<'_>,
        key: &str,
        name: &str,
        value: &Value,
        result: &mut Members,
    ) -> Result<(), Malformed> {
        let undefined = Arc::new(Term::default());
        let term = place.active.term(key).unwrap_or(&undefined);
        let expanded = match value {
            literal if term.coercion.as_deref() == Some("@json") => value::json(literal),
            Value::Object(map) if term.container.has(Container::LANGUAGE) => {
                self.by_language(&place.active, term, map)?
            }
            Value::Object(map) if term.container.has_any(maps::KEYED) => self.keyed(place, key, term, map)?,
            other => self.element(&place.active, Some(key), other, false)?,
        };
        let Some(expanded) = in_container(term.container, expanded) else {
            return Ok(());
        };
        if term.reverse {
            return keywords::add_reverse(result, name, expanded);
        }
        node::add(result, name, expanded, true);
        Ok(())
    }
}

/// A value as its container holds it; `None` where there is no value.
fn in_container(container: Container, expanded: Value) -> Option<Value> {
    if expanded.is_null() {
        return None;
    }
    if container.has(Container::LIST) && !node::has(&expanded, "@list") {
        return Some(node::one("@list", Value::Array(node::into_items(expanded))));
    }
    if container.has(Container::GRAPH) && !container.has_any(Container::ID.and(Container::INDEX)) {
        let graphs = node::into_items(expanded).into_iter();
        return Some(
            graphs
                .map(|item| node::one("@graph", Value::Array(node::into_items(item))))
                .collect(),
        );
    }
    Some(expanded)
}

/// Whether an object is a node of its own: neither a value nor a mere reference.
fn is_node(active: &Context, members: &Members) -> bool {
    let mut keys = members.keys();
    let only = keys.next().filter(|_| members.len() == 1);
    !only.is_some_and(|key| active.stands_for(key, "@id"))
        && !members.keys().any(|key| active.stands_for(key, "@value"))
}

/// The values of each member that says a type, sorted.
fn types<'a>(active: &Context, members: &'a Members) -> Vec<Vec<&'a str>> {
    let said = members.iter().filter(|(key, _)| active.stands_for(key, "@type"));
    let sorted = said.map(|(_, value)| {
        let mut names: Vec<&str> = node::items(value).iter().filter_map(Value::as_str).collect();
        names.sort_unstable();
        names
    });
    sorted.collect()
}

/// The type that says how the members are meant: the last one that the first such member says.
fn input_type<'a>(active: &Context, members: &'a Members) -> Option<&'a str> {
    let (_, value) = members.iter().find(|(key, _)| active.stands_for(key, "@type"))?;
    node::items(value).last()?.as_str()
}
