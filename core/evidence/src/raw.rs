//! A message as it went over the wire, with all that a later check of its signature needs. Kept beside the entries,
//! encrypted by `store`; never in a log. Frozen in `docs/formats/evidence-entry.md`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_terms::{Algorithm, Digest, Fields, Invalid, PublicKey, canonical_json, limits};
use serde_json::{Map, Value, json};

/// Headers always worth keeping: those a signature is in, and those ours cover. Lower case, sorted. Of the others only those
/// that the message's own `signature-input` names are kept: without them the signature could never be checked again.
pub const KEPT_HEADERS: [&str; 10] = [
    "accept-signature",
    "authorization",
    "content-digest",
    "content-encoding",
    "content-type",
    "date",
    "digest",
    "idempotency-key",
    "signature",
    "signature-input",
];
/// Longest encoded raw message read: a body at its longest in base64, and its headers.
pub const RAW_BYTES: usize = 2 * limits::MESSAGE_BYTES + 16 * limits::AUTH_HEADER_BYTES;
const VERSION: u64 = 1;
const WHAT: &str = "raw message";

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the peer to us.
    Received,
    /// From us to the peer.
    Sent,
}

impl Direction {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
        }
    }
}

/// Whether a message asks or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A request.
    Request,
    /// A response; its signature may cover parts of the request, so it names it.
    Response {
        /// The status code.
        status: u16,
        /// The [`RawMessage::digest`] of the request that it answers.
        request: Digest,
    },
}

/// Headers of a message, cut down to [`KEPT_HEADERS`], in their order on the wire, names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptHeaders(Vec<(String, String)>);

impl KeptHeaders {
    /// Takes what is worth keeping out of all headers of a message.
    pub fn of<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut headers: Vec<(String, String)> = all
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let covered = covered(&headers);
        headers.retain(|(name, _)| is_kept(name, &covered));
        Self(headers)
    }

    /// Name and value of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn parse(value: Value) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(WHAT, "`headers` are not pairs of a kept name and a string");
        let Value::Array(pairs) = value else {
            return Err(wrong());
        };
        let mut headers = Vec::new();
        for pair in pairs {
            let (name, value) = match pair.as_array().map(Vec::as_slice) {
                Some([Value::String(name), Value::String(value)]) => (name, value),
                _ => return Err(wrong()),
            };
            headers.push((name.clone(), value.clone()));
        }
        let covered = covered(&headers);
        if headers.iter().any(|(name, _)| !is_kept(name, &covered)) {
            return Err(wrong());
        }
        Ok(Self(headers))
    }
}

/// The values of all `signature-input` headers, one after the other.
fn covered(headers: &[(String, String)]) -> String {
    let inputs = headers.iter().filter(|(name, _)| name == "signature-input");
    inputs.map(|(_, value)| value.as_str()).collect()
}

fn is_kept(name: &str, covered: &str) -> bool {
    KEPT_HEADERS.contains(&name) || covered.contains(&format!("\"{name}\""))
}

/// A public key as it was resolved when the message was checked; the peer's document may say otherwise later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedKey {
    /// The key's id, a DID URL.
    pub key_id: String,
    /// The key.
    pub key: PublicKey,
}

/// One message as it went over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawMessage {
    /// Which way it went.
    pub direction: Direction,
    /// Request or response.
    pub form: Form,
    /// The request's method, in upper case.
    pub method: String,
    /// The request's whole address, as the signature covers it.
    pub target_uri: String,
    /// The headers of this message that are worth keeping.
    pub headers: KeptHeaders,
    /// The body as encoded on the wire.
    pub body: Vec<u8>,
    /// The signer's key; none for a message without a signature.
    pub key: Option<ResolvedKey>,
}

impl RawMessage {
    /// The canonical JSON (RFC 8785) of the message.
    pub fn encode(&self) -> Vec<u8> {
        let headers: Vec<Value> = self.headers.iter().map(|(name, value)| json!([name, value])).collect();
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("body", STANDARD.encode(&self.body).into());
        put("direction", self.direction.as_str().into());
        put("headers", headers.into());
        put("method", self.method.as_str().into());
        put("targetUri", self.target_uri.as_str().into());
        put("v", VERSION.into());
        if let Form::Response { status, request } = self.form {
            put("response", json!({"request": request.hex(), "status": status}));
        }
        if let Some(ResolvedKey { key_id, key }) = &self.key {
            let (algorithm, bytes) = (key.algorithm.jose(), STANDARD.encode(&key.bytes));
            put("key", json!({"algorithm": algorithm, "bytes": bytes, "id": key_id}));
        }
        canonical_json(&Value::Object(members))
    }

    /// The SHA-256 of the encoded message: its name.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.encode())
    }

    /// Reads exactly the bytes that [`RawMessage::encode`] writes, no others.
    ///
    /// # Errors
    /// The bytes are not such a message; what was stored is damaged, or what was shown proves nothing.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        let mut fields = Fields::read(WHAT, bytes, RAW_BYTES)?;
        fields.version(VERSION)?;
        let direction = match fields.text("direction")?.as_str() {
            "received" => Direction::Received,
            "sent" => Direction::Sent,
            other => return Err(fields.invalid(format!("direction `{other}` is unknown"))),
        };
        let message = Self {
            direction,
            form: fields.optional("response").map_or(Ok(Form::Request), response)?,
            method: fields.text("method")?,
            target_uri: fields.text("targetUri")?,
            headers: KeptHeaders::parse(fields.value("headers")?)?,
            body: decoded(&mut fields, "body")?,
            key: fields.optional("key").map(resolved_key).transpose()?,
        };
        fields.end()?;
        Ok(message)
    }
}

fn response(value: Value) -> Result<Form, Invalid> {
    let mut fields = Fields::of(WHAT, value)?;
    let request = fields.digest("request")?;
    let status = fields
        .value("status")?
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    let status = status.ok_or_else(|| fields.invalid("`status` is no status code"))?;
    fields.end()?;
    Ok(Form::Response { status, request })
}

fn resolved_key(value: Value) -> Result<ResolvedKey, Invalid> {
    let mut fields = Fields::of(WHAT, value)?;
    let name = fields.text("algorithm")?;
    // Reading by `jose` back to the same text keeps one spelling per algorithm.
    let algorithm = Algorithm::from_jose(&name).filter(|algorithm| algorithm.jose() == name);
    let algorithm = algorithm.ok_or_else(|| fields.invalid(format!("algorithm `{name}` is unknown")))?;
    let bytes = decoded(&mut fields, "bytes")?;
    let key_id = fields.text("id")?;
    fields.end()?;
    Ok(ResolvedKey {
        key_id,
        key: PublicKey { algorithm, bytes },
    })
}

fn decoded(fields: &mut Fields, name: &str) -> Result<Vec<u8>, Invalid> {
    let text = fields.text(name)?;
    STANDARD
        .decode(text)
        .map_err(|_| fields.invalid(format!("`{name}` is not base64 with padding")))
}
