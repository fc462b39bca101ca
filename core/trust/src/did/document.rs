//! A DID document: whose it is, which keys it lists and for what, and its services. Keeps the good, lists the rejects.
//!
//! Refuses to decide which key may sign what; `signing_method` says which keys count today, `token` and `signature` ask it.

use super::key;
use crate::{Refusal, bounded};
use chapar_terms::{Invalid, ParticipantId, PublicKey, limits};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const WHAT: &str = "DID document";
/// Most services read from one document; a participant names a handful.
const SERVICES: usize = 64;

/// What a document says a key is for (DID Core 5.3). Relationships of other kinds are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relationship {
    /// `authentication`
    Authentication,
    /// `assertionMethod`
    AssertionMethod,
    /// `capabilityInvocation`
    CapabilityInvocation,
}

impl Relationship {
    /// All that are read, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Authentication, Self::AssertionMethod, Self::CapabilityInvocation];

    /// The member's name in the document.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::AssertionMethod => "assertionMethod",
            Self::CapabilityInvocation => "capabilityInvocation",
        }
    }
}

/// A key of the document's subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationMethod {
    /// The absolute DID URL.
    pub id: String,
    /// The DID that controls the key; always the document's own.
    pub controller: ParticipantId,
    /// The key.
    pub key: PublicKey,
    /// What the key is for today. Empty: retired, it verifies what it signed before and nothing new.
    pub relationships: BTreeSet<Relationship>,
}

/// A service entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The absolute DID URL.
    pub id: String,
    /// The service's type, e.g. `DataService` or `CatalogService` (DSP 2025-1), `CredentialService` (DCP).
    pub kind: String,
    /// Its address.
    pub endpoint: String,
}

/// An entry that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The entry's id as written, or its place.
    pub entry: String,
    /// Why it was left out.
    pub why: String,
}

/// What was understood of a DID document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidDocument {
    /// The subject's DID.
    pub id: ParticipantId,
    /// Its keys, in the document's order, ids unique.
    pub methods: Vec<VerificationMethod>,
    /// Its services, in the document's order.
    pub services: Vec<Service>,
    /// What was left out.
    pub rejected: Vec<Rejected>,
}

impl DidDocument {
    /// Reads a document of at most [`limits::DID_DOCUMENT_BYTES`] bytes and [`limits::DID_METHODS`] keys. Entries that cannot
    /// be read land in `rejected`.
    ///
    /// # Errors
    /// Not a JSON object within the bounds, or without an `id`; the participant cannot be authenticated.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        let members = bounded::object(WHAT, bytes, limits::DID_DOCUMENT_BYTES)?;
        let id = members
            .get("id")
            .and_then(Value::as_str)
            .ok_or_else(|| Invalid::new(WHAT, "has no `id`"))?;
        let id = ParticipantId::parse(id)?;
        let mut document = Self {
            id,
            methods: Vec::new(),
            services: Vec::new(),
            rejected: Vec::new(),
        };
        for entry in entries(&members, "verificationMethod") {
            document.add_method(entry);
        }
        for relationship in Relationship::ALL {
            for entry in entries(&members, relationship.member()) {
                document.relate(relationship, entry);
            }
        }
        for entry in entries(&members, "service").take(SERVICES) {
            document.add_service(entry);
        }
        Ok(document)
    }

    /// The key with this id (absolute, or relative to the document), retired or not: for proofs of what was signed before.
    pub fn method(&self, id: &str) -> Option<&VerificationMethod> {
        let id = self.absolute(id);
        self.methods.iter().find(|method| method.id == id)
    }

    /// The key that may sign today under `key_id`, or the document's only key where no id is given.
    ///
    /// # Errors
    /// `key-unknown`: fetch the document afresh, once, and ask again. `key-retired`, `key-ambiguous`: refuse the message.
    pub fn signing_method(&self, key_id: Option<&str>) -> Result<&VerificationMethod, Refusal> {
        let method = match (key_id, self.methods.as_slice()) {
            (Some(key_id), _) => self.method(key_id).ok_or_else(|| {
                Refusal::new(
                    "key-unknown",
                    format!("`{key_id}` is not in the document of `{}`", self.id),
                )
            })?,
            (None, [only]) => only,
            (None, _) => {
                return Err(Refusal::new(
                    "key-ambiguous",
                    "no key id, and the document has not exactly one key",
                ));
            }
        };
        if method.relationships.is_empty() {
            return Err(Refusal::new(
                "key-retired",
                format!("`{}` may sign nothing new", method.id),
            ));
        }
        Ok(method)
    }

    /// The same document with its retired keys counted as if they could still sign: only for checking kept messages of the past.
    #[must_use]
    pub fn reviving_retired(mut self) -> Self {
        for method in self.methods.iter_mut().filter(|method| method.relationships.is_empty()) {
            method.relationships.insert(Relationship::AssertionMethod);
        }
        self
    }

    /// A DID URL in full: `#key` and `key` are relative to the document.
    fn absolute(&self, id: &str) -> String {
        match id {
            _ if id.starts_with("did:") => id.to_owned(),
            _ if id.starts_with('#') => format!("{}{id}", self.id),
            _ => format!("{}#{id}", self.id),
        }
    }

    fn reject(&mut self, entry: &str, why: impl Into<String>) {
        if self.rejected.len() < limits::DID_METHODS {
            self.rejected.push(Rejected {
                entry: entry.chars().take(limits::REASON_BYTES).collect(),
                why: why.into(),
            });
        }
    }

    /// Adds one verification method and returns its place.
    fn add_method(&mut self, entry: &Value) -> Option<usize> {
        let written = entry
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or("verification method without an id");
        match self.read_method(entry) {
            Ok(method) => {
                self.methods.push(method);
                self.methods.len().checked_sub(1)
            }
            Err(why) => {
                self.reject(written, why);
                None
            }
        }
    }

    fn read_method(&self, entry: &Value) -> Result<VerificationMethod, String> {
        let members = entry.as_object().ok_or("not an object")?;
        let id = self.absolute(members.get("id").and_then(Value::as_str).ok_or("no `id`")?);
        if self.methods.len() >= limits::DID_METHODS {
            return Err(format!("more than {} keys", limits::DID_METHODS));
        }
        if id.len() > limits::ID_BYTES {
            return Err(format!("id longer than {} bytes", limits::ID_BYTES));
        }
        if super::of_url(&id) != self.id.as_str() || id.len() <= self.id.as_str().len() + 1 {
            return Err("its id does not belong to the document".to_owned());
        }
        if self.methods.iter().any(|method| method.id == id) {
            return Err("a second key of that id".to_owned());
        }
        let controller = members.get("controller").map_or(Some(self.id.as_str()), Value::as_str);
        if controller != Some(self.id.as_str()) {
            return Err("controlled by another".to_owned());
        }
        let key = key::read(members)?;
        Ok(VerificationMethod {
            id,
            controller: self.id.clone(),
            key,
            relationships: BTreeSet::new(),
        })
    }

    /// Reads one entry of a relationship: the id of a method, or a method of its own.
    fn relate(&mut self, relationship: Relationship, entry: &Value) {
        let place = match entry.as_str() {
            Some(id) => {
                let absolute = self.absolute(id);
                let place = self.methods.iter().position(|method| method.id == absolute);
                if place.is_none() {
                    self.reject(id, format!("`{}` names a key that was not read", relationship.member()));
                }
                place
            }
            None => self.add_method(entry),
        };
        if let Some(method) = place.and_then(|place| self.methods.get_mut(place)) {
            method.relationships.insert(relationship);
        }
    }

    fn add_service(&mut self, entry: &Value) {
        let text = |name: &str| {
            entry
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| text.len() <= limits::ID_BYTES)
        };
        match (text("id"), text("type"), text("serviceEndpoint")) {
            (Some(id), Some(kind), Some(endpoint)) => {
                let service = Service {
                    id: self.absolute(id),
                    kind: kind.to_owned(),
                    endpoint: endpoint.to_owned(),
                };
                self.services.push(service);
            }
            (id, ..) => self.reject(id.unwrap_or("service"), "not a service of one type and one address"),
        }
    }
}

fn entries<'a>(members: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Value> {
    // A relationship can name each key once; more entries than that only cost time.
    members
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(2 * limits::DID_METHODS)
}
