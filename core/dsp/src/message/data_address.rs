//! A DataAddress: where data can be pulled from or pushed to, with its secrets (`data-address-schema.json`).
//!
//! Whether we may connect there is for `edge/client` and `edge/dataplane`.

use super::parts::Object;
use crate::error::{Malformed, code};
use serde_json::{Map, Value, json};
use std::fmt;

/// A DataAddress. Its properties hold tokens: `Debug` shows their names only.
#[derive(Clone, PartialEq)]
pub struct DataAddress {
    /// What kind of place it is, e.g. `https://w3id.org/idsa/v4.1/HTTP`.
    pub endpoint_type: String,
    /// The place itself.
    pub endpoint: Option<String>,
    /// Names and values, in the order of the wire; names may repeat.
    pub properties: Vec<(String, String)>,
    /// Members beyond those above.
    pub members: Map<String, Value>,
}

const KNOWN: [&str; 4] = ["@type", "endpointType", "endpoint", "endpointProperties"];

impl DataAddress {
    /// The value of the first property called `name`, e.g. `authorization`; where there is none, of one whose name is an IRI that
    /// ends so: peers that take the context at its word spell names out.
    pub fn property(&self, name: &str) -> Option<&str> {
        let plain = |key: &str| key == name;
        let spelled_out = |key: &str| key.rsplit_once(['/', '#']).is_some_and(|(_, last)| last == name);
        let find = |is_it: &dyn Fn(&str) -> bool| self.properties.iter().find(|(key, _)| is_it(key));
        find(&plain)
            .or_else(|| find(&spelled_out))
            .map(|(_, value)| value.as_str())
    }

    /// The place itself: in the member that the protocol has for it, or in a property, where some peers put it.
    pub fn place(&self) -> Option<&str> {
        self.endpoint.as_deref().or_else(|| self.property("endpoint"))
    }

    /// Reads a data address from an API or from where we stored it.
    ///
    /// # Errors
    /// The value is no data address; answer 400.
    pub fn parse(value: &Value) -> Result<Self, Malformed> {
        Self::read(&Object::at(value, "dataAddress")?)
    }

    pub(crate) fn read(object: &Object<'_>) -> Result<Self, Malformed> {
        check_class(object, "DataAddress")?;
        let mut properties = Vec::new();
        for (index, property) in object
            .list("endpointProperties")?
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            let place = format!("{}[{index}]", object.place("endpointProperties"));
            let property = Object::at(property, place)?;
            check_class(&property, "EndpointProperty")?;
            properties.push((property.text("name")?.to_owned(), property.text("value")?.to_owned()));
        }
        let mut members = object.members.clone();
        members.retain(|name, _| !KNOWN.contains(&name.as_str()));
        Ok(Self {
            endpoint_type: object.filled_text("endpointType")?.to_owned(),
            endpoint: object.optional_text("endpoint")?.map(str::to_owned),
            properties,
            members,
        })
    }

    /// The data address as it goes out.
    pub fn render(&self) -> Value {
        let mut body = self.members.clone();
        body.retain(|name, _| !KNOWN.contains(&name.as_str()));
        body.insert("@type".to_owned(), "DataAddress".into());
        body.insert("endpointType".to_owned(), self.endpoint_type.as_str().into());
        if let Some(endpoint) = &self.endpoint {
            body.insert("endpoint".to_owned(), endpoint.as_str().into());
        }
        let properties: Vec<_> = self
            .properties
            .iter()
            .map(|(name, value)| json!({"@type": "EndpointProperty", "name": name, "value": value}))
            .collect();
        if !properties.is_empty() {
            body.insert("endpointProperties".to_owned(), properties.into());
        }
        Value::Object(body)
    }
}

impl fmt::Debug for DataAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.properties.iter().map(|(name, _)| name).collect();
        f.debug_struct("DataAddress")
            .field("endpoint_type", &self.endpoint_type)
            .field("endpoint", &self.endpoint)
            .field("properties", &names)
            .finish_non_exhaustive()
    }
}

fn check_class(object: &Object<'_>, class: &str) -> Result<(), Malformed> {
    match object.text("@type") {
        Ok(got) if got == class => Ok(()),
        _ => Err(Malformed::new(
            code::WRONG_MEMBER,
            format!("`{}` must be `{class}`", object.place("@type")),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(endpoint: Option<&str>, properties: &[(&str, &str)]) -> DataAddress {
        DataAddress {
            endpoint_type: "t".to_owned(),
            endpoint: endpoint.map(str::to_owned),
            properties: properties
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            members: Map::new(),
        }
    }

    #[test]
    fn names_that_are_spelled_out_count_where_there_is_no_plain_one() {
        let address = with(
            None,
            &[
                ("https://a.example/ns/endpoint", "https://b.example"),
                ("https://a.example/ns/authorization", "spelled out"),
                ("authorization", "plain"),
                ("https://a.example/ns#authType", "bearer"),
                ("notendpoint", "x"),
            ],
        );
        assert_eq!(address.place(), Some("https://b.example"));
        assert_eq!(address.property("authorization"), Some("plain"));
        assert_eq!(address.property("authType"), Some("bearer"));
        assert_eq!(address.property("Type"), None);
        assert_eq!(
            with(Some("https://m.example"), &[("endpoint", "x")]).place(),
            Some("https://m.example")
        );
    }

    #[test]
    fn debug_keeps_the_secret() {
        let address = with(None, &[("authorization", "SECRET")]);
        assert_eq!(address.property("authorization"), Some("SECRET"));
        let shown = format!("{address:?}");
        assert!(shown.contains("authorization") && !shown.contains("SECRET"), "{shown}");
    }
}
