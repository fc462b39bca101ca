//! The signature base (RFC 9421 section 2.5): the exact bytes under a signature.
//!
//! Refuses to know what is covered or by whom it is signed; both are arguments.

use super::component::{self, Component};
use super::{CannotSign, LABEL, MessageParts};
use crate::Refusal;
use sfv::{BareItem, InnerList, KeyRef, key_ref};

/// One parameter of a signature of ours.
pub(super) enum Parameter<'a> {
    /// Seconds since the epoch.
    Time(&'static str, i64),
    /// A string.
    Text(&'static str, &'a str),
    /// A bare name: asks for the parameter (`Accept-Signature`).
    Flag(&'static str),
}

/// Covered components and parameters as the structured field that `Signature-Input` and `Accept-Signature` hold.
pub(super) fn list(components: &[Component], parameters: &[Parameter<'_>]) -> Result<InnerList, CannotSign> {
    let wrong = |what: &str| CannotSign::Message(format!("`{what}` does not fit into a structured field"));
    let mut list = InnerList::default();
    for component in components {
        list.items.push(component.item().ok_or_else(|| wrong("component"))?);
    }
    for parameter in parameters {
        let (name, value) = match parameter {
            Parameter::Time(name, seconds) => (
                *name,
                BareItem::Integer(sfv::Integer::try_from(*seconds).map_err(|_| wrong(name))?),
            ),
            Parameter::Text(name, text) => (
                *name,
                BareItem::String(sfv::String::from_string((*text).to_owned()).map_err(|_| wrong(name))?),
            ),
            Parameter::Flag(name) => (*name, BareItem::Boolean(true)),
        };
        let name = KeyRef::from_str(name).map_err(|_| wrong(name))?;
        list.params.insert(name.to_owned(), value);
    }
    Ok(list)
}

/// The base of a signature whose covered components and parameters are `list`.
pub(super) fn base(
    components: &[Component],
    list: &InnerList,
    message: &MessageParts,
    request: Option<&MessageParts>,
) -> Result<String, Refusal> {
    let malformed = || Refusal::new("signature-malformed", "`Signature-Input` cannot be written");
    let mut text = String::new();
    for (component, item) in components.iter().zip(&list.items) {
        let value = component.value(message, request)?;
        // The identifier as it came: its parameters may stand in another order than ours.
        let identifier = sfv::ItemSerializer::new()
            .bare_item(&item.bare_item)
            .parameters(&item.params)
            .finish();
        text.push_str(&format!("{identifier}: {value}\n"));
    }
    let parameters = component::serialized(list).ok_or_else(malformed)?;
    text.push_str(&format!("\"@signature-params\": {parameters}"));
    Ok(text)
}

/// The value of a dictionary header that holds our label only.
pub(super) fn labelled_list(list: &InnerList) -> Result<String, CannotSign> {
    let text = component::serialized(list).ok_or_else(|| CannotSign::Message("empty signature input".to_owned()))?;
    Ok(format!("{LABEL}={text}"))
}

/// The value of the `Signature` header that holds our label only.
pub(super) fn labelled_bytes(bytes: &[u8]) -> String {
    const OURS: &KeyRef = key_ref(LABEL);
    let mut serializer = sfv::DictSerializer::new();
    let _ = serializer.bare_item(OURS, bytes);
    serializer.finish().unwrap_or_default()
}
