//! Why a reply of an authority proves nothing.

use std::fmt;

/// A reply that does not count. Each has a stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// More bytes than any reply has.
    TooLong,
    /// It is no reply in the form of RFC 3161.
    Malformed(String),
    /// The authority declined, with its status and its words.
    Declined {
        /// PKIStatus.
        status: u8,
        /// What it said.
        why: String,
    },
    /// It is about other bytes.
    OtherImprint,
    /// It answers another query.
    OtherNonce,
    /// The certificate that signed is not beside it.
    NoSigner,
    /// The signature does not name the certificate that made it (RFC 5816).
    SignerNotNamed,
    /// The certificate is not for stamping time alone.
    OtherPurpose,
    /// An algorithm that is not known here: nothing is said either way.
    Algorithm(String),
    /// The signature, or the digest under it, is wrong.
    WrongSignature,
    /// A certificate was not valid yet, or no more, at the time that is stated.
    OutOfValidity(String),
    /// No pinned authority stands behind the certificate.
    UnknownAuthority(String),
}

impl Refused {
    /// The stable word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "time-too-long",
            Self::Malformed(_) => "time-malformed",
            Self::Declined { .. } => "time-declined",
            Self::OtherImprint => "time-other-imprint",
            Self::OtherNonce => "time-other-nonce",
            Self::NoSigner => "time-no-signer",
            Self::SignerNotNamed => "time-signer-not-named",
            Self::OtherPurpose => "time-other-purpose",
            Self::Algorithm(_) => "time-algorithm",
            Self::WrongSignature => "time-wrong-signature",
            Self::OutOfValidity(_) => "time-out-of-validity",
            Self::UnknownAuthority(_) => "time-unknown-authority",
        }
    }

    pub(crate) fn malformed(why: impl fmt::Display) -> Self {
        Self::Malformed(why.to_string())
    }
}

impl From<der::Error> for Refused {
    fn from(error: der::Error) -> Self {
        Self::malformed(error)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("it is longer than a reply can be"),
            Self::Malformed(why) => write!(f, "it is no time stamp reply: {why}"),
            Self::Declined { status, why } => write!(f, "the authority declined with status {status}: `{why}`"),
            Self::OtherImprint => f.write_str("it is about other bytes"),
            Self::OtherNonce => f.write_str("it answers another query"),
            Self::NoSigner => f.write_str("the certificate that signed it is not in it"),
            Self::SignerNotNamed => f.write_str("its signature does not name the certificate with SHA-256 or wider"),
            Self::OtherPurpose => f.write_str("the certificate is not critically for stamping time alone"),
            Self::Algorithm(name) => write!(f, "the algorithm `{name}` is not known here"),
            Self::WrongSignature => f.write_str("its signature is wrong"),
            Self::OutOfValidity(name) => write!(f, "the certificate of `{name}` was not valid at the stated time"),
            Self::UnknownAuthority(name) => write!(f, "no pinned authority vouches for `{name}`"),
        }
    }
}

impl std::error::Error for Refused {}
