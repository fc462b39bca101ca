//! Callback addresses: who is to be told of the events of a case that we begin, and how far each has been told.

use super::{Desk, invalid};
use crate::receive::CHECK_LIMIT;
use crate::{CaseKind, Fault};
use chapar_exchange::{CallbackAddress, Head};
use chapar_store::CallbackRow;
use chapar_terms::limits;
use http::HeaderName;
use serde_json::{Map, Value, json};
use url::Url;

/// Most addresses of one case.
const ADDRESSES: usize = 16;
/// Most names of events of one address; there are fewer than that.
const EVENTS: usize = 64;
/// Longest name of an event, of a header or of a secret, in bytes.
const NAME_BYTES: usize = 256;
/// What can be done about an address that the egress guard refuses.
const REMEDY: &str = "an inner back end must lie in a block that `[egress] callbacks` lists";
/// Headers that are ours to set, or the connection's.
const OUR_HEADERS: [&str; 6] = [
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "upgrade",
];

impl Desk {
    /// How far each callback address of a case has been told of its events.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn callbacks(&self, kind: CaseKind, id: &str) -> Result<Value, Fault> {
        let head = self.head(kind, id).await?;
        let rows = self.runtime.inner.store.callbacks(self.slug(), id).await?;
        let views = head
            .callbacks
            .iter()
            .zip(&rows)
            .map(|(address, row)| callback_view(address, row));
        Ok(json!({ "items": views.collect::<Vec<_>>() }))
    }

    /// Whether these addresses can be told at all. One that cannot be looked up now may be later.
    pub(super) async fn check_callbacks(&self, addresses: &[CallbackAddress]) -> Result<(), Fault> {
        if addresses.len() > ADDRESSES {
            let why = format!("a case has at most {ADDRESSES} callback addresses");
            return Err(invalid("callback-addresses-too-many", why));
        }
        for address in addresses {
            check_form(address)?;
            let client = &self.runtime.inner.callback_client;
            match client.check(&address.uri, CHECK_LIMIT).await {
                Err(fault) if !fault.is_retryable() => {
                    return Err(invalid("callback-address-refused", format!("{fault}; {REMEDY}")));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn check_form(address: &CallbackAddress) -> Result<(), Fault> {
    let wrong = |why: String| Err(invalid("wrong-callback-address", why));
    let uri = Url::parse(&address.uri).ok().filter(|uri| {
        let plain = uri.username().is_empty() && uri.password().is_none() && uri.fragment().is_none();
        matches!(uri.scheme(), "http" | "https") && uri.has_host() && plain
    });
    if uri.is_none() || address.uri.len() > limits::ID_BYTES {
        return wrong(format!(
            "`{:.200}` is no `http` or `https` address that can be called back",
            address.uri
        ));
    }
    if address.events.len() > EVENTS || address.events.iter().any(|event| event.len() > NAME_BYTES) {
        return wrong(format!("`events` is at most {EVENTS} texts of {NAME_BYTES} bytes"));
    }
    let Some(name) = &address.auth_key else { return Ok(()) };
    let is_ours = OUR_HEADERS.iter().any(|ours| ours.eq_ignore_ascii_case(name));
    if is_ours || name.len() > NAME_BYTES || HeaderName::try_from(name.as_str()).is_err() {
        return wrong(format!("`{name:.200}` is no header that can carry a secret"));
    }
    match &address.auth_code_id {
        Some(secret) if !secret.is_empty() && secret.len() <= NAME_BYTES => Ok(()),
        _ => wrong("`authKey` needs an `authCodeId`: the name of the secret that it carries".to_owned()),
    }
}

fn callback_view(address: &CallbackAddress, row: &CallbackRow) -> Value {
    let state = match row {
        CallbackRow { attempts: 1.., .. } => "trying",
        CallbackRow { is_done: true, .. } => "done",
        _ => "waiting",
    };
    let mut view = members(address);
    view.extend([
        ("state".to_owned(), json!(state)),
        ("told".to_owned(), json!(row.told)),
        ("givenUp".to_owned(), json!(row.given_up)),
    ]);
    if row.attempts > 0 {
        view.insert("attempts".to_owned(), json!(row.attempts));
    }
    if let Some(obstacle) = &row.obstacle {
        view.insert("obstacle".to_owned(), json!(obstacle));
    }
    Value::Object(view)
}

/// The addresses of a case as people see them.
pub(super) fn addresses(head: &Head) -> Value {
    head.callbacks
        .iter()
        .map(|address| Value::Object(members(address)))
        .collect()
}

fn members(address: &CallbackAddress) -> Map<String, Value> {
    let mut members = address.to_json().as_object().cloned().unwrap_or_default();
    members.retain(|_, value| !value.is_null());
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(uri: &str) -> CallbackAddress {
        CallbackAddress {
            uri: uri.to_owned(),
            events: vec!["transfer.process".to_owned()],
            transactional: false,
            auth_key: None,
            auth_code_id: None,
        }
    }

    #[test]
    fn addresses_that_cannot_be_called_are_refused() {
        for good in ["https://a.example/told?x=1", "http://127.0.0.1:8080"] {
            assert!(check_form(&address(good)).is_ok(), "{good}");
        }
        let long = format!("https://a.example/{}", "x".repeat(limits::ID_BYTES));
        for bad in [
            "",
            "/told",
            "local://adapter",
            "ftp://a.example",
            "https://u:p@a.example",
            "https://a.example#x",
            "https://",
            &long,
        ] {
            assert!(check_form(&address(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_header_for_the_secret_is_one_and_has_a_secret() {
        let with = |key: &str, secret: Option<&str>| {
            check_form(&CallbackAddress {
                auth_key: Some(key.to_owned()),
                auth_code_id: secret.map(str::to_owned),
                ..address("https://a.example")
            })
        };
        assert!(with("X-Api-Key", Some("backend")).is_ok());
        for (key, secret) in [
            ("X-Api-Key", None),
            ("X-Api-Key", Some("")),
            ("Host", Some("backend")),
            ("content-type", Some("backend")),
            ("a b", Some("backend")),
            ("", Some("backend")),
        ] {
            assert!(with(key, secret).is_err(), "{key} {secret:?}");
        }
    }
}
