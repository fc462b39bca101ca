//! The leaf: the bytes of a header that a log puts into its tree. Frozen in `docs/formats/evidence-entry.md`.

use crate::entry::{CaseMark, EntryHeader};
use crate::kind::EntryKind;
use chapar_terms::{CaseId, Digest, EntryId, Fields, Invalid, ParticipantId, canonical_json};
use serde_json::{Map, Value};

/// Longest leaf read: three ids at their longest, each byte written as an escape, and the rest with room to spare.
pub const LEAF_BYTES: usize = 64 * 1024;
/// The only version of the format so far.
const VERSION: u64 = 1;

/// The hash of a leaf in a Merkle log (RFC 6962 section 2.1): a leading zero byte sets leaves apart from inner nodes.
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    Digest::of_parts(&[&[0], leaf])
}

impl EntryHeader {
    /// The leaf: the canonical JSON (RFC 8785) of the header with its version.
    pub fn leaf(&self) -> Vec<u8> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("at", self.at.rfc3339().into());
        put("bodyHash", self.body_hash.hex().into());
        put("id", self.id.as_str().into());
        put("kind", self.kind.as_str().into());
        put("participant", self.participant.as_str().into());
        put("v", VERSION.into());
        if let Some(CaseMark { id, digest }) = &self.case {
            put("case", id.as_str().into());
            put("caseDigest", digest.hex().into());
        }
        canonical_json(&Value::Object(members))
    }

    /// Reads a leaf: exactly the bytes that [`EntryHeader::leaf`] writes, no others.
    ///
    /// # Errors
    /// The bytes are not canonical, of another version or kind, or have members too many or too few; they are no evidence.
    pub fn parse_leaf(bytes: &[u8]) -> Result<Self, Invalid> {
        let mut fields = Fields::read("evidence leaf", bytes, LEAF_BYTES)?;
        fields.version(VERSION)?;
        let kind = fields.text("kind")?;
        let kind = EntryKind::parse(&kind).ok_or_else(|| fields.invalid(format!("kind `{kind}` is unknown")))?;
        let header = Self {
            id: EntryId::parse(&fields.text("id")?)?,
            participant: ParticipantId::parse(&fields.text("participant")?)?,
            case: case_mark(&mut fields)?,
            kind,
            at: fields.instant("at")?,
            body_hash: fields.digest("bodyHash")?,
        };
        fields.end()?;
        Ok(header)
    }
}

/// Case and digest stand together or not at all.
fn case_mark(fields: &mut Fields) -> Result<Option<CaseMark>, Invalid> {
    if !fields.has("case") && !fields.has("caseDigest") {
        return Ok(None);
    }
    Ok(Some(CaseMark {
        id: CaseId::parse(&fields.text("case")?)?,
        digest: fields.digest("caseDigest")?,
    }))
}
