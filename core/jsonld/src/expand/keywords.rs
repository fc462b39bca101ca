//! Members whose name is a keyword (step 13.4 of expansion).

use super::{Expander, Place};
use crate::context::{Against, Direction};
use crate::malformed::Malformed;
use crate::node::{self, Members};
use serde_json::Value;

impl Expander<'_> {
    /// The member `name`, a keyword, into `result`.
    pub(super) fn keyword(
        &mut self,
        place: &Place<'_>,
        name: &str,
        value: &Value,
        result: &mut Members,
    ) -> Result<(), Malformed> {
        if result.contains_key(name) && !matches!(name, "@included" | "@type") {
            let why = format!("`{name}` stands twice in one object");
            return Err(Malformed::new("colliding-keywords", why));
        }
        let expanded = match name {
            "@id" => self.id(place, value)?,
            "@type" => self.types(place, value, result.remove(name))?,
            "@graph" => {
                let graph = self.element(&place.active, Some("@graph"), value, false)?;
                Value::Array(node::left_of(graph))
            }
            "@included" => self.included(place, value, result.remove(name))?,
            "@value" => literal(place, value)?,
            "@list" if matches!(place.property, None | Some("@graph")) => return Ok(()),
            "@list" => {
                let list = self.element(&place.active, place.property, value, false)?;
                Value::Array(node::left_of(list))
            }
            "@set" => self.element(&place.active, place.property, value, false)?,
            "@reverse" => return self.reverse(place, value, result),
            "@language" => {
                let why = "a language is a string";
                string(value, "invalid-language-tagged-string", why)?
            }
            "@index" => string(value, "invalid-@index-value", "an index is a string")?,
            "@direction" => {
                let direction = value.as_str().and_then(Direction::read);
                let why = "a direction is `ltr` or `rtl`";
                let direction = direction.ok_or_else(|| Malformed::new("invalid-base-direction", why))?;
                direction.name().into()
            }
            _ => return Ok(()),
        };
        if !expanded.is_null() || name == "@value" {
            result.insert(name.to_owned(), expanded);
        }
        Ok(())
    }

    fn id(&mut self, place: &Place<'_>, value: &Value) -> Result<Value, Malformed> {
        let name = value
            .as_str()
            .ok_or_else(|| Malformed::new("invalid-@id-value", "an `@id` is a string"))?;
        let full = place.active.expand(name, Against::Document);
        self.work.budget.written(full.as_deref().unwrap_or_default())?;
        Ok(full.map_or(Value::Null, |full| Value::String(full.into_owned())))
    }

    fn types(&mut self, place: &Place<'_>, value: &Value, before: Option<Value>) -> Result<Value, Malformed> {
        let mut full = before.map(node::into_items).unwrap_or_default();
        for item in node::items(value) {
            let name = item
                .as_str()
                .ok_or_else(|| Malformed::new("invalid-type-value", "a type is a string"))?;
            if let Some(name) = place.type_scoped.expand(name, Against::VocabOrDocument) {
                self.work.budget.written(&name)?;
                full.push(Value::String(name.into_owned()));
            }
        }
        Ok(if value.is_array() || full.len() > 1 {
            Value::Array(full)
        } else {
            full.pop().unwrap_or_default()
        })
    }

    fn included(&mut self, place: &Place<'_>, value: &Value, before: Option<Value>) -> Result<Value, Malformed> {
        let mut all = before.map(node::into_items).unwrap_or_default();
        for item in node::into_items(self.element(&place.active, None, value, false)?) {
            let is_node = item.is_object() && !node::has(&item, "@value") && !node::has(&item, "@list");
            if !is_node {
                return Err(Malformed::new("invalid-@included-value", "only nodes are included"));
            }
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn reverse(&mut self, place: &Place<'_>, value: &Value, result: &mut Members) -> Result<(), Malformed> {
        if !value.is_object() {
            return Err(Malformed::new("invalid-@reverse-value", "`@reverse` is an object"));
        }
        let Value::Object(mut members) = self.element(&place.active, Some("@reverse"), value, false)? else {
            return Ok(());
        };
        if let Some(Value::Object(twice)) = members.remove("@reverse") {
            for (name, items) in twice {
                node::add(result, &name, items, true);
            }
        }
        for (name, items) in members {
            add_reverse(result, &name, items)?;
        }
        Ok(())
    }
}

/// Adds nodes that point here by the property `name`.
pub(super) fn add_reverse(result: &mut Members, name: &str, items: Value) -> Result<(), Malformed> {
    let mut each = node::items(&items).iter();
    if each.any(|item| node::has(item, "@value") || node::has(item, "@list")) {
        let why = "only a node can be the value of a reverse property";
        return Err(Malformed::new("invalid-reverse-property-value", why));
    }
    let mut reverse = match result.remove("@reverse") {
        Some(Value::Object(reverse)) => reverse,
        _ => Members::new(),
    };
    node::add(&mut reverse, name, items, true);
    result.insert("@reverse".to_owned(), Value::Object(reverse));
    Ok(())
}

fn literal(place: &Place<'_>, value: &Value) -> Result<Value, Malformed> {
    if place.is_json || value.is_null() || node::is_scalar(value) {
        return Ok(value.clone());
    }
    Err(Malformed::new(
        "invalid-value-object-value",
        "a value is a string, a number or a boolean",
    ))
}

fn string(value: &Value, code: &'static str, why: &str) -> Result<Value, Malformed> {
    if value.is_string() {
        return Ok(value.clone());
    }
    Err(Malformed::new(code, why))
}
