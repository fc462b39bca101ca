//! Where those who began a case want to be told of its events. Nothing is decided by it: it is kept with the case, and whoever
//! tells (`runtime`) finds it there.

use crate::stored::{Broken, Members};
use serde_json::{Value, json};

/// An address that is told of a case's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackAddress {
    /// Where to post.
    pub uri: String,
    /// Beginnings of the names of the events wanted, e.g. `contract.negotiation` or `transfer.process.started`.
    pub events: Vec<String>,
    /// Whether our next message in the case waits until this address has been told.
    pub transactional: bool,
    /// Name of the header that carries the secret.
    pub auth_key: Option<String>,
    /// Name of the secret, never the secret.
    pub auth_code_id: Option<String>,
}

impl CallbackAddress {
    /// Whether it wants to be told of the event of this name.
    pub fn wants(&self, event: &str) -> bool {
        self.events
            .iter()
            .any(|beginning| event.starts_with(beginning.as_str()))
    }

    /// As JSON, members named as in the requests that bring it.
    pub fn to_json(&self) -> Value {
        json!({
            "uri": self.uri,
            "events": self.events,
            "transactional": self.transactional,
            "authKey": self.auth_key,
            "authCodeId": self.auth_code_id,
        })
    }

    pub(crate) fn from_stored(value: &Value) -> Result<Self, Broken> {
        let members = Members::of(value)?;
        Ok(Self {
            uri: members.text("uri")?.to_owned(),
            events: members.texts("events"),
            transactional: members.flag("transactional")?,
            auth_key: members.opt_text("authKey").map(str::to_owned),
            auth_code_id: members.opt_text("authCodeId").map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_wanted_by_the_beginnings_of_their_names() {
        let address = |events: &[&str]| CallbackAddress {
            uri: "https://backend.example".to_owned(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            transactional: false,
            auth_key: None,
            auth_code_id: None,
        };
        let some = address(&["contract.negotiation", "transfer.process.started"]);
        assert!(some.wants("contract.negotiation.agreed") && some.wants("transfer.process.started"));
        assert!(!some.wants("transfer.process.suspended"));
        assert!(address(&[""]).wants("transfer.process.started"));
        assert!(!address(&[]).wants("transfer.process.started"), "nothing is wanted");
    }
}
