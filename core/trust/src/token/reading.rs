//! Taking a token apart: bounded, strict about its form, believing nothing.
//!
//! Refuses to check a signature, a time or an audience; `verify` does.

use crate::{Refusal, bounded};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chapar_terms::{Algorithm, Instant, ParticipantId, limits};
use serde_json::{Map, Value};

/// Most audiences read from one token.
const AUDIENCES: usize = 16;

/// A token's claims as its bearer puts them. Use `issuer` and `key_id` to have the document, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedToken {
    /// `iss`: who the bearer says is speaking.
    pub issuer: ParticipantId,
    /// `kid`: the key the bearer says was used; absolute or relative DID URL.
    pub key_id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) subject: String,
    pub(super) audience: Vec<String>,
    pub(super) jti: Option<String>,
    pub(super) issued_at: Instant,
    pub(super) expires_at: Instant,
    pub(super) not_before: Option<Instant>,
    /// The bytes under the signature: header and claims as they came.
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
}

pub(super) fn parse(authorization: Option<&str>) -> Result<UnverifiedToken, Refusal> {
    let text = authorization.map(str::trim).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Refusal::new("token-missing", "no `Authorization`"))?;
    if text.len() > limits::AUTH_HEADER_BYTES {
        return Err(Refusal::new(
            "token-too-large",
            format!("longer than {} bytes", limits::AUTH_HEADER_BYTES),
        ));
    }
    let token = super::without_scheme(text);
    let (signed, signature) = token.rsplit_once('.').ok_or_else(not_compact)?;
    let (header, claims) = signed.split_once('.').ok_or_else(not_compact)?;
    let header = part(header)?;
    let claims = part(claims)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| not_compact())?;
    if header.contains_key("crit") {
        return Err(Refusal::new(
            "token-critical",
            "the token asks for extensions that are not known here",
        ));
    }
    let algorithm = required(&header, "alg")?;
    let algorithm = Algorithm::from_jose(algorithm)
        .ok_or_else(|| Refusal::new("token-algorithm", format!("`{algorithm}` is not taken")))?;
    Ok(UnverifiedToken {
        issuer: ParticipantId::parse(required(&claims, "iss")?).map_err(|invalid| malformed(invalid.to_string()))?,
        key_id: optional(&header, "kid")?.map(str::to_owned),
        algorithm,
        subject: required(&claims, "sub")?.to_owned(),
        audience: audience(&claims)?,
        jti: optional(&claims, "jti")?.map(str::to_owned),
        issued_at: time(&claims, "iat")?.ok_or_else(|| malformed("no `iat`"))?,
        expires_at: time(&claims, "exp")?.ok_or_else(|| malformed("no `exp`"))?,
        not_before: time(&claims, "nbf")?,
        signed: signed.to_owned(),
        signature,
    })
}

fn malformed(why: impl Into<String>) -> Refusal {
    Refusal::new("token-malformed", why)
}

fn not_compact() -> Refusal {
    malformed("not three parts of base64url with dots between them")
}

fn part(text: &str) -> Result<Map<String, Value>, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| not_compact())?;
    bounded::object("token", &bytes, limits::AUTH_HEADER_BYTES).map_err(|invalid| malformed(invalid.to_string()))
}

fn optional<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refusal> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(format!("`{name}` is not a string"))),
    }
}

fn required<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    optional(members, name)?.ok_or_else(|| malformed(format!("no `{name}`")))
}

fn audience(claims: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let wrong = || {
        malformed(format!(
            "`aud` is neither a string nor a list of at most {AUDIENCES} strings"
        ))
    };
    match claims.get("aud") {
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(Value::Array(several)) if several.len() <= AUDIENCES => several
            .iter()
            .map(|each| each.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect(),
        _ => Err(wrong()),
    }
}

/// A `NumericDate`: seconds since the epoch, with or without a fraction (RFC 7519 section 2).
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<Instant>, Refusal> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    if let Some(seconds) = value.as_i64() {
        return Ok(Some(Instant::from_unix_s(seconds)));
    }
    // `as` saturates here: a fraction beyond the range of an instant is as far away as one at its edge.
    let fraction = value
        .as_f64()
        .map(|seconds| Instant::from_unix_ms((seconds * 1000.0) as i64));
    fraction
        .map(Some)
        .ok_or_else(|| malformed(format!("`{name}` is not a number of seconds")))
}
