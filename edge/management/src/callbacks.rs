//! `callbackAddresses`: where the sender of a request wants to hear of a case. Telling them is the runtime's.

use crate::node::Node;
use crate::render::Out;
use chapar_runtime::desk::CallbackAddress;
use serde_json::Value;

const NAME: &str = "CallbackAddress";

/// The addresses of a request; each has a `uri` and says of which events it wants to hear. What is wrong is noted.
pub fn read(node: Node<'_>) -> Vec<CallbackAddress> {
    let addresses = node.nodes("callbackAddresses").into_iter();
    addresses.filter_map(read_one).collect()
}

fn read_one(node: Node<'_>) -> Option<CallbackAddress> {
    Some(CallbackAddress {
        uri: node.needed_text("uri")?,
        events: node.texts("events"),
        transactional: node.flag("transactional").unwrap_or_default(),
        auth_key: node.text("authKey"),
        auth_code_id: node.text("authCodeId"),
    })
}

/// The addresses of a case, as the desk shows them, as they are answered.
pub fn rendered(addresses: Option<&Value>) -> Vec<Value> {
    let addresses = addresses.and_then(Value::as_array).into_iter().flatten();
    addresses.map(rendered_one).collect()
}

fn rendered_one(address: &Value) -> Value {
    let member = |name: &str| address.get(name).cloned();
    let events = address.get("events").and_then(Value::as_array).into_iter().flatten();
    Out::new(NAME)
        .maybe("uri", member("uri"))
        .texts("events", events.filter_map(Value::as_str))
        .maybe("transactional", member("transactional"))
        .maybe("authKey", member("authKey"))
        .maybe("authCodeId", member("authCodeId"))
        .into()
}
