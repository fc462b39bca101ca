//! The entries of a definition that rest on nothing else: what each may say.
//!
//! Refuses to hold names that have to be expanded; that is the definition's (`super`).

use super::invalid;
use crate::container::Container;
use crate::context::{Mapping, Term};
use crate::keyword;
use crate::malformed::Malformed;
use crate::process::read_direction;
use chapar_terms::quote;
use serde_json::{Map, Value};

/// Whether `term` is a word that a context may define; false where it is to be passed over.
pub(super) fn may_be_defined(term: &str, value: &Value) -> Result<bool, Malformed> {
    if term == "@type" {
        let entries = value.as_object().filter(|entries| !entries.is_empty());
        let legal = entries.is_some_and(|entries| {
            entries.iter().all(|(name, said)| match name.as_str() {
                "@container" => said == "@set",
                "@protected" => true,
                _ => false,
            })
        });
        if legal {
            return Ok(true);
        }
    } else if !keyword::is(term) {
        return Ok(!keyword::looks_like(term));
    }
    let why = format!("{} is a keyword", quote(term));
    Err(Malformed::new("keyword-redefinition", why))
}

pub(super) fn language(term: &str, entries: &Map<String, Value>, definition: &mut Term) -> Result<(), Malformed> {
    definition.language = match entries.get("@language") {
        None => Mapping::Default,
        Some(Value::Null) => Mapping::Null,
        Some(Value::String(language)) => Mapping::Is(language.to_lowercase().into()),
        Some(_) => {
            let why = format!("the language of {} is no string", quote(term));
            return Err(Malformed::new("invalid-language-mapping", why));
        }
    };
    definition.direction = match entries.get("@direction") {
        None => Mapping::Default,
        Some(Value::Null) => Mapping::Null,
        Some(said) => Mapping::Is(read_direction(said)?),
    };
    Ok(())
}

pub(super) fn nest(term: &str, entries: &Map<String, Value>, definition: &mut Term) -> Result<(), Malformed> {
    let Some(said) = entries.get("@nest") else {
        return Ok(());
    };
    let name = said.as_str().filter(|name| *name == "@nest" || !keyword::is(name));
    let name = name.ok_or_else(|| {
        Malformed::new(
            "invalid-@nest-value",
            format!("{} is nested under a keyword", quote(term)),
        )
    })?;
    definition.nest = Some(name.into());
    Ok(())
}

pub(super) fn prefix(term: &str, entries: &Map<String, Value>, definition: &mut Term) -> Result<(), Malformed> {
    let Some(said) = entries.get("@prefix") else {
        return Ok(());
    };
    if term.contains([':', '/']) {
        return Err(invalid(term, "cannot be a prefix"));
    }
    let why = || format!("whether {} is a prefix is true or false", quote(term));
    definition.prefix = said
        .as_bool()
        .ok_or_else(|| Malformed::new("invalid-@prefix-value", why()))?;
    if definition.prefix && definition.iri.as_deref().is_some_and(keyword::is) {
        return Err(invalid(term, "is a prefix and a keyword"));
    }
    Ok(())
}

/// How the values of a term are grouped.
pub(super) fn container(term: &str, entries: &Map<String, Value>) -> Result<Container, Malformed> {
    let Some(said) = entries.get("@container") else {
        return Ok(Container::NONE);
    };
    Container::read(said).ok_or_else(|| {
        Malformed::new(
            "invalid-container-mapping",
            format!("the container of {} is none", quote(term)),
        )
    })
}

/// The values of a map by type are nodes.
pub(super) fn of_types(term: &str, definition: &mut Term) -> Result<(), Malformed> {
    if !definition.container.has(Container::TYPE) {
        return Ok(());
    }
    let coercion = definition.coercion.get_or_insert_with(|| "@id".into());
    if matches!(&**coercion, "@id" | "@vocab") {
        return Ok(());
    }
    let why = format!("{} is a map by type and its values are no nodes", quote(term));
    Err(Malformed::new("invalid-type-mapping", why))
}
