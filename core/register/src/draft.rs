//! From what an author wants to say to a signed record: draft, checked and unsigned, signed.
//!
//! Refuses to know when a draft is released and who may do it.

use crate::body::{Body, body_hash};
use crate::finding::{Finding, Pointer};
use crate::header::{Header, KindName, Link, Validity, Visibility};
use crate::id::{LogId, RecordId};
use crate::kinds::{Kind, Kinds};
use crate::leaf::{Record, document};
use crate::persons;
use crate::proof::{Proof, check_method};
use chapar_terms::{Digest, Instant, Invalid, Lang, ParticipantId, Salt, Signer, SigningFault};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt;

/// What an author wants to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The kind of record.
    pub kind: KindName,
    /// Its name within the log.
    pub local: String,
    /// 1, or one more than the version before.
    pub version: u32,
    /// The leaf hash of the version before.
    pub previous: Option<Digest>,
    /// When it is in force.
    pub valid: Option<Validity>,
    /// The legal ground, or the record that gives the mandate.
    pub mandate: Option<String>,
    /// The languages that bind.
    pub authentic: BTreeSet<Lang>,
    /// Who may have the body.
    pub visibility: Visibility,
    /// Relations to others.
    pub links: Vec<Link>,
    /// What it says.
    pub body: Value,
}

/// Where and when a record is issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Who speaks.
    pub issuer: ParticipantId,
    /// The log that will hold it.
    pub log: LogId,
    /// Now.
    pub at: Instant,
    /// Fresh random bytes; used unless the body is open.
    pub salt: Salt,
}

/// A record that only lacks its signature. Exists only where the draft was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    header: Header,
    body: Body,
    salt: Option<Salt>,
}

/// Why a record could not be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsignable {
    /// What was to be signed is no record: the author must change it.
    Invalid(Invalid),
    /// The key could not be used: a fault of ours, try again later.
    Key(SigningFault),
}

impl fmt::Display for Unsignable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(invalid) => invalid.fmt(f),
            Self::Key(_) => f.write_str("the signing key could not be used"),
        }
    }
}

impl std::error::Error for Unsignable {}

impl Draft {
    /// Checks a draft: kind known, body as the schema has it, nothing that reaches a person, members in agreement.
    ///
    /// # Errors
    /// Everything that is wrong, with the place in the body and what to do; show it to the author.
    pub fn check(self, kinds: &Kinds, issue: Issue) -> Result<Unsigned, Vec<Finding>> {
        let Some(kind) = kinds.find(&self.kind) else {
            let advice = format!("the kind `{}` is unknown: choose another", self.kind);
            return Err(vec![Finding::new("kind", Pointer::root(), advice)]);
        };
        let invalid = |invalid: Invalid| vec![Finding::new("record", Pointer::root(), invalid.to_string())];
        let body = Body::of(&self.body).map_err(invalid)?;
        let mut found = kind.check(body.value());
        if !kind.is_system() {
            found.extend(persons::check(body.value()));
            found.extend(persons::check(&self.leaf_texts()));
        }
        match found.is_empty() {
            true => self.unsigned(kind, body, issue).map_err(invalid),
            false => Err(found),
        }
    }

    /// What the author writes into the leaf, which can never be purged.
    fn leaf_texts(&self) -> Value {
        let targets: Vec<&str> = self.links.iter().map(|link| link.target.as_str()).collect();
        json!({ "links": targets, "mandate": self.mandate })
    }

    fn unsigned(self, kind: &Kind, body: Body, issue: Issue) -> Result<Unsigned, Invalid> {
        let salt = (self.visibility != Visibility::Open).then_some(issue.salt);
        let header = Header {
            id: RecordId::new(issue.issuer.clone(), issue.log, &self.local)?,
            kind: self.kind,
            version: self.version,
            previous: self.previous,
            issued: issue.at,
            valid: self.valid,
            issuer: issue.issuer,
            mandate: self.mandate,
            languages: kind.languages(body.value()),
            authentic: self.authentic,
            visibility: self.visibility,
            body_hash: body_hash(salt.as_ref(), body.bytes()),
            body_bytes: body.length(),
            links: self.links,
        };
        header.check()?;
        Ok(Unsigned { header, body, salt })
    }
}

impl Unsigned {
    /// What the record will say openly.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The body, to be kept beside the log.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The salt of the body's hash; none for an open body.
    pub fn salt(&self) -> Option<&Salt> {
        self.salt.as_ref()
    }

    /// Signs the record with the key that the log's key-set calls `key_id`.
    ///
    /// # Errors
    /// The leaf would be too long or the key id is malformed: change it; or the key could not be used: try again later.
    pub fn sign(&self, signer: &dyn Signer, key_id: &str) -> Result<Record, Unsignable> {
        check_method(key_id).map_err(Unsignable::Invalid)?;
        let proof =
            Proof::sign(&document(&self.header), signer, key_id, self.header.issued).map_err(Unsignable::Key)?;
        Record::of(&self.header, &proof).map_err(Unsignable::Invalid)
    }
}
