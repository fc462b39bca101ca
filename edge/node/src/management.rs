//! A management API of the EDC family (version 3), from outside: by it `import` reads a connector and writes into a node, and `demo`
//! plays with one.
//!
//! Refuses to know what is asked. The node's own API is `own_api`.

use crate::Failure;
use crate::own_api::{everywhere, text};
use bytes::Bytes;
use chapar_client::{Client, Incoming, Outgoing, Settings};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// The namespace of the API's own members.
pub const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";
/// Where a key goes.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// Longest wait for an answer.
const DEADLINE: Duration = Duration::from_secs(60);
/// Longest answer read; lists come in pages.
const ANSWER_BYTES: u64 = 64 * 1024 * 1024;
/// How many things of a list are asked for at once.
const PAGE: usize = 200;

/// A management API and the key to it.
pub struct Management {
    client: Client,
    base: String,
    key: Option<HeaderValue>,
}

impl Management {
    /// The API at `base`, the address above `/v3`.
    ///
    /// # Errors
    /// The address or the key is none.
    pub fn new(base: &str, key: Option<&str>) -> Result<Self, Failure> {
        if !(base.starts_with("http://") || base.starts_with("https://")) {
            return Err(Failure::new(format!("`{base}` is no address of a management API"))
                .remedy("e.g. http://127.0.0.1:8181/management, the address above `/v3`"));
        }
        let base = base.trim_end_matches('/');
        let key = key.map(|key| {
            let mut key = HeaderValue::from_str(key).map_err(|_| Failure::new("the key is none"))?;
            key.set_sensitive(true);
            Ok::<_, Failure>(key)
        });
        Ok(Self {
            client: Client::new(Settings::new(everywhere()?))?,
            base: base.strip_suffix("/v3").unwrap_or(base).to_owned(),
            key: key.transpose()?,
        })
    }

    /// What stands under `path`, if there is anything.
    ///
    /// # Errors
    /// The API does not answer, or refuses.
    pub async fn find(&self, path: &str) -> Result<Option<Value>, Failure> {
        match self.ask(Method::GET, path, None).await? {
            Err(refused) if refused.status == StatusCode::NOT_FOUND => Ok(None),
            answer => answer.map(Some).map_err(|refused| self.refused(path, &refused)),
        }
    }

    /// What comes of `body` under `path`, where a refusal leaves nothing else to do.
    ///
    /// # Errors
    /// The API does not answer, or refuses.
    pub async fn have(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let answer = self.ask(method, path, body).await?;
        answer.map_err(|refused| self.refused(path, &refused))
    }

    /// Every thing of `noun`, page after page.
    ///
    /// # Errors
    /// As for [`Self::find`].
    pub async fn all(&self, noun: &str) -> Result<Vec<Value>, Failure> {
        let path = format!("/{noun}/request");
        let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
        for offset in (0..).step_by(PAGE) {
            // By id: without an order of its own, a list may show a thing twice and another never.
            let query = json!({
                "@context": { "@vocab": EDC }, "@type": "QuerySpec",
                "offset": offset, "limit": PAGE, "sortField": "id", "sortOrder": "ASC",
            });
            let Value::Array(page) = self.have(Method::POST, &path, Some(&query)).await? else {
                return Err(Failure::new(format!("{}{path} did not answer with a list", self.base)));
            };
            let is_last = page.len() < PAGE;
            all.extend(
                page.into_iter()
                    .filter(|thing| seen.insert(text(thing, "@id").to_owned())),
            );
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// Sends `body` by `method` to `path`; the answer's JSON, null when it is empty, or in which words the API refuses.
    ///
    /// # Errors
    /// The API does not answer, or takes no key of this kind.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Result<Value, Refused>, Failure> {
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        headers.extend(self.key.clone().map(|key| (API_KEY, key)));
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let outgoing = Outgoing {
            method,
            url: format!("{}/v3{path}", self.base),
            headers,
            body: body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string())),
            deadline: DEADLINE,
            max_response_bytes: ANSWER_BYTES,
        };
        let answer = self.client.send(outgoing).await.map_err(|fault| {
            Failure::new(format!("the management API at {} did not answer: {fault}", self.base))
                .remedy("is it running? is this the address above `/v3`?")
        })?;
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failure::new(format!(
                "the management API at {} answered {}",
                self.base,
                answer.status.as_u16()
            ))
            .remedy("give a key that it takes, for this participant and for this much")),
            status if status.is_success() => Ok(Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))),
            _ => Ok(Err(Refused::of(&answer))),
        }
    }

    fn refused(&self, path: &str, refused: &Refused) -> Failure {
        Failure::new(format!(
            "the management API at {}{path} answered {}",
            self.base,
            refused.told()
        ))
    }
}

/// A refusal of the API.
pub struct Refused {
    status: StatusCode,
    /// The messages of its list of errors.
    messages: Vec<String>,
}

impl Refused {
    fn of(answer: &Incoming) -> Self {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let errors = body.as_array().map(Vec::as_slice).unwrap_or_default();
        Self {
            status: answer.status,
            messages: errors.iter().map(|error| text(error, "message").to_owned()).collect(),
        }
    }

    /// For people.
    pub fn told(&self) -> String {
        let status = self.status.as_u16();
        match self.messages.as_slice() {
            [] => status.to_string(),
            messages => format!("{status}: {}", messages.join("; ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_one_above_the_version() {
        for base in ["http://h/management", "http://h/management/", "http://h/management/v3/"] {
            assert_eq!(
                Management::new(base, None).map(|api| api.base).ok().as_deref(),
                Some("http://h/management")
            );
        }
        assert!(Management::new("h/management", None).is_err());
        assert!(Management::new("http://h", Some("k\n")).is_err());
    }
}
