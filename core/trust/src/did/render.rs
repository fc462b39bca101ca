//! Writing our own DID documents.
//!
//! Refuses to know where keys and addresses come from; both are arguments.

use super::document::{Relationship, Service};
use chapar_terms::{ParticipantId, PublicKey};
use serde_json::{Value, json};

/// What a published key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It signs today.
    Current,
    /// It stays listed, so that what it signed can still be verified, but stands under no relationship.
    Retired,
    /// It signs a log of the participant and no message: it stands under no relationship either.
    OfLog,
}

/// A key as our document lists it.
#[derive(Clone, Copy, Debug)]
pub struct PublishedKey<'a> {
    /// What stands after the `#` of its DID URL; unique within the document and never used again for another key.
    pub fragment: &'a str,
    /// The public half.
    pub key: &'a PublicKey,
    /// What it signs today. After a rotation keep the old key current for as long as messages signed by it may be under
    /// way ([`chapar_terms::limits::TOKEN_LIFETIME_MS`]), then retire it.
    pub standing: Standing,
}

/// Writes the document of `id`. Keys whose bytes are not in the form that [`PublicKey`] promises are left out.
pub fn render(id: &ParticipantId, keys: &[PublishedKey<'_>], services: &[Service]) -> Value {
    let mut methods = Vec::new();
    let mut current = Vec::new();
    for published in keys {
        let Some(jwk) = published.key.jwk() else { continue };
        let method = format!("{id}#{}", published.fragment);
        if published.standing == Standing::Current {
            current.push(Value::from(method.as_str()));
        }
        methods.push(json!({"id": method, "type": "JsonWebKey2020", "controller": id.as_str(), "publicKeyJwk": jwk}));
    }
    let mut document = json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": id.as_str(),
        "verificationMethod": methods,
    });
    if let Some(members) = document.as_object_mut() {
        for relationship in Relationship::ALL {
            members.insert(relationship.member().to_owned(), Value::Array(current.clone()));
        }
        let services = services
            .iter()
            .map(|service| json!({"id": service.id, "type": service.kind, "serviceEndpoint": service.endpoint}));
        members.insert("service".to_owned(), services.collect());
    }
    document
}
