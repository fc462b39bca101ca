//! Signed requests: what ours cover, and what we insist on in those of others.
//!
//! Refuses to decide what an unsigned request is worth: that is the participant's policy.

use super::base::{self, Parameter};
use super::component::Component;
use super::input::{Judgement, SignatureInput};
use super::{CannotSign, MessageParts, MessageSignature, SignedHeaders, TAG, content_digest, response};
use crate::did::DidDocument;
use crate::{Refusal, Verified};
use chapar_terms::{Instant, ParticipantId, Signer, Suite};

/// What a signature of ours says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// The DID URL of the signer's key.
    pub key_id: &'a str,
    /// Now, cut to whole seconds.
    pub created: Instant,
    /// When it ends, cut to whole seconds; at most [`chapar_terms::limits::TOKEN_LIFETIME_MS`] after `created`.
    pub expires: Instant,
    /// A fresh value, never used before; printable ASCII.
    pub nonce: &'a str,
}

/// Signs a request of ours and asks for a signed response. `request` holds `authorization` and, with a body, `content-type`
/// already; it holds none of the headers that this returns.
///
/// # Errors
/// [`CannotSign::Key`]: try again later. [`CannotSign::Message`]: the request was built wrongly.
pub fn sign_request(
    request: &MessageParts,
    body: &[u8],
    stamp: &Stamp<'_>,
    signer: &dyn Signer,
) -> Result<SignedHeaders, CannotSign> {
    for header in ["signature", "signature-input", "content-digest", "accept-signature"] {
        if request.field(header).is_some() {
            return Err(CannotSign::Message(format!("it has a `{header}` already")));
        }
    }
    let mut signed = SignedHeaders {
        signature_input: String::new(),
        signature: String::new(),
        content_digest: (!body.is_empty()).then(|| content_digest::render(body)),
        accept_signature: Some(response::accept_signature(body)?),
    };
    let mut message = request.clone();
    let ours = [
        ("content-digest", &signed.content_digest),
        ("accept-signature", &signed.accept_signature),
    ];
    for (name, value) in ours {
        message
            .headers
            .extend(value.iter().map(|value| (name.to_owned(), value.clone())));
    }
    let components = covered(&message, body);
    let parameters = [
        Parameter::Time("created", stamp.created.unix_s()),
        Parameter::Time("expires", stamp.expires.unix_s()),
        Parameter::Text("nonce", stamp.nonce),
        Parameter::Text("keyid", stamp.key_id),
        Parameter::Text("tag", TAG),
    ];
    let list = base::list(&components, &parameters)?;
    let base = base::base(&components, &list, &message, None).map_err(|refusal| CannotSign::Message(refusal.why))?;
    signed.signature_input = base::labelled_list(&list)?;
    signed.signature = base::labelled_bytes(&signer.sign(base.as_bytes())?);
    Ok(signed)
}

/// Verifies the signature of a request from `issuer` (whom its verified token names) against the issuer's document. `body` holds
/// the bytes as they came, before any content coding is undone. Further components may be covered where they can be resolved.
///
/// # Errors
/// `signature-missing`: the request is not signed, the participant's policy decides. `key-unknown`: fetch the document afresh, once,
/// and verify again. Everything else is final, answer 401: `signature-malformed`, `signature-too-large`, `signature-component`,
/// `signature-uncovered`, `signature-tag`, `signature-issuer`, `signature-algorithm`, `signature-not-yet-valid`,
/// `signature-expired`, `signature-lifetime`, `signature-wrong`, `key-retired`, `content-digest-*`.
pub fn verify_request(
    request: &MessageParts,
    body: &[u8],
    issuer: &ParticipantId,
    document: &DidDocument,
    now: Instant,
    suite: &dyn Suite,
) -> Result<Verified<MessageSignature>, Refusal> {
    let input = SignatureInput::read(request)?;
    input.insist_on(&covered(request, body))?;
    for (name, present) in [
        ("expires", input.time("expires")?.is_some()),
        ("nonce", input.nonce()?.is_some()),
    ] {
        if !present {
            return Err(Refusal::new("signature-malformed", format!("no `{name}`")));
        }
    }
    if input.covers(&Component::new("content-digest")) && !chapar_terms::sabotaged("skip-content-digest") {
        content_digest::check_content_digest(request, body)?;
    }
    input.verify(
        request,
        None,
        &Judgement {
            signer: issuer,
            document,
            now,
            suite,
        },
    )
}

/// What a request's signature must cover. `accept-signature` counts where it is there: without it nothing was asked for, and
/// where it was taken away underway, the sender's signature still covers it and fails.
fn covered(request: &MessageParts, body: &[u8]) -> Vec<Component> {
    let mut names = vec!["@method", "@target-uri"];
    if !body.is_empty() {
        names.extend(["content-digest", "content-type"]);
    }
    names.push("authorization");
    // The number of the sender's move decides what is a repeat, so where it is given it must be signed.
    for name in ["accept-signature", "idempotency-key"] {
        if request.field(name).is_some() {
            names.push(name);
        }
    }
    names.into_iter().map(Component::new).collect()
}
