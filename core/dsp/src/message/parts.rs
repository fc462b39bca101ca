//! Reading members out of a JSON object, with the place in every complaint. Knows no message.

use crate::error::{Malformed, code};
use chapar_terms::Invalid;
use serde_json::{Map, Value};

/// A JSON object and where it stands in the body (empty for the body itself).
pub struct Object<'a> {
    /// Its members.
    pub members: &'a Map<String, Value>,
    place: String,
}

impl<'a> Object<'a> {
    /// Takes the body itself.
    pub fn root(value: &'a Value) -> Result<Self, Malformed> {
        let members = value
            .as_object()
            .ok_or_else(|| Malformed::new(code::BODY_NOT_JSON, "body is no JSON object"))?;
        Ok(Self {
            members,
            place: String::new(),
        })
    }

    /// Takes a value inside the body.
    pub fn at(value: &'a Value, place: impl Into<String>) -> Result<Self, Malformed> {
        let place = place.into();
        match value.as_object() {
            Some(members) => Ok(Self { members, place }),
            None => Err(Malformed::new(
                code::WRONG_MEMBER,
                format!("`{place}` must be an object"),
            )),
        }
    }

    /// Takes members whose place is known.
    pub fn of(members: &'a Map<String, Value>, place: impl Into<String>) -> Self {
        Self {
            members,
            place: place.into(),
        }
    }

    /// The place of the member `name`, as complaints write it.
    pub fn place(&self, name: &str) -> String {
        if self.place.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.place)
        }
    }

    /// The place of the object itself.
    pub fn own_place(&self) -> &str {
        &self.place
    }

    /// The member, if there; `null` counts as absent, as in JSON-LD.
    pub fn member(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A string, if there.
    pub fn optional_text(&self, name: &str) -> Result<Option<&'a str>, Malformed> {
        match self.member(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "must be a string")),
        }
    }

    /// A string that must be there.
    pub fn text(&self, name: &str) -> Result<&'a str, Malformed> {
        self.optional_text(name)?.ok_or_else(|| self.missing(name))
    }

    /// A string that must be there and say something.
    pub fn filled_text(&self, name: &str) -> Result<&'a str, Malformed> {
        match self.text(name)? {
            "" => Err(self.wrong(name, "is empty")),
            text => Ok(text),
        }
    }

    /// An id, if there.
    pub fn optional_id<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Malformed> {
        self.optional_text(name)?
            .map(parse)
            .transpose()
            .map_err(|invalid| self.wrong(name, &invalid.why))
    }

    /// An id that must be there.
    pub fn id<T>(&self, name: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Result<T, Malformed> {
        self.optional_id(name, parse)?.ok_or_else(|| self.missing(name))
    }

    /// An object, if there.
    pub fn optional_object(&self, name: &str) -> Result<Option<Object<'a>>, Malformed> {
        self.member(name)
            .map(|value| Object::at(value, self.place(name)))
            .transpose()
    }

    /// An object that must be there.
    pub fn object(&self, name: &str) -> Result<Object<'a>, Malformed> {
        self.optional_object(name)?.ok_or_else(|| self.missing(name))
    }

    /// An array, if there.
    pub fn list(&self, name: &str) -> Result<Option<&'a [Value]>, Malformed> {
        match self.member(name) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(self.wrong(name, "must be an array")),
        }
    }

    /// The complaint that `name` is not there.
    pub fn missing(&self, name: &str) -> Malformed {
        Malformed::new(code::MISSING_MEMBER, format!("`{}` is missing", self.place(name)))
    }

    /// The complaint that `name` is not as it must be.
    pub fn wrong(&self, name: &str, why: &str) -> Malformed {
        Malformed::new(code::WRONG_MEMBER, format!("`{}` {why}", self.place(name)))
    }
}
