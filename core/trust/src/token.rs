//! Self-issued ID tokens: compact JWS (RFC 7515) with the claims of DCP 1.0.1 section 4.3.1.
//!
//! Holds writing, reading and verifying one token. Refuses to hold the memory of tokens seen before (`edge/store` keeps
//! issuer, `jti` and the request's digest until [`Claims::forget_at`]) and the fetch of the issuer's document (`edge/runtime`).

mod reading;

pub use reading::UnverifiedToken;

use crate::did::DidDocument;
use crate::{Refusal, Verified};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chapar_terms::{Instant, ParticipantId, PublicKey, Signer, SigningFault, Suite, limits};
use serde_json::json;

/// Longest `jti` taken: it is stored for minutes per message, and a UUID needs 36 bytes.
pub const JTI_BYTES: usize = 256;

/// What we say about ourselves in a token of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnClaims<'a> {
    /// Our DID: `iss` and `sub`.
    pub issuer: &'a ParticipantId,
    /// The peer's DID: `aud`.
    pub audience: &'a ParticipantId,
    /// A fresh id, never used before: `jti`.
    pub jti: &'a str,
    /// `iat`, cut to whole seconds.
    pub issued_at: Instant,
    /// `exp`, cut to whole seconds; at most [`limits::TOKEN_LIFETIME_MS`] after `issued_at`.
    pub expires_at: Instant,
}

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Who speaks: `iss`, equal to `sub` and to the id of the document that holds the key.
    pub issuer: ParticipantId,
    /// The token's own id; with the issuer it is unique.
    pub jti: String,
    /// When it was issued.
    pub issued_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// The DID URL of the key that signed it.
    pub key_id: String,
    /// That key, as the document gave it: keep it with the message for later proof.
    pub key: PublicKey,
}

impl Claims {
    /// From when on this token is refused for its age alone, so that its `jti` need not be remembered any longer.
    pub const fn forget_at(&self) -> Instant {
        self.expires_at.plus_ms(limits::CLOCK_SKEW_MS)
    }
}

/// Writes and signs a token. `key_id` is the DID URL of the signer's key in our document. Send it as `Bearer <token>`.
///
/// # Errors
/// The key could not be used: a fault of ours, try again later.
pub fn sign(claims: &OwnClaims<'_>, key_id: &str, signer: &dyn Signer) -> Result<String, SigningFault> {
    let header = json!({"alg": signer.public_key().algorithm.jose(), "kid": key_id, "typ": "JWT"});
    let body = json!({
        "iss": claims.issuer.as_str(),
        "sub": claims.issuer.as_str(),
        "aud": claims.audience.as_str(),
        "jti": claims.jti,
        "iat": claims.issued_at.unix_s(),
        "exp": claims.expires_at.unix_s(),
    });
    let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(body.to_string()));
    let signature = signer.sign(token.as_bytes())?;
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    Ok(token)
}

/// Reads an `Authorization` value (`Bearer <token>` or the bare token) without believing it: who claims to speak, and with
/// which key, so that the document can be had. Only [`verify`] gives a value that may be acted upon.
///
/// # Errors
/// `token-missing`, `token-too-large`, `token-malformed`, `token-algorithm`, `token-critical`: answer 401.
pub fn parse_unverified(authorization: Option<&str>) -> Result<UnverifiedToken, Refusal> {
    reading::parse(authorization)
}

/// Verifies a token against its issuer's document, for us (`audience`), now.
///
/// # Errors
/// `key-unknown`: the document may be old; fetch it afresh, once, and verify again. Everything else is final, answer 401:
/// `key-retired`, `key-ambiguous`, `token-algorithm`, `token-signature`, `token-issuer`, `token-audience`, `token-expired`,
/// `token-not-yet-valid`, `token-lifetime`, `token-id`.
pub fn verify(
    token: &UnverifiedToken,
    document: &DidDocument,
    audience: &ParticipantId,
    now: Instant,
    suite: &dyn Suite,
) -> Result<Verified<Claims>, Refusal> {
    if token.issuer != document.id || token.subject != token.issuer.as_str() {
        let why = format!(
            "iss `{}`, sub `{}`, document of `{}`",
            token.issuer, token.subject, document.id
        );
        return Err(Refusal::new("token-issuer", why));
    }
    let method = document.signing_method(token.key_id.as_deref())?;
    if method.key.algorithm != token.algorithm || !suite.serves(token.algorithm) {
        return Err(Refusal::new(
            "token-algorithm",
            format!("`{}` is not the key's algorithm", token.algorithm.jose()),
        ));
    }
    suite
        .verify(&method.key, token.signed.as_bytes(), &token.signature)
        .or_else(|wrong| {
            chapar_terms::sabotaged("skip-token-signature")
                .then_some(())
                .ok_or(wrong)
        })
        .map_err(|_| Refusal::new("token-signature", format!("not signed by `{}`", method.id)))?;
    if !token.audience.iter().any(|named| named == audience.as_str()) && !chapar_terms::sabotaged("skip-token-audience")
    {
        return Err(Refusal::new("token-audience", format!("not meant for `{audience}`")));
    }
    check_time(token, now)?;
    let jti = token.jti.clone().ok_or_else(|| Refusal::new("token-id", "no `jti`"))?;
    if jti.is_empty() || jti.len() > JTI_BYTES || jti.chars().any(char::is_control) {
        return Err(Refusal::new(
            "token-id",
            format!("`jti` is empty, longer than {JTI_BYTES} bytes or not plain text"),
        ));
    }
    Ok(Verified::attest(Claims {
        issuer: token.issuer.clone(),
        jti,
        issued_at: token.issued_at,
        expires_at: token.expires_at,
        key_id: method.id.clone(),
        key: method.key.clone(),
    }))
}

fn check_time(token: &UnverifiedToken, now: Instant) -> Result<(), Refusal> {
    if now.since_ms(token.expires_at) >= limits::CLOCK_SKEW_MS && !chapar_terms::sabotaged("skip-token-expiry") {
        return Err(Refusal::new("token-expired", format!("ended at {}", token.expires_at)));
    }
    let begins = token
        .not_before
        .map_or(token.issued_at, |not_before| not_before.max(token.issued_at));
    if begins.since_ms(now) > limits::CLOCK_SKEW_MS {
        return Err(Refusal::new("token-not-yet-valid", format!("begins at {begins}")));
    }
    let lifetime = token.expires_at.since_ms(token.issued_at);
    if !(0..=limits::TOKEN_LIFETIME_MS).contains(&lifetime) && !chapar_terms::sabotaged("skip-token-lifetime") {
        return Err(Refusal::new(
            "token-lifetime",
            format!("lives {lifetime} ms, at most {}", limits::TOKEN_LIFETIME_MS),
        ));
    }
    Ok(())
}

/// What stands after `Bearer`; the scheme's case does not matter, and a bare token is taken as it is.
pub(crate) fn without_scheme(authorization: &str) -> &str {
    match authorization.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim_start(),
        _ => authorization,
    }
}

#[cfg(test)]
mod tests;
