//! HTTP message signatures (RFC 9421) with content digests (RFC 9530): the bytes of a message, proven to be the peer's.
//!
//! Holds signing and verifying of requests and of the responses to them, in the one profile that nodes speak: label
//! [`LABEL`], tag [`TAG`], `keyid` a DID URL. Refuses to hold HTTP itself (callers hand over [`MessageParts`]), the rebuilding of the
//! target address from `public_url` (`edge/api`), the memory of tokens (`edge/store`), and what an unsigned message is worth
//! (the participant's policy). Why this is our own code, and why responses cover what they cover:
//! `docs/decisions/0003-http-message-signatures.md`.

mod base;
mod component;
mod content_digest;
mod input;
mod request;
mod response;

pub use content_digest::check_content_digest;
pub use request::{Stamp, sign_request, verify_request};
pub use response::{claimed_key, sign_response, verify_response, wants_signed_response};

use chapar_terms::{Instant, ParticipantId, PublicKey, SigningFault};
use std::fmt;

/// The name of our signature in the `Signature` and `Signature-Input` dictionaries.
pub const LABEL: &str = "chapar";
/// The signature's `tag`: what kind of application it was made for, so that it cannot be carried into another.
pub const TAG: &str = "chapar-dsp";
/// Longest `nonce` taken; it is copied into evidence.
pub const NONCE_BYTES: usize = 256;

/// A request or a response, in the parts that a signature can cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageParts {
    /// What the first line says.
    pub start: Start,
    /// The header fields in their order, names in lower case. Values as they came.
    pub headers: Vec<(String, String)>,
}

/// The first line of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Of a request.
    Request {
        /// The method, in capitals.
        method: String,
        /// The absolute address. A receiver rebuilds it from its own outside address, never from `Host`.
        target_uri: String,
    },
    /// Of a response.
    Response {
        /// The status code.
        status: u16,
    },
}

impl MessageParts {
    /// A request. Header names are brought to lower case.
    pub fn request(method: &str, target_uri: &str, headers: &[(&str, &str)]) -> Self {
        let start = Start::Request {
            method: method.to_owned(),
            target_uri: target_uri.to_owned(),
        };
        Self {
            start,
            headers: lower(headers),
        }
    }

    /// A response. Header names are brought to lower case.
    pub fn response(status: u16, headers: &[(&str, &str)]) -> Self {
        Self {
            start: Start::Response { status },
            headers: lower(headers),
        }
    }

    /// Adds the headers of a signature just made, so that the message is the one that is sent.
    pub fn add(&mut self, signed: &SignedHeaders) {
        self.headers.extend(
            signed
                .headers()
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
    }

    /// All fields of one name as one value (RFC 9421 section 2.1); `None` where there is no such field.
    fn field(&self, name: &str) -> Option<String> {
        let mut values = self
            .headers
            .iter()
            .filter(|(each, _)| each == name)
            .map(|(_, value)| value.trim());
        let mut joined = values.next()?.to_owned();
        for value in values {
            joined.push_str(", ");
            joined.push_str(value);
        }
        Some(joined)
    }
}

fn lower(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned()))
        .collect()
}

/// The headers that a signature adds to a message. Set them as they are; nothing may change a covered field afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Signature-Input`
    pub signature_input: String,
    /// `Signature`
    pub signature: String,
    /// `Content-Digest`; `None` on a request without a body.
    pub content_digest: Option<String>,
    /// `Accept-Signature`; on requests only.
    pub accept_signature: Option<String>,
}

impl SignedHeaders {
    /// Names (lower case) and values.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("content-digest", self.content_digest.as_deref()),
            ("accept-signature", self.accept_signature.as_deref()),
            ("signature-input", Some(self.signature_input.as_str())),
            ("signature", Some(self.signature.as_str())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// A message signature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSignature {
    /// Whose key signed: the DID of `key_id`.
    pub signer: ParticipantId,
    /// The DID URL of the key.
    pub key_id: String,
    /// The key, as the document gave it: keep it with the message for later proof.
    pub key: PublicKey,
    /// When it was made, by the signer's clock.
    pub created: Instant,
    /// The signer's nonce; always there on requests.
    pub nonce: Option<String>,
}

/// A message of ours could not be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotSign {
    /// The key could not be used: try again later.
    Key(SigningFault),
    /// The message lacks what must be covered, or holds what no header may hold: a fault in building it.
    Message(String),
}

impl fmt::Display for CannotSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(_) => f.write_str("the signing key could not be used"),
            Self::Message(why) => write!(f, "the message cannot be signed: {why}"),
        }
    }
}

impl std::error::Error for CannotSign {}

impl From<SigningFault> for CannotSign {
    fn from(fault: SigningFault) -> Self {
        Self::Key(fault)
    }
}

#[cfg(test)]
mod tests;
