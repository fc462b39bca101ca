//! What a record says openly of itself. How it is written is in `leaf`.
//!
//! Refuses to know what kinds there are (`kinds`): a newer node's kind has a header like any other.

use crate::id::RecordId;
use chapar_terms::{Digest, Instant, Invalid, Lang, ParticipantId, limits};
use std::collections::BTreeSet;
use std::fmt;

/// Most parties of one record: more belong into a group of their own.
pub const PARTIES: usize = 64;
/// Most links of one record, so that a leaf stays within its bound.
pub const LINKS: usize = 64;
/// Most languages of one record; there are some two hundred official ones in the world.
pub const LANGUAGES: usize = 256;
/// Longest name of a kind: it is a folder name and stands in addresses.
const KIND_BYTES: usize = 64;
/// Longest relation of a link; registered ones (RFC 8288) stay below it.
const REL_BYTES: usize = 64;

/// The name of a kind, `[a-z][a-z0-9-]{0,63}`; the kind itself may be unknown here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindName(String);

impl KindName {
    /// Reads a name.
    ///
    /// # Errors
    /// The text is no such name; answer "bad request".
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        word("kind", text, KIND_BYTES)?;
        Ok(Self(text.to_owned()))
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// When a record is in force; open at an end that is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// From this instant on.
    pub from: Option<Instant>,
    /// Up to, and without, this instant.
    pub until: Option<Instant>,
}

/// Who may have the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Open,
    /// Members of the circle that the issuer is in.
    Members,
    /// These participants, at least one.
    Parties(BTreeSet<ParticipantId>),
    /// Nobody until it is opened.
    Sealed,
}

impl Visibility {
    /// The word in the leaf.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Members => "members",
            Self::Parties(_) => "parties",
            Self::Sealed => "sealed",
        }
    }
}

/// A relation to another record or a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The relation, `[a-z][a-z0-9-]{0,63}`; a registered one (RFC 8288) where there is one.
    pub rel: String,
    /// The id or the address of the other.
    pub target: String,
}

/// What a record says openly; with a proof, the leaf of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The id, the same in all versions.
    pub id: RecordId,
    /// What kind of record it is.
    pub kind: KindName,
    /// 1 for the first version, then one more each time.
    pub version: u32,
    /// The leaf hash of the version before; none for the first.
    pub previous: Option<Digest>,
    /// When it was issued, by the clock of the issuer.
    pub issued: Instant,
    /// When it is in force, where that is said.
    pub valid: Option<Validity>,
    /// Who speaks.
    pub issuer: ParticipantId,
    /// The legal ground, or the record that gives the mandate.
    pub mandate: Option<String>,
    /// The languages in which the body speaks.
    pub languages: BTreeSet<Lang>,
    /// Those of them that bind; none said where the set is empty.
    pub authentic: BTreeSet<Lang>,
    /// Who may have the body.
    pub visibility: Visibility,
    /// The hash of the body, salted unless it is open.
    pub body_hash: Digest,
    /// The length of the body.
    pub body_bytes: u32,
    /// Relations to others, in the order of the issuer.
    pub links: Vec<Link>,
}

impl Header {
    /// Checks what the members must be together; each alone is checked by its type.
    ///
    /// # Errors
    /// The members contradict each other or are too many; no such record may be issued or taken.
    pub fn check(&self) -> Result<(), Invalid> {
        let wrong = |why: &str| Err(Invalid::new("record", why));
        if self.version == 0 {
            return wrong("versions count from 1");
        }
        if (self.version == 1) != self.previous.is_none() {
            return wrong("`previous` stands in every version but the first");
        }
        if self.issuer != *self.id.participant() {
            return wrong("`issuer` is not the participant of the id");
        }
        if !self.authentic.is_subset(&self.languages) {
            return wrong("`authentic` names a language that the body does not speak");
        }
        if self.languages.len() > LANGUAGES {
            return wrong("has too many languages");
        }
        if let Some(valid) = self.valid {
            check_validity(valid)?;
        }
        if let Some(mandate) = &self.mandate
            && (mandate.len() > limits::ID_BYTES || oxiri::Iri::parse(mandate.as_str()).is_err())
        {
            return wrong("`mandate` is no absolute IRI");
        }
        if let Visibility::Parties(parties) = &self.visibility
            && (parties.is_empty() || parties.len() > PARTIES)
        {
            return wrong("`parties` are none or too many");
        }
        check_links(&self.links)
    }
}

fn check_validity(valid: Validity) -> Result<(), Invalid> {
    let wrong = |why: &str| Err(Invalid::new("record", why));
    match (valid.from, valid.until) {
        (None, None) => wrong("`valid` says neither `from` nor `until`"),
        (Some(from), Some(until)) if until <= from => wrong("`valid` ends before it begins"),
        _ => Ok(()),
    }
}

fn check_links(links: &[Link]) -> Result<(), Invalid> {
    if links.len() > LINKS {
        return Err(Invalid::new("record", format!("has more than {LINKS} links")));
    }
    for link in links {
        word("link relation", &link.rel, REL_BYTES)?;
        let target = &link.target;
        if target.is_empty() || target.len() > limits::ID_BYTES || target.chars().any(char::is_control) {
            return Err(Invalid::new(
                "link target",
                "is empty, too long or holds a control character",
            ));
        }
    }
    Ok(())
}

fn word(what: &'static str, text: &str, most: usize) -> Result<(), Invalid> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let begins = text.starts_with(|letter: char| letter.is_ascii_lowercase());
    if begins && text.len() <= most && text.bytes().all(plain) {
        return Ok(());
    }
    Err(Invalid::new(
        what,
        format!("is not a lower-case word of at most {most} letters, digits and `-`"),
    ))
}
