//! The query: which bytes are to be stamped, under a nonce, with the certificate beside the answer.

use crate::wire::{MessageImprint, TimeStampReq, VERSION};
use chapar_terms::{Digest, Invalid};
use der::asn1::Uint;
use der::{Decode, Encode};

/// Longest query read: a digest, a policy and a nonce.
pub const QUERY_BYTES: usize = 1024;
const WHAT: &str = "time stamp query";

/// What is asked of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// SHA-256 of the bytes.
    pub imprint: Digest,
    /// Told back by the authority, so that an old answer is not taken for a new one.
    pub nonce: [u8; 16],
}

impl Query {
    /// The bytes to send (RFC 3161 section 2.4.1).
    ///
    /// # Errors
    /// None that a digest and a nonce could cause.
    pub fn render(&self) -> Result<Vec<u8>, Invalid> {
        let query = || {
            let query = TimeStampReq {
                version: VERSION,
                message_imprint: MessageImprint::of(self.imprint)?,
                req_policy: None,
                nonce: Some(Uint::new(&self.nonce)?),
                cert_req: true,
                extensions: None,
            };
            query.to_der()
        };
        query().map_err(|error: der::Error| Invalid::new(WHAT, error.to_string()))
    }
}

/// Reads a query of somebody.
pub(crate) fn parse(bytes: &[u8]) -> Result<TimeStampReq, Invalid> {
    if bytes.len() > QUERY_BYTES {
        return Err(Invalid::new(WHAT, format!("longer than {QUERY_BYTES} bytes")));
    }
    TimeStampReq::from_der(bytes).map_err(|error| Invalid::new(WHAT, error.to_string()))
}
