//! What is said of one entry of a log.

use crate::body::Body;
use crate::header::KindName;
use crate::leaf::Record;
use chapar_terms::Digest;
use std::fmt;

/// Why an entry is no record. The words are stable; others match on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The bytes are no leaf of this format.
    LeafMalformed,
    /// Its id or issuer belongs to another participant or another log.
    IdForeign,
    /// It is not the version after the last one, or does not name that one's leaf hash.
    VersionChain,
    /// It is of another kind than the version before.
    KindChanged,
    /// No key-set before it lists the key of its proof.
    KeyUnknown,
    /// A key-set before it revokes the key of its proof.
    KeyRevoked,
    /// The key did not sign it.
    SignatureWrong,
    /// Its body is not as its kind demands.
    BodyInvalid,
    /// Nothing can be judged without its body, and the body is not here.
    BodyMissing,
    /// No key-set stands before it; the first entry must be one.
    KeySetMissing,
    /// It is a key-set that contradicts the ones before it.
    KeySetInvalid,
    /// What it is about is not in the log, or another log's where only this one's can be.
    TargetWrong,
    /// It opens a body to which the sealed record does not commit.
    OpeningWrong,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 13] = [
        Self::LeafMalformed,
        Self::IdForeign,
        Self::VersionChain,
        Self::KindChanged,
        Self::KeyUnknown,
        Self::KeyRevoked,
        Self::SignatureWrong,
        Self::BodyInvalid,
        Self::BodyMissing,
        Self::KeySetMissing,
        Self::KeySetInvalid,
        Self::TargetWrong,
        Self::OpeningWrong,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeafMalformed => "leaf-malformed",
            Self::IdForeign => "id-foreign",
            Self::VersionChain => "version-chain",
            Self::KindChanged => "kind-changed",
            Self::KeyUnknown => "key-unknown",
            Self::KeyRevoked => "key-revoked",
            Self::SignatureWrong => "signature-wrong",
            Self::BodyInvalid => "body-invalid",
            Self::BodyMissing => "body-missing",
            Self::KeySetMissing => "key-set-missing",
            Self::KeySetInvalid => "key-set-invalid",
            Self::TargetWrong => "target-wrong",
            Self::OpeningWrong => "opening-wrong",
        }
    }
}

/// An entry that is no record, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// What kind of fault.
    pub fault: Fault,
    /// The fault in words; safe to show.
    pub why: String,
}

impl Reject {
    pub(crate) fn new(fault: Fault, why: impl Into<String>) -> Self {
        Self { fault, why: why.into() }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.fault.as_str(), self.why)
    }
}

impl std::error::Error for Reject {}

/// What is here of a record's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyState {
    /// The body to which the leaf commits.
    Here(Body),
    /// None: it is not open, was purged, or this server does not have it.
    NotHere,
    /// Bytes to which the leaf does not commit: whoever served them is at fault, not the issuer. Ask elsewhere.
    Wrong,
}

impl BodyState {
    /// The body, if it is here.
    pub const fn here(&self) -> Option<&Body> {
        match self {
            Self::Here(body) => Some(body),
            Self::NotHere | Self::Wrong => None,
        }
    }
}

/// A record that its issuer signed and that has its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The record.
    pub record: Record,
    /// Whether we know its kind; a newer node's kind is kept unread.
    pub is_known_kind: bool,
    /// What is here of its body.
    pub body: BodyState,
    /// Of an opening: the kind of the record that it opens.
    pub opens: Option<KindName>,
}

/// One entry, in the order of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its place.
    pub index: u64,
    /// The hash of the leaf, whatever the verdict.
    pub leaf_hash: Digest,
    /// A record, or why it is none.
    pub verdict: Result<Box<Accepted>, Reject>,
}
