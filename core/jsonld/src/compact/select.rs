//! Which term fits a value (section 6.2 of the algorithms, step 4, and 4.3 and 6.4: inverse context and term selection).
//!
//! The inverse context of the text is a table of all terms, by container, then by type or language. Here the few terms that stand for
//! one IRI are looked through when they are asked for; the order is the table's, the shortest term first.

use super::iri::{VOCAB, without_term};
use crate::container::Container;
use crate::context::{Context, Mapping, Term};
use crate::malformed::Malformed;
use crate::node;
use serde_json::Value;
use std::borrow::Cow;

/// By what a term is chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Any,
    Language,
    Type,
}

/// What would fit a value, the best first.
struct Wish<'a> {
    by: By,
    containers: Vec<Container>,
    what: Cow<'a, str>,
}

/// The short name of the property `name` for this value.
pub(super) fn name(active: &Context, name: &str, value: &Value, in_reverse: bool) -> Result<String, Malformed> {
    match term(active, name, Some(value), in_reverse) {
        Some(term) => Ok(term),
        None => without_term(active, name, VOCAB, true),
    }
}

/// The best term for `name` with this value, if there is one.
pub(super) fn term(active: &Context, name: &str, value: Option<&Value>, in_reverse: bool) -> Option<String> {
    let mut candidates = active.terms_for(name).peekable();
    candidates.peek()?;
    let wish = wish(active, value, in_reverse);
    let (by, preferred) = preferred(active, &wish, value);
    let ranked = candidates.filter_map(|(name, term)| {
        let container = wish
            .containers
            .iter()
            .position(|container| *container == term.container)?;
        let what = preferred.iter().position(|what| fits(active, term, by, what))?;
        Some((container, what, name.len(), name))
    });
    ranked.min().map(|(.., name)| name.to_string())
}

/// Containers and type or language that a value asks for.
fn wish<'a>(active: &Context, value: Option<&'a Value>, in_reverse: bool) -> Wish<'a> {
    let object = value.filter(|value| value.is_object());
    let indexed = object.is_some_and(|object| node::has(object, "@index"));
    let mut wish = Wish {
        by: By::Language,
        containers: Vec::with_capacity(16),
        what: Cow::Borrowed("@null"),
    };
    if let Some(object) = object
        && indexed
        && !node::is_graph(object)
    {
        wish.containers
            .extend([Container::INDEX, Container::INDEX.and(Container::SET)]);
    }
    match object {
        _ if in_reverse => {
            wish.by = By::Type;
            wish.what = Cow::Borrowed("@reverse");
            wish.containers.push(Container::SET);
        }
        Some(object) if node::has(object, "@list") => {
            if !indexed {
                wish.containers.push(Container::LIST);
            }
            (wish.by, wish.what) = of_list(active, object);
        }
        Some(object) if node::is_graph(object) => {
            wish.containers.extend(graph_containers(object));
            wish.by = By::Type;
            wish.what = Cow::Borrowed("@id");
        }
        Some(object) if node::has(object, "@value") => of_value(object, indexed, &mut wish),
        _ => {
            wish.by = By::Type;
            wish.what = Cow::Borrowed("@id");
            let types = Container::TYPE;
            wish.containers
                .extend([Container::ID, Container::ID.and(Container::SET)]);
            wish.containers
                .extend([types, types.and(Container::SET), Container::SET]);
        }
    }
    wish.containers.push(Container::NONE);
    if !indexed {
        wish.containers
            .extend([Container::INDEX, Container::INDEX.and(Container::SET)]);
    }
    // The text takes any plain value into a map by language; expansion takes strings alone.
    let plain = object.and_then(Value::as_object).filter(|object| object.len() == 1);
    if plain.is_some_and(|object| object.get("@value").is_some_and(Value::is_string)) {
        wish.containers
            .extend([Container::LANGUAGE, Container::LANGUAGE.and(Container::SET)]);
    }
    wish
}

fn of_value<'a>(object: &'a Value, indexed: bool, wish: &mut Wish<'a>) {
    let language = object.get("@language").and_then(Value::as_str);
    let direction = object.get("@direction").and_then(Value::as_str);
    if (language.is_some() || direction.is_some()) && !indexed {
        wish.what = Cow::Owned(tag(language, direction));
        wish.containers
            .extend([Container::LANGUAGE, Container::LANGUAGE.and(Container::SET)]);
    } else if let Some(kind) = object.get("@type").and_then(Value::as_str) {
        wish.by = By::Type;
        wish.what = Cow::Borrowed(kind);
    }
    wish.containers.push(Container::SET);
}

/// What graph containers fit a graph object, those that keep its index or id first.
fn graph_containers(object: &Value) -> Vec<Container> {
    let with = |key: Container| {
        let container = Container::GRAPH.and(key);
        [container, container.and(Container::SET)]
    };
    let mut containers = Vec::new();
    let (indexed, named) = (node::has(object, "@index"), node::has(object, "@id"));
    if indexed {
        containers.extend(with(Container::INDEX));
    }
    if named {
        containers.extend(with(Container::ID));
    }
    containers.extend(with(Container::NONE));
    containers.push(Container::SET);
    if !indexed {
        containers.extend(with(Container::INDEX));
    }
    if !named {
        containers.extend(with(Container::ID));
    }
    containers.extend([Container::INDEX, Container::INDEX.and(Container::SET)]);
    containers
}

/// The type or the language that all items of a list have.
fn of_list<'a>(active: &Context, object: &'a Value) -> (By, Cow<'a, str>) {
    let list = object.get("@list").map(node::items).unwrap_or_default();
    if list.is_empty() {
        return (By::Any, Cow::Owned(default_tag(active)));
    }
    let (mut kind, mut language): (Option<Cow<'a, str>>, Option<Cow<'a, str>>) = (None, None);
    for item in list {
        let (item_kind, item_language) = of_item(item);
        agree(&mut kind, item_kind);
        agree(&mut language, item_language);
    }
    let none = Cow::Borrowed("@none");
    match kind.unwrap_or_else(|| none.clone()) {
        kind if kind != "@none" => (By::Type, kind),
        _ => (By::Language, language.unwrap_or(none)),
    }
}

fn of_item(item: &Value) -> (Cow<'_, str>, Cow<'_, str>) {
    let none = Cow::Borrowed("@none");
    if !node::has(item, "@value") {
        return (Cow::Borrowed("@id"), none);
    }
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    match (text("@language"), text("@direction"), text("@type")) {
        (None, None, None) => (none, Cow::Borrowed("@null")),
        (None, None, Some(kind)) => (Cow::Borrowed(kind), none),
        (language, direction, _) => (none, Cow::Owned(tag(language, direction))),
    }
}

fn agree<'a>(common: &mut Option<Cow<'a, str>>, next: Cow<'a, str>) {
    match common {
        None => *common = Some(next),
        Some(before) if *before != next => *common = Some(Cow::Borrowed("@none")),
        Some(_) => {}
    }
}

/// What is asked of a term, the best first.
fn preferred<'a>(active: &Context, wish: &Wish<'a>, value: Option<&Value>) -> (By, Vec<Cow<'a, str>>) {
    let id = value.and_then(|value| value.get("@id")?.as_str());
    let mut preferred: Vec<Cow<'a, str>> = Vec::with_capacity(6);
    if wish.what == "@reverse" {
        preferred.push(wish.what.clone());
    }
    match id {
        Some(id) if matches!(&*wish.what, "@id" | "@reverse") => {
            // An id that a term stands for is better written as that term.
            let named = super::iri::compact(active, id, VOCAB).ok();
            let is_term = named
                .and_then(|name| active.term(&name)?.iri.clone())
                .is_some_and(|iri| *iri == *id);
            let order = if is_term {
                ["@vocab", "@id", "@none"]
            } else {
                ["@id", "@vocab", "@none"]
            };
            preferred.extend(order.map(Cow::Borrowed));
        }
        _ => preferred.extend([wish.what.clone(), Cow::Borrowed("@none")]),
    }
    preferred.push(Cow::Borrowed("@any"));
    let directions = preferred
        .iter()
        .filter_map(|what| what.find('_').and_then(|at| what.get(at..)));
    let direction = directions.map(str::to_owned).next();
    preferred.extend(direction.map(Cow::Owned));
    (wish.by, preferred)
}

/// Whether the inverse context has `term` under `what`.
fn fits(active: &Context, term: &Term, by: By, what: &str) -> bool {
    if by == By::Any {
        return what == "@none";
    }
    if term.reverse {
        return by == By::Type && what == "@reverse";
    }
    match term.coercion.as_deref() {
        Some("@none") => return what == "@any",
        Some(kind) => return by == By::Type && what == kind,
        None => {}
    }
    let tagged = match (&term.language, &term.direction) {
        (Mapping::Default, Mapping::Default) => {
            return what == "@none" || (by == By::Language && what == default_tag(active));
        }
        (Mapping::Default, Mapping::Null) => "@none".to_owned(),
        (language, direction) => {
            let (language, direction) = (language.or(None), direction.or(None));
            match tag(language.as_deref(), direction.map(|direction| direction.name())) {
                nothing if nothing.is_empty() => "@null".to_owned(),
                tag => tag,
            }
        }
    };
    by == By::Language && what == tagged
}

/// Language and direction that hold where a term says nothing.
fn default_tag(active: &Context) -> String {
    match (&active.language, active.direction) {
        (None, None) => "@none".to_owned(),
        (language, direction) => tag(language.as_deref(), direction.map(|direction| direction.name())),
    }
}

fn tag(language: Option<&str>, direction: Option<&str>) -> String {
    let language = language.unwrap_or_default().to_lowercase();
    match direction {
        None => language,
        Some(direction) => [&language, "_", direction].concat(),
    }
}
