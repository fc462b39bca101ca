//! The reply of an authority: read within bounds, held against the query, and verified under pinned authorities.

use crate::certificate::Anchors;
use crate::refused::Refused;
use crate::request::Query;
use crate::signed::Signed;
use crate::wire::{TimeStampResp, TstInfo, VERSION};
use chapar_terms::{Digest, Instant, Suite};
use der::asn1::Uint;
use der::{Decode, Reader, SliceReader};

/// Longest reply read: a token and a chain of certificates.
pub const REPLY_BYTES: usize = 64 * 1024;
/// PKIStatus `granted` and `grantedWithMods`.
const GRANTED: [u8; 2] = [0, 1];
/// Characters of an authority's words that are kept.
const WORDS: usize = 200;

/// What an authority states. Until it is verified it is anybody's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// SHA-256 of the bytes that were there.
    pub imprint: Digest,
    /// When they were.
    pub at: Instant,
    /// How far the time may be off, in milliseconds, where it says so.
    pub accuracy_ms: Option<u64>,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// Under which policy, as an object identifier.
    pub policy: String,
    nonce: Option<Uint>,
}

/// A reply that was granted.
#[derive(Clone, Debug)]
pub struct Reply {
    stamp: Stamp,
    signed: Signed,
}

impl Reply {
    /// Reads a reply.
    ///
    /// # Errors
    /// It is none, or the authority declined; nothing is stamped.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > REPLY_BYTES {
            return Err(Refused::TooLong);
        }
        let mut reader = SliceReader::new(bytes)?;
        let reply = TimeStampResp::decode(&mut reader)?;
        if !reader.is_finished() {
            return Err(Refused::malformed("there are bytes behind it"));
        }
        let status = reply.status.status;
        if !GRANTED.contains(&status) {
            let words = reply.status.status_string.unwrap_or_default().join("; ");
            let why = words.chars().filter(|c| !c.is_control()).take(WORDS).collect();
            return Err(Refused::Declined { status, why });
        }
        let token = reply
            .time_stamp_token
            .ok_or_else(|| Refused::malformed("it has no token"))?;
        let signed = Signed::read(&token)?;
        let stamp = Stamp::read(signed.content())?;
        Ok(Self { stamp, signed })
    }

    /// What it states.
    pub const fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// Whether it is about these bytes.
    ///
    /// # Errors
    /// It is about others.
    pub fn covers(&self, imprint: Digest) -> Result<(), Refused> {
        match self.stamp.imprint == imprint || chapar_terms::sabotaged("skip-time-imprint") {
            true => Ok(()),
            false => Err(Refused::OtherImprint),
        }
    }

    /// Whether it answers this query.
    ///
    /// # Errors
    /// It is about other bytes, or answers another query.
    pub fn answers(&self, query: &Query) -> Result<(), Refused> {
        self.covers(query.imprint)?;
        let asked = Uint::new(&query.nonce)?;
        match self.stamp.nonce.as_ref() == Some(&asked) {
            true => Ok(()),
            false => Err(Refused::OtherNonce),
        }
    }

    /// Verifies the signature, and that a pinned authority stands behind it. The name of who signed.
    ///
    /// # Errors
    /// It proves nothing; [`Refused::Algorithm`] alone does not speak against it.
    pub fn verify(&self, suite: &dyn Suite, anchors: &Anchors) -> Result<String, Refused> {
        self.signed.verify(suite, anchors, self.stamp.at)
    }

    /// Who says that it signed.
    pub fn signer(&self) -> Option<String> {
        self.signed.signer().ok().map(crate::certificate::name_of)
    }
}

impl Stamp {
    fn read(content: &[u8]) -> Result<Self, Refused> {
        let info = TstInfo::from_der(content)?;
        if info.version != VERSION {
            return Err(Refused::malformed(format!("version {}", info.version)));
        }
        let imprint = info.message_imprint.digest();
        let imprint = imprint.ok_or_else(|| Refused::Algorithm(info.message_imprint.hash_algorithm.oid.to_string()))?;
        let at = info.at().ok_or_else(|| Refused::malformed("its time is not in UTC"))?;
        let accuracy_ms = info.accuracy.map(|accuracy| {
            let seconds = u64::from(accuracy.seconds.unwrap_or(0)) * 1000;
            seconds + u64::from(accuracy.millis.unwrap_or(0)) + u64::from(accuracy.micros.is_some_and(|some| some > 0))
        });
        let serial = info.serial_number.as_bytes().iter();
        Ok(Self {
            imprint,
            at,
            accuracy_ms,
            serial: serial.map(|byte| format!("{byte:02x}")).collect(),
            policy: info.policy.to_string(),
            nonce: info.nonce,
        })
    }
}
