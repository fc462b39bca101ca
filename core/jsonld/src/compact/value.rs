//! Value compaction (section 6.3 of the algorithms): an object as the plain value that its term says it is.

use super::{container, iri, not_expanded};
use crate::container::Container;
use crate::context::Context;
use crate::malformed::Malformed;
use crate::node::Members;
use serde_json::Value;

/// The plain value of an object; `None` where it has to stay an object.
pub(super) fn compact(active: &Context, property: Option<&str>, members: &Members) -> Result<Option<Value>, Malformed> {
    let indexed = members.contains_key("@index");
    let coercion = property.and_then(|property| active.term(property)?.coercion.as_deref());
    if let Some(id) = members.get("@id") {
        if members.len() != 1_usize.saturating_add(indexed.into()) {
            return Ok(None);
        }
        let against = match coercion {
            Some("@id") => iri::DOCUMENT,
            Some("@vocab") => iri::VOCAB,
            _ => return Ok(None),
        };
        let id = id.as_str().ok_or_else(|| not_expanded("an `@id` is a string"))?;
        return Ok(Some(iri::compact(active, id, against)?.into()));
    }
    let Some(value) = members.get("@value") else {
        return Ok(None);
    };
    if indexed && !container(active, property).has(Container::INDEX) {
        return Ok(None);
    }
    let kind = members.get("@type").and_then(Value::as_str);
    let is_plain = match (kind, coercion) {
        (Some(kind), coercion) => coercion == Some(kind),
        (None, Some("@none")) => false,
        (None, _) => !value.is_string() || is_default(active, property, members),
    };
    Ok(is_plain.then(|| value.clone()))
}

/// Whether language and direction of a string are those that its term has anyway.
fn is_default(active: &Context, property: Option<&str>, members: &Members) -> bool {
    let said = |name: &str| members.get(name).and_then(Value::as_str);
    let term = property.and_then(|property| active.term(property));
    let language = match term {
        Some(term) => term.language.or(active.language.as_ref()),
        None => active.language.clone(),
    };
    let direction = match term {
        Some(term) => term.direction.or(active.direction.as_ref()),
        None => active.direction,
    };
    said("@language").map(str::to_lowercase).as_deref() == language.as_deref()
        && said("@direction") == direction.map(|direction| direction.name())
}
