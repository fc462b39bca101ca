//! An entry of a log, read once: everything that is asked of it afterwards is asked of what was read.

use crate::about;
use crate::ahead::Found;
use crate::body::{Body, body_hash};
use crate::header::{Header, Visibility};
use crate::id::RecordId;
use crate::leaf::Record;
use crate::verdict::{BodyState, Fault, Reject};
use chapar_terms::Digest;
use chapar_tlog::leaf_hash;

/// A leaf as a record, where it is one, with what is here of its body. Whether it is good is said by [`crate::Intake::take`] alone.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) leaf_hash: Digest,
    pub(crate) record: Result<Record, Reject>,
    pub(crate) body: Result<BodyState, Reject>,
    /// Ahead of its turn.
    pub(crate) found: Found,
}

impl Entry {
    /// Reads a leaf whose body is not here.
    pub fn of_leaf(leaf: &[u8]) -> Self {
        Self {
            leaf_hash: leaf_hash(leaf),
            record: Record::parse(leaf).map_err(|invalid| Reject::new(Fault::LeafMalformed, invalid.to_string())),
            body: Ok(BodyState::NotHere),
            found: Found::default(),
        }
    }

    /// The same with the body that was shown beside it, if one was.
    #[must_use]
    pub fn with_body(mut self, body: Option<&[u8]>) -> Self {
        if let (Ok(record), Some(bytes)) = (&self.record, body) {
            self.body = body_state(record.header(), bytes);
        }
        self
    }

    /// The record that the leaf is; none where it is none.
    pub fn record(&self) -> Option<&Record> {
        self.record.as_ref().ok()
    }

    /// Whether anything was shown beside it.
    pub const fn has_body(&self) -> bool {
        !matches!(self.body, Ok(BodyState::NotHere))
    }

    /// Whether the bytes beside it are not those to which the leaf commits: whoever served them is at fault.
    pub const fn has_wrong_body(&self) -> bool {
        matches!(self.body, Ok(BodyState::Wrong))
    }

    /// The record and the one that it is about.
    pub(crate) fn names(&self) -> impl Iterator<Item = RecordId> {
        let header = self.record().map(Record::header);
        let body = self.body.as_ref().ok().and_then(BodyState::here);
        let target = header
            .zip(body)
            .and_then(|(header, body)| about::target(&header.kind, body.value()));
        header.map(|header| header.id.clone()).into_iter().chain(target)
    }
}

/// What bytes beside a leaf are to it. A body that the leaf commits to and that is none is the issuer's fault; any other, the server's.
fn body_state(header: &Header, bytes: &[u8]) -> Result<BodyState, Reject> {
    if header.visibility != Visibility::Open || body_hash(None, bytes) != header.body_hash {
        return Ok(BodyState::Wrong);
    }
    let invalid = |why: String| Reject::new(Fault::BodyInvalid, why);
    let body = Body::parse(bytes).map_err(|why| invalid(why.to_string()))?;
    match body.length() == header.body_bytes {
        true => Ok(BodyState::Here(body)),
        false => Err(invalid("`bodyBytes` is not its length".to_owned())),
    }
}
