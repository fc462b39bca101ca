//! A request and an answer as the loop sees them: plain values, between a door that knows HTTP and a core that does not.

use crate::after::After;
use chapar_trust::signature::MessageParts;

/// A request as it came, before anything was believed.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The method, upper case.
    pub method: String,
    /// The address the sender wrote to, rebuilt from `public_url`: what its signature covers.
    pub target_uri: String,
    /// Header names in lower case, with their values, in order.
    pub headers: Vec<(String, String)>,
    /// The body's bytes as they came, before any decoding.
    pub body: Vec<u8>,
}

impl Inbound {
    /// The first value of the header `name` (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    /// The message as signatures see it.
    pub(crate) fn parts(&self) -> MessageParts {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        MessageParts::request(&self.method, &self.target_uri, &headers)
    }
}

/// An answer, with what is to happen once it is out.
#[derive(Debug)]
pub struct Outbound {
    /// HTTP status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body as it is to be sent.
    pub body: Vec<u8>,
    /// Held by the door until the answer is flushed or the connection gone; dropping it lets the effects run.
    pub after: Option<After>,
}

impl Outbound {
    /// A JSON answer without consequences.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
            after: None,
        }
    }

    /// An empty answer.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            after: None,
        }
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
