//! An entry: a header that may be shown, a salt and a body that may be purged. How a header is written is in `leaf`.

use crate::kind::EntryKind;
use crate::leaf::leaf_hash;
use chapar_terms::{CaseId, Digest, EntryId, Instant, Invalid, ParticipantId, Salt};
use std::fmt;

/// Sets the hash of a body apart from every other hash we make.
const BODY_DOMAIN: &[u8] = b"chapar/evidence-body/v1\n";

/// The earliest instant that a leaf can tell, `-009999-01-02T01:59:59.000Z`.
const EARLIEST: Instant = Instant::from_unix_s(-377_705_023_201);

/// The hash by which a header commits to a body.
pub fn body_hash(salt: &Salt, body: &[u8]) -> Digest {
    Digest::of_parts(&[BODY_DOMAIN, salt.as_bytes(), body])
}

/// A case as an act left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseMark {
    /// The case in which it happened.
    pub id: CaseId,
    /// The digest of the case after it.
    pub digest: Digest,
}

/// What an entry says openly; the leaf of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryHeader {
    /// The unique id of the entry, given when the act was decided.
    pub id: EntryId,
    /// Whose evidence it is.
    pub participant: ParticipantId,
    /// The case in which it happened; none for what never became part of one.
    pub case: Option<CaseMark>,
    /// What happened.
    pub kind: EntryKind,
    /// When it was decided, by the clock of the node.
    pub at: Instant,
    /// The salted hash of the body.
    pub body_hash: Digest,
}

/// What is to be written down: a header without its id and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Whose evidence it is.
    pub participant: ParticipantId,
    /// The case in which it happened; none for what never became part of one.
    pub case: Option<CaseMark>,
    /// What happened.
    pub kind: EntryKind,
    /// When it was decided.
    pub at: Instant,
}

/// A header with the salt and the body that belong to it. Exists only where the hash was made or checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    header: EntryHeader,
    salt: Salt,
    body: Vec<u8>,
}

impl Entry {
    /// Writes an entry; `id` and `salt` must be fresh. An instant outside the years -9999 to 9999, which no leaf can
    /// tell, becomes the nearest one that it can.
    pub fn seal(id: EntryId, salt: Salt, deed: Deed, body: Vec<u8>) -> Self {
        let Deed {
            participant,
            case,
            kind,
            at,
        } = deed;
        let at = Instant::parse_rfc3339(&at.rfc3339()).unwrap_or(EARLIEST);
        let body_hash = body_hash(&salt, &body);
        Self {
            header: EntryHeader {
                id,
                participant,
                case,
                kind,
                at,
                body_hash,
            },
            salt,
            body,
        }
    }

    /// Takes up an entry that was stored as its parts.
    ///
    /// # Errors
    /// The parts do not belong together; the store was damaged or changed: stop and tell the operator.
    pub fn reopen(leaf: &[u8], salt: Salt, body: Vec<u8>) -> Result<Self, Unverified> {
        Ok(Self {
            header: verify(leaf, &salt, &body)?,
            salt,
            body,
        })
    }

    /// What the entry says openly.
    pub fn header(&self) -> &EntryHeader {
        &self.header
    }

    /// The salt of the body's hash.
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The body: what was said, decided or done, in full.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The bytes that go into the log.
    pub fn leaf(&self) -> Vec<u8> {
        self.header.leaf()
    }

    /// The hash of those bytes as a leaf of the log (RFC 6962).
    pub fn leaf_hash(&self) -> Digest {
        leaf_hash(&self.leaf())
    }

    /// The parts, to be stored.
    pub fn into_parts(self) -> (EntryHeader, Salt, Vec<u8>) {
        (self.header, self.salt, self.body)
    }
}

/// A leaf, a salt and a body are not what they are said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unverified {
    /// The bytes are no leaf of this format.
    Leaf(Invalid),
    /// The leaf commits to another body or another salt.
    Body {
        /// The hash in the leaf.
        committed: Digest,
        /// The hash of what was shown.
        shown: Digest,
    },
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf(invalid) => invalid.fmt(f),
            Self::Body { committed, shown } => {
                write!(
                    f,
                    "the leaf commits to a body with hash `{committed}`, the one shown has `{shown}`"
                )
            }
        }
    }
}

impl std::error::Error for Unverified {}

/// Checks that `leaf` is well formed and commits to this body under this salt.
///
/// # Errors
/// It is not, or does not: these bytes prove nothing; refuse them.
pub fn verify(leaf: &[u8], salt: &Salt, body: &[u8]) -> Result<EntryHeader, Unverified> {
    let header = EntryHeader::parse_leaf(leaf).map_err(Unverified::Leaf)?;
    let shown = body_hash(salt, body);
    match header.body_hash == shown {
        true => Ok(header),
        false => Err(Unverified::Body {
            committed: header.body_hash,
            shown,
        }),
    }
}
