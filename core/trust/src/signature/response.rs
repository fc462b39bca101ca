//! Signed responses: bound to the request they answer, part by part.
//!
//! Refuses to decide what an unsigned response is worth: that is the participant's policy.

use super::base::{self, Parameter};
use super::component::Component;
use super::input::{self, Judgement, SignatureInput};
use super::{CannotSign, MessageParts, MessageSignature, SignedHeaders, TAG, content_digest};
use crate::did::DidDocument;
use crate::{Refusal, Verified};
use chapar_terms::{Instant, ParticipantId, Signer, Suite};
use sfv::{BareItem, ListEntry};

/// Whether a request carries our kind of signature and asks for our kind in return. Ask this only of a verified request.
pub fn wants_signed_response(request: &MessageParts) -> bool {
    let asked = match input::member(request, "accept-signature") {
        Ok(Some(ListEntry::InnerList(list))) => match list.params.get("tag") {
            Some(BareItem::String(tag)) => tag.as_str() == TAG,
            _ => false,
        },
        _ => false,
    };
    asked && SignatureInput::read(request).is_ok()
}

/// Signs a response of ours to `request`, which carries the peer's signature. `body` holds the bytes as they will travel. The covered
/// set is the profile's own, whatever else the peer asked for.
///
/// # Errors
/// [`CannotSign::Key`]: answer unsigned or try again later. [`CannotSign::Message`]: the request is unsigned, or the response has a
/// `content-digest` or signature already.
pub fn sign_response(
    response: &MessageParts,
    body: &[u8],
    request: &MessageParts,
    key_id: &str,
    created: Instant,
    signer: &dyn Signer,
) -> Result<SignedHeaders, CannotSign> {
    for header in ["signature", "signature-input", "content-digest"] {
        if response.field(header).is_some() {
            return Err(CannotSign::Message(format!("it has a `{header}` already")));
        }
    }
    let digest = content_digest::render(body);
    let mut message = response.clone();
    message.headers.push(("content-digest".to_owned(), digest.clone()));
    let components = covered(request.field("content-digest").is_some());
    let parameters = [
        Parameter::Time("created", created.unix_s()),
        Parameter::Text("keyid", key_id),
        Parameter::Text("tag", TAG),
    ];
    let list = base::list(&components, &parameters)?;
    let base =
        base::base(&components, &list, &message, Some(request)).map_err(|refusal| CannotSign::Message(refusal.why))?;
    Ok(SignedHeaders {
        signature_input: base::labelled_list(&list)?,
        signature: base::labelled_bytes(&signer.sign(base.as_bytes())?),
        content_digest: Some(digest),
        accept_signature: None,
    })
}

/// Verifies the signature of a response from `peer` to our own `request` as we sent it, signature included, against the peer's
/// document. The digest of the body is always covered, also of an empty one.
///
/// # Errors
/// `signature-missing`: the response is not signed, the participant's policy decides. `key-unknown`: fetch the document afresh, once,
/// and verify again. Everything else (the codes of [`super::verify_request`]): take the answer as not given.
pub fn verify_response(
    response: &MessageParts,
    body: &[u8],
    request: &MessageParts,
    peer: &ParticipantId,
    document: &DidDocument,
    now: Instant,
    suite: &dyn Suite,
) -> Result<Verified<MessageSignature>, Refusal> {
    let input = SignatureInput::read(response)?;
    input.insist_on(&covered(request.field("content-digest").is_some()))?;
    content_digest::check_content_digest(response, body)?;
    input.verify(
        response,
        Some(request),
        &Judgement {
            signer: peer,
            document,
            now,
            suite,
        },
    )
}

/// The DID URL of the key that a response says it is signed with: nothing is verified yet, it only tells which document is needed.
pub fn claimed_key(response: &MessageParts) -> Option<String> {
    SignatureInput::read(response).ok()?.claimed_key().map(str::to_owned)
}

/// The `Accept-Signature` of a request with this body.
pub(super) fn accept_signature(request_body: &[u8]) -> Result<String, CannotSign> {
    let parameters = [
        Parameter::Flag("created"),
        Parameter::Flag("keyid"),
        Parameter::Text("tag", TAG),
    ];
    base::labelled_list(&base::list(&covered(!request_body.is_empty()), &parameters)?)
}

/// What a response's signature covers: the answer, and each part of the question. A signature over the request's signature alone
/// would protect nothing which that one covered.
fn covered(request_has_digest: bool) -> Vec<Component> {
    let mut components = vec![
        Component::new("@status"),
        Component::new("content-digest"),
        Component::of_request("@method"),
        Component::of_request("@target-uri"),
    ];
    if request_has_digest {
        components.push(Component::of_request("content-digest"));
    }
    components.push(Component::our_member_of_request("signature"));
    components.push(Component::our_member_of_request("signature-input"));
    components
}
