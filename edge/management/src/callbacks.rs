//! `callbackAddresses` of a request: where its sender wants to hear of a case.

use crate::node::Node;

/// Notes what is wrong with the addresses: each has a `uri` and says of which events it wants to hear.
pub fn check(node: Node<'_>) {
    for callback in node.nodes("callbackAddresses") {
        callback.needed_text("uri");
        callback.texts("events");
        callback.flag("transactional");
        callback.text("authKey");
        callback.text("authCodeId");
    }
}
