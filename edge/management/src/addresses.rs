//! Data addresses: between EDC's form (`type` and properties) and the protocol's (`endpointType`, `endpoint`, named properties).

use crate::node::Node;
use crate::properties;
use crate::version::EDC;
use chapar_dsp::DataAddress;
use serde_json::{Map, Value, json};

/// The members in which EDC names the place itself, likeliest first.
const PLACES: [&str; 2] = ["endpoint", "baseUrl"];

/// An address of EDC's as the protocol writes it; none when it is noted as wrong.
pub fn to_protocol(address: Node<'_>) -> Option<DataAddress> {
    let endpoint_type = address.needed_text("type")?;
    let stored = properties::stored(address.members());
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let endpoint = PLACES.iter().find_map(|name| stored.get(*name).and_then(text));
    let named = stored
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "type" | "endpoint"));
    let properties = named.filter_map(|(name, value)| Some((name.clone(), text(value)?)));
    Some(DataAddress {
        endpoint_type,
        endpoint,
        properties: properties.collect(),
        members: Map::new(),
    })
}

/// An address of the protocol, as the desk shows it, in EDC's form: an expanded node.
pub fn of_protocol(address: &Value) -> Value {
    let mut members = Map::from_iter([("@type".to_owned(), json!([format!("{EDC}DataAddress")]))]);
    let mut put = |name: &str, value: Option<&Value>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            members.insert(name.to_owned(), value.clone());
        }
    };
    put("type", address.get("endpointType"));
    put("endpointType", address.get("endpointType"));
    put("endpoint", address.get("endpoint"));
    let named = address.get("endpointProperties").and_then(Value::as_array);
    for property in named.into_iter().flatten() {
        let Some(name) = property.get("name").and_then(Value::as_str) else {
            continue;
        };
        put(name.strip_prefix(EDC).unwrap_or(name), property.get("value"));
    }
    properties::expanded(&members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::Faults;

    #[test]
    fn an_access_has_the_members_that_clients_look_up() {
        let address = json!({
            "@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpoint": "http://h/data",
            "endpointProperties": [
                { "@type": "EndpointProperty", "name": "authorization", "value": "t" },
                { "@type": "EndpointProperty", "name": format!("{EDC}authType"), "value": "bearer" },
            ],
        });
        let node = of_protocol(&address);
        for (name, value) in [
            ("type", "https://w3id.org/idsa/v4.1/HTTP"),
            ("endpointType", "https://w3id.org/idsa/v4.1/HTTP"),
            ("endpoint", "http://h/data"),
            ("authorization", "t"),
            ("authType", "bearer"),
        ] {
            assert_eq!(node[format!("{EDC}{name}")], json!([{ "@value": value }]), "{name}");
        }
        assert_eq!(node["@type"], json!([format!("{EDC}DataAddress")]));
    }

    #[test]
    fn a_destination_names_its_place_and_keeps_its_properties() {
        let members = json!({
            format!("{EDC}type"): [{ "@value": "HttpData" }],
            format!("{EDC}baseUrl"): [{ "@value": "http://h/in" }],
            format!("{EDC}retries"): [{ "@value": 3 }],
        });
        let faults = Faults::default();
        let address = to_protocol(Node::new(members.as_object().unwrap(), &faults)).unwrap();
        assert_eq!(address.endpoint_type, "HttpData");
        assert_eq!(address.endpoint.as_deref(), Some("http://h/in"));
        assert_eq!(address.property("baseUrl"), Some("http://h/in"));
        assert_eq!(address.property("retries"), Some("3"));
        assert!(to_protocol(Node::new(&Map::new(), &faults)).is_none());
    }
}
